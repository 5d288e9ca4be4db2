//! The history of the four hot paths: what `synfire bench` compares, timed by criterion and kept in `target/criterion`.
//!
//! `cargo bench -p synfire` compares with the run before. Each path and its ceiling is one benchmark, so that a slower
//! machine shows on both.

use criterion::{Criterion, Throughput};
use synfire::bench::deliver::Deliver;
use synfire::bench::learn::Learn;
use synfire::bench::measure::Pair;
use synfire::bench::update::Update;
use synfire::bench::whole_step::{Dense, Sparse};

fn path<P: Pair>(criterion: &mut Criterion, name: &str, mut pair: P) {
    let mut group = criterion.benchmark_group(name);
    pair.simulator();
    pair.ceiling();
    assert!(pair.agree(), "{name}: both sides hold the same bits");
    group.throughput(Throughput::Elements(pair.operations()));
    group.bench_function("simulator", |bencher| bencher.iter(|| pair.simulator()));
    group.bench_function("ceiling", |bencher| bencher.iter(|| pair.ceiling()));
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    path(&mut criterion, "deliver", Deliver::new());
    path(&mut criterion, "update", Update::new());
    path(&mut criterion, "learn", Learn::new());
    path(&mut criterion, "whole step, dense", Dense::new());
    path(&mut criterion, "whole step, sparse", Sparse::new());
    criterion.final_summary();
}
