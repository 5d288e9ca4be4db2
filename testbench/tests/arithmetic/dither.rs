//! Tables of section 10, and the statistics of the hash over 2^20 words.

use crate::case::draw;
use crate::document::{Document, Row, Table, show};
use crate::operations::each;
use crate::{Executor, results};
use synfire_core::dither::{self, Purpose};
use synfire_plasticity::feedback;

/// Executors of this file.
pub const EXECUTORS: &[Executor] = &[
    Executor { name: "mix", heading: "a | mix(a)", inputs: 1, run: run_mix },
    Executor {
        name: "word",
        heading: "seed | step | projection | pre | post | row | word",
        inputs: 5,
        run: run_word,
    },
    Executor { name: "first-words", heading: "post | word", inputs: 1, run: run_first_words },
    Executor {
        name: "purpose",
        heading: "purpose | number | seed of 0 | seed of 1",
        inputs: 1,
        run: run_purpose,
    },
    Executor { name: "dither", heading: "word | k | dither(k)", inputs: 2, run: run_dither },
    Executor { name: "uniform", heading: "word | low | high | value", inputs: 3, run: run_uniform },
    Executor {
        name: "matrix",
        heading: "draw | purpose | seed | population | neuron | entries of channels 0..",
        inputs: 5,
        run: run_matrix,
    },
];

const PURPOSES: [(&str, Purpose); 8] = [
    ("dither", Purpose::Dither),
    ("feedback", Purpose::Feedback),
    ("group", Purpose::GroupReadout),
    ("weights", Purpose::Weights),
    ("connectivity", Purpose::Connectivity),
    ("noise", Purpose::Noise),
    ("stimulus", Purpose::Stimulus),
    ("data", Purpose::Data),
];

fn hex(word: u32) -> String {
    format!("{word:#x}")
}

fn purpose(row: &Row, column: usize) -> Purpose {
    let found = PURPOSES.iter().find(|p| p.0 == row.text(column));
    found.unwrap_or_else(|| row.bad(column)).1
}

fn run_mix(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| results![hex(dither::mix(row.get(0)))])
}

fn run_word(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let seed = Purpose::Dither.seed(row.get(0));
        let key = dither::row_key(seed, row.get(1), row.get(2), row.get(3));
        results![hex(key), hex(dither::word(key, row.get(4)))]
    })
}

fn run_first_words(_: &Document, table: &Table) -> Vec<Vec<String>> {
    let key = dither::row_key(Purpose::Dither.seed(1), 0, 0, 0);
    each(table, |row| results![hex(dither::word(key, row.get(0)))])
}

fn run_purpose(_: &Document, table: &Table) -> Vec<Vec<String>> {
    assert_eq!(table.rows.len(), PURPOSES.len(), "every purpose is stated");
    each(table, |row| {
        let purpose = purpose(row, 0);
        results![purpose as u32, hex(purpose.seed(0)), hex(purpose.seed(1))]
    })
}

fn run_dither(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| results![dither::dither(row.get(0), row.get(1))])
}

fn run_uniform(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| results![dither::uniform(row.get(0), row.get(1), row.get(2))])
}

fn run_matrix(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let (draw, purpose, neuron): (_, _, u32) = (draw(row, 0), purpose(row, 1), row.get(4));
        let channels = row.list(5).len() as u16;
        let neurons = neuron..neuron + 1;
        let rows = feedback::rows(draw, purpose, row.get(2), row.get(3), neurons, channels);
        results![show(rows)]
    })
}

const STEPS: usize = 64;
const PRE: usize = 128;
const POST: usize = 128;

/// Words of one seed and projection, by step, pre, post.
fn words(seed: u32, projection: u32) -> Vec<u32> {
    let seed = Purpose::Dither.seed(seed);
    let rows = (0..STEPS).flat_map(|step| (0..PRE).map(move |pre| (step, pre)));
    rows.flat_map(|(step, pre)| {
        let key = dither::row_key(seed, step as u64, projection, pre as u32);
        (0..POST as u32).map(move |post| dither::word(key, post))
    })
    .collect()
}

/// Correlation of pairs of words, in parts per million.
fn correlation_ppm(pairs: impl Iterator<Item = (u32, u32)>) -> i64 {
    // Centred on 2^31 and scaled to 16 bits: the sums stay far within 128 bits.
    let centred = |w: u32| i128::from(w >> 16) * 2 - 65_535;
    let (mut n, mut x, mut y, mut xx, mut yy, mut xy) = (0i128, 0i128, 0i128, 0i128, 0i128, 0i128);
    for (a, b) in pairs {
        let (a, b) = (centred(a), centred(b));
        (n, x, y, xx, yy, xy) = (n + 1, x + a, y + b, xx + a * a, yy + b * b, xy + a * b);
    }
    let covariance = n * xy - x * y;
    let spread = ((n * xx - x * x).isqrt()) * ((n * yy - y * y).isqrt());
    (covariance * 1_000_000 / spread) as i64
}

#[test]
fn dither_is_uniform() {
    for seed in [1, 2, 12345] {
        let words = words(seed, 0);
        assert_eq!(words.len(), 1 << 20);
        let expected = words.len() as u64 / 256;
        for byte in 0..4 {
            let mut histogram = [0u64; 256];
            words.iter().for_each(|w| histogram[(w >> (8 * byte) & 255) as usize] += 1);
            let squares: u64 = histogram.iter().map(|count| count.abs_diff(expected).pow(2)).sum();
            let chi_square = squares / expected;
            assert!((150..350).contains(&chi_square), "seed {seed}, byte {byte}: chi-square {chi_square}");
        }
        let sum: u64 = words.iter().map(|w| u64::from(dither::dither(*w, 16))).sum();
        let mean_doubled = (2 * sum / words.len() as u64) as i64;
        assert!((mean_doubled - 65_535).abs() < 131, "seed {seed}: twice the mean is {mean_doubled}");
    }
}

#[test]
fn neighbouring_dither_words_are_uncorrelated() {
    let at = |step: usize, pre: usize, post: usize| (step * PRE + pre) * POST + post;
    for seed in [1, 2, 12345] {
        let own = words(seed, 0);
        let neighbour = |(ds, dp, dq): (usize, usize, usize)| {
            let indices = (0..STEPS - ds)
                .flat_map(|s| (0..PRE - dp).map(move |p| (s, p)))
                .flat_map(|(s, p)| (0..POST - dq).map(move |q| (s, p, q)));
            let own = &own;
            correlation_ppm(indices.map(move |(s, p, q)| (own[at(s, p, q)], own[at(s + ds, p + dp, q + dq)])))
        };
        let other = |other: Vec<u32>| correlation_ppm(own.iter().copied().zip(other));
        let found = [
            ("step", neighbour((1, 0, 0))),
            ("pre", neighbour((0, 1, 0))),
            ("post", neighbour((0, 0, 1))),
            ("projection", other(words(seed, 1))),
            ("seed", other(words(seed + 1, 0))),
        ];
        for (name, ppm) in found {
            assert!(ppm.abs() < 4000, "seed {seed}: neighbours in {name} correlate by {ppm} ppm");
        }
        assert_eq!(correlation_ppm(own.iter().map(|w| (*w, *w))), 1_000_000, "the measure sees correlation");
    }
}
