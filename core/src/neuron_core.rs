//! One neuron core: population slices, blocks of axons with their synapse rows, and the step's order.
//!
//! Implements micro-steps 1 to 5 of `docs/arithmetic.md` (arrivals, membrane, current, fire, traces). Steps 6 to 8
//! are the plasticity unit's, 9 the chip's.
//!
//! Promises: a pure function of registers, configuration and arrivals. Counts are the hardware's: every
//! mapped neuron is accessed every step, whether or not the simulator visits it.
//! Absent on purpose: where packets come from, learning rules, time, energy.

use crate::active::Arrived;
use crate::address::AxonIn;
use crate::arrival::{Arrivals, Delays};
use crate::deliver::{self, Scaling};
use crate::slice::{Registers, Slice};
use crate::synapse::{RowLayout, SynapseMemory, WeightLanes};
use crate::trace::{TraceConfig, Traces};
use crate::weight::WeightFormat;
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// The axons of one projection that end in one slice, with their rows.
#[derive(Clone, Debug)]
pub struct AxonBlock {
    /// Index of the projection in the network: the logical name of its synapses.
    pub projection: u32,
    /// Slice that the rows reach.
    pub slice: usize,
    /// Presynaptic index, in its population, of each axon.
    pub presynaptic: Vec<u32>,
    /// Delay of each axon.
    pub delays: Delays,
    /// Rows.
    pub memory: SynapseMemory,
    /// Store and scaling.
    pub format: WeightFormat,
    /// Accumulator of the slice that the rows add into.
    pub port: usize,
    /// Pending arrivals.
    pub arrivals: Arrivals,
    /// Presynaptic traces, where the block learns.
    pub traces: Option<(TraceConfig, Traces)>,
    /// The axons that carried events in this step, and how many, where a learning rule reads them.
    pub arrived: Option<Vec<(u32, u8)>>,
    /// Whether a rule changes the weights: then they are part of a snapshot.
    pub plastic: bool,
}

/// What a packet at an axon-in entry reaches: `(block, axon)`.
pub type AxonTarget = (u16, u32);

/// The core's input addresses: each entry is a list of axons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AxonInTable {
    starts: Vec<u32>,
    targets: Vec<AxonTarget>,
}

impl AxonInTable {
    /// Appends an entry and returns its address.
    pub fn push(&mut self, targets: impl IntoIterator<Item = AxonTarget>) -> AxonIn {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.targets.extend(targets);
        self.starts.push(self.targets.len() as u32);
        AxonIn(self.starts.len() as u32 - 2)
    }

    /// The axons behind an address.
    #[inline]
    #[must_use]
    pub fn get(&self, entry: AxonIn) -> &[AxonTarget] {
        let at = entry.0 as usize;
        &self.targets[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// How many addresses.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many axons all addresses reach together.
    #[must_use]
    pub fn reach(&self) -> usize {
        self.targets.len()
    }
}

/// What the hardware of one core did in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreCounts {
    /// Axons that carried an event.
    pub axon_events: u64,
    /// Weights read and added.
    pub synaptic_events: u64,
    /// Neurons accessed: all that are mapped.
    pub neuron_accesses: u64,
    /// Active neurons, where [`Watch::active`] asks for them.
    pub neuron_updates: u64,
    /// Neurons that fired.
    pub spikes: u64,
    /// Trace pairs updated: all of learning blocks.
    pub trace_updates: u64,
}

/// Synaptic events of rows that list their synapses, of all synaptic events of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListedEvents {
    /// Of sparse rows.
    pub sparse: u64,
    /// Of rows that share a kernel's taps.
    pub shared: u64,
}

impl AddAssign for CoreCounts {
    fn add_assign(&mut self, other: Self) {
        self.axon_events += other.axon_events;
        self.synaptic_events += other.synaptic_events;
        self.neuron_accesses += other.neuron_accesses;
        self.neuron_updates += other.neuron_updates;
        self.spikes += other.spikes;
        self.trace_updates += other.trace_updates;
    }
}

