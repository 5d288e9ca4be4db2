//! The one cell of a simulation: runs in chunks, records, resumable at every step.
//!
//! Promises: files are written as the run goes, and do not depend on where it was interrupted; what stays in memory is the
//! chip, the events of stimulus files and what a chunk of steps recorded.
//! Absent on purpose: what the run cost, in words (`run`).

use super::file::Simulate;
use super::inputs;
use super::outputs;
use super::probes::{self, Probes};
use super::recorded::Recorded;
use super::samples::{Answers, Samples};
use super::stimuli::Stimuli;
use crate::experiment::decides::Decides;
use crate::experiment::hashed::HashedFile;
use crate::experiment::origin::Origin;
use crate::experiment::pool::{CellContext, Outcome, Progress, Work};
use crate::experiment::portable::{Portable, Taken};
use crate::experiment::reference::{self, Opened};
use crate::experiment::retired::{Retired, Writing};
use crate::formats::ArrayError;
use crate::formats::mark::FileMark;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Instant;
use synfire_chip::chip::Chip;
use synfire_chip::cost::detail::Detail;
use synfire_chip::cost::memory::CoreMemory;
use synfire_chip::cost::models::Models;
use synfire_chip::cost::stage::{Costs, Stage};
use synfire_chip::files::{Diagnostic, Diagnostics, NetworkOverrides};
use synfire_chip::network::{Network, Synapses};
use synfire_chip::run::checkpoint::{self, MachineSnapshot, ModelState};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_chip::run::program::{Program, StepEvents};
use synfire_chip::warnings::warnings;
use synfire_core::synapse::WeightLanes;

/// Steps that are run at a time.
const CHUNK: u64 = 64;

/// Everything that a cell needs to go on.
#[derive(Serialize, Deserialize)]
pub struct CellState {
    machine: MachineSnapshot,
    costs: ModelState,
    progress: Gathered,
}

/// What a run gathered so far.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Gathered {
    recorded: Vec<Recorded>,
    answers: Answers,
    wall_seconds: f64,
    /// Weights that were written on the way.
    written: Vec<HashedFile>,
    /// How much of the trace is written.
    trace: Option<FileMark>,
}

/// What a simulation leaves beside its files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// Name and seed of the network.
    pub network: (String, u32),
    /// Neurons and synapses.
    pub size: (u64, u64),
    /// What it cost: training where the samples are learned from, inference elsewhere.
    pub costs: Costs,
    /// What was seen of it in detail.
    #[serde(default)]
    pub detail: Box<Detail>,
    /// Memory of each core in use.
    pub memory: Vec<CoreMemory>,
    /// Events that full axons merged.
    pub merged_events: u64,
    /// When answers are read, or why there are none; a sentence.
    #[serde(default)]
    pub answering: Option<String>,
    /// Answer of each sample, where there is a readout and its label cannot have reached it.
    pub answers: Vec<u32>,
    /// Label of each sample, where there are labels.
    pub labels: Vec<u8>,
    /// Wall time, from the first step.
    pub wall_seconds: f64,
    /// SHA-256 of everything that decides the run, as it was loaded.
    pub inputs_sha256: String,
    /// The files among it, relative to the experiment's folder.
    pub inputs: Vec<HashedFile>,
    /// Files written.
    pub outputs: Vec<HashedFile>,
}

/// A simulation: its network; all else is loaded with its one cell.
pub struct Task {
    /// The file's settings.
    pub settings: Simulate,
    /// The chip.
    pub chip: Chip,
    /// The seed in use: the network's, or the one that was asked for.
    pub seed: u32,
    /// What decides its results.
    pub decides: Decides,
    opened: Opened,
    /// What was read, until a cell takes it.
    loaded: Mutex<Option<Loaded>>,
}

/// What the files of a simulation hold.
struct Loaded {
    network: Network,
    stimuli: Stimuli,
    samples: Option<Samples>,
    files: Vec<PathBuf>,
}

