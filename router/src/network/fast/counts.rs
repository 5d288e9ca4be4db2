//! Counts of the outputs of routers, so kept that a sleeping router costs nothing.
//!
//! Waiting is counted by its ends: the cycle in which it begins is taken away, the one in which it ends is added, so the
//! sum over all that ended is the time they waited. What still waits is added when counts are read.

use crate::network::statistics::{CAUSES, Cause};

/// Counts of an output.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub struct Counts {
    /// Flits since counts were cleared, and those of them before the mark.
    pub flits: u64,
    pub marked: u64,
    /// Cycles that heads waited for a channel, by their ends.
    pub waited: u64,
    /// Of those, cycles in which another got it.
    pub lost_channel: u64,
    /// Cycles in which a channel had a flit for the output, by their ends.
    pub ready: u64,
    /// Of those, cycles in which one moved, in which another did, in which the link was held.
    pub sent: u64,
    pub lost_switch: u64,
    pub held: u64,
}

impl Counts {
    /// Stalls before cycle `now`, of an output where so many heads wait and so many channels are ready.
    pub fn stalls(&self, now: u64, waiting: u32, ready: u32, endpoint: bool) -> [u64; CAUSES] {
        let all = |ends: u64, open: u32| ends.wrapping_add(now * u64::from(open));
        let no_channel = all(self.waited, waiting) - self.lost_channel;
        let no_credit = all(self.ready, ready) - self.sent - self.lost_switch - self.held;
        let mut stalls = [0; CAUSES];
        stalls[Cause::Arbitration as usize] = self.lost_channel + self.lost_switch;
        stalls[Cause::LinkBusy as usize] = self.held;
        if endpoint {
            stalls[Cause::Ejection as usize] = no_channel + no_credit;
        } else {
            stalls[Cause::NoChannel as usize] = no_channel;
            stalls[Cause::NoCredit as usize] = no_credit;
        }
        stalls
    }

    /// Counts from cycle `now` on.
    pub fn cleared(now: u64, waiting: u32, ready: u32) -> Self {
        let open = |count: u32| (now * u64::from(count)).wrapping_neg();
        Self { waited: open(waiting), ready: open(ready), ..Self::default() }
    }
}
