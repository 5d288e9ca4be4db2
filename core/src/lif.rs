//! The neuron update: one step of leaky integrate-and-fire, in integers.
//!
//! Micro-steps 2 to 4 of `docs/arithmetic.md`, under those names:
//! `2  U <- sat(decay_b(U) + I + bias + noise - reset of step n-1)`, `3  I <- sat(decay_a(I) + (sum << input_shift))`,
//! `4  fire, keep U_cmp, reset, refractory`. With [`Order::UpdatedCurrent`] 3 comes before 2.
//!
//! In: this step's dendritic sum per neuron, exact, one `i32` each; it is zeroed.
//! Out: current, membrane, refractory counter updated in place, one byte (0 or 1) a neuron in `fired`.
//!
//! Promises: saturation happens once, at each register. The answer says whether any register changed or
//! any neuron fired; if not, and nothing arrived, the next step would change nothing either.
//! Absent on purpose: weights, who hears a spike, cycles, floats.

use crate::decay::decay;
use crate::format::Overflow;
use crate::neuron::{Compare, Datapath, Order, Refractory, Reset};
use crate::vectorised;

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

/// Where the parameters of a lane come from.
pub trait Parameters: Copy {
    /// Factor of the current's decay.
    fn current_decay(self, lane: usize) -> u32;
    /// Factor of the membrane's decay.
    fn membrane_decay(self, lane: usize) -> u32;
    /// Threshold.
    fn threshold(self, lane: usize) -> i32;
    /// Bias.
    fn bias(self, lane: usize) -> i32;
}

/// The same parameters for all lanes.
#[derive(Clone, Copy, Debug)]
pub struct Uniform {
    /// Factor of the current's decay.
    pub current_decay: u32,
    /// Factor of the membrane's decay.
    pub membrane_decay: u32,
    /// Threshold.
    pub threshold: i32,
    /// Bias.
    pub bias: i32,
}

/// One set of parameters a lane.
#[derive(Clone, Copy, Debug)]
pub struct PerLane<'a> {
    /// Factors of the current's decay.
    pub current_decay: &'a [i32],
    /// Factors of the membrane's decay.
    pub membrane_decay: &'a [i32],
    /// Thresholds.
    pub threshold: &'a [i32],
    /// Biases.
    pub bias: &'a [i32],
}

impl Parameters for Uniform {
    #[inline(always)]
    fn current_decay(self, _: usize) -> u32 {
        self.current_decay
    }
    #[inline(always)]
    fn membrane_decay(self, _: usize) -> u32 {
        self.membrane_decay
    }
    #[inline(always)]
    fn threshold(self, _: usize) -> i32 {
        self.threshold
    }
    #[inline(always)]
    fn bias(self, _: usize) -> i32 {
        self.bias
    }
}

impl Parameters for PerLane<'_> {
    #[inline(always)]
    fn current_decay(self, lane: usize) -> u32 {
        self.current_decay[lane] as u32
    }
    #[inline(always)]
    fn membrane_decay(self, lane: usize) -> u32 {
        self.membrane_decay[lane] as u32
    }
    #[inline(always)]
    fn threshold(self, lane: usize) -> i32 {
        self.threshold[lane]
    }
    #[inline(always)]
    fn bias(self, lane: usize) -> i32 {
        self.bias[lane]
    }
}

/// Writes an exact sum to a register: `terms`, and `input << input_shift`. `WIDE` forms it in 64 bits, the shift
/// too; the narrow form is chosen when the load-time proof shows that 32 bits hold every intermediate value.
#[inline(always)]
fn register<const WIDE: bool>(
    overflow: Overflow,
    width: u8,
    terms: [i32; 5],
    (input, input_shift): (i32, u8),
) -> i32 {
    if WIDE {
        let rest: i64 = terms.iter().map(|t| i64::from(*t)).sum();
        return overflow.apply(width, rest + (i64::from(input) << input_shift));
    }
    let value = terms[0] + terms[1] + terms[2] + terms[3] + terms[4] + (input << input_shift);
    let half = 1i32 << (width - 1);
    match overflow {
        Overflow::Saturate => value.clamp(1 - half, half - 1),
        Overflow::Wrap => (value << (32 - width)) >> (32 - width),
        Overflow::WrapLava => {
            let down = if value > half { 2 * half } else { 0 };
            let up = if value <= -half { 2 * half } else { 0 };
            value - down + up
        }
    }
}

