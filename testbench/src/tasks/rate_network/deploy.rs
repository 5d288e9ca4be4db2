//! A scaled rate network in the chip's integers, and its answers.
//!
//! A hidden unit is a neuron whose current forgets at once (decay 0), whose membrane keeps everything, and whose reset
//! subtracts the threshold, so that no charge is lost: after n steps it has fired for all the charge that it took but for
//! what its membrane holds. Its membrane begins at `initial_membrane`; one half turns the floor of that count into the
//! nearest. An output never fires; its membrane is the sum, and the largest in the last step is the answer. A bias is
//! a channel that fires in every step, its weight in a store like any other.
//!
//! A spike crosses a layer in [`lag`] steps, so what the outputs hold after T steps is what the inputs said in the first
//! `T - 2 lag`. The output's bias is delayed by the hidden layer's `lag`, and so counts as often.
//!
//! Each projection has the most fraction bits with which its weights fit its store, at most those of the state (a finer
//! lane than the membrane's would make sums round down).
//!
//! Promises: the network passes every check of a network file, its accumulators are proven. Absent on purpose: learning.

use super::file::RateEncoder;
use super::network::RateNet;
use crate::data::Samples;
use crate::data::encode::{self, Constant, EncodeError, Encoder, Presentation, RateCode, SigmaDeltaCode};
use crate::experiment::deploy::{fraction_of_trained, write_weights};
use crate::experiment::record::observed::Observed;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::schema::{
    ConnectFile, DecayFile, NetworkFile, NeuronFile, Raw, ResetFile, StoreFile, WeightsFile,
};
use synfire_chip::files::{self, Diagnostic, Diagnostics, NetworkOverrides};
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Variable};
use synfire_chip::run::program::{Control, Program};
use synfire_core::format::Overflow;
use synfire_core::neuron::Order;

/// Epoch of the random words of a rate code: one that no training has.
const TEST_EPOCH: u32 = u32::MAX;
/// Index of the input of the features.
const FEATURES: u16 = 0;
/// Index of the input of the bias.
const BIAS: u16 = 1;
/// Index of the population of outputs.
const OUTPUTS: usize = 1;

/// Steps from a spike to the spike that it causes in the next layer.
#[must_use]
pub fn lag(chip: &Chip) -> u32 {
    match chip.datapath.order {
        Order::PreviousCurrent => 2,
        Order::UpdatedCurrent => 1,
    }
}

/// Longest presentation: the outputs are scaled to move by at most one a step on the training part, and others may
/// move them more; half of the membrane's range is left for that.
#[must_use]
pub fn most_steps(chip: &Chip) -> u32 {
    let integer_bits = u32::from(chip.datapath.state_width) - 1 - u32::from(chip.datapath.state_fraction);
    1 << integer_bits.saturating_sub(1).min(16)
}

/// What a presentation is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Form {
    /// How features become spikes.
    pub encoder: RateEncoder,
    /// Membrane of a hidden neuron at its beginning, in thresholds.
    pub initial_membrane: f64,
    /// Bits of the weight stores.
    pub bits: u8,
    /// Steps.
    pub steps: u32,
}

/// A deployed network.
pub struct Deployed {
    /// The network in the chip's integers.
    pub network: Network,
    /// The chip with it, and what its runs cost.
    pub observed: Observed,
    encoder: Box<dyn Encoder>,
    steps: u32,
}

impl Deployed {
    /// A `scaled` network on `chip`; `largest` is the largest feature, `seed` that of the rate code.
    ///
    /// # Errors
    /// When the chip's membrane wraps or its sums are shifted, a weight fits no fraction, or the network does not fit the chip.
    pub fn new(
        scaled: &RateNet,
        form: Form,
        largest: u8,
        chip: &Chip,
        seed: u32,
    ) -> Result<Self, Diagnostics> {
        let network = network(scaled, form, chip)?;
        let machine = Machine::new(&network, chip).map_err(|e| Diagnostic::new(e.to_string()))?;
        let looked_at = vec![Probe::all(&network, OUTPUTS, Variable::Compared)];
        let encoder = encoder(form.encoder, largest, seed).map_err(|e| Diagnostic::new(e.to_string()))?;
        let observed = Observed::new(&network, machine, looked_at);
        Ok(Self { network, observed, encoder, steps: form.steps })
    }

    /// The presentation of sample `sample`.
    #[must_use]
    pub fn program(&self, features: &[u8], sample: u32) -> Program {
        let shown = Presentation { sample, epoch: TEST_EPOCH };
        let bias = Constant { input: BIAS, neuron: 0, count: 1 };
        let mut program = encode::program(&[&*self.encoder, &bias], features, shown, self.steps);
        program[0].control.push(Control::Clear);
        program
    }

