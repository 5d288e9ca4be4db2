//! The chip that runs: nodes, workers, the step.
//!
//! Workers own disjoint runs of nodes. Within a step a worker applies control events, steps its nodes, takes
//! the stimulus for them, exchanges one batch with every other worker, and delivers. With one worker there is
//! no thread and no channel. See `router::exchange` for the protocol, `observer` for who may watch.
//!
//! Promises: the bits are a pure function of network, seed and program: threads, mapping and observers do
//! not enter. Packets sent are packets received. An interrupt stops all workers after the same step.
//! Absent on purpose: counts, time, energy (`cost`, which watches), data sets, training loops, reports.

use crate::chip::Chip;
use crate::network::{Input, Network};
use crate::place::build::{self, Built};
use crate::place::mapping::{self, Mapping, MappingError};
use crate::place::router_tables::{self, RouterTable};
use crate::run::node::Node;
use crate::run::observer::{Observer, Part, Unobserved};
use crate::run::probe::{NodeRecorder, Recorder};
use crate::run::program::StepEvents;
use std::sync::atomic::{AtomicBool, Ordering};
use synfire_core::address::CoreId;
use synfire_router::exchange::{self, ExchangeError, Links, Verdict};
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
    inputs: Vec<RoutingTable>,
    /// Where the channels of each input sit.
    input_places: Vec<Input>,
    /// Node of each core of the chip.
    node_of: Vec<u32>,
    /// Where the slices of each population are, ascending.
    places: Vec<Vec<SlicePlace>>,
    /// Whether the spikes of each population leave the chip.
    leaves: Vec<bool>,
    /// Tables of keys in routers, where those have them.
    router_tables: Vec<RouterTable>,
}

/// Where a slice is; ordered by its first neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SlicePlace {
    /// Its first neuron of the population.
    first: u32,
    /// Index of its node.
    node: u32,
    /// Its index in that node's core.
    slice: u32,
}

/// Where a neuron is.
pub(super) struct NeuronPlace {
    pub(super) node: usize,
    pub(super) slice: usize,
    /// Its index in the slice.
    pub(super) neuron: usize,
}

