use synfire::data::Samples;
use synfire::tasks::rate_network::network::Layer;
use synfire::tasks::rate_network::network::RateNet;
use synfire::tasks::rate_network::normalise::*;

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
