//! The hashes of random networks: those of the comparison with the plain reference, of fixed seeds.
//!
//! A network, its program and its placement are what the generator in `tests/plain/` makes of a list of words: a new
//! choice there makes other networks, and so other hashes, of all.

use crate::digest::Digest;
use crate::plain::case::Case;
use crate::plain::choices::Choices;
use crate::plain::engine::Run;
use crate::plain::trace::Register;
use crate::tasks::Entry;

/// Words of a case: more than a case chooses by.
const WORDS: usize = 450;

/// The random network of number `seed`.
pub fn entry(seed: u32) -> Entry {
    let mut bulk = Choices::new(&[seed]).bulk();
    let words: Vec<u32> = (0..WORDS).map(|_| bulk.range(0, i64::from(u32::MAX)) as u32).collect();
    let Case { network, program, mappings, start, .. } = Case::new(&words);
    let run = Run { network: &network, mapping: &mappings[0], threads: 1, dense_sweep: false, start };
    let (trace, _) = run.step_by_step(&program);
    let mut digest = Digest::default();
    for row in trace.rows {
        // What probes show of registers came later than these hashes, which it must not change.
        let (mut rest, mut frozen) = (row.as_slice(), Vec::new());
        for column in &trace.columns {
            let (values, after) = rest.split_at(column.len);
            rest = after;
            if !matches!(column.register, Register::Shown(_)) {
                frozen.extend_from_slice(values);
            }
        }
        digest.words(frozen);
    }
    (format!("random / network {seed} / as drawn"), digest.hex())
}