impl Task {
    /// Loads the network; `seed` stands in place of its own.
    ///
    /// # Errors
    /// With what is wrong with it, or with the steps.
    pub fn new(
        settings: Simulate,
        chip: Chip,
        opened: Opened,
        seed: Option<u32>,
    ) -> Result<Self, Diagnostics> {
        if settings.steps == 0 || settings.steps > u64::from(u32::MAX) {
            let found = settings.steps.to_string();
            let origin = Origin::new(&opened);
            return Err(origin.refuse("steps", "`steps` is out of range", &found, "1..=4294967295"));
        }
        let loaded = load(&settings, &chip, &opened, seed)?;
        let seed = loaded.network.seed;
        let decides = deciding(&settings, &chip, &opened, &loaded);
        Ok(Self { settings, chip, seed, decides, opened, loaded: Mutex::new(Some(loaded)) })
    }

    /// What the files hold: the first time what [`Task::new`] loaded.
    fn loaded(&self) -> Result<Loaded, Diagnostics> {
        let kept = self.loaded.lock().ok().and_then(|mut loaded| loaded.take());
        kept.map_or_else(|| load(&self.settings, &self.chip, &self.opened, Some(self.seed)), Ok)
    }
}

/// What decides the results.
fn deciding(settings: &Simulate, chip: &Chip, opened: &Opened, loaded: &Loaded) -> Decides {
    let labels = loaded.samples.as_ref().map(|samples| &samples.labels);
    Decides::default()
        .with("settings", &(format!("{settings:?}"), opened.step_rows))
        .with("chip", chip)
        .with("network", &loaded.network)
        .with("data", &(loaded.stimuli.data(), labels))
}

fn load(settings: &Simulate, chip: &Chip, opened: &Opened, seed: Option<u32>) -> Result<Loaded, Diagnostics> {
    let overrides = NetworkOverrides { seed, ..NetworkOverrides::default() };
    let (network, mut files) = reference::network_and_files(&settings.network, opened, chip, &overrides)?;
    let origin = Origin::new(opened);
    let schedule = Samples::new(settings, &network, &origin)?;
    let (stimuli, read) = inputs::load(settings, &network, &origin)?;
    files.extend(read);
    let samples = schedule.map(|(mut samples, read)| {
        files.extend(read);
        if stimuli.learn() {
            samples.learned_by_file();
        }
        samples
    });
    Ok(Loaded { network, stimuli, samples, files })
}

/// What happens in a step.
fn events(stimuli: &Stimuli, samples: Option<&Samples>, step: u64) -> StepEvents {
    let step = step as u32;
    let mut events = stimuli.events(step);
    if let Some(samples) = samples {
        // What a file says comes after what the schedule says.
        let of_files = std::mem::take(&mut events.control);
        samples.control(step, &mut events.control);
        events.control.extend(of_files);
    }
    events
}

impl Task {
    /// The machine of `network`, told of the largest currents.
    fn machine(&self, network: &Network, stimuli: &Stimuli) -> Result<Machine, Diagnostics> {
        let origin = Origin::new(&self.opened);
        let mut machine = Machine::new(network, &self.chip).map_err(|error| {
            let problem = reference::misfit(&self.settings.network, &self.opened, Vec::new(), &error);
            let place = problem.place.clone().or_else(|| origin.at("network", "").place);
            Diagnostics::from(Diagnostic { place, ..problem })
        })?;
        announce_currents(stimuli, network, &mut machine, &origin)?;
        Ok(machine)
    }

    /// The chip and what comes in.
    ///
    /// # Errors
    /// With what is wrong.
    pub(super) fn portable(&self, what: Taken) -> Result<Portable<'_>, Diagnostics> {
        if what.trained {
            let problem = Diagnostic::new("a simulation has no training of its own");
            let allowed =
                "its weights before the first step; a run writes those after any step (`record: [Weights]`)";
            return Err(problem.noted("allowed", allowed).into());
        }
        let Loaded { network, stimuli, samples, .. } = self.loaded()?;
        let machine = self.machine(&network, &stimuli)?;
        let events = Box::new(move |step| events(&stimuli, samples.as_ref(), step));
        let stimulus = "the stimuli and control events of the simulation".to_owned();
        Ok(Portable { network, machine, steps: self.settings.steps, events, stimulus })
    }
}

/// A simulation at work.
pub struct Cell<'a> {
    settings: &'a Simulate,
    network: Network,
    size: (u64, u64),
    machine: Machine,
    costs: Models,
    stimuli: Stimuli,
    samples: Option<Samples>,
    probes: Probes,
    recorder: Recorder,
    retired: Option<Retired>,
    /// How much of the trace the state that was put in place has.
    left: Option<FileMark>,
    /// Where the recordings of that state end.
    recorded: Option<Vec<Recorded>>,
    inputs: Vec<HashedFile>,
    fingerprint: [u8; 32],
    warnings: Vec<String>,
}

