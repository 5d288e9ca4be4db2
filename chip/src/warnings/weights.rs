//! Weights that act as another number than they say.
//!
//! Between a stored weight and the dendritic sum lie two shifts: `delivered_bits` drops the lowest bits of each weight, down or
//! toward zero (`dropped`), a negative `exponent` those of the projection's sum, down. A weight that is smaller than what they
//! drop adds 0, or -1 if something negative is left to be rounded down, in an event of its own. And a real number that a file
//! states is rounded to the store before any of that: it may become 0 there.
//!
//! Promises: figures are counts over the synapses (of a shared tap, its readers), whatever states the weights; a weight of
//! 0 is never called weak. Absent on purpose: what several events of one step add together, which loses less.

use crate::files::{nearest_lane, show_lane};
use crate::network::{Network, Projection, RealRange};
use fixed::types::I32F32;
use synfire_core::deliver::Scaling;

/// Part of generated weights, one in so many, that rounding may turn into 0 before it is worth a warning.
const ROUNDED_ONE_IN: u64 = 8;

/// What is lost of the weights of `projection`.
pub(super) fn warnings(network: &Network, projection: &Projection) -> Vec<String> {
    let tally = Tally::of(projection);
    let rounded = projection.stated.and_then(|stated| rounded(projection, stated, &tally));
    rounded.into_iter().chain(weak(network, projection, &tally)).collect()
}

/// Bits of a stored weight below the lowest one of the dendritic sum: dropped from each weight, shifted out of the sum.
fn lost_bits(projection: &Projection) -> (u32, u32) {
    let format = projection.format;
    let dropped = u32::from(format.store_bits - format.delivered_bits);
    (dropped, u32::from(format.exponent.min(0).unsigned_abs()))
}

/// What the synapses of a projection have in their store.
#[derive(Default)]
struct Tally {
    synapses: u64,
    zero: u64,
    /// Those that an event of their own does not deliver: 0 for something, -1 for less.
    weak: u64,
    /// The largest weak weight (by magnitude) that adds 0, the smallest that adds -1.
    adds_zero: Option<i32>,
    adds_minus_one: Option<i32>,
}

impl Tally {
    fn of(projection: &Projection) -> Self {
        let (dropped, shifted) = lost_bits(projection);
        let (lost, scaling) = (dropped + shifted, Scaling::of(projection.format));
        let (weights, listed) = (projection.synapses.weights(), projection.synapses.listed());
        let mut tally = Self { synapses: projection.synapses.len() as u64, ..Self::default() };
        for synapse in 0..projection.synapses.len() {
            let weight = weights.get(listed.map_or(synapse, |listed| listed.read(synapse)));
            if weight == 0 {
                tally.zero += 1;
            } else if u64::from(weight.unsigned_abs()) < 1 << lost.min(40) {
                tally.weak += 1;
                if scaling.addend(weight) >> shifted.min(31) == 0 {
                    tally.adds_zero = tally.adds_zero.into_iter().chain([weight]).max_by_key(|own| own.abs());
                } else {
                    tally.adds_minus_one = tally.adds_minus_one.max(Some(weight));
                }
            }
        }
        tally
    }
}

fn weak(network: &Network, projection: &Projection, tally: &Tally) -> Option<String> {
    if tally.weak == 0 {
        return None;
    }
    let (format, name) = (projection.format, &projection.name);
    let (dropped, shifted) = lost_bits(projection);
    let shown = |weight: i32| show_lane(i64::from(weight), format.fraction);
    // A lane of the sum, in units of the current.
    let unit = i32::from(format.exponent.max(0)) + i32::from(network.datapath.input_shift)
        - i32::from(network.datapath.state_fraction);
    let unit = if unit < 0 { show_lane(1, unit.unsigned_abs() as u8) } else { (1u64 << unit).to_string() };
    let zero = tally.adds_zero.map(|weight| format!("{} adds 0", shown(weight)));
    let minus = tally.adds_minus_one.map(|weight| format!("{} adds -{unit}", shown(weight)));
    let examples: Vec<String> = zero.into_iter().chain(minus).collect();
    let (dropping, shifting) = (
        format!("`delivered_bits: {}` drops {dropped}", format.delivered_bits),
        format!("the sum loses {shifted} (exponent {})", format.exponent),
    );
    let lost = match (dropped, shifted) {
        (_, 0) => dropping,
        (0, _) => shifting,
        _ => format!("{dropping}, {shifting}"),
    };
    let (weak, others) = (tally.weak, tally.synapses - tally.zero);
    Some(format!(
        "weights of `{name}` lose {} bits: {lost}; {weak} of {others} that are not 0 ({}) act as 0 or -1 lane in an \
         event of their own ({}); larger weights and thresholds, or more bits that are delivered, would keep them",
        dropped + shifted,
        percent(weak, others),
        examples.join(", ")
    ))
}

fn rounded(projection: &Projection, stated: RealRange, tally: &Tally) -> Option<String> {
    let format = projection.format;
    let lane = |end: i64| nearest_lane(I32F32::from_bits(end), format.fraction);
    let zeros = [stated.low, stated.high].into_iter().filter(|end| *end != 0 && lane(*end) == 0);
    let end = zeros.max_by_key(|end| end.unsigned_abs());
    let drawn = stated.low != stated.high && tally.zero * ROUNDED_ONE_IN > tally.synapses;
    if end.is_none() && !drawn {
        return None;
    }
    let why = match end {
        Some(end) => format!("{} is less than half a lane", show_lane(end, 32)),
        None => "what is less than half a lane".to_owned(),
    };
    // What is fixed and 0 is no synapse.
    let left = match tally.synapses {
        0 => "no synapse is left".to_owned(),
        all => format!("{} of {all} ({}) are 0", tally.zero, percent(tally.zero, all)),
    };
    Some(format!(
        "weights of `{}` are rounded to 0 by their store: {why} of {} ({} fraction bits); {left}; more `fraction` bits \
         would keep them",
        projection.name,
        show_lane(1, format.fraction),
        format.fraction,
    ))
}

/// `part` of `all` in percent, one place, rounded down: what is not all of it is never 100.0 %.
fn percent(part: u64, all: u64) -> String {
    let per_mille = (u128::from(part) * 1000 / u128::from(all.max(1))) as u64;
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}
