//! The rules of an experiment against the gradient of its loss, before and after they were trained.
//!
//! A row's network is trained in real numbers by its own rules, for the experiment's epochs; before
//! and after, with the weights held, updates and gradient are summed over the same presentations. Where a
//! population learns by random feedback, the updates are also taken with the readout's weights in place of B.
//!
//! Promises: the updates are the float twin's, with the chip's way of an error or with errors used at once; the
//! gradient keeps the reset term. Absent on purpose: held-out samples, other losses than the experiment's.

use super::Agreement;
use super::exercise::Exercise;
use crate::reference::float::bptt::{Bptt, ResetTerm};
use crate::reference::float::chip::FloatChip;
use crate::reference::float::trial::Trial;
use crate::reference::float::unrolled::{NoGradient, Unrolled};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};
use synfire_chip::files::Diagnostics;
use synfire_chip::network::{Network, Source, Synapses};
use synfire_chip::run::program::Program;
use synfire_plasticity::config::{ErrorSignal, ThirdFactor};

/// Presentations that updates and gradients are summed over.
const SAMPLES: usize = 200;

/// Where the third factors of hidden populations come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FactorSource {
    /// As the network says.
    Own,
    /// Random feedback replaced by the readout's weights.
    Symmetric,
}

/// One plastic projection under one source of third factors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Projection.
    pub projection: String,
    /// Whether it ends in the readout.
    pub readout: bool,
    /// Third factors.
    pub source: FactorSource,
    /// Before training.
    pub before: Agreement,
    /// After it.
    pub after: Agreement,
    /// After it, with errors used in the step that forms them.
    pub at_once: Agreement,
}

/// What one row and seed gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// Layers, in the order of the network.
    pub layers: Vec<Layer>,
    /// Angle in degrees between B and the weights to the readout, after training, by population that has both.
    pub angles: Vec<(String, f64)>,
    /// The network with the trained weights, in real values by projection.
    pub weights: Vec<Vec<f64>>,
}

/// Measures an exercise; `told` hears what is being done. `None` where `stop` was set meanwhile, which is looked at
/// before every presentation.
///
/// # Errors
/// When its network has no gradient.
pub fn measure(
    exercise: &Exercise<'_>,
    told: &dyn Fn(&str),
    stop: &AtomicBool,
) -> Result<Option<Measured>, Diagnostics> {
    // What was cut short is thrown away at the end.
    let on = || !stop.load(Ordering::Relaxed);
    let network = &exercise.network;
    let refuse = |error: NoGradient| exercise.refuse(error.to_string());
    let programs: Vec<Program> = exercise.epoch(0, SAMPLES).take_while(|_| on()).collect();
    let mut chip = FloatChip::new(network);
    told("before training");
    let untrained = weights(&chip);
    let shown = Shown { programs: &programs, stop };
    let gradient = gradient(network, &untrained, shown).map_err(refuse)?;
    let before = agreements(network, &untrained, &gradient, shown);
    for epoch in (0..exercise.epochs).take_while(|_| on()) {
        told(&format!("epoch {} of {}", epoch + 1, exercise.epochs));
        let programs = exercise.epoch(epoch, usize::MAX).take_while(|_| on());
        programs.for_each(|program| chip.run(&program, &mut |_, _| ()));
    }
    let trained = weights(&chip);
    let gradient = self::gradient(network, &trained, shown).map_err(refuse)?;
    let after = agreements(network, &trained, &gradient, shown);
    let mut prompt = network.clone();
    prompt.learning.error_delay = 0;
    let at_once = agreements(&prompt, &trained, &gradient, shown);
    if !on() {
        return Ok(None);
    }
    let layers = before.into_iter().zip(after).zip(at_once).map(|((before, after), at_once)| Layer {
        before: before.2,
        after: after.2,
        at_once: at_once.2,
        projection: network.projections[before.0].name.clone(),
        readout: is_output(network, network.projections[before.0].target),
        source: before.1,
    });
    Ok(Some(Measured { layers: layers.collect(), angles: angles(network, &trained), weights: trained }))
}

/// Presentations, up to the one before which `stop` is set.
#[derive(Clone, Copy)]
struct Shown<'a> {
    programs: &'a [Program],
    stop: &'a AtomicBool,
}

