//! A classification, checked: everything that can be wrong with the file is found before anything runs.

use super::changes;
use super::schedule::Schedule;
use crate::data::split::{self, Parts};
use crate::data::{Samples, digits};
use crate::encode::{Constant, CountedCode, Encoder, LatencyCode, RateCode};
use crate::experiment::file::{Classify, Data, EncoderFile, Row};
use crate::experiment::reference::{self, Opened};
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::network::Network;

/// A classification, ready to run.
pub struct Task {
    /// The file's settings.
    pub settings: Classify,
    /// The chip.
    pub chip: Chip,
    /// The data.
    pub samples: Samples,
    origin: Opened,
}

fn problem(text: impl Into<String>) -> Diagnostics {
    Diagnostics::from(Diagnostic::new(text.into()))
}

impl Task {
    /// Loads and checks everything that the file refers to.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(settings: Classify, chip: Chip, origin: Opened) -> Result<Self, Diagnostics> {
        check_numbers(&settings)?;
        let samples = match &settings.data {
            Data::Digits => digits::load().map_err(|e| problem(e.to_string()))?,
            Data::Npy { features, labels } => {
                let folder = origin.folder.clone().unwrap_or_default();
                crate::experiment::labelled::load(&folder.join(features), &folder.join(labels))
                    .map_err(|e| problem(e.to_string()))?
            }
        };
        let task = Self { settings, chip, samples, origin };
        for row in &task.settings.rows {
            let network = task.network(row, task.settings.seeds[0])?;
            task.schedule(&network, task.settings.seeds[0])?;
        }
        Ok(task)
    }

    /// The network of a row, for one seed, with the row's changes.
    ///
    /// # Errors
    /// With what is wrong with the file or the changes.
    pub fn network(&self, row: &Row, seed: u32) -> Result<Network, Diagnostics> {
        let mut network = reference::network(&row.network, &self.origin, &self.chip, Some(seed))?;
        for change in &row.set {
            changes::apply(&mut network, change)?;
        }
        Ok(network)
    }

    /// Encoders, targets and windows for `network`.
    ///
    /// # Errors
    /// When an input or the readout is not in the network, or sizes differ.
    pub fn schedule(&self, network: &Network, seed: u32) -> Result<Schedule, Diagnostics> {
        let settings = &self.settings;
        let mut encoders = Vec::new();
        for encoder in &settings.encoders {
            self.encoder(encoder, network, seed, &mut encoders)?;
        }
        let readout = self.readout(network)?;
        let population = &network.populations[readout];
        let Some(errors) = population.readout else {
            return Err(problem(format!(
                "population `{}` has no `readout`: it forms no errors",
                population.name
            )));
        };
        if population.neurons as usize != self.samples.classes {
            let (neurons, classes) = (population.neurons, self.samples.classes);
            let name = &population.name;
            return Err(problem(format!(
                "readout `{name}` has {neurons} neurons, the data has {classes} classes"
            )));
        }
        let lane = |value: f64| (value * f64::from(1u32 << network.datapath.state_fraction)).round() as i32;
        Ok(Schedule {
            encoders,
            steps: settings.sample_steps,
            learn_from: settings.learn_from,
            first_channel: errors.first_channel,
            classes: population.neurons as u16,
            right: lane(settings.right),
            wrong: lane(settings.wrong),
        })
    }

    /// Index of the readout population.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn readout(&self, network: &Network) -> Result<usize, Diagnostics> {
        let name = &self.settings.readout;
        network.population(name).ok_or_else(|| {
            let names = network.populations.iter().map(|p| p.name.as_str()).collect();
            Diagnostics::from(changes::unknown("population", name, names))
        })
    }

    fn encoder(
        &self,
        file: &EncoderFile,
        network: &Network,
        seed: u32,
        list: &mut Vec<Box<dyn Encoder + Send + Sync>>,
    ) -> Result<(), Diagnostics> {
        let (EncoderFile::Rate { input: name, .. }
        | EncoderFile::Counted { input: name, .. }
        | EncoderFile::Latency { input: name, .. }
        | EncoderFile::Constant { input: name }) = file;
        let Some(input) = network.input(name) else {
            let names = network.inputs.iter().map(|i| i.name.as_str()).collect();
            return Err(changes::unknown("input", name, names).into());
        };
        let neurons = network.inputs[input].neurons;
        let largest = self.samples.largest().max(1);
        if !matches!(file, EncoderFile::Constant { .. }) && neurons as usize != self.samples.width {
            let width = self.samples.width;
            return Err(problem(format!(
                "input `{name}` has {neurons} neurons, a sample has {width} features"
            )));
        }
        let invalid = |e: crate::encode::EncodeError| problem(format!("input `{name}`: {e}"));
        let input = input as u16;
        match *file {
            EncoderFile::Rate { rate_per_mille, .. } => {
                list.push(Box::new(RateCode::new(input, largest, rate_per_mille, seed).map_err(invalid)?));
            }
            EncoderFile::Counted { rate_per_mille, .. } => {
                list.push(Box::new(CountedCode::new(input, largest, rate_per_mille).map_err(invalid)?));
            }
            EncoderFile::Latency { range_steps, zero_is_silent, .. } => {
                let code = LatencyCode::new(input, largest, range_steps, zero_is_silent).map_err(invalid)?;
                list.push(Box::new(code));
            }
            EncoderFile::Constant { .. } => {
                for neuron in 0..neurons {
                    list.push(Box::new(Constant { input, neuron, count: 1 }));
                }
            }
        }
        Ok(())
    }

    /// Training part and held-out part of one seed.
    ///
    /// # Errors
    /// When a part would be empty.
    pub fn parts(&self, seed: u32) -> Result<Parts, Diagnostics> {
        let invalid = |e: crate::data::DataError| problem(e.to_string());
        let parts = split::test_part(&self.samples, self.settings.test_per_mille, seed).map_err(invalid)?;
        match self.settings.validate_per_mille {
            None => Ok(parts),
            Some(share) => split::validation_part(&self.samples, &parts.kept, share, seed).map_err(invalid),
        }
    }
}

fn check_numbers(settings: &Classify) -> Result<(), Diagnostics> {
    let mut problems = Vec::new();
    let mut expect = |holds: bool, text: &str| {
        if !holds {
            problems.push(Diagnostic::new(text));
        }
    };
    expect(settings.sample_steps >= 1, "`sample_steps` is 0, allowed 1..");
    expect(settings.learn_from < settings.sample_steps, "`learn_from` is not below `sample_steps`");
    expect(settings.epochs >= 1, "`epochs` is 0, allowed 1..");
    expect(!settings.seeds.is_empty(), "`seeds` is empty: nothing would run");
    expect(!settings.rows.is_empty(), "`rows` is empty: nothing would run");
    for comparison in &settings.compare {
        for name in [&comparison.first, &comparison.second] {
            let known = settings.rows.iter().any(|r| r.name == *name) || name == "linear" && settings.linear;
            expect(known, &format!("`compare` names `{name}`, which is no row"));
        }
    }
    Diagnostics::or(problems, ())
}