/// An axon that carried events in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// Block of the core.
    pub block: u16,
    /// Axon of the block.
    pub axon: u32,
    /// Events, at least 1.
    pub events: u8,
}

/// What somebody who watches a core wants to know beside its counts. It changes no bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// List the axons that carried events.
    pub served: bool,
    /// Count the active neurons.
    pub active: bool,
}

/// A core's state in a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreSnapshot {
    registers: Vec<Registers>,
    arrivals: Vec<Arrivals>,
    traces: Vec<Option<Traces>>,
    weights: Vec<Option<WeightLanes>>,
}

/// A snapshot that does not fit the core it is put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotMismatch;

/// One core.
#[derive(Clone, Debug, Default)]
pub struct NeuronCore {
    /// Population slices.
    pub slices: Vec<Slice>,
    /// Blocks of axons.
    pub blocks: Vec<AxonBlock>,
    /// Input addresses.
    pub axon_in: AxonInTable,
    axons: Vec<u32>,
    served: Vec<Served>,
    /// List the axons that carried events, whoever watches.
    keeps_arrivals: bool,
    /// Of the last step, by slice.
    listed: Vec<ListedEvents>,
    reached: Reached,
    /// Of the last step, by slice.
    counts: Vec<CoreCounts>,
}

/// The axons that carried events in a step, block by block, where active neurons are counted.
#[derive(Clone, Debug, Default)]
struct Reached {
    axons: Vec<u32>,
    /// Each block, and where its axons end in `axons`.
    blocks: Vec<(usize, usize)>,
}

impl Reached {
    fn clear(&mut self) {
        self.axons.clear();
        self.blocks.clear();
    }

    /// Takes note of what reached block `number`: of rows that reach every neuron the first.
    fn push(&mut self, number: usize, block: &AxonBlock, axons: &[u32]) {
        let rows = Arrived { memory: &block.memory, plastic: block.plastic, axons };
        let some = if rows.reaches_all() { &axons[..1] } else { axons };
        self.axons.extend_from_slice(some);
        self.blocks.push((number, self.axons.len()));
    }

    /// The rows that reach `slice`.
    fn rows<'a>(
        &'a self,
        blocks: &'a [AxonBlock],
        slice: usize,
    ) -> impl Iterator<Item = Arrived<'a>> + Clone {
        let starts = std::iter::once(0).chain(self.blocks.iter().map(|(_, end)| *end));
        let own = self.blocks.iter().zip(starts).filter(move |((block, _), _)| blocks[*block].slice == slice);
        own.map(|((block, end), start)| {
            let AxonBlock { memory, plastic, .. } = &blocks[*block];
            Arrived { memory, plastic: *plastic, axons: &self.axons[start..*end] }
        })
    }
}

impl NeuronCore {
    /// Marks what a spike packet of step `step` (the step in which its neuron fired) brings.
    #[inline]
    pub fn receive(&mut self, entry: AxonIn, step: u64, count: u8) {
        let at = entry.0 as usize;
        let range = self.axon_in.starts[at] as usize..self.axon_in.starts[at + 1] as usize;
        for &(block, axon) in &self.axon_in.targets[range] {
            let block = &mut self.blocks[usize::from(block)];
            let due = step + u64::from(block.delays.get(axon as usize));
            block.arrivals.mark(axon as usize, due, count);
        }
    }

    /// Adds `value` to the dendritic sum of a neuron: an input current, without synapse.
    pub fn inject(&mut self, slice: usize, neuron: usize, value: i32) {
        self.slices[slice].inject(neuron, value);
    }

    /// Keeps, of every coming step until the next, dendritic sums and the axons that carried events, or no longer does. It
    /// changes no bit.
    pub fn keep(&mut self, sums: bool, arrivals: bool) {
        self.slices.iter_mut().for_each(|slice| slice.keep_sums(sums));
        self.keeps_arrivals = arrivals;
    }

    /// Micro-steps 1 (spikes) to 5. Retires the arrivals of `step`.
    pub fn step(&mut self, step: u64) -> CoreCounts {
        self.step_watched(step, Watch::default())
    }