/// What workers share.
struct SharedRun<'a> {
    program: &'a [StepEvents],
    first_step: u64,
    inputs: &'a [RoutingTable],
    node_of: &'a [u32],
    places: &'a [Vec<SlicePlace>],
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
        Self::of_built(network, chip, mapping, built)
    }

    /// What was built, at reset.
    ///
    /// # Errors
    /// [`MappingError`] when its routes do not fit the routers.
    pub(super) fn of_built(
        network: &Network,
        chip: &Chip,
        mapping: Mapping,
        mut built: Built,
    ) -> Result<Self, MappingError> {
        for slice in built.nodes.iter_mut().flat_map(|node| &mut node.core.slices) {
            slice.count_by(chip.service.active.into());
        }
        let mut node_of = vec![u32::MAX; chip.mesh.cores()];
        let mut places = vec![Vec::new(); network.populations.len()];
        for (index, node) in built.nodes.iter().enumerate() {
            node_of[node.id.index()] = index as u32;
            for (slice, own) in node.core.slices.iter().enumerate() {
                let place = SlicePlace { first: own.first, node: index as u32, slice: slice as u32 };
                places[own.population as usize].push(place);
            }
        }
        places.iter_mut().for_each(|list: &mut Vec<_>| list.sort_unstable());
        let leaves = router_tables::leaves(network, chip);
        let out = |population: u32| leaves[population as usize];
        let router_tables = router_tables::tables(chip, &built.nodes, (&built.inputs, &network.inputs), out)?;
        Ok(Self {
            chip: chip.clone(),
            mapping,
            nodes: built.nodes,
            step: 0,
            inputs: built.inputs,
            input_places: network.inputs.clone(),
            node_of,
            places,
            leaves,
            router_tables,
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
        self.run_observed(program, options, recorder, &mut Unobserved)
    }

    /// [`Machine::run`], watched by `observer`.
    ///
    /// # Errors
    /// [`RunError`]; the state of machine and observer is then not whole.
    pub fn run_observed<O: Observer>(
        &mut self,
        program: &[StepEvents],
        options: RunOptions<'_>,
        recorder: &mut Recorder,
        observer: &mut O,
    ) -> Result<usize, RunError> {
        if program.is_empty() {
            return Ok(0);
        }
        let workers = options.threads.clamp(1, self.nodes.len().max(1));
        let bounds = balance(&self.nodes, workers);
        let shared = SharedRun {
            program,
            first_step: self.step,
            inputs: &self.inputs,
            node_of: &self.node_of,
            places: &self.places,
            bounds: &bounds,
            interrupt: options.interrupt,
        };
        recorder.begin(&mut self.nodes);
        let (recorders, parts) = (recorder.split(), observer.split(&bounds));
        let Ran { steps, sent, received } = if workers == 1 {
            let part = parts.into_iter().next();
            let part = part.unwrap_or_else(|| unreachable!("an observer has a part for every worker"));
            let mut worker = Worker::new(&shared, 0, &mut self.nodes, recorders, part, None);
            worker.run().map_err(|error| RunError::Exchange { worker: 0, step: shared.first_step, error })?
        } else {
            run_workers(&shared, &mut self.nodes, recorders, parts)?
        };
        recorder.ran(self.step, &program[..steps]);
        self.step += steps as u64;
        if sent == received { Ok(steps) } else { Err(RunError::NotConserved { sent, received }) }
    }

    /// Where the spikes of each input population's channels go.
    #[must_use]
    pub fn inputs(&self) -> &[RoutingTable] {
        &self.inputs
    }

    /// The core that a channel of an input sits on; `None`: the host sends its spikes.
    #[must_use]
    pub fn input_core(&self, input: usize, channel: u32) -> Option<CoreId> {
        self.input_places[input].core(channel)
    }

    /// The port of the host that an input names.
    #[must_use]
    pub fn input_port(&self, input: usize) -> Option<u16> {
        self.input_places[input].port
    }

    /// Whether the spikes of a population leave the chip through a port of the host.
    #[must_use]
    pub fn leaves(&self, population: u32) -> bool {
        self.leaves[population as usize]
    }

    /// Tables of keys in routers, ascending by router; none where cores have the keys.
    #[must_use]
    pub fn router_tables(&self) -> &[RouterTable] {
        &self.router_tables
    }

    /// How many tiles are in use, by neurons or input neurons.
    #[must_use]
    pub fn tiles(&self) -> usize {
        let topology = self.chip.topology();
        let inputs = self.input_places.iter();
        let inputs = inputs.flat_map(|input| (0..input.neurons).map_while(|channel| input.core(channel)));
        let cores = self.nodes.iter().map(|node| node.id).chain(inputs);
        let mut tiles: Vec<_> = cores.map(|core| topology.tile(core)).collect();
        tiles.sort_unstable();
        tiles.dedup();
        tiles.len()
    }

    /// Where neuron `neuron` of a population is: both exist.
    pub(super) fn locate(&self, population: usize, neuron: u32) -> NeuronPlace {
        place(&self.places[population], neuron)
    }

    /// Events that full axons merged since reset.
    #[must_use]
    pub fn merged_events(&self) -> u64 {
        self.nodes.iter().flat_map(|n| &n.core.blocks).map(|b| b.arrivals.merged).sum()
    }

    /// Updates every neuron and visits every slot of visited rows in every step (to compare with skipping).
    pub fn set_dense_sweep(&mut self, on: bool) {
        for node in &mut self.nodes {
            node.core.slices.iter_mut().for_each(|s| s.dense_sweep = on);
            node.unit.set_dense_sweep(on);
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

/// Where a neuron of the population is whose slices are at `places`, ascending.
fn place(places: &[SlicePlace], neuron: u32) -> NeuronPlace {
    let at = places.partition_point(|place| place.first <= neuron) - 1;
    let SlicePlace { first, node, slice } = places[at];
    NeuronPlace { node: node as usize, slice: slice as usize, neuron: (neuron - first) as usize }
}

/// What a worker, or all of them, did in a run.
#[derive(Clone, Copy, Debug, Default)]
struct Ran {
    steps: usize,
    /// Packets that left cores.
    sent: u64,
    /// Packets that cores took.
    received: u64,
}

fn run_workers<P: Part>(
    shared: &SharedRun<'_>,
    nodes: &mut [Node],
    recorders: Vec<NodeRecorder<'_>>,
    parts: Vec<P>,
) -> Result<Ran, RunError> {
    let mut shares = Vec::new();
    let mut rest = nodes;
    let mut recorders = recorders.into_iter();
    let links = exchange::connect(parts.len());
    for (worker, (part, links)) in parts.into_iter().zip(links).enumerate() {
        let len = shared.bounds[worker + 1] - shared.bounds[worker];
        let (own, others) = rest.split_at_mut(len);
        rest = others;
        shares.push((own, recorders.by_ref().take(len).collect::<Vec<_>>(), part, links));
    }
    let results: Vec<_> = std::thread::scope(|scope| {
        let handles: Vec<_> = shares
            .into_iter()
            .enumerate()
            .map(|(index, (own, recorders, part, links))| {
                scope.spawn(move || Worker::new(shared, index, own, recorders, part, Some(links)).run())
            })
            .collect();
        handles.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut all = Ran::default();
    for (worker, result) in results.into_iter().enumerate() {
        let own = result.map_err(|_| RunError::Panicked { worker })?;
        let own = own.map_err(|error| RunError::Exchange { worker, step: shared.first_step, error })?;
        all = Ran { steps: own.steps, sent: all.sent + own.sent, received: all.received + own.received };
    }
    Ok(all)
}

/// One worker: its nodes, its part of the observer, and its ends of the channels.
struct Worker<'a, P: Part> {
    shared: &'a SharedRun<'a>,
    index: usize,
    nodes: &'a mut [Node],
    recorders: Vec<NodeRecorder<'a>>,
    part: P,
    links: Option<Links<P::Note>>,
    /// Packets for each worker; its own stay here until the step's end.
    outgoing: Vec<Vec<Packet>>,
    local: Vec<(u32, Packet)>,
    /// Notes to and from each worker.
    notes: Vec<P::Note>,
    ran: Ran,
}

impl<'a, P: Part> Worker<'a, P> {
    fn new(
        shared: &'a SharedRun<'a>,
        index: usize,
        nodes: &'a mut [Node],
        recorders: Vec<NodeRecorder<'a>>,
        part: P,
        links: Option<Links<P::Note>>,
    ) -> Self {
        let workers = shared.bounds.len() - 1;
        let (outgoing, local) = ((0..workers).map(|_| Vec::new()).collect(), Vec::new());
        let notes = (0..workers).map(|_| P::Note::default()).collect();
        Self { shared, index, nodes, recorders, part, links, outgoing, local, notes, ran: Ran::default() }
    }

    fn run(&mut self) -> Result<Ran, ExchangeError> {
        for (at, events) in self.shared.program.iter().enumerate() {
            let step = self.shared.first_step + at as u64;
            self.step(step, events);
            self.ran.steps += 1;
            if self.finish(step)? == Verdict::Stop {
                break;
            }
        }
        Ok(self.ran)
    }

    fn step(&mut self, step: u64, events: &StepEvents) {
        let shared = self.shared;
        let base = shared.bounds[self.index];
        if P::LOOKS && self.index == 0 {
            self.part.host(step, events);
        }
        for node in self.nodes.iter_mut() {
            node.control(&events.control);
        }
        for injection in &events.injections {
            self.inject(injection.population, injection.neuron, injection.value);
        }
        let (own, index) = (base..base + self.nodes.len(), self.index);
        for (number, (node, recorder)) in self.nodes.iter_mut().zip(&mut self.recorders).enumerate() {
            let (local, outgoing) = (&mut self.local, &mut self.outgoing);
            let counts = node.step(step, P::WATCH, |core, packet| {
                let to = shared.node_of[core.index()] as usize;
                if own.contains(&to) {
                    local.push(((to - base) as u32, packet));
                } else {
                    let worker = shared.bounds.partition_point(|b| *b <= to) - 1;
                    debug_assert_ne!(worker, index);
                    outgoing[worker].push(packet);
                }
            });
            if P::LOOKS {
                self.part.node(base + number, node.record(&counts));
            }
            recorder.record(node, step);
        }
        self.stimulate(step, events);
    }

    /// Input neurons that fire in `step`: their packets come from the host.
    fn stimulate(&mut self, step: u64, events: &StepEvents) {
        let shared = self.shared;
        let own = shared.bounds[self.index]..shared.bounds[self.index + 1];
        for spike in &events.spikes {
            for to in shared.inputs[usize::from(spike.input)].get(spike.neuron as usize) {
                let node = shared.node_of[to.core.index()] as usize;
                if own.contains(&node) {
                    self.nodes[node - own.start].core.receive(to.axon_in, step, spike.count);
                }
            }
        }
    }

    fn inject(&mut self, population: u16, neuron: u32, value: i32) {
        let NeuronPlace { node, slice, neuron } = place(&self.shared.places[usize::from(population)], neuron);
        let own = node.checked_sub(self.shared.bounds[self.index]);
        if let Some(node) = own.and_then(|node| self.nodes.get_mut(node)) {
            node.core.inject(slice, neuron, value);
        }
    }

    /// Exchanges batches and delivers everything that was sent in `step`; the first worker closes the step.
    fn finish(&mut self, step: u64) -> Result<Verdict, ExchangeError> {
        let shared = self.shared;
        let base = shared.bounds[self.index];
        let outgoing: usize = self.outgoing.iter().map(Vec::len).sum();
        self.ran.sent += (self.local.len() + outgoing) as u64;
        self.ran.received += self.local.len() as u64;
        for (node, packet) in self.local.drain(..) {
            self.nodes[node as usize].receive(packet, step);
        }
        let stop = self.index == 0 && shared.interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed));
        let mut verdict = if stop { Verdict::Stop } else { Verdict::GoOn };
        if self.index > 0 {
            self.part.tell(&mut self.notes[0]);
        }
        if let Some(links) = &mut self.links {
            let (nodes, received) = (&mut *self.nodes, &mut self.ran.received);
            verdict = links.exchange(step, verdict, &mut self.outgoing, &mut self.notes, |packet| {
                let core: CoreId = packet.core();
                let node = shared.node_of[core.index()] as usize - base;
                nodes[node].receive(packet, step);
                *received += 1;
            })?;
        }
        if self.index == 0 {
            for (worker, note) in self.notes.iter_mut().enumerate().skip(1) {
                self.part.hear(worker, note);
            }
            self.part.close(step);
        }
        Ok(verdict)
    }
}
