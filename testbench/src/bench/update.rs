//! The neuron update: a step of a core whose neurons all have a bias, against a bare loop over the same registers.

use super::ceiling::{self, Constants, Registers};
use super::measure::Pair;
use super::networks;
use std::hint::black_box;
use synfire_chip::files::schema::{ConnectFile, NetworkFile, NeuronFile, Raw, WeightsFile};
use synfire_core::dither;
use synfire_core::neuron_core::NeuronCore;

/// Steps of one call.
const STEPS: usize = 100;

fn network() -> NetworkFile {
    let mut file = networks::file();
    file.input("in", 1);
    let neuron = NeuronFile { bias: Some(Raw::from(0.125)), ..networks::neuron(2048, 3686, 1.0) };
    file.population("out", 4096, neuron);
    let weights = WeightsFile::Constant(Raw::from(0.0));
    file.projection(("in", "out"), ConnectFile::AllToAll, weights, networks::bytes());
    file
}

/// The pair.
pub struct Update {
    core: NeuronCore,
    step: u64,
    registers: Registers,
    constants: Constants,
}

impl Update {
    /// Builds both sides, every neuron with a membrane of its own.
    #[must_use]
    pub fn new() -> Self {
        let (network, mut machine) = networks::build(&network());
        let mut core = machine.nodes.remove(0).core;
        let slice = &mut core.slices[0];
        let parameters = &slice.parameters;
        let threshold = parameters.threshold.get(0);
        let constants = Constants {
            current_decay: parameters.current_decay.get(0) as u32,
            membrane_decay: parameters.membrane_decay.get(0) as u32,
            threshold,
            bias: parameters.bias.get(0),
            limit: (1 << (network.datapath.state_width - 1)) - 1,
        };
        for (neuron, membrane) in slice.registers.membrane.iter_mut().enumerate() {
            *membrane = dither::uniform(dither::mix(neuron as u32), -threshold, threshold - 1);
        }
        let (lanes, bytes) = (vec![0; slice.len], vec![0; slice.len]);
        let registers = Registers {
            current: lanes.clone(),
            membrane: slice.registers.membrane.clone(),
            compared: lanes.clone(),
            fired: bytes,
            sums: lanes,
        };
        Self { core, step: 0, registers, constants }
    }
}

impl Default for Update {
    fn default() -> Self {
        Self::new()
    }
}

impl Pair for Update {
    const NAME: &'static str = "update: 4,096 neurons with a bias";
    const UNIT: &'static str = "neuron updates";

    fn operations(&self) -> u64 {
        (STEPS * self.registers.current.len()) as u64
    }

    fn simulator(&mut self) {
        for _ in 0..STEPS {
            self.step += 1;
            black_box(self.core.step(self.step));
        }
    }

    fn ceiling(&mut self) {
        for _ in 0..STEPS {
            ceiling::update(black_box(&mut self.registers), self.constants);
        }
    }

    fn agree(&self) -> bool {
        let (own, bare) = (&self.core.slices[0].registers, &self.registers);
        own.current == bare.current
            && own.membrane == bare.membrane
            && own.compared == bare.compared
            && own.fired == bare.fired
    }
}