    /// [`NeuronCore::step`], and what `watch` asks for.
    #[inline]
    pub fn step_watched(&mut self, step: u64, watch: Watch) -> CoreCounts {
        self.counts.clear();
        self.counts.resize(self.slices.len(), CoreCounts::default());
        self.served.clear();
        self.reached.clear();
        self.listed.clear();
        self.listed.resize(self.slices.len(), ListedEvents::default());
        for (number, block) in self.blocks.iter_mut().enumerate() {
            // A block that nothing reaches and that keeps no traces has nothing to do.
            if block.arrivals.due(step) == 0 && block.traces.is_none() {
                block.arrived.iter_mut().for_each(Vec::clear);
                continue;
            }
            if watch.served || self.keeps_arrivals {
                block.arrivals.list(step, &mut self.axons);
                let events = |axon: u32| 1 + block.arrivals.extra(axon as usize, step);
                let own = |&axon: &u32| Served { block: number as u16, axon, events: events(axon) };
                self.served.extend(self.axons.iter().map(own));
            }
            let slice = &mut self.slices[block.slice];
            let (counts, listed) = (&mut self.counts[block.slice], &mut self.listed[block.slice]);
            let before = counts.synaptic_events;
            deliver_block(block, slice, step, &mut self.axons, counts);
            match block.memory.layout {
                RowLayout::Dense => {}
                RowLayout::Sparse { .. } => listed.sparse += counts.synaptic_events - before,
                RowLayout::Shared { .. } => listed.shared += counts.synaptic_events - before,
            }
            if watch.active && !self.axons.is_empty() && !slice.is_always_active() {
                self.reached.push(number, block, &self.axons);
            }
        }
        let mut total = CoreCounts::default();
        for ((number, slice), counts) in self.slices.iter_mut().enumerate().zip(&mut self.counts) {
            if watch.active {
                counts.neuron_updates += slice.count_active(self.reached.rows(&self.blocks, number));
            }
            slice.update(step);
            if watch.active {
                counts.neuron_updates += slice.fired_beyond_active();
            }
            counts.neuron_accesses += slice.len as u64;
            counts.spikes += u64::from(slice.fired_count());
            total += *counts;
        }
        total
    }

    /// What each slice did in the last step: its neurons, and the axons, rows and traces that end in it.
    #[must_use]
    pub fn counts(&self) -> &[CoreCounts] {
        &self.counts
    }

    /// The axons that carried events in the last step, block by block, ascending; none where nobody asked.
    #[must_use]
    pub fn served(&self) -> &[Served] {
        &self.served
    }

    /// Of the synaptic events of the last step, those of listed rows.
    #[must_use]
    pub fn listed_events(&self) -> ListedEvents {
        let sum = |of: fn(&ListedEvents) -> u64| self.listed.iter().map(of).sum();
        ListedEvents { sparse: sum(|listed| listed.sparse), shared: sum(|listed| listed.shared) }
    }

    /// The same by slice.
    #[must_use]
    pub fn listed_by_slice(&self) -> &[ListedEvents] {
        &self.listed
    }

    /// Control event `clear`: registers, traces and arrival buffers to their reset values; weights stay.
    pub fn clear(&mut self) {
        for slice in &mut self.slices {
            slice.clear();
        }
        for block in &mut self.blocks {
            block.arrivals.clear();
            block.arrived.iter_mut().for_each(Vec::clear);
            if let Some((_, traces)) = &mut block.traces {
                traces.clear();
            }
        }
    }

    /// Everything that `restore` needs to go on with the same bits.
    #[must_use]
    pub fn snapshot(&self) -> CoreSnapshot {
        CoreSnapshot {
            registers: self.slices.iter().map(|s| s.registers.clone()).collect(),
            arrivals: self.blocks.iter().map(|b| b.arrivals.clone()).collect(),
            traces: self.blocks.iter().map(|b| b.traces.as_ref().map(|t| t.1.clone())).collect(),
            weights: self.blocks.iter().map(|b| b.plastic.then(|| b.memory.weights.clone())).collect(),
        }
    }