#[inline(always)]
fn update_body<const WIDE: bool, P: Parameters>(config: LifConfig, parameters: P, lanes: Lanes<'_>) -> bool {
    let LifConfig { datapath, reset, refractory_steps, refractory, spiking } = config;
    let (width, fraction) = (datapath.state_width, u32::from(datapath.decay_fraction));
    let n = lanes.current.len();
    // One length for all slices: the bounds checks leave the loop.
    let Lanes { current, membrane, compared, fired, refractory: counters, sum, noise } = lanes;
    let (membrane, compared, fired) = (&mut membrane[..n], &mut compared[..n], &mut fired[..n]);
    let (counters, sum) = (&mut counters[..n], &mut sum[..n]);
    let has_counter = refractory_steps > 0;
    let holds = has_counter && refractory == Refractory::Hold;
    let subtract_next = reset == Reset::SubtractNext;
    let mut changed = 0i32;
    for lane in 0..n {
        let (i_old, u_old) = (current[lane], membrane[lane]);
        let counter = if has_counter { i32::from(counters[lane]) } else { 0 };
        let threshold = parameters.threshold(lane);
        let i_decayed = decay(i_old, parameters.current_decay(lane), fraction);
        let input = (sum[lane], datapath.input_shift);
        let i_new = register::<WIDE>(datapath.current_overflow, width, [i_decayed, 0, 0, 0, 0], input);
        let i_used = if datapath.order == Order::PreviousCurrent { i_old } else { i_new };
        let was = i32::from(fired[lane]);
        let back = if subtract_next { -(threshold & -was) } else { 0 };
        let drift = if noise.is_empty() { 0 } else { noise[lane] };
        let u_decayed = decay(u_old, parameters.membrane_decay(lane), fraction);
        let terms = [u_decayed, i_used, parameters.bias(lane), drift, back];
        let u_next = register::<WIDE>(datapath.membrane_overflow, width, terms, (0, 0));
        let u_cmp = if holds && counter > 0 { u_old } else { u_next };
        let over =
            if datapath.compare == Compare::GreaterEqual { u_cmp >= threshold } else { u_cmp > threshold };
        let fires = spiking & over & (counter == 0);
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
        let now = i32::from(fires);
        // An input that balances a decay changes nothing now, yet its absence will.
        changed |= (i_new ^ i_old) | (u_new ^ u_old) | was | now | counter | sum[lane];
        current[lane] = i_new;
        membrane[lane] = u_new;
        compared[lane] = u_cmp;
        fired[lane] = now as u8;
        if has_counter {
            counters[lane] = if fires { refractory_steps } else { (counter - i32::from(counter > 0)) as u8 };
        }
        sum[lane] = 0;
    }
    changed != 0
}

/// `config` with what a common kind of neuron fixes written as constants, so that its loop has no branch left.
#[inline(always)]
fn fixed(config: LifConfig, order: Order, current_overflow: Overflow, reset: Reset) -> LifConfig {
    let datapath =
        Datapath { order, current_overflow, membrane_overflow: Overflow::Saturate, ..config.datapath };
    LifConfig { datapath, reset, refractory_steps: 0, refractory: Refractory::Integrate, ..config }
}

