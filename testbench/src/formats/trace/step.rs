//! The records of a step.

use super::header::{Axon, Synapse, TraceHeader};

/// A step as a writer takes it.
#[derive(Clone, Copy, Debug)]
pub struct TracedStep<'a> {
    /// Its number.
    pub step: u64,
    /// A column for each register of each population of the header: a lane a neuron.
    pub registers: &'a [Vec<i64>],
    /// A column for each register of the axons of each projection: a lane an axon, by the table.
    pub traces: &'a [Vec<i64>],
    /// A list for each register of the synapses of each projection: place of the synapse in the table (of a shared
    /// kernel: copy times taps plus tap) and new lane, ascending.
    pub changed: &'a [Vec<(u32, i64)>],
}

/// A synapse that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub synapse: Synapse,
    /// Its new lane.
    pub lane: i64,
}

/// A step as a reader gives it: what it says, in the header's order, whatever the form of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub step: u64,
    /// As in [`TracedStep`].
    pub registers: Vec<Vec<i64>>,
    /// Axons of each projection of the header.
    pub axons: Vec<Vec<Axon>>,
    /// As in [`TracedStep`].
    pub traces: Vec<Vec<i64>>,
    /// A list for each register of the synapses of each projection, ascending.
    pub changed: Vec<Vec<Change>>,
}

impl Step {
    /// A step without records, with the header's number of columns: what a reader fills.
    #[must_use]
    pub fn of(header: &TraceHeader) -> Self {
        Self {
            step: header.first,
            registers: vec![Vec::new(); header.neuron_columns().count()],
            axons: vec![Vec::new(); header.projections.len()],
            traces: vec![Vec::new(); header.axon_columns().count()],
            changed: vec![Vec::new(); header.synapse_lists().count()],
        }
    }

    /// Forgets its records, and has the header's number of columns.
    pub(super) fn clear(&mut self, header: &TraceHeader) {
        fn clear<T: Clone>(columns: &mut Vec<Vec<T>>, count: usize) {
            columns.resize(count, Vec::new());
            columns.iter_mut().for_each(Vec::clear);
        }
        clear(&mut self.registers, header.neuron_columns().count());
        clear(&mut self.axons, header.projections.len());
        clear(&mut self.traces, header.axon_columns().count());
        clear(&mut self.changed, header.synapse_lists().count());
    }
}
