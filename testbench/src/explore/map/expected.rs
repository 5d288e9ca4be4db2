//! How often neurons are expected to fire: all alike, as stated, as an earlier run says, or as they did in a trial.
//!
//! Rates are spikes of a neuron in a step, in units of 2^-16. Of an earlier run its `populations.csv` has the spikes of each
//! population by its neurons and steps, and a file of spikes (`spikes`) those of every neuron. A trial knows every neuron.
//!
//! Promises: what cannot be read is refused with file and line; what is said of a name is said once, and told with the
//! result. Absent on purpose: neurons that cannot fire (the flows leave them out).

use super::spikes;
use std::collections::{BTreeMap, BTreeSet};
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
    /// Where those are from that nothing else was said of.
    of_others: String,
    /// Where others are from, and whose they are.
    said: Vec<(String, Vec<String>)>,
}

impl Expected {
    /// One spike of every neuron in a step.
    #[must_use]
    pub fn alike(network: &Network) -> Self {
        let all = |neurons: u32| vec![u64::from(Rates::UNIT); neurons as usize];
        Self {
            inputs: network.inputs.iter().map(|input| all(input.neurons)).collect(),
            populations: network.populations.iter().map(|population| all(population.neurons)).collect(),
            of_others: "one spike of every neuron in a step".to_owned(),
            said: Vec::new(),
        }
    }

    /// Spikes of neurons in so many steps.
    #[must_use]
    pub fn measured(inputs: Vec<Vec<u64>>, populations: Vec<Vec<u64>>, steps: u64) -> Self {
        let rate = |spikes: &mut u64| *spikes = (*spikes << 16) / steps.max(1);
        let (mut inputs, mut populations) = (inputs, populations);
        inputs.iter_mut().chain(&mut populations).flatten().for_each(rate);
        let of_others = format!("spikes of every neuron in {steps} steps, placed in order");
        Self { inputs, populations, of_others, said: Vec::new() }
    }

    /// Where the rates are from, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let named: BTreeSet<&String> = self.said.iter().flat_map(|(_, names)| names).collect();
        let others = named.len() < self.inputs.len() + self.populations.len();
        let said = self.said.iter().map(|(words, names)| format!("{words} of {}", names.join(", ")));
        let all: Vec<String> = said.chain(others.then(|| self.of_others.clone())).collect();
        match all.split_last() {
            Some((last, before)) if !before.is_empty() && others => {
                format!("{}; else {last}", before.join(", "))
            }
            _ => all.join(", "),
        }
    }

    /// An input, or a population that fires, of which nothing was said.
    #[must_use]
    pub fn unsaid<'n>(&self, network: &'n Network) -> Option<&'n str> {
        let said = |name: &str| self.said.iter().any(|(_, names)| names.iter().any(|own| own == name));
        let inputs = network.inputs.iter().map(|input| input.name.as_str());
        let fire = network.populations.iter().filter(|population| population.parameters.spiking);
        inputs.chain(fire.map(|population| population.name.as_str())).find(|name| !said(name))
    }

    /// Notes where the rates of a name are from.
    fn say(&mut self, words: String, name: &str) {
        match self.said.iter_mut().find(|(own, _)| *own == words) {
            Some((_, names)) => names.push(name.to_owned()),
            None => self.said.push((words, vec![name.to_owned()])),
        }
    }

    /// What `NAME=..` of the option that `shown` quotes is about: its rates, where nothing was said of it.
    fn named(&mut self, network: &Network, name: &str, shown: &str) -> Result<&mut Vec<u64>, Diagnostics> {
        let refuse = |found: String, allowed: String| {
            Err(Diagnostic::new(format!("{shown}: {found}")).noted("allowed", allowed).into())
        };
        if self.said.iter().any(|(_, names)| names.iter().any(|own| own == name)) {
            return refuse(format!("something else was said of `{name}`"), "each name once".to_owned());
        }
        match (network.input(name), network.population(name)) {
            (Some(input), _) => Ok(&mut self.inputs[input]),
            (None, Some(population)) => Ok(&mut self.populations[population]),
            (None, None) => {
                let inputs = network.inputs.iter().map(|input| input.name.as_str());
                let names: Vec<&str> =
                    inputs.chain(network.populations.iter().map(|of| of.name.as_str())).collect();
                let near = files::nearest(name, names.iter().copied());
                let near = near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
                refuse(format!("there is no `{name}`{near}"), names.join(", "))
            }
        }
    }

    /// Rates of single neurons: `NAME=FILE`, a file of spikes of the input or population.
    ///
    /// # Errors
    /// When there is none of that name, it was said already, or the file is none of spikes of its neurons.
    pub fn of_spikes(&mut self, network: &Network, name: &str, path: &Path) -> Result<(), Diagnostics> {
        let list = self.named(network, name, &format!("--spikes `{name}={}`", path.display()))?;
        let read = spikes::read(path, list.len() as u32);
        let read = read.map_err(|error| Diagnostics::from(Diagnostic::new(error.to_string())))?;
        *list = read.of.iter().map(|count| (count << 16) / read.steps.max(1)).collect();
        self.say(format!("spikes of every neuron in {} ({} steps)", path.display(), read.steps), name);
        Ok(())
    }

    /// Rates of an earlier run's `populations.csv`, of the populations that it lists and nothing else was said of.
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
        let words = format!("spikes in {}", path.display());
        for (index, [neurons, steps, spikes]) in sums {
            let name = &network.populations[index].name;
            if self.said.iter().any(|(_, names)| names.contains(name)) {
                continue;
            }
            let all = u128::from(neurons) * u128::from(steps);
            let rate = (u128::from(spikes) << 16) / all.max(1);
            self.populations[index].fill(u64::try_from(rate).unwrap_or(u64::MAX >> 32).min(255 << 16));
            self.say(words.clone(), name);
        }
        Ok(())
    }

    /// Sets the rate of an input or a population, `NAME=SPIKES` a neuron and step.
    ///
    /// # Errors
    /// When there is none of that name, it was said already or never fires, or the number is none.
    pub fn state(&mut self, network: &Network, text: &str) -> Result<(), Diagnostics> {
        let refuse = |found: String, allowed: &str| {
            Diagnostics::from(Diagnostic::new(format!("--rate `{text}`: {found}")).noted("allowed", allowed))
        };
        let form = "`NAME=SPIKES`, spikes of a neuron in a step, such as `hidden=0.05`";
        let (name, value) = text.split_once('=').ok_or_else(|| refuse("no `=`".to_owned(), form))?;
        let value: f64 = value.parse().map_err(|_| refuse(format!("`{value}` is no number"), form))?;
        if !(0.0..=255.0).contains(&value) {
            return Err(refuse(format!("{value} is out of range"), "0..=255"));
        }
        let rate = libm::round(value * f64::from(Rates::UNIT)) as u64;
        let silent = network.input(name).is_none()
            && network.population(name).is_some_and(|of| !network.populations[of].parameters.spiking);
        if silent && rate > 0 {
            return Err(refuse(format!("`{name}` never fires: `spiking: false`"), "0, or leaving it out"));
        }
        self.named(network, name, &format!("--rate `{text}`"))?.fill(rate);
        self.say("rates as stated".to_owned(), name);
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
