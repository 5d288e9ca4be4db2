//! Files of what a run shows: registers as `.npy` and CSV, weights as `.npy`.
//!
//! Promises: registers are written as the run goes, so that memory does not grow with it, and go on with their files after
//! an interruption; weights are written whole or not at all; contents depend on the run's bits only; what is written is
//! answered with its hash. Absent on purpose: which registers, and when (`probes`).

use super::probes::RegisterProbe;
use super::recorded::Recorded;
use crate::experiment::file::RecordingFiles;
use crate::experiment::hashed::HashedFile;
use crate::formats::ArrayError;
use crate::formats::mark::FileMark;
use crate::formats::write::{CsvRows, Element, NpyRows};
use std::path::Path;
use synfire_chip::network::{Network, Synapses};
use synfire_chip::run::probe::{Recording as Chunk, Variable};

/// The files of a recording.
pub fn names(probe: &RegisterProbe, files: RecordingFiles) -> impl Iterator<Item = String> {
    let spikes = probe.probe.variable == Variable::Spikes;
    let wanted =
        [(files.rasters || !spikes, "npy"), (files.events && spikes, "events.npy"), (files.csv, "csv")];
    let stem = probe.stem.clone();
    wanted.into_iter().filter(|(wanted, _)| *wanted).map(move |(_, ending)| format!("{stem}.{ending}"))
}

/// A file of a recording.
#[expect(clippy::large_enum_variant, reason = "a few a run, never moved")]
enum Growing {
    /// `STEM.npy` of spikes, `uint8 [rows, neurons]`.
    Raster(NpyRows<u8>),
    /// `STEM.npy` of registers, `int32 [rows, columns]`.
    Registers(NpyRows<i32>),
    /// `STEM.events.npy`, `uint64 [spikes, 2]` (step, neuron), ascending.
    Events(NpyRows<u64>),
    /// `STEM.csv`: a line `step,neuron` a spike; of registers a line `step,value,..` a row under the columns' names.
    Csv(CsvRows),
}

/// The files of a recording, written as the run goes.
pub struct Recording {
    files: Vec<(String, Growing)>,
    rows: u64,
}

impl Recording {
    /// Begins the wanted files of `probe` in `folder`, or goes on where they were `left`.
    ///
    /// # Errors
    /// When a file cannot be written, or is not what the run left.
    pub fn open(
        folder: &Path,
        probe: &RegisterProbe,
        files: RecordingFiles,
        left: Option<&Recorded>,
    ) -> Result<Self, ArrayError> {
        let spikes = probe.probe.variable == Variable::Spikes;
        let (width, rows) = ([probe.probe.neurons.len() as u64], left.map_or(0, |left| left.rows));
        let mut own = Self { files: Vec::new(), rows };
        for (at, name) in names(probe, files).enumerate() {
            let path = folder.join(&name);
            let mark = left.and_then(|left| left.files.get(at).copied());
            let file = if name.ends_with(".csv") {
                let registers = probe.columns.iter().map(String::as_str);
                let columns: Vec<&str> = match spikes {
                    true => vec!["step", "neuron"],
                    false => std::iter::once("step").chain(registers).collect(),
                };
                Growing::Csv(match mark {
                    None => CsvRows::create(&path, &columns)?,
                    Some(mark) => CsvRows::reopen(&path, columns.len(), mark)?,
                })
            } else if !spikes {
                Growing::Registers(npy(&path, &width, rows, mark)?)
            } else if name.ends_with(".events.npy") {
                let events = mark.map_or(0, |mark| mark.bytes() / (2 * size_of::<u64>() as u64));
                Growing::Events(npy(&path, &[2], events, mark)?)
            } else {
                Growing::Raster(npy(&path, &width, rows, mark)?)
            };
            own.files.push((name, file));
        }
        Ok(own)
    }

