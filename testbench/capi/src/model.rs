//! A chip with a network, what is to happen in its next step, and what may be read and written between two steps.
//!
//! Promises: nothing that is refused changes anything; what is given between two steps acts in the next, control events
//! first and in their order, as `docs/arithmetic.md`, section 3, has it. Absent on purpose: pointers, handles.

use crate::failure::Failure;
use crate::lockstep::Lockstep;
use crate::word::Word;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::{self, Diagnostics, NetworkOverrides};
use synfire_chip::network::Network;
use synfire_chip::run::back_door::BackDoorError;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::observable;
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_chip::run::program::{Control, Injection, StepEvents, StimulusSpike};

/// Says why a file that a text names is not found.
const NO_FOLDER: &str = "  = note: no folder was given to find files in";

/// A model.
#[derive(Debug)]
pub struct Model {
    pub(crate) network: Network,
    pub(crate) machine: Machine,
    events: StepEvents,
    /// Largest current a step and neuron that each population was announced.
    announced: Vec<u64>,
    lockstep: Option<Lockstep>,
}

impl From<BackDoorError> for Failure {
    fn from(error: BackDoorError) -> Self {
        Self::argument(error)
    }
}

/// What has a name and a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Input,
    Population,
    Projection,
}

impl Kind {
    pub fn new(kind: u32) -> Result<Self, Failure> {
        match kind {
            0 => Ok(Self::Input),
            1 => Ok(Self::Population),
            2 => Ok(Self::Projection),
            _ => {
                Err(Failure::argument(format_args!("{kind} is no kind: 0 input, 1 population, 2 projection")))
            }
        }
    }
}

impl Model {
    /// A model of a chip file, or a preset of that name, and a network file.
    pub fn from_files(chip: &str, network: &str) -> Result<Self, Failure> {
        let chip = files::load_chip(chip, Path::new("")).map_err(Failure::refused)?;
        let network = files::load_network(Path::new(network), &chip, &NetworkOverrides::default());
        Self::new(&chip, network.map_err(Failure::refused)?)
    }

    /// A model of two texts; files that they name are in `folder`.
    pub fn from_texts(chip: &str, network: &str, folder: Option<&str>) -> Result<Self, Failure> {
        let refused = |problems: Diagnostics| match folder {
            Some(_) => Failure::refused(problems),
            None => Failure::refused(format_args!("{problems}\n{NO_FOLDER}")),
        };
        // Nothing lies below a name that is a file's.
        let folder = Path::new(folder.unwrap_or("/dev/null"));
        let chip = files::chip_from_text("<chip>", chip, folder).map_err(refused)?;
        let overrides = NetworkOverrides::default();
        let network = files::network_from_text("<network>", network, folder, &chip, &overrides);
        Self::new(&chip, network.map_err(refused)?)
    }

    fn new(chip: &Chip, network: Network) -> Result<Self, Failure> {
        let machine = Machine::new(&network, chip).map_err(Failure::refused)?;
        let announced = vec![0; network.populations.len()];
        Ok(Self { network, machine, events: StepEvents::default(), announced, lockstep: None })
    }

    fn check_population(&self, population: u32) -> Result<usize, Failure> {
        let count = self.network.populations.len();
        let found = population as usize;
        if found < count { Ok(found) } else { Err(Failure::index("population", population, count)) }
    }

    fn check_neuron(&self, population: u32, neuron: u32) -> Result<usize, Failure> {
        let found = self.check_population(population)?;
        let neurons = self.network.populations[found].neurons;
        if neuron < neurons { Ok(found) } else { Err(Failure::index("neuron", neuron, neurons as usize)) }
    }

    /// The index of what has this name.
    pub fn find(&self, kind: Kind, name: &str) -> Result<u32, Failure> {
        let (what, found) = match kind {
            Kind::Input => ("input", self.network.input(name)),
            Kind::Population => ("population", self.network.population(name)),
            Kind::Projection => ("projection", self.network.projection(name)),
        };
        let none = || Failure::argument(format_args!("the network has no {what} `{}`", shown(name)));
        found.map(|index| index as u32).ok_or_else(none)
    }

    /// Channels of an input, neurons of a population, weights of a projection.
    pub fn size(&self, kind: Kind, index: u32) -> Result<u64, Failure> {
        let at = index as usize;
        let Network { inputs, populations, projections, .. } = &self.network;
        let (what, size, count) = match kind {
            Kind::Input => ("input", inputs.get(at).map(|input| u64::from(input.neurons)), inputs.len()),
            Kind::Population => {
                ("population", populations.get(at).map(|own| u64::from(own.neurons)), populations.len())
            }
            Kind::Projection => {
                let weights = projections.get(at).map(|own| own.synapses.weights().len() as u64);
                ("projection", weights, projections.len())
            }
        };
        size.ok_or_else(|| Failure::index(what, index, count))
    }

