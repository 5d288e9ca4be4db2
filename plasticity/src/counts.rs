//! What the learning hardware of a core did, operation by operation.
//!
//! Promises: counts are the hardware's, equal for dense and skipping loops. Absent on purpose: what an operation takes
//! or costs.

use serde::{Deserialize, Serialize};

/// What the learning hardware of one core did in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearningCounts {
    /// Errors that were not zero and left as packets.
    pub errors_formed: u64,
    /// Third factors formed.
    pub third_factors: u64,
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
