//! Flits that leave a router of the fast engine in the cycle in which they come.
//!
//! A packet of one flit that comes to a port at which nothing waits, and wants an output that nobody else asks for in this
//! cycle, gets a channel and the switch at once where both are allocated in one cycle. It is first in its buffer for no
//! cycle that is counted, so it is sent on without ever being put there: what `serve` would make of it in the end is done
//! directly.
//!
//! Promises: what `serve` does, pointers and peaks included. Absent on purpose: everything that waits.

use crate::network::arbiter::first_from;
use crate::network::fast::flit::Flit;
use crate::network::fast::rest::Rest;
use crate::network::fast::router::Router;
use crate::network::fast::sets::{Word, behind, bits, several};

/// A head that came, and its way on.
#[derive(Clone, Copy, Default)]
struct Head {
    flit: Flit,
    output: u8,
    /// Channels that it may take there.
    allowed: u16,
}

impl<W: Word, const N: usize, const Q: usize, const C: usize> Router<W, N, Q, C> {
    /// Flits came. Those that can pass at once do, the others are put where they wait.
    #[inline(always)]
    pub fn arrive_or_pass(&mut self, rest: &mut Rest<W>, number: usize, arrivals: u64, now: u64) {
        let heads = arrivals & !self.front.wide();
        for input in bits(arrivals & self.front.wide()) {
            self.arrival_apart(rest, number, input, now);
        }
        let mut passed = 0;
        if several(heads) {
            passed = self.pass_several(rest, number, heads, now);
        } else if heads != 0 {
            let input = heads.trailing_zeros() as usize;
            let busy = self.waiting.wide() | self.asking.wide();
            passed = self.pass_or_wait(rest, number, input, self.head_at(rest, number, input), busy, now);
        }
        self.all_peak = self.all_peak.max(self.all + passed);
    }

    /// Several heads came. Those that want an output which no other of them wants may pass. How many did.
    #[inline(always)]
    fn pass_several(&mut self, rest: &mut Rest<W>, number: usize, heads: u64, now: u64) -> u16 {
        let mut came = [Head::default(); Q];
        let (mut once, mut twice) = (0u64, 0u64);
        for input in bits(heads) {
            let head = self.head_at(rest, number, input);
            came[Self::port_of(rest, input) & (Q - 1)] = head;
            // Several ways on, or more flits to come: nobody passes it.
            twice |= if head.flit.alone() { once & 1 << head.output } else { u64::MAX };
            once |= 1 << head.output;
        }
        let busy = self.waiting.wide() | self.asking.wide() | twice;
        let mut passed = 0;
        for input in bits(heads) {
            let head = came[Self::port_of(rest, input) & (Q - 1)];
            passed += self.pass_or_wait(rest, number, input, head, busy, now);
        }
        passed
    }

    /// The head that came to an input channel.
    #[inline(always)]
    fn head_at(&self, rest: &Rest<W>, number: usize, input: usize) -> Head {
        let flit = Flit(rest.flits[self.place(rest, input, 0)]);
        if !flit.alone() {
            return Head { flit, output: 0, allowed: 0 };
        }
        let (output, allowed) = rest.exit(C != 0, number, self.spot, flit.number(), flit.class());
        Head { flit, output, allowed }
    }

    /// A head passes, or is put where it waits. How many passed.
    #[inline(always)]
    fn pass_or_wait(
        &mut self,
        rest: &mut Rest<W>,
        number: usize,
        input: usize,
        head: Head,
        busy: u64,
        now: u64,
    ) -> u16 {
        if let Some(channel) = self.open_channel(rest, input, head, busy) {
            self.express(rest, number, input, (head, channel), now);
            return 1;
        }
        self.arrival_apart(rest, number, input, now);
        0
    }

    /// The channel that a head gets with the switch, if it is all of its packet and nobody is in its way.
    #[inline(always)]
    fn open_channel(&self, rest: &Rest<W>, input: usize, head: Head, busy: u64) -> Option<usize> {
        let output = usize::from(head.output);
        if !head.flit.alone() || busy >> output & 1 != 0 {
            return None;
        }
        if C == 1 {
            return (self.free.wide() & self.credit.wide() & 1 << output != 0).then_some(output);
        }
        let port = Self::port_of(rest, input);
        if self.front.wide() & Self::every(rest) << (port * Self::channels(rest)) != 0 {
            return None;
        }
        let open = self.free.wide() & u64::from(head.allowed) << (output * Self::channels(rest));
        let channel = first_from(open, usize::from(self.channel_accept[input & (N - 1)]))?;
        self.credit.has(channel).then_some(channel)
    }

    /// Sends a head on by a channel of its output.
    #[inline(always)]
    fn express(&mut self, rest: &mut Rest<W>, number: usize, input: usize, by: (Head, usize), now: u64) {
        let (Head { flit, output, .. }, channel) = by;
        let (at, output) = (input & (N - 1), usize::from(output));
        let port = Self::port_of(rest, input);
        self.channel_grant[channel & (N - 1)] = behind(input);
        self.channel_accept[at] = behind(channel);
        self.ports[output & (Q - 1)].grant = behind(port);
        self.ports[port & (Q - 1)].accept = behind(output);
        self.ports[port & (Q - 1)].turn = behind(Self::within(rest, input, port));
        // Nothing else is at the input.
        self.ports[port & (Q - 1)].held_peak = self.ports[port & (Q - 1)].held_peak.max(1);
        if C != 1 {
            self.peak[at] = self.peak[at].max(1);
        }
        self.send(rest, number, (output, channel as u8), flit, now);
        self.head[at] = self.head[at].wrapping_add(1);
        self.give_back(rest, port, input, now);
    }
}
