//! Frozen noise: every pattern is a Poisson raster, every readout neuron has its own target spikes for it.
//!
//! Pattern `p` is the raster of projection number 0 and presynaptic number `p`. Targets: the steps from `first_target` on
//! are tried in the order of their words (projection number 1 + output) and taken when at least
//! `target_distance` from every one already taken, until there are enough.

use super::case::{Case, Draw};
use super::file::Noise;
use synfire_chip::files::Diagnostics;

/// One case a pattern.
///
/// # Errors
/// When the input is not in the network, or the targets do not fit.
pub fn cases(data: &Noise, draw: &Draw<'_>) -> Result<Vec<Case>, Diagnostics> {
    let input = draw.input("data[0].input", &data.input)?;
    let case = |pattern| {
        let mut stimulus = draw.silence();
        draw.add_raster(&mut stimulus, input, (0, pattern), data.rate_ppm);
        let targets: Vec<Vec<u32>> =
            (0..draw.outputs).map(|output| targets(data, draw, pattern, output)).collect();
        if targets.iter().any(|list| list.len() < data.targets as usize) {
            let title = "the targets do not fit the presentation";
            let found = format!("{} targets at a distance of {}", data.targets, data.target_distance);
            let allowed = format!("what fits steps {}..{}", data.first_target, draw.steps);
            return Err(draw.place.refuse("data[0].targets", title, &found, &allowed));
        }
        Ok(Case { stimulus, targets })
    };
    (0..data.patterns).map(case).collect()
}

/// Target steps of one output for one pattern, ascending. Fewer than asked for when they do not fit.
fn targets(data: &Noise, draw: &Draw<'_>, pattern: u32, output: u32) -> Vec<u32> {
    let mut taken: Vec<u32> = Vec::new();
    let order = draw.order((1 + output, pattern), draw.steps);
    for step in order.into_iter().filter(|step| *step >= data.first_target) {
        let apart = |other: &u32| other.abs_diff(step) >= data.target_distance;
        if taken.len() < data.targets as usize && taken.iter().all(apart) {
            taken.push(step);
        }
    }
    taken.sort_unstable();
    taken
}