/// No refractory counter, no noise, a saturating membrane, narrow sums: the loops that vectorise.
#[inline(always)]
fn update_common_body<P: Parameters>(config: LifConfig, parameters: P, lanes: Lanes<'_>) -> bool {
    let lanes = Lanes { noise: &[], ..lanes };
    macro_rules! run {
        ($order:ident, $overflow:ident, $reset:expr) => {
            update_body::<false, P>(
                fixed(config, Order::$order, Overflow::$overflow, $reset),
                parameters,
                lanes,
            )
        };
    }
    match (config.datapath.order, config.datapath.current_overflow, config.reset) {
        (Order::PreviousCurrent, _, Reset::SubtractNext) => {
            run!(PreviousCurrent, Saturate, Reset::SubtractNext)
        }
        (Order::PreviousCurrent, _, Reset::SubtractNow) => {
            run!(PreviousCurrent, Saturate, Reset::SubtractNow)
        }
        (Order::PreviousCurrent, _, Reset::ToValue(v)) => run!(PreviousCurrent, Saturate, Reset::ToValue(v)),
        (Order::UpdatedCurrent, Overflow::WrapLava, Reset::ToValue(v)) => {
            run!(UpdatedCurrent, WrapLava, Reset::ToValue(v))
        }
        (Order::UpdatedCurrent, _, Reset::SubtractNext) => {
            run!(UpdatedCurrent, Saturate, Reset::SubtractNext)
        }
        (Order::UpdatedCurrent, _, Reset::SubtractNow) => run!(UpdatedCurrent, Saturate, Reset::SubtractNow),
        (Order::UpdatedCurrent, _, Reset::ToValue(v)) => run!(UpdatedCurrent, Saturate, Reset::ToValue(v)),
    }
}

/// Whether [`update_common_body`] computes what `config` asks for.
fn is_common(config: &LifConfig, lanes: &Lanes<'_>) -> bool {
    let current = match config.datapath.current_overflow {
        Overflow::Saturate => true,
        Overflow::WrapLava => {
            config.datapath.order == Order::UpdatedCurrent && matches!(config.reset, Reset::ToValue(_))
        }
        Overflow::Wrap => false,
    };
    current
        && config.datapath.membrane_overflow == Overflow::Saturate
        && config.refractory_steps == 0
        && lanes.noise.is_empty()
}

vectorised! {
    fn update_common[P: Parameters](config: LifConfig, parameters: P, lanes: Lanes<'_>) -> bool
        => update_common_body::<P>
}
vectorised! {
    fn update_narrow[P: Parameters](config: LifConfig, parameters: P, lanes: Lanes<'_>) -> bool
        => update_body::<false, P>
}
vectorised! {
    fn update_wide[P: Parameters](config: LifConfig, parameters: P, lanes: Lanes<'_>) -> bool
        => update_body::<true, P>
}

/// One step of a run of neurons. `wide` says that some sum may need more than 32 bits
/// (see [`crate::width::needs_wide_sums`]). True when a register changed or a neuron fired.
pub fn update<P: Parameters>(config: LifConfig, parameters: P, wide: bool, lanes: Lanes<'_>) -> bool {
    if wide {
        update_wide(config, parameters, lanes)
    } else if is_common(&config, &lanes) {
        update_common(config, parameters, lanes)
    } else {
        update_narrow(config, parameters, lanes)
    }
}

#[inline(always)]
fn pack_body(bytes: &[u8], words: &mut [u64]) -> u32 {
    let mut count = 0;
    for (word, chunk) in words.iter_mut().zip(bytes.chunks(64)) {
        let mut bits = 0u64;
        for (lane, byte) in chunk.iter().enumerate() {
            bits |= u64::from(*byte) << lane;
        }
        *word = bits;
        count += bits.count_ones();
    }
    count
}

vectorised! {
    /// Packs one byte (0 or 1) a neuron into the words of a fired set; returns how many are set.
    pub fn pack(bytes: &[u8], words: &mut [u64]) -> u32 => pack_body
}