impl<'a> Cell<'a> {
    /// Loads, checks, maps, builds.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(task: &'a Task) -> Result<Self, Diagnostics> {
        let Task { settings, opened, .. } = task;
        let origin = Origin::new(opened);
        let Loaded { mut network, stimuli, samples, files } = task.loaded()?;
        let probes = probes::resolve(settings, &network, &origin)?;
        let machine = task.machine(&network, &stimuli)?;
        let mut list: Vec<Probe> = probes.registers.iter().map(|p| p.probe.clone()).collect();
        if let Some(readout) = samples.as_ref().and_then(|s| s.readout) {
            list.push(Probe::all(&network, readout, Variable::Compared));
        }
        let retired = settings.trace.as_ref();
        let retired = retired
            .map(|file| Retired::new(("trace", file), &network, settings.steps, "retire", &origin))
            .transpose()?;
        list.extend(retired.iter().flat_map(Retired::probes).cloned());
        let mut recorder = Recorder::of(&network, list, &machine.nodes);
        retired.iter().for_each(|retired| retired.follow(&network, &machine.nodes, &mut recorder));
        let mut costs = Models::new(&machine);
        costs.keep_window(opened.step_rows as usize);
        let learns = samples.as_ref().is_some_and(Samples::learn) || stimuli.learn();
        costs.enter(if learns { Stage::Training } else { Stage::Inference });
        let inputs = hash_inputs(opened, &files)?;
        let whole = checkpoint::inputs_fingerprint(&network, &machine.mapping);
        let fingerprint = checkpoint::fingerprint(&(whole, &task.decides));
        let neurons = network.populations.iter().map(|p| u64::from(p.neurons)).sum();
        let size = (neurons, network.synapses());
        let warnings = warnings(&network);
        drop_weights(&mut network, &probes);
        Ok(Self {
            settings,
            network,
            size,
            machine,
            costs,
            stimuli,
            samples,
            probes,
            recorder,
            retired,
            left: None,
            recorded: None,
            inputs,
            fingerprint,
            warnings,
        })
    }

    /// The files of the recordings, begun, or as the state that was put in place left them.
    fn recordings(&self, out: &Path) -> Result<Vec<outputs::Recording>, ArrayError> {
        let files = self.probes.registers.iter().enumerate().map(|(at, probe)| {
            let left = self.recorded.as_ref().and_then(|recorded| recorded.get(at));
            outputs::Recording::open(out, probe, self.settings.write, left)
        });
        files.collect()
    }

    fn program(&self, from: u64, until: u64) -> Program {
        (from..until).map(|step| events(&self.stimuli, self.samples.as_ref(), step)).collect()
    }

    /// First step after `from` at which a chunk must end.
    fn chunk_end(&self, from: u64) -> u64 {
        let weights = self.probes.weights.iter().flat_map(|probe| probe.after.iter().copied());
        let end = weights.filter(|step| *step > from).min().unwrap_or(u64::MAX);
        let chunk = self.retired.as_ref().map_or(CHUNK, |retired| CHUNK.min(retired.chunk() as u64));
        end.min(from + chunk).min(self.settings.steps)
    }

    /// Writes the weights that are asked for after `step` steps; they are `written` then.
    fn write_weights(&self, out: &Path, step: u64, written: &mut Vec<HashedFile>) -> Result<(), String> {
        for probe in self.probes.weights.iter().filter(|probe| probe.after.contains(&step)) {
            let name = format!("{}.{step}.npy", probe.stem);
            let values = self.machine.weights(&self.network, probe.projection);
            let file = outputs::weights(out, &name, &self.network, probe.projection, &values);
            written.push(file.map_err(|e| e.to_string())?);
        }
        Ok(())
    }

    /// Runs one chunk and gathers what it recorded; answers with how many steps were run.
    fn advance(
        &mut self,
        gathered: &mut Gathered,
        (recordings, trace): (&mut [outputs::Recording], &mut Option<Writing>),
        context: &CellContext<'_, CellState>,
    ) -> Result<usize, String> {
        let from = self.machine.step;
        let program = self.program(from, self.chunk_end(from));
        let options = RunOptions { threads: context.threads, interrupt: Some(context.interrupt) };
        let Self { machine, recorder, costs, .. } = &mut *self;
        let ran = costs.run(machine, &program, options, recorder)?;
        let (chunks, changes) = (self.recorder.take(), self.recorder.take_changes());
        if let (Some(retired), Some(trace)) = (&self.retired, trace) {
            let first = chunks.len() - retired.probes().len();
            retired.write(trace, &chunks[first..], &changes).map_err(|e| e.to_string())?;
        }
        if let (Some(samples), Some(shown)) = (&self.samples, chunks.get(self.probes.registers.len()))
            && samples.readout.is_some()
        {
            samples.decide(shown, &mut gathered.answers);
        }
        let shown = self.probes.registers.iter().zip(&chunks);
        for (file, (probe, chunk)) in recordings.iter_mut().zip(shown) {
            file.append(probe, chunk).map_err(|e| e.to_string())?;
        }
        // Interrupted before its first step, a chunk ends where the one before it did.
        if ran > 0 {
            self.write_weights(context.out, self.machine.step, &mut gathered.written)?;
        }
        Ok(ran)
    }

    /// Puts a state in place; what was gathered until then.
    fn restore(&mut self, state: CellState) -> Result<Gathered, String> {
        self.machine.restore(state.machine)?;
        self.costs.restore(&state.costs)?;
        let (recorded, probes) = (&state.progress.recorded, &self.probes.registers);
        let same = recorded.iter().zip(probes).all(|(found, probe)| {
            found.is_of(probe, self.machine.step, outputs::names(probe, self.settings.write).count())
        });
        if recorded.len() != probes.len() || !same {
            return Err("recordings of other probes".to_owned());
        }
        self.left = state.progress.trace;
        self.recorded = Some(state.progress.recorded.clone());
        Ok(state.progress)
    }

    fn finish(&self, out: &Path, gathered: Gathered) -> Result<CellResult, String> {
        let mut written = gathered.written;
        let labels = self.samples.as_ref().map_or(Vec::new(), |samples| samples.labels.clone());
        if !gathered.answers.given.is_empty() {
            let file = outputs::answers(out, &gathered.answers, &labels);
            written.push(file.map_err(|e| e.to_string())?);
        }
        // Weights were written step by step; they are listed probe by probe.
        let order: BTreeMap<String, usize> = self.outputs().into_iter().zip(0..).collect();
        written.sort_by_key(|file| order.get(&file.file).copied());
        Ok(CellResult {
            network: (self.network.name.clone(), self.network.seed),
            size: self.size,
            costs: self.costs.costs(),
            detail: Box::new(self.costs.detail(&self.machine, &self.network)),
            memory: self.machine.memory(),
            merged_events: self.machine.merged_events(),
            answering: self.samples.as_ref().and_then(Samples::answering),
            answers: gathered.answers.given,
            labels,
            wall_seconds: gathered.wall_seconds,
            inputs_sha256: checkpoint::hex(&self.fingerprint),
            inputs: self.inputs.clone(),
            outputs: written,
        })
    }
}

