//! A classification, checked: everything that can be wrong with the file is found before anything runs.

use super::check;
use super::schedule::Schedule;
use crate::data::split::{self, Parts};
use crate::data::{Samples, digits};
use crate::encode::{Constant, CountedCode, Encoder, LatencyCode, RateCode};
use crate::experiment::file::{Classify, Data, EncoderFile};
use crate::experiment::labelled;
use crate::experiment::origin::Origin;
use crate::experiment::reference::Opened;
use crate::experiment::rows::Rows;
use synfire_chip::chip::Chip;
use synfire_chip::files::Diagnostics;
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
    place: Origin,
}

impl Task {
    /// Loads and checks everything that the file refers to.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(settings: Classify, chip: Chip, origin: Opened) -> Result<Self, Diagnostics> {
        let place = Origin::new(&origin);
        check::numbers(&settings, &place)?;
        let samples = match &settings.data {
            Data::Digits => digits::load().map_err(|e| Diagnostics::from(place.at("data", e.to_string())))?,
            Data::Npy { features, labels } => labelled::load(&place, features, labels)?,
        };
        let task = Self { settings, chip, samples, origin, place };
        for row in &task.settings.rows {
            let network = task.rows().network(row, task.settings.seeds[0])?;
            task.schedule(&network, task.settings.seeds[0])?;
        }
        Ok(task)
    }

    /// The rows and what their networks are built for.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        Rows { rows: &self.settings.rows, origin: &self.origin, place: &self.place, chip: &self.chip }
    }

    /// Encoders, targets and windows for `network`.
    ///
    /// # Errors
    /// When an input or the readout is not in the network, or sizes differ.
    pub fn schedule(&self, network: &Network, seed: u32) -> Result<Schedule, Diagnostics> {
        let settings = &self.settings;
        let mut encoders = Vec::new();
        for (index, encoder) in settings.encoders.iter().enumerate() {
            self.encoder(index, encoder, network, seed, &mut encoders)?;
        }
        let readout = self.readout(network)?;
        let population = &network.populations[readout];
        let Some(errors) = population.readout else {
            let title = format!("population `{}` has no `readout`: it forms no errors", population.name);
            let allowed = "a population with `readout` in the network";
            return Err(self.place.at("readout", title).noted("allowed", allowed).into());
        };
        if population.neurons as usize != self.samples.classes {
            let (neurons, classes) = (population.neurons, self.samples.classes);
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
        let lane = |field: &str, value: f64| check::target(&self.place, field, value, network);
        Ok(Schedule {
            encoders,
            steps: settings.sample_steps,
            learn_from: settings.learn_from,
            first_channel: errors.first_channel,
            classes: population.neurons as u16,
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

    fn encoder(
        &self,
        index: usize,
        file: &EncoderFile,
        network: &Network,
        seed: u32,
        list: &mut Vec<Box<dyn Encoder + Send + Sync>>,
    ) -> Result<(), Diagnostics> {
        let (form, name) = match file {
            EncoderFile::Rate { input, .. } => ("Rate", input),
            EncoderFile::Counted { input, .. } => ("Counted", input),
            EncoderFile::Latency { input, .. } => ("Latency", input),
            EncoderFile::Constant { input } => ("Constant", input),
        };
        let field = |field: &str| format!("encoders[{index}].{form}.{field}");
        let Some(input) = network.input(name) else {
            let names = network.inputs.iter().map(|i| i.name.as_str());
            return Err(self.place.unknown(&field("input"), "input", name, names));
        };
        let neurons = network.inputs[input].neurons;
        let largest = self.samples.largest().max(1);
        if !matches!(file, EncoderFile::Constant { .. }) && neurons as usize != self.samples.width {
            let width = self.samples.width;
            let title = format!("input `{name}` does not have one neuron a feature");
            let (found, allowed) =
                (format!("{neurons} neurons"), format!("{width}, the features of a sample"));
            return Err(self.place.refuse(&field("input"), &title, &found, &allowed));
        }
        let invalid = |e: crate::encode::EncodeError| {
            let title = format!("`{}` is out of range", e.field);
            self.place.refuse(&field(e.field), &title, &e.found.to_string(), e.allowed)
        };
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
        let invalid = |field: &'static str| {
            move |e: crate::data::DataError| Diagnostics::from(self.place.at(field, e.to_string()))
        };
        let parts = split::test_part(&self.samples, self.settings.test_per_mille, seed)
            .map_err(invalid("test_per_mille"))?;
        match self.settings.validate_per_mille {
            None => Ok(parts),
            Some(share) => split::validation_part(&self.samples, &parts.kept, share, seed)
                .map_err(invalid("validate_per_mille")),
        }
    }
}