    /// A channel of an input fires in the next step.
    pub fn spike(&mut self, input: u32, channel: u32, count: u32) -> Result<(), Failure> {
        let inputs = &self.network.inputs;
        let own = inputs.get(input as usize).ok_or_else(|| Failure::index("input", input, inputs.len()))?;
        if channel >= own.neurons {
            return Err(Failure::index("channel", channel, own.neurons as usize));
        }
        let events = u8::try_from(count).ok().filter(|count| *count > 0);
        let count =
            events.ok_or_else(|| Failure::argument(format_args!("{count} events are outside 1..=255")))?;
        self.events.spikes.push(StimulusSpike { input: input as u16, neuron: channel, count });
        Ok(())
    }

    /// Announces that no neuron of a population is injected with more than `largest` in one step.
    pub fn announce_currents(&mut self, population: u32, largest: u32) -> Result<(), Failure> {
        let found = self.check_population(population)?;
        let proven = self.machine.announce_currents(&self.network, found, u64::from(largest));
        proven.map_err(|fits| {
            Failure::argument(format_args!(
                "currents of {largest} do not fit beside the synapses: {fits} would"
            ))
        })?;
        self.announced[found] = self.announced[found].max(u64::from(largest));
        Ok(())
    }

    /// A current enters the dendritic sum of a neuron in the next step.
    pub fn inject(&mut self, population: u32, neuron: u32, value: i32) -> Result<(), Failure> {
        let found = self.check_neuron(population, neuron)?;
        let population = population as u16;
        let same =
            self.events.injections.iter().filter(|own| (own.population, own.neuron) == (population, neuron));
        let sum = same.map(|own| i64::from(own.value)).sum::<i64>() + i64::from(value);
        let announced = self.announced[found];
        if sum.unsigned_abs() > announced {
            return Err(Failure::argument(format_args!(
                "a current of {sum} in one step: {announced} is the largest that was announced for this population"
            )));
        }
        self.events.injections.push(Injection { population, neuron, value });
        Ok(())
    }

    /// Registers, traces and what is under way to their reset values, before everything else of the next step.
    pub fn clear(&mut self) {
        self.events.control.push(Control::Clear);
    }

    /// Latches the target of a channel.
    pub fn target(&mut self, channel: u32, value: i32) -> Result<(), Failure> {
        let channels = self.network.channels();
        if channel as usize >= channels {
            return Err(Failure::index("channel of errors", channel, channels));
        }
        let top = i64::from(u32::MAX >> (33 - self.network.datapath.state_width));
        if i64::from(value).abs() > top {
            return Err(Failure::argument(format_args!("target {value} is outside {}..={top}", -top)));
        }
        self.events.control.push(Control::Target { channel: channel as u16, value });
        Ok(())
    }

    /// Switches learning.
    pub fn learn(&mut self, on: bool) {
        self.events.control.push(Control::Learn(on));
    }

    /// What is added to every shift of a learning rate.
    pub fn shift_offset(&mut self, offset: u32) -> Result<(), Failure> {
        let offset = u8::try_from(offset)
            .map_err(|_| Failure::argument(format_args!("shift offset {offset} is outside 0..=255")))?;
        self.events.control.push(Control::ShiftOffset(offset));
        Ok(())
    }

    /// Steps run so far: the number of the next.
    pub fn next_step(&self) -> u64 {
        self.machine.step
    }

    /// Runs one step with what was given since the last.
    pub fn step(&mut self) -> Result<(), Failure> {
        if let Some(lockstep) = &mut self.lockstep {
            lockstep.begin(&self.machine)?;
        }
        let events = std::mem::take(&mut self.events);
        // Dendritic sums and arrivals are kept where a probe asks for them, be it of no neuron or axon.
        let none = |variable| Probe { target: 0, variable, neurons: Vec::new(), from: 0, until: 0, every: 1 };
        let arrivals = self.network.projections.first().map(|_| none(Variable::Arrivals));
        let kept = [none(Variable::Dendritic(0))].into_iter().chain(arrivals);
        let mut recorder = Recorder::of(&self.network, kept.collect(), &self.machine.nodes);
        let ran = self.machine.run(&[events], RunOptions::default(), &mut recorder);
        // The state of a machine that broke off is not whole: nobody may look at it again.
        ran.unwrap_or_else(|error| panic!("{error}"));
        if let Some(lockstep) = &mut self.lockstep {
            lockstep.retire(&self.machine);
        }
        Ok(())
    }

    /// Reads a word.
    pub fn read(&self, word: Word) -> Result<i32, Failure> {
        let Self { machine, network, .. } = self;
        Ok(match word {
            Word::Register { variable, population, neuron } => {
                machine.register(network, variable, population, neuron)?
            }
            Word::Trace { variable, projection, pre, delay } => {
                let (q, p) = machine.traces(network, projection, pre, delay)?;
                if variable == Variable::TraceQ { q } else { p }
            }
            Word::Weight(name) => machine.weight(network, name)?,
            Word::Threshold { population, neuron } => machine.threshold(network, population, neuron)?,
            Word::Bias { population, neuron } => machine.bias(network, population, neuron)?,
        })
    }

