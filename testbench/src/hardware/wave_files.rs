//! Waves as files of waveform viewers: VCD and FST, of integer signals that change with steps.
//!
//! A step is a nanosecond. Promises: both forms have the same scopes, signals and changes. Absent on purpose: which
//! signals there are (`waves`).

use fst_writer::{
    FstBodyWriter, FstFileType, FstHeaderWriter, FstInfo, FstScopeType, FstSignalId, FstSignalType,
    FstVarDirection, FstVarType, FstWriteError,
};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use vcd::{IdCode, TimescaleUnit, Value, VarType};

/// The forms of a file of waves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaveForm {
    /// Value change dump, text.
    Vcd,
    /// Fast signal trace, GTKWave's compressed form.
    Fst,
}

/// A signal: in which scopes, its name, its bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Scopes from the outermost.
    pub scopes: [String; 3],
    /// Name in the innermost.
    pub name: String,
    /// Bits, at most 64.
    pub bits: u32,
}

/// Bytes that the writer of an FST may hold before they go to the file.
const HELD: usize = 16 << 20;
/// The longest name that an FST has.
const LONGEST_NAME: usize = 500;

/// A file that is being written.
pub struct WaveFile(Form);

enum Form {
    Vcd { writer: vcd::Writer<BufWriter<File>>, ids: Vec<IdCode> },
    Fst { writer: Box<FstBodyWriter<BufWriter<File>>>, ids: Vec<FstSignalId> },
}

impl WaveFile {
    /// Creates a file whose signals are unknown (`x`) in the beginning. `comments` say what they are.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(
        path: &Path,
        form: WaveForm,
        signals: &[Signal],
        comments: &[String],
        first: u64,
    ) -> io::Result<Self> {
        let file = BufWriter::new(File::create(path)?);
        match form {
            WaveForm::Vcd => create_vcd(file, signals, comments),
            WaveForm::Fst => create_fst(file, signals, first).map_err(io_error),
        }
        .map(Self)
    }

    /// Begins a step; steps ascend.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn step(&mut self, step: u64) -> io::Result<()> {
        match &mut self.0 {
            Form::Vcd { writer, .. } => writer.timestamp(step),
            Form::Fst { writer, .. } => {
                if writer.size() > HELD {
                    writer.flush().map_err(io_error)?;
                }
                writer.time_change(step).map_err(io_error)
            }
        }
    }

    /// A signal has another value from this step on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn change(&mut self, signal: usize, bits: u32, lane: i64) -> io::Result<()> {
        let ones = (0..bits).rev().map(|bit| lane >> bit & 1 == 1);
        match &mut self.0 {
            Form::Vcd { writer, ids } if bits == 1 => writer.change_scalar(ids[signal], lane & 1 == 1),
            Form::Vcd { writer, ids } => writer.change_vector(ids[signal], ones.map(Value::from)),
            Form::Fst { writer, ids } => {
                let digits: Vec<u8> = ones.map(|one| if one { b'1' } else { b'0' }).collect();
                writer.signal_change(ids[signal], &digits).map_err(io_error)
            }
        }
    }

    /// Ends the file at the beginning of `step`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, step: u64) -> io::Result<()> {
        self.step(step)?;
        match self.0 {
            Form::Vcd { mut writer, .. } => writer.flush(),
            Form::Fst { writer, .. } => writer.finish().map_err(io_error)?.flush(),
        }
    }
}

fn io_error(error: FstWriteError) -> io::Error {
    match error {
        FstWriteError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

/// What was said of scopes between a signal and the one before: how many end, and which begin.
fn between<'a>(before: Option<&Signal>, now: &'a Signal) -> (usize, &'a [String]) {
    let same =
        before.map_or(0, |before| before.scopes.iter().zip(&now.scopes).take_while(|(a, b)| a == b).count());
    (if before.is_some() { now.scopes.len() - same } else { 0 }, &now.scopes[same..])
}

fn create_vcd(file: BufWriter<File>, signals: &[Signal], comments: &[String]) -> io::Result<Form> {
    let mut writer = vcd::Writer::new(file);
    writer.version(concat!("synfire ", env!("CARGO_PKG_VERSION")))?;
    comments.iter().try_for_each(|comment| writer.comment(comment))?;
    writer.timescale(1, TimescaleUnit::NS)?;
    let (mut ids, mut before) = (Vec::with_capacity(signals.len()), None);
    for signal in signals {
        let (ended, begun) = between(before, signal);
        (0..ended).try_for_each(|_| writer.upscope())?;
        begun.iter().try_for_each(|scope| writer.add_module(scope))?;
        ids.push(writer.add_var(VarType::Reg, signal.bits, &signal.name, None)?);
        before = Some(signal);
    }
    (0..before.map_or(0, |signal| signal.scopes.len())).try_for_each(|_| writer.upscope())?;
    writer.enddefinitions()?;
    Ok(Form::Vcd { writer, ids })
}

fn create_fst(file: BufWriter<File>, signals: &[Signal], first: u64) -> Result<Form, FstWriteError> {
    let info = FstInfo {
        start_time: first,
        timescale_exponent: -9,
        version: concat!("synfire ", env!("CARGO_PKG_VERSION")).to_owned(),
        date: String::new(),
        file_type: FstFileType::Verilog,
    };
    let mut writer = FstHeaderWriter::new(file, &info)?;
    let short = |name: &str| name.chars().take(LONGEST_NAME).collect::<String>();
    let (mut ids, mut before) = (Vec::with_capacity(signals.len()), None);
    for signal in signals {
        let (ended, begun) = between(before, signal);
        (0..ended).try_for_each(|_| writer.up_scope())?;
        begun.iter().try_for_each(|scope| writer.scope(short(scope), "", FstScopeType::Module))?;
        let kind = FstSignalType::bit_vec(signal.bits);
        ids.push(writer.var(short(&signal.name), kind, FstVarType::Reg, FstVarDirection::Implicit, None)?);
        before = Some(signal);
    }
    (0..before.map_or(0, |signal| signal.scopes.len())).try_for_each(|_| writer.up_scope())?;
    Ok(Form::Fst { writer: Box::new(writer.finish()?), ids })
}
