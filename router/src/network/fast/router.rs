//! State of a router of the fast engine: bit masks over channels and ports, and a byte or two a channel.
//!
//! Channel `c` of port `p` is bit `p * channels + c`, of inputs and of outputs. A word `W` has a bit a channel, `N` is at
//! least the channels of all ports, `Q` the ports; both are powers of two, so an index that is masked needs no check. What
//! most flits touch comes first and is kept together.

use crate::network::fast::counts::{Counts, RareCounts};
use crate::network::fast::far::{Far, first_ring};
use crate::network::fast::rest::Rest;
use crate::network::fast::sets::Word;
use crate::network::plan::Plan;

/// No channel, no owner.
pub const NONE: u8 = u8::MAX;

/// A router.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Router<W, const N: usize, const Q: usize> {
    /// Outputs with a bit in `wait`, and in `ask`.
    pub waiting: u64,
    pub asking: u64,
    /// Input channels with a packet at the front; of those, heads that are being routed, and packets with branches.
    pub front: u64,
    pub routing: u64,
    pub branched: u64,
    /// Output channels that a head may take, that have a credit, whose tail left without all credits being back.
    pub free: u64,
    pub credit: u64,
    pub tail_sent: u64,
    /// Input channels whose head wants a channel of an output.
    pub wait: [W; Q],
    /// Input channels with a channel of an output and a flit for it.
    pub ready: [W; Q],
    /// Those of them whose channel has a credit.
    pub ask: [W; Q],
    /// Of an input channel: output, channel there, place of the first flit.
    pub out: [u8; N],
    pub channel: [u8; N],
    pub head: [u8; N],
    /// Of an output channel: where the next flit goes at the far end, whose it is.
    pub write: [u8; N],
    pub owner: [u8; N],
    /// Flits of an input channel, credits of an output channel.
    pub len: [u16; N],
    pub credits: [u16; N],
    /// Flits at each input and the most there were; the same of all inputs.
    pub held: [u16; Q],
    pub held_peak: [u16; Q],
    pub all: u16,
    pub all_peak: u16,
    /// Number of the first channel's ring in the buffers.
    pub ring: u32,
    /// Column and row, on a mesh.
    pub spot: (u16, u16),
    /// Pointers of arbiters, see `arbiter`.
    pub channel_grant: [u8; N],
    pub channel_accept: [u8; N],
    pub switch_grant: [u8; Q],
    pub switch_accept: [u8; Q],
    pub switch_channel: [u8; Q],
    /// Far ends of ports, and counts of outputs.
    pub far: [Far; Q],
    pub counts: [Counts; Q],
    /// Of an input channel: channels its packet may take. All may where the network is uniform.
    pub allowed: [u16; N],
    pub rare: [RareCounts; Q],
}

impl<W: Word, const N: usize, const Q: usize> Router<W, N, Q> {
    /// Number `number` of a plan, at rest.
    pub fn new(plan: &Plan, number: u32) -> Self {
        let channels = plan.config.channels as usize;
        let mut router = Self {
            waiting: 0,
            asking: 0,
            front: 0,
            routing: 0,
            branched: 0,
            free: 0,
            credit: 0,
            tail_sent: 0,
            wait: [W::default(); Q],
            ready: [W::default(); Q],
            ask: [W::default(); Q],
            out: [0; N],
            channel: [NONE; N],
            head: [0; N],
            write: [0; N],
            owner: [NONE; N],
            len: [0; N],
            credits: [0; N],
            held: [0; Q],
            held_peak: [0; Q],
            all: 0,
            all_peak: 0,
            ring: first_ring(plan, number),
            spot: plan
                .config
                .shape
                .grid()
                .map_or((0, 0), |(columns, _)| ((number % columns) as u16, (number / columns) as u16)),
            channel_grant: [0; N],
            channel_accept: [0; N],
            switch_grant: [0; Q],
            switch_accept: [0; Q],
            switch_channel: [0; Q],
            far: std::array::from_fn(|port| Far::new(plan, number, port)),
            counts: [Counts::default(); Q],
            allowed: [0; N],
            rare: [RareCounts::default(); Q],
        };
        for output in 0..plan.graph.ports * channels {
            let room = plan.room(number, output / channels);
            router.credits[output] = room as u16;
            router.credit |= u64::from(room > 0) << output;
            router.free |= 1 << output;
        }
        router
    }

