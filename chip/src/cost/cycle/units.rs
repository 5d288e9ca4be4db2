//! The parts of a core that work, what they wait for, and the times of both.
//!
//! Promises: names are those of tables. Absent on purpose: who works when (`core`).

use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// A part of a core that works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Reads the arrival buffer and finds rows.
    Lookup,
    /// Adds words of rows.
    Lanes,
    /// Accesses and updates neurons.
    Scan,
    /// Makes packets.
    Packets,
    /// Advances traces, forms third factors of the errors that arrived.
    Traces,
    /// Groups, error traces, errors.
    Errors,
    /// Surrogate derivatives.
    Surrogates,
    /// Eligibility and weights.
    Weights,
    /// Takes packets from the arrival queue, and fetches their rows where that is done at arrival.
    Arrivals,
}

impl Unit {
    /// All of them, with names for tables.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Lookup, "lookup"),
        (Self::Lanes, "lanes"),
        (Self::Scan, "scan"),
        (Self::Packets, "packets"),
        (Self::Traces, "traces"),
        (Self::Errors, "errors"),
        (Self::Surrogates, "surrogates"),
        (Self::Weights, "weights"),
        (Self::Arrivals, "arrivals"),
    ];
}

/// What a part of a core waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Phases: for a memory that a packet was marked in.
    Memory,
    /// Phases: for room in the output queue.
    Output,
    /// Phases: for traces, when neurons were scanned.
    Traces,
    /// Arrivals: for a memory that a phase used.
    Phase,
    /// The network: for room in the arrival queue.
    Full,
    /// All: from the core's own end to that of the step.
    Others,
}

impl Wait {
    /// All of them, with names for tables.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Memory, "memory"),
        (Self::Output, "output_queue"),
        (Self::Traces, "traces"),
        (Self::Phase, "phase"),
        (Self::Full, "arrival_queue"),
        (Self::Others, "others"),
    ];
}

/// What a core did and waited for, picoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreTimes {
    /// By [`Unit`].
    pub busy: [u64; Unit::ALL.len()],
    /// By [`Wait`].
    pub waits: [u64; Wait::ALL.len()],
}

impl CoreTimes {
    /// What a unit worked.
    #[must_use]
    pub const fn busy(&self, unit: Unit) -> u64 {
        self.busy[unit as usize]
    }

    /// What was waited for a cause.
    #[must_use]
    pub const fn waited(&self, wait: Wait) -> u64 {
        self.waits[wait as usize]
    }
}

impl AddAssign for CoreTimes {
    fn add_assign(&mut self, other: Self) {
        self.busy.iter_mut().zip(other.busy).for_each(|(sum, one)| *sum += one);
        self.waits.iter_mut().zip(other.waits).for_each(|(sum, one)| *sum += one);
    }
}
