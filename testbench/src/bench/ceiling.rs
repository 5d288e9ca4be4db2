//! The ceilings: bare loops over the same arrays, sizes and order as the simulator's hot paths.
//!
//! Promises: the arithmetic of the hot path and nothing else: no events, no counters, no configuration.

use synfire_core::decay::decay;
use synfire_core::dither;
use synfire_core::vectorised;

#[inline(always)]
fn add_rows_body(sums: &mut [i32], weights: &[i8], axons: &[u32]) {
    let posts = sums.len();
    for &axon in axons {
        let row = &weights[axon as usize * posts..(axon as usize + 1) * posts];
        for (sum, &weight) in sums.iter_mut().zip(row) {
            *sum += i32::from(weight);
        }
    }
}

vectorised! {
    /// Adds the dense int8 rows of `axons` into i32 accumulators.
    pub fn add_rows(sums: &mut [i32], weights: &[i8], axons: &[u32]) => add_rows_body
}

#[inline(always)]
fn add_sparse_rows_body(sums: &mut [i32], starts: &[u32], posts: &[u16], weights: &[i8], axons: &[u32]) {
    for &axon in axons {
        let row = starts[axon as usize] as usize..starts[axon as usize + 1] as usize;
        for (&post, &weight) in posts[row.clone()].iter().zip(&weights[row]) {
            sums[usize::from(post)] += i32::from(weight);
        }
    }
}

vectorised! {
    /// Adds the listed int8 weights of `axons` into i32 accumulators.
    pub fn add_sparse_rows(sums: &mut [i32], starts: &[u32], posts: &[u16], weights: &[i8], axons: &[u32])
        => add_sparse_rows_body
}

/// Registers of neurons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// Current.
    pub current: Vec<i32>,
    /// Membrane.
    pub membrane: Vec<i32>,
    /// Compared membrane.
    pub compared: Vec<i32>,
    /// 1 where the neuron fired.
    pub fired: Vec<u8>,
    /// Dendritic sums; zeroed by an update.
    pub sums: Vec<i32>,
}

/// Constants of neurons.
#[derive(Clone, Copy, Debug)]
pub struct Constants {
    /// Decay factor of the current, 12 bits of fraction.
    pub current_decay: u32,
    /// Decay factor of the membrane, 12 bits of fraction.
    pub membrane_decay: u32,
    /// Threshold.
    pub threshold: i32,
    /// Bias.
    pub bias: i32,
    /// Largest magnitude of current and membrane.
    pub limit: i32,
}

#[inline(always)]
fn update_body(registers: &mut Registers, constants: Constants) {
    let n = registers.current.len();
    let (current, membrane) = (&mut registers.current[..n], &mut registers.membrane[..n]);
    let (compared, fired) = (&mut registers.compared[..n], &mut registers.fired[..n]);
    let sums = &mut registers.sums[..n];
    let Constants { current_decay, membrane_decay, threshold, bias, limit } = constants;
    for lane in 0..n {
        let (i, u) = (current[lane], membrane[lane]);
        let back = threshold & -i32::from(fired[lane]);
        let next = (decay(u, membrane_decay, 12) + i + bias - back).max(-limit).min(limit);
        current[lane] = (decay(i, current_decay, 12) + sums[lane]).max(-limit).min(limit);
        membrane[lane] = next;
        compared[lane] = next;
        fired[lane] = u8::from(next >= threshold);
        sums[lane] = 0;
    }
}

vectorised! {
    /// Leaky integrate-and-fire with a saturating register and a reset by subtraction.
    pub fn update(registers: &mut Registers, constants: Constants) => update_body
}

/// Names that key the dither of one step, and the learning rate.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Seed of the purpose.
    pub seed: u32,
    /// Step.
    pub step: u64,
    /// Projection.
    pub projection: u32,
    /// Learning-rate shift.
    pub shift: u32,
    /// Largest weight.
    pub limit: i32,
}

#[inline(always)]
fn outer_product_body(weights: &mut [i16], modulation: &[i32], traces: &[i32], key: Key) {
    let rows = weights.chunks_exact_mut(modulation.len());
    for (pre, (row, &trace)) in rows.zip(traces).enumerate() {
        let row_key = dither::row_key(key.seed, key.step, key.projection, pre as u32);
        for (post, (weight, &modulation)) in row.iter_mut().zip(modulation).enumerate() {
            let r = dither::dither(dither::word(row_key, post as u32), key.shift) as i32;
            let change = (modulation * trace + r) >> key.shift;
            *weight = (i32::from(*weight) + change).max(-key.limit).min(key.limit) as i16;
        }
    }
}

vectorised! {
    /// Adds the dithered outer product of modulations and traces to the weights.
    pub fn outer_product(weights: &mut [i16], modulation: &[i32], traces: &[i32], key: Key) => outer_product_body
}