    /// Puts a snapshot of a core of the same configuration in place.
    ///
    /// # Errors
    /// [`SnapshotMismatch`] when shapes differ; the core is then not usable.
    pub fn restore(&mut self, snapshot: CoreSnapshot) -> Result<(), SnapshotMismatch> {
        let blocks = self.blocks.len();
        let lens = [snapshot.arrivals.len(), snapshot.traces.len(), snapshot.weights.len()];
        if snapshot.registers.len() != self.slices.len() || lens.iter().any(|l| *l != blocks) {
            return Err(SnapshotMismatch);
        }
        for (slice, registers) in self.slices.iter_mut().zip(snapshot.registers) {
            if !slice.restore(registers) {
                return Err(SnapshotMismatch);
            }
        }
        let parts = snapshot.arrivals.into_iter().zip(snapshot.traces).zip(snapshot.weights);
        for (block, ((arrivals, traces), weights)) in self.blocks.iter_mut().zip(parts) {
            if !block.arrivals.fits(&arrivals) {
                return Err(SnapshotMismatch);
            }
            block.arrivals = arrivals;
            match (&mut block.traces, traces) {
                (None, None) => {}
                (Some((_, own)), Some(saved)) if own.same_shape(&saved) => *own = saved,
                _ => return Err(SnapshotMismatch),
            }
            match weights {
                None if !block.plastic => {}
                Some(saved) if block.plastic && saved.len() == block.memory.weights.len() => {
                    block.memory.weights = saved;
                }
                _ => return Err(SnapshotMismatch),
            }
        }
        Ok(())
    }
}

fn deliver_block(
    block: &mut AxonBlock,
    slice: &mut Slice,
    step: u64,
    axons: &mut Vec<u32>,
    counts: &mut CoreCounts,
) {
    block.arrivals.list(step, axons);
    if !axons.is_empty() {
        let format = block.format;
        let scaling = Scaling::of(format);
        let sums = &mut slice.ports[block.port].sums;
        deliver::deliver(&block.memory, axons, scaling, sums);
        if block.arrivals.counts_events() {
            for &axon in axons.iter() {
                let extra = i32::from(block.arrivals.extra(axon as usize, step));
                if extra > 0 {
                    deliver::deliver_extra(&block.memory, axon as usize, extra, scaling, sums);
                    counts.axon_events += extra as u64;
                    counts.synaptic_events += extra as u64 * block.memory.row(axon as usize).len() as u64;
                }
            }
        }
        let entries = entries_of(&block.memory, axons);
        counts.axon_events += axons.len() as u64;
        counts.synaptic_events += entries;
        touch_reached(&block.memory, axons, entries, block.port, slice);
    }
    if let Some((config, traces)) = &mut block.traces {
        let arrivals = &block.arrivals;
        let events = axons.iter().map(|&a| (a as usize, 1 + u32::from(arrivals.extra(a as usize, step))));
        traces.update(*config, events);
        counts.trace_updates += traces.p.len() as u64;
    }
    if let Some(arrived) = &mut block.arrived {
        arrived.clear();
        arrived.extend(axons.iter().map(|&a| (a, 1 + block.arrivals.extra(a as usize, step))));
    }
    block.arrivals.retire(step);
}

/// Synapses in the rows of `axons`.
fn entries_of(memory: &SynapseMemory, axons: &[u32]) -> u64 {
    match &memory.layout {
        RowLayout::Dense => (axons.len() * memory.posts) as u64,
        _ => axons.iter().map(|&axon| memory.row(axon as usize).len() as u64).sum(),
    }
}

/// Marks as active the neurons that the rows of `axons`, of so many entries together, reach.
fn touch_reached(memory: &SynapseMemory, axons: &[u32], entries: u64, port: usize, slice: &mut Slice) {
    match memory.layout.listed() {
        None => slice.touch_all(),
        // Eight sums are read in the time of one entry.
        Some(_) if entries * 8 > slice.len as u64 => slice.touch_sums(port),
        Some((_, posts)) => {
            for &axon in axons {
                for &post in &posts[memory.row(axon as usize)] {
                    slice.touch(usize::from(post));
                }
            }
        }
    }
}
