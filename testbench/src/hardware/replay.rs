//! Running an imported chip on the events of its folder.
//!
//! | file | content |
//! | --- | --- |
//! | `spikes.csv` | `step,population,neuron`, by step, population (by its place in the network) and neuron |
//! | `NUMBER_PROJECTION.npy` | weights after the last step: `[pre, post]` of all-to-all projections, an edge list `[edges, 4]` (pre, post, weight, delay) of listed ones, `[copies, output channels, input channels, rows, columns]` of shared kernels |
//!
//! A network file takes the weights back as they are (`connect`, `weights`). Promises: they are those of the machine's
//! memories. Absent on purpose: what the run cost.

use super::error::HardwareError;
use super::events::HashedWriter;
use super::import::Imported;
use crate::formats::write::NpyRows;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use synfire_chip::memories::{BlockMemories, CoreMemories, Memories};
use synfire_chip::network::{Network, Synapses};
use synfire_chip::run::machine::RunOptions;
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_core::synapse::RowLayout;

/// Steps that are run at a time.
const CHUNK: u64 = 64;

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// Steps.
    pub steps: u64,
    /// Spikes.
    pub spikes: u64,
    /// Names of the files.
    pub files: Vec<String>,
}

/// Runs the machine to the end of its events, or to an interrupt, and writes what it did into `out`.
///
/// # Errors
/// When a file cannot be written, or the run breaks off.
pub fn replay(
    imported: &mut Imported,
    out: &Path,
    threads: usize,
    interrupt: &AtomicBool,
) -> Result<Ran, HardwareError> {
    let Imported { manifest, network, machine, events, .. } = imported;
    let populations = 0..network.populations.len();
    let probes = populations.map(|population| Probe::all(network, population, Variable::Spikes)).collect();
    let mut recorder = Recorder::new(probes, &machine.nodes);
    let mut file = HashedWriter::create(out, "spikes.csv")?;
    file.line("step,population,neuron")?;
    let mut ran = Ran::default();
    while machine.step < manifest.about.steps {
        let steps = machine.step..manifest.about.steps.min(machine.step + CHUNK);
        let program: Vec<_> = steps.map(|step| events.step(step as u32)).collect();
        let options = RunOptions { threads, interrupt: Some(interrupt) };
        let done = machine.run(&program, options, &mut recorder);
        let done = done.map_err(|error| HardwareError::Run(error.to_string()))?;
        let recordings = recorder.take();
        for row in 0..done {
            for (population, recording) in recordings.iter().enumerate() {
                let fired = recording.row(row).iter().enumerate().filter(|(_, fired)| **fired != 0);
                for (neuron, _) in fired {
                    file.line(&format!("{},{population},{neuron}", recording.steps[row]))?;
                    ran.spikes += 1;
                }
            }
        }
        ran.steps += done as u64;
        if done < program.len() {
            break;
        }
    }
    ran.files.push(file.finish()?.file);
    let memories = machine.memories();
    for projection in 0..network.projections.len() {
        ran.files.push(weights(out, network, projection, &memories)?);
    }
    Ok(ran)
}

/// The blocks of a projection, with the first neuron that each reaches.
fn blocks(memories: &Memories, projection: usize) -> impl Iterator<Item = (&BlockMemories, u32)> {
    let own = move |core: &'_ CoreMemories| -> Vec<(usize, u32)> {
        let blocks = core.blocks.iter().enumerate();
        let blocks = blocks.filter(|(_, block)| block.projection as usize == projection);
        blocks.map(|(at, block)| (at, core.slices[block.slice].first)).collect()
    };
    memories
        .cores
        .iter()
        .flat_map(move |core| own(core).into_iter().map(move |(at, first)| (&core.blocks[at], first)))
}

/// Writes the weights of a projection as they are in the memories; the name of the file.
fn weights(
    out: &Path,
    network: &Network,
    number: usize,
    memories: &Memories,
) -> Result<String, HardwareError> {
    let projection = &network.projections[number];
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' };
    let name: String = projection.name.chars().map(plain).collect();
    let file = format!("{number}_{name}.npy");
    let path = out.join(&file);
    let posts = network.populations[projection.target].neurons as usize;
    let shared = |(block, _): (&BlockMemories, u32)| matches!(block.rows.layout, RowLayout::Shared { .. });
    match &projection.synapses {
        Synapses::Dense { .. } => {
            let mut all = vec![0i32; network.source_neurons(projection.source) as usize * posts];
            for (block, first) in blocks(memories, number) {
                for (axon, pre) in block.presynaptic.iter().enumerate() {
                    for entry in block.rows.row(axon) {
                        let post = first as usize + block.rows.post(axon, entry);
                        all[*pre as usize * posts + post] = block.rows.weights.get(entry);
                    }
                }
            }
            let mut npy = NpyRows::create(&path, &[posts as u64])?;
            all.chunks_exact(posts.max(1)).try_for_each(|row| npy.push(row))?;
            npy.finish()?;
        }
        // Fixed taps may be kept a synapse each.
        Synapses::Sparse { .. } | Synapses::Shared { .. } if !blocks(memories, number).all(shared) => {
            let mut edges: Vec<[i32; 4]> = Vec::new();
            for (block, first) in blocks(memories, number) {
                // A dense row of listed synapses has zeros where there is none.
                let dense = block.rows.layout == RowLayout::Dense;
                for (axon, (pre, delay)) in block.presynaptic.iter().zip(&block.delays).enumerate() {
                    for entry in block.rows.row(axon) {
                        let post = first as usize + block.rows.post(axon, entry);
                        let weight = block.rows.weights.get(entry);
                        if !dense || weight != 0 || projection.learning.is_some() {
                            edges.push([*pre as i32, post as i32, weight, i32::from(*delay)]);
                        }
                    }
                }
            }
            // Two synapses of a pair keep their order.
            edges.sort_by_key(|[pre, post, _, delay]| (*pre, *delay, *post));
            let mut npy = NpyRows::create(&path, &[4])?;
            edges.iter().try_for_each(|edge| npy.push(edge))?;
            npy.finish()?;
        }
        Synapses::Sparse { .. } | Synapses::Shared { .. } => {
            let kernel = projection.synapses.kernel();
            let (taps, copies) = kernel.map_or((0, 0), |k| (k.taps() as usize, k.copies as usize));
            let shape = kernel.map_or([0; 4], |kernel| kernel.shape.map(u64::from));
            let mut all = vec![0i32; taps * copies];
            for (block, _) in blocks(memories, number) {
                if let RowLayout::Shared { names, .. } = &block.rows.layout {
                    for (at, name) in names.iter().enumerate() {
                        all[name.copy as usize * taps + name.tap as usize] = block.rows.weights.get(at);
                    }
                }
            }
            let mut npy = NpyRows::create(&path, &shape)?;
            all.chunks_exact(taps.max(1)).try_for_each(|copy| npy.push(copy))?;
            npy.finish()?;
        }
    }
    Ok(file)
}
