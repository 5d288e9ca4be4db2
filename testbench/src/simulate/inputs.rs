//! Stimuli: from files and generators to the events of each step.
//!
//! Promises: everything that is wrong with a file is found before anything runs; an event beyond the last neuron, the
//! last step or an axon's multiplicity limit is refused with its place.

use crate::classify::changes::unknown;
use crate::encode::{Encoder, LatencyCode, Poisson, Presentation, RateCode};
use crate::experiment::file::{SampleSchedule, Simulate, Stimulus};
use crate::experiment::labelled;
use crate::experiment::reference::Opened;
use std::path::{Path, PathBuf};
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::network::Network;
use synfire_chip::program::{Injection, StepEvents, StimulusSpike};

/// All stimuli of a run.
pub struct Stimuli {
    spikes: Vec<(u64, StimulusSpike)>,
    currents: Vec<(u64, Injection)>,
    noise: Vec<Box<dyn Encoder + Send + Sync>>,
    codes: Vec<Code>,
    sample_steps: u64,
    /// Files read, for the hash of the inputs.
    pub files: Vec<PathBuf>,
}

struct Code {
    encoder: Box<dyn Encoder + Send + Sync>,
    width: usize,
    features: Vec<u8>,
}

fn problem(text: impl Into<String>) -> Diagnostics {
    Diagnostics::from(Diagnostic::new(text.into()))
}

fn beyond(path: &Path, place: &str, what: &str, found: i64, allowed: u64) -> Diagnostics {
    let limit = format!("0..={}", allowed.saturating_sub(1));
    let title = format!("{}: {place}: {what} {found} is not there", path.display());
    Diagnostics::from(Diagnostic::new(title).noted("allowed", limit))
}

struct Loader<'a> {
    network: &'a Network,
    folder: PathBuf,
    steps: u64,
    stimuli: Stimuli,
}

impl Stimuli {
    /// Loads every stimulus of `settings`.
    ///
    /// # Errors
    /// With what is wrong with a file or a name.
    pub fn load(settings: &Simulate, network: &Network, opened: &Opened) -> Result<Self, Diagnostics> {
        let sample_steps =
            settings.samples.as_ref().map_or(settings.steps, |s: &SampleSchedule| u64::from(s.steps));
        let stimuli = Self {
            spikes: Vec::new(),
            currents: Vec::new(),
            noise: Vec::new(),
            codes: Vec::new(),
            sample_steps: sample_steps.max(1),
            files: Vec::new(),
        };
        let folder = opened.folder.clone().unwrap_or_default();
        let mut loader = Loader { network, folder, steps: settings.steps, stimuli };
        for stimulus in &settings.stimuli {
            loader.add(stimulus)?;
        }
        let mut stimuli = loader.stimuli;
        stimuli.spikes.sort_unstable_by_key(|(step, s)| (*step, s.input, s.neuron));
        stimuli.currents.sort_unstable_by_key(|(step, c)| (*step, c.population, c.neuron));
        Ok(stimuli)
    }

    /// The events of `step`, without control events.
    #[must_use]
    pub fn events(&self, step: u64) -> StepEvents {
        fn of<T: Copy>(list: &[(u64, T)], step: u64) -> impl Iterator<Item = T> + '_ {
            let start = list.partition_point(|(s, _)| *s < step);
            list[start..].iter().take_while(move |(s, _)| *s == step).map(|(_, event)| *event)
        }
        let mut events = StepEvents::default();
        events.spikes.extend(of(&self.spikes, step));
        events.injections.extend(of(&self.currents, step));
        let whole = Presentation { sample: 0, epoch: 0 };
        for encoder in &self.noise {
            encoder.spikes(&[], whole, step as u32, &mut events.spikes);
        }
        let (sample, within) = (step / self.sample_steps, (step % self.sample_steps) as u32);
        for code in &self.codes {
            let at = sample as usize * code.width;
            if let Some(features) = code.features.get(at..at + code.width) {
                let shown = Presentation { sample: sample as u32, epoch: 0 };
                code.encoder.spikes(features, shown, within, &mut events.spikes);
            }
        }
        events
    }
}

