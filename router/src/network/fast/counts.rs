//! Counts of the outputs of routers, so kept that a sleeping router costs nothing.
//!
//! Waiting is counted by its ends: the cycle in which it begins is taken away, the one in which it ends is added, so the
//! sum over all that ended is the time they waited. What still waits is added when counts are read.

use crate::network::statistics::{CAUSES, Cause};

/// Cycles, by their ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waited(u64);

impl Waited {
    /// Nothing before cycle `now`, while so many wait.
    pub fn cleared(now: u64, open: u32) -> Self {
        Self((now * u64::from(open)).wrapping_neg())
    }

    /// Cycles before `now`, while so many wait.
    pub fn before(self, now: u64, open: u32) -> u64 {
        self.0.wrapping_add(now * u64::from(open))
    }

    /// One begins to wait in a cycle.
    #[inline(always)]
    pub fn from(&mut self, cycle: u64) {
        self.0 = self.0.wrapping_sub(cycle);
    }

    /// One that waited does so no more from a cycle on.
    #[inline(always)]
    pub fn until(&mut self, cycle: u64) {
        self.0 = self.0.wrapping_add(cycle);
    }

    /// One that waits has moved instead, for a cycle.
    #[inline(always)]
    pub fn moved(&mut self) {
        self.0 = self.0.wrapping_sub(1);
    }
}

/// Counts of an output that few flits change.
#[derive(Clone, Copy, Debug, Default)]
pub struct RareCounts {
    /// Of the cycles that heads waited, those in which another got the channel.
    pub lost_channel: u64,
    /// Flits before the mark.
    pub marked: u64,
}

/// Counts of an output channel.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChannelCounts {
    /// Flits sent, where a port has several channels.
    pub sent: u64,
    /// Of the cycles in which a flit did not move, those in which another moved, and those in which the link was held.
    pub lost_switch: u64,
    pub held: u64,
}

/// Stalls of heads that waited so long for a channel; `endpoint`: of one that leads to one.
pub fn head_stalls(waited: u64, rare: &RareCounts, endpoint: bool) -> [u64; CAUSES] {
    let mut stalls = [0; CAUSES];
    stalls[Cause::Arbitration as usize] = rare.lost_channel;
    let cause = if endpoint { Cause::Ejection } else { Cause::NoChannel };
    stalls[cause as usize] = waited - rare.lost_channel;
    stalls
}

/// Stalls of flits that were not sent by their channel for so long.
pub fn channel_stalls(unsent: u64, counts: &ChannelCounts, endpoint: bool) -> [u64; CAUSES] {
    let mut stalls = [0; CAUSES];
    stalls[Cause::Arbitration as usize] = counts.lost_switch;
    stalls[Cause::LinkBusy as usize] = counts.held;
    let cause = if endpoint { Cause::Ejection } else { Cause::NoCredit };
    stalls[cause as usize] = unsent - counts.lost_switch - counts.held;
    stalls
}
