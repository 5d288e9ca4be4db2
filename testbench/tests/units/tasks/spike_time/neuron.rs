use synfire::tasks::spike_time::neuron::*;

#[test]
fn one_input_crosses_where_its_integral_reaches_the_threshold() {
    // 2 (1 - exp(-t)) = 1 at t = ln 2.
    let firing = fire(&[2.0], &[1.0]).unwrap();
    assert_eq!((firing.z, firing.gain), (2.0, 1.0));
    assert_eq!(fire(&[1.0], &[1.0]), None, "the membrane only approaches the threshold");
    assert_eq!(fire(&[2.0], &[f64::INFINITY]), None);
}

#[test]
fn the_membrane_is_at_threshold_when_it_fires_and_below_before() {
    let (weights, inputs) = ([0.7, -0.4, 1.1, 0.9], [1.0, 1.5, 1.2, 40.0]);
    let firing = fire(&weights, &inputs).unwrap();
    let membrane = |z: f64| -> f64 {
        let past = weights.iter().zip(&inputs).filter(|(_, input)| **input < z);
        past.map(|(w, input)| w * (1.0 - input / z)).sum()
    };
    assert!((membrane(firing.z) - 1.0).abs() < 1e-12);
    assert!((1..1000).all(|n| membrane(1.0 + (firing.z - 1.0) * f64::from(n) / 1000.0) < 1.0));
    assert_eq!(firing.causal, [true, true, true, false]);
}
