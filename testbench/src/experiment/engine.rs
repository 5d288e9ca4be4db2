//! What a cell runs on: the simulated chip, or the float twin of the same network.
//!
//! Promises: the same programs go to either; a snapshot goes on with the bits of never having stopped.
//! Absent on purpose: when and what is presented (the tasks' cells).

use super::file::Store;
use super::hashed::HashedFile;
use super::retired::{Retired, Writing};
use crate::formats::ArrayError;
use crate::formats::mark::FileMark;
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
use synfire_chip::cost::models::Models;
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
        /// It.
        machine: Machine,
        /// Records what is looked at of the readout first, then what is watched.
        recorder: Recorder,
        /// What the watched probes recorded, program by program.
        watched: Vec<Vec<Recording>>,
        /// The trace that it writes.
        retiring: Option<Retiring>,
        /// What its runs cost.
        costs: Models,
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
    /// Of the chip, of the models of its costs, and how much of its trace is written.
    Chip(MachineSnapshot, ModelState, Option<FileMark>),
    /// Of the float twin.
    Float(FloatSnapshot),
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
        let recorder = Recorder::new(vec![Probe::all(network, of.readout, of.variable)], &machine.nodes);
        let costs = Models::new(&machine);
        Ok(Self::Chip { machine, recorder, watched: Vec::new(), retiring: None, costs })
    }

    /// Records `probes` too, in every program from now on; no answer and no bit changes. Of the float twin, nothing.
    pub fn watch(&mut self, probes: Vec<Probe>) {
        if let Self::Chip { machine, recorder, .. } = self {
            let looked_at = recorder.probes().iter().take(1).cloned();
            *recorder = Recorder::new(looked_at.chain(probes).collect(), &machine.nodes);
        }
    }

    /// Writes a trace of every program from now on, once it is open, in place of watching anything; no answer and no bit
    /// changes. Of the float twin, nothing.
    pub fn trace(&mut self, network: &Network, retired: Retired) {
        if let Self::Chip { machine, recorder, retiring, .. } = self {
            let looked_at = recorder.probes().iter().take(1).chain(retired.probes()).cloned();
            *recorder = Recorder::of(network, looked_at.collect(), &machine.nodes);
            retired.follow(network, &machine.nodes, recorder);
            *retiring = Some(Retiring { retired, writing: None, left: None });
        }
    }

    /// The name of the trace's file, where one is written.
    #[must_use]
    pub fn traced(&self) -> Option<&str> {
        match self {
            Self::Chip { retiring: Some(retiring), .. } => Some(&retiring.retired.name),
            _ => None,
        }
    }

    /// Whether the trace in `folder` is what a run left that is now where this engine is.
    ///
    /// # Errors
    /// Where it is not.
    pub fn expect_trace(&self, folder: &Path) -> Result<(), ArrayError> {
        let Self::Chip { machine, retiring: Some(retiring), .. } = self else { return Ok(()) };
        retiring.retired.open(folder, retiring.left, machine.step).map(drop)
    }

    /// Begins the trace in `folder`, or goes on with what a run left that is now where this engine is.
    ///
    /// # Errors
    /// When the file cannot be written, or is not the one that the run left.
    pub fn open_trace(&mut self, folder: &Path) -> Result<(), String> {
        let Self::Chip { machine, retiring: Some(retiring), .. } = self else { return Ok(()) };
        let opened = retiring.retired.open(folder, retiring.left, machine.step);
        retiring.writing = Some(opened.map_err(|error| error.to_string())?);
        Ok(())
    }

    /// Hands what was written of the trace to the system: to be called before a state is saved.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush_trace(&mut self) -> Result<(), String> {
        let Self::Chip { retiring: Some(Retiring { writing: Some(writing), left, .. }), .. } = self else {
            return Ok(());
        };
        *left = Some(writing.flush().map_err(|error| error.to_string())?);
        Ok(())
    }

    /// Ends the trace.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish_trace(&mut self) -> Result<Vec<HashedFile>, String> {
        let Self::Chip { retiring: Some(Retiring { retired, writing, .. }), .. } = self else {
            return Ok(Vec::new());
        };
        let file = writing.take().map(|writing| writing.finish(&retired.name)).transpose();
        file.map(|file| file.into_iter().collect()).map_err(|error| error.to_string())
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
        if let Self::Chip { costs, .. } = self {
            costs.keep_window(steps as usize);
        }
    }

    /// What was seen of its runs in detail; `None` of the float twin.
    #[must_use]
    pub fn detail(&self, network: &Network) -> Option<Detail> {
        match self {
            Self::Chip { machine, costs, .. } => Some(costs.detail(machine, network)),
            Self::Float { .. } => None,
        }
    }

    /// The coming programs belong to `stage`.
    pub fn enter(&mut self, stage: Stage) {
        if let Self::Chip { costs, .. } = self {
            costs.enter(stage);
        }
    }

    /// Runs `program`: the steps of it in which each neuron of the readout fired.
    ///
    /// # Errors
    /// When the chip's run fails.
    pub fn trains(&mut self, program: &[StepEvents], threads: usize) -> Result<Vec<Vec<u32>>, String> {
        match self {
            Self::Chip { machine, recorder, watched, retiring, costs } => {
                let recording = &run((machine, costs, recorder), (watched, retiring), program, threads)?;
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
        program: &[StepEvents],
        steps: Range<usize>,
        outputs: usize,
        threads: usize,
    ) -> Result<Vec<f64>, String> {
        match self {
            Self::Chip { machine, recorder, watched, retiring, costs } => {
                let program = answered(machine, program, recorder, outputs);
                let recording = run((machine, costs, recorder), (watched, retiring), &program, threads)?;
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
            Self::Chip { machine, .. } => {
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
            Self::Chip { machine, costs, retiring, .. } => {
                let left = retiring.as_ref().and_then(|retiring| retiring.left);
                EngineState::Chip(machine.snapshot(), costs.snapshot(), left)
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
            (Self::Chip { machine, costs, retiring, .. }, EngineState::Chip(state, spent, left)) => {
                machine.restore(state)?;
                retiring.iter_mut().for_each(|retiring| retiring.left = left);
                costs.restore(&spent)
            }
            (Self::Float { chip, .. }, EngineState::Float(state)) => chip.restore(state),
            _ => Err("the state is of another simulator".to_owned()),
        }
    }

    /// The chip, where it is one.
    #[must_use]
    pub fn machine(&self) -> Option<&Machine> {
        match self {
            Self::Chip { machine, .. } => Some(machine),
            Self::Float { .. } => None,
        }
    }

    /// Gives the chip away, where it is one.
    #[must_use]
    pub fn into_machine(self) -> Option<Machine> {
        match self {
            Self::Chip { machine, .. } => Some(machine),
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
        match self {
            Self::Chip { costs, .. } => costs.costs(),
            Self::Float { .. } => Costs::default(),
        }
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
        match self {
            Self::Chip { machine, .. } => Some(machine),
            Self::Float { .. } => None,
        }
    }

    /// Fingerprint of `network` and where it is: what decides the bits of a program's run.
    #[must_use]
    pub fn inputs_fingerprint(&self, network: &Network) -> [u8; 32] {
        match self {
            Self::Chip { machine, .. } => checkpoint::inputs_fingerprint(network, &machine.mapping),
            Self::Float { .. } => checkpoint::fingerprint(&("float", network)),
        }
    }

    /// SHA-256 of all weights: store lanes on the chip, real numbers in the twin.
    #[must_use]
    pub fn weights_sha256(&self, network: &Network) -> String {
        let projections = 0..network.projections.len();
        checkpoint::hex(&match self {
            Self::Chip { machine, .. } => {
                let weights: Vec<Vec<i32>> = projections.map(|p| machine.weights(network, p)).collect();
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
fn answered<'p>(
    machine: &Machine,
    program: &'p [StepEvents],
    recorder: &Recorder,
    outputs: usize,
) -> Cow<'p, [StepEvents]> {
    let readout = recorder.probes().first().map(|probe| probe.target as u16);
    let leave = machine.chip.host.answers.bits().is_some() && outputs > 0;
    let mut program = Cow::Borrowed(program);
    if leave && !program.is_empty() {
        program.to_mut().last_mut().into_iter().for_each(|last| last.reads.extend(readout));
    }
    program
}

/// A trace that an engine writes.
pub struct Retiring {
    retired: Retired,
    writing: Option<Writing>,
    /// What was in its file when it was flushed last.
    left: Option<FileMark>,
}

/// Runs `program`: what is looked at of it. What else is recorded goes to what is watched, or to the trace.
fn run(
    (machine, costs, recorder): (&mut Machine, &mut Models, &mut Recorder),
    (watched, retiring): (&mut Vec<Vec<Recording>>, &mut Option<Retiring>),
    program: &[StepEvents],
    threads: usize,
) -> Result<Recording, String> {
    let options = RunOptions { threads, interrupt: None };
    let Some(Retiring { retired, writing: Some(writing), .. }) = retiring else {
        costs.run(machine, program, options, recorder)?;
        return Ok(looked_at(recorder, watched));
    };
    let mut shown = Recording::default();
    for part in program.chunks(retired.chunk()) {
        costs.run(machine, part, options, recorder)?;
        let (mut recordings, changes) = (recorder.take(), recorder.take_changes());
        retired.write(writing, &recordings[1..], &changes).map_err(|error| error.to_string())?;
        let own = recordings.swap_remove(0);
        shown.columns = own.columns;
        shown.steps.extend(own.steps);
        shown.values.extend(own.values);
    }
    Ok(shown)
}

/// What the first probe recorded; what the others did goes to `watched`.
fn looked_at(recorder: &mut Recorder, watched: &mut Vec<Vec<Recording>>) -> Recording {
    let mut recordings = recorder.take();
    let others = recordings.split_off(1);
    if !others.is_empty() {
        watched.push(others);
    }
    recordings.swap_remove(0)
}

/// Adds a band under the last one; its first neuron in the raster.
fn band(raster: &mut Raster, name: &str, neurons: u32) -> u32 {
    let first = raster.neurons;
    raster.bands.push(Band { name: name.to_owned(), first, neurons });
    raster.neurons += neurons;
    first
}
