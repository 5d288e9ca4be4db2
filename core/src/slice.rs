//! A population slice: the neurons of one population that sit in one core, their registers and the step.
//!
//! Promises: registers are structs of arrays; blocks of 64 neurons whose last step without arrivals changed
//! nothing are skipped (`F(s) = s` without input is a fixed point, whatever the neuron's options), so that
//! event-driven and dense sweeps give the same bits. Noise keeps every block active, an adaptation that decays its own.
//! Absent on purpose: synapses, routing, learning.

use crate::active::{ActiveBy, Activity, Arrived, Before};
use crate::adaptation::MovingThreshold;
use crate::dither::{self, Purpose};
use crate::lif::{self, BLOCK, Blocks, Lanes, LifConfig};
use crate::neuron::{Datapath, NeuronParameters, Noise, PerNeuron};
use crate::parameters::{PerLane, Uniform};
use crate::rounding::scale;
use crate::vectorised;
use bitvec::prelude::{BitSlice, BitVec, Lsb0};
use serde::{Deserialize, Serialize};

/// One dendritic accumulator per neuron, for the projections that share its exponent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Zero or more: already applied to the addends. Negative: right shift of the sum, with floor.
    pub sum_exponent: i8,
    /// The sums.
    pub sums: Vec<i32>,
}

/// The registers of a slice, as a checkpoint holds them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registers {
    /// Current I.
    pub current: Vec<i32>,
    /// Membrane U, after this step's reset.
    pub membrane: Vec<i32>,
    /// Compared membrane U_cmp, before this step's reset.
    pub compared: Vec<i32>,
    /// 1 where the neuron fired in this step.
    pub fired: Vec<u8>,
    /// Refractory counters.
    pub refractory: Vec<u8>,
    /// Adaptation A; empty where thresholds do not adapt.
    pub adaptation: Vec<i32>,
    /// Blocks of 64 neurons that must be updated in the next step.
    active: BitVec<u64, Lsb0>,
}

/// One population slice.
#[derive(Clone, Debug)]
pub struct Slice {
    /// Index of the population in the network: the logical name of its neurons.
    pub population: u32,
    /// Index, in the population, of the slice's first neuron.
    pub first: u32,
    /// How many neurons.
    pub len: usize,
    /// Their parameters, cut to the slice.
    pub parameters: NeuronParameters,
    /// Dendritic accumulators; port 0 always exists and has exponent 0.
    pub ports: Vec<Port>,
    /// The registers.
    pub registers: Registers,
    config: LifConfig,
    wide: bool,
    noise_seed: u32,
    noise: Vec<i32>,
    /// The four parameter arrays, where any of them differs between neurons or the threshold moves.
    per_lane: Option<[Vec<i32>; 4]>,
    moving: Option<MovingThreshold>,
    fired_words: Vec<u64>,
    fired_count: u32,
    activity: Activity,
    /// The accumulators as the last update found them, port by port, where somebody observes them.
    kept: Option<Vec<Vec<i32>>>,
    /// Update every block in every step (the dense sweep that skipping is compared with).
    pub dense_sweep: bool,
}

impl Slice {
    /// Builds a slice at reset. `sum_bits` is the proven width of the dendritic sum.
    #[must_use]
    pub fn new(
        population: u32,
        first: u32,
        len: usize,
        datapath: Datapath,
        parameters: NeuronParameters,
        sum_bits: u32,
        seed: u32,
    ) -> Self {
        let config = LifConfig::of(datapath, &parameters);
        let p = &parameters;
        let arrays = [&p.current_decay, &p.membrane_decay, &p.threshold, &p.bias];
        let moving = MovingThreshold::of(p, &datapath, len);
        let varies = moving.is_some() || arrays.iter().any(|a| matches!(a, PerNeuron::Each(_)));
        let per_lane = varies.then(|| arrays.map(|a| (0..len).map(|i| a.get(i)).collect()));
        let mut slice = Self {
            population,
            first,
            len,
            ports: vec![Port { sum_exponent: 0, sums: vec![0; len] }],
            registers: Registers {
                current: vec![0; len],
                membrane: vec![0; len],
                compared: vec![0; len],
                fired: vec![0; len],
                refractory: vec![0; len],
                adaptation: vec![0; if p.adaptation.is_some() { len } else { 0 }],
                active: BitVec::repeat(true, len.div_ceil(BLOCK)),
            },
            config,
            wide: crate::width::needs_wide_sums(&datapath, &parameters, sum_bits),
            noise_seed: Purpose::Noise.seed(seed),
            noise: Vec::new(),
            per_lane,
            moving,
            fired_words: vec![0; len.div_ceil(64)],
            fired_count: 0,
            activity: Activity::new(&parameters, len),
            kept: None,
            dense_sweep: false,
            parameters,
        };
        slice.clear();
        slice
    }

