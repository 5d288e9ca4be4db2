//! The one cell of a simulation: runs in chunks, records, resumable at every step.

use super::inputs::Stimuli;
use super::outputs;
use super::probes::{self, Probes};
use crate::experiment::file::Simulate;
use crate::experiment::labelled;
use crate::experiment::pool::{CellContext, Outcome, Progress, Work};
use crate::experiment::reference::{self, Opened};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;
use synfire_chip::checkpoint::{self, MachineSnapshot};
use synfire_chip::chip::Chip;
use synfire_chip::counters::NodeCounts;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::machine::{Machine, RunOptions};
use synfire_chip::memory::CoreMemory;
use synfire_chip::network::Network;
use synfire_chip::probe::{Probe, Recorder, Recording, Variable};
use synfire_chip::program::{Control, Program};
use synfire_chip::time::Elapsed;

/// Steps that are run at a time.
const CHUNK: u64 = 64;

/// Labels and targets of consecutive samples.
struct Labels {
    labels: Vec<u8>,
    first_channel: u16,
    classes: u16,
    right: i32,
    wrong: i32,
}

/// Everything that a cell needs to go on.
#[derive(Serialize, Deserialize)]
pub struct CellState {
    machine: MachineSnapshot,
    recorded: Vec<(Vec<u64>, Vec<i32>)>,
    sums: Vec<i64>,
    answers: Vec<u32>,
    wall_seconds: f64,
}

/// What a simulation leaves beside its files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// Counts.
    pub counts: NodeCounts,
    /// Simulated time.
    pub elapsed: Elapsed,
    /// Cores in use.
    pub cores: usize,
    /// Memory of each.
    pub memory: Vec<[u64; 12]>,
    /// Events that full axons merged.
    pub merged_events: u64,
    /// Answer of each sample, where labels were given.
    pub answers: Vec<u32>,
    /// Label of each sample.
    pub labels: Vec<u8>,
    /// Synapses of the network.
    pub synapses: u64,
    /// Wall time.
    pub wall_seconds: f64,
    /// SHA-256 of the network as loaded, its mapping, and every stimulus file.
    pub inputs_sha256: String,
}

/// A simulation at work.
pub struct Cell<'a> {
    settings: &'a Simulate,
    out: PathBuf,
    network: Network,
    machine: Machine,
    stimuli: Stimuli,
    probes: Probes,
    recorder: Recorder,
    labels: Option<Labels>,
    fingerprint: [u8; 32],
}

fn problem(text: impl Into<String>) -> Diagnostics {
    Diagnostics::from(Diagnostic::new(text.into()))
}

