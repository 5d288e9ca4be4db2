//! Files of a simulation: recordings as `.npy` and `.csv`, weights as `.npy`.
//!
//! Promises: written whole or not at all (temporary file, renamed); contents depend on the run's bits only.

use npyz::WriterBuilder;
use std::io::{BufWriter, Write};
use std::path::Path;
use synfire_chip::network::{Network, Synapses};
use synfire_chip::probe::{Recording, Variable};

fn whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<std::fs::File>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".partial");
    let mut file = BufWriter::new(std::fs::File::create(&temporary)?);
    write(&mut file)?;
    file.flush()?;
    drop(file);
    std::fs::rename(&temporary, path)
}

/// Writes `values` as `int32` of `shape`, C order.
///
/// # Errors
/// When the file cannot be written.
pub fn npy(path: &Path, shape: &[u64], values: &[i32]) -> std::io::Result<()> {
    whole(path, |file| {
        let mut writer = npyz::WriteOptions::new().default_dtype().shape(shape).writer(file).begin_nd()?;
        writer.extend(values.iter().copied())?;
        writer.finish()
    })
}

/// Writes a recording: `STEM.npy` `[rows, neurons]` and `STEM.csv`. Spikes in CSV are events `step,neuron`; registers
/// are rows `step,neuron,...` with one column a neuron.
///
/// # Errors
/// When a file cannot be written.
pub fn recording(
    folder: &Path,
    stem: &str,
    variable: Variable,
    neurons: &[u32],
    recording: &Recording,
) -> std::io::Result<()> {
    let shape = [recording.steps.len() as u64, recording.columns as u64];
    npy(&folder.join(format!("{stem}.npy")), &shape, &recording.values)?;
    whole(&folder.join(format!("{stem}.csv")), |file| {
        if variable == Variable::Spikes {
            writeln!(file, "step,neuron")?;
            for (row, step) in recording.steps.iter().enumerate() {
                let fired = recording.row(row).iter().zip(neurons).filter(|(value, _)| **value != 0);
                for (_, neuron) in fired {
                    writeln!(file, "{step},{neuron}")?;
                }
            }
            return Ok(());
        }
        write!(file, "step")?;
        neurons.iter().try_for_each(|neuron| write!(file, ",{neuron}"))?;
        writeln!(file)?;
        for (row, step) in recording.steps.iter().enumerate() {
            write!(file, "{step}")?;
            recording.row(row).iter().try_for_each(|value| write!(file, ",{value}"))?;
            writeln!(file)?;
        }
        Ok(())
    })
}

/// Writes the weights of a projection: dense `[pre, post]`, or an edge list `[edges, 4]` (pre, post, weight, delay).
///
/// # Errors
/// When the file cannot be written.
pub fn weights(path: &Path, network: &Network, projection: usize, values: &[i32]) -> std::io::Result<()> {
    let logical = &network.projections[projection];
    match &logical.synapses {
        Synapses::Dense { .. } => {
            let posts = u64::from(network.populations[logical.target].neurons);
            npy(path, &[values.len() as u64 / posts.max(1), posts], values)
        }
        Synapses::Sparse { presynaptic, starts, posts, .. } => {
            let mut edges = Vec::with_capacity(4 * values.len());
            for (axon, pre) in presynaptic.iter().enumerate() {
                for entry in starts[axon] as usize..starts[axon + 1] as usize {
                    let delay = i32::from(logical.delays.get(axon));
                    edges.extend([*pre as i32, posts[entry] as i32, values[entry], delay]);
                }
            }
            npy(path, &[values.len() as u64, 4], &edges)
        }
    }
}
