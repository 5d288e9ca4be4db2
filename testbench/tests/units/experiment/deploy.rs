use synfire::experiment::deploy::*;

#[test]
fn the_fraction_is_the_largest_that_holds_every_weight() {
    // 127 lanes: 0.99 * 2^7 = 126.7 rounds to 127, 0.997 * 2^7 to 127.6 and so to 128.
    assert_eq!(fraction(&[0.99, -0.1], 8, 15), Some(7));
    assert_eq!(fraction(&[-0.997], 8, 15), Some(6));
    assert_eq!(fraction(&[1e-6], 8, 15), Some(15), "no finer than asked");
    assert_eq!(fraction(&[128.0], 8, 15), None);
}
