//! Delivery: arrivals marked, a step of a core, against the same rows added bare.
//!
//! 512 axons onto 1,024 neurons, a quarter of the axons a step. The currents have no memory, so that after a step
//! they are the accumulators.

use super::measure::Pair;
use super::{ceiling, networks};
use std::hint::black_box;
use synfire_chip::files::schema::{ConnectFile, NetworkFile};
use synfire_core::address::AxonIn;
use synfire_core::neuron_core::NeuronCore;
use synfire_core::synapse::WeightLanes;

fn network() -> NetworkFile {
    let mut file = networks::file();
    file.input("in", 512);
    file.population("out", 1024, networks::neuron(0, 0, 255.0));
    let weights = networks::lanes(-127, 127);
    file.projection(("in", "out"), ConnectFile::AllToAll, weights, networks::bytes());
    file
}

/// The pair.
pub struct Deliver {
    core: NeuronCore,
    step: u64,
    firing: Vec<Vec<u32>>,
    weights: Vec<i8>,
    sums: Vec<i32>,
}

impl Deliver {
    /// Builds both sides.
    #[must_use]
    pub fn new() -> Self {
        let (_, mut machine) = networks::build(&network());
        let core = machine.nodes.remove(0).core;
        let WeightLanes::I8(weights) = &core.blocks[0].memory.weights else {
            unreachable!("a store of 8 bits");
        };
        let (weights, sums) = (weights.clone(), vec![0; core.slices[0].len]);
        Self { core, step: 0, firing: networks::firing(512, 250, 20), weights, sums }
    }
}

impl Default for Deliver {
    fn default() -> Self {
        Self::new()
    }
}

impl Pair for Deliver {
    const NAME: &'static str = "deliver: 128 of 512 dense int8 rows of 1,024";
    const UNIT: &'static str = "synaptic events";

    fn operations(&self) -> u64 {
        self.firing.iter().map(|fired| fired.len() as u64 * self.sums.len() as u64).sum()
    }

    fn simulator(&mut self) {
        for fired in &self.firing {
            for &axon in fired {
                self.core.receive(AxonIn(axon), self.step, 1);
            }
            self.step += 1;
            black_box(self.core.step(self.step));
        }
    }

    fn ceiling(&mut self) {
        for fired in &self.firing {
            self.sums.fill(0);
            ceiling::add_rows(black_box(&mut self.sums), &self.weights, fired);
        }
    }

    fn agree(&self) -> bool {
        self.core.slices[0].registers.current == self.sums
    }
}
