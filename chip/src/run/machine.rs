//! The chip that runs: nodes, workers, the step.
//!
//! Workers own disjoint runs of nodes. Within a step a worker applies control events, steps its nodes, takes
//! the stimulus for them, exchanges one batch with every other worker, and delivers. With one worker there is
//! no thread and no channel. See `router::exchange` for the protocol.
//!
//! Promises: the bits are a pure function of network, seed and program: threads, mapping and the time model do
//! not enter. Packets sent are packets received. An interrupt stops all workers after the same step.
//! Absent on purpose: data sets, training loops, reports.

use crate::chip::Chip;
use crate::cost::counters::NodeCounts;
use crate::cost::energy::{Bill, Powered};
use crate::cost::memory::{self, CoreMemory};
use crate::cost::time::{self, Elapsed, StepTime};
use crate::network::{Listed, Network};
use crate::place::build;
use crate::place::mapping::{self, Mapping, MappingError};
use crate::run::node::Node;
use crate::run::probe::{NodeRecorder, Recorder};
use crate::run::program::StepEvents;
use std::sync::atomic::{AtomicBool, Ordering};
use synfire_core::address::CoreId;
use synfire_router::exchange::{self, ExchangeError, Links, Verdict};
use synfire_router::mesh::Topology;
use synfire_router::packet::Packet;
use synfire_router::table::RoutingTable;
use thiserror::Error;

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions<'a> {
    /// Workers; more than there are nodes are not started.
    pub threads: usize,
    /// Set by a signal handler: stop after the current step.
    pub interrupt: Option<&'a AtomicBool>,
}

impl Default for RunOptions<'_> {
    fn default() -> Self {
        Self { threads: 1, interrupt: None }
    }
}

/// A run that broke off.
#[derive(Debug, Error)]
pub enum RunError {
    /// Workers lost each other.
    #[error("worker {worker} lost its peers at step {step}: {error:?}")]
    Exchange {
        /// Which worker noticed.
        worker: usize,
        /// When.
        step: u64,
        /// What it saw.
        error: ExchangeError,
    },
    /// A worker panicked: a bug.
    #[error("worker {worker} stopped by a bug in the simulator")]
    Panicked {
        /// Which.
        worker: usize,
    },
    /// Packets were lost or doubled: a bug.
    #[error("{sent} packets were sent, {received} received")]
    NotConserved {
        /// Injected.
        sent: u64,
        /// Delivered.
        received: u64,
    },
}

/// A chip with a network on it.
#[derive(Debug)]
pub struct Machine {
    /// The hardware.
    pub chip: Chip,
    /// Where the network sits.
    pub mapping: Mapping,
    /// Cores in use, ascending.
    pub nodes: Vec<Node>,
    /// Steps run since reset: the next step's number.
    pub step: u64,
    /// Simulated time since reset.
    pub elapsed: Elapsed,
    inputs: Vec<RoutingTable>,
    topology: Topology,
    /// Node of each core of the chip.
    node_of: Vec<u32>,
    /// (node, slice) and first neuron of each slice of each population.
    places: Vec<Vec<(u32, u32, u32)>>,
}

/// What workers share.
struct Shared<'a> {
    program: &'a [StepEvents],
    first_step: u64,
    inputs: &'a [RoutingTable],
    topology: Topology,
    io_tile: (u16, u16),
    node_of: &'a [u32],
    places: &'a [Vec<(u32, u32, u32)>],
    timing: &'a crate::chip::Timing,
    /// First node of each worker, and one past the last.
    bounds: &'a [usize],
    interrupt: Option<&'a AtomicBool>,
}

impl Machine {
    /// Maps and builds `network` on `chip`.
    ///
    /// # Errors
    /// [`MappingError`] when it does not fit.
    pub fn new(network: &Network, chip: &Chip) -> Result<Self, MappingError> {
        let mapping = mapping::map(network, chip)?;
        Self::with_mapping(network, chip, mapping)
    }