    /// Takes note that dendritic sums need `sum_bits` (injected currents may ask for more than the synapses do).
    pub fn widen_sums(&mut self, sum_bits: u32) {
        self.wide |= crate::width::needs_wide_sums(&self.config.datapath, &self.parameters, sum_bits);
    }

    /// Writes the threshold of one neuron, a lane of the membrane's format and not negative, between two steps.
    pub fn set_threshold(&mut self, index: usize, threshold: i32) {
        set(&mut self.parameters.threshold, self.len, index, threshold);
        self.parameters_changed(index);
        self.derive_thresholds();
    }

    /// Writes the bias of one neuron, a lane of the membrane's format, between two steps.
    pub fn set_bias(&mut self, index: usize, bias: i32) {
        set(&mut self.parameters.bias, self.len, index, bias);
        self.parameters_changed(index);
        self.activity.follow(&self.parameters);
    }

    /// What was derived from the parameters is derived again. Nobody proved sums narrow for the new value.
    fn parameters_changed(&mut self, index: usize) {
        let p = &self.parameters;
        let arrays = [&p.current_decay, &p.membrane_decay, &p.threshold, &p.bias];
        self.per_lane = Some(arrays.map(|a| (0..self.len).map(|i| a.get(i)).collect()));
        self.wide = true;
        self.touch(index);
    }

    /// Registers to their reset values (control event `clear`).
    pub fn clear(&mut self) {
        for i in 0..self.len {
            self.registers.current[i] = self.parameters.initial_current.get(i);
            self.registers.membrane[i] = self.parameters.initial_membrane.get(i);
        }
        self.registers.compared.fill(0);
        self.registers.fired.fill(0);
        self.registers.refractory.fill(0);
        self.registers.adaptation.fill(0);
        self.derive_thresholds();
        self.registers.active.fill(true);
        self.fired_words.fill(0);
        self.fired_count = 0;
        self.activity.forget_all();
        for port in &mut self.ports {
            port.sums.fill(0);
        }
    }

    /// The accumulator for addends already scaled (`sum_exponent >= 0`), or one with a right shift of its own.
    pub fn add_port(&mut self, sum_exponent: i8) -> usize {
        if sum_exponent >= 0 {
            return 0;
        }
        self.ports.push(Port { sum_exponent, sums: vec![0; self.len] });
        self.ports.len() - 1
    }

    /// Marks every block as active: something was delivered to any of them.
    pub fn touch_all(&mut self) {
        self.registers.active.fill(true);
    }

    /// Marks the block of neuron `index` as active.
    #[inline]
    pub fn touch(&mut self, index: usize) {
        self.registers.active.set(index / BLOCK, true);
    }

    /// Marks the blocks in which a sum of `port` is not zero: a sum of zero is no arrival.
    pub fn touch_sums(&mut self, port: usize) {
        reached(&self.ports[port].sums, self.registers.active.as_raw_mut_slice());
    }

    /// Adds `value` to the dendritic sum of neuron `index`: a current, without synapse.
    pub fn inject(&mut self, index: usize, value: i32) {
        self.ports[0].sums[index] += value;
        self.touch(index);
        self.activity.inject(index);
    }

    /// Whether every neuron is active in every step, whatever reaches it.
    pub(crate) fn is_always_active(&self) -> bool {
        self.activity.is_constant()
    }

    /// How many of this step's fired neurons were not counted as active before their update. Call after it.
    pub(crate) fn fired_beyond_active(&self) -> u64 {
        self.activity.fired_beyond(self.fired_words().iter())
    }

    /// By which registers active neurons are counted; no bit depends on it.
    pub fn count_by(&mut self, by: ActiveBy) {
        self.activity.count_by(by);
    }

