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

impl<W: Word, const N: usize, const Q: usize, const C: usize> Router<W, N, Q, C> {
    /// Flits came. Those that can pass at once do, the others are put where they wait.
    #[inline(always)]
    pub fn arrive_or_pass(&mut self, rest: &mut Rest<W>, number: usize, arrivals: u64, now: u64) {
        let heads = arrivals & !self.front.wide();
        for input in bits(arrivals & self.front.wide()) {
            self.arrival_apart(rest, number, input, now);
        }
        let mut busy = self.waiting.wide() | self.asking.wide();
        if several(heads) {
            busy |= self.wanted_twice(rest, number, heads);
        }
        let mut passed = 0;
        for input in bits(heads) {
            if self.express(rest, number, input, busy, now) {
                passed += 1;
            } else {
                self.arrival_apart(rest, number, input, now);
            }
        }
        self.all_peak = self.all_peak.max(self.all + passed);
    }

    /// Outputs that several of these heads want.
    #[inline]
    fn wanted_twice(&self, rest: &Rest<W>, number: usize, heads: u64) -> u64 {
        let (mut once, mut twice) = (0u64, 0u64);
        for input in bits(heads) {
            let flit = Flit(rest.flits[self.place(rest, input, 0)]);
            if flit.alone() {
                let output = rest.exit(C != 0, number, self.spot, flit.number(), flit.class()).0;
                twice |= once & 1 << output;
                once |= 1 << output;
            } else {
                // Several ways on, or more flits to come: nobody passes it.
                twice = u64::MAX;
            }
        }
        twice
    }

    /// Sends a head on, if it is all of its packet and nobody is in its way. Whether it did.
    #[inline(always)]
    fn express(&mut self, rest: &mut Rest<W>, number: usize, input: usize, busy: u64, now: u64) -> bool {
        let at = input & (N - 1);
        let port = Self::port_of(rest, input);
        let flit = Flit(rest.flits[self.place(rest, input, 0)]);
        let others = Self::every(rest) << (port * Self::channels(rest));
        if !flit.alone() || self.front.wide() & others != 0 {
            return false;
        }
        let (output, allowed) = rest.exit(C != 0, number, self.spot, flit.number(), flit.class());
        let output = usize::from(output);
        if busy >> output & 1 != 0 {
            return false;
        }
        let open = self.free.wide() & u64::from(allowed) << (output * Self::channels(rest));
        let Some(channel) = first_from(open, usize::from(self.channel_accept[at])) else { return false };
        if !self.credit.has(channel) {
            return false;
        }
        self.channel_grant[channel & (N - 1)] = behind(input);
        self.channel_accept[at] = behind(channel);
        self.ports[output & (Q - 1)].grant = behind(port);
        self.ports[port & (Q - 1)].accept = behind(output);
        self.ports[port & (Q - 1)].turn = behind(Self::within(rest, input, port));
        let held = self.ports[port & (Q - 1)].held + 1;
        self.ports[port & (Q - 1)].held_peak = self.ports[port & (Q - 1)].held_peak.max(held);
        if C != 1 {
            self.peak[at] = self.peak[at].max(1);
        }
        self.send(rest, number, (output, channel as u8), flit, now);
        self.head[at] = self.head[at].wrapping_add(1);
        self.give_back(rest, port, input, now);
        true
    }
}