    /// Writes a word of a memory.
    pub fn write(&mut self, word: Word, value: i32) -> Result<(), Failure> {
        let Self { machine, network, .. } = self;
        match word {
            Word::Weight(name) => machine.set_weight(network, name, value)?,
            Word::Threshold { population, neuron } => {
                machine.set_threshold(network, population, neuron, value)?;
            }
            Word::Bias { population, neuron } => machine.set_bias(network, population, neuron, value)?,
            Word::Register { .. } | Word::Trace { .. } => {
                return Err(Failure::argument(format_args!(
                    "{word} is a register of the step: weights, thresholds and biases can be written"
                )));
            }
        }
        Ok(())
    }

    /// A register of every neuron of a population.
    pub fn registers(&self, variable: Variable, population: u32) -> Result<Vec<i32>, Failure> {
        let found = self.check_population(population)?;
        let neurons = 0..self.network.populations[found].neurons;
        let of =
            |neuron| self.machine.register(&self.network, variable, found, neuron).map_err(Failure::from);
        neurons.map(of).collect()
    }

    /// A register of a population or projection by its name in the contract, 11.1: of everything that there is one of it for.
    pub fn named(&self, kind: Kind, index: u32, name: &str) -> Result<Vec<i32>, Failure> {
        self.size(kind, index)?;
        let (network, at) = (&self.network, index as usize);
        let (what, all) = match kind {
            Kind::Input => ("input", Vec::new()),
            Kind::Population => ("population", observable::of_population(network, at)),
            Kind::Projection => ("projection", observable::of_projection(network, at)),
        };
        let found = all.iter().copied().find(|variable| variable.name(network, at) == name);
        let variable = found.ok_or_else(|| {
            let has: Vec<_> = all.iter().map(|variable| variable.name(network, at)).collect();
            let has = if has.is_empty() { "none".to_owned() } else { has.join(", ") };
            Failure::argument(format_args!("{what} {index} has no register `{}`: it has {has}", shown(name)))
        })?;
        Ok(self.machine.shown(network, variable, at))
    }

    /// The neurons of a population that fired in the last step, ascending.
    pub fn fired(&self, population: u32) -> Result<Vec<u32>, Failure> {
        let spikes = self.registers(Variable::Spikes, population)?;
        Ok((0..).zip(spikes).filter(|(_, fired)| *fired != 0).map(|(neuron, _)| neuron).collect())
    }

    /// All weights of a projection, in the order of its network file; of a shared kernel, by copy and tap.
    pub fn weights(&self, projection: u32) -> Result<Vec<i32>, Failure> {
        let count = self.network.projections.len();
        if projection as usize >= count {
            return Err(Failure::index("projection", projection, count));
        }
        Ok(self.machine.weights(&self.network, projection as usize))
    }

    /// Holds what hardware retires to the model, from the next step on, or no longer.
    pub fn lockstep(&mut self, on: bool) -> Result<(), Failure> {
        self.lockstep = if on { Some(Lockstep::new(&self.network, &self.machine)?) } else { None };
        Ok(())
    }

    /// Compares a record of the last step; gives what the model has.
    pub fn check(&mut self, step: u64, word: Word, observed: i32) -> Result<i32, (Option<i32>, Failure)> {
        let expected = self.read(word).map_err(|failure| (None, failure))?;
        let Some(lockstep) = &mut self.lockstep else {
            return Err((None, Failure::argument("lock-step is not switched on")));
        };
        let due = lockstep.record(&self.network, &self.machine, step, word);
        due.map_err(|failure| (Some(expected), failure))?;
        if observed == expected {
            return Ok(expected);
        }
        let text = format!(
            "step {step}, {word}: observed {observed} ({observed:#010x}), expected {expected} ({expected:#010x})"
        );
        Err((Some(expected), Failure::differs(text)))
    }

    /// Ends the comparison of the last step; gives how many records were compared.
    pub fn check_end(&mut self, step: u64) -> Result<u64, Failure> {
        match &mut self.lockstep {
            Some(lockstep) => lockstep.end(&self.machine, step),
            None => Err(Failure::argument("lock-step is not switched on")),
        }
    }
}

/// A name of the caller's, cut short: it goes into a message.
fn shown(name: &str) -> String {
    let cut: String = name.chars().take(80).collect();
    if cut.len() < name.len() { format!("{cut}...") } else { cut }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    const CHIP: &str = r#"(format: "synfire-chip/1", extends: "small", name: "c")"#;
    const NETWORK: &str = r#"(format: "synfire-network/1", name: "n", inputs: [(name: "in", neurons: 2)],
        populations: [(name: "a", neurons: 3, neuron: (current_decay: Factor(0), membrane_decay: Factor(4096),
            threshold: Lanes(100)))],
        projections: [(name: "p", from: "in", to: "a", connect: AllToAll, weights: Lanes(40), delay: 1,
            store: (bits: 8, fraction: 0))])"#;

    /// Three neurons behind two channels.
    pub fn model() -> Model {
        Model::from_texts(CHIP, NETWORK, None).unwrap_or_else(|failure| panic!("{}", failure.text))
    }
}