    /// How many neurons are active in this step. Call before [`Slice::update`]; `arrived` are the rows that were added.
    pub(crate) fn count_active<'a>(&mut self, arrived: impl Iterator<Item = Arrived<'a>> + Clone) -> u64 {
        let Some((main, others)) = self.ports.split_first() else { return 0 };
        let registers = &self.registers;
        let before = Before {
            current: &registers.current,
            membrane: &registers.membrane,
            refractory: if self.config.refractory_steps > 0 { &registers.refractory } else { &[] },
            adaptation: &registers.adaptation,
            sums: &main.sums,
            blocks: registers.active.as_raw_slice(),
        };
        self.activity.count(before, others.iter().map(|port| &port.sums[..]), arrived)
    }

    /// Keeps the dendritic sums of every coming step until the next, or no longer does.
    pub fn keep_sums(&mut self, on: bool) {
        let sums = || self.ports.iter().map(|port| vec![0; port.sums.len()]).collect();
        match (on, &self.kept) {
            (true, None) => self.kept = Some(sums()),
            (false, Some(_)) => self.kept = None,
            _ => {}
        }
    }

    /// The dendritic sums of a port in the last step, before its shift; port 0 with injected currents. Empty where nobody
    /// asked for them, or where there is no such port.
    #[must_use]
    pub fn kept_sums(&self, port: usize) -> &[i32] {
        self.kept.as_ref().and_then(|kept| kept.get(port)).map_or(&[], |sums| sums)
    }

    /// Micro-steps 2 to 4. Returns how many neurons were really visited (simulation work, not a count of the
    /// hardware's).
    pub fn update(&mut self, step: u64) -> usize {
        if let Some(kept) = &mut self.kept {
            kept.iter_mut().zip(&self.ports).for_each(|(kept, port)| kept.copy_from_slice(&port.sums));
        }
        self.periodic_reset(step);
        let always = self.dense_sweep || self.parameters.noise_bits > 0;
        if always {
            self.touch_all();
        }
        if self.registers.active.not_any() {
            // Whoever fired in the step before left its block active.
            debug_assert_eq!(self.fired_count, 0);
            return 0;
        }
        self.activity.forget(self.registers.active.as_raw_slice());
        self.draw_noise(step);
        self.move_thresholds();
        self.combine_ports();
        let visited = self.update_active();
        self.fired_count = self.fired_words.iter().map(|word| word.count_ones()).sum();
        visited
    }

    /// Micro-step 4.0 of the active blocks.
    fn move_thresholds(&mut self) {
        let (Some(moving), Some([_, _, threshold, _])) = (&mut self.moving, &self.per_lane) else { return };
        let r = &mut self.registers;
        moving.advance(&mut r.adaptation, &r.fired, threshold, r.active.as_raw_slice());
        if self.parameters.noise == Noise::Threshold {
            moving.add_noise(&self.noise);
        }
    }

    /// Thresholds that follow from registers just put in place.
    fn derive_thresholds(&mut self) {
        if let (Some(moving), Some([_, _, threshold, _])) = (&mut self.moving, &self.per_lane) {
            moving.derive(&self.registers.adaptation, threshold);
        }
    }

    fn update_active(&mut self) -> usize {
        let r = &mut self.registers;
        let in_membrane = self.parameters.noise == Noise::Membrane;
        let lanes = Lanes {
            current: &mut r.current,
            membrane: &mut r.membrane,
            compared: &mut r.compared,
            fired: &mut r.fired,
            refractory: &mut r.refractory,
            sum: &mut self.ports[0].sums,
            noise: if in_membrane { &self.noise } else { &[] },
        };
        let blocks = Blocks { active: r.active.as_raw_mut_slice(), fired: &mut self.fired_words };
        match &self.per_lane {
            Some([current_decay, membrane_decay, threshold, bias]) => {
                let compared_threshold =
                    self.moving.as_ref().map_or(&threshold[..], MovingThreshold::compared);
                let parameters =
                    PerLane { current_decay, membrane_decay, threshold, compared_threshold, bias };
                let visited = lif::update(self.config, parameters, self.wide, lanes, blocks);
                if let Some(moving) = &self.moving {
                    moving.keep_active(self.registers.active.as_raw_mut_slice());
                }
                visited
            }
            None => {
                let p = &self.parameters;
                let parameters = Uniform {
                    current_decay: p.current_decay.get(0) as u32,
                    membrane_decay: p.membrane_decay.get(0) as u32,
                    threshold: p.threshold.get(0),
                    bias: p.bias.get(0),
                };
                lif::update(self.config, parameters, self.wide, lanes, blocks)
            }
        }
    }

    fn periodic_reset(&mut self, step: u64) {
        let interval = u64::from(self.parameters.reset_interval);
        if interval == 0 || step % interval != u64::from(self.parameters.reset_offset) % interval {
            return;
        }
        self.registers.current.fill(0);
        self.registers.membrane.fill(0);
        self.touch_all();
    }

    fn draw_noise(&mut self, step: u64) {
        let bits = u32::from(self.parameters.noise_bits);
        if bits == 0 {
            return;
        }
        let row = dither::row_key(self.noise_seed, step, self.population, 0);
        self.noise.clear();
        let first = self.first;
        self.noise.extend((0..self.len as u32).map(|i| (dither::word(row, first + i) as i32) >> (32 - bits)));
    }

    /// What the membranes were compared with in this step, where that is not the threshold parameter.
    #[must_use]
    pub fn compared_thresholds(&self) -> Option<&[i32]> {
        self.moving.as_ref().map(MovingThreshold::compared)
    }

    /// The threshold of each neuron with its adaptation and without noise, where that differs from the parameter:
    /// what the surrogate derivative is taken at.
    #[must_use]
    pub fn adapted_thresholds(&self) -> Option<&[i32]> {
        self.parameters.adaptation.as_ref().and(self.moving.as_ref()).map(MovingThreshold::adapted)
    }

    /// Shifts the sums of ports with a negative exponent and adds them to port 0.
    fn combine_ports(&mut self) {
        let Some((main, others)) = self.ports.split_first_mut() else { return };
        for port in others {
            for (sum, own) in main.sums.iter_mut().zip(&mut port.sums) {
                *sum += scale(i64::from(*own), port.sum_exponent) as i32;
                *own = 0;
            }
        }
    }

    /// The neurons that fired in this step, one bit each.
    #[must_use]
    pub fn fired(&self) -> &BitSlice<u64, Lsb0> {
        &BitSlice::from_slice(&self.fired_words)[..self.len]
    }

    /// The words of the fired set, 64 neurons each, lowest bit first.
    #[must_use]
    pub fn fired_words(&self) -> &[u64] {
        &self.fired_words
    }

    /// How many neurons fired in this step.
    #[must_use]
    pub fn fired_count(&self) -> u32 {
        self.fired_count
    }

    /// Puts registers from a checkpoint in place; false when their lengths differ.
    #[must_use]
    pub fn restore(&mut self, registers: Registers) -> bool {
        let lens = [registers.current.len(), registers.membrane.len(), registers.compared.len()];
        let narrow = [registers.fired.len(), registers.refractory.len()];
        if lens.iter().chain(&narrow).any(|l| *l != self.len)
            || registers.adaptation.len() != self.registers.adaptation.len()
            || registers.active.len() != self.registers.active.len()
        {
            return false;
        }
        self.registers = registers;
        self.activity.forget_all();
        self.derive_thresholds();
        self.fired_count = lif::pack(&self.registers.fired, &mut self.fired_words);
        true
    }
}

/// Gives one of `len` neurons a value of its own.
fn set(parameter: &mut PerNeuron, len: usize, index: usize, value: i32) {
    if let PerNeuron::Same(all) = *parameter {
        *parameter = PerNeuron::Each(vec![all; len]);
    }
    if let PerNeuron::Each(values) = parameter {
        values[index] = value;
    }
}

#[inline(always)]
fn reached_body(sums: &[i32], active: &mut [u64]) {
    for (block, sums) in sums.chunks(BLOCK).enumerate() {
        let any = sums.iter().fold(0, |any, sum| any | sum);
        active[block / 64] |= u64::from(any != 0) << (block % 64);
    }
}

vectorised! {
    /// Sets the bit of every block that holds a sum other than zero.
    fn reached(sums: &[i32], active: &mut [u64]) => reached_body
}
