//! What a cell runs on: the simulated chip, or the float twin of the same network.
//!
//! Promises: the same programs go to either; a snapshot goes on with the bits of never having stopped.
//! Absent on purpose: when and what is presented (the tasks' cells).

use super::file::Store;
use super::hashed::HashedFile;
use super::record::observed::Observed;
use super::record::records::{Records, RecordsLeft};
use crate::formats::ArrayError;
use crate::reference::float::chip::{FloatChip, FloatSnapshot};
use crate::reference::float::units::power;
use crate::report::model::{Band, Raster};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::cost::detail::Detail;
use synfire_chip::cost::memory::CoreMemory;
use synfire_chip::cost::stage::{Costs, Stage};
use synfire_chip::network::{Network, Population};
use synfire_chip::place::mapping::MappingError;
use synfire_chip::run::checkpoint::{self, MachineSnapshot, ModelState};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Recording, Variable};
use synfire_chip::run::program::StepEvents;
use synfire_chip::structures::Part;

/// The simulator behind a cell.
#[expect(clippy::large_enum_variant, reason = "one a cell, never moved")]
pub enum Engine {
    /// The chip.
    Chip {
        /// It, with what its runs cost: what is looked at of the readout first, then what is watched.
        observed: Observed,
        /// What the watched probes recorded, program by program.
        watched: Vec<Vec<Recording>>,
    },
    /// The float twin.
    Float {
        /// It.
        chip: FloatChip,
        /// Index of the readout population.
        readout: usize,
    },
}

/// Bits of the core that has most of them, a structure at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullestCore {
    /// Synapse memory: the weights.
    pub synapse_bits: u64,
    /// Learning memory: traces, eligibilities, matrices, mirrored weights, error traces, third factors.
    pub learning_bits: u64,
}

impl FullestCore {
    fn of(machine: &Machine) -> Self {
        let cores = machine.memory();
        let most = |bits: fn(&CoreMemory) -> u64| cores.iter().map(bits).max().unwrap_or(0);
        Self {
            synapse_bits: most(|core| core.bits(Part::Synapses)),
            learning_bits: most(|core| core.bits(Part::Traces) + core.bits(Part::Learning)),
        }
    }
}

/// State of an [`Engine`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum EngineState {
    /// Of the chip, of the models of its costs, and how far its files had come.
    Chip(MachineSnapshot, ModelState, Option<RecordsLeft>),
    /// Of the float twin.
    Float(FloatSnapshot),
}

impl EngineState {
    /// The files that were whole by then.
    #[must_use]
    pub fn written(&self) -> &[HashedFile] {
        match self {
            Self::Chip(_, _, Some(left)) => &left.written,
            _ => &[],
        }
    }
}

/// What a cell looks at: [`Engine::present`] sums `Variable::Compared`, [`Engine::trains`] takes `Variable::Spikes`.
#[derive(Clone, Copy, Debug)]
pub struct LookedAt {
    /// Index of the readout population.
    pub readout: usize,
    /// What of it.
    pub variable: Variable,
}

impl Engine {
    /// What runs `network` on `chip`, or, in the store `Float`, without its bits.
    ///
    /// # Errors
    /// When the network does not fit the chip.
    pub fn new(
        network: &Network,
        chip: &Chip,
        store: Option<&Store>,
        of: LookedAt,
    ) -> Result<Self, MappingError> {
        if store == Some(&Store::Float) {
            return Ok(Self::Float { chip: FloatChip::saturating(network), readout: of.readout });
        }
        let machine = Machine::new(network, chip)?;
        let looked_at = vec![Probe::all(network, of.readout, of.variable)];
        Ok(Self::Chip { observed: Observed::new(network, machine, looked_at), watched: Vec::new() })
    }

    /// Keeps what `probes` record too, in every program from now on; no answer and no bit changes. Of the float twin,
    /// nothing.
    pub fn watch(&mut self, network: &Network, probes: Vec<Probe>) {
        if let Self::Chip { observed, .. } = self {
            observed.look_at(network, probes);
        }
    }