impl Loader<'_> {
    fn add(&mut self, stimulus: &Stimulus) -> Result<(), Diagnostics> {
        match stimulus {
            Stimulus::SpikeList { input, file } => {
                let (input, path) = (self.input(input)?, self.path(file));
                self.spike_list(input, &path)
            }
            Stimulus::Raster { input, file } => {
                let (input, path) = (self.input(input)?, self.path(file));
                self.raster(input, &path)
            }
            Stimulus::Current { population, file } => {
                let names = || self.network.populations.iter().map(|p| p.name.as_str()).collect();
                let index = self.network.population(population);
                let index =
                    index.ok_or_else(|| Diagnostics::from(unknown("population", population, names())))?;
                let path = self.path(file);
                self.current(index, &path)
            }
            Stimulus::Poisson { input, rate_ppm } => {
                let index = self.input(input)?;
                let neurons = self.network.inputs[index].neurons as usize;
                let noise = Poisson::new(index as u16, &vec![*rate_ppm; neurons], self.network.seed);
                self.stimuli
                    .noise
                    .push(Box::new(noise.map_err(|e| problem(format!("input `{input}`: {e}")))?));
                Ok(())
            }
            Stimulus::RateCode { input, features, rate_per_mille } => {
                let seed = self.network.seed;
                self.code(input, features, |i, largest| {
                    let code = RateCode::new(i, largest, *rate_per_mille, seed);
                    code.map(|c| Box::new(c) as Box<dyn Encoder + Send + Sync>)
                })
            }
            Stimulus::LatencyCode { input, features, range_steps } => {
                self.code(input, features, |i, largest| {
                    let code = LatencyCode::new(i, largest, *range_steps, false);
                    code.map(|c| Box::new(c) as Box<dyn Encoder + Send + Sync>)
                })
            }
        }
    }

    fn path(&mut self, file: &str) -> PathBuf {
        let path = self.folder.join(file);
        self.stimuli.files.push(path.clone());
        path
    }

    fn input(&self, name: &str) -> Result<usize, Diagnostics> {
        let names = || self.network.inputs.iter().map(|i| i.name.as_str()).collect();
        self.network.input(name).ok_or_else(|| unknown("input", name, names()).into())
    }

    fn code(
        &mut self,
        input: &str,
        features: &str,
        make: impl Fn(u16, u8) -> Result<Box<dyn Encoder + Send + Sync>, crate::encode::EncodeError>,
    ) -> Result<(), Diagnostics> {
        let index = self.input(input)?;
        let path = self.path(features);
        let (width, features) = labelled::features(&path).map_err(|e| problem(e.to_string()))?;
        let neurons = self.network.inputs[index].neurons as usize;
        if width != neurons {
            let text = format!(
                "{}: {width} features a sample, input `{input}` has {neurons} neurons",
                path.display()
            );
            return Err(problem(text));
        }
        let largest = features.iter().copied().max().unwrap_or(1).max(1);
        let encoder = make(index as u16, largest).map_err(|e| problem(format!("input `{input}`: {e}")))?;
        self.stimuli.codes.push(Code { encoder, width, features });
        Ok(())
    }

    fn push(
        &mut self,
        path: &Path,
        place: &str,
        input: usize,
        event: (i64, i64, i64),
    ) -> Result<(), Diagnostics> {
        let (step, neuron, count) = event;
        let population = &self.network.inputs[input];
        if !(0..self.steps as i64).contains(&step) {
            return Err(beyond(path, place, "step", step, self.steps));
        }
        if !(0..i64::from(population.neurons)).contains(&neuron) {
            return Err(beyond(path, place, "neuron", neuron, u64::from(population.neurons)));
        }
        let most = population.max_events;
        if !(0..=i64::from(most)).contains(&count) {
            let name = &population.name;
            let title = format!("{}: {place}: {count} events in one step", path.display());
            let allowed = format!("0..={most}, the `max_events` of input `{name}`");
            return Err(Diagnostic::new(title).noted("allowed", allowed).into());
        }
        if count > 0 {
            let spike = StimulusSpike { input: input as u16, neuron: neuron as u32, count: count as u8 };
            self.stimuli.spikes.push((step as u64, spike));
        }
        Ok(())
    }

    fn spike_list(&mut self, input: usize, path: &Path) -> Result<(), Diagnostics> {
        let fail = |e: csv::Error| problem(format!("{}: {e}", path.display()));
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(fail)?;
        let headers = reader.headers().map_err(fail)?.clone();
        let names: Vec<&str> = headers.iter().collect();
        if names != ["step", "neuron"] && names != ["step", "neuron", "count"] {
            let title = format!("{}: line 1: header `{}`", path.display(), names.join(","));
            return Err(Diagnostic::new(title).noted("allowed", "step,neuron or step,neuron,count").into());
        }
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(fail)? {
            let place = format!("line {}", record.position().map_or(0, csv::Position::line));
            let mut values = [0i64, 0, 1];
            for (value, field) in values.iter_mut().zip(record.iter()) {
                *value = field.parse().map_err(|_| {
                    let title = format!("{}: {place}: `{field}`", path.display());
                    Diagnostics::from(Diagnostic::new(title).noted("allowed", "an integer"))
                })?;
            }
            self.push(path, &place, input, (values[0], values[1], values[2]))?;
        }
        Ok(())
    }

    fn matrix(&self, path: &Path, neurons: u32) -> Result<Vec<i64>, Diagnostics> {
        let allowed = format!("integers or bool of shape [steps, {neurons}], at most {} steps", self.steps);
        let (shape, values) = labelled::integers(path, &allowed).map_err(|e| problem(e.to_string()))?;
        if shape.len() != 2 || shape[1] != u64::from(neurons) || shape[0] > self.steps {
            let title = format!("{}: shape {shape:?}", path.display());
            return Err(Diagnostic::new(title).noted("allowed", allowed).into());
        }
        Ok(values)
    }

    fn raster(&mut self, input: usize, path: &Path) -> Result<(), Diagnostics> {
        let neurons = self.network.inputs[input].neurons;
        let values = self.matrix(path, neurons)?;
        for (at, count) in values.into_iter().enumerate().filter(|(_, count)| *count != 0) {
            let (step, neuron) = (at / neurons as usize, at % neurons as usize);
            let place = format!("row {step}, column {neuron}");
            self.push(path, &place, input, (step as i64, neuron as i64, count))?;
        }
        Ok(())
    }

    fn current(&mut self, population: usize, path: &Path) -> Result<(), Diagnostics> {
        let neurons = self.network.populations[population].neurons;
        // An injected current joins the exact dendritic sum, so it must leave room there.
        let limit = 1i64 << 29;
        for (at, value) in self.matrix(path, neurons)?.into_iter().enumerate().filter(|(_, v)| *v != 0) {
            let (step, neuron) = (at / neurons as usize, at % neurons as usize);
            if value.abs() >= limit {
                let title = format!("{}: row {step}, column {neuron}: {value}", path.display());
                return Err(Diagnostic::new(title).noted("allowed", "magnitudes below 2^29").into());
            }
            let event =
                Injection { population: population as u16, neuron: neuron as u32, value: value as i32 };
            self.stimuli.currents.push((step as u64, event));
        }
        Ok(())
    }
}