    /// Puts arbiters back to their beginning.
    pub fn renew(&mut self) {
        (self.channel_grant, self.channel_accept) = ([0; N], [0; N]);
        (self.switch_grant, self.switch_accept, self.switch_channel) = ([0; Q], [0; Q], [0; Q]);
    }

    /// How many heads wait for an output, and how many channels have a flit for it.
    pub fn waiters(&self, output: usize) -> (u32, u32) {
        (self.wait[output].wide().count_ones(), self.ready[output].wide().count_ones())
    }

    /// An input channel's head waits for a channel of `output`.
    #[inline(always)]
    pub fn set_wait(&mut self, input: usize, output: usize) {
        let wait = &mut self.wait[output & (Q - 1)];
        *wait = W::of(wait.wide() | 1 << input);
        self.waiting |= 1 << output;
    }

    /// It does not any more.
    #[inline(always)]
    pub fn clear_wait(&mut self, input: usize, output: usize) {
        let wait = &mut self.wait[output & (Q - 1)];
        let left = wait.wide() & !(1 << input);
        *wait = W::of(left);
        self.waiting &= !(u64::from(left == 0) << output);
    }

    /// An input channel may ask for `output`.
    #[inline(always)]
    pub fn set_ask(&mut self, input: usize, output: usize) {
        let ask = &mut self.ask[output & (Q - 1)];
        *ask = W::of(ask.wide() | 1 << input);
        self.asking |= 1 << output;
    }

    /// It may not.
    #[inline(always)]
    pub fn clear_ask(&mut self, input: usize, output: usize) {
        let ask = &mut self.ask[output & (Q - 1)];
        let left = ask.wide() & !(1 << input);
        *ask = W::of(left);
        self.asking &= !(u64::from(left == 0) << output);
    }

    /// An input channel with a channel of an output has a flit for it from a cycle on.
    #[inline(always)]
    pub fn set_ready(&mut self, input: usize, output: usize, channel: u8, from: u64) {
        let ready = &mut self.ready[output & (Q - 1)];
        *ready = W::of(ready.wide() | 1 << input);
        self.counts[output & (Q - 1)].ready_from(from);
        if self.credit >> channel & 1 != 0 {
            self.set_ask(input, output);
        }
    }

    /// It has none after this cycle.
    #[inline(always)]
    pub fn clear_ready(&mut self, input: usize, output: usize, now: u64) {
        let ready = &mut self.ready[output & (Q - 1)];
        *ready = W::of(ready.wide() & !(1 << input));
        self.counts[output & (Q - 1)].ready_until(now + 1);
        self.clear_ask(input, output);
    }

    /// Where the flit behind `ahead` others of an input channel is in the buffers.
    #[inline(always)]
    pub fn place(&self, rest: &Rest<W>, input: usize, ahead: u16) -> usize {
        let at = (usize::from(self.head[input & (N - 1)]) + usize::from(ahead)) & rest.ring_mask;
        (self.ring as usize + input) << rest.ring_bits | at
    }

    /// Channels that a head may take at an output.
    #[inline]
    pub fn allowed_at(&self, rest: &Rest<W>, number: usize, input: usize, output: usize) -> u64 {
        if rest.uniform {
            return u64::from(rest.all);
        }
        if self.branched >> input & 1 != 0 {
            return u64::from(rest.branches.of[(number * N + input) * Q + output].allowed);
        }
        u64::from(self.allowed[input & (N - 1)])
    }

    /// Free channels of an output, from bit 0.
    #[inline(always)]
    pub fn free_at(&self, rest: &Rest<W>, output: usize) -> u64 {
        self.free >> (output * rest.channels) & u64::from(rest.all)
    }
}