/// The machine must know the largest currents before they come.
fn announce_currents(
    stimuli: &Stimuli,
    network: &Network,
    machine: &mut Machine,
    origin: &Origin,
) -> Result<(), Diagnostics> {
    for (index, population) in network.populations.iter().enumerate() {
        let largest = stimuli.largest_current(index);
        machine.announce_currents(network, index, largest).map_err(|most| {
            let title = format!("currents of `{}` can overflow its dendritic sums", population.name);
            let found = format!("magnitudes up to {largest} in one step");
            origin.refuse("stimuli", &title, &found, &format!("up to {most} beside its synapses"))
        })?;
    }
    Ok(())
}

/// After the cores are built, only weights that a probe asks for need their place in the network.
fn drop_weights(network: &mut Network, probes: &Probes) {
    for (index, projection) in network.projections.iter_mut().enumerate() {
        if probes.weights.iter().all(|probe| probe.projection != index) {
            projection.synapses = Synapses::Dense { weights: WeightLanes::I8(Vec::new()) };
        }
    }
}

fn hash_inputs(opened: &Opened, files: &[PathBuf]) -> Result<Vec<HashedFile>, Diagnostics> {
    let folder = opened.folder.clone().unwrap_or_default();
    let name = Path::new(opened.name()).file_name().map_or_else(String::new, |n| n.to_string_lossy().into());
    let text = checkpoint::hex(&Sha256::digest(&opened.file.text).into());
    let mut inputs = vec![HashedFile { file: name, sha256: text }];
    for path in files {
        let file = path.strip_prefix(&folder).unwrap_or(path).display().to_string();
        let hashed = HashedFile::new(file, path);
        inputs.push(hashed.map_err(|e| {
            Diagnostics::from(Diagnostic::new(format!("cannot read `{}`: {e}", path.display())))
        })?);
    }
    Ok(inputs)
}

