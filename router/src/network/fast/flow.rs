//! What comes to a router of the fast engine in a cycle, and what leaves it.

use crate::network::arbiter::{Moment, first_from};
use crate::network::fast::allocate::{Grants, behind, bits};
use crate::network::fast::flit::Flit;
use crate::network::fast::rest::{Branch, Rest};
use crate::network::fast::router::{NONE, Router};
use crate::network::plan::Exit;
use crate::network::routes::Target;

impl<const N: usize, const Q: usize> Router<N, Q> {
    /// A cycle. Whether the next one has anything to decide, even if nothing comes.
    pub fn cycle<const PLAIN: bool>(&mut self, rest: &mut Rest, number: usize, now: u64) -> bool {
        let slot = rest.slots.of(now);
        let (credits, arrivals) = rest.slots.take(slot, number);
        if credits != 0 {
            self.credits(rest, credits);
        }
        if arrivals != 0 {
            self.arrivals(rest, number, arrivals, now);
        }
        if self.waiting | self.asking | self.routing == 0 {
            return false;
        }
        if PLAIN && self.alone(rest, number, now) {
            return self.awake(rest, number);
        }
        let mut grants = Grants::new();
        if self.waiting | self.asking != 0 {
            let at = Moment { now, origin: rest.origin, router: number as u32 };
            self.decide::<PLAIN>(rest, at, &mut grants);
        }
        self.commit(rest, number, now, &grants);
        self.awake(rest, number)
    }

    /// If there is but one request, serves it as the allocations would. Whether it did.
    #[inline]
    fn alone(&mut self, rest: &mut Rest, number: usize, now: u64) -> bool {
        let outputs = self.waiting | self.asking;
        let output = outputs.trailing_zeros() as usize & 63;
        let (wait, ask) = (self.wait[output & (Q - 1)], self.ask[output & (Q - 1)]);
        let inputs = wait | ask;
        let several = outputs & outputs.wrapping_sub(1) | inputs & inputs.wrapping_sub(1) | self.routing;
        if several != 0 || self.branched & inputs != 0 || rest.narrow {
            return false;
        }
        let input = inputs.trailing_zeros() as usize & 63;
        if wait != 0 {
            let mut free = self.free_at(rest, output);
            if !rest.uniform {
                free &= u64::from(self.allowed[input & (N - 1)]);
            }
            let first = output * rest.channels;
            let begin = usize::from(self.channel_accept[input & (N - 1)]);
            let Some(channel) = first_from(free << first, begin) else { return true };
            self.channel_grant[channel & (N - 1)] = behind(input, rest.total);
            self.channel_accept[input & (N - 1)] = behind(channel, rest.total);
            let guess = rest.speculative && free & (self.credit >> first) != 0;
            self.take_channel(rest, number, input, channel as u8, now);
            if !guess {
                return true;
            }
        } else {
            self.counts[output & (Q - 1)].sent += 1;
        }
        let port = usize::from(rest.port_of[input & 63]);
        self.switch_grant[output & (Q - 1)] = behind(port, rest.ports);
        self.switch_accept[port & (Q - 1)] = behind(output, rest.ports);
        self.switch_channel[port & (Q - 1)] = behind(input - port * rest.channels, rest.channels);
        self.pass(rest, number, input, now);
        true
    }

    /// Whether a head is being routed or may get a channel, or a flit may move.
    #[inline]
    fn awake(&self, rest: &Rest, number: usize) -> bool {
        if self.routing | self.asking != 0 {
            return true;
        }
        bits(self.waiting).any(|output| {
            let free = self.free_at(rest, output);
            let open = |input| free & self.allowed_at(rest, number, input, output) != 0;
            free != 0 && (rest.uniform || bits(self.wait[output & (Q - 1)]).any(open))
        })
    }

    fn credits(&mut self, rest: &Rest, credits: u64) {
        self.credit |= credits;
        for channel in bits(credits) {
            let at = channel & (N - 1);
            self.credits[at] += 1;
            let output = usize::from(rest.port_of[channel & 63]);
            let bit = 1 << channel;
            if self.tail_sent & bit != 0 && self.credits[at] == self.far[output & (Q - 1)].room {
                self.tail_sent &= !bit;
                self.free |= bit;
            }
            let owner = self.owner[at];
            if owner != NONE && self.ready[output & (Q - 1)] >> owner & 1 != 0 {
                self.set_ask(usize::from(owner), output);
            }
        }
    }

    fn arrivals(&mut self, rest: &mut Rest, number: usize, arrivals: u64, now: u64) {
        for input in bits(arrivals) {
            let at = input & (N - 1);
            let port = usize::from(rest.port_of[input & 63]) & (Q - 1);
            self.len[at] += 1;
            self.held[port] += 1;
            self.held_peak[port] = self.held_peak[port].max(self.held[port]);
            self.all += 1;
            if self.front >> input & 1 == 0 {
                self.begin_front(rest, number, input, now, !rest.lookahead);
            } else if self.branched >> input & 1 != 0 {
                self.flit_for_branches(rest, number, input, now);
            } else if self.channel[at] != NONE && self.len[at] == 1 {
                self.set_ready(input, usize::from(self.out[at]), self.channel[at], now);
            }
        }
        self.all_peak = self.all_peak.max(self.all);
    }