    /// Builds `network` on `chip` with a given mapping.
    ///
    /// # Errors
    /// [`MappingError`] when the mapping is not legal.
    pub fn with_mapping(network: &Network, chip: &Chip, mapping: Mapping) -> Result<Self, MappingError> {
        mapping::check(network, chip, &mapping)?;
        let built = build::build(network, &mapping);
        let mut node_of = vec![u32::MAX; chip.mesh.cores()];
        let mut places = vec![Vec::new(); network.populations.len()];
        for (index, node) in built.nodes.iter().enumerate() {
            node_of[node.id.index()] = index as u32;
            for (slice, own) in node.core.slices.iter().enumerate() {
                places[own.population as usize].push((own.first, index as u32, slice as u32));
            }
        }
        places.iter_mut().for_each(|list: &mut Vec<_>| list.sort_unstable());
        Ok(Self {
            chip: chip.clone(),
            mapping,
            nodes: built.nodes,
            step: 0,
            elapsed: Elapsed::default(),
            inputs: built.inputs,
            topology: Topology { columns: chip.mesh.columns, cores_per_tile: chip.mesh.cores_per_tile },
            node_of,
            places,
        })
    }

    /// Runs the steps of `program`. Returns how many were run: fewer only after an interrupt.
    ///
    /// # Errors
    /// [`RunError`]; the machine's state is then not whole.
    pub fn run(
        &mut self,
        program: &[StepEvents],
        options: RunOptions<'_>,
        recorder: &mut Recorder,
    ) -> Result<usize, RunError> {
        if program.is_empty() {
            return Ok(0);
        }
        let workers = options.threads.clamp(1, self.nodes.len().max(1));
        let bounds = balance(&self.nodes, workers);
        let shared = Shared {
            program,
            first_step: self.step,
            inputs: &self.inputs,
            topology: self.topology,
            io_tile: self.chip.mesh.io_tile,
            node_of: &self.node_of,
            places: &self.places,
            timing: &self.chip.timing,
            bounds: &bounds,
            interrupt: options.interrupt,
        };
        let recorders = recorder.split();
        let times = if workers == 1 {
            let mut worker = Worker::new(&shared, 0, &mut self.nodes, recorders, None);
            worker.run().map_err(|error| RunError::Exchange { worker: 0, step: shared.first_step, error })?
        } else {
            run_workers(&shared, &mut self.nodes, recorders, workers)?
        };
        let ran = times.len();
        for time in times {
            self.elapsed.add(&self.chip.timing, time);
        }
        recorder.ran(self.step..self.step + ran as u64);
        self.step += ran as u64;
        self.check_conservation()?;
        Ok(ran)
    }

    fn check_conservation(&self) -> Result<(), RunError> {
        let counts = self.counts();
        let sent = counts.spike_packets + counts.error_packets;
        let received = counts.received_packets;
        if sent == received { Ok(()) } else { Err(RunError::NotConserved { sent, received }) }
    }

    /// Counts of all nodes since reset.
    #[must_use]
    pub fn counts(&self) -> NodeCounts {
        NodeCounts::sum(self.nodes.iter().map(|n| &n.counts))
    }

    /// Events that full axons merged since reset.
    #[must_use]
    pub fn merged_events(&self) -> u64 {
        self.nodes.iter().flat_map(|n| &n.core.blocks).map(|b| b.arrivals.merged).sum()
    }

    /// The energy bill since reset.
    #[must_use]
    pub fn energy(&self) -> Bill {
        let powered = Powered { used: self.nodes.len(), all: self.chip.mesh.cores(), elapsed: self.elapsed };
        Bill::of(&self.chip.energy, &self.counts(), &powered)
    }

    /// Memory of every core in use.
    #[must_use]
    pub fn memory(&self) -> Vec<CoreMemory> {
        self.nodes.iter().map(|node| memory::of_node(node, &self.chip)).collect()
    }

    /// Updates every neuron and visits every slot of visited rows in every step (to compare with skipping).
    pub fn set_dense_sweep(&mut self, on: bool) {
        for node in &mut self.nodes {
            node.core.slices.iter_mut().for_each(|s| s.dense_sweep = on);
            node.unit.set_dense_sweep(on);
        }
    }

