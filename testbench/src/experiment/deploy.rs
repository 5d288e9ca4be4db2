//! From real weights back to a chip's stores.
//!
//! Promises: nearest rounding, ties away from zero; a weight beyond the store takes its end, and is counted.
//! Absent on purpose: any other way than a network to put a weight on a chip.

use crate::reference::float::units::power;
use synfire_chip::files::Diagnostic;
use synfire_chip::network::Network;
use synfire_core::synapse::WeightLanes;

/// Writes `weights`, one a synapse or one a shared tap, into the store of a projection; how many were beyond its end.
///
/// # Panics
/// When there are not as many weights as the store has.
pub fn write_weights(network: &mut Network, projection: usize, weights: &[f64]) -> usize {
    let projection = &mut network.projections[projection];
    assert_eq!(weights.len(), projection.synapses.weights().len(), "one weight each");
    let format = projection.format;
    let most = f64::from((1i32 << (format.store_bits - 1)) - 1);
    let mut lanes = WeightLanes::zeros(format.store_bits, weights.len());
    let mut beyond = 0;
    for (index, weight) in weights.iter().enumerate() {
        let lane = (weight * power(i32::from(format.fraction))).round();
        beyond += usize::from(lane.abs() > most);
        lanes.set(index, lane.clamp(-most, most) as i32);
    }
    *projection.synapses.weights_mut() = lanes;
    beyond
}

/// The most fraction bits, at most `most`, with which all `weights` fit a store of `bits`.
#[must_use]
pub fn fraction(weights: &[f64], bits: u8, most: u8) -> Option<u8> {
    let largest = weights.iter().fold(0.0f64, |most, weight| most.max(weight.abs()));
    let limit = f64::from((1i32 << (bits - 1)) - 1);
    (0..=most).rev().find(|fraction| (largest * power(i32::from(*fraction))).round() <= limit)
}

/// The fraction bits of trained weights that are deployed in a store of `bits`, as [`fraction`] has them.
///
/// # Errors
/// When there are none: with the weight that is too large, and the largest that would fit.
pub fn fraction_of_trained(weights: &[f64], bits: u8, most: u8) -> Result<u8, Diagnostic> {
    fraction(weights, bits, most).ok_or_else(|| {
        let largest =
            weights.iter().copied().fold(0.0f64, |most, of| if of.abs() > most.abs() { of } else { most });
        let limit = (1i32 << (bits - 1)) - 1;
        let problem = Diagnostic::new(format!("a trained weight fits no fraction of {bits} bits"));
        let problem = problem.noted("found", format!("a weight of {largest:.3}, in thresholds"));
        problem.noted("allowed", format!("-{limit}..={limit}, or larger `stores`"))
    })
}

/// Gives a projection a store of `bits`, delivered whole, with the most fraction bits in which `weights` still fit
/// (the real value of a weight stays), and writes them; how many were beyond its end.
pub fn write_store(network: &mut Network, projection: usize, bits: u8, weights: &[f64]) -> usize {
    let datapath = network.datapath;
    let format = &mut network.projections[projection].format;
    format.fraction = fraction(weights, bits, datapath.state_fraction + bits).unwrap_or(0);
    (format.store_bits, format.delivered_bits) = (bits, bits);
    let shift = i32::from(datapath.state_fraction) - i32::from(datapath.input_shift);
    format.exponent = (shift - i32::from(format.fraction)) as i8;
    write_weights(network, projection, weights)
}
