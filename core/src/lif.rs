//! The neuron update: one step of leaky integrate-and-fire, in integers.
//!
//! Micro-steps 2 to 4 of `docs/arithmetic.md`, under those names:
//! `2  U <- sat(decay_b(U) + I + bias + noise - reset of step n-1)`, `3  I <- sat(decay_a(I) + (sum << input_shift))`,
//! `4  fire, keep U_cmp, reset, refractory`. With [`Order::UpdatedCurrent`] 3 comes before 2.
//!
//! In: this step's dendritic sum per neuron, exact, one `i32` each; it is zeroed.
//! Out: current, membrane, refractory counter updated in place, one byte (0 or 1) a neuron in `fired`,
//! one bit in the fired set.
//!
//! Promises: saturation happens once, at each register. A block stays active where any register changed, any neuron
//! fired or anything arrived; where none did, the next step would change nothing either.
//! Absent on purpose: weights, who hears a spike, cycles, floats.

use crate::decay::decay;
use crate::format::Overflow;
use crate::neuron::{Compare, Datapath, NeuronParameters, Order, Refractory, Reset};
use crate::parameters::Parameters;
use crate::vectorised;

/// Neurons of a block: what is skipped together, and one word of the fired set.
pub const BLOCK: usize = 64;

/// Loop-invariant part of the update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LifConfig {
    /// The core's datapath.
    pub datapath: Datapath,
    /// What a spike does.
    pub reset: Reset,
    /// Refractory steps after a spike.
    pub refractory_steps: u8,
    /// The membrane during them.
    pub refractory: Refractory,
    /// Whether the neurons fire at all.
    pub spiking: bool,
}

impl LifConfig {
    /// That of neurons with these parameters.
    #[must_use]
    pub const fn of(datapath: Datapath, parameters: &NeuronParameters) -> Self {
        let &NeuronParameters { reset, refractory_steps, refractory, spiking, .. } = parameters;
        Self { datapath, reset, refractory_steps, refractory, spiking }
    }
}

/// Registers of a run of neurons, one lane each; all slices have the same length.
pub struct Lanes<'a> {
    /// Current I.
    pub current: &'a mut [i32],
    /// Membrane U.
    pub membrane: &'a mut [i32],
    /// Compared membrane U_cmp (before a reset of this step).
    pub compared: &'a mut [i32],
    /// 1 where the neuron fired in the step before; 1 where it fires now.
    pub fired: &'a mut [u8],
    /// Steps for which the neuron still cannot fire.
    pub refractory: &'a mut [u8],
    /// Exact dendritic sum; zeroed.
    pub sum: &'a mut [i32],
    /// Added to the bias this step (noise); empty when there is none.
    pub noise: &'a [i32],
}

/// Blocks of [`BLOCK`] neurons.
pub struct Blocks<'a> {
    /// One bit a block: those to update; cleared for blocks that changed nothing.
    pub active: &'a mut [u64],
    /// One word a block: the neurons of it that fired in the step before; those that fire now, in active blocks.
    pub fired: &'a mut [u64],
}

/// What a compilation of the loop may assume of its configuration; less assumed is slower.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Saturating registers, no input shift, no refractory counter, no noise, sums that fit 32 bits.
    Plain,
    /// As `Plain`, with Lava's order, current and input shift.
    Lava,
    /// Sums that fit 32 bits.
    Narrow,
    /// Nothing.
    Wide,
}

const PLAIN: u8 = Kind::Plain as u8;
const LAVA: u8 = Kind::Lava as u8;
const NARROW: u8 = Kind::Narrow as u8;
const WIDE: u8 = Kind::Wide as u8;

impl Kind {
    fn of(config: &LifConfig, wide: bool, noise: &[i32]) -> Self {
        let Datapath { order, current_overflow, membrane_overflow, input_shift, .. } = config.datapath;
        let bare =
            membrane_overflow == Overflow::Saturate && config.refractory_steps == 0 && noise.is_empty();
        match (current_overflow, order) {
            _ if wide => Self::Wide,
            (Overflow::Saturate, _) if bare && input_shift == 0 => Self::Plain,
            (Overflow::WrapLava, Order::UpdatedCurrent) if bare => Self::Lava,
            _ => Self::Narrow,
        }
    }
}