impl Work for Cell<'_> {
    type State = CellState;
    type Result = CellResult;

    fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    fn outputs(&self) -> Vec<String> {
        let recordings = self.probes.registers.iter();
        let recordings = recordings.flat_map(|probe| outputs::names(probe, self.settings.write));
        let weights = self.probes.weights.iter();
        let weights =
            weights.flat_map(|probe| probe.after.iter().map(|step| format!("{}.{step}.npy", probe.stem)));
        let answers = self.samples.as_ref().filter(|samples| samples.readout.is_some());
        let trace = self.retired.iter().map(|retired| retired.name.clone());
        recordings.chain(weights).chain(answers.map(|_| "answers.csv".to_owned())).chain(trace).collect()
    }

    fn written(state: &CellState) -> &[HashedFile] {
        &state.progress.written
    }

    fn left(result: &CellResult) -> &[HashedFile] {
        &result.outputs
    }

    fn units(&self) -> u64 {
        self.settings.steps
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn describe(result: &CellResult) -> String {
        let whole = result.costs.whole();
        format!("{} spikes in {} steps", whole.counts.core.spikes, whole.elapsed.steps)
    }

    fn fits(&mut self, state: CellState) -> Result<(), String> {
        self.restore(state).map(drop)
    }

    fn goes_on(&self, out: &Path) -> Result<(), ArrayError> {
        let open = |retired: &Retired| retired.open(out, self.left, self.machine.step).map(drop);
        self.retired.as_ref().map_or(Ok(()), open)?;
        self.recordings(out).map(drop)
    }

    fn run(
        &mut self,
        state: Option<CellState>,
        context: &CellContext<'_, CellState>,
    ) -> Result<Outcome<CellState, CellResult>, String> {
        let started = Instant::now();
        let mut gathered = match state {
            Some(state) => self.restore(state)?,
            None => {
                let mut gathered = Gathered::default();
                self.write_weights(context.out, 0, &mut gathered.written)?;
                gathered
            }
        };
        let open = |retired: &Retired| retired.open(context.out, gathered.trace, self.machine.step);
        let mut trace = self.retired.as_ref().map(open).transpose().map_err(|e| e.to_string())?;
        let mut recordings = self.recordings(context.out).map_err(|e| e.to_string())?;
        let before = gathered.wall_seconds;
        let mut saved = Instant::now();
        while self.machine.step < self.settings.steps {
            let ran = self.advance(&mut gathered, (&mut recordings, &mut trace), context)?;
            gathered.wall_seconds = before + started.elapsed().as_secs_f64();
            let message = format!("step {}", self.machine.step);
            (context.progress)(Progress { units: ran as u64, message: &message });
            let stop = context.interrupt.load(Ordering::Relaxed) && self.machine.step < self.settings.steps;
            if stop || saved.elapsed() >= context.save_every {
                // What a state has seen is in the file before the state is.
                gathered.trace = trace.as_mut().map(Writing::flush).transpose().map_err(|e| e.to_string())?;
                let ends = recordings.iter_mut().map(outputs::Recording::flush).collect::<Result<_, _>>();
                gathered.recorded = ends.map_err(|e| e.to_string())?;
                let (machine, costs) = (self.machine.snapshot(), self.costs.snapshot());
                let state = CellState { machine, costs, progress: gathered };
                if stop {
                    return Ok(Outcome::Interrupted(Box::new(state)));
                }
                (context.save)(&state);
                gathered = state.progress;
                saved = Instant::now();
            }
        }
        for recording in recordings {
            gathered.written.extend(recording.finish(context.out).map_err(|e| e.to_string())?);
        }
        if let (Some(retired), Some(trace)) = (&self.retired, trace) {
            gathered.written.push(trace.finish(&retired.name).map_err(|e| e.to_string())?);
        }
        Ok(Outcome::Finished(Box::new(self.finish(context.out, gathered)?)))
    }
}
