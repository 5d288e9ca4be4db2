//! Two traces, step by step: what differs first, or all of it counted.
//!
//! Either may be text or binary. Steps of one form are compared by their bytes, and only records that differ are read; those
//! of two forms are decoded; several at a time where all are counted. Promises: memory for a step of each file and a batch of some MiB, whatever
//! their length; a file that is cut or no trace is an error, and a shorter one a difference. Absent on purpose: words
//! (`diff_report`).

use super::records::{self, Column, Pair, Tally};
use crate::formats::ArrayError;
use crate::formats::trace::header::TraceHeader;
use crate::formats::trace::reader::TraceReader;
use crate::formats::trace::step::Step;
use std::cmp::Ordering;
use std::ops::Range;
use std::path::Path;
use std::thread;

/// Bytes of differing steps that are decoded together.
const BATCH: usize = 8 << 20;
/// Threads that decode them.
const THREADS: usize = 4;
/// Most neurons of a population that are named as having fired.
pub const NAMED: usize = 16;

/// A line of the headers that differs; `None` where one has no such line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderLine {
    /// What was expected.
    pub expected: Option<String>,
    /// What was found.
    pub actual: Option<String>,
}

/// A step that one trace has and the other has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingStep {
    /// The step.
    pub step: u64,
    /// Whether it is the expected trace that has it.
    pub expected: bool,
}

/// Neurons of a population that fired in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// Index of the population.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// The first of them, [`NAMED`] at most.
    pub neurons: Vec<u32>,
    /// How many.
    pub count: u64,
}

/// What two traces differ in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// Lines of the headers.
    pub headers: Vec<HeaderLine>,
    /// Whether the headers list other registers or places, so that no step was compared.
    pub incomparable: bool,
    /// Steps that both have and that were compared; until the first difference, unless all were asked for.
    pub steps: u64,
    /// The first step that one has and the other has not, and how many there are.
    pub missing: Option<(MissingStep, u64)>,
    /// Registers of both.
    pub columns: Vec<Column>,
    /// What differs of each.
    pub tally: Tally,
    /// Who fired in the step before the first difference of a value, where `S` is traced: that step, and each population.
    pub fired: Option<(u64, Vec<Fired>)>,
}

impl Diff {
    /// Whether nothing differs.
    #[must_use]
    pub fn equal(&self) -> bool {
        self.headers.is_empty() && self.missing.is_none() && self.first().is_none()
    }

    /// The first value that differs, and its column.
    #[must_use]
    pub fn first(&self) -> Option<(&Column, Pair)> {
        self.tally.first(&self.columns).map(|(at, pair)| (&self.columns[at], pair))
    }
}

/// The header of a trace.
///
/// # Errors
/// When it cannot be read or is no trace.
pub fn header(trace: &Path) -> Result<TraceHeader, ArrayError> {
    Ok(TraceReader::open(trace)?.header().clone())
}

/// Compares two traces until they differ, or to their ends.
///
/// # Errors
/// When one cannot be read, is no trace, is cut, or differs where it is damaged.
pub fn compare(expected: &Path, actual: &Path, all: bool) -> Result<Diff, ArrayError> {
    let (mut expected, mut actual) = (TraceReader::open(expected)?, TraceReader::open(actual)?);
    let columns = records::columns(expected.header());
    let mut diff = Diff {
        headers: headers(&expected.header().text(), &actual.header().text()),
        incomparable: !comparable(expected.header(), actual.header()),
        steps: 0,
        missing: None,
        tally: Tally::new(columns.len()),
        columns,
        fired: None,
    };
    if !diff.incomparable {
        let before = walk(&mut expected, &mut actual, &mut diff, all)?;
        if let Some(offset) = before {
            diff.fired = fired(&expected, offset)?;
        }
    }
    Ok(diff)
}

/// Whether the steps of two headers have the same records.
fn comparable(one: &TraceHeader, other: &TraceHeader) -> bool {
    one.populations == other.populations && one.projections == other.projections
}

/// Lines of two texts that differ, by their places.
fn headers(expected: &str, actual: &str) -> Vec<HeaderLine> {
    let (mut one, mut other) = (expected.lines(), actual.lines());
    let mut lines = Vec::new();
    loop {
        match (one.next(), other.next()) {
            (None, None) => return lines,
            (one, other) if one == other => {}
            (one, other) => {
                let (expected, actual) = (one.map(str::to_owned), other.map(str::to_owned));
                lines.push(HeaderLine { expected, actual });
            }
        }
    }
}

