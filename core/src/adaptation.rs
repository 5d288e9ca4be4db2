//! Thresholds that move: raised by spikes (adaptation), shaken by noise (stochastic neurons).
//!
//! Micro-step 4.0 of `docs/arithmetic.md`, with `max = 2^(width-1) - 1`:
//! `A <- min(decay(A, rho) + (S[n-1] ? increment : 0), max)`, `theta_A = min(threshold + A, max)`,
//! `theta_xi = clamp(theta_A + xi, 0, max)`. A membrane is compared with `theta_xi`; a surrogate is taken at `theta_A`; a
//! reset by subtraction takes `threshold`. Source: adaptive LIF neurons of Bellec et al., "A solution to the learning
//! dilemma for recurrent networks of spiking neurons", Nature Communications 11, 3625 (2020).
//!
//! Promises: every value is a lane of the state format. A block whose `A` changed stays active; where `A` does not
//! change without a spike (it is 0, or its factor is "no decay"), the next step would not change it either.
//! Absent on purpose: neurons with a fixed threshold, which pay for nothing of this; where noise comes from.

use crate::decay::decay;
use crate::lif::BLOCK;
use crate::neuron::{Datapath, NeuronParameters, Noise, PerNeuron};
use crate::vectorised;

/// The thresholds of a slice, where they move.
#[derive(Clone, Debug)]
pub struct MovingThreshold {
    /// Decay factors and increments of A, one a lane; empty where only noise moves the threshold.
    decay: Vec<i32>,
    increment: Vec<i32>,
    fraction: u32,
    max: i32,
    /// `theta_A` of each neuron.
    adapted: Vec<i32>,
    /// `theta_xi` of each neuron; empty where it is `theta_A`.
    shaken: Vec<i32>,
    /// One bit a block: those in which an A changed in this step.
    changing: Vec<u64>,
}

impl MovingThreshold {
    /// For `len` neurons; `None` where their threshold is fixed.
    #[must_use]
    pub fn of(parameters: &NeuronParameters, datapath: &Datapath, len: usize) -> Option<Self> {
        let shaken = parameters.noise_bits > 0 && parameters.noise == Noise::Threshold;
        if parameters.adaptation.is_none() && !shaken {
            return None;
        }
        let lanes = |of: &PerNeuron| (0..len).map(|index| of.get(index)).collect();
        let (decay, increment) = parameters
            .adaptation
            .as_ref()
            .map(|a| (lanes(&a.decay), lanes(&a.increment)))
            .unwrap_or_default();
        Some(Self {
            decay,
            increment,
            fraction: u32::from(datapath.decay_fraction),
            max: ((1i64 << (datapath.state_width - 1)) - 1) as i32,
            adapted: vec![0; len],
            shaken: vec![0; if shaken { len } else { 0 }],
            changing: vec![0; len.div_ceil(BLOCK).div_ceil(64)],
        })
    }

    /// Thresholds of neurons whose A was just put in place; no step passes.
    pub fn derive(&mut self, adaptation: &[i32], threshold: &[i32]) {
        self.adapted.copy_from_slice(threshold);
        for (adapted, a) in self.adapted.iter_mut().zip(adaptation) {
            *adapted += (*a).min(self.max - *adapted);
        }
    }

    /// One step of A and `theta_A` in the active blocks.
    pub fn advance(&mut self, adaptation: &mut [i32], fired: &[u8], threshold: &[i32], active: &[u64]) {
        if self.decay.is_empty() {
            return;
        }
        let Self { decay, increment, fraction, max, adapted, changing, .. } = self;
        adapt(*fraction, *max, adaptation, fired, decay, increment, threshold, adapted, active, changing);
    }

    /// `theta_xi` of every neuron, with the noise of this step.
    pub fn add_noise(&mut self, noise: &[i32]) {
        for (shaken, (adapted, noise)) in self.shaken.iter_mut().zip(self.adapted.iter().zip(noise)) {
            *shaken = adapted.saturating_add(*noise).clamp(0, self.max);
        }
    }

    /// What membranes are compared with, `theta_xi`.
    #[must_use]
    pub fn compared(&self) -> &[i32] {
        if self.shaken.is_empty() { &self.adapted } else { &self.shaken }
    }

    /// `theta_A`.
    #[must_use]
    pub fn adapted(&self) -> &[i32] {
        &self.adapted
    }

