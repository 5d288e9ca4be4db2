use synfire::reference::float::optimiser::*;

#[test]
fn steps_by_hand() {
    let mut moments = Moments::new([1, 2].into_iter());
    let mut weights = [1.0, 1.0];
    moments.begin_step();
    Optimiser::Descent { rate: 0.5 }.step(0.5, (&mut moments, 1), &mut weights, [2.0, -1.0].into_iter());
    assert_eq!(weights, [1.5, 0.75]);
    // Adam's first step is its rate, whatever the size of the direction, but for EPSILON.
    let mut weight = [0.0];
    Optimiser::Adam { rate: 0.1 }.step(1.0, (&mut moments, 0), &mut weight, [1000.0].into_iter());
    assert!((weight[0] - 0.1).abs() < 1e-9, "{weight:?}");
    // The second, with the direction turned: first 0.9 * 100 - 100, second 0.999 * 1000 + 1000, both unbiased.
    moments.begin_step();
    Optimiser::Adam { rate: 0.1 }.step(1.0, (&mut moments, 0), &mut weight, [-1000.0].into_iter());
    let moved = 0.1 * (-10.0 / 0.19) / (1999.0_f64 / 0.001_999).sqrt();
    assert!((weight[0] - 0.1 - moved).abs() < 1e-9, "{weight:?}");
}
