//! Learning: the plasticity unit's step, third factors and surrogates included, against a bare dithered outer product.
//!
//! 512 axons onto 512 neurons of 16-bit weights, random feedback from one error channel. The core stands still, so
//! traces and modulations are the same in every step and the bare loop reads them.

use super::ceiling::{self, Key};
use super::measure::Pair;
use super::networks;
use std::hint::black_box;
use synfire_chip::files::schema::{
    ConnectFile, NetworkFile, NeuronFile, NeuronLearningFile, Raw, ReadoutFile, SignalFile, StoreFile,
    SurrogateFile, SynapseLearningFile, ThirdFactorFile, WeightsFile,
};
use synfire_core::address::AxonIn;
use synfire_core::dither::Purpose;
use synfire_core::neuron_core::NeuronCore;
use synfire_core::synapse::WeightLanes;
use synfire_plasticity::config::{MatrixDraw, SurrogateShape};
use synfire_plasticity::counts::LearningCounts;
use synfire_plasticity::slice_learning::FormedError;
use synfire_plasticity::unit::LearningUnit;

/// Steps of one call.
const STEPS: u64 = 2;

fn network() -> NetworkFile {
    let mut file = networks::file();
    let neuron = || networks::neuron(2048, 3686, 1.0);
    file.input("in", 512);
    let hidden = file.population("hidden", 512, neuron());
    hidden.max_per_core = Some(512);
    hidden.learning = Some(NeuronLearningFile {
        listens_to: Some("out".to_owned()),
        surrogate: Some(SurrogateFile { shape: SurrogateShape::Triangle, half_width: Raw::from(2.0) }),
        ..NeuronLearningFile::new(ThirdFactorFile::Feedback { draw: MatrixDraw::Sign, shift: 0 })
    });
    let out = file.population("out", 1, NeuronFile { spiking: false, ..neuron() });
    out.readout = Some(ReadoutFile::new(SignalFile::Membrane));
    let uniform = WeightsFile::Uniform { low: Raw::from(-0.01), high: Raw::from(0.01) };
    let store = || StoreFile::new(16, 14);
    let plastic = file.projection(("in", "hidden"), ConnectFile::AllToAll, uniform, store());
    plastic.learning = Some(SynapseLearningFile::new(14));
    let zero = WeightsFile::Constant(Raw::from(0.0));
    file.projection(("hidden", "out"), ConnectFile::AllToAll, zero, store());
    file
}

/// The pair.
pub struct Learn {
    core: NeuronCore,
    unit: LearningUnit,
    block: usize,
    step: u64,
    counts: LearningCounts,
    bare_step: u64,
    weights: Vec<i16>,
    modulation: Vec<i32>,
    traces: Vec<i32>,
    key: Key,
}

impl Learn {
    /// Builds both sides: every axon has a trace, every neuron a modulation.
    #[must_use]
    pub fn new() -> Self {
        let (network, mut machine) = networks::build(&network());
        let plastic = |core: &NeuronCore| core.blocks.iter().position(|b| b.plastic);
        let at = machine.nodes.iter().position(|node| plastic(&node.core).is_some());
        let node = machine.nodes.remove(at.unwrap_or_default());
        let (mut core, mut unit) = (node.core, node.unit);
        for axon in 0..512 {
            core.receive(AxonIn(axon), 0, 1);
        }
        core.step(1);
        core.step(2);
        unit.broadcast.learn = true;
        let block = plastic(&core).unwrap_or_default();
        let seed = Purpose::Dither.seed(network.seed);
        let key =
            Key { seed, step: 0, projection: core.blocks[block].projection, shift: 14, limit: (1 << 15) - 1 };
        let mut pair = Self {
            traces: core.blocks[block]
                .traces
                .as_ref()
                .map(|(_, traces)| traces.p.clone())
                .unwrap_or_default(),
            weights: Vec::new(),
            modulation: Vec::new(),
            counts: LearningCounts::default(),
            step: 2,
            bare_step: 0,
            core,
            unit,
            block,
            key,
        };
        pair.learn();
        let slice = pair.core.blocks[block].slice;
        pair.modulation = pair.unit.slices[slice].factors().modulation.to_vec();
        if let WeightLanes::I16(weights) = &pair.core.blocks[block].memory.weights {
            pair.weights.clone_from(weights);
        }
        pair.bare_step = pair.step;
        pair
    }

    /// One step of the unit, with an error that arrives in it.
    fn learn(&mut self) {
        self.unit.receive_error(FormedError { channel: 0, value: 90 }, self.step);
        self.step += 1;
        self.unit.arrive(self.step);
        self.counts = self.unit.learn(&mut self.core, self.step, &mut Vec::new());
    }
}

impl Default for Learn {
    fn default() -> Self {
        Self::new()
    }
}

impl Pair for Learn {
    const NAME: &'static str = "learn: 512 x 512 int16, random feedback";
    const UNIT: &'static str = "weight updates";

    fn operations(&self) -> u64 {
        STEPS * self.counts.weight_updates
    }

    fn simulator(&mut self) {
        for _ in 0..STEPS {
            self.learn();
        }
    }

    fn ceiling(&mut self) {
        for _ in 0..STEPS {
            self.bare_step += 1;
            let key = Key { step: self.bare_step, ..self.key };
            ceiling::outer_product(black_box(&mut self.weights), &self.modulation, &self.traces, key);
        }
    }

    fn agree(&self) -> bool {
        let every = self.counts.weight_updates == self.weights.len() as u64;
        every
            && matches!(&self.core.blocks[self.block].memory.weights, WeightLanes::I16(w) if *w == self.weights)
    }
}
