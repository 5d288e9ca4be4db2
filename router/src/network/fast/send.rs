//! What leaves a router of the fast engine, and what that frees.

use crate::network::fast::flit::Flit;
use crate::network::fast::rest::Rest;
use crate::network::fast::router::{NONE, Router};
use crate::network::fast::sets::Word;

impl<W: Word, const N: usize, const Q: usize> Router<W, N, Q> {
    /// A head takes a channel.
    #[inline]
    pub fn take_channel(&mut self, rest: &mut Rest<W>, number: usize, input: usize, channel: u8, now: u64) {
        let output = usize::from(rest.port_of[usize::from(channel) & 63]);
        self.owner[usize::from(channel) & (N - 1)] = input as u8;
        self.free &= !(1 << channel);
        self.clear_wait(input, output);
        self.counts[output & (Q - 1)].wait_until(now);
        if self.branched >> input & 1 == 0 {
            self.channel[input & (N - 1)] = channel;
        } else {
            rest.branches.of[(number * N + input) * Q + output].channel = channel;
        }
        self.set_ready(input, output, channel, now + 1);
    }

    /// Sends the first flit of a packet with one way on, if it has a channel with a credit.
    #[inline]
    pub fn pass(&mut self, rest: &mut Rest<W>, number: usize, input: usize, now: u64) {
        let at = input & (N - 1);
        let (output, channel) = (usize::from(self.out[at]), self.channel[at]);
        if channel == NONE || self.credit >> channel & 1 == 0 {
            return;
        }
        let flit = Flit(rest.flits[self.place(rest, input, 0)]);
        if flit.tail() {
            self.leave(rest, channel);
            self.channel[at] = NONE;
            self.front &= !(1 << input);
        }
        self.send(rest, number, (output, channel), flit, now);
        if flit.tail() || self.len[at] == 1 {
            self.clear_ready(input, output, now);
        } else if self.credit >> channel & 1 == 0 {
            self.clear_ask(input, output);
        }
        self.free_slot(rest, number, input, now);
    }

    /// A packet of one flit takes a channel that its tail may leave to the next, and passes in the same cycle.
    #[inline]
    pub fn pass_at_once(&mut self, rest: &mut Rest<W>, number: usize, input: usize, channel: u8, now: u64) {
        let output = usize::from(self.out[input & (N - 1)]);
        let flit = Flit(rest.flits[self.place(rest, input, 0)]);
        self.clear_wait(input, output);
        self.counts[output & (Q - 1)].wait_until(now);
        self.front &= !(1 << input);
        self.send(rest, number, (output, channel), flit, now);
        self.free_slot(rest, number, input, now);
    }

    /// The tail of a packet leaves by a channel.
    #[inline(always)]
    pub fn leave(&mut self, rest: &Rest<W>, channel: u8) {
        self.owner[usize::from(channel) & (N - 1)] = NONE;
        let freed = if rest.frees_at_once { &mut self.free } else { &mut self.tail_sent };
        *freed |= 1 << channel;
    }

    /// Puts a flit on the link of an output.
    #[inline(always)]
    pub fn send(&mut self, rest: &mut Rest<W>, number: usize, by: (usize, u8), flit: Flit, now: u64) {
        let (output, channel) = by;
        let at = usize::from(channel) & (N - 1);
        let far = &self.far[output & (Q - 1)];
        self.credits[at] -= 1;
        self.credit &= !(u64::from(self.credits[at] == 0) << channel);
        self.counts[output & (Q - 1)].flits += 1;
        if rest.narrow {
            rest.free_at[number * Q + output] = now + u64::from(far.period);
        }
        let there = usize::from(channel) - output * rest.channels;
        let due = now + u64::from(far.flit_delay);
        if far.endpoint {
            rest.slots.eject(due, far.number, there as u8, flit);
            return;
        }
        let write = self.write[at];
        self.write[at] = write.wrapping_add(1);
        let ring = (far.ring as usize + there) << rest.ring_bits;
        rest.flits[ring | usize::from(write) & rest.ring_mask] = flit.0;
        rest.slots.arrival(due, far.number as usize, usize::from(far.first) + there);
    }

    /// Frees the first slot of an input channel. If its packet is through, the next comes to the front.
    #[inline(always)]
    pub fn free_slot(&mut self, rest: &mut Rest<W>, number: usize, input: usize, now: u64) {
        let at = input & (N - 1);
        let port = usize::from(rest.port_of[input & 63]);
        self.head[at] = self.head[at].wrapping_add(1);
        self.len[at] -= 1;
        self.held[port & (Q - 1)] -= 1;
        self.all -= 1;
        self.give_back(rest, port, input, now);
        if self.front >> input & 1 == 0 && self.len[at] > 0 {
            let routing = !rest.lookahead && !rest.rules.routes_behind;
            self.begin_front(rest, number, input, now + 1, routing);
        }
    }

    /// Gives the credit for a slot of an input channel back to whoever is at the far end of its port.
    #[inline(always)]
    pub fn give_back(&mut self, rest: &mut Rest<W>, port: usize, input: usize, now: u64) {
        let far = &self.far[port & (Q - 1)];
        let there = input - port * rest.channels;
        let due = now + u64::from(far.credit_delay);
        if far.endpoint {
            rest.slots.give_back(due, far.number, there as u8);
        } else {
            rest.slots.credit(due, far.number as usize, there + usize::from(far.first));
        }
    }
}
