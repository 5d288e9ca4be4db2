//! Executors of the tables of a synapse's learning: eligibility, product, update. Sections 9.1 to 9.6.

use crate::case::{PAPER_LEARNING, format, names};
use crate::document::{Document, Row, Table, show};
use crate::operations::each;
use crate::{Executor, results};
use std::marker::PhantomData;
use synfire_core::dither;
use synfire_core::rounding::Rounding;
use synfire_plasticity::config::{Eligibility, LearningDatapath, Presynaptic, SynapseLearning};
use synfire_plasticity::kernel::{self, Factors, RowUpdate, States};
use synfire_plasticity::rule::{EligibilityRule, UpdateRule};
use synfire_plasticity::rules::{
    AdaptationProduct, AdaptationTrace, DoubleFilter, Normaliser, TraceProduct, adaptation_strength,
};
use synfire_plasticity::update::WeightUpdate;
use synfire_plasticity::variables::Unmetered;
use synfire_plasticity::views::{SynapseState, SynapseView};
use synfire_plasticity::widths::{product_bits, update_bits};

/// Executors of this file.
pub const EXECUTORS: &[Executor] = &[
    Executor {
        name: "eligibility",
        heading: "a | b | F | s | bits | surrogate | P | E1 | E2",
        inputs: 7,
        run: run_eligibility,
    },
    Executor {
        name: "strength",
        heading: "increment | threshold | F | beta",
        inputs: 3,
        run: |_, table| each(table, |row| results![adaptation_strength(row.get(0), row.get(1), row.get(2))]),
    },
    Executor {
        name: "adaptation-trace",
        heading: "rho | F | x | f | bits | beta | surrogate | P | X | e",
        inputs: 8,
        run: run_adaptation_trace,
    },
    Executor {
        name: "normaliser",
        heading: "reference | k | E2 | N | k used",
        inputs: 3,
        run: run_normaliser,
    },
    Executor {
        name: "product-bits",
        heading: "L | surrogate | trace bits | eligibility bits | rule | product bits | lanes",
        inputs: 5,
        run: run_product_bits,
    },
    Executor {
        name: "update",
        heading: "b | mode | k | L | surrogate | P | seed/step/projection/pre/post | w | r | w'",
        inputs: 8,
        run: run_update,
    },
    Executor {
        name: "weight-decay",
        heading: "b | mode | k | d | k used | L | surrogate | P | seed/step/projection/pre/post | w | r | w'",
        inputs: 10,
        run: run_weight_decay,
    },
    Executor {
        name: "update-bits",
        heading: "product bits | b | k | d | bits | lanes",
        inputs: 4,
        run: run_update_bits,
    },
];

fn run_eligibility(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let filter = DoubleFilter {
            q_decay: row.get(0),
            p_decay: row.get(1),
            decay_fraction: row.get(2),
            product_shift: row.get(3),
            max: (1 << row.get::<u32>(4)) - 1,
        };
        let (surrogates, traces) = (row.list(5), row.list(6));
        assert_eq!(surrogates.len(), traces.len(), "line {}", row.line);
        let (mut q, mut p) = ([0u16; 9], [0u16; 9]);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for (surrogate, trace) in surrogates.into_iter().zip(traces) {
            let (old_q, old_p) = (i32::from(q[0]), i32::from(p[0]));
            let state = SynapseState {
                trace_p: trace as i32,
                surrogate: surrogate as i32,
                eligibility_first: old_q,
                eligibility_second: old_p,
                ..SynapseState::default()
            };
            let next = filter.advance(&SynapseView::new(state, &Unmetered));
            let lanes = [surrogate as i32; 9];
            kernel::advance_row(&mut q, &mut p, factors_of(&lanes, &[]), trace as i32, filter);
            let row_of = ([next.0 as u16; 9], [next.1 as u16; 9]);
            assert_eq!((q, p), row_of, "line {}: one synapse and a row", row.line);
            first.push(q[0]);
            second.push(p[0]);
        }
        results![show(first), show(second)]
    })
}