    /// Marks the blocks in which an A changed.
    pub fn keep_active(&self, active: &mut [u64]) {
        active.iter_mut().zip(&self.changing).for_each(|(active, changing)| *active |= changing);
    }
}

/// One step of a block's A; whether any changed.
#[inline(always)]
fn adapt_block(
    (fraction, max): (u32, i32),
    adaptation: &mut [i32],
    fired: &[u8],
    (factor, increment): (&[i32], &[i32]),
    threshold: &[i32],
    adapted: &mut [i32],
) -> bool {
    let n = adaptation.len();
    let (fired, factor, increment) = (&fired[..n], &factor[..n], &increment[..n]);
    let (threshold, adapted) = (&threshold[..n], &mut adapted[..n]);
    let mut changed = 0;
    for lane in 0..n {
        let old = adaptation[lane];
        let raised = increment[lane] & -i32::from(fired[lane]);
        // Two lanes that are not negative: their sum fits 32 bits without sign.
        let sum = decay(old, factor[lane] as u32, fraction) as u32 + raised as u32;
        let new = sum.min(max as u32) as i32;
        adaptation[lane] = new;
        adapted[lane] = threshold[lane] + new.min(max - threshold[lane]);
        changed |= new ^ old;
    }
    changed != 0
}

#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn adapt_body(
    fraction: u32,
    max: i32,
    adaptation: &mut [i32],
    fired: &[u8],
    factor: &[i32],
    increment: &[i32],
    threshold: &[i32],
    adapted: &mut [i32],
    active: &[u64],
    changing: &mut [u64],
) {
    let neurons = adaptation.len();
    changing.fill(0);
    for block in 0..neurons.div_ceil(BLOCK) {
        if active[block / 64] >> (block % 64) & 1 == 0 {
            continue;
        }
        let range = block * BLOCK..(block * BLOCK + BLOCK).min(neurons);
        let own = (&factor[range.clone()], &increment[range.clone()]);
        let changed = adapt_block(
            (fraction, max),
            &mut adaptation[range.clone()],
            &fired[range.clone()],
            own,
            &threshold[range.clone()],
            &mut adapted[range],
        );
        changing[block / 64] |= u64::from(changed) << (block % 64);
    }
}

vectorised! {
    /// One step of A and `theta_A` in the active blocks; sets the bit of every block in which an A changed.
    fn adapt(
        fraction: u32, max: i32, adaptation: &mut [i32], fired: &[u8], factor: &[i32], increment: &[i32],
        threshold: &[i32], adapted: &mut [i32], active: &[u64], changing: &mut [u64],
    ) => adapt_body
}

#[cfg(test)]
mod tests {
    use crate::format::Overflow;
    use crate::neuron::{Adaptation, Compare, Datapath, NeuronParameters, Order, PerNeuron, Reset};
    use crate::slice::Slice;

    /// A neuron that fires in steps 0 and 1 and whose A never decays.
    fn slice() -> Slice {
        let datapath = Datapath {
            order: Order::UpdatedCurrent,
            state_width: 24,
            state_fraction: 15,
            current_overflow: Overflow::Saturate,
            membrane_overflow: Overflow::Saturate,
            input_shift: 0,
            decay_fraction: 12,
            compare: Compare::GreaterEqual,
        };
        let parameters = NeuronParameters {
            adaptation: Some(Adaptation { decay: PerNeuron::Same(4096), increment: PerNeuron::Same(7) }),
            reset: Reset::ToValue(0),
            ..NeuronParameters::new(0, 0, 100)
        };
        Slice::new(0, 0, 1, datapath, parameters, 16, 1)
    }

    /// Blocks at rest are not visited, so their thresholds must come with the registers.
    #[test]
    fn a_restored_threshold_needs_no_step() {
        let mut own = slice();
        for step in 0..10 {
            if step < 2 {
                own.ports[0].sums[0] = 1000;
                own.touch(0);
            }
            own.update(step);
        }
        assert_eq!(own.update(10), 0, "at rest, with a raised threshold");
        assert_eq!(own.adapted_thresholds(), Some(&[114][..]));
        let mut other = slice();
        assert!(other.restore(own.registers.clone()));
        assert_eq!(other.adapted_thresholds(), Some(&[114][..]));
        assert_eq!(other.update(11), 0, "the other is at rest, too");
        other.clear();
        assert_eq!(other.adapted_thresholds(), Some(&[100][..]));
    }
}
