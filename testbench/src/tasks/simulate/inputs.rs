//! Stimuli of an experiment file: names resolved, files read and checked.
//!
//! Promises: everything that is wrong with a file is found before anything runs, with file, row or line, what was
//! found and what is allowed; memory is 12 bytes an event, whatever the shape of the file.
//! Absent on purpose: formats of files (`formats`).

use super::file::{Simulate, Stimulus};
use super::stimuli::{Event, Held, Origin, Stimuli};
use crate::data::encode::{EncodeError, Encoder, LatencyCode, Poisson, RateCode};
use crate::experiment::origin::Origin as Place;
use crate::formats::ArrayError;
use crate::formats::analog::{SendOnDeltaFile, SigmaDeltaFile};
use crate::formats::control_list::{self, Limits};
use crate::formats::npy::IntegerRows;
use crate::formats::spike_list;
use crate::formats::stimulus::{CurrentFile, RasterFile, Stimulus as Stream};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use synfire_chip::files::Diagnostics;
use synfire_chip::network::{Input, Network};
use synfire_chip::run::program::StepEvents;

type BoxedEncoder = Box<dyn Encoder + Send + Sync>;

/// What reading the stimuli needs.
struct Loader<'a> {
    place: &'a Place,
    network: &'a Network,
    /// Steps of the run.
    steps: u32,
    /// Steps of a sample, where there is a schedule.
    sample_steps: Option<u32>,
    files: Vec<PathBuf>,
}

/// Loads every stimulus of `settings`, and says which files were read.
///
/// # Errors
/// With what is wrong with a file, a name or a number.
pub fn load(
    settings: &Simulate,
    network: &Network,
    place: &Place,
) -> Result<(Stimuli, Vec<PathBuf>), Diagnostics> {
    let steps = u32::try_from(settings.steps).unwrap_or(u32::MAX);
    let sample_steps = settings.samples.as_ref().map(|s| s.steps);
    let mut loader = Loader { place, network, steps, sample_steps, files: Vec::new() };
    let mut list = Vec::new();
    for (index, stimulus) in settings.stimuli.iter().enumerate() {
        list.push(loader.one(&format!("stimuli[{index}]"), stimulus)?);
    }
    Ok((Stimuli::new(list, sample_steps.unwrap_or(steps)), loader.files))
}

