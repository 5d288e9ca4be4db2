//! A chip as an experiment begins with it, and what comes in: for whoever takes both elsewhere.
//!
//! Promises: the machine is that of the experiment's run, before its first step or, where that is asked for, with
//! the weights after its last; the events of a step are those of the
//! run. Absent on purpose: where it goes (`hardware`).

use synfire_chip::network::Network;
use synfire_chip::run::machine::Machine;
use synfire_chip::run::program::{Program, StepEvents};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// Of samples, how many presentations.
    pub presentations: u32,
    /// Whether the run is to be done first, so that the weights are those at its end.
    pub trained: bool,
}

/// A chip and its stimulus.
pub struct Portable<'a> {
    /// The network, with its synapses.
    pub network: Network,
    /// The machine that it was built into, at reset.
    pub machine: Machine,
    /// Steps of the stimulus.
    pub steps: u64,
    /// What happens in a step; asked for in order.
    pub events: Box<dyn FnMut(u64) -> StepEvents + 'a>,
    /// What the stimulus is, in words.
    pub stimulus: String,
}

impl Portable<'_> {
    /// A chip that gets a program.
    #[must_use]
    pub fn of_program(network: Network, machine: Machine, mut program: Program, stimulus: String) -> Self {
        let steps = program.len() as u64;
        let events = Box::new(move |step: u64| std::mem::take(&mut program[step as usize]));
        Self { network, machine, steps, events, stimulus }
    }
}
