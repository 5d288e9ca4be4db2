//! A step between its micro-steps.

use crate::reference::plain::PlainChip;
use crate::reference::plain::arithmetic::toward_zero;
use synfire_chip::network::Network;
use synfire_chip::run::program::StepEvents;

/// A step, as it was.
#[derive(Clone, Copy)]
pub struct Step<'a> {
    /// The network.
    pub network: &'a Network,
    /// What happens in it.
    pub events: &'a StepEvents,
    /// Its number.
    pub number: u64,
    /// Before its control events.
    pub before: &'a PlainChip,
    /// After micro-step 1.
    pub begun: &'a PlainChip,
    /// At its end.
    pub after: &'a PlainChip,
}

/// 5 line 1: a difference of membrane lanes in lanes of E.
pub fn error_lanes(network: &Network, difference: i64) -> i64 {
    let (from, to) = (network.datapath.state_fraction, network.learning.error.fraction);
    if to > from { difference << (to - from) } else { toward_zero(difference, u32::from(from - to)) }
}
