//! Everything that the frozen hashes use of the crates, in one place: who moves a module changes this file alone.

pub use synfire::experiment::engine::Engine;
pub use synfire::experiment::file::Data;
pub use synfire::experiment::pool::{CellContext, Outcome, Work};
pub use synfire::experiment::reference::{self, Opened};
pub use synfire::tasks::classify::file::{Classify, ScoreOf};
pub use synfire::tasks::patterns::file::{PatternData, Patterns};
pub use synfire::tasks::rate_network::file::RateNetwork;
pub use synfire::tasks::simulate::file::Simulate;
pub use synfire::tasks::spike_time::file::SpikeTime;
pub use synfire::tasks::{ExperimentFile, TaskFile, open};
pub use synfire_chip::chip::Chip;
pub use synfire_chip::files;
pub use synfire_chip::network::{Network, Source};
pub use synfire_chip::run::machine::{Machine, RunOptions};
pub use synfire_chip::run::probe::{Probe, Recorder, Recording, Variable};
pub use synfire_chip::run::program::StepEvents;

/// Classification.
pub mod classify {
    pub use synfire::tasks::classify::cell::Cell;
    pub use synfire::tasks::classify::task::Task;
}

/// Spike patterns.
pub mod patterns {
    pub use synfire::tasks::patterns::cell::{Cell, Task};
}

/// Rate networks.
pub mod rate_network {
    pub use synfire::tasks::rate_network::cell::{Cell, Task};
    pub use synfire::tasks::rate_network::deploy::Deployed;
    pub use synfire::tasks::rate_network::normalise::normalised;
    pub use synfire::tasks::rate_network::train;
}

/// Spike times.
pub mod spike_time {
    pub use synfire::tasks::spike_time::cell::{Cell, Task};
    pub use synfire::tasks::spike_time::deploy::Deployed;
    pub use synfire::tasks::spike_time::train;
}

/// A user's network.
pub mod simulate {
    pub use synfire::tasks::simulate::cell::{Cell, Task};
}