/// Factors of a row of neurons that no third factor reaches.
fn factors_of<'a>(surrogate: &'a [i32], adaptation_strength: &'a [i32]) -> Factors<'a> {
    Factors { third_factor: surrogate, surrogate, modulation: surrogate, adaptation_strength }
}

fn run_adaptation_trace(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let rule = AdaptationTrace {
            decay: row.get(0),
            decay_fraction: row.get(1),
            trace_shift: row.get(2),
            surrogate_fraction: row.get(3),
            max: (1 << (row.get::<u32>(4) - 1)) - 1,
        };
        let strength: i32 = row.get(5);
        let (surrogates, traces) = (row.list(6), row.list(7));
        assert_eq!(surrogates.len(), traces.len(), "line {}", row.line);
        let (mut lanes, mut states, mut released) = ([0u16; 9], Vec::new(), Vec::new());
        for (surrogate, trace) in surrogates.into_iter().zip(traces) {
            let state = SynapseState {
                trace_p: trace as i32,
                third_factor: 1,
                surrogate: surrogate as i32,
                adaptation_strength: strength,
                eligibility_first: i32::from(lanes[0]),
                ..SynapseState::default()
            };
            // With a third factor of 1 the product is e.
            let e: i64 = AdaptationProduct(rule).product(&SynapseView::new(state, &Unmetered));
            let narrow: i32 = AdaptationProduct(rule).product(&SynapseView::new(state, &Unmetered));
            assert_eq!(i64::from(narrow), e, "line {}: 32-bit lanes", row.line);
            released.push(e);
            let next = rule.advance(&SynapseView::new(state, &Unmetered));
            let (surrogates, strengths) = ([surrogate as i32; 9], [strength; 9]);
            let factors = factors_of(&surrogates, &strengths);
            kernel::advance_row(&mut lanes, &mut [], factors, trace as i32, rule);
            assert_eq!(lanes, [next.0 as u16; 9], "line {}: one synapse and a row", row.line);
            states.push(next.0);
        }
        results![show(states), show(released)]
    })
}

fn run_normaliser(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let (rule, k) = (Normaliser { reference: row.get(0) }, row.get(1));
        let mut lanes = [0u8; 9];
        let (mut normalisers, mut shifts) = (Vec::new(), Vec::new());
        for second in row.list(2) {
            let state = SynapseState {
                eligibility_second: second as i32,
                normaliser: i32::from(lanes[0]),
                ..SynapseState::default()
            };
            let next = rule.advance(&SynapseView::new(state, &Unmetered));
            kernel::normalise_row(&mut lanes, &[second as u16; 9], rule, &Unmetered);
            assert_eq!(lanes, [next as u8; 9], "line {}: one synapse and a row", row.line);
            normalisers.push(next);
            shifts.push(Normaliser::shift(k, lanes[0]));
        }
        results![show(normalisers), show(shifts)]
    })
}

fn run_product_bits(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let has_surrogate = row.text(1) != "-";
        let formats = LearningDatapath {
            third_factor: format(row, 0),
            surrogate: if has_surrogate { format(row, 1) } else { PAPER_LEARNING.surrogate },
            trace_bits: row.get(2),
            eligibility_bits: row.get(3),
            ..PAPER_LEARNING
        };
        let filter = Eligibility::Filter { q_decay: 0, p_decay: 0, product_shift: 0, normalise: None };
        let adaptation = Eligibility::Adaptation { trace_shift: 0 };
        let (presynaptic, eligibility) = match row.text(4) {
            "trace" => (Presynaptic::Trace, None),
            "event" => (Presynaptic::Events, None),
            "eligibility" => (Presynaptic::Trace, Some(filter)),
            "adaptation" => (Presynaptic::Trace, Some(adaptation)),
            _ => row.bad(4),
        };
        let rule = SynapseLearning { presynaptic, eligibility, ..SynapseLearning::new(0) };
        let bits = product_bits(&formats, &rule, has_surrogate);
        results![bits, if bits <= 31 { 32 } else { 64 }]
    })
}