impl<'a> Cell<'a> {
    /// Loads, checks, maps, builds.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(
        settings: &'a Simulate,
        chip: &Chip,
        opened: &Opened,
        seed: Option<u32>,
        out: &Path,
    ) -> Result<Self, Diagnostics> {
        let network = reference::network(&settings.network, opened, chip, seed)?;
        let stimuli = Stimuli::load(settings, &network, opened)?;
        let probes = probes::resolve(settings, &network)?;
        let labels = labels(settings, &network, opened)?;
        let machine =
            Machine::new(&network, chip).map_err(|e| problem(format!("{}: {e}", settings.network)))?;
        let mut list: Vec<Probe> = probes.registers.iter().map(|(_, probe)| probe.clone()).collect();
        if let Some(readout) = settings.samples.as_ref().and_then(|s| s.readout.as_deref()) {
            let index = network.population(readout).unwrap_or(0);
            list.push(Probe::all(&network, index, Variable::Compared));
        }
        let recorder = Recorder::new(list, &machine.nodes);
        let mut contents = Vec::new();
        for path in &stimuli.files {
            let bytes = std::fs::read(path).map_err(|e| problem(format!("{}: {e}", path.display())))?;
            contents.push(checkpoint::fingerprint(&bytes));
        }
        let inputs = checkpoint::inputs_fingerprint(&network, &machine.mapping);
        let fingerprint = checkpoint::fingerprint(&(inputs, contents, format!("{settings:?}")));
        let out = out.to_owned();
        Ok(Self { settings, out, network, machine, stimuli, probes, recorder, labels, fingerprint })
    }

    fn program(&self, from: u64, until: u64) -> Program {
        let event = |step| {
            let mut events = self.stimuli.events(step);
            if let Some(samples) = &self.settings.samples {
                let (sample, within) = (step / u64::from(samples.steps), step % u64::from(samples.steps));
                if within == 0 {
                    if samples.clear {
                        events.control.push(Control::Clear);
                    }
                    events.control.push(Control::Learn(false));
                    self.targets(sample, &mut events.control);
                }
                if samples.learn_from.is_some_and(|from| u64::from(from) == within) {
                    events.control.push(Control::Learn(true));
                }
            }
            events
        };
        (from..until).map(event).collect()
    }

    fn targets(&self, sample: u64, control: &mut Vec<Control>) {
        let Some(labels) = &self.labels else { return };
        let Some(label) = labels.labels.get(sample as usize) else { return };
        for class in 0..labels.classes {
            let value = if class == u16::from(*label) { labels.right } else { labels.wrong };
            control.push(Control::Target { channel: labels.first_channel + class, value });
        }
    }

    /// First step after `from` at which a chunk must end.
    fn chunk_end(&self, from: u64) -> u64 {
        let weights = self.probes.weights.iter().flat_map(|(_, steps)| steps.iter().copied());
        let end = weights.filter(|step| *step > from).min().unwrap_or(u64::MAX);
        end.min(from + CHUNK).min(self.settings.steps)
    }

    fn write_weights(&self, step: u64) -> Result<(), String> {
        for (projection, steps) in &self.probes.weights {
            if steps.contains(&step) {
                let name = format!("{}.weights.{step}.npy", self.network.projections[*projection].name);
                let values = self.machine.weights(&self.network, *projection);
                let path = self.out.join(name);
                outputs::weights(&path, &self.network, *projection, &values)
                    .map_err(|e| format!("{}: {e}", path.display()))?;
            }
        }
        Ok(())
    }

    /// Adds what the readout showed to the sums of its sample, and answers where a sample ended.
    fn decide(&self, shown: &Recording, state: &mut CellState) {
        let Some(samples) = &self.settings.samples else { return };
        for (row, step) in shown.steps.iter().enumerate() {
            let within = step % u64::from(samples.steps);
            if within == 0 {
                state.sums = vec![0; shown.columns];
            }
            if within >= u64::from(samples.learn_from.unwrap_or(0)) {
                state.sums.iter_mut().zip(shown.row(row)).for_each(|(sum, u)| *sum += i64::from(*u));
            }
            if within + 1 == u64::from(samples.steps) {
                let answer = (0..state.sums.len()).rev().max_by_key(|class| state.sums[*class]).unwrap_or(0);
                state.answers.push(answer as u32);
            }
        }
    }

    fn finish(&mut self, state: CellState) -> Result<CellResult, String> {
        for ((stem, probe), (steps, values)) in self.probes.registers.iter().zip(state.recorded) {
            let recording = Recording { steps, columns: probe.neurons.len(), values };
            outputs::recording(&self.out, stem, probe.variable, &probe.neurons, &recording)
                .map_err(|e| format!("{}/{stem}: {e}", self.out.display()))?;
        }
        Ok(CellResult {
            counts: self.machine.counts(),
            elapsed: self.machine.elapsed,
            cores: self.machine.nodes.len(),
            memory: self.machine.memory().iter().map(CoreMemory::values).collect(),
            merged_events: self.machine.merged_events(),
            answers: state.answers,
            labels: self.labels.as_ref().map_or(Vec::new(), |l| l.labels.clone()),
            synapses: self.network.synapses(),
            wall_seconds: state.wall_seconds,
            inputs_sha256: checkpoint::hex(&self.fingerprint),
        })
    }
}

