//! Micro-steps 2 to 4 of one population.
//!
//! Promises: the registers are those of `docs/arithmetic.md`, section 1, and every neuron is updated in every step.
//! Absent on purpose: synapses (the dendritic sums come in), learning.

use super::arithmetic::{Draw, decay, floor, overflow, power, word};
use synfire_chip::network::Population;
use synfire_core::neuron::{Compare, Datapath, Noise, Order, PerNeuron, Refractory, Reset};

/// State registers of a population, one value a neuron.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neurons {
    /// Current I.
    pub current: Vec<i64>,
    /// Membrane U, after the reset of 4.3.
    pub membrane: Vec<i64>,
    /// Compared membrane.
    pub compared: Vec<i64>,
    /// Spike S, 0 or 1.
    pub fired: Vec<i64>,
    /// Refractory counter R.
    pub refractory: Vec<i64>,
    /// Adaptation A; 0 where the threshold does not adapt.
    pub adaptation: Vec<i64>,
    /// Dendritic sums of the last step, by port, before the port's shift.
    pub ports: Vec<Vec<i64>>,
    /// Whether the neuron was active in the last step: `docs/timing-and-energy.md`, "Active neurons".
    pub active: Vec<bool>,
}

/// What reaches the neurons of a population in a step, one value a neuron.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// 3.1: the dendritic sum.
    pub sums: Vec<i64>,
    /// Its parts by port, before their shifts: port 0 with injected currents.
    pub ports: Vec<Vec<i64>>,
    /// Whether an event or a current reached it, whatever they sum up to.
    pub reached: Vec<bool>,
}

/// The value that neuron `index` has of a parameter.
pub(super) fn parameter(of: &PerNeuron, index: usize) -> i64 {
    match of {
        PerNeuron::Same(value) => i64::from(*value),
        PerNeuron::Each(values) => i64::from(values[index]),
    }
}

/// Where a population's step takes place: the chip's datapath and the names that noise is drawn for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub datapath: &'a Datapath,
    pub seed: u32,
    pub population: usize,
    pub step: u64,
}

impl Neurons {
    /// Registers at reset; also what `clear` leaves.
    pub(super) fn at_reset(population: &Population) -> Self {
        let neurons = population.neurons as usize;
        let all = |of: &PerNeuron| (0..neurons).map(|i| parameter(of, i)).collect();
        Self {
            current: all(&population.parameters.initial_current),
            membrane: all(&population.parameters.initial_membrane),
            compared: vec![0; neurons],
            fired: vec![0; neurons],
            refractory: vec![0; neurons],
            adaptation: vec![0; neurons],
            ports: Vec::new(),
            active: vec![false; neurons],
        }
    }

    /// Micro-steps 2 to 4 of all neurons.
    pub(super) fn step(&mut self, population: &Population, place: Place<'_>, input: &Input) {
        self.ports.clone_from(&input.ports);
        self.active = (0..input.sums.len()).map(|neuron| self.is_active(population, neuron, input)).collect();
        let interval = u64::from(population.parameters.reset_interval);
        if interval > 0 && place.step % interval == u64::from(population.parameters.reset_offset) % interval {
            self.current.fill(0);
            self.membrane.fill(0);
        }
        for (neuron, sum) in input.sums.iter().enumerate() {
            self.update(population, place, neuron, *sum);
        }
    }

    /// Whether a neuron is active in a step that has not begun.
    fn is_active(&self, population: &Population, neuron: usize, input: &Input) -> bool {
        let registers = [&self.current, &self.membrane, &self.refractory, &self.adaptation];
        let at_rest = registers.iter().all(|register| register[neuron] == 0);
        let bias = parameter(&population.parameters.bias, neuron);
        !at_rest || input.reached[neuron] || bias != 0 || population.parameters.noise_bits > 0
    }

    /// 4.0: A, from the spikes of the step before.
    fn adapt(&mut self, population: &Population, path: &Datapath, neuron: usize) {
        if let Some(adaptation) = &population.parameters.adaptation {
            let factor = parameter(&adaptation.decay, neuron);
            let kept = decay(self.adaptation[neuron], factor, path.decay_fraction);
            let raised = kept + self.fired[neuron] * parameter(&adaptation.increment, neuron);
            self.adaptation[neuron] = raised.min(most(path));
        }
    }

    fn update(&mut self, population: &Population, place: Place<'_>, neuron: usize, sum: i64) {
        let (path, of) = (place.datapath, &population.parameters);
        let get = |what: &PerNeuron| parameter(what, neuron);
        let (before, threshold) = (self.membrane[neuron], get(&of.threshold));

        // 3
        let old_current = self.current[neuron];
        let kept = decay(old_current, get(&of.current_decay), path.decay_fraction);
        let drive = sum * power(path.input_shift);
        let current = overflow(path.current_overflow, path.state_width, kept + drive);

        // 2
        let integrated = match path.order {
            Order::PreviousCurrent => old_current,
            Order::UpdatedCurrent => current,
        };
        let subtracted = match of.reset {
            Reset::SubtractNext if self.fired[neuron] == 1 => threshold,
            _ => 0,
        };
        let kept = decay(before, get(&of.membrane_decay), path.decay_fraction);
        let noise = noise(of.noise_bits, place, neuron);
        let (shaken, moved) = match of.noise {
            Noise::Membrane => (noise, 0),
            Noise::Threshold => (0, noise),
        };
        let exact = kept + integrated + get(&of.bias) + shaken - subtracted;
        let updated = overflow(path.membrane_overflow, path.state_width, exact);

        // 4
        self.adapt(population, path, neuron);
        let mut limit = adapted_threshold(population, path, neuron, self.adaptation[neuron]);
        if of.noise == Noise::Threshold && of.noise_bits > 0 {
            limit = (limit + moved).max(0).min(most(path));
        }
        let silent = self.refractory[neuron] > 0;
        let compared = if silent && of.refractory == Refractory::Hold { before } else { updated };
        let above = match path.compare {
            Compare::GreaterEqual => compared >= limit,
            Compare::Greater => compared > limit,
        };
        let fires = of.spiking && !silent && above;
        self.current[neuron] = current;
        self.compared[neuron] = compared;
        self.fired[neuron] = i64::from(fires);
        self.membrane[neuron] = match of.reset {
            Reset::SubtractNow if fires => compared - threshold,
            Reset::ToValue(value) if fires => i64::from(value),
            _ => compared,
        };
        self.refractory[neuron] = match (fires, silent) {
            (true, _) => i64::from(of.refractory_steps),
            (false, true) => self.refractory[neuron] - 1,
            (false, false) => 0,
        };
    }
}

/// The largest lane of the membrane.
fn most(path: &Datapath) -> i64 {
    power(path.state_width - 1) - 1
}

/// 4.0: the threshold that adaptation `a` has raised.
pub(super) fn adapted_threshold(population: &Population, path: &Datapath, neuron: usize, a: i64) -> i64 {
    let threshold = parameter(&population.parameters.threshold, neuron);
    match population.parameters.adaptation {
        Some(_) => (threshold + a).min(most(path)),
        None => threshold,
    }
}

/// Section 10.5.
fn noise(bits: u8, place: Place<'_>, neuron: usize) -> i64 {
    if bits == 0 {
        return 0;
    }
    let word = word(place.seed, Draw::Noise, place.step, place.population, 0, neuron as u32);
    let signed = if word >= 1 << 31 { i64::from(word) - power(32u32) } else { i64::from(word) };
    floor(signed, 32 - u32::from(bits))
}
