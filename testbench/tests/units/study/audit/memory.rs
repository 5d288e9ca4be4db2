use synfire::study::audit::memory::*;

#[test]
fn an_exponent_is_a_slope() {
    let sizes = [32.0, 64.0, 128.0, 256.0];
    let squares: Vec<f64> = sizes.iter().map(|n| 3.0 * n * n).collect();
    assert!((exponent(&sizes, &squares) - 2.0).abs() < 1e-12);
    let flat = [7.0; 4];
    assert!(exponent(&sizes, &flat).abs() < 1e-12);
}
