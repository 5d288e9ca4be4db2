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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_by_hand() {
        let values = || (1..=10).rev().map(f64::from).collect::<Vec<f64>>();
        assert_eq!(percentile(values(), 1000), Some(10.0));
        assert_eq!(percentile(values(), 999), Some(10.0), "9.99 of 10 elements are the tenth");
        assert_eq!(percentile(values(), 900), Some(9.0));
        assert_eq!(percentile(values(), 1), Some(1.0));
        assert_eq!(percentile(Vec::new(), 999), None);
    }

    /// Two features, one hidden unit: activations 4 and 1, outputs +-8 and +-2 with a bias of 0.5.
    #[test]
    fn the_scaled_network_is_the_trained_one_in_other_units() {
        let samples = Samples::new(vec![2, 0, 0, 2], 2, vec![0, 1], 2).unwrap();
        let hidden = Layer { weights: vec![4.0, 1.0], biases: vec![0.0] };
        let output = Layer { weights: vec![2.0, -2.0], biases: vec![0.5, 0.0] };
        let network = RateNet { hidden, output };
        let scaled = normalised(&network, (&samples, &[0, 1]), 1000, 0.5);
        assert_eq!(scaled.hidden, Layer { weights: vec![2.0, 0.5], biases: vec![0.0] });
        // The largest output is 8.5.
        let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(close(scaled.output.weights[0], 8.0 / 8.5) && close(scaled.output.biases[0], 0.5 / 8.5));
        let half = normalised(&network, (&samples, &[0, 1]), 500, 1.0);
        assert_eq!(half.hidden.weights, [4.0, 1.0], "the smaller of two activations, 1, fires in every step");
    }
}