fn run_update(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| updated(row, 3, row.get(2), SynapseLearning::new(row.get(2))))
}

fn run_weight_decay(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| updated(row, 5, row.get(4), decaying(row.get(2), row.get(3))))
}

fn run_update_bits(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let bits = update_bits(row.get(0), &decaying(row.get(2), row.get(3)), row.get(1));
        results![bits, if bits <= 31 { 32 } else { 64 }]
    })
}

fn decaying(shift: u8, weight_decay: u8) -> SynapseLearning {
    SynapseLearning { weight_decay: Some(weight_decay), ..SynapseLearning::new(shift) }
}

/// How an update is rounded.
pub struct Draw {
    pub rounding: Rounding,
    /// Seed, step, projection, and what stands for pre and post.
    pub names: [u32; 5],
    /// Key of the row.
    pub key: u32,
    /// `r`.
    pub word: u32,
}

/// The mode in column 1 with the names in `column`.
pub fn drawn(row: &Row, column: usize, shift: u32) -> Draw {
    let rounding = match row.text(1) {
        "floor" => Rounding::Floor,
        "nearest" => Rounding::Nearest,
        "stochastic" => Rounding::Stochastic,
        _ => row.bad(1),
    };
    let names = if rounding == Rounding::Stochastic { names(row, column) } else { [0; 5] };
    let [seed, step, projection, pre, post] = names;
    let key = dither::row_key(dither::Purpose::Dither.seed(seed), u64::from(step), projection, pre);
    let word = match rounding {
        Rounding::Stochastic => dither::dither(dither::word(key, post), shift),
        Rounding::Nearest => (1 << shift) >> 1,
        Rounding::Floor | Rounding::TowardZero => 0,
    };
    Draw { rounding, names, key, word }
}

/// One update of a row by a rule, at the k used: store bits, rounding, and from column `at` on the factors, the names and
/// the weight.
fn updated(row: &Row, at: usize, shift: u32, rule: SynapseLearning) -> Vec<String> {
    let Draw { rounding, names: [.., post], key, word } = drawn(row, at + 3, shift);
    let (third_factor, surrogate, p): (i32, i32, i32) = (row.get(at), row.get(at + 1), row.get(at + 2));
    let modulation = third_factor * surrogate;
    let rule = SynapseLearning { rounding, ..rule };
    let how = WeightUpdate { shift, ..WeightUpdate::new(&rule, 0, row.get(0)) };
    let update = RowUpdate { key, first_post: post, how, p, events: 0 };
    let weight: i32 = row.get(at + 4);
    let state =
        SynapseState { weight, trace_p: p, third_factor, surrogate, modulation, ..SynapseState::default() };
    let next = update.apply::<_, i64, _>(TraceProduct, post, state, &Unmetered);
    let (product, decayed) = (
        i64::from(modulation) * i64::from(p),
        rule.decay_shift().map_or(0, |shift| i64::from(weight) << shift),
    );
    if product.abs() + decayed.abs() < 1 << 30 && shift <= 30 {
        let narrow = update.apply::<_, i32, _>(TraceProduct, post, state, &Unmetered);
        assert_eq!(narrow, next, "line {}: 32-bit lanes", row.line);
    }
    let mut weights = [weight as i16];
    let factors = Factors {
        third_factor: &[third_factor],
        surrogate: &[surrogate],
        modulation: &[modulation],
        adaptation_strength: &[],
    };
    let writes = kernel::update_row::<i16, _, i64>(
        &mut weights,
        States::default(),
        factors,
        TraceProduct,
        update,
        PhantomData,
    );
    assert_eq!(i32::from(weights[0]), next, "line {}: one synapse and a row", row.line);
    assert_eq!(writes, u32::from(next != weight), "line {}: writes", row.line);
    results![word, next]
}
