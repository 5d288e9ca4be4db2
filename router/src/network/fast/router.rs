//! State of a router of the fast engine: bit masks over channels and ports, and a byte or two a channel.
//!
//! Channel `c` of port `p` is bit `p * channels + c`, of inputs and of outputs. A word `W` has a bit a channel, `N` is at
//! least the channels of all ports, `Q` the ports; both are powers of two, so an index that is masked needs no check. `C` is
//! the channels of a port where the network is a usual one, see `rest`, so that the compiler knows them and what is usual;
//! else 0. What one flit touches is kept together.

use crate::network::fast::counts::{ChannelCounts, RareCounts, Waited, channel_stalls, head_stalls};
use crate::network::fast::far::{Far, first_ring};
use crate::network::fast::rest::Rest;
use crate::network::fast::sets::{Word, bits};
use crate::network::plan::Plan;
use crate::network::statistics::CAUSES;

/// No channel, no owner.
pub const NONE: u8 = u8::MAX;

/// A port: what comes in by it, what leaves by it. It is a line of memory where words have 32 bits or less.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub struct Port<W> {
    pub far: Far,
    /// Flits that left by the output since counts were cleared; cycles that heads waited for a channel; cycles in which
    /// the channel had a flit, less those in which it moved, where a port has one channel and the compiler knows.
    pub flits: u64,
    pub waited: Waited,
    pub unsent: Waited,
    /// Input channels whose head wants a channel of the output.
    pub wait: W,
    /// Input channels with a channel of the output and a flit for it.
    pub ready: W,
    /// Those of them whose channel has a credit.
    pub ask: W,
    /// Flits at the input, and the most there were.
    pub held: u16,
    pub held_peak: u16,
    /// Pointers of arbiters, see `arbiter`: of the output, of the input, of the input among its channels.
    pub grant: u8,
    pub accept: u8,
    pub turn: u8,
}

const _: () = assert!(size_of::<Port<u32>>() == 64, "a port is a line of memory");

/// A router.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Router<W, const N: usize, const Q: usize, const C: usize> {
    /// Outputs for which something waits, and which something asks for.
    pub waiting: W,
    pub asking: W,
    /// Input channels with a packet at the front; of those, heads that are being routed, and packets with branches.
    pub front: W,
    pub routing: W,
    pub branched: W,
    /// Output channels that a head may take, that have a credit, whose tail left without all credits being back.
    pub free: W,
    pub credit: W,
    pub tail_sent: W,
    /// Number of the first channel's ring in the buffers.
    pub ring: u32,
    /// Column and row, on a mesh.
    pub spot: (u16, u16),
    /// Flits at all inputs, and the most there were.
    pub all: u16,
    pub all_peak: u16,
    /// Of an input channel, place of the first flit; of an output channel, where the next flit goes at the far end.
    pub head: [u8; N],
    pub write: [u8; N],
    /// Pointers of arbiters, see `arbiter`: of output channels, of input channels.
    pub channel_grant: [u8; N],
    pub channel_accept: [u8; N],
    /// Whose an output channel is, and its credits.
    pub owner: [u8; N],
    pub credits: [u16; N],
    /// Of an input channel: flits, output, channel there.
    pub len: [u16; N],
    pub out: [u8; N],
    pub channel: [u8; N],
    pub ports: [Port<W>; Q],
    /// Of an input channel: channels its packet may take. All may where the network is uniform.
    pub allowed: [u16; N],
    pub rare: [RareCounts; Q],
    /// Of an output channel: cycles in which it had a flit, less those in which it moved, and what else is counted.
    pub unsent: [Waited; N],
    pub counts: [ChannelCounts; N],
    /// Of an input channel, most flits there were, where a port has several.
    pub peak: [u16; N],
}