    /// Appends what a chunk of steps recorded.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn append(&mut self, probe: &RegisterProbe, chunk: &Chunk) -> Result<(), ArrayError> {
        let spikes = probe.probe.variable == Variable::Spikes;
        for (row, &step) in chunk.steps.iter().enumerate() {
            let values = chunk.row(row);
            let fired = || probe.probe.neurons.iter().zip(values).filter(|(_, value)| **value != 0);
            let events = || fired().map(|(neuron, _)| [step, u64::from(*neuron)]);
            for (_, file) in &mut self.files {
                match file {
                    Growing::Raster(npy) => {
                        let row: Vec<u8> = values.iter().map(|value| u8::from(*value != 0)).collect();
                        npy.push(&row)?;
                    }
                    Growing::Registers(npy) => npy.push(values)?,
                    Growing::Events(npy) => events().try_for_each(|event| npy.push(&event))?,
                    Growing::Csv(csv) if spikes => events().try_for_each(|event| csv.push(&event))?,
                    Growing::Csv(csv) => {
                        let registers = values.iter().map(|value| i64::from(*value));
                        csv.push(&std::iter::once(step as i64).chain(registers).collect::<Vec<_>>())?;
                    }
                }
            }
            self.rows += 1;
        }
        Ok(())
    }

    /// Hands what was written to the system; where the files end: a state that is saved from now on finds it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn flush(&mut self) -> Result<Recorded, ArrayError> {
        let marks = self.files.iter_mut().map(|(_, file)| match file {
            Growing::Raster(npy) => npy.flush(),
            Growing::Registers(npy) => npy.flush(),
            Growing::Events(npy) => npy.flush(),
            Growing::Csv(csv) => csv.flush(),
        });
        Ok(Recorded { files: marks.collect::<Result<_, _>>()?, rows: self.rows })
    }

    /// Ends the files, and hashes them.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(self, folder: &Path) -> Result<Vec<HashedFile>, ArrayError> {
        let mut hashed = Vec::new();
        for (name, file) in self.files {
            match file {
                Growing::Raster(npy) => npy.finish()?,
                Growing::Registers(npy) => npy.finish()?,
                Growing::Events(npy) => npy.finish()?,
                Growing::Csv(csv) => csv.finish()?,
            }
            let path = folder.join(&name);
            let own = HashedFile::new(name, &path);
            hashed.push(own.map_err(|source| ArrayError::Io { path, action: "read", source })?);
        }
        Ok(hashed)
    }
}

fn npy<T: Element>(
    path: &Path,
    shape: &[u64],
    rows: u64,
    mark: Option<FileMark>,
) -> Result<NpyRows<T>, ArrayError> {
    mark.map_or_else(|| NpyRows::create(path, shape), |mark| NpyRows::reopen(path, shape, rows, mark))
}

/// Writes the weights of a projection as `name`, `int32`: dense `[pre, post]`, or an edge list `[edges, 4]` with
/// columns pre, post, weight, delay; of a shared kernel `[copies, output channels, input channels, rows, columns]`.
///
/// # Errors
/// When the file cannot be written.
pub fn weights(
    folder: &Path,
    name: &str,
    network: &Network,
    projection: usize,
    values: &[i32],
) -> Result<HashedFile, ArrayError> {
    let logical = &network.projections[projection];
    HashedFile::whole(folder, name, |path| match &logical.synapses {
        Synapses::Dense { .. } => {
            let posts = network.populations[logical.target].neurons;
            let mut npy = NpyRows::create(path, &[u64::from(posts)])?;
            values.chunks_exact(posts.max(1) as usize).try_for_each(|row| npy.push(row))?;
            npy.finish()
        }
        Synapses::Shared { kernel, .. } => {
            let mut npy = NpyRows::create(path, &kernel.shape.map(u64::from))?;
            values.chunks_exact(kernel.taps().max(1) as usize).try_for_each(|copy| npy.push(copy))?;
            npy.finish()
        }
        Synapses::Sparse { presynaptic, starts, posts, .. } => {
            let mut npy = NpyRows::create(path, &[4])?;
            for (axon, pre) in presynaptic.iter().enumerate() {
                let delay = i32::from(logical.delays.get(axon));
                for entry in starts[axon] as usize..starts[axon + 1] as usize {
                    npy.push(&[*pre as i32, posts[entry] as i32, values[entry], delay])?;
                }
            }
            npy.finish()
        }
    })
}
