//! Whole steps that are watched by the analytic model, against the same steps that nobody watches.
//!
//! The network is that of the dense whole step. An observer is compiled into a run, so what nobody watches counts
//! nothing; the ratio is what counts, times and link loads cost.

use super::measure::Pair;
use super::networks::{self, Counted};
use super::whole_step;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{Control, Program};

/// Steps of one call.
const STEPS: u32 = 40;

/// One machine that is watched, and one that is not.
pub struct Watched {
    watched: Counted,
    bare: Machine,
    program: Program,
    operations: u64,
}

impl Watched {
    /// Builds both.
    #[must_use]
    pub fn new() -> Self {
        let (network, machine) = networks::build(&whole_step::dense());
        let (_, bare) = networks::build(&whole_step::dense());
        let mut program = networks::program(&networks::firing(network.inputs[0].neurons, 50, STEPS));
        program[0].control.push(Control::Clear);
        let mut counted = Counted::new(machine);
        counted.run(&program, 1);
        let operations = counted.counts().synaptic_events();
        let mut pair = Self { watched: counted, bare, program, operations };
        // Both begin where the first run ended.
        pair.ceiling();
        pair
    }
}

impl Default for Watched {
    fn default() -> Self {
        Self::new()
    }
}

impl Pair for Watched {
    const NAME: &'static str = "whole step, dense: watched by the analytic model, by watched by nobody";
    const UNIT: &'static str = "synaptic events";

    fn operations(&self) -> u64 {
        self.operations
    }

    fn simulator(&mut self) {
        self.watched.run(&self.program, 1);
    }

    fn ceiling(&mut self) {
        let mut recorder = Recorder::new(Vec::new(), &self.bare.nodes);
        let options = RunOptions { threads: 1, interrupt: None };
        let ran = self.bare.run(&self.program, options, &mut recorder);
        ran.unwrap_or_else(|e| unreachable!("the bench's own run: {e}"));
    }

    fn agree(&self) -> bool {
        let registers = |machine: &Machine| {
            let slices = machine.nodes.iter().flat_map(|node| &node.core.slices);
            slices.map(|slice| slice.registers.clone()).collect::<Vec<_>>()
        };
        registers(&self.watched.machine) == registers(&self.bare)
    }
}
