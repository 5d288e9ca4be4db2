//! What a chip writes in one presentation against what its own float form would have written.
//!
//! Both start with the same weights (of the chip's stores) and learn through the same presentation, weights moving as
//! they do; the changes of every plastic projection are compared. The chip's changes carry its dither: the mean over
//! repetitions with other dither, at other steps, shows what is left when that is averaged out.
//!
//! Promises: the chip is the simulated one, bit for bit. Absent on purpose: any tolerance.

use super::Agreement;
use super::exercise::Exercise;
use crate::experiment::deploy;
use crate::reference::float::chip::FloatChip;
use crate::report::quantity::Spread;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::StepEvents;

/// Presentations compared.
const SAMPLES: usize = 60;
/// Repetitions of each with other dither.
const REPETITIONS: u64 = 64;

/// One plastic projection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChipLayer {
    /// Projection.
    pub projection: String,
    /// Presentations in which both changed a weight.
    pub samples: usize,
    /// Median cosine over presentations.
    pub one: Option<f64>,
    /// Median cosine of the mean change over repetitions.
    pub averaged: Option<f64>,
    /// Median cosine of the chip's change in two repetitions: the dither's own share.
    pub repeated: Option<f64>,
    /// Mean size of a changed synapse's change in the float form, in lanes of the weight.
    pub lanes: f64,
}

/// Changes by projection.
type Changes = Vec<Vec<f64>>;

/// Compares a chip that holds `weights` and its float form on the first presentations of an epoch after training.
/// `None` where `stop` was set meanwhile, which is looked at before every presentation.
///
/// # Errors
/// When the network does not fit the chip, or its run fails.
pub fn compare(
    exercise: &Exercise<'_>,
    weights: &[Vec<f64>],
    stop: &AtomicBool,
) -> Result<Option<Vec<ChipLayer>>, String> {
    let mut network = exercise.network.clone();
    for (projection, weights) in weights.iter().enumerate() {
        deploy::write_weights(&mut network, projection, weights);
    }
    let mut machine = Machine::new(&network, exercise.chip).map_err(|error| error.to_string())?;
    let mut twin = FloatChip::new(&network);
    let (machine_start, twin_start) = (machine.snapshot(), twin.snapshot());
    let plastic: Vec<usize> =
        (0..network.projections.len()).filter(|p| network.projections[*p].learning.is_some()).collect();
    let mut layers: Vec<Seen> = plastic.iter().map(|_| Seen::default()).collect();
    for program in exercise.epoch(exercise.epochs, SAMPLES) {
        twin.restore(twin_start.clone())?;
        let float = float_changes(&mut twin, &program, &plastic);
        let mut repetitions = Vec::new();
        for repetition in 0..REPETITIONS {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            machine.restore(machine_start.clone())?;
            machine.step += repetition * program.len() as u64;
            repetitions.push(chip_changes(&mut machine, &network, &program, &plastic)?);
        }
        for (layer, seen) in layers.iter_mut().enumerate() {
            let lanes = 2f64.powi(i32::from(network.projections[plastic[layer]].format.fraction));
            seen.add(&float[layer], repetitions.iter().map(|changes| &changes[layer][..]), lanes);
        }
    }
    let names = plastic.iter().map(|projection| network.projections[*projection].name.clone());
    Ok(Some(names.zip(layers).map(|(name, seen)| seen.layer(name)).collect()))
}

fn float_changes(twin: &mut FloatChip, program: &[StepEvents], plastic: &[usize]) -> Changes {
    let before: Changes = plastic.iter().map(|projection| twin.weights(*projection)).collect();
    twin.run(program, &mut |_, _| ());
    let after = plastic.iter().map(|projection| twin.weights(*projection));
    after.zip(before).map(|(after, before)| after.iter().zip(&before).map(|(a, b)| a - b).collect()).collect()
}

fn chip_changes(
    machine: &mut Machine,
    network: &Network,
    program: &[StepEvents],
    plastic: &[usize],
) -> Result<Changes, String> {
    let read = |machine: &Machine| -> Vec<Vec<i32>> {
        plastic.iter().map(|projection| machine.weights(network, *projection)).collect()
    };
    let before = read(machine);
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = RunOptions { threads: 1, interrupt: None };
    machine.run(program, options, &mut recorder).map_err(|error| error.to_string())?;
    let changes = read(machine).into_iter().zip(before).zip(plastic).map(|((after, before), projection)| {
        let unit = 0.5f64.powi(i32::from(network.projections[*projection].format.fraction));
        after.iter().zip(&before).map(|(a, b)| f64::from(a - b) * unit).collect()
    });
    Ok(changes.collect())
}

/// Cosines of one projection over presentations.
#[derive(Clone, Debug, Default)]
struct Seen {
    one: Vec<f64>,
    averaged: Vec<f64>,
    repeated: Vec<f64>,
    lanes: Vec<f64>,
}

impl Seen {
    fn add<'a>(&mut self, float: &[f64], chip: impl Iterator<Item = &'a [f64]> + Clone, lanes: f64) {
        let Some(first) = chip.clone().next() else { return };
        let mut mean = vec![0.0; float.len()];
        for changes in chip.clone() {
            mean.iter_mut().zip(changes).for_each(|(sum, change)| *sum += change);
        }
        // A presentation in which the float form writes nothing has no direction to compare.
        let Some(one) = Agreement::of(float, first).cosine else { return };
        self.one.push(one);
        self.averaged.extend(Agreement::of(float, &mean).cosine);
        self.repeated.extend(chip.clone().nth(1).and_then(|second| Agreement::of(first, second).cosine));
        let changed = float.iter().filter(|change| **change != 0.0);
        let sizes: Vec<f64> = changed.map(|change| change.abs() * lanes).collect();
        self.lanes.extend(Spread::of(&sizes).map(|sizes| sizes.mean));
    }

    fn layer(mut self, projection: String) -> ChipLayer {
        ChipLayer {
            projection,
            samples: self.one.len(),
            one: median(&mut self.one),
            averaged: median(&mut self.averaged),
            repeated: median(&mut self.repeated),
            lanes: Spread::of(&self.lanes).map_or(0.0, |lanes| lanes.mean),
        }
    }
}

/// The middle of a list, of an even one the lower of the two.
pub(super) fn median(of: &mut [f64]) -> Option<f64> {
    of.sort_by(f64::total_cmp);
    of.get(of.len().saturating_sub(1) / 2).copied()
}
