//! Files of a simulation: recordings as `.npy` and CSV, weights as `.npy`, answers as CSV.
//!
//! Promises: written whole or not at all (temporary file, renamed); contents depend on the run's bits only; what is
//! written is answered with its hash.
//! Absent on purpose: the summary and the report (`run`).

use super::file::RecordingFiles;
use super::probes::RegisterProbe;
use super::recorded::Recorded;
use super::samples::Answers;
use crate::experiment::hashed::HashedFile;
use crate::formats::ArrayError;
use crate::formats::write::{CsvRows, NpyRows};
use std::path::Path;
use synfire_chip::network::{Network, Synapses};
use synfire_chip::run::probe::Variable;

/// Lets `write` fill a temporary file, then gives it its name.
fn whole(
    folder: &Path,
    name: &str,
    write: impl FnOnce(&Path) -> Result<(), ArrayError>,
) -> Result<HashedFile, ArrayError> {
    let (path, temporary) = (folder.join(name), folder.join(format!("{name}.partial")));
    write(&temporary)?;
    let io = |source| ArrayError::Io { path: path.clone(), action: "write", source };
    let file = HashedFile::new(name, &temporary).map_err(io)?;
    std::fs::rename(&temporary, &path).map_err(io)?;
    Ok(file)
}

/// The files of a recording.
pub fn names(probe: &RegisterProbe, files: RecordingFiles) -> impl Iterator<Item = String> {
    let spikes = probe.probe.variable == Variable::Spikes;
    let wanted =
        [(files.rasters || !spikes, "npy"), (files.events && spikes, "events.npy"), (files.csv, "csv")];
    let stem = probe.stem.clone();
    wanted.into_iter().filter(|(wanted, _)| *wanted).map(move |(_, ending)| format!("{stem}.{ending}"))
}

/// Writes a recording into those of its files that are wanted. Spikes: `STEM.npy`, `uint8 [rows, neurons]`;
/// `STEM.events.npy`, `uint64 [spikes, 2]` (step, neuron), ascending; `STEM.csv`, a line `step,neuron` a spike.
/// Registers: `STEM.npy`, `int32 [rows, neurons]`, and `STEM.csv`, a line `step,value,..` a row under the neurons'
/// numbers.
///
/// # Errors
/// When a file cannot be written.
pub fn recording(
    folder: &Path,
    probe: &RegisterProbe,
    recorded: &Recorded,
    files: RecordingFiles,
) -> Result<Vec<HashedFile>, ArrayError> {
    let width = probe.probe.neurons.len();
    let write = |name: String| {
        whole(folder, &name, |path| match (probe.probe.variable, name.ends_with(".csv")) {
            (Variable::Spikes, true) => {
                let mut csv = CsvRows::create(path, &["step", "neuron"])?;
                events(probe, recorded).try_for_each(|event| csv.push(&event))?;
                csv.finish()
            }
            (Variable::Spikes, false) if name.ends_with(".events.npy") => {
                let mut npy = NpyRows::create(path, &[2])?;
                events(probe, recorded).try_for_each(|event| npy.push(&event))?;
                npy.finish()
            }
            (Variable::Spikes, false) => raster(path, width, recorded),
            (_, true) => register_lines(path, probe, recorded),
            (_, false) => {
                let mut npy = NpyRows::create(path, &[width as u64])?;
                recorded.values.chunks_exact(width.max(1)).try_for_each(|row| npy.push(row))?;
                npy.finish()
            }
        })
    };
    names(probe, files).map(write).collect()
}

/// Step of a recorded row.
fn step(probe: &RegisterProbe, row: u32) -> u64 {
    probe.probe.from + u64::from(row) * probe.probe.every
}

/// Step and neuron of every spike.
fn events<'a>(probe: &'a RegisterProbe, recorded: &'a Recorded) -> impl Iterator<Item = [u64; 2]> + 'a {
    let neuron = |column: u32| u64::from(probe.probe.neurons[column as usize]);
    recorded.spikes.iter().map(move |(row, column)| [step(probe, *row), neuron(*column)])
}

fn register_lines(path: &Path, probe: &RegisterProbe, recorded: &Recorded) -> Result<(), ArrayError> {
    let names = &probe.columns;
    let columns: Vec<&str> = std::iter::once("step").chain(names.iter().map(String::as_str)).collect();
    let mut csv = CsvRows::create(path, &columns)?;
    let mut line = Vec::new();
    for (row, values) in (0..).zip(recorded.values.chunks_exact(names.len().max(1))) {
        line.clear();
        line.push(step(probe, row) as i64);
        line.extend(values.iter().map(|value| i64::from(*value)));
        csv.push(&line)?;
    }
    csv.finish()
}

fn raster(path: &Path, width: usize, recorded: &Recorded) -> Result<(), ArrayError> {
    let mut npy = NpyRows::create(path, &[width as u64])?;
    let mut row = vec![0u8; width];
    let mut spikes = recorded.spikes.iter().peekable();
    for number in 0..recorded.rows {
        row.fill(0);
        while let Some((_, column)) = spikes.next_if(|(at, _)| *at == number) {
            row[*column as usize] = 1;
        }
        npy.push(&row)?;
    }
    npy.finish()
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
    whole(folder, name, |path| match &logical.synapses {
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

/// Writes `answers.csv`: a line `sample,answer` a sample, with `label` where there are labels.
///
/// # Errors
/// When the file cannot be written.
pub fn answers(folder: &Path, answers: &Answers, labels: &[u8]) -> Result<HashedFile, ArrayError> {
    let columns: &[&str] =
        if labels.is_empty() { &["sample", "answer"] } else { &["sample", "answer", "label"] };
    whole(folder, "answers.csv", |path| {
        let mut csv = CsvRows::create(path, columns)?;
        for (sample, answer) in answers.given.iter().enumerate() {
            let line = [sample as u32, *answer, labels.get(sample).map_or(0, |l| u32::from(*l))];
            csv.push(&line[..columns.len()])?;
        }
        csv.finish()
    })
}
