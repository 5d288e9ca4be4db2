//! The seam between function and cost: what a run shows to whoever watches it.
//!
//! A node hands a borrowed [`Record`] of its step to the part of an [`Observer`] that its worker owns. A record holds
//! what the node has anyway: counts, the fired words, the errors it formed, the learning work of each structure; and
//! how many neurons were active and which axons carried events, where [`Part::WATCH`] asks for them. It lists no packet: routing tables and row
//! lengths are static ([`Machine`](crate::run::machine::Machine) shows them), so a source and a step name every
//! packet, its way and the synapses that it reaches. What the host does is shown too, to the first worker's part.
//!
//! At the end of a step the part of every other worker fills a note, which rides in the worker's batch
//! (`router::exchange`) to the first worker; its part hears them in the order of the workers, then closes the step.
//! So a sum over workers is formed before a maximum is taken. Notes travel back: a model copies what it needs into
//! buffers that it gets back, and may hand a closed step to a thread of its own.
//!
//! Promises: an observer is compiled into the run, [`Unobserved`] into none of it; what is shown depends on neither
//! threads nor on how the simulator skips idle state; nothing flows back. Absent on purpose: prices, hops, clocks
//! (`cost`), which this room may not import.

use crate::run::program::StepEvents;
use synfire_core::neuron_core::{CoreCounts, ListedEvents, Served, Watch};
use synfire_core::slice::Slice;
use synfire_plasticity::counts::{LearningCounts, LearningWork};
use synfire_plasticity::slice_learning::FormedError;

/// What one node did in one step.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Counts of the neuron core; active neurons where [`Part::WATCH`] asks for them.
    pub core: &'a CoreCounts,
    /// Of its synaptic events, those of listed rows.
    pub listed: ListedEvents,
    /// The same by population slice.
    pub listed_slices: &'a [ListedEvents],
    /// `core` by population slice; their sum is `core`.
    pub slices: &'a [CoreCounts],
    /// Counts of the plasticity unit.
    pub learning: &'a LearningCounts,
    /// The neurons that fired.
    pub fired: Fired<'a>,
    /// Errors and surrogates that left: of each, one packet a core that its channel goes to.
    pub errors: &'a [FormedError],
    /// Axons that carried events, where [`Part::WATCH`] asks for them.
    pub served: &'a [Served],
    /// Learning work by structure; its sum is `learning`.
    pub work: &'a LearningWork,
    /// Whether the learn flag of the node was on.
    pub learns: bool,
    /// Whether the step began with a `clear`.
    pub cleared: bool,
}

/// The neurons of a node that fired in a step, by their number among the node's sources (its routing table's).
#[derive(Clone, Copy, Debug)]
pub struct Fired<'a>(pub(super) &'a [Slice]);

impl<'a> Fired<'a> {
    /// Those of one slice, by their number in it.
    #[must_use]
    pub fn of_slice(self, slice: usize) -> Self {
        Self(&self.0[slice..=slice])
    }

    /// Words of 64 neurons, the first lowest, each with the source of its lowest bit.
    pub fn words(self) -> impl Iterator<Item = (usize, u64)> + use<'a> {
        let mut offset = 0;
        self.0.iter().flat_map(move |slice| {
            let first = offset;
            offset += slice.len;
            slice.fired_words().iter().enumerate().map(move |(word, bits)| (first + word * 64, *bits))
        })
    }

    /// Calls `each` with every source that fired, ascending.
    #[inline]
    pub fn sources(self, mut each: impl FnMut(usize)) {
        for (first, mut bits) in self.words() {
            while bits != 0 {
                each(first + bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
    }
}

/// Whoever watches runs.
pub trait Observer {
    /// What a worker owns of it during a run.
    type Part<'a>: Part
    where
        Self: 'a;

    /// The part of each worker; worker `w` steps the nodes `bounds[w]..bounds[w + 1]` of the machine.
    fn split(&mut self, bounds: &[usize]) -> Vec<Self::Part<'_>>;
}

/// One worker's part of an observer.
pub trait Part: Send {
    /// What the nodes must gather for it.
    const WATCH: Watch;
    /// Whether it looks at all.
    const LOOKS: bool = true;
    /// What it tells the first worker's part at the end of a step.
    type Note: Default + Send;

    /// What the host does in `step`; shown to the first worker's part alone, whole, before the nodes' records.
    fn host(&mut self, step: u64, events: &StepEvents);
    /// The step of node `node` of the machine.
    fn node(&mut self, node: usize, record: Record<'_>);
    /// End of a step, in every worker but the first: fills a note that was heard before, or a new one.
    fn tell(&mut self, note: &mut Self::Note);
    /// In the first worker: the note of worker `worker`, which goes back to it.
    fn hear(&mut self, worker: usize, note: &mut Self::Note);
    /// In the first worker, after all notes: `step` is whole.
    fn close(&mut self, step: u64);
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unobserved;

impl Observer for Unobserved {
    type Part<'a> = Self;

    fn split(&mut self, bounds: &[usize]) -> Vec<Self> {
        vec![Self; bounds.len() - 1]
    }
}

impl Part for Unobserved {
    const WATCH: Watch = Watch { served: false, active: false };
    const LOOKS: bool = false;
    type Note = ();

    fn host(&mut self, _step: u64, _events: &StepEvents) {}
    fn node(&mut self, _node: usize, _record: Record<'_>) {}
    fn tell(&mut self, _note: &mut ()) {}
    fn hear(&mut self, _worker: usize, _note: &mut ()) {}
    fn close(&mut self, _step: u64) {}
}
