//! A cycle of a router of the fast engine: what comes to it, who is served, whether it sleeps.

use crate::network::arbiter::Moment;
use crate::network::fast::allocate::Grants;
use crate::network::fast::flit::Flit;
use crate::network::fast::rest::Rest;
use crate::network::fast::router::{NONE, Router};
use crate::network::fast::sets::{Word, bits};
use crate::network::routes::Target;

impl<W: Word, const N: usize, const Q: usize> Router<W, N, Q> {
    /// A cycle. Whether the next one has anything to decide, even if nothing comes.
    #[inline(always)]
    pub fn cycle(&mut self, rest: &mut Rest<W>, number: usize, now: u64) -> bool {
        let slot = rest.slots.of(now);
        let (credits, arrivals) = rest.slots.take(slot, number);
        if credits != 0 {
            self.credits(rest, credits);
        }
        if rest.express {
            self.arrive_or_pass(rest, number, arrivals, now);
        } else {
            for input in bits(arrivals) {
                self.arrival(rest, number, input, now);
            }
            self.all_peak = self.all_peak.max(self.all);
        }
        if self.waiting | self.asking | self.routing == 0 {
            return false;
        }
        if rest.plain_rules && self.branched == 0 {
            self.serve(rest, number, now);
        } else {
            self.decide_and_commit(rest, number, now);
        }
        self.routing | self.asking != 0 || self.waiting != 0 && self.opens(rest, number)
    }

    /// What [`Router::serve`] does, by every rule and for packets with branches.
    #[inline(never)]
    fn decide_and_commit(&mut self, rest: &mut Rest<W>, number: usize, now: u64) {
        let mut grants = Grants::new();
        if self.waiting | self.asking != 0 {
            let at = Moment { now, origin: rest.origin, router: number as u32 };
            self.decide(rest, at, &mut grants);
        }
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

    /// Whether a head that waits may get a channel.
    #[inline]
    fn opens(&self, rest: &Rest<W>, number: usize) -> bool {
        bits(self.waiting).any(|output| {
            let free = self.free_at(rest, output);
            let open = |input| free & self.allowed_at(rest, number, input, output) != 0;
            free != 0 && (rest.uniform || bits(self.wait[output & (Q - 1)].wide()).any(open))
        })
    }

    /// Credits came. Only one that is the first of its channel, or its last, changes what may move.
    #[inline(always)]
    fn credits(&mut self, rest: &Rest<W>, credits: u64) {
        let telling = credits & (!self.credit | self.tail_sent);
        self.credit |= credits;
        for channel in bits(credits) {
            self.credits[channel & (N - 1)] += 1;
        }
        for channel in bits(telling) {
            let at = channel & (N - 1);
            let output = usize::from(rest.port_of[channel & 63]);
            let bit = 1 << channel;
            if self.tail_sent & bit != 0 && self.credits[at] == self.far[output & (Q - 1)].room {
                self.tail_sent &= !bit;
                self.free |= bit;
            }
            let owner = self.owner[at];
            if owner != NONE && self.ready[output & (Q - 1)].wide() >> owner & 1 != 0 {
                self.set_ask(usize::from(owner), output);
            }
        }
    }

    /// A flit came.
    #[inline]
    pub fn arrival(&mut self, rest: &mut Rest<W>, number: usize, input: usize, now: u64) {
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

    /// The packet whose head is first in an input channel comes to the front. It is routed in cycle `from` or waits for
    /// a channel from then on.
    #[inline]
    pub fn begin_front(&mut self, rest: &mut Rest<W>, number: usize, input: usize, from: u64, routing: bool) {
        let at = input & (N - 1);
        let flit = Flit(rest.flits[self.place(rest, input, 0)]);
        self.front |= 1 << input;
        let Target::Endpoint(endpoint) = flit.target() else {
            self.begin_branches(rest, number, input, flit);
            if routing {
                self.routing |= 1 << input;
            } else {
                self.wait_from(rest, number, input, from);
            }
            return;
        };
        let (output, allowed) = rest.exit(number, self.spot, endpoint, flit.class());
        self.out[at] = output;
        if !rest.uniform {
            self.allowed[at] = allowed;
        }
        if routing {
            self.routing |= 1 << input;
        } else {
            self.wait_for(input, usize::from(output), from);
        }
    }

    /// A head waits for a channel of an output from a cycle on.
    #[inline(always)]
    pub fn wait_for(&mut self, input: usize, output: usize, from: u64) {
        self.set_wait(input, output);
        self.counts[output & (Q - 1)].wait_from(from);
    }

    /// A head waits for a channel of each output that its packet leaves by.
    #[inline]
    pub fn wait_from(&mut self, rest: &Rest<W>, number: usize, input: usize, from: u64) {
        if self.branched >> input & 1 == 0 {
            self.wait_for(input, usize::from(self.out[input & (N - 1)]), from);
            return;
        }
        for output in bits(rest.branches.live[number * N + input]) {
            self.wait_for(input, output, from);
        }
    }
}
