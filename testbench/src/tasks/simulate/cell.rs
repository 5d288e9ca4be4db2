//! The one cell of a simulation: runs in chunks, records, resumable at every step.
//!
//! Promises: files are written as the run goes, and do not depend on where it was interrupted; what stays in memory is the
//! chip, the events of stimulus files and what a chunk of steps recorded.
//! Absent on purpose: what the run cost, in words (`run`).

use super::file::Simulate;
use super::inputs;
use super::outputs;
use super::samples::{Answers, Samples};
use super::stimuli::Stimuli;
use crate::experiment::decides::Decides;
use crate::experiment::effort;
use crate::experiment::hashed::HashedFile;
use crate::experiment::origin::Origin;
use crate::experiment::pool::{CellContext, Outcome, Progress, Work};
use crate::experiment::portable::{Portable, Taken};
use crate::experiment::record::observed::Observed;
use crate::experiment::record::records::{Records, RecordsLeft, Stated};
use crate::experiment::reference::{self, Opened};
use crate::formats::ArrayError;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Instant;
use synfire_chip::chip::Chip;
use synfire_chip::cost::detail::Detail;
use synfire_chip::cost::memory::CoreMemory;
use synfire_chip::cost::stage::{Costs, Stage};
use synfire_chip::files::{Diagnostic, Diagnostics, NetworkOverrides};
use synfire_chip::network::{Network, Synapses};
use synfire_chip::run::checkpoint::{self, MachineSnapshot, ModelState};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Variable};
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
    /// How far the files had come.
    records: Option<RecordsLeft>,
    progress: Gathered,
}

/// What a run gathered so far.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Gathered {
    answers: Answers,
    wall_seconds: f64,
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
    /// How much work all its cells are expected to be.
    pub effort: f64,
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
        let effort = settings.steps as f64 * effort::of_step(&loaded.network, &chip);
        Ok(Self { settings, chip, seed, decides, effort, opened, loaded: Mutex::new(Some(loaded)) })
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
    observed: Observed,
    stimuli: Stimuli,
    samples: Option<Samples>,
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
        let stated =
            Stated { probes: &settings.probes, write: settings.write, trace: settings.trace.as_ref() };
        let records = Records::new(stated, true, &network, settings.steps, &origin)?;
        let machine = task.machine(&network, &stimuli)?;
        let readout = samples.as_ref().and_then(|samples| samples.readout);
        let own = readout.map(|readout| Probe::all(&network, readout, Variable::Compared));
        let keeps: Vec<bool> = (0..network.projections.len()).map(|of| records.has_weights_of(of)).collect();
        let mut observed = Observed::new(&network, machine, own.into_iter().collect());
        observed.record(&network, records);
        observed.keep_steps(opened.step_rows);
        let Observed { machine, costs, .. } = &mut observed;
        let learns = samples.as_ref().is_some_and(Samples::learn) || stimuli.learn();
        costs.enter(if learns { Stage::Training } else { Stage::Inference });
        let inputs = hash_inputs(opened, &files)?;
        let whole = checkpoint::inputs_fingerprint(&network, &machine.mapping);
        let fingerprint = checkpoint::fingerprint(&(whole, &task.decides));
        let neurons = network.populations.iter().map(|p| u64::from(p.neurons)).sum();
        let size = (neurons, network.synapses());
        let warnings = warnings(&network);
        drop_weights(&mut network, &keeps);
        Ok(Self { settings, network, size, observed, stimuli, samples, inputs, fingerprint, warnings })
    }

    fn program(&self, from: u64, until: u64) -> Program {
        (from..until).map(|step| events(&self.stimuli, self.samples.as_ref(), step)).collect()
    }

    /// Runs one chunk and gathers its answers; how many steps were run.
    fn advance(
        &mut self,
        gathered: &mut Gathered,
        context: &CellContext<'_, CellState>,
    ) -> Result<usize, String> {
        let from = self.observed.machine.step;
        let chunk = CHUNK.min(self.observed.chunk() as u64);
        let program = self.program(from, (from + chunk).min(self.settings.steps));
        let options = RunOptions { threads: context.threads, interrupt: Some(context.interrupt) };
        let shown = self.observed.run(&self.network, &program, options)?;
        if let (Some(samples), Some(readout)) = (&self.samples, shown.recordings.first()) {
            samples.decide(readout, &mut gathered.answers);
        }
        Ok(shown.ran)
    }

    /// Puts a state in place; what was gathered until then.
    fn restore(&mut self, state: CellState) -> Result<Gathered, String> {
        self.observed.machine.restore(state.machine)?;
        self.observed.costs.restore(&state.costs)?;
        self.observed.restore(state.records)?;
        Ok(state.progress)
    }

    fn finish(&mut self, out: &Path, gathered: Gathered) -> Result<CellResult, String> {
        let mut written = self.observed.finish()?;
        let labels = self.samples.as_ref().map_or(Vec::new(), |samples| samples.labels.clone());
        if !gathered.answers.given.is_empty() {
            let file = outputs::answers(out, &gathered.answers, &labels);
            written.push(file.map_err(|e| e.to_string())?);
        }
        let Observed { machine, costs, .. } = &self.observed;
        Ok(CellResult {
            network: (self.network.name.clone(), self.network.seed),
            size: self.size,
            costs: costs.costs(),
            detail: Box::new(costs.detail(machine, &self.network)),
            memory: machine.memory(),
            merged_events: machine.merged_events(),
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
fn drop_weights(network: &mut Network, keeps: &[bool]) {
    for (projection, keeps) in network.projections.iter_mut().zip(keeps) {
        if !keeps {
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
        let hashed = opened.shared.hashed(file, path);
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
        let answers = self.samples.as_ref().filter(|samples| samples.readout.is_some());
        let answers = answers.map(|_| "answers.csv".to_owned());
        self.observed.files().into_iter().chain(answers).collect()
    }

    fn written(state: &CellState) -> &[HashedFile] {
        state.records.as_ref().map_or(&[], |records| &records.written)
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
        self.observed.expect_files(out)
    }

    fn run(
        &mut self,
        state: Option<CellState>,
        context: &CellContext<'_, CellState>,
    ) -> Result<Outcome<CellState, CellResult>, String> {
        let started = Instant::now();
        let mut gathered = state.map_or_else(|| Ok(Gathered::default()), |state| self.restore(state))?;
        self.observed.open(context.out, &self.network)?;
        let before = gathered.wall_seconds;
        let mut saved = Instant::now();
        while self.observed.machine.step < self.settings.steps {
            let ran = self.advance(&mut gathered, context)?;
            gathered.wall_seconds = before + started.elapsed().as_secs_f64();
            let step = self.observed.machine.step;
            (context.progress)(Progress { units: ran as u64, message: &format!("step {step}") });
            let stop = context.interrupt.load(Ordering::Relaxed) && step < self.settings.steps;
            if stop || saved.elapsed() >= context.save_every {
                // What a state has seen is in the files before the state is.
                self.observed.flush()?;
                let Observed { machine, costs, .. } = &self.observed;
                let (machine, costs) = (machine.snapshot(), costs.snapshot());
                let records = self.observed.left().cloned();
                let state = CellState { machine, costs, records, progress: gathered };
                if stop {
                    return Ok(Outcome::Interrupted(Box::new(state)));
                }
                (context.save)(&state);
                gathered = state.progress;
                saved = Instant::now();
            }
        }
        Ok(Outcome::Finished(Box::new(self.finish(context.out, gathered)?)))
    }
}
