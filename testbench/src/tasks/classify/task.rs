//! A classification, checked: everything that can be wrong with the file is found before anything runs.

use super::check;
use super::file::{Classify, ScoreOf};
use super::schedule::{Schedule, Window};
use crate::data::encode::{Constant, Encoder, LatencyCode, RateCode, SigmaDeltaCode};
use crate::data::set::{Content, DataSet};
use crate::data::split::{self, Parts};
use crate::experiment::check::target;
use crate::experiment::decides::Decides;
use crate::experiment::effort;
use crate::experiment::file::{EncoderFile, Row};
use crate::experiment::labelled;
use crate::experiment::origin::Origin;
use crate::experiment::reference::Opened;
use crate::experiment::rows::{self, Rows, Variant};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use synfire_chip::chip::Chip;
use synfire_chip::files::Diagnostics;
use synfire_chip::network::Network;
use synfire_chip::warnings::warnings;

/// A classification, ready to run.
pub struct Task {
    /// The file's settings.
    pub settings: Classify,
    /// The chip.
    pub chip: Chip,
    /// The chip of each row.
    pub(super) chips: Vec<Chip>,
    /// What is legal in the networks of its rows and probably not meant.
    pub warnings: Vec<String>,
    /// What decides its results.
    pub decides: Decides,
    /// How much work all its cells are expected to be.
    pub effort: f64,
    /// Data that is the same for every seed.
    fixed: Option<Arc<DataSet>>,
    /// The outline of the first seed's data: every row is checked against it.
    first_outline: OnceLock<Arc<DataSet>>,
    pub(super) origin: Opened,
    pub(super) place: Origin,
}

