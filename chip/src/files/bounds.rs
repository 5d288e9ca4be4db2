//! Ranges of what chips and networks hold: said once, for fields of files and for what comes as numbers.
//!
//! Absent on purpose: ranges that follow from other values (lanes of a register, a chip's limits).

use std::ops::RangeInclusive;

/// A range of integers.
pub(super) type Range = RangeInclusive<i64>;

/// Neurons of a population or input; of a core, where a population says so.
pub(super) const NEURONS: Range = 1..=1 << 24;
/// Most populations, and most inputs: their indices are 16 bits wide.
pub(super) const MOST_LISTED: usize = 65_536;
/// Most broadcast channels: what a packet can name.
pub(super) const MOST_CHANNELS: usize = u16::MAX as usize;
/// Events that a channel of an input carries in one step.
pub(super) const EVENTS: Range = 1..=255;
/// A shift of a product, a sum or an error.
pub(super) const SHIFT: Range = 0..=31;
/// Fraction bits of a weight.
pub(super) const WEIGHT_FRACTION: Range = 0..=31;
/// Power of two between a delivered weight and a state lane.
pub(super) const EXPONENT: Range = -31..=31;
/// Spikes above which a rate limit acts.
pub(super) const RATE_LIMIT: Range = 0..=254;
/// Bit length above which a normalised synapse learns more slowly.
pub(super) const REFERENCE_BITS: Range = 1..=16;
/// Largest entry of a random matrix.
pub(super) const ENTRY: Range = 1..=127;

/// Bits of current and membrane, errors, third factors, surrogates.
pub(super) const STATE_BITS: (u8, u8) = (12, 32);
pub(super) const ERROR_BITS: (u8, u8) = (4, 16);
pub(super) const THIRD_FACTOR_BITS: (u8, u8) = (4, 16);
pub(super) const SURROGATE_BITS: (u8, u8) = (2, 16);
/// Widest state register that wraps; `docs/arithmetic.md`, 2.4.
pub(super) const MAX_WRAPPED_WIDTH: u8 = 31;
/// Left shift of the dendritic sum.
pub(super) const INPUT_SHIFT: Range = 0..=16;
/// Fraction bits of decay factors.
pub(super) const DECAY_FRACTION: Range = 4..=16;
/// Bits of traces, of states of synapses, of error traces.
pub(super) const TRACE_BITS: Range = 4..=16;
pub(super) const ELIGIBILITY_BITS: Range = 4..=16;
pub(super) const ERROR_TRACE_BITS: Range = 4..=32;
/// Steps from forming an error to using it.
pub(super) const ERROR_DELAY: Range = 1..=63;
/// Bits of a weight that a chip stores.
pub(super) const WEIGHT_BITS: Range = 1..=16;
/// Steps of a delay that a chip has.
pub(super) const DELAY_STEPS: Range = 1..=64;
/// Columns, and rows, of a mesh.
pub(super) const TILES: Range = 1..=256;
/// Cores of a tile.
pub(super) const CORES_PER_TILE: Range = 1..=1024;
/// Most cores: their numbers are 16 bits wide.
pub(super) const MOST_CORES: i64 = 65_536;
/// Entries of a router's table of keys.
pub(super) const ROUTER_ENTRIES: Range = 1..=1 << 24;
