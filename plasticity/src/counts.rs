//! What the learning hardware of a core did, operation by operation.
//!
//! Promises: counts are the hardware's, equal for dense and skipping loops. Absent on purpose: what an operation takes
//! or costs.

use derive_more::AddAssign;
use serde::{Deserialize, Serialize};

/// What the learning hardware of one core, or of one structure of it, did in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, AddAssign, Serialize, Deserialize)]
pub struct LearningCounts {
    /// Entries of group matrices read and added: of each neuron of a group that fired, one a channel.
    pub group_additions: u64,
    /// Readouts of groups updated: all of them, one a channel.
    pub group_updates: u64,
    /// Pairs of error traces advanced: all that are kept.
    pub error_trace_updates: u64,
    /// Errors computed, zero or not: of readout neurons, of groups, of modulations that are not zero.
    pub errors_computed: u64,
    /// Errors that were not zero and left as packets.
    pub errors_formed: u64,
    /// Third factors formed.
    pub third_factors: u64,
    /// Weights that symmetric feedback brought from the readout's core, one a channel of each third factor.
    pub transported_weights: u64,
    /// Surrogate derivatives formed, and multiplied by the third factor.
    pub surrogates: u64,
    /// Synapse rows visited for weight updates.
    pub rows_visited: u64,
    /// Weight updates computed: visited synapses that could change.
    pub weight_updates: u64,
    /// Weights that did change and were written.
    pub weight_writes: u64,
    /// Synapses whose eligibility states were advanced.
    pub eligibility_updates: u64,
    /// Trace pairs of mirrors advanced: all that are kept.
    pub trace_updates: u64,
}

/// What the structures of a core's learning hardware did in one step; their sum is the core's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LearningWork {
    /// Each slice: groups, errors, third factors, surrogates, mirrors.
    pub slices: Vec<LearningCounts>,
    /// Each block of axons: eligibility and weights; nothing where it does not learn.
    pub blocks: Vec<LearningCounts>,
    /// Slice that each error or surrogate left, in the order in which they were formed.
    pub senders: Vec<u16>,
}

impl LearningWork {
    /// All structures together.
    #[must_use]
    pub fn total(&self) -> LearningCounts {
        let mut total = LearningCounts::default();
        self.slices.iter().chain(&self.blocks).for_each(|one| total += *one);
        total
    }

    /// Nothing done yet, in so many structures.
    pub(crate) fn reset(&mut self, slices: usize, blocks: usize) {
        for (list, len) in [(&mut self.slices, slices), (&mut self.blocks, blocks)] {
            list.clear();
            list.resize(len, LearningCounts::default());
        }
        self.senders.clear();
    }
}