impl Task {
    /// Loads and checks everything that the file refers to.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(settings: Classify, chip: Chip, origin: Opened) -> Result<Self, Diagnostics> {
        let place = Origin::new(&origin);
        check::numbers(&settings, &place)?;
        let fixed = labelled::load(&settings.data, &place)?;
        let chips = rows::chips(&settings.rows, &chip, &origin, &place)?;
        let mut task = Self {
            settings,
            chip,
            chips,
            warnings: Vec::new(),
            decides: Decides::default(),
            effort: 0.0,
            fixed,
            first_outline: OnceLock::new(),
            origin,
            place,
        };
        let seed = task.settings.seeds[0];
        let data = task.outline(seed);
        let parts = task.parts(&data, seed)?;
        let (mut networks, mut a_step) = (Vec::new(), 0.0);
        for variant in task.variants() {
            let network = task.network(variant, seed)?;
            task.schedule(&data, variant.row, &network, seed)?;
            a_step += effort::of_step(&network, task.rows().chip(variant.row));
            networks.push(network);
        }
        task.effort = a_step * task.steps_of_a_row(&parts);
        task.rows().check_stores(&networks)?;
        task.warnings = networks.iter().flat_map(warnings).collect();
        task.decides = task.deciding(&networks);
        Ok(task)
    }

    /// Steps of all cells of a row: training, a test after each epoch, and one more.
    fn steps_of_a_row(&self, parts: &Parts) -> f64 {
        let Classify { epochs, epoch_samples, sample_steps, seeds, score, .. } = &self.settings;
        let scored = if matches!(score, ScoreOf::HeldOut) { parts.held_out.len() } else { 0 };
        let trained = epoch_samples.map_or(parts.kept.len() as f64, f64::from);
        let presented = f64::from(*epochs) * (trained + scored as f64) + scored as f64;
        presented * f64::from(*sample_steps) * seeds.len() as f64
    }

    /// What decides the results, where `networks` are those of the first seed. Data that is generated follows from the
    /// settings.
    fn deciding(&self, networks: &[Network]) -> Decides {
        // The short form was taken, or decides nothing.
        let settings = Classify { quick: None, ..self.settings.clone() };
        Decides::default()
            .with("settings", &(format!("{settings:?}"), self.origin.step_rows))
            .with("chip", &(&self.chip, &self.chips))
            .with("network", &networks)
            .with("data", &self.fixed.as_ref().map(|data| data.fingerprint()))
    }

    /// Every row in every store.
    #[must_use]
    pub fn variants(&self) -> Vec<Variant<'_>> {
        self.rows().variants()
    }

    /// The data of one seed.
    #[must_use]
    pub fn data(&self, seed: u32) -> Arc<DataSet> {
        match (&self.fixed, self.settings.data.generator()) {
            (Some(data), _) => Arc::clone(data),
            (None, Some((_, generator))) => Arc::new(generator.generate(seed)),
            (None, None) => unreachable!("data is loaded or generated"),
        }
    }

    /// The data of one seed; `None` where `stop` was set while it was drawn.
    #[must_use]
    pub fn data_unless(&self, seed: u32, stop: &AtomicBool) -> Option<Arc<DataSet>> {
        match (&self.fixed, self.settings.data.generator()) {
            (None, Some((_, generator))) => generator.generate_unless(seed, stop).map(Arc::new),
            _ => Some(self.data(seed)),
        }
    }

    /// The data of one seed, where its events are not asked for; they may be missing.
    #[must_use]
    pub fn outline(&self, seed: u32) -> Arc<DataSet> {
        let of = |seed| match self.settings.data.generator() {
            Some((_, generator)) if self.fixed.is_none() => Arc::new(generator.outline(seed)),
            _ => self.data(seed),
        };
        match self.settings.seeds.first() {
            Some(first) if *first == seed => Arc::clone(self.first_outline.get_or_init(|| of(seed))),
            _ => of(seed),
        }
    }

    /// The network of a row in a store, for one seed, with the row's changes.
    ///
    /// # Errors
    /// With what is wrong with the file, the changes or the store.
    pub fn network(&self, variant: Variant<'_>, seed: u32) -> Result<Network, Diagnostics> {
        self.rows().variant(variant, seed)
    }

    /// The chip of the row that is called `name` in the result, with its store.
    #[must_use]
    pub fn chip_of(&self, name: &str) -> &Chip {
        self.rows().chip_named(name).unwrap_or(&self.chip)
    }

    /// The rows and what their networks are built for.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        let Classify { rows, stores, .. } = &self.settings;
        Rows { rows, stores, origin: &self.origin, place: &self.place, chips: &self.chips }
    }

    /// What the report shows in detail: the first row in the first store that a chip has.
    #[must_use]
    pub fn shown(&self) -> Variant<'_> {
        self.rows().shown()
    }

    /// Encoders, targets and windows for `network`, as `row` is presented.
    ///
    /// # Errors
    /// When an input or the readout is not in the network, or sizes differ.
    pub fn schedule(
        &self,
        data: &DataSet,
        row: &Row,
        network: &Network,
        seed: u32,
    ) -> Result<Schedule, Diagnostics> {
        let settings = &self.settings;
        if let Content::Events(samples) = &data.content
            && samples.steps() > settings.sample_steps
        {
            let title = "a presentation is shorter than a sample";
            let (found, allowed) = (settings.sample_steps, samples.steps());
            let allowed = format!("{allowed} or more, the steps of the data");
            return Err(self.place.refuse("sample_steps", title, &found.to_string(), &allowed));
        }
        let mut encoders = Vec::new();
        let mut events = None;
        for (index, encoder) in settings.encoders.iter().enumerate() {
            let input = self.input(index, encoder, data, network)?;
            match encoder {
                EncoderFile::Events { .. } => events = Some(input),
                _ => self.encoder(index, (encoder, input), data, network, seed, &mut encoders)?,
            }
        }
        let readout = self.readout(network)?;
        let population = &network.populations[readout];
        let Some(errors) = population.readout else {
            let title = format!("population `{}` has no `readout`: it forms no errors", population.name);
            let allowed = "a population with `readout` in the network";
            return Err(self.place.at("readout", title).noted("allowed", allowed).into());
        };
        // Two classes need no more than the sign of one neuron.
        let lone = population.neurons == 1 && data.classes() == 2;
        if population.neurons as usize != data.classes() && !lone {
            let (neurons, classes) = (population.neurons, data.classes());
            let name = &population.name;
            let title = format!("population `{name}` does not have one neuron a class");
            let found = format!("{neurons} neurons");
            return Err(self.place.refuse(
                "readout",
                &title,
                &found,
                &format!("{classes}, the classes of the data"),
            ));
        }
        let lane = |field: &str, value: f64| target(&self.place, field, value, network);
        Ok(Schedule {
            encoders,
            events,
            steps: settings.sample_steps,
            window: Window {
                from: settings.learn_from,
                until: settings.learn_until.unwrap_or(settings.sample_steps),
                every: settings.learn_every,
                error_delay: u32::from(network.learning.error_delay),
            },
            answer: settings.answer(),
            unseen: settings.unseen_answer(),
            clear: row.clear,
            first_channel: errors.first_channel,
            outputs: population.neurons as u16,
            right: lane("right", settings.right)?,
            wrong: lane("wrong", settings.wrong)?,
        })
    }

    /// Index of the readout population.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn readout(&self, network: &Network) -> Result<usize, Diagnostics> {
        let name = &self.settings.readout;
        network.population(name).ok_or_else(|| {
            let names = network.populations.iter().map(|p| p.name.as_str());
            self.place.unknown("readout", "population", name, names)
        })
    }

    /// The input that an encoder names, which must fit the data.
    fn input(
        &self,
        index: usize,
        file: &EncoderFile,
        data: &DataSet,
        network: &Network,
    ) -> Result<u16, Diagnostics> {
        let (form, name) = file.form_and_input();
        let field = format!("encoders[{index}].{form}.input");
        let Some(input) = network.input(name) else {
            let names = network.inputs.iter().map(|i| i.name.as_str());
            return Err(self.place.unknown(&field, "input", name, names));
        };
        let of_events = matches!(data.content, Content::Events(_));
        let (what, a, fits) = match file {
            EncoderFile::Constant { .. } => return Ok(input as u16),
            EncoderFile::Events { .. } => ("channels of the data", "channel", of_events),
            _ => ("features of a sample", "feature", !of_events),
        };
        if !fits {
            let (found, allowed) = if of_events {
                ("samples of events", "`Events(input: ..)` or `Constant(input: ..)`")
            } else {
                ("samples of features", "`Rate`, `SigmaDelta`, `Latency` or `Constant`")
            };
            let title = format!("`{form}` does not encode this data set");
            return Err(self.place.refuse(&format!("encoders[{index}]"), &title, found, allowed));
        }
        let (neurons, width) = (network.inputs[input].neurons, data.width());
        if neurons as usize != width {
            let title = format!("input `{name}` does not have one neuron a {a}");
            let (found, allowed) = (format!("{neurons} neurons"), format!("{width}, the {what}"));
            return Err(self.place.refuse(&field, &title, &found, &allowed));
        }
        Ok(input as u16)
    }

    fn encoder(
        &self,
        index: usize,
        (file, input): (&EncoderFile, u16),
        data: &DataSet,
        network: &Network,
        seed: u32,
        list: &mut Vec<Box<dyn Encoder + Send + Sync>>,
    ) -> Result<(), Diagnostics> {
        let (form, _) = file.form_and_input();
        let field = |field: &str| format!("encoders[{index}].{form}.{field}");
        let largest = match &data.content {
            Content::Features(samples) => samples.largest().max(1),
            Content::Events(_) => 1,
        };
        let invalid = |e: crate::data::encode::EncodeError| {
            let title = format!("`{}` is out of range", e.field);
            self.place.refuse(&field(e.field), &title, &e.found.to_string(), e.allowed)
        };
        match *file {
            EncoderFile::Rate { rate_per_mille, .. } => {
                list.push(Box::new(RateCode::new(input, largest, rate_per_mille, seed).map_err(invalid)?));
            }
            EncoderFile::SigmaDelta { rate_per_mille, .. } => {
                list.push(Box::new(SigmaDeltaCode::new(input, largest, rate_per_mille).map_err(invalid)?));
            }
            EncoderFile::Latency { range_steps, zero_is_silent, .. } => {
                let code = LatencyCode::new(input, largest, range_steps, zero_is_silent).map_err(invalid)?;
                list.push(Box::new(code));
            }
            EncoderFile::Events { .. } => {}
            EncoderFile::Constant { .. } => {
                for neuron in 0..network.inputs[usize::from(input)].neurons {
                    list.push(Box::new(Constant { input, neuron, count: 1 }));
                }
            }
        }
        Ok(())
    }

    /// What is known without a network, of the first seed's data: always answering one class, and the data set's own
    /// figures. Name and accuracy, 0..=1.
    #[must_use]
    pub fn known(&self, data: &DataSet) -> Vec<(String, f64)> {
        let parts = self.parts(data, self.settings.seeds[0]).ok();
        let scored = parts.map(|p| if p.held_out.is_empty() { p.kept } else { p.held_out });
        let chance = scored.map(|scored| ("always the largest class".to_owned(), data.chance(&scored)));
        chance.into_iter().chain(data.known.iter().cloned()).collect()
    }

    /// What the linear classifier is fitted to and scored on: the parts, or, where the score is of training samples,
    /// all that were presented before the scored ones, and those.
    ///
    /// # Errors
    /// As [`Task::parts`].
    pub fn linear_parts(&self, data: &DataSet, seed: u32) -> Result<Parts, Diagnostics> {
        let parts = self.parts(data, seed)?;
        let ScoreOf::LastTrained(scored) = self.settings.score else { return Ok(parts) };
        let epochs = 0..self.settings.epochs;
        let epoch = |epoch| split::presentations(&parts.kept, epoch, self.settings.epoch_samples, seed);
        let presented: Vec<u32> = epochs.flat_map(epoch).map(|(sample, _)| sample).collect();
        let (before, scored) = presented.split_at(presented.len().saturating_sub(scored as usize));
        let once = |samples: &[u32]| {
            let mut samples = samples.to_vec();
            samples.sort_unstable();
            samples.dedup();
            samples
        };
        let held_out = once(scored);
        let kept = once(before).into_iter().filter(|sample| held_out.binary_search(sample).is_err());
        Ok(Parts { kept: kept.collect(), held_out })
    }

    /// What the linear classifier is fitted to, in words.
    #[must_use]
    pub fn linear_fit(&self) -> &'static str {
        match self.settings.score {
            ScoreOf::HeldOut => "on the same splits",
            ScoreOf::LastTrained(_) => "fitted at once to all samples of the stream before the scored ones",
        }
    }

    /// Samples that one cell learns from, epochs together.
    ///
    /// # Errors
    /// As [`Task::parts`].
    pub fn training_samples(&self) -> Result<u64, Diagnostics> {
        let seed = self.settings.seeds[0];
        let kept = self.parts(&self.outline(seed), seed)?.kept.len() as u64;
        let epoch = self.settings.epoch_samples.map_or(kept, u64::from);
        Ok(epoch * u64::from(self.settings.epochs))
    }

    /// The parts as `row` presents them: where its state runs on from sample to sample, the held-out samples come in a
    /// drawn order; cleared, no sample sees another, and they ascend.
    ///
    /// # Errors
    /// As [`Task::parts`].
    pub fn presented(&self, data: &DataSet, row: &Row, seed: u32) -> Result<Parts, Diagnostics> {
        let mut parts = self.parts(data, seed)?;
        if !row.clear {
            parts.held_out = split::test_order(&parts.held_out, seed);
        }
        Ok(parts)
    }

    /// Training part and held-out part of one seed's data.
    ///
    /// # Errors
    /// When a part would be empty, or the file asks for a division that the data does not have.
    pub fn parts(&self, data: &DataSet, seed: u32) -> Result<Parts, Diagnostics> {
        let s = &self.settings;
        let invalid = |field: &'static str| {
            move |e: crate::data::DataError| Diagnostics::from(self.place.at(field, e.to_string()))
        };
        let labels = data.labels();
        let parts = match &data.own {
            Some(_) if s.test_per_mille.is_some() => {
                let title = "`test_per_mille` of a data set that has a test part of its own";
                return Err(self.place.at("test_per_mille", title).into());
            }
            Some(own) => own.parts(s.validate).map_err(invalid("validate"))?,
            None if s.validate => return Err(invalid("validate")(crate::data::DataError::NoValidation)),
            None => match s.test_per_mille {
                Some(share) => split::test_part(labels, data.classes(), share, seed)
                    .map_err(invalid("test_per_mille"))?,
                // Whoever is scored on what it learns from needs no part for it.
                None if matches!(s.score, ScoreOf::LastTrained(_)) => {
                    Parts { kept: (0..labels.len() as u32).collect(), held_out: Vec::new() }
                }
                None => {
                    let title = "missing `test_per_mille`: this data set has no test part of its own";
                    return Err(self.place.at("data", title).into());
                }
            },
        };
        match s.validate_per_mille {
            None => Ok(parts),
            Some(share) => split::validation_part(labels, data.classes(), &parts.kept, share, seed)
                .map_err(invalid("validate_per_mille")),
        }
    }
}