impl<'a> Shown<'a> {
    fn each(self) -> impl Iterator<Item = &'a Program> {
        self.programs.iter().take_while(move |_| !self.stop.load(Ordering::Relaxed))
    }
}

/// Whether a population's errors are the loss: not what a hidden layer hands down.
fn is_output(network: &Network, population: usize) -> bool {
    let readout = network.populations[population].readout;
    readout.is_some_and(|readout| !matches!(readout.signal, ErrorSignal::Modulation { .. }))
}

fn weights(chip: &FloatChip) -> Vec<Vec<f64>> {
    (0..chip.network().projections.len()).map(|projection| chip.weights(projection)).collect()
}

/// The descent direction summed over presentations, by projection.
fn gradient(network: &Network, weights: &[Vec<f64>], shown: Shown<'_>) -> Result<Vec<Vec<f64>>, NoGradient> {
    let mut net = Unrolled::new(network)?;
    for (projection, weights) in weights.iter().enumerate() {
        net.weights_mut(projection).copy_from_slice(weights);
    }
    let mut direction = net.zeros();
    let steps = shown.programs.iter().map(Vec::len).max().unwrap_or(0);
    let mut method = Bptt::new(&net, steps, ResetTerm::Kept);
    for program in shown.each() {
        method.run(&net, &Trial::new(&net, program)?, &mut direction);
    }
    Ok(direction)
}

/// Agreement of every plastic projection, for every source of third factors.
fn agreements(
    network: &Network,
    weights: &[Vec<f64>],
    gradient: &[Vec<f64>],
    shown: Shown<'_>,
) -> Vec<(usize, FactorSource, Agreement)> {
    let mut all = Vec::new();
    for source in [FactorSource::Own, FactorSource::Symmetric] {
        let mut chip = FloatChip::new(network);
        for (projection, weights) in weights.iter().enumerate() {
            chip.set_weights(projection, weights);
        }
        let mut changed = Vec::new();
        if source == FactorSource::Symmetric {
            for (population, matrix) in symmetric(network, weights) {
                chip.set_feedback(population, &matrix);
                changed.push(population);
            }
        }
        if source == FactorSource::Symmetric && changed.is_empty() {
            continue;
        }
        chip.keep_updates_back(true);
        shown.each().for_each(|program| chip.run(program, &mut |_, _| ()));
        for (projection, of) in network.projections.iter().enumerate() {
            let counts = source == FactorSource::Own || changed.contains(&of.target);
            if of.learning.is_some() && counts {
                let agreement = Agreement::of(&gradient[projection], chip.updates(projection));
                all.push((projection, source, agreement));
            }
        }
    }
    all
}

/// Populations that learn by feedback and reach their readout directly, with that projection.
fn feedback_paths(network: &Network) -> impl Iterator<Item = (usize, usize)> + '_ {
    network.populations.iter().enumerate().filter_map(|(population, of)| {
        let learning = of.learning?;
        let ThirdFactor::Feedback { .. } = learning.third_factor else { return None };
        let onto = network.projections.iter().position(|projection| {
            let readout = network.populations[projection.target].readout;
            projection.source == Source::Population(population)
                && matches!(projection.synapses, Synapses::Dense { .. })
                && readout.is_some_and(|readout| readout.first_channel == learning.first_channel)
        });
        onto.map(|projection| (population, projection))
    })
}

/// The weights to the readout as a feedback matrix, `[channel * neurons + neuron]`, by population.
fn symmetric(network: &Network, weights: &[Vec<f64>]) -> Vec<(usize, Vec<f64>)> {
    let paths = feedback_paths(network).map(|(population, projection)| {
        let neurons = network.populations[population].neurons as usize;
        let channels = weights[projection].len() / neurons;
        let entry = |at: usize| weights[projection][at % neurons * channels + at / neurons];
        (population, (0..neurons * channels).map(entry).collect())
    });
    paths.collect()
}

/// The angle between B and the weights to the readout, in degrees.
pub(crate) fn angles(network: &Network, weights: &[Vec<f64>]) -> Vec<(String, f64)> {
    let chip = FloatChip::new(network);
    let of = |(population, matrix): (usize, Vec<f64>)| {
        let cosine = Agreement::of(chip.feedback(population)?, &matrix).cosine?;
        Some((network.populations[population].name.clone(), cosine.acos().to_degrees()))
    };
    symmetric(network, weights).into_iter().filter_map(of).collect()
}