fn labels(settings: &Simulate, network: &Network, opened: &Opened) -> Result<Option<Labels>, Diagnostics> {
    let Some(samples) = &settings.samples else { return Ok(None) };
    if samples.steps == 0 {
        return Err(problem("`samples.steps` is 0, allowed 1.."));
    }
    let Some(file) = &samples.labels else { return Ok(None) };
    let name =
        samples.readout.as_deref().ok_or_else(|| problem("`samples.labels` needs `samples.readout`"))?;
    let names = || network.populations.iter().map(|p| p.name.as_str()).collect();
    let index = network.population(name);
    let index = index
        .ok_or_else(|| Diagnostics::from(crate::classify::changes::unknown("population", name, names())))?;
    let population = &network.populations[index];
    let count = (settings.steps / u64::from(samples.steps)) as usize;
    let path = opened.folder.clone().unwrap_or_default().join(file);
    let labels = labelled::labels(&path, count).map_err(|e| problem(e.to_string()))?;
    if let Some(bad) = labels.iter().find(|l| u32::from(**l) >= population.neurons) {
        let allowed = population.neurons.saturating_sub(1);
        return Err(problem(format!(
            "{}: label {bad}, allowed 0..={allowed} (readout `{name}`)",
            path.display()
        )));
    }
    let lane = |value: f64| (value * f64::from(1u32 << network.datapath.state_fraction)).round() as i32;
    Ok(Some(Labels {
        labels,
        first_channel: population.readout.map_or(0, |r| r.first_channel),
        // Without a readout's errors there are no channels to set.
        classes: if population.readout.is_some() { population.neurons as u16 } else { 0 },
        right: lane(samples.right),
        wrong: lane(samples.wrong),
    }))
}

impl Work for Cell<'_> {
    type State = CellState;
    type Result = CellResult;

    fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    fn units(&self) -> u64 {
        self.settings.steps
    }

    fn describe(result: &CellResult) -> String {
        format!("{} spikes", result.counts.core.spikes)
    }

    fn run(
        &mut self,
        state: Option<CellState>,
        context: &CellContext<'_, CellState>,
    ) -> Result<Outcome<CellState, CellResult>, String> {
        let started = Instant::now();
        let mut state = match state {
            Some(state) => {
                self.machine.restore(state.machine.clone())?;
                state
            }
            None => CellState {
                machine: self.machine.snapshot(),
                recorded: vec![Default::default(); self.probes.registers.len()],
                sums: Vec::new(),
                answers: Vec::new(),
                wall_seconds: 0.0,
            },
        };
        let before = state.wall_seconds;
        let mut saved = Instant::now();
        if self.machine.step == 0 {
            self.write_weights(0)?;
        }
        while self.machine.step < self.settings.steps {
            let from = self.machine.step;
            let program = self.program(from, self.chunk_end(from));
            let options = RunOptions { threads: context.threads, interrupt: Some(context.interrupt) };
            let ran = self.machine.run(&program, options, &mut self.recorder).map_err(|e| e.to_string())?;
            let mut recordings = self.recorder.take();
            if recordings.len() > self.probes.registers.len()
                && let Some(readout) = recordings.pop()
            {
                self.decide(&readout, &mut state);
            }
            for (kept, new) in state.recorded.iter_mut().zip(recordings) {
                kept.0.extend(new.steps);
                kept.1.extend(new.values);
            }
            self.write_weights(self.machine.step)?;
            let message = format!("step {}", self.machine.step);
            (context.progress)(Progress { units: ran as u64, message: &message });
            let stop = context.interrupt.load(Ordering::Relaxed) && self.machine.step < self.settings.steps;
            if stop || saved.elapsed() >= context.save_every {
                state.wall_seconds = before + started.elapsed().as_secs_f64();
                state.machine = self.machine.snapshot();
                if stop {
                    return Ok(Outcome::Interrupted(Box::new(state)));
                }
                (context.save)(&state);
                saved = Instant::now();
            }
        }
        state.wall_seconds = before + started.elapsed().as_secs_f64();
        Ok(Outcome::Finished(Box::new(self.finish(state)?)))
    }
}