/// Goes through both; where the expected step before the first difference of a value begins, if there is one.
fn walk(
    expected: &mut TraceReader,
    actual: &mut TraceReader,
    diff: &mut Diff,
    all: bool,
) -> Result<Option<u64>, ArrayError> {
    // Frames name synapses by their places in the tables.
    let same_places = expected.form() == actual.form() && expected.tables() == actual.tables();
    let mut batch = Batch { same_places, ..Batch::default() };
    let (mut before, mut led) = (None, None);
    let (mut one, mut other) = (expected.advance()?, actual.advance()?);
    while one || other {
        let order = match (one, other) {
            (true, true) => expected.step().cmp(&actual.step()),
            (true, false) => Ordering::Less,
            _ => Ordering::Greater,
        };
        if order.is_ne() {
            let step = if order.is_lt() { expected.step() } else { actual.step() };
            let (_, count) = diff.missing.get_or_insert((MissingStep { step, expected: order.is_lt() }, 0));
            *count += 1;
        } else {
            diff.steps += 1;
            if !same_places || expected.bytes() != actual.bytes() {
                batch.push(expected, actual, before);
            }
        }
        if !all || batch.bytes() >= BATCH {
            led = led.or(batch.settle(expected, actual, diff)?);
        }
        if !all && (diff.missing.is_some() || diff.first().is_some()) {
            return Ok(led);
        }
        if order.is_le() {
            before = Some(expected.offset());
            one = expected.advance()?;
        }
        if order.is_ge() {
            other = actual.advance()?;
        }
    }
    Ok(led.or(batch.settle(expected, actual, diff)?))
}

/// Steps whose bytes differ, copied.
#[derive(Debug, Default)]
struct Batch {
    /// Whether both are of one form and of the same places.
    same_places: bool,
    expected: Vec<u8>,
    actual: Vec<u8>,
    steps: Vec<Differing>,
}

/// A step of a batch.
#[derive(Debug)]
struct Differing {
    step: u64,
    expected: Range<usize>,
    actual: Range<usize>,
    /// Where both begin in their files.
    offsets: [u64; 2],
    /// Where the expected step before it begins.
    before: Option<u64>,
}

impl Batch {
    fn push(&mut self, expected: &TraceReader, actual: &TraceReader, before: Option<u64>) {
        let copied = |bytes: &mut Vec<u8>, of: &TraceReader| {
            let begin = bytes.len();
            bytes.extend_from_slice(of.bytes());
            begin..bytes.len()
        };
        self.steps.push(Differing {
            step: expected.step(),
            expected: copied(&mut self.expected, expected),
            actual: copied(&mut self.actual, actual),
            offsets: [expected.offset(), actual.offset()],
            before,
        });
    }

    fn bytes(&self) -> usize {
        self.expected.len() + self.actual.len()
    }

    /// Decodes its steps, adds what differs, and is empty; where the expected step before the first difference begins, if
    /// it is one of these.
    fn settle(
        &mut self,
        expected: &TraceReader,
        actual: &TraceReader,
        diff: &mut Diff,
    ) -> Result<Option<u64>, ArrayError> {
        if self.steps.is_empty() {
            return Ok(None);
        }
        let share = self.steps.len().div_ceil(THREADS);
        let columns = diff.columns.len();
        let tallies: Vec<Result<Tally, ArrayError>> = thread::scope(|scope| {
            let (first, rest) = self.steps.split_at(share);
            let others = rest.chunks(share);
            let others = others.map(|some| scope.spawn(|| self.tally(some, expected, actual, columns)));
            let others: Vec<_> = others.collect();
            let own = self.tally(first, expected, actual, columns);
            let joined = others.into_iter().map(|other| other.join().expect("no thread panics"));
            std::iter::once(own).chain(joined).collect()
        });
        for tally in tallies {
            diff.tally.append(&tally?);
        }
        let first = diff.first().map(|(_, pair)| pair.step);
        let led = self.steps.iter().find(|step| Some(step.step) == first).and_then(|step| step.before);
        self.expected.clear();
        self.actual.clear();
        self.steps.clear();
        Ok(led)
    }

    fn tally(
        &self,
        steps: &[Differing],
        expected: &TraceReader,
        actual: &TraceReader,
        columns: usize,
    ) -> Result<Tally, ArrayError> {
        let mut tally = Tally::new(columns);
        let (mut one, mut other, mut found) = (Step::default(), Step::default(), Vec::new());
        for step in steps {
            let bytes = [&self.expected[step.expected.clone()], &self.actual[step.actual.clone()]];
            if self.same_places && expected.differing(actual, step.offsets, bytes, &mut found)? {
                found.iter().for_each(|of| tally.note(step.step, of));
                continue;
            }
            expected.decode_at(step.offsets[0], bytes[0], &mut one)?;
            actual.decode_at(step.offsets[1], bytes[1], &mut other)?;
            tally.add(&one, &other, expected.header());
        }
        Ok(tally)
    }
}

/// Who fired in the step whose bytes begin at `offset`; `None` where no `S` is traced.
fn fired(trace: &TraceReader, offset: u64) -> Result<Option<(u64, Vec<Fired>)>, ArrayError> {
    let mut reader = trace.again(offset)?;
    let mut step = Step::default();
    if !reader.read(&mut step)? {
        return Ok(None);
    }
    let columns = trace.header().neuron_columns().zip(&step.registers);
    let spikes = columns.filter(|((_, register), _)| register.name == "S");
    let populations = spikes.map(|((of, _), column)| {
        let fired = || column.iter().zip(0_u32..).filter(|(lane, _)| **lane != 0).map(|(_, neuron)| neuron);
        let (neurons, count) = (fired().take(NAMED).collect(), fired().count() as u64);
        Fired { index: of.index, name: of.name.clone(), neurons, count }
    });
    let populations: Vec<Fired> = populations.collect();
    Ok((!populations.is_empty()).then_some((step.step, populations)))
}