impl<W: Word, const N: usize, const Q: usize, const C: usize> Router<W, N, Q, C> {
    /// Number `number` of a plan, at rest. There are so many slots, as a power of two.
    pub fn new(plan: &Plan, slot_bits: u32, number: u32) -> Self {
        let channels = plan.config.channels as usize;
        let port = |port| Port {
            far: Far::new(plan, slot_bits, number, port),
            flits: 0,
            waited: Waited::default(),
            unsent: Waited::default(),
            wait: W::default(),
            ready: W::default(),
            ask: W::default(),
            held: 0,
            held_peak: 0,
            grant: 0,
            accept: 0,
            turn: 0,
        };
        let mut router = Self {
            waiting: W::default(),
            asking: W::default(),
            front: W::default(),
            routing: W::default(),
            branched: W::default(),
            free: W::default(),
            credit: W::default(),
            tail_sent: W::default(),
            ring: first_ring(plan, number),
            spot: plan
                .config
                .shape
                .grid()
                .map_or((0, 0), |(columns, _)| ((number % columns) as u16, (number / columns) as u16)),
            all: 0,
            all_peak: 0,
            head: [0; N],
            write: [0; N],
            channel_grant: [0; N],
            channel_accept: [0; N],
            owner: [NONE; N],
            credits: [0; N],
            len: [0; N],
            out: [0; N],
            channel: [NONE; N],
            ports: std::array::from_fn(port),
            allowed: [0; N],
            rare: [RareCounts::default(); Q],
            unsent: [Waited::default(); N],
            counts: [ChannelCounts::default(); N],
            peak: [0; N],
        };
        for output in 0..plan.graph.ports * channels {
            let room = plan.room(number, output / channels);
            router.credits[output] = room as u16;
            if room > 0 {
                router.credit.add(output);
            }
            router.free.add(output);
        }
        router
    }

    /// Puts arbiters back to their beginning.
    pub fn renew(&mut self) {
        (self.channel_grant, self.channel_accept) = ([0; N], [0; N]);
        for port in &mut self.ports {
            (port.grant, port.accept, port.turn) = (0, 0, 0);
        }
    }

    /// Stalls of heads at an output before cycle `now`; `endpoint`: it leads to one.
    pub fn head_stalls(&self, output: usize, now: u64, endpoint: bool) -> [u64; CAUSES] {
        let port = &self.ports[output];
        let waited = port.waited.before(now, port.wait.wide().count_ones());
        head_stalls(waited, &self.rare[output], endpoint)
    }

    /// Stalls of an output channel before cycle `now`; `endpoint`: it leads to one.
    pub fn channel_stalls(&self, output: usize, channel: usize, now: u64, endpoint: bool) -> [u64; CAUSES] {
        let unsent = if C == 1 { self.ports[output].unsent } else { self.unsent[channel] };
        let unsent = unsent.before(now, self.has_flit(output, channel));
        channel_stalls(unsent, &self.counts[channel], endpoint)
    }

    /// Forgets what was counted before cycle `now`.
    pub fn clear(&mut self, rest: &Rest<W>, now: u64) {
        for channel in 0..rest.total {
            let output = usize::from(rest.port_of[channel]);
            let unsent = Waited::cleared(now, self.has_flit(output, channel));
            *self.unsent(output, channel as u8) = unsent;
        }
        for port in &mut self.ports {
            (port.flits, port.held_peak) = (0, port.held);
            port.waited = Waited::cleared(now, port.wait.wide().count_ones());
        }
        self.rare = [RareCounts::default(); Q];
        self.counts = [ChannelCounts::default(); N];
        (self.peak, self.all_peak) = (self.len, self.all);
    }

    /// Whether an output channel's packet has a flit here, as a number.
    fn has_flit(&self, output: usize, channel: usize) -> u32 {
        let owner = self.owner[channel];
        u32::from(owner != NONE && self.ports[output].ready.has(owner))
    }

    /// Cycles in which an output channel had a flit that did not move.
    #[inline(always)]
    pub fn unsent(&mut self, output: usize, channel: u8) -> &mut Waited {
        if C == 1 {
            &mut self.ports[output & (Q - 1)].unsent
        } else {
            &mut self.unsent[usize::from(channel) & (N - 1)]
        }
    }

    /// The channel of an output that an input channel's packet holds.
    #[inline]
    pub fn held_channel(&self, rest: &Rest<W>, number: usize, input: usize, output: usize) -> u8 {
        if self.branched.has(input) {
            rest.branches.of[(number * N + input) * Q + output].channel
        } else {
            self.channel[input & (N - 1)]
        }
    }