    /// Weights of a projection as they are now, in the order of its [`Synapses`](crate::network::Synapses); of a
    /// shared kernel, by copy and tap.
    #[must_use]
    pub fn weights(&self, network: &Network, projection: usize) -> Vec<i32> {
        let logical = &network.projections[projection];
        let posts = network.populations[logical.target].neurons as usize;
        let first = logical.synapses.weights();
        // A tap that no synapse reads is in no core, and never changes.
        let mut weights: Vec<i32> = (0..first.len()).map(|at| first.get(at)).collect();
        for node in &self.nodes {
            for block in node.core.blocks.iter().filter(|b| b.projection as usize == projection) {
                let first = node.core.slices[block.slice].first as usize;
                for axon in 0..block.memory.axons {
                    let pre = block.presynaptic[axon];
                    let delay = block.delays.get(axon);
                    // Within an axon, entries of one neuron keep their order.
                    let mut last = (usize::MAX, 0);
                    for entry in block.memory.row(axon) {
                        let post = first + block.memory.post(axon, entry);
                        let repeat = if last.0 == post { last.1 + 1 } else { 0 };
                        last = (post, repeat);
                        if let Some(at) = find(logical, pre, delay, post, posts, repeat) {
                            weights[at] = block.memory.weights.get(block.memory.place(entry));
                        }
                    }
                }
            }
        }
        weights
    }
}

/// Index of a synapse's weight in the projection's order.
fn find(
    projection: &crate::network::Projection,
    pre: u32,
    delay: u8,
    post: usize,
    posts: usize,
    repeat: usize,
) -> Option<usize> {
    match projection.synapses.listed() {
        None => Some(pre as usize * posts + post),
        Some(listed) => {
            let Listed { presynaptic, starts, posts: ends, .. } = listed;
            let mut axon = presynaptic.partition_point(|p| *p < pre);
            while presynaptic.get(axon) == Some(&pre) && projection.delays.get(axon) != delay {
                axon += 1;
            }
            let (start, end) = (*starts.get(axon)? as usize, *starts.get(axon + 1)? as usize);
            let at = start + ends[start..end].partition_point(|p| (*p as usize) < post) + repeat;
            (at < end && ends[at] as usize == post).then(|| listed.read(at))
        }
    }
}

/// First node of each worker: contiguous runs of about equal work (synapses and neurons).
fn balance(nodes: &[Node], workers: usize) -> Vec<usize> {
    let weight = |node: &Node| {
        let synapses: usize = node.core.blocks.iter().map(|b| b.memory.entries()).sum();
        let neurons: usize = node.core.slices.iter().map(|s| s.len).sum();
        synapses + 16 * neurons + 1
    };
    let total: usize = nodes.iter().map(weight).sum();
    let mut bounds = vec![0];
    let mut seen = 0;
    for (index, node) in nodes.iter().enumerate() {
        let next = bounds.len();
        let left = nodes.len() - index;
        let due = seen * workers >= next * total;
        if next < workers && index > bounds[next - 1] && (due || left == workers - next) {
            bounds.push(index);
        }
        seen += weight(node);
    }
    bounds.push(nodes.len());
    bounds
}

