//! Scaling a trained network so that activations become rates of at most one spike a step.
//!
//! With `s1` the percentile of the positive hidden activations over the training part, and `s2` the largest magnitude of
//! an output there, the scaled network is `W1 / (s1 r)`, `b1 / s1`, `W2 s1 / s2`, `b2 / s2`: its hidden activations are
//! those of the trained one by `s1`, its outputs by `s2`, when inputs arrive as `r x` spikes a step. No answer changes.
//!
//! Promises: exact scaling, a pure function of network, samples and settings. Absent on purpose: the test part.

use super::network::{Activations, Layer, RateNet};
use super::train::{inputs, largest};
use crate::data::Samples;

/// The value that `per_mille` thousandths of `values` do not exceed: the element `ceil(n * per_mille / 1000)` of them in
/// order, counted from one; `None` of an empty list.
#[must_use]
pub fn percentile(mut values: Vec<f64>, per_mille: u32) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let place = (values.len() as u64 * u64::from(per_mille)).div_ceil(1000).max(1) - 1;
    values.get(place as usize).copied()
}

/// `network` scaled for inputs of `rate` spikes a step at the largest feature. A network without a positive hidden
/// activation or with outputs of zero keeps what it cannot scale.
#[must_use]
pub fn normalised(
    network: &RateNet,
    (samples, kept): (&Samples, &[u32]),
    percentile_per_mille: u32,
    rate: f64,
) -> RateNet {
    let (top, mut x, mut found) = (largest(samples), Vec::new(), Activations::default());
    let (mut positive, mut output) = (Vec::new(), 0.0f64);
    for &sample in kept {
        inputs(samples, sample, top, &mut x);
        network.forward(&x, &mut found);
        positive.extend(found.hidden.iter().copied().filter(|unit| *unit > 0.0));
        output = found.output.iter().fold(output, |most, y| most.max(y.abs()));
    }
    let hidden = percentile(positive, percentile_per_mille).unwrap_or(1.0);
    let output = if output > 0.0 { output } else { 1.0 };
    let scaled = |values: &[f64], by: f64| values.iter().map(|value| value * by).collect();
    let layer = |layer: &Layer, weights: f64, biases: f64| Layer {
        weights: scaled(&layer.weights, weights),
        biases: scaled(&layer.biases, biases),
    };
    RateNet {
        hidden: layer(&network.hidden, 1.0 / (hidden * rate), 1.0 / hidden),
        output: layer(&network.output, hidden / output, 1.0 / output),
    }
}