    /// Writes `records` of every program from now on, once their files are open; no answer and no bit changes. Of the float
    /// twin, nothing.
    pub fn record(&mut self, network: &Network, records: Records) {
        if let Self::Chip { observed, .. } = self {
            observed.record(network, records);
        }
    }

    /// The files that it writes.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        self.observed().map_or(Vec::new(), Observed::files)
    }

    /// Whether the files in `folder` are what a run left that is now where this engine is.
    ///
    /// # Errors
    /// Where they are not.
    pub fn expect_files(&self, folder: &Path) -> Result<(), ArrayError> {
        self.observed().map_or(Ok(()), |observed| observed.expect_files(folder))
    }

    /// Begins the files in `folder`, or goes on with what a run left that is now where this engine is.
    ///
    /// # Errors
    /// When a file cannot be written, or is not the one that the run left.
    pub fn open_files(&mut self, folder: &Path, network: &Network) -> Result<(), String> {
        self.observed_mut().map_or(Ok(()), |observed| observed.open(folder, network))
    }

    /// Hands what was written to the system: to be called before a state is saved.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn flush_files(&mut self) -> Result<(), String> {
        self.observed_mut().map_or(Ok(()), Observed::flush)
    }

    /// Ends the files: those that were written.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish_files(&mut self) -> Result<Vec<HashedFile>, String> {
        self.observed_mut().map_or(Ok(Vec::new()), Observed::finish)
    }

    fn observed(&self) -> Option<&Observed> {
        match self {
            Self::Chip { observed, .. } => Some(observed),
            Self::Float { .. } => None,
        }
    }

    fn observed_mut(&mut self) -> Option<&mut Observed> {
        match self {
            Self::Chip { observed, .. } => Some(observed),
            Self::Float { .. } => None,
        }
    }

    /// Takes what the watched probes recorded so far: a list a program, in the order of the probes.
    pub fn take_watched(&mut self) -> Vec<Vec<Recording>> {
        match self {
            Self::Chip { watched, .. } => std::mem::take(watched),
            Self::Float { .. } => Vec::new(),
        }
    }

    /// Keeps figures of each of the last `steps` steps, from now on, or goes on with it; of the float twin, nothing.
    pub fn keep_steps(&mut self, steps: u32) {
        if let Some(observed) = self.observed_mut() {
            observed.keep_steps(steps);
        }
    }

    /// What was seen of its runs in detail; `None` of the float twin.
    #[must_use]
    pub fn detail(&self, network: &Network) -> Option<Detail> {
        self.observed().map(|observed| observed.detail(network))
    }

    /// The coming programs belong to `stage`.
    pub fn enter(&mut self, stage: Stage) {
        if let Some(observed) = self.observed_mut() {
            observed.costs.enter(stage);
        }
    }

    /// Runs `program`: the steps of it in which each neuron of the readout fired.
    ///
    /// # Errors
    /// When the chip's run fails.
    pub fn trains(
        &mut self,
        network: &Network,
        program: &[StepEvents],
        threads: usize,
    ) -> Result<Vec<Vec<u32>>, String> {
        match self {
            Self::Chip { observed, watched } => {
                let recording = &run((observed, watched), network, program, threads)?;
                let mut trains = vec![Vec::new(); recording.row(0).len()];
                for step in 0..recording.steps.len() {
                    for (train, fired) in trains.iter_mut().zip(recording.row(step)) {
                        train.extend((*fired != 0).then_some(step as u32));
                    }
                }
                Ok(trains)
            }
            Self::Float { chip, readout } => {
                let mut trains = vec![Vec::new(); chip.fired(*readout).len()];
                for (step, events) in (0..).zip(program) {
                    chip.step(events);
                    for (train, fired) in trains.iter_mut().zip(chip.fired(*readout)) {
                        train.extend(fired.then_some(step));
                    }
                }
                Ok(trains)
            }
        }
    }

    /// Runs `program` and sums the compared membranes of the readout's `outputs` neurons over `steps` of it.
    ///
    /// # Errors
    /// When the chip's run fails.
    pub fn present(
        &mut self,
        network: &Network,
        program: &[StepEvents],
        steps: Range<usize>,
        outputs: usize,
        threads: usize,
    ) -> Result<Vec<f64>, String> {
        match self {
            Self::Chip { observed, watched } => {
                let program = answered(observed, program, outputs);
                let recording = run((observed, watched), network, &program, threads)?;
                let mut sums = vec![0_i64; outputs];
                for step in steps {
                    let row = recording.row(step);
                    sums.iter_mut().zip(row).for_each(|(sum, u)| *sum += i64::from(*u));
                }
                Ok(sums.into_iter().map(|sum| sum as f64).collect())
            }
            Self::Float { chip, readout } => {
                let mut sums = vec![0.0; outputs];
                for (step, events) in program.iter().enumerate() {
                    chip.step(events);
                    if steps.contains(&step) {
                        sums.iter_mut().zip(chip.compared(*readout)).for_each(|(sum, u)| *sum += u);
                    }
                }
                Ok(sums)
            }
        }
    }

    /// Runs `program`, which is no part of the experiment, on a copy of the state and at no cost: the spikes of every
    /// population.
    ///
    /// # Errors
    /// When the chip's run fails.
    pub fn raster(&mut self, program: &[StepEvents], network: &Network) -> Result<Raster, String> {
        let mut raster = Raster { steps: program.len() as u64, ..Raster::default() };
        for input in &network.inputs {
            band(&mut raster, &input.name, input.neurons);
        }
        for (step, events) in (0..).zip(program) {
            for spike in &events.spikes {
                let first = raster.bands[usize::from(spike.input)].first;
                raster.spikes.push((step, first + spike.neuron));
            }
        }
        let spiking = |p: &usize| network.populations[*p].parameters.spiking;
        let populations: Vec<usize> = (0..network.populations.len()).filter(spiking).collect();
        match self {
            Self::Chip { observed: Observed { machine, .. }, .. } => {
                let before = machine.snapshot();
                let probes = populations.iter().map(|p| Probe::all(network, *p, Variable::Spikes)).collect();
                let mut recorder = Recorder::new(probes, &machine.nodes);
                machine.run(program, RunOptions::default(), &mut recorder).map_err(|e| e.to_string())?;
                machine.restore(before)?;
                for (recording, population) in recorder.take().iter().zip(&populations) {
                    let population = &network.populations[*population];
                    let first = band(&mut raster, &population.name, population.neurons);
                    for step in 0..recording.steps.len() {
                        let fired = (0..).zip(recording.row(step)).filter(|(_, fired)| **fired != 0);
                        raster
                            .spikes
                            .extend(fired.map(|(neuron, _): (u32, _)| (step as u64, first + neuron)));
                    }
                }
            }
            Self::Float { chip, .. } => {
                let before = chip.snapshot();
                let mut bands = Vec::new();
                for population in populations {
                    let Population { name, neurons, .. } = &network.populations[population];
                    bands.push((population, band(&mut raster, name, *neurons)));
                }
                for (step, events) in (0..).zip(program) {
                    chip.step(events);
                    for (population, first) in &bands {
                        let fired = (*first..).zip(chip.fired(*population)).filter(|(_, fired)| **fired);
                        raster.spikes.extend(fired.map(|(neuron, _)| (step, neuron)));
                    }
                }
                chip.restore(before)?;
            }
        }
        Ok(raster)
    }

    /// Its state.
    #[must_use]
    pub fn snapshot(&self) -> EngineState {
        match self {
            Self::Chip { observed, .. } => {
                let (machine, costs) = (observed.machine.snapshot(), observed.costs.snapshot());
                EngineState::Chip(machine, costs, observed.left().cloned())
            }
            Self::Float { chip, .. } => EngineState::Float(chip.snapshot()),
        }
    }

    /// Puts a state in place.
    ///
    /// # Errors
    /// When it is of another network.
    pub fn restore(&mut self, state: EngineState) -> Result<(), String> {
        match (self, state) {
            (Self::Chip { observed, .. }, EngineState::Chip(state, spent, left)) => {
                observed.machine.restore(state)?;
                observed.restore(left)?;
                observed.costs.restore(&spent)
            }
            (Self::Float { chip, .. }, EngineState::Float(state)) => chip.restore(state),
            _ => Err("the state is of another simulator".to_owned()),
        }
    }

    /// The chip, where it is one.
    #[must_use]
    pub fn machine(&self) -> Option<&Machine> {
        self.observed().map(|observed| &observed.machine)
    }

    /// Gives the chip away, where it is one.
    #[must_use]
    pub fn into_machine(self) -> Option<Machine> {
        match self {
            Self::Chip { observed, .. } => Some(observed.machine),
            Self::Float { .. } => None,
        }
    }

    /// The unit of [`Engine::present`]'s sums that a membrane lane of `network` is.
    #[must_use]
    pub fn lane(&self, network: &Network) -> f64 {
        match self {
            Self::Chip { .. } => 1.0,
            Self::Float { .. } => power(-i32::from(network.datapath.state_fraction)),
        }
    }

    /// What the chip's runs cost so far, by stage; nothing, where there is none.
    #[must_use]
    pub fn costs(&self) -> Costs {
        self.observed().map_or_else(Costs::default, |observed| observed.costs.costs())
    }

    /// Memory of the fullest cores.
    #[must_use]
    pub fn memory(&self) -> FullestCore {
        self.machine().map_or_else(FullestCore::default, FullestCore::of)
    }

    /// Cores in use.
    #[must_use]
    pub fn cores(&self) -> usize {
        self.machine().map_or(0, |machine| machine.nodes.len())
    }

    /// The chip, where it is one.
    pub fn machine_mut(&mut self) -> Option<&mut Machine> {
        self.observed_mut().map(|observed| &mut observed.machine)
    }

    /// Fingerprint of `network` and where it is: what decides the bits of a program's run.
    #[must_use]
    pub fn inputs_fingerprint(&self, network: &Network) -> [u8; 32] {
        match self {
            Self::Chip { observed, .. } => checkpoint::inputs_fingerprint(network, &observed.machine.mapping),
            Self::Float { .. } => checkpoint::fingerprint(&("float", network)),
        }
    }

    /// SHA-256 of all weights: store lanes on the chip, real numbers in the twin.
    #[must_use]
    pub fn weights_sha256(&self, network: &Network) -> String {
        let projections = 0..network.projections.len();
        checkpoint::hex(&match self {
            Self::Chip { observed, .. } => {
                let weights: Vec<Vec<i32>> =
                    projections.map(|p| observed.machine.weights(network, p)).collect();
                checkpoint::fingerprint(&weights)
            }
            Self::Float { chip, .. } => {
                let weights: Vec<Vec<f64>> = projections.map(|p| chip.weights(p)).collect();
                checkpoint::fingerprint(&weights)
            }
        })
    }
}

