use synfire::data::digits::*;

#[test]
fn the_data_set_is_the_published_one() {
    let digits = load().unwrap();
    assert_eq!((digits.len(), digits.width, digits.classes), (SAMPLES, PIXELS, CLASSES));
    assert_eq!(digits.largest(), LARGEST);
    let mut counts = [0_usize; CLASSES];
    digits.labels.iter().for_each(|&l| counts[usize::from(l)] += 1);
    // Class counts of optdigits.tes as published in optdigits.names.
    assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    // Its first scan, a zero.
    assert_eq!(digits.row(0)[..8], [0, 0, 5, 13, 9, 1, 0, 0]);
    assert_eq!(digits.labels[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(digits.features.iter().map(|&f| u64::from(f)).sum::<u64>(), 561_718);
}

#[test]
fn a_value_outside_the_range_is_named() {
    let error = small(16.5, 16, 3, || "pixel 7".into(), "0..=16").unwrap_err();
    assert_eq!(error.to_string(), "data set: sample 3, pixel 7 is 16.5, allowed integers 0..=16");
}
