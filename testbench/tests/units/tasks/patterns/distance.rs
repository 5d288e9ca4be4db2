use synfire::tasks::patterns::distance::*;

#[test]
fn distance_of_equal_trains_is_zero_and_of_a_lone_spike_one() {
    assert_eq!(van_rossum(&[10, 50], &[10, 50], 100, (5.0, 10.0)), 0.0);
    assert!((van_rossum(&[10], &[], 100, (5.0, 10.0)) - 1.0).abs() < 1e-9);
    let near = van_rossum(&[11], &[10], 100, (5.0, 10.0));
    assert!(near > 0.0 && near < 0.1, "{near}");
}

#[test]
fn one_spike_hits_one_target() {
    assert_eq!(hits(&[9, 10, 30], &[10, 12, 60], 2), (2, 1));
    assert_eq!(hits(&[], &[5], 2), (0, 0));
    assert_eq!(hits(&[8], &[5], 2), (0, 1));
}
