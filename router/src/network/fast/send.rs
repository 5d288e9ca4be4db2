//! What leaves a router of the fast engine, and what that frees.

use crate::network::fast::flit::Flit;
use crate::network::fast::rest::Rest;
use crate::network::fast::router::{NONE, Router};
use crate::network::fast::sets::Word;

impl<W: Word, const N: usize, const Q: usize, const C: usize> Router<W, N, Q, C> {
    /// A head takes a channel.
    #[inline]
    pub fn take_channel(&mut self, rest: &mut Rest<W>, number: usize, input: usize, channel: u8, now: u64) {
        let output = Self::port_of(rest, usize::from(channel));
        self.owner[usize::from(channel) & (N - 1)] = input as u8;
        self.free.remove(channel);
        self.clear_wait(input, output);
        self.ports[output & (Q - 1)].waited.until(now);
        if !self.branched.has(input) {
            self.channel[input & (N - 1)] = channel;
        } else {
            rest.branches.of[(number * N + input) * Q + output].channel = channel;
        }
        self.set_ready(input, output, channel, now + 1);
    }

    /// Sends the first flit of a packet with one way on, if it has a channel with a credit.
    #[inline(never)]
    pub fn pass_if_able(&mut self, rest: &mut Rest<W>, number: usize, input: usize, now: u64) {
        let at = input & (N - 1);
        let (output, channel) = (usize::from(self.out[at]), self.channel[at]);
        if channel != NONE && self.credit.has(channel) {
            self.pass(rest, number, (input, output, channel), true, now);
        }
    }

    /// Sends the first flit of a packet with one way on by a channel with a credit. `holds`: the packet holds the channel; if
    /// not, it is all of its packet and leaves the channel as free as it was.
    #[inline(always)]
    pub fn pass(
        &mut self,
        rest: &mut Rest<W>,
        number: usize,
        way: (usize, usize, u8),
        holds: bool,
        now: u64,
    ) {
        let (input, output, channel) = way;
        let at = input & (N - 1);
        let flit = Flit(rest.flits[self.place(rest, input, 0)]);
        let tail = flit.tail();
        if tail {
            self.front.remove(input);
            self.channel[at] = NONE;
            if holds {
                self.leave(rest, channel);
            }
        }
        self.send(rest, number, (output, channel), flit, now);
        if !holds {
            self.clear_wait(input, output);
            self.ports[output & (Q - 1)].waited.until(now);
        } else if tail || self.len[at] == 1 {
            self.clear_ready(input, output, channel, now);
        } else if !self.credit.has(channel) {
            self.clear_ask(input, output);
        }
        self.free_slot(rest, number, input, now);
    }

    /// The tail of a packet leaves by a channel.
    #[inline(always)]
    pub fn leave(&mut self, rest: &Rest<W>, channel: u8) {
        self.owner[usize::from(channel) & (N - 1)] = NONE;
        let freed = if Self::frees_at_once(rest) { &mut self.free } else { &mut self.tail_sent };
        freed.add(channel);
    }

    /// Puts a flit on the link of an output.
    #[inline(always)]
    pub fn send(&mut self, rest: &mut Rest<W>, number: usize, by: (usize, u8), flit: Flit, now: u64) {
        let (output, channel) = by;
        let at = usize::from(channel) & (N - 1);
        let far = &self.ports[output & (Q - 1)].far;
        self.credits[at] -= 1;
        if self.credits[at] == 0 {
            self.credit.remove(channel);
        }
        self.ports[output & (Q - 1)].flits += 1;
        if C != 1 {
            self.counts[at].sent += 1;
        }
        if Self::narrow(rest) {
            rest.free_at[number * Q + output] = now + u64::from(far.period);
        }
        let there = Self::within(rest, usize::from(channel), output);
        let due = now + u64::from(far.flit_delay);
        if far.endpoint {
            rest.slots.eject(due, far.ring, there as u8, flit);
            return;
        }
        let write = self.write[at];
        self.write[at] = write.wrapping_add(1);
        let ring = (far.ring as usize + there) << rest.ring_bits;
        rest.flits[ring | usize::from(write) & rest.ring_mask] = flit.0;
        rest.slots.arrival(due, far.place, usize::from(far.first) + there);
    }

    /// Frees the first slot of an input channel. If its packet is through, the next comes to the front.
    #[inline(always)]
    pub fn free_slot(&mut self, rest: &mut Rest<W>, number: usize, input: usize, now: u64) {
        let at = input & (N - 1);
        let port = Self::port_of(rest, input);
        self.head[at] = self.head[at].wrapping_add(1);
        self.len[at] -= 1;
        self.ports[port & (Q - 1)].held -= 1;
        self.all -= 1;
        self.give_back(rest, port, input, now);
        if !self.front.has(input) && self.len[at] > 0 {
            self.begin_next(rest, number, input, now);
        }
    }

    /// Gives the credit for a slot of an input channel back to whoever is at the far end of its port.
    #[inline(always)]
    pub fn give_back(&mut self, rest: &mut Rest<W>, port: usize, input: usize, now: u64) {
        let far = &self.ports[port & (Q - 1)].far;
        let there = Self::within(rest, input, port);
        let due = now + u64::from(far.credit_delay);
        if far.endpoint {
            rest.slots.give_back(due, far.ring, there as u8);
        } else {
            rest.slots.credit(due, far.place, there + usize::from(far.first));
        }
    }
}
