//! Counts of the outputs of routers, so kept that a sleeping router costs nothing.
//!
//! Waiting is counted by its ends: the cycle in which it begins is taken away, the one in which it ends is added, so the
//! sum over all that ended is the time they waited. What still waits is added when counts are read.

use crate::network::statistics::{CAUSES, Cause};

/// Waiting for an output.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(8))]
pub struct Counts {
    /// Cycles that heads waited for a channel, by their ends.
    pub waited: u64,
    /// Cycles in which a channel had a flit for the output, by their ends, less those in which it moved.
    pub unsent: u64,
}

/// Counts of an output that few flits change.
#[derive(Clone, Copy, Debug, Default)]
pub struct RareCounts {
    /// Of the cycles that heads waited, those in which another got the channel.
    pub lost_channel: u64,
    /// Of the cycles in which flits did not move, those in which another moved, and those in which the link was held.
    pub lost_switch: u64,
    pub held: u64,
    /// Flits before the mark.
    pub marked: u64,
}

/// Stalls before cycle `now`, of an output where so many heads wait and so many channels are ready.
pub fn stalls(
    counts: &Counts,
    rare: &RareCounts,
    now: u64,
    (waiting, ready): (u32, u32),
    endpoint: bool,
) -> [u64; CAUSES] {
    let all = |ends: u64, open: u32| ends.wrapping_add(now * u64::from(open));
    let no_channel = all(counts.waited, waiting) - rare.lost_channel;
    let no_credit = all(counts.unsent, ready) - rare.lost_switch - rare.held;
    let mut stalls = [0; CAUSES];
    stalls[Cause::Arbitration as usize] = rare.lost_channel + rare.lost_switch;
    stalls[Cause::LinkBusy as usize] = rare.held;
    if endpoint {
        stalls[Cause::Ejection as usize] = no_channel + no_credit;
    } else {
        stalls[Cause::NoChannel as usize] = no_channel;
        stalls[Cause::NoCredit as usize] = no_credit;
    }
    stalls
}

impl Counts {
    /// Counts from cycle `now` on, of an output where so many heads wait and so many channels are ready.
    pub fn cleared(now: u64, (waiting, ready): (u32, u32)) -> Self {
        let open = |count: u32| (now * u64::from(count)).wrapping_neg();
        Self { waited: open(waiting), unsent: open(ready) }
    }

    /// So many begin to wait in a cycle.
    #[inline(always)]
    pub fn wait_from(&mut self, cycle: u64) {
        self.waited = self.waited.wrapping_sub(cycle);
    }

    /// One that waited does so no more from a cycle on.
    #[inline(always)]
    pub fn wait_until(&mut self, cycle: u64) {
        self.waited = self.waited.wrapping_add(cycle);
    }

    /// A channel has a flit from a cycle on.
    #[inline(always)]
    pub fn ready_from(&mut self, cycle: u64) {
        self.unsent = self.unsent.wrapping_sub(cycle);
    }

    /// It has none from a cycle on.
    #[inline(always)]
    pub fn ready_until(&mut self, cycle: u64) {
        self.unsent = self.unsent.wrapping_add(cycle);
    }

    /// A flit that was ready moves.
    #[inline(always)]
    pub fn moved(&mut self) {
        self.unsent = self.unsent.wrapping_sub(1);
    }
}
