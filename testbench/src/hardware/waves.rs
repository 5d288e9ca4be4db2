//! Chosen registers of a trace in a window of steps, as waves.
//!
//! The trace is read twice: which axons and synapses have records in the window is known only after it. A synapse is unknown (`x`)
//! until it first changes in the window. Promises: a step of the trace and a value of each signal are in memory, at most
//! [`MOST_SIGNALS`]. Absent on purpose: files (`wave_files`).

use super::records::{self, Column, Kind};
use super::wave_files::{Signal, WaveFile, WaveForm};
use crate::formats::ArrayError;
use crate::formats::trace::reader::TraceReader;
use crate::formats::trace::step::Step;
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use synfire_chip::files;
use thiserror::Error;

/// Most signals of a file.
pub const MOST_SIGNALS: usize = 1 << 16;

/// What is shown of a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Names of registers; none: those of neurons.
    pub registers: Vec<String>,
    /// Names of populations and projections; none: all.
    pub of: Vec<String>,
    /// Neurons, also as postsynaptic ones of synapses; none: all.
    pub neurons: Vec<Range<u32>>,
    /// Steps; `None`: all.
    pub steps: Option<Range<u64>>,
}

/// Why there are no waves.
#[derive(Debug, Error)]
pub enum WaveError {
    /// The trace is none.
    #[error(transparent)]
    Trace(#[from] ArrayError),
    /// The choice is not of this trace.
    #[error("{}: {found}, allowed {allowed}", .path.display())]
    Choice {
        /// The trace.
        path: PathBuf,
        /// What was asked for.
        found: String,
        /// What may be.
        allowed: String,
    },
    /// The file of waves cannot be written.
    #[error("{}: cannot write: {source}", .path.display())]
    Write {
        /// The file of waves.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Signals.
    pub signals: usize,
    /// Steps.
    pub steps: u64,
}

/// Whose value a signal shows: its column, and neuron, axon or synapse.
type Key = (usize, [u32; 3]);

/// Shows a trace as waves, in files of these forms.
///
/// # Errors
/// [`WaveError`].
pub fn show(trace: &Path, choice: &Choice, files: &[(WaveForm, &Path)]) -> Result<Written, WaveError> {
    let reader = TraceReader::open(trace)?;
    let columns = records::columns(reader.header());
    let shown = columns_of(trace, &columns, choice)?;
    let mut keys = BTreeSet::new();
    let mut steps = 0;
    each_step(reader, choice, |step| {
        steps += 1;
        values(step, &columns, |column, place, _| {
            if shown[column] && chosen(&columns[column], place, choice) && keys.len() <= MOST_SIGNALS {
                keys.insert((columns[column].group(), place, column));
            }
            Ok(())
        })
    })?;
    let refuse = |found: String, allowed: &str| WaveError::Choice {
        path: trace.to_path_buf(),
        found,
        allowed: allowed.to_owned(),
    };
    if keys.len() > MOST_SIGNALS {
        let found = format!("more than {MOST_SIGNALS} signals");
        return Err(refuse(found, "fewer registers, neurons or populations"));
    }
    if keys.is_empty() {
        return Err(refuse(
            "no signal in the window".into(),
            "steps, neurons and registers that the trace has",
        ));
    }
    let keys: Vec<Key> = keys.into_iter().map(|(_, place, column)| (column, place)).collect();
    let signals: Vec<Signal> = keys.iter().map(|(column, place)| signal(&columns[*column], *place)).collect();
    let comments = comments(&columns, &keys);
    for (form, path) in files {
        let failed = |source| WaveError::Write { path: path.to_path_buf(), source };
        let first = choice.steps.as_ref().map_or(0, |steps| steps.start);
        let mut file = WaveFile::create(path, *form, &signals, &comments, first).map_err(failed)?;
        let end = write(TraceReader::open(trace)?, choice, &columns, &keys, &mut file, &failed)?;
        file.finish(end).map_err(failed)?;
    }
    Ok(Written { signals: signals.len(), steps })
}

/// Which columns are shown.
fn columns_of(trace: &Path, columns: &[Column], choice: &Choice) -> Result<Vec<bool>, WaveError> {
    let registers: Vec<&str> = columns.iter().map(|column| column.register.name.as_str()).collect();
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    for (what, asked, known) in
        [("register", &choice.registers, &registers), ("population or projection", &choice.of, &names)]
    {
        if let Some(name) = asked.iter().find(|name| !known.contains(&name.as_str())) {
            let listed: BTreeSet<&str> = known.iter().copied().collect();
            let listed = listed.into_iter().collect::<Vec<_>>().join(", ");
            let near = files::nearest(name, known.iter().copied());
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            let (found, allowed) = (format!("no {what} `{name}`"), format!("{listed}{near}"));
            return Err(WaveError::Choice { path: trace.to_path_buf(), found, allowed });
        }
    }
    let shown = columns.iter().map(|column| {
        let register = match choice.registers.is_empty() {
            true => column.kind == Kind::Neuron,
            false => choice.registers.contains(&column.register.name),
        };
        register && (choice.of.is_empty() || choice.of.contains(&column.name))
    });
    Ok(shown.collect())
}

/// Whether a record is of a chosen neuron.
fn chosen(column: &Column, place: [u32; 3], choice: &Choice) -> bool {
    let neuron = match column.kind {
        Kind::Neuron => place[0],
        Kind::Synapse => place[1],
        Kind::Axon | Kind::Tap => return true,
    };
    choice.neurons.is_empty() || choice.neurons.iter().any(|some| some.contains(&neuron))
}

/// Goes through the chosen steps.
fn each_step(
    mut reader: TraceReader,
    choice: &Choice,
    mut see: impl FnMut(&Step) -> Result<(), WaveError>,
) -> Result<(), WaveError> {
    let steps = choice.steps.clone().unwrap_or(0..u64::MAX);
    let mut step = Step::default();
    while reader.advance()? {
        if reader.step() >= steps.end {
            break;
        }
        if reader.step() >= steps.start {
            reader.decode(&mut step)?;
            see(&step)?;
        }
    }
    Ok(())
}

/// Every value of a step: column, place, lane.
fn values(
    step: &Step,
    columns: &[Column],
    mut see: impl FnMut(usize, [u32; 3], i64) -> Result<(), WaveError>,
) -> Result<(), WaveError> {
    let neurons = step.registers.len();
    for (column, lanes) in step.registers.iter().enumerate() {
        for (neuron, lane) in (0..).zip(lanes) {
            see(column, [neuron, 0, 0], *lane)?;
        }
    }
    for (at, lanes) in step.traces.iter().enumerate() {
        let column = neurons + at;
        for ([pre, delay], lane) in step.axons[columns[column].projection()].iter().zip(lanes) {
            see(column, [*pre, *delay, 0], *lane)?;
        }
    }
    for (at, list) in step.changed.iter().enumerate() {
        for change in list {
            see(neurons + step.traces.len() + at, change.synapse, change.lane)?;
        }
    }
    Ok(())
}

/// Writes the changes; the step after the last.
fn write(
    reader: TraceReader,
    choice: &Choice,
    columns: &[Column],
    keys: &[Key],
    file: &mut WaveFile,
    failed: &impl Fn(io::Error) -> WaveError,
) -> Result<u64, WaveError> {
    let signals: HashMap<Key, usize> = keys.iter().enumerate().map(|(at, key)| (*key, at)).collect();
    let mut last: Vec<Option<i64>> = vec![None; keys.len()];
    let mut end = 0;
    each_step(reader, choice, |step| {
        file.step(step.step).map_err(failed)?;
        end = step.step + 1;
        values(step, columns, |column, place, lane| {
            let Some(signal) = signals.get(&(column, place)) else { return Ok(()) };
            if last[*signal] == Some(lane) {
                return Ok(());
            }
            last[*signal] = Some(lane);
            file.change(*signal, columns[column].register.bits, lane).map_err(failed)
        })
    })?;
    Ok(end)
}

/// A name as viewers take it: letters, digits and `_`, with its `number` where it was another. Only such a name begins with
/// `_`, so that it is no other's.
fn identifier(name: &str, number: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
    let plain: String = name.chars().map(letter).collect();
    let begins = plain.starts_with(|c: char| c.is_ascii_alphabetic());
    if plain == name && begins { plain } else { format!("_{plain}_{number}") }
}

/// The scope of a population or projection; one of each may have one index.
fn scope(column: &Column) -> String {
    let letter = if column.kind == Kind::Neuron { "" } else { "p" };
    identifier(&column.name, &format!("{letter}{}", column.index))
}

fn signal(column: &Column, [one, two, three]: [u32; 3]) -> Signal {
    let inner = match column.kind {
        Kind::Neuron => format!("n{one}"),
        Kind::Axon => format!("axon_{one}_{two}"),
        Kind::Synapse => format!("synapse_{one}_{two}_{three}"),
        Kind::Tap => format!("tap_{one}_{two}"),
    };
    let scopes = ["synfire".to_owned(), scope(column), inner];
    let name = identifier(&column.register.name, "0");
    Signal { scopes, name, bits: column.register.bits }
}

/// What viewers cannot know: signs and fractions.
fn comments(columns: &[Column], keys: &[Key]) -> Vec<String> {
    let shown: BTreeSet<usize> = keys.iter().map(|(column, _)| *column).collect();
    let shown = shown.into_iter().map(|column| &columns[column]);
    let comment = |column: &Column| {
        let register = &column.register;
        let sign = if register.signed { "two's complement" } else { "unsigned" };
        let (of, name) = (scope(column), identifier(&register.name, "0"));
        format!("{name} of {of}: {} bits, {} of them fraction, {sign}", register.bits, register.fraction)
    };
    shown.map(comment).collect()
}