/// Writes an exact sum to a register: `terms`, and `input << input_shift`. The wide form does it in 64 bits, the shift
/// too; the narrow form is chosen when the load-time proof shows that 32 bits hold every intermediate value.
#[inline(always)]
fn register(
    wide: bool,
    overflow: Overflow,
    width: u8,
    terms: [i32; 5],
    (input, input_shift): (i32, u8),
) -> i32 {
    if wide {
        let rest: i64 = terms.iter().map(|t| i64::from(*t)).sum();
        return overflow.apply(width, rest + (i64::from(input) << input_shift));
    }
    let value = terms[0] + terms[1] + terms[2] + terms[3] + terms[4] + (input << input_shift);
    let half = 1i32 << (width - 1);
    match overflow {
        // Two instructions; `clamp` takes three.
        Overflow::Saturate => value.max(1 - half).min(half - 1),
        Overflow::Wrap => (value << (32 - width)) >> (32 - width),
        Overflow::WrapLava => {
            let down = if value > half { 2 * half } else { 0 };
            let up = if value <= -half { 2 * half } else { 0 };
            value - down + up
        }
    }
}

/// Updates up to [`BLOCK`] neurons; whether any register changed or anything arrived, spikes not counted.
#[inline(always)]
fn update_block<const KIND: u8, P: Parameters>(config: LifConfig, parameters: P, lanes: Lanes<'_>) -> bool {
    let LifConfig { datapath, reset, refractory_steps, refractory, spiking } = config;
    let (width, fraction) = (datapath.state_width, u32::from(datapath.decay_fraction));
    let (wide, bare) = (KIND == WIDE, KIND == PLAIN || KIND == LAVA);
    let n = lanes.current.len();
    // One length for all slices: the bounds checks leave the loop.
    let Lanes { current, membrane, compared, fired, refractory: counters, sum, noise } = lanes;
    let (membrane, compared, fired) = (&mut membrane[..n], &mut compared[..n], &mut fired[..n]);
    let (counters, sum) = (&mut counters[..n], &mut sum[..n]);
    let has_counter = !bare && refractory_steps > 0;
    let holds = has_counter && refractory == Refractory::Hold;
    let subtract_next = reset == Reset::SubtractNext;
    let inclusive = i64::from(datapath.compare == Compare::GreaterEqual);
    let mut changed = 0i32;
    for lane in 0..n {
        let (i_old, u_old) = (current[lane], membrane[lane]);
        let counter = if has_counter { i32::from(counters[lane]) } else { 0 };
        let (threshold, compared_with) = (parameters.threshold(lane), parameters.compared_threshold(lane));
        let i_decayed = decay(i_old, parameters.current_decay(lane), fraction);
        let input = (sum[lane], datapath.input_shift);
        let i_new = register(wide, datapath.current_overflow, width, [i_decayed, 0, 0, 0, 0], input);
        let i_used = if datapath.order == Order::PreviousCurrent { i_old } else { i_new };
        let back = if subtract_next { -(threshold & -i32::from(fired[lane])) } else { 0 };
        let drift = if bare || noise.is_empty() { 0 } else { noise[lane] };
        let u_decayed = decay(u_old, parameters.membrane_decay(lane), fraction);
        let terms = [u_decayed, i_used, parameters.bias(lane), drift, back];
        let u_next = register(wide, datapath.membrane_overflow, width, terms, (0, 0));
        let u_cmp = if holds && counter > 0 { u_old } else { u_next };
        let over = if wide {
            spiking & (i64::from(u_cmp) > i64::from(compared_with) - inclusive)
        } else {
            // A narrow state never reaches the largest lane.
            u_cmp > if spiking { compared_with - inclusive as i32 } else { i32::MAX }
        };
        let fires = over & (counter == 0);
        let u_new = match reset {
            Reset::SubtractNext => u_cmp,
            Reset::SubtractNow => u_cmp - if fires { threshold } else { 0 },
            Reset::ToValue(value) => {
                if fires {
                    value
                } else {
                    u_cmp
                }
            }
        };
        // An input that balances a decay changes nothing now, yet its absence will.
        changed |= (i_new ^ i_old) | (u_new ^ u_old) | counter | sum[lane];
        current[lane] = i_new;
        membrane[lane] = u_new;
        compared[lane] = u_cmp;
        fired[lane] = u8::from(fires);
        if has_counter {
            counters[lane] = if fires { refractory_steps } else { (counter - i32::from(counter > 0)) as u8 };
        }
        sum[lane] = 0;
    }
    changed != 0
}

