//! Records of two steps, compared value by value.
//!
//! Promises: every value that differs is counted once, under its register; the first one is the first of the trace's
//! order: populations by neuron, axons, synapses, and of one record the registers in the header's order. Absent on
//! purpose: reading, words.

use crate::formats::trace::differing::Differing;
use crate::formats::trace::header::{SynapsePlaces, TraceHeader, TracedRegister};
use crate::formats::trace::step::Step;
use std::cmp::Ordering;

/// What a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A neuron.
    Neuron,
    /// An axon: pre and delay.
    Axon,
    /// A synapse: pre, post and delay.
    Synapse,
    /// A tap of a shared kernel: copy and tap.
    Tap,
}

/// A register of a trace's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What its records are of.
    pub kind: Kind,
    /// Index of the population or projection in the network file.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// The register.
    pub register: TracedRegister,
    /// Columns whose records come together have one number.
    group: usize,
    /// Place of the projection in the header; 0 of a population.
    projection: usize,
}

impl Column {
    /// A number that columns whose records come together share; it ascends in the order of a trace.
    #[must_use]
    pub fn group(&self) -> usize {
        self.group
    }

    /// Place of the projection in the header.
    #[must_use]
    pub fn projection(&self) -> usize {
        self.projection
    }
}

/// The columns of a header, in order.
#[must_use]
pub fn columns(header: &TraceHeader) -> Vec<Column> {
    let mut all: Vec<Column> = Vec::new();
    let mut group = 0;
    let mut add = |kind, projection: usize, (index, name): (u32, &str), registers: &[TracedRegister]| {
        let column = |register: &TracedRegister| {
            let (name, register) = (name.to_owned(), register.clone());
            Column { kind, index, name, register, group, projection }
        };
        all.extend(registers.iter().map(column));
        group += 1;
    };
    header.populations.iter().for_each(|of| add(Kind::Neuron, 0, (of.index, &of.name), &of.registers));
    for (projection, of) in header.projections.iter().enumerate() {
        add(Kind::Axon, projection, (of.index, &of.name), &of.traces);
    }
    for (projection, of) in header.projections.iter().enumerate() {
        let taps = matches!(of.places, SynapsePlaces::Taps { .. });
        let kind = if taps { Kind::Tap } else { Kind::Synapse };
        of.synapses.chunks(1).for_each(|register| add(kind, projection, (of.index, &of.name), register));
    }
    all
}

/// Two values that are not equal; one of them may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The step.
    pub step: u64,
    /// Neuron; pre and delay; pre, post and delay; copy and tap.
    pub place: [u32; 3],
    /// What was expected.
    pub expected: Option<i64>,
    /// What was found.
    pub actual: Option<i64>,
}

/// How much of a register differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Values.
    pub values: u64,
    /// The first of them.
    pub first: Option<Pair>,
}

/// What differs, column by column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// A count for each of [`columns`].
    pub counts: Vec<Count>,
}

impl Tally {
    /// No difference in so many columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self { counts: vec![Count::default(); columns] }
    }

    /// Adds what differs in later steps.
    pub fn append(&mut self, later: &Self) {
        for (count, later) in self.counts.iter_mut().zip(&later.counts) {
            count.values += later.values;
            count.first = count.first.or(later.first);
        }
    }

    /// The first difference of all, and its column.
    #[must_use]
    pub fn first(&self, columns: &[Column]) -> Option<(usize, Pair)> {
        let firsts = self.counts.iter().enumerate().filter_map(|(at, count)| Some((at, count.first?)));
        firsts.min_by_key(|(at, pair)| (pair.step, columns[*at].group, pair.place, *at))
    }

    /// Adds a value that differs in a step.
    pub fn note(&mut self, step: u64, of: &Differing) {
        self.counts[of.column].note(step, of.place, of.expected, of.actual);
    }

    /// Adds what differs in a step.
    pub fn add(&mut self, expected: &Step, actual: &Step, header: &TraceHeader) {
        let step = expected.step;
        let mut counts = self.counts.iter_mut();
        for ((one, other), count) in expected.registers.iter().zip(&actual.registers).zip(counts.by_ref()) {
            lanes(count, step, one, other, |at| [at as u32, 0, 0]);
        }
        let mut traces = expected.traces.iter().zip(&actual.traces);
        for (of, (axons, others)) in header.projections.iter().zip(expected.axons.iter().zip(&actual.axons)) {
            for ((one, other), count) in traces.by_ref().take(of.traces.len()).zip(counts.by_ref()) {
                if axons == others {
                    lanes(count, step, one, other, |at| [axons[at][0], axons[at][1], 0]);
                } else {
                    let keyed = |axons: &[[u32; 2]], lanes: &[i64]| -> Vec<([u32; 3], i64)> {
                        axons
                            .iter()
                            .zip(lanes)
                            .map(|([pre, delay], lane)| ([*pre, *delay, 0], *lane))
                            .collect()
                    };
                    merge(count, step, &keyed(axons, one), &keyed(others, other), |entry| *entry);
                }
            }
        }
        for ((one, other), count) in expected.changed.iter().zip(&actual.changed).zip(counts) {
            merge(count, step, one, other, |change| (change.synapse, change.lane));
        }
    }
}

impl Count {
    fn note(&mut self, step: u64, place: [u32; 3], expected: Option<i64>, actual: Option<i64>) {
        self.values += 1;
        self.first.get_or_insert(Pair { step, place, expected, actual });
    }
}

/// Columns of the same places.
fn lanes(count: &mut Count, step: u64, expected: &[i64], actual: &[i64], place: impl Fn(usize) -> [u32; 3]) {
    if expected == actual {
        return;
    }
    for (at, (one, other)) in expected.iter().zip(actual).enumerate() {
        if one != other {
            count.note(step, place(at), Some(*one), Some(*other));
        }
    }
}

/// Lists ascending by place, of which either may have what the other has not.
fn merge<T: PartialEq>(
    count: &mut Count,
    step: u64,
    expected: &[T],
    actual: &[T],
    entry: impl Fn(&T) -> ([u32; 3], i64),
) {
    if expected == actual {
        return;
    }
    let (mut expected, mut actual) =
        (expected.iter().map(&entry).peekable(), actual.iter().map(&entry).peekable());
    loop {
        let order = match (expected.peek(), actual.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((one, _)), Some((other, _))) => one.cmp(other),
        };
        let one = if order.is_le() { expected.next() } else { None };
        let other = if order.is_ge() { actual.next() } else { None };
        let lane = |entry: Option<([u32; 3], i64)>| entry.map(|(_, lane)| lane);
        if let Some((place, _)) = one.or(other)
            && lane(one) != lane(other)
        {
            count.note(step, place, lane(one), lane(other));
        }
    }
}
