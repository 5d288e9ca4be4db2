//! How cores go about a step: choices of a chip that change what is counted and how long it takes, and no bit.
//!
//! Source: section `core` of a chip file; `docs/timing-and-energy.md`, "How a core works".
//!
//! Promises: pure data. Absent on purpose: what is made of the choices (`analytic`, `arriving`).

use serde::{Deserialize, Serialize};
use synfire_core::active;

/// When the synapse rows of an event are fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum RowService {
    /// From the arrival buffer, in the step in which the event is used: events that were merged pay once.
    #[default]
    #[serde(alias = "at_use")]
    AtUse,
    /// When the packet arrives, in the step in which it was sent: each packet pays.
    #[serde(alias = "at_arrival")]
    AtArrival,
}

/// Which neurons are accessed in a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum UpdateStyle {
    /// Every mapped neuron.
    #[default]
    #[serde(alias = "time_stepped")]
    TimeStepped,
    /// The active ones.
    #[serde(alias = "event_driven")]
    EventDriven,
}

/// Which registers that are not at rest make a neuron active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum ActiveBy {
    /// Any of current, membrane, refractory counter, adaptation.
    #[default]
    Registers,
    /// The membrane; and who fires is active, and whom a stored weight of 0 reaches.
    Membrane,
}

/// How what a core takes and what its own neurons do share a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Phases {
    /// One after the other: their times are added.
    #[default]
    Serial,
    /// Side by side: the longer counts.
    Overlapped,
}

/// What the ways of packets add to a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Ways {
    /// The way that takes the longest, after the slowest core.
    #[default]
    Added,
    /// Nothing: packets travel while cores work.
    Hidden,
}

/// The choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// When synapse rows are fetched.
    pub rows: RowService,
    /// Which neurons are accessed.
    pub updates: UpdateStyle,
    /// What makes a neuron active.
    pub active: ActiveBy,
    /// How packets in and rows share a step with neurons and packets out.
    pub phases: Phases,
    /// What ways add to a step.
    pub ways: Ways,
}

impl From<ActiveBy> for active::ActiveBy {
    fn from(by: ActiveBy) -> Self {
        match by {
            ActiveBy::Registers => Self::Registers,
            ActiveBy::Membrane => Self::Membrane,
        }
    }
}
