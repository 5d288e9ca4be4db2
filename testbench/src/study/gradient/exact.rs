//! Equalities that hold to nine digits or not at all, on small random networks.
//!
//! Promises: the same cases in every run. `tests/float.rs` tries the same equalities on many more.
//! Absent on purpose: tolerances other than [`EQUAL`].

use super::relative_difference;
use crate::reference::float::bptt::{Bptt, ResetTerm};
use crate::reference::float::chip::FloatChip;
use crate::reference::float::forward::Forward;
use crate::reference::float::small::{self, Sizes};
use crate::reference::float::trial::Trial;
use crate::reference::float::unrolled::{NoGradient, Unrolled};
use synfire_chip::network::Network;
use synfire_chip::run::program::StepEvents;

/// Relative difference below which two gradients are one.
pub const EQUAL: f64 = 1e-9;
/// Networks tried.
pub const CASES: u32 = 40;

const SIZES: Sizes = Sizes { inputs: 5, hidden: 8, readouts: 3 };
const STEPS: u32 = 60;

/// Largest relative differences over all cases.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exact {
    /// The forward method and back-propagation, recurrent networks and spiking readouts.
    pub forward: f64,
    /// SuperSpike on one layer and the gradient of its van Rossum loss without reset terms.
    pub superspike: f64,
    /// The delta rule of a leaky readout and its gradient.
    pub delta: f64,
}

/// Tries all cases from `seed` on.
///
/// # Errors
/// When a small network has no gradient, which would be a fault of this program.
pub fn run(seed: u32) -> Result<Exact, NoGradient> {
    let mut worst = Exact::default();
    for seed in (0..CASES).map(|case| seed.wrapping_add(case)) {
        let mut recurrent = small::recurrent(seed, SIZES);
        let superspike = small::superspike(seed, SIZES);
        for network in [&recurrent, &superspike] {
            for reset in [ResetTerm::Kept, ResetTerm::Dropped] {
                worst.forward = worst.forward.max(forward(network, seed, reset)?);
            }
        }
        let (wanted, found) =
            both(&superspike, &small::program(&superspike, seed, STEPS), ResetTerm::Dropped)?;
        worst.superspike = worst.superspike.max(relative_difference(&wanted, &found));
        recurrent.learning.error_delay = 0;
        let (wanted, found) = both(&recurrent, &small::program(&recurrent, seed, STEPS), ResetTerm::Kept)?;
        worst.delta = worst.delta.max(relative_difference(&wanted[2..], &found[2..]));
    }
    Ok(worst)
}

fn forward(network: &Network, seed: u32, reset: ResetTerm) -> Result<f64, NoGradient> {
    let net = Unrolled::new(network)?;
    let trial = Trial::new(&net, &small::program(network, seed, STEPS))?;
    let (mut wanted, mut found) = (net.zeros(), net.zeros());
    Bptt::new(&net, trial.steps(), reset).run(&net, &trial, &mut wanted);
    Forward::new(&net, reset).run(&net, &trial, &mut found);
    Ok(relative_difference(&wanted, &found))
}

/// One value a synapse, by projection.
type ByProjection = Vec<Vec<f64>>;

/// The gradient, and the rules' updates by their rates.
fn both(
    network: &Network,
    program: &[StepEvents],
    reset: ResetTerm,
) -> Result<(ByProjection, ByProjection), NoGradient> {
    let net = Unrolled::new(network)?;
    let trial = Trial::new(&net, program)?;
    let mut wanted = net.zeros();
    Bptt::new(&net, trial.steps(), reset).run(&net, &trial, &mut wanted);
    let mut chip = FloatChip::new(network);
    chip.keep_updates_back(true);
    chip.run(program, &mut |_, _| ());
    let found = (0..network.projections.len()).map(|projection| {
        let rate = chip.rate(projection).unwrap_or(1.0);
        chip.updates(projection).iter().map(|update| update / rate).collect()
    });
    Ok((wanted, found.collect()))
}
