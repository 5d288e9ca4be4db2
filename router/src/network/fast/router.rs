//! State of a router of the fast engine: bit masks over channels and ports, and a byte or two a channel.
//!
//! Channel `c` of port `p` is bit `p * channels + c`, of inputs and of outputs. `N` is at least the channels of all
//! ports, `Q` the ports; both are powers of two, so an index that is masked needs no check.

use crate::network::fast::counts::Counts;
use crate::network::fast::far::Far;
use crate::network::plan::Plan;

/// No channel, no owner.
pub const NONE: u8 = u8::MAX;

/// A router.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub struct Router<const N: usize, const Q: usize> {
    /// Input channels whose head wants a channel of an output.
    pub wait: [u64; Q],
    /// Input channels with a channel of an output and a flit for it.
    pub ready: [u64; Q],
    /// Those of them whose channel has a credit.
    pub ask: [u64; Q],
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
    /// Of an input channel: channels its packet may take, flits, place of the first flit, output, channel there.
    pub allowed: [u16; N],
    pub len: [u16; N],
    pub head: [u8; N],
    pub out: [u8; N],
    pub channel: [u8; N],
    /// Of an output channel: credits, where the next flit goes at the far end, whose it is.
    pub credits: [u16; N],
    pub write: [u8; N],
    pub owner: [u8; N],
    /// Pointers of arbiters, see `arbiter`.
    pub channel_grant: [u8; N],
    pub channel_accept: [u8; N],
    pub switch_grant: [u8; Q],
    pub switch_accept: [u8; Q],
    pub switch_channel: [u8; Q],
    /// Flits at each input and at all, and the most there were.
    pub held: [u16; Q],
    pub held_peak: [u16; Q],
    pub all: u16,
    pub all_peak: u16,
    /// Column and row, on a mesh.
    pub spot: (u16, u16),
    /// Far ends of ports, and counts of outputs.
    pub far: [Far; Q],
    pub counts: [Counts; Q],
}

impl<const N: usize, const Q: usize> Router<N, Q> {
    /// Number `number` of a plan, at rest.
    pub fn new(plan: &Plan, number: u32) -> Self {
        let channels = plan.config.channels as usize;
        let mut router = Self {
            wait: [0; Q],
            ready: [0; Q],
            ask: [0; Q],
            waiting: 0,
            asking: 0,
            front: 0,
            routing: 0,
            branched: 0,
            free: 0,
            credit: 0,
            tail_sent: 0,
            allowed: [0; N],
            len: [0; N],
            head: [0; N],
            out: [0; N],
            channel: [NONE; N],
            credits: [0; N],
            write: [0; N],
            owner: [NONE; N],
            channel_grant: [0; N],
            channel_accept: [0; N],
            switch_grant: [0; Q],
            switch_accept: [0; Q],
            switch_channel: [0; Q],
            held: [0; Q],
            held_peak: [0; Q],
            all: 0,
            all_peak: 0,
            spot: plan
                .config
                .shape
                .grid()
                .map_or((0, 0), |(columns, _)| ((number % columns) as u16, (number / columns) as u16)),
            far: std::array::from_fn(|port| Far::new(plan, number, port)),
            counts: [Counts::default(); Q],
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

    /// An input channel's head waits for a channel of `output`.
    #[inline]
    pub fn set_wait(&mut self, input: usize, output: usize) {
        self.wait[output & (Q - 1)] |= 1 << input;
        self.waiting |= 1 << output;
    }

    /// It has one.
    #[inline]
    pub fn clear_wait(&mut self, input: usize, output: usize) {
        let wait = &mut self.wait[output & (Q - 1)];
        *wait &= !(1 << input);
        self.waiting &= !(u64::from(*wait == 0) << output);
    }

    /// An input channel may ask for `output`.
    #[inline]
    pub fn set_ask(&mut self, input: usize, output: usize) {
        self.ask[output & (Q - 1)] |= 1 << input;
        self.asking |= 1 << output;
    }

    /// It may not.
    #[inline]
    pub fn clear_ask(&mut self, input: usize, output: usize) {
        let ask = &mut self.ask[output & (Q - 1)];
        *ask &= !(1 << input);
        self.asking &= !(u64::from(*ask == 0) << output);
    }
}