/// The program of a sample at whose end the host reads a value of each of the readout's `outputs` neurons, where such values
/// leave the chip.
fn answered<'p>(observed: &Observed, program: &'p [StepEvents], outputs: usize) -> Cow<'p, [StepEvents]> {
    let readout = observed.own().first().map(|probe| probe.target as u16);
    let leave = observed.machine.chip.host.answers.bits().is_some() && outputs > 0;
    let mut program = Cow::Borrowed(program);
    if leave && !program.is_empty() {
        program.to_mut().last_mut().into_iter().for_each(|last| last.reads.extend(readout));
    }
    program
}

/// Runs `program`: what is looked at of it; what is watched goes to `watched`.
fn run(
    (observed, watched): (&mut Observed, &mut Vec<Vec<Recording>>),
    network: &Network,
    program: &[StepEvents],
    threads: usize,
) -> Result<Recording, String> {
    let mut recordings = observed.run(network, program, RunOptions { threads, interrupt: None })?.recordings;
    let others = recordings.split_off(1);
    if !others.is_empty() {
        watched.push(others);
    }
    Ok(recordings.swap_remove(0))
}

/// Adds a band under the last one; its first neuron in the raster.
fn band(raster: &mut Raster, name: &str, neurons: u32) -> u32 {
    let first = raster.neurons;
    raster.bands.push(Band { name: name.to_owned(), first, neurons });
    raster.neurons += neurons;
    first
}
