//! Random matrices as functions of logical names: feedback B and group readout G.
//!
//! Entry `(population, neuron, channel)` is drawn from `word(row_key(purpose seed, 0, population, neuron), channel)`.
//! Source: `docs/arithmetic.md`, "Dither". Promises: no entry depends on the core that holds it.

use crate::config::MatrixDraw;
use synfire_core::dither::{self, Purpose};

/// One entry.
#[must_use]
pub fn entry(
    draw: MatrixDraw,
    purpose: Purpose,
    seed: u32,
    population: u32,
    neuron: u32,
    channel: u32,
) -> i8 {
    let word = dither::word(dither::row_key(purpose.seed(seed), 0, population, neuron), channel);
    match draw {
        MatrixDraw::Ones => 1,
        MatrixDraw::Sign => {
            if word >> 31 == 0 {
                1
            } else {
                -1
            }
        }
        MatrixDraw::Uniform { max } => dither::uniform(word, -i32::from(max), i32::from(max)) as i8,
    }
}

/// Rows of neurons `first..first + len`, `channels` entries each.
#[must_use]
pub fn rows(
    draw: MatrixDraw,
    purpose: Purpose,
    seed: u32,
    population: u32,
    neurons: core::ops::Range<u32>,
    channels: u16,
) -> Vec<i8> {
    neurons
        .flat_map(|neuron| {
            (0..u32::from(channels)).map(move |k| entry(draw, purpose, seed, population, neuron, k))
        })
        .collect()
}