/// [`update_block`] with what a kind of neuron fixes written as constants, so that its loop has no branch left.
#[inline(always)]
fn update_kind<const KIND: u8, P: Parameters>(config: LifConfig, parameters: P, lanes: Lanes<'_>) -> bool {
    let datapath = Datapath { membrane_overflow: Overflow::Saturate, ..config.datapath };
    let plain = Datapath { current_overflow: Overflow::Saturate, input_shift: 0, ..datapath };
    macro_rules! run {
        ($datapath:expr, $order:ident, $reset:expr) => {{
            let datapath = Datapath { order: Order::$order, ..$datapath };
            update_block::<KIND, P>(LifConfig { datapath, reset: $reset, ..config }, parameters, lanes)
        }};
    }
    match (KIND, config.datapath.order, config.reset) {
        (PLAIN, Order::PreviousCurrent, Reset::SubtractNext) => {
            run!(plain, PreviousCurrent, Reset::SubtractNext)
        }
        (PLAIN, Order::PreviousCurrent, Reset::SubtractNow) => {
            run!(plain, PreviousCurrent, Reset::SubtractNow)
        }
        (PLAIN, Order::PreviousCurrent, Reset::ToValue(v)) => run!(plain, PreviousCurrent, Reset::ToValue(v)),
        (PLAIN, Order::UpdatedCurrent, Reset::SubtractNext) => {
            run!(plain, UpdatedCurrent, Reset::SubtractNext)
        }
        (PLAIN, Order::UpdatedCurrent, Reset::SubtractNow) => run!(plain, UpdatedCurrent, Reset::SubtractNow),
        (PLAIN, Order::UpdatedCurrent, Reset::ToValue(v)) => run!(plain, UpdatedCurrent, Reset::ToValue(v)),
        (LAVA, _, reset) => {
            let lava = Datapath { current_overflow: Overflow::WrapLava, ..datapath };
            match reset {
                Reset::SubtractNext => run!(lava, UpdatedCurrent, Reset::SubtractNext),
                Reset::SubtractNow => run!(lava, UpdatedCurrent, Reset::SubtractNow),
                Reset::ToValue(v) => run!(lava, UpdatedCurrent, Reset::ToValue(v)),
            }
        }
        _ => update_block::<KIND, P>(config, parameters, lanes),
    }
}

/// The loop over active blocks. Every array is an argument of its own: that is how the compiler knows that none
/// overlaps another.
macro_rules! update_loop {
    ($name:ident, $kind:ident) => {
        vectorised! {
            fn $name[P: Parameters](
                config: LifConfig, parameters: P, current: &mut [i32], membrane: &mut [i32], compared: &mut [i32],
                fired: &mut [u8], refractory: &mut [u8], sum: &mut [i32], noise: &[i32], active: &mut [u64],
                fired_words: &mut [u64],
            ) -> usize => update_body::<$kind, P>
        }
    };
}

