//! Random vectors reach every bin, and in each of them the chip has the values of the plain reference.

use synfire::hardware::vectors::observe::unseen;
use synfire::hardware::vectors::vector::Vector;

const SEED: u32 = 1;
/// Vectors; `SYNFIRE_VECTORS` says another number.
const COUNT: u32 = 380;

#[test]
#[expect(clippy::print_stderr, reason = "the number of bins is part of the result")]
fn vectors_reach_every_bin() {
    let asked = std::env::var("SYNFIRE_VECTORS").ok().and_then(|text| text.parse().ok());
    let mut seen = unseen();
    let mut values = 0;
    for number in 0..asked.unwrap_or(COUNT) {
        values += Vector::new(SEED, number).run(&mut seen).unwrap_or_else(|error| panic!("{error}"));
    }
    let (bins, empty, strays) = (seen.bins().count(), seen.empty(), seen.strays());
    eprintln!("{values} values, {bins} bins, {} of them empty", empty.len());
    assert!(strays.is_empty(), "observed, and stated nowhere: {strays:#?}");
    assert!(empty.is_empty(), "never reached: {empty:#?}");
    assert!(bins > 400, "{bins} bins");
}

/// A point that is not stated, and a side that is not, are told.
#[test]
fn a_stray_is_told() {
    let mut seen = unseen();
    let at = seen.at("step 4.2", "nothing of the kind");
    seen.compared(at, 1, 2);
    let at = seen.at("step 4.2", "U_cmp and threshold, >");
    seen.sign(at, 1);
    seen.compared(at, 1, 2);
    let strays = seen.strays();
    assert_eq!(strays.len(), 2, "{strays:?}");
    assert!(strays.iter().any(|stray| stray.contains("nothing of the kind")), "{strays:?}");
}