    /// The packet whose head is first in an input channel comes to the front. It is routed in cycle `from` or waits for
    /// a channel from then on.
    fn begin_front(&mut self, rest: &mut Rest, number: usize, input: usize, from: u64, routing: bool) {
        let at = input & (N - 1);
        let flit = Flit(rest.flits[self.place(rest, number, input, 0)]);
        self.front |= 1 << input;
        match flit.target() {
            Target::Endpoint(endpoint) => {
                (self.out[at], self.allowed[at]) = rest.exit(number, self.spot, endpoint, flit.class());
            }
            Target::Node(_) => self.begin_branches(rest, number, input, flit),
        }
        if routing {
            self.routing |= 1 << input;
        } else {
            self.wait_from(rest, number, input, from);
        }
    }

    /// A head waits for a channel from a cycle on.
    #[inline]
    fn wait_from(&mut self, rest: &Rest, number: usize, input: usize, from: u64) {
        if self.branched >> input & 1 == 0 {
            let output = usize::from(self.out[input & (N - 1)]);
            self.set_wait(input, output);
            let counts = &mut self.counts[output & (Q - 1)];
            counts.waited = counts.waited.wrapping_sub(from);
            return;
        }
        for output in bits(rest.branches.live[number * N + input]) {
            self.set_wait(input, output);
            let counts = &mut self.counts[output & (Q - 1)];
            counts.waited = counts.waited.wrapping_sub(from);
        }
    }

    /// An input channel with a channel of an output has a flit for it from a cycle on.
    #[inline]
    fn set_ready(&mut self, input: usize, output: usize, channel: u8, from: u64) {
        self.ready[output & (Q - 1)] |= 1 << input;
        let counts = &mut self.counts[output & (Q - 1)];
        counts.ready = counts.ready.wrapping_sub(from);
        if self.credit >> channel & 1 != 0 {
            self.set_ask(input, output);
        }
    }

    /// It has none after this cycle.
    #[inline]
    fn clear_ready(&mut self, input: usize, output: usize, now: u64) {
        self.ready[output & (Q - 1)] &= !(1 << input);
        let counts = &mut self.counts[output & (Q - 1)];
        counts.ready = counts.ready.wrapping_add(now + 1);
        self.clear_ask(input, output);
    }

    /// Where the flit behind `ahead` others of an input channel is.
    #[inline]
    fn place(&self, rest: &Rest, number: usize, input: usize, ahead: u16) -> usize {
        let ring = (1usize << rest.ring_bits) - 1;
        let at = (usize::from(self.head[input & (N - 1)]) + usize::from(ahead)) & ring;
        (number * rest.total + input) << rest.ring_bits | at
    }

    #[inline]
    fn commit(&mut self, rest: &mut Rest, number: usize, now: u64, grants: &Grants<N, Q>) {
        for (input, channel) in &grants.channels[..grants.channel_count.min(N)] {
            self.take_channel(rest, number, usize::from(*input), *channel, now);
        }
        for input in bits(std::mem::take(&mut self.routing)) {
            self.wait_from(rest, number, input, now + 1);
        }
        for port in bits(grants.inputs) {
            let input = usize::from(grants.passing[port & (Q - 1)]);
            if self.branched >> input & 1 != 0 {
                self.pass_branches(rest, number, input, grants.outputs[port & (Q - 1)], now);
            } else {
                self.pass(rest, number, input, now);
            }
        }
    }

    /// A head takes a channel.
    #[inline]
    fn take_channel(&mut self, rest: &mut Rest, number: usize, input: usize, channel: u8, now: u64) {
        let output = usize::from(rest.port_of[usize::from(channel) & 63]);
        self.owner[usize::from(channel) & (N - 1)] = input as u8;
        self.free &= !(1 << channel);
        self.clear_wait(input, output);
        let counts = &mut self.counts[output & (Q - 1)];
        counts.waited = counts.waited.wrapping_add(now);
        if self.branched >> input & 1 == 0 {
            self.channel[input & (N - 1)] = channel;
        } else {
            rest.branches.of[(number * N + input) * Q + output].channel = channel;
        }
        self.set_ready(input, output, channel, now + 1);
    }

    /// Sends the first flit of a packet with one way on, if it has a channel with a credit.
    #[inline]
    fn pass(&mut self, rest: &mut Rest, number: usize, input: usize, now: u64) {
        let at = input & (N - 1);
        let (output, channel) = (usize::from(self.out[at]), self.channel[at]);
        if channel == NONE || self.credits[usize::from(channel) & (N - 1)] == 0 {
            return;
        }
        let flit = Flit(rest.flits[self.place(rest, number, input, 0)]);
        self.send(rest, number, (output, channel), flit, now);
        if flit.tail() {
            self.channel[at] = NONE;
            self.front &= !(1 << input);
        }
        if flit.tail() || self.len[at] == 1 {
            self.clear_ready(input, output, now);
        } else if self.credit >> channel & 1 == 0 {
            self.clear_ask(input, output);
        }
        self.free_slot(rest, number, input, now);
    }