#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn update_body<const KIND: u8, P: Parameters>(
    config: LifConfig,
    parameters: P,
    current: &mut [i32],
    membrane: &mut [i32],
    compared: &mut [i32],
    fired: &mut [u8],
    refractory: &mut [u8],
    sum: &mut [i32],
    noise: &[i32],
    active: &mut [u64],
    fired_words: &mut [u64],
) -> usize {
    let neurons = current.len();
    // Full blocks have a length that the compiler knows.
    let (current, current_rest) = current.as_chunks_mut::<BLOCK>();
    let (membrane, membrane_rest) = membrane.as_chunks_mut::<BLOCK>();
    let (compared, compared_rest) = compared.as_chunks_mut::<BLOCK>();
    let (fired, fired_rest) = fired.as_chunks_mut::<BLOCK>();
    let (refractory, refractory_rest) = refractory.as_chunks_mut::<BLOCK>();
    let (sum, sum_rest) = sum.as_chunks_mut::<BLOCK>();
    let noise_of = |range: core::ops::Range<usize>| if noise.is_empty() { &[][..] } else { &noise[range] };
    let mut visited = 0;
    for (block, word) in fired_words.iter_mut().enumerate() {
        let bit = 1u64 << (block % 64);
        let active = &mut active[block / 64];
        if *active & bit == 0 {
            continue;
        }
        let range = block * BLOCK..(block * BLOCK + BLOCK).min(neurons);
        let own = parameters.part(range.clone());
        visited += range.len();
        let changed = if block < current.len() {
            let lanes = Lanes {
                current: &mut current[block],
                membrane: &mut membrane[block],
                compared: &mut compared[block],
                fired: &mut fired[block],
                refractory: &mut refractory[block],
                sum: &mut sum[block],
                noise: noise_of(range),
            };
            let changed = update_kind::<KIND, P>(config, own, lanes);
            changed | fire(word, pack_word(&fired[block]))
        } else {
            let lanes = Lanes {
                current: current_rest,
                membrane: membrane_rest,
                compared: compared_rest,
                fired: fired_rest,
                refractory: refractory_rest,
                sum: sum_rest,
                noise: noise_of(range),
            };
            let changed = update_kind::<KIND, P>(config, own, lanes);
            changed | fire(word, pack_word(fired_rest))
        };
        if !changed {
            *active &= !bit;
        }
    }
    visited
}

update_loop!(update_plain, PLAIN);
update_loop!(update_lava, LAVA);
update_loop!(update_narrow, NARROW);
update_loop!(update_wide, WIDE);

/// One step of the active blocks; the others hold a fixed point. `wide` says that some sum may need more than 32
/// bits (see [`crate::width::needs_wide_sums`]). Returns how many neurons were visited.
pub fn update<P: Parameters>(
    config: LifConfig,
    parameters: P,
    wide: bool,
    lanes: Lanes<'_>,
    blocks: Blocks<'_>,
) -> usize {
    let kind = Kind::of(&config, wide, lanes.noise);
    let Lanes { current, membrane, compared, fired, refractory, sum, noise } = lanes;
    let Blocks { active, fired: words } = blocks;
    macro_rules! run {
        ($update:ident) => {
            $update(
                config, parameters, current, membrane, compared, fired, refractory, sum, noise, active, words,
            )
        };
    }
    match kind {
        Kind::Plain => run!(update_plain),
        Kind::Lava => run!(update_lava),
        Kind::Narrow => run!(update_narrow),
        Kind::Wide => run!(update_wide),
    }
}

/// Puts a block's spikes in place; whether there are any or were any in the step before.
#[inline(always)]
fn fire(word: &mut u64, spikes: u64) -> bool {
    std::mem::replace(word, spikes) | spikes != 0
}

/// Packs up to 64 bytes (0 or 1) into a word, the first lowest.
#[inline(always)]
pub(crate) fn pack_word(bytes: &[u8]) -> u64 {
    /// Moves the lowest bit of byte `i` to bit `56 + i`; no two partial products meet.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut word = 0;
    for (at, eight) in eights.iter().enumerate() {
        word |= (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << (8 * at);
    }
    for (at, byte) in rest.iter().enumerate() {
        word |= u64::from(*byte) << (8 * eights.len() + at);
    }
    word
}

/// Packs one byte (0 or 1) a neuron into the words of a fired set; returns how many are set.
pub fn pack(bytes: &[u8], words: &mut [u64]) -> u32 {
    for (word, chunk) in words.iter_mut().zip(bytes.chunks(BLOCK)) {
        *word = pack_word(chunk);
    }
    words.iter().map(|word| word.count_ones()).sum()
}
