//! How cores go about a step: choices of a chip that change what is counted and how long it takes, and no bit.
//!
//! Source: section `core` of a chip file; `docs/timing-and-energy.md`, "How a core works".
//!
//! Promises: pure data. Absent on purpose: what is made of the choices (`analytic`, `arriving`).

use serde::{Deserialize, Serialize};

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

/// The choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// When synapse rows are fetched.
    pub rows: RowService,
    /// Which neurons are accessed.
    pub updates: UpdateStyle,
}
