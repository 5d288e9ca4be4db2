//! What the bench compares does the same on both sides, before anyone times it.

use synfire::bench::channel::BatchAgainstSends;
use synfire::bench::deliver::Deliver;
use synfire::bench::learn::Learn;
use synfire::bench::measure::Pair;
use synfire::bench::observer::Watched;
use synfire::bench::update::Update;
use synfire::bench::whole_step::{Dense, Sparse};

fn both_sides_agree<P: Pair>(mut pair: P) {
    assert!(pair.operations() > 0, "{}", P::NAME);
    pair.simulator();
    pair.ceiling();
    assert!(pair.agree(), "{}", P::NAME);
}

#[test]
fn both_sides_of_every_pair_agree() {
    both_sides_agree(Deliver::new());
    both_sides_agree(Update::new());
    both_sides_agree(Learn::new());
    both_sides_agree(Dense::new());
    both_sides_agree(Sparse::new());
    both_sides_agree(Watched::new());
    both_sides_agree(BatchAgainstSends::new());
}
