//! How often neurons are expected to fire: all alike, as stated, as an earlier run's table says, or as they did in a trial.
//!
//! Rates are spikes of a neuron in a step, in units of 2^-16. Of an earlier run its `populations.csv` is read: the spikes of
//! each population by its neurons and steps. A trial knows every neuron.
//!
//! Promises: what cannot be read is refused with file and line. Absent on purpose: rates of single neurons in a file.

use std::collections::BTreeMap;
use std::path::Path;
use synfire_chip::files::{self, Diagnostic, Diagnostics};
use synfire_chip::network::{Network, Source};
use synfire_chip::placing::Rates;

/// Rates of all sources.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Of each channel of each input.
    inputs: Vec<Vec<u64>>,
    /// Of each neuron of each population.
    populations: Vec<Vec<u64>>,
    /// What they are, in words.
    pub words: String,
}

impl Expected {
    /// Those that a network's placement states; where it states none, all neurons alike.
    #[must_use]
    pub fn stated(network: &Network, rates: &Rates) -> Self {
        let unit = u64::from(Rates::UNIT);
        let of = |list: &[u32], index: usize| list.get(index).map_or(unit, |rate| u64::from(*rate));
        let inputs = network.inputs.iter().enumerate();
        let populations = network.populations.iter().enumerate();
        let alike = rates.inputs.iter().chain(&rates.populations).all(|rate| *rate == Rates::UNIT);
        Self {
            inputs: inputs.map(|(at, of_net)| vec![of(&rates.inputs, at); of_net.neurons as usize]).collect(),
            populations: populations
                .map(|(at, of_net)| vec![of(&rates.populations, at); of_net.neurons as usize])
                .collect(),
            words: if alike {
                "one spike of every neuron in a step".to_owned()
            } else {
                "rates as stated".to_owned()
            },
        }
    }

    /// Spikes of neurons in so many steps.
    #[must_use]
    pub fn measured(inputs: Vec<Vec<u64>>, populations: Vec<Vec<u64>>, steps: u64) -> Self {
        let rate = |spikes: &mut u64| *spikes = (*spikes << 16) / steps.max(1);
        let (mut inputs, mut populations) = (inputs, populations);
        inputs.iter_mut().chain(&mut populations).flatten().for_each(rate);
        Self {
            inputs,
            populations,
            words: format!("spikes of every neuron in {steps} steps, placed in order"),
        }
    }

    /// Rates of an earlier run's `populations.csv`, in place of those of the populations that it lists.
    ///
    /// # Errors
    /// When it is none, or lists none of the populations.
    pub fn of_run(&mut self, network: &Network, path: &Path) -> Result<(), Diagnostics> {
        let refuse = |found: String| {
            let problem = Diagnostic::new(format!("{}: {found}", path.display()));
            Diagnostics::from(problem.noted("allowed", "the `populations.csv` of a run"))
        };
        let text = files::read_text(path).map_err(|error| refuse(error.to_string()))?;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let head = reader.headers().map_err(|error| refuse(error.to_string()))?.clone();
        let column = |name: &str| {
            head.iter().position(|column| column == name).ok_or_else(|| refuse(format!("no column `{name}`")))
        };
        let columns = ["population", "neurons", "steps", "core.spikes"].map(column);
        let [population, neurons, steps, spikes] = columns;
        let (population, numbers) = (population?, [neurons?, steps?, spikes?]);
        let mut sums: BTreeMap<usize, [u64; 3]> = BTreeMap::new();
        for (line, record) in (2..).zip(reader.records()) {
            let record = record.map_err(|error| refuse(error.to_string()))?;
            let Some(index) = network.population(record.get(population).unwrap_or_default()) else {
                continue;
            };
            let number = |column: usize| {
                let cell = record.get(column).unwrap_or_default();
                cell.parse::<u64>()
                    .map_err(|_| refuse(format!("line {line}: `{}` is `{cell}`", &head[column])))
            };
            let sum = sums.entry(index).or_default();
            sum[0] = number(numbers[0])?;
            sum[1] = sum[1].saturating_add(number(numbers[1])?);
            sum[2] = sum[2].saturating_add(number(numbers[2])?);
        }
        if sums.is_empty() {
            return Err(refuse("no population of this network".to_owned()));
        }
        for (index, [neurons, steps, spikes]) in sums {
            let all = u128::from(neurons) * u128::from(steps);
            let rate = (u128::from(spikes) << 16) / all.max(1);
            self.populations[index].fill(u64::try_from(rate).unwrap_or(u64::MAX >> 32).min(255 << 16));
        }
        self.words = format!("spikes of each population in {}", path.display());
        Ok(())
    }

    /// Sets the rate of an input or a population, `NAME=SPIKES` a neuron and step.
    ///
    /// # Errors
    /// When there is none of that name, or the number is none.
    pub fn state(&mut self, network: &Network, text: &str) -> Result<(), Diagnostics> {
        let refuse = |found: String, allowed: String| {
            Diagnostics::from(Diagnostic::new(format!("--rate `{text}`: {found}")).noted("allowed", allowed))
        };
        let form = "`NAME=SPIKES`, spikes of a neuron in a step, such as `hidden=0.05`";
        let (name, value) =
            text.split_once('=').ok_or_else(|| refuse("no `=`".to_owned(), form.to_owned()))?;
        let value: f64 =
            value.parse().map_err(|_| refuse(format!("`{value}` is no number"), form.to_owned()))?;
        if !(0.0..=255.0).contains(&value) {
            return Err(refuse(format!("{value} is out of range"), "0..=255".to_owned()));
        }
        let rate = libm::round(value * f64::from(Rates::UNIT)) as u64;
        let list = match (network.input(name), network.population(name)) {
            (Some(input), _) => &mut self.inputs[input],
            (None, Some(population)) => &mut self.populations[population],
            (None, None) => {
                let inputs = network.inputs.iter().map(|input| input.name.as_str());
                let names: Vec<&str> = inputs
                    .chain(network.populations.iter().map(|population| population.name.as_str()))
                    .collect();
                let near = files::nearest(name, names.iter().copied());
                let near = near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
                return Err(refuse(format!("there is no `{name}`{near}"), names.join(", ")));
            }
        };
        list.fill(rate);
        self.words = "rates as stated".to_owned();
        Ok(())
    }

    /// The rate of a neuron or channel.
    #[must_use]
    pub fn of(&self, source: Source, neuron: u32) -> u64 {
        let list = match source {
            Source::Input(index) => &self.inputs[index],
            Source::Population(index) => &self.populations[index],
        };
        list.get(neuron as usize).copied().unwrap_or(0)
    }
}