    /// Puts a flit on the link of an output.
    #[inline]
    fn send(&mut self, rest: &mut Rest, number: usize, by: (usize, u8), flit: Flit, now: u64) {
        let (output, channel) = by;
        let at = usize::from(channel) & (N - 1);
        let far = self.far[output & (Q - 1)];
        self.credits[at] -= 1;
        if self.credits[at] == 0 {
            self.credit &= !(1 << channel);
        }
        if flit.tail() {
            self.owner[at] = NONE;
            let freed = if rest.frees_at_once { &mut self.free } else { &mut self.tail_sent };
            *freed |= 1 << channel;
        }
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
        let router = far.number as usize;
        let there = there + usize::from(far.first);
        let write = self.write[at];
        self.write[at] = write.wrapping_add(1);
        let ring = (1usize << rest.ring_bits) - 1;
        rest.flits[(router * rest.total + there) << rest.ring_bits | usize::from(write) & ring] = flit.0;
        rest.slots.arrival(due, router, there);
    }

    /// Frees the first slot of an input channel. If its packet is through, the next comes to the front.
    #[inline]
    fn free_slot(&mut self, rest: &mut Rest, number: usize, input: usize, now: u64) {
        let at = input & (N - 1);
        let port = usize::from(rest.port_of[input & 63]);
        self.head[at] = self.head[at].wrapping_add(1);
        self.len[at] -= 1;
        self.held[port & (Q - 1)] -= 1;
        self.all -= 1;
        let far = self.far[port & (Q - 1)];
        let there = input - port * rest.channels;
        let due = now + u64::from(far.credit_delay);
        if far.endpoint {
            rest.slots.give_back(due, far.number, there as u8);
        } else {
            rest.slots.credit(due, far.number as usize, there + usize::from(far.first));
        }
        if self.front >> input & 1 == 0 && self.len[at] > 0 {
            let routing = !rest.lookahead && !rest.rules.routes_behind;
            self.begin_front(rest, number, input, now + 1, routing);
        }
    }

    /// Ways of a packet that has several come to the front.
    fn begin_branches(&mut self, rest: &mut Rest, number: usize, input: usize, flit: Flit) {
        self.branched |= 1 << input;
        let (first, branches) = ((number * N + input) * Q, &mut rest.branches);
        let live = &mut branches.live[number * N + input];
        *live = 0;
        rest.plan.exits(number as u32, flit.target(), flit.class(), |Exit { port, channels, target }| {
            *live |= 1 << port;
            branches.of[first + port] =
                Branch { address: Flit::address(target), allowed: channels, passed: 0, channel: NONE };
        });
    }

    /// A flit came behind the front of a packet with several ways on.
    fn flit_for_branches(&mut self, rest: &mut Rest, number: usize, input: usize, now: u64) {
        for output in bits(rest.branches.live[number * N + input]) {
            let branch = rest.branches.of[(number * N + input) * Q + output];
            if branch.channel != NONE && branch.passed + 1 == self.len[input & (N - 1)] {
                self.set_ready(input, output, branch.channel, now);
            }
        }
    }

    /// Sends the next flit of each of these ways, and frees what has gone all ways.
    fn pass_branches(&mut self, rest: &mut Rest, number: usize, input: usize, outputs: u64, now: u64) {
        let (at, first) = (input & (N - 1), (number * N + input) * Q);
        for output in bits(outputs) {
            let branch = rest.branches.of[first + output];
            if branch.channel == NONE || self.credits[usize::from(branch.channel) & (N - 1)] == 0 {
                continue;
            }
            let flit = Flit(rest.flits[self.place(rest, number, input, branch.passed)]);
            self.send(rest, number, (output, branch.channel), flit.to(branch.address), now);
            let passed = branch.passed + 1;
            rest.branches.of[first + output].passed = passed;
            if flit.tail() {
                rest.branches.live[number * N + input] &= !(1 << output);
                rest.branches.of[first + output].channel = NONE;
            }
            if flit.tail() || passed == self.len[at] {
                self.clear_ready(input, output, now);
            } else if self.credit >> branch.channel & 1 == 0 {
                self.clear_ask(input, output);
            }
        }
        let live = rest.branches.live[number * N + input];
        if bits(live).any(|output| rest.branches.of[first + output].passed == 0) {
            return;
        }
        for output in bits(live) {
            rest.branches.of[first + output].passed -= 1;
        }
        if live == 0 {
            self.front &= !(1 << input);
            self.branched &= !(1 << input);
        }
        self.free_slot(rest, number, input, now);
    }
}