fn run_workers(
    shared: &Shared<'_>,
    nodes: &mut [Node],
    recorders: Vec<NodeRecorder<'_>>,
    workers: usize,
) -> Result<Vec<StepTime>, RunError> {
    let mut parts = Vec::new();
    let mut rest = nodes;
    let mut recorders = recorders.into_iter();
    for (worker, links) in exchange::connect(workers).into_iter().enumerate() {
        let len = shared.bounds[worker + 1] - shared.bounds[worker];
        let (own, others) = rest.split_at_mut(len);
        rest = others;
        parts.push((own, recorders.by_ref().take(len).collect::<Vec<_>>(), links));
    }
    let results: Vec<_> = std::thread::scope(|scope| {
        let handles: Vec<_> = parts
            .into_iter()
            .enumerate()
            .map(|(index, (own, recorders, links))| {
                scope.spawn(move || Worker::new(shared, index, own, recorders, Some(links)).run())
            })
            .collect();
        handles.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut times: Vec<StepTime> = Vec::new();
    for (worker, result) in results.into_iter().enumerate() {
        let own = result.map_err(|_| RunError::Panicked { worker })?;
        let own = own.map_err(|error| RunError::Exchange { worker, step: shared.first_step, error })?;
        if times.is_empty() {
            times = own;
        } else {
            times.iter_mut().zip(own).for_each(|(time, other)| *time = time.join(other));
        }
    }
    Ok(times)
}

/// One worker: its nodes and its ends of the channels.
struct Worker<'a> {
    shared: &'a Shared<'a>,
    index: usize,
    nodes: &'a mut [Node],
    recorders: Vec<NodeRecorder<'a>>,
    links: Option<Links>,
    /// Packets for each worker; its own stay here until the step's end.
    outgoing: Vec<Vec<Packet>>,
    local: Vec<(u32, Packet)>,
}

impl<'a> Worker<'a> {
    fn new(
        shared: &'a Shared<'a>,
        index: usize,
        nodes: &'a mut [Node],
        recorders: Vec<NodeRecorder<'a>>,
        links: Option<Links>,
    ) -> Self {
        let outgoing = (0..shared.bounds.len() - 1).map(|_| Vec::new()).collect();
        Self { shared, index, nodes, recorders, links, outgoing, local: Vec::new() }
    }

    fn run(&mut self) -> Result<Vec<StepTime>, ExchangeError> {
        let mut times = Vec::with_capacity(self.shared.program.len());
        for (at, events) in self.shared.program.iter().enumerate() {
            let step = self.shared.first_step + at as u64;
            times.push(self.step(step, events));
            if self.finish(step)? == Verdict::Stop {
                break;
            }
        }
        Ok(times)
    }

    fn step(&mut self, step: u64, events: &StepEvents) -> StepTime {
        let shared = self.shared;
        let base = shared.bounds[self.index];
        let mut slowest = StepTime::default();
        for node in self.nodes.iter_mut() {
            node.control(&events.control);
        }
        for injection in &events.injections {
            self.inject(injection.population, injection.neuron, injection.value);
        }
        let (own, index) = (base..base + self.nodes.len(), self.index);
        for (node, recorder) in self.nodes.iter_mut().zip(&mut self.recorders) {
            let (local, outgoing) = (&mut self.local, &mut self.outgoing);
            let work = node.step(step, shared.topology, |core, packet| {
                let to = shared.node_of[core.index()] as usize;
                if own.contains(&to) {
                    local.push(((to - base) as u32, packet));
                } else {
                    let worker = shared.bounds.partition_point(|b| *b <= to) - 1;
                    debug_assert_ne!(worker, index);
                    outgoing[worker].push(packet);
                }
            });
            let time = StepTime {
                core_ps: time::core_ps(shared.timing, &work.counts),
                way_ps: time::way_ps(shared.timing, work.farthest),
            };
            slowest = slowest.join(time);
            recorder.record(node, step);
        }
        slowest.join(self.stimulate(step, events))
    }

    /// Input neurons that fire in `step`: their packets come from the host and enter at the I/O tile.
    fn stimulate(&mut self, step: u64, events: &StepEvents) -> StepTime {
        let shared = self.shared;
        let own = shared.bounds[self.index]..shared.bounds[self.index + 1];
        let mut way = StepTime::default();
        for spike in &events.spikes {
            for to in shared.inputs[usize::from(spike.input)].get(spike.neuron as usize) {
                let node = shared.node_of[to.core.index()] as usize;
                if !own.contains(&node) {
                    continue;
                }
                let hops = shared.topology.hops(shared.io_tile, shared.topology.tile(to.core));
                let node = &mut self.nodes[node - own.start];
                node.core.receive(to.axon_in, step, spike.count);
                node.counts.stimulus_packets += 1;
                node.counts.hops_x += u64::from(hops.x);
                node.counts.hops_y += u64::from(hops.y);
                way.way_ps = way.way_ps.max(time::way_ps(shared.timing, (hops.x, hops.y)));
            }
        }
        way
    }

    fn inject(&mut self, population: u16, neuron: u32, value: i32) {
        let base = self.shared.bounds[self.index] as u32;
        let places = &self.shared.places[usize::from(population)];
        let at = places.partition_point(|(first, _, _)| *first <= neuron) - 1;
        let (first, node, slice) = places[at];
        if let Some(node) = node.checked_sub(base).and_then(|n| self.nodes.get_mut(n as usize)) {
            node.core.inject(slice as usize, (neuron - first) as usize, value);
        }
    }

    /// Exchanges batches and delivers everything that was sent in `step`.
    fn finish(&mut self, step: u64) -> Result<Verdict, ExchangeError> {
        let shared = self.shared;
        let base = shared.bounds[self.index];
        for (node, packet) in self.local.drain(..) {
            self.nodes[node as usize].receive(packet, step);
        }
        let stop = self.index == 0 && shared.interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed));
        let verdict = if stop { Verdict::Stop } else { Verdict::GoOn };
        let Some(links) = &mut self.links else { return Ok(verdict) };
        let nodes = &mut *self.nodes;
        links.exchange(step, verdict, &mut self.outgoing, |packet| {
            let core: CoreId = packet.core();
            let node = shared.node_of[core.index()] as usize - base;
            nodes[node].receive(packet, step);
        })
    }
}