    /// Membranes of the outputs after the last step of a presentation of sample `sample`.
    ///
    /// # Errors
    /// When the chip's run fails.
    pub fn outputs(&mut self, features: &[u8], sample: u32) -> Result<Vec<i32>, String> {
        let program = self.program(features, sample);
        let options = RunOptions { threads: 1, interrupt: None };
        let recordings = self.observed.run(&self.network, &program, options)?.recordings;
        Ok(recordings[0].row(self.steps as usize - 1).to_vec())
    }

    /// How many of the samples `of` are answered rightly: by the largest membrane, the first of equals.
    ///
    /// # Errors
    /// When the chip's run fails.
    pub fn correct(&mut self, samples: &Samples, of: &[u32]) -> Result<u32, String> {
        let mut correct = 0;
        for &sample in of {
            let outputs = self.outputs(samples.row(sample as usize), sample)?;
            let answer = (0..outputs.len()).rev().max_by_key(|class| outputs[*class]);
            correct += u32::from(answer == Some(usize::from(samples.labels[sample as usize])));
        }
        Ok(correct)
    }
}

/// The encoder of a row.
///
/// # Errors
/// When its rate is above one.
pub fn encoder(of: RateEncoder, largest: u8, seed: u32) -> Result<Box<dyn Encoder>, EncodeError> {
    let largest = largest.max(1);
    Ok(match of {
        RateEncoder::Rate { rate_per_mille } => {
            Box::new(RateCode::new(FEATURES, largest, rate_per_mille, seed)?)
        }
        RateEncoder::SigmaDelta { rate_per_mille } => {
            Box::new(SigmaDeltaCode::new(FEATURES, largest, rate_per_mille)?)
        }
    })
}

fn network(scaled: &RateNet, form: Form, chip: &Chip) -> Result<Network, Diagnostics> {
    if chip.datapath.membrane_overflow != Overflow::Saturate {
        let title = format!(
            "the membranes of chip `{}` wrap: a neuron far below its threshold would fire",
            chip.name
        );
        return Err(Diagnostic::new(title)
            .noted("allowed", "a chip whose membrane_overflow is Saturate")
            .into());
    }
    let shift = chip.datapath.input_shift;
    if shift > 0 {
        let title =
            format!("chip `{}` shifts what it sums by {shift} bits: no weight is finer than that", chip.name);
        return Err(Diagnostic::new(title).noted("allowed", "a chip with an input_shift of 0").into());
    }
    let mut fractions = [0; 4];
    for (fits, weights) in fractions.iter_mut().zip(scaled.lists()) {
        *fits = fraction_of_trained(weights, form.bits, chip.datapath.state_fraction)?;
    }
    let (file, none) = (file(scaled, form, fractions, lag(chip)), NetworkOverrides::default());
    let mut network = files::network_from_value("<deployed>", &file, Path::new("."), chip, &none)?;
    for (projection, weights) in scaled.lists().into_iter().enumerate() {
        write_weights(&mut network, projection, weights);
    }
    Ok(network)
}

/// The network file of the deployed network; its weights are set afterwards, within the stores it states. Projections
/// are in the order of [`RateNet::lists`].
fn file(scaled: &RateNet, form: Form, fractions: [u8; 4], lag: u32) -> NetworkFile {
    let (hidden, classes) = (scaled.hidden.biases.len(), scaled.output.biases.len());
    let features = scaled.hidden.weights.len() / hidden;
    let neuron = || NeuronFile::new(Raw::from(0), DecayFile::NonLeaky.into(), Raw::from(1.0));
    let mut file = NetworkFile::new("rate network");
    file.input("features", features as u32);
    file.input("bias", 1);
    let initial_membrane = Some(form.initial_membrane.into());
    let spiking = NeuronFile { reset: ResetFile::SubtractNow, initial_membrane, ..neuron() };
    file.population("hidden", hidden as u32, spiking);
    file.population("output", classes as u32, NeuronFile { spiking: false, ..neuron() });
    let projections = [("features", "hidden"), ("bias", "hidden"), ("hidden", "output"), ("bias", "output")];
    for ((from, to), fraction) in projections.into_iter().zip(fractions) {
        let (weights, store) = (WeightsFile::Constant(Raw::from(0)), StoreFile::new(form.bits, fraction));
        let late = if (from, to) == ("bias", "output") { lag } else { 0 };
        file.projection((from, to), ConnectFile::AllToAll, weights, store).delay = Some(i64::from(1 + late));
    }
    file
}