impl Loader<'_> {
    fn one(&mut self, at: &str, stimulus: &Stimulus) -> Result<Origin, Diagnostics> {
        match stimulus {
            Stimulus::SpikeList { input, file } => {
                let at = format!("{at}.SpikeList");
                let (index, path, field) = (self.input(&at, input)?, self.path(file), format!("{at}.file"));
                let own = &self.network.inputs[usize::from(index)];
                let (neurons, max_events) = (own.neurons, own.max_events);
                let limits = spike_list::Limits { neurons, max_events, steps: self.steps };
                let list = self.held(&path, &format!("{limits:?}"), || {
                    let list = spike_list::read(&path, limits).map_err(|e| self.place.array(&field, e))?;
                    let event = |of: spike_list::Spikes| Event {
                        step: of.step,
                        neuron: of.neuron,
                        value: i32::from(of.count),
                    };
                    Ok(list.into_iter().map(event).collect())
                });
                Ok(Origin::Spikes(index, list?))
            }
            Stimulus::Raster { input, file } => {
                let open = |path: &Path, index, own: &Input| {
                    let raster = RasterFile::open(path, index, own.neurons, own.max_events)?;
                    let shape = raster.shape();
                    Ok((Box::new(raster) as Box<dyn Stream>, shape))
                };
                self.array(&format!("{at}.Raster"), (input, file), "raster", open)
            }
            Stimulus::SigmaDelta { input, file, full_scale } => {
                let at = format!("{at}.SigmaDelta");
                self.positive(&at, "full_scale", *full_scale)?;
                self.array(&at, (input, file), &format!("sigma delta {full_scale}"), |path, index, own| {
                    let signals = SigmaDeltaFile::open(path, index, own.neurons, *full_scale)?;
                    let shape = signals.shape();
                    Ok((Box::new(signals) as Box<dyn Stream>, shape))
                })
            }
            Stimulus::SendOnDelta { input, file, threshold } => {
                self.send_on_delta(&format!("{at}.SendOnDelta"), (input, file), *threshold)
            }
            Stimulus::Current { population, file } => {
                let at = format!("{at}.Current");
                let (index, path) = (self.population(&at, population)?, self.path(file));
                let field = format!("{at}.file");
                let neurons = self.network.populations[usize::from(index)].neurons;
                let list = self.held(&path, &format!("currents {index} {neurons}"), || {
                    let currents = CurrentFile::open(&path, index, neurons);
                    let mut currents = currents.map_err(|e| self.place.array(&field, e))?;
                    let step_of = self.step_of(&field, file, currents.shape())?;
                    self.drain(&field, &mut currents, &step_of)
                });
                Ok(Origin::Currents(index, list?))
            }
            Stimulus::Control { file } => {
                let (path, field) = (self.path(file), format!("{at}.Control.file"));
                let limits = Limits::of(self.network, self.steps);
                let list = control_list::read(&path, &limits).map_err(|e| self.place.array(&field, e))?;
                Ok(Origin::Control(list))
            }
            Stimulus::Poisson { input, rate_ppm } => {
                let at = format!("{at}.Poisson");
                let index = self.input(&at, input)?;
                let rates = vec![*rate_ppm; self.network.inputs[usize::from(index)].neurons as usize];
                let noise = Poisson::new(index, &rates, self.network.seed);
                let noise = noise.map_err(|e| self.bad(&format!("{at}.rate_ppm"), &e))?;
                Ok(Origin::Noise(Box::new(noise)))
            }
            Stimulus::RateCode { input, features, rate_per_mille } => {
                let seed = self.network.seed;
                let number = ("rate_per_mille", *rate_per_mille);
                self.code(&format!("{at}.RateCode"), input, features, number, |index, largest| {
                    Ok(Box::new(RateCode::new(index, largest, *rate_per_mille, seed)?))
                })
            }
            Stimulus::LatencyCode { input, features, range_steps } => {
                let number = ("range_steps", *range_steps);
                self.code(&format!("{at}.LatencyCode"), input, features, number, |index, largest| {
                    Ok(Box::new(LatencyCode::new(index, largest, *range_steps, false)?))
                })
            }
        }
    }

    /// The events of an array for an input, made of its numbers as `how` says; `open` also gives its samples and the steps of
    /// each.
    fn array(
        &mut self,
        at: &str,
        (input, file): (&str, &str),
        how: &str,
        open: impl FnOnce(&Path, u16, &Input) -> Result<(Box<dyn Stream>, (u64, u64)), ArrayError>,
    ) -> Result<Origin, Diagnostics> {
        let (index, path, field) = (self.input(at, input)?, self.path(file), format!("{at}.file"));
        let own = &self.network.inputs[usize::from(index)];
        let list = self.held(&path, &format!("{how} {index} {} {}", own.neurons, own.max_events), || {
            let (mut stream, shape) = open(&path, index, own).map_err(|e| self.place.array(&field, e))?;
            let step_of = self.step_of(&field, file, shape)?;
            self.drain(&field, &mut *stream, &step_of)
        });
        Ok(Origin::Spikes(index, list?))
    }

    /// What `load` reads of a file as `how` says, in steps of the run; or what another run has of it.
    fn held<T: Serialize + Send + Sync + 'static>(
        &self,
        path: &Path,
        how: &str,
        load: impl FnOnce() -> Result<Vec<T>, Diagnostics>,
    ) -> Result<Arc<Held<T>>, Diagnostics> {
        let steps = (self.steps, self.sample_steps);
        let name = format!("{} {how} {steps:?}", path.display());
        self.place.shared.get(&name, &[path.to_path_buf()], || load().map(Held::new))
    }

    fn send_on_delta(
        &mut self,
        at: &str,
        (input, file): (&str, &str),
        threshold: u32,
    ) -> Result<Origin, Diagnostics> {
        self.positive(at, "threshold", threshold)?;
        let neurons = self.network.inputs[usize::from(self.input(at, input)?)].neurons;
        if !neurons.is_multiple_of(2) {
            let title = format!("input `{input}` does not have two neurons a signal: up and down");
            let found = format!("{neurons} neurons");
            return Err(self.place.refuse(&format!("{at}.input"), &title, &found, "an even number"));
        }
        self.array(at, (input, file), &format!("send on delta {threshold}"), |path, index, own| {
            let channels = (own.neurons / 2, own.max_events);
            let signals = SendOnDeltaFile::open(path, index, channels, threshold)?;
            let shape = signals.shape();
            Ok((Box::new(signals) as Box<dyn Stream>, shape))
        })
    }

    fn positive(&self, at: &str, field: &str, found: u32) -> Result<(), Diagnostics> {
        let most = i32::MAX as u32;
        if (1..=most).contains(&found) {
            return Ok(());
        }
        let title = format!("`{field}` is out of range");
        Err(self.place.refuse(&format!("{at}.{field}"), &title, &found.to_string(), &format!("1..={most}")))
    }

    fn path(&mut self, file: &str) -> PathBuf {
        let path = self.place.path(file);
        self.files.push(path.clone());
        path
    }

    fn input(&self, at: &str, name: &str) -> Result<u16, Diagnostics> {
        let names = || self.network.inputs.iter().map(|i| i.name.as_str());
        let index = self.network.input(name);
        let index =
            index.ok_or_else(|| self.place.unknown(&format!("{at}.input"), "input", name, names()))?;
        Ok(index as u16)
    }

    fn population(&self, at: &str, name: &str) -> Result<u16, Diagnostics> {
        let names = || self.network.populations.iter().map(|p| p.name.as_str());
        let field = format!("{at}.population");
        let index = self.network.population(name);
        Ok(index.ok_or_else(|| self.place.unknown(&field, "population", name, names()))? as u16)
    }

    fn bad(&self, field: &str, error: &EncodeError) -> Diagnostics {
        let name = field.rsplit('.').next().unwrap_or(field);
        self.place.refuse(
            field,
            &format!("`{name}` is out of range"),
            &error.found.to_string(),
            error.allowed,
        )
    }

    /// Which step of the run a row of an array is: row after row, or, for an array of samples, from the beginning of
    /// each sample. Refuses arrays longer than the run or the sample.
    fn step_of(
        &self,
        field: &str,
        file: &str,
        (samples, rows): (u64, u64),
    ) -> Result<impl Fn(u32) -> u32 + use<>, Diagnostics> {
        let per_sample = self.sample_steps.filter(|_| samples > 1);
        let (room, what) = match per_sample {
            Some(steps) => (u64::from(steps), "`samples.steps`"),
            None => (u64::from(self.steps), "`steps`"),
        };
        let per_row = per_sample.map_or(rows, u64::from);
        if samples.saturating_mul(per_row) > u64::from(self.steps) || rows > room {
            let found = if samples > 1 { format!("{samples} samples of {rows}") } else { rows.to_string() };
            let title = format!("`{file}` has more steps than the run");
            let allowed = match per_sample {
                Some(steps) => {
                    format!("{} samples of at most {steps} steps ({what})", self.steps / steps.max(1))
                }
                None => format!("at most {room} steps ({what})"),
            };
            return Err(self.place.refuse(field, &title, &found, &allowed));
        }
        let rows = rows as u32;
        Ok(move |row: u32| match per_sample {
            Some(steps) => row / rows * steps + row % rows,
            None => row,
        })
    }

    /// Everything that `stream` holds, in the run's steps; who opened it has checked that it has no more.
    fn drain(
        &self,
        field: &str,
        stream: &mut dyn Stream,
        step_of: &dyn Fn(u32) -> u32,
    ) -> Result<Vec<Event>, Diagnostics> {
        let mut list = Vec::new();
        let mut row = 0;
        let mut events = StepEvents::default();
        while stream.next_step(&mut events).map_err(|e| self.place.array(field, e))? {
            let step = step_of(row);
            let spikes = events.spikes.drain(..).map(|s| (s.neuron, i32::from(s.count)));
            let currents = events.injections.drain(..).map(|i| (i.neuron, i.value));
            list.extend(spikes.chain(currents).map(|(neuron, value)| Event { step, neuron, value }));
            row += 1;
        }
        // The events of a step in one order, whatever the file's.
        list.sort_unstable();
        list.shrink_to_fit();
        Ok(list)
    }

    fn code(
        &mut self,
        at: &str,
        input: &str,
        file: &str,
        number: (&str, u32),
        make: impl Fn(u16, u8) -> Result<BoxedEncoder, EncodeError>,
    ) -> Result<Origin, Diagnostics> {
        let index = self.input(at, input)?;
        let (path, field) = (self.path(file), format!("{at}.features"));
        let width = self.network.inputs[usize::from(index)].neurons as usize;
        let features = self.held(&path, &format!("features {width}"), || {
            features(&path, width).map_err(|e| self.place.array(&field, e))
        })?;
        let samples = self.sample_steps.map_or(1, |steps| self.steps.div_ceil(steps.max(1)));
        let own = features.of.len() / width.max(1);
        if own < samples as usize {
            let title = format!("`{file}` has too few samples for the run");
            let found = own.to_string();
            let allowed = format!("at least {samples}: `steps` / `samples.steps`");
            return Err(self.place.refuse(&field, &title, &found, &allowed));
        }
        let largest = features.of.iter().copied().max().unwrap_or(1).max(1);
        let encoder = make(index, largest).map_err(|e| self.bad(&format!("{at}.{}", number.0), &e))?;
        Ok(Origin::Code { encoder, width, features })
    }
}

/// Features of all samples, `[samples, width]`, each 0..=255.
fn features(path: &Path, width: usize) -> Result<Vec<u8>, ArrayError> {
    let rows = IntegerRows::open(path)?;
    rows.expect(&[None, Some(width as u64)], "[samples, neurons of the input]")?;
    let mut features = Vec::new();
    rows.each_in(0, 255, "feature", |value| features.push(value as u8))?;
    Ok(features)
}
