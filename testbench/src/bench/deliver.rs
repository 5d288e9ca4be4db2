//! Delivery: arrivals marked, a step of a core, against the same rows added bare.
//!
//! 512 axons onto 1,024 neurons, a quarter of the axons a step. The currents have no memory, so that after a step
//! they are the accumulators.

use super::measure::Pair;
use super::{ceiling, networks};
use std::hint::black_box;
use synfire_core::address::AxonIn;
use synfire_core::neuron_core::NeuronCore;
use synfire_core::synapse::WeightLanes;

const NETWORK: &str = r#"inputs: [(name: "in", neurons: 512)],
    populations: [(name: "out", neurons: 1024, neuron: (current_decay: Factor(0), membrane_decay: Factor(0), threshold: 255.0))],
    projections: [(name: "p", from: "in", to: "out", connect: AllToAll, weights: UniformLanes(low: -127, high: 127),
        store: (bits: 8, fraction: 0, exponent: 0))]"#;

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
        let (_, mut machine) = networks::build(NETWORK);
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
