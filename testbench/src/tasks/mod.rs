//! The kinds of experiments, one folder each, and their registry.
//!
//! A folder holds its kind whole: what its file states (`file`), what can be wrong with it (`check`), its cells, its
//! report (`summary`), and how `run`, `resume` and `check` come to them (`kind`). A further kind is a folder, its `mod`
//! and one line of the registry.
//!
//! Promises: a kind names no other. Absent on purpose: what every kind shares (`experiment`), studies over several
//! experiments.

pub mod classify;
pub mod patterns;
pub mod rate_network;
pub mod simulate;
pub mod spike_time;
pub mod traffic;

use crate::experiment::file;
use crate::experiment::kind::{self, Kind, Registry, Visit};
use crate::experiment::reference::Opened;
use serde::Deserialize;
use synfire_chip::files::Diagnostics;

/// The registry: a line is the name in a file's `task: NAME(..)`, and the kind.
macro_rules! registry {
    ($($(#[$doc:meta])* $name:ident => $kind:ty,)*) => {
        /// What an experiment file says is to be done.
        #[derive(Clone, Debug, Deserialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[serde(rename = "Task")]
        pub enum TaskFile {
            $($(#[$doc])* $name(<$kind as Kind>::Settings),)*
        }

        impl Registry for TaskFile {
            fn accept<V: Visit>(self, visitor: V) -> V::Answer {
                match self {
                    $(Self::$name(settings) => visitor.visit::<$kind>(settings),)*
                }
            }
        }
    };
}

registry! {
    /// Train and test classifiers on a labelled data set.
    Classify => classify::task::Task,
    /// Learn spike patterns in time.
    Patterns => patterns::cell::Task,
    /// Train spike times off the chip and deploy them.
    SpikeTime => spike_time::cell::Task,
    /// Train a rate network off the chip and deploy it as spikes.
    RateNetwork => rate_network::cell::Task,
    /// Run a network on stimuli and record it.
    Simulate => simulate::cell::Task,
    /// Drive the network between the cores alone.
    Traffic => traffic::task::Task,
}

/// An experiment file whose task is of one of these kinds.
pub type ExperimentFile = file::ExperimentFile<TaskFile>;

/// The JSON schema of experiment files.
#[cfg(feature = "schemars")]
#[must_use]
pub fn json_schema() -> schemars::Schema {
    schemars::schema_for!(ExperimentFile)
}

/// Opens an experiment file.
///
/// # Errors
/// With what is wrong with it.
pub fn open(reference: &str) -> Result<(ExperimentFile, Opened), Diagnostics> {
    open_changed(reference, &[])
}

/// The same after changes `PATH=VALUE` to it, and with those to the chips and networks that it refers to.
///
/// # Errors
/// With what is wrong with it, or with a change.
pub fn open_changed(reference: &str, set: &[String]) -> Result<(ExperimentFile, Opened), Diagnostics> {
    kind::open(reference, set)
}