    /// Counts of the output channels that these input channels hold at an output.
    #[inline]
    pub fn count_each(
        &mut self,
        rest: &Rest<W>,
        (number, output): (usize, usize),
        inputs: u64,
        count: impl Fn(&mut ChannelCounts),
    ) {
        for input in bits(inputs) {
            let channel = usize::from(self.held_channel(rest, number, input, output));
            count(&mut self.counts[channel & (N - 1)]);
        }
    }

    /// An input channel's head waits for a channel of `output`.
    #[inline(always)]
    pub fn set_wait(&mut self, input: usize, output: usize) {
        self.ports[output & (Q - 1)].wait.add(input);
        self.waiting.add(output);
    }

    /// It does not any more.
    #[inline(always)]
    pub fn clear_wait(&mut self, input: usize, output: usize) {
        let wait = &mut self.ports[output & (Q - 1)].wait;
        wait.remove(input);
        if wait.wide() == 0 {
            self.waiting.remove(output);
        }
    }

    /// An input channel may ask for `output`.
    #[inline(always)]
    pub fn set_ask(&mut self, input: usize, output: usize) {
        self.ports[output & (Q - 1)].ask.add(input);
        self.asking.add(output);
    }

    /// It may not.
    #[inline(always)]
    pub fn clear_ask(&mut self, input: usize, output: usize) {
        let ask = &mut self.ports[output & (Q - 1)].ask;
        ask.remove(input);
        if ask.wide() == 0 {
            self.asking.remove(output);
        }
    }

    /// An input channel with a channel of an output has a flit for it from a cycle on.
    #[inline(always)]
    pub fn set_ready(&mut self, input: usize, output: usize, channel: u8, from: u64) {
        self.ports[output & (Q - 1)].ready.add(input);
        self.unsent(output, channel).from(from);
        if self.credit.has(channel) {
            self.set_ask(input, output);
        }
    }

    /// It has none after this cycle.
    #[inline(always)]
    pub fn clear_ready(&mut self, input: usize, output: usize, channel: u8, now: u64) {
        self.ports[output & (Q - 1)].ready.remove(input);
        self.unsent(output, channel).until(now + 1);
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
        if Self::uniform(rest) {
            return Self::every(rest);
        }
        if self.branched.has(input) {
            return u64::from(rest.branches.of[(number * N + input) * Q + output].allowed);
        }
        u64::from(self.allowed[input & (N - 1)])
    }

    /// Whether every packet may take every channel of a port.
    #[inline(always)]
    pub fn uniform(rest: &Rest<W>) -> bool {
        C != 0 || rest.uniform
    }

    /// Whether some link is held for more than a cycle.
    #[inline(always)]
    pub fn narrow(rest: &Rest<W>) -> bool {
        C == 0 && rest.narrow
    }

    /// Whether allocations follow the plain rules.
    #[inline(always)]
    pub fn plain_rules(rest: &Rest<W>) -> bool {
        C != 0 || rest.plain_rules
    }

    /// Whether the tail's leaving frees a channel.
    #[inline(always)]
    pub fn frees_at_once(rest: &Rest<W>) -> bool {
        C != 0 || rest.frees_at_once
    }

    /// Channels of a port.
    #[inline(always)]
    pub fn channels(rest: &Rest<W>) -> usize {
        if C == 0 { rest.channels } else { C }
    }

    /// All channels of a port, from bit 0.
    #[inline(always)]
    pub fn every(rest: &Rest<W>) -> u64 {
        if C == 0 { u64::from(rest.all) } else { (1 << C) - 1 }
    }

    /// Port of a channel.
    #[inline(always)]
    pub fn port_of(rest: &Rest<W>, channel: usize) -> usize {
        channel.checked_div(C).unwrap_or_else(|| usize::from(rest.port_of[channel & 63]))
    }

    /// Place of a channel among those of its port.
    #[inline(always)]
    pub fn within(rest: &Rest<W>, channel: usize, port: usize) -> usize {
        if C == 1 { 0 } else { channel - port * Self::channels(rest) }
    }

    /// Free channels of an output, from bit 0.
    #[inline(always)]
    pub fn free_at(&self, rest: &Rest<W>, output: usize) -> u64 {
        self.free.wide() >> (output * Self::channels(rest)) & Self::every(rest)
    }
}
