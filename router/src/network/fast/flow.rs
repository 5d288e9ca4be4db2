//! A cycle of a router of the fast engine: what comes to it, who is served, whether it sleeps.

use crate::network::arbiter::Moment;
use crate::network::fast::allocate::Grants;
use crate::network::fast::flit::Flit;
use crate::network::fast::rest::Rest;
use crate::network::fast::router::{NONE, Router};
use crate::network::fast::sets::{Word, bits};
use crate::network::routes::Target;

impl<W: Word, const N: usize, const Q: usize, const C: usize> Router<W, N, Q, C> {
    /// A cycle in which these credits and flits come. Whether the next one has anything to decide, even if nothing comes.
    #[inline(always)]
    pub fn cycle(&mut self, rest: &mut Rest<W>, number: usize, now: u64, due: (u64, u64)) -> bool {
        let (credits, arrivals) = due;
        if credits != 0 {
            self.credits(rest, credits);
        }
        if arrivals != 0 {
            self.arrivals(rest, number, arrivals, now);
        }
        if self.waiting.wide() | self.asking.wide() | self.routing.wide() == 0 {
            return false;
        }
        if Self::plain_rules(rest) && self.branched.wide() == 0 {
            self.serve(rest, number, now);
        } else {
            self.decide_and_commit(rest, number, now);
        }
        self.routing.wide() | self.asking.wide() != 0 || self.waiting.wide() != 0 && self.opens(rest, number)
    }

    /// What [`Router::serve`] does, by every rule and for packets with branches.
    #[inline(never)]
    fn decide_and_commit(&mut self, rest: &mut Rest<W>, number: usize, now: u64) {
        let mut grants = Grants::new();
        if self.waiting.wide() | self.asking.wide() != 0 {
            let at = Moment { now, origin: rest.origin, router: number as u32 };
            self.decide(rest, at, &mut grants);
        }
        for (input, channel) in &grants.channels[..grants.channel_count.min(N)] {
            self.take_channel(rest, number, usize::from(*input), *channel, now);
        }
        for input in bits(std::mem::take(&mut self.routing).wide()) {
            self.wait_from(rest, number, input, now + 1);
        }
        for port in bits(grants.inputs) {
            let input = usize::from(grants.passing[port & (Q - 1)]);
            if self.branched.has(input) {
                self.pass_branches(rest, number, input, grants.outputs[port & (Q - 1)], now);
            } else {
                self.pass_if_able(rest, number, input, now);
            }
        }
    }

    /// Whether a head that waits may get a channel.
    #[inline]
    fn opens(&self, rest: &Rest<W>, number: usize) -> bool {
        bits(self.waiting.wide()).any(|output| {
            let free = self.free_at(rest, output);
            let open = |input| free & self.allowed_at(rest, number, input, output) != 0;
            free != 0 && (Self::uniform(rest) || bits(self.ports[output & (Q - 1)].wait.wide()).any(open))
        })
    }

    /// Credits came. Only one that is the first of its channel, or its last, changes what may move.
    #[inline(always)]
    fn credits(&mut self, rest: &Rest<W>, credits: u64) {
        let telling = credits & (!self.credit.wide() | self.tail_sent.wide());
        self.credit = W::of(self.credit.wide() | credits);
        for channel in bits(credits) {
            self.credits[channel & (N - 1)] += 1;
        }
        for channel in bits(telling) {
            let at = channel & (N - 1);
            let output = Self::port_of(rest, channel);
            if self.tail_sent.has(channel) && self.credits[at] == self.ports[output & (Q - 1)].far.room {
                self.tail_sent.remove(channel);
                self.free.add(channel);
            }
            let owner = self.owner[at];
            if owner != NONE && self.ports[output & (Q - 1)].ready.has(owner) {
                self.set_ask(usize::from(owner), output);
            }
        }
    }

    /// Flits came.
    #[inline(always)]
    fn arrivals(&mut self, rest: &mut Rest<W>, number: usize, arrivals: u64, now: u64) {
        if rest.express {
            self.arrive_or_pass(rest, number, arrivals, now);
            return;
        }
        for input in bits(arrivals) {
            self.arrival(rest, number, input, now);
        }
        self.all_peak = self.all_peak.max(self.all);
    }

    /// A flit came that waits.
    #[inline(never)]
    pub fn arrival_apart(&mut self, rest: &mut Rest<W>, number: usize, input: usize, now: u64) {
        self.arrival(rest, number, input, now);
    }

    /// A flit came.
    #[inline(always)]
    fn arrival(&mut self, rest: &mut Rest<W>, number: usize, input: usize, now: u64) {
        let at = input & (N - 1);
        let port = Self::port_of(rest, input) & (Q - 1);
        self.len[at] += 1;
        self.ports[port].held += 1;
        self.ports[port].held_peak = self.ports[port].held_peak.max(self.ports[port].held);
        if C != 1 {
            self.peak[at] = self.peak[at].max(self.len[at]);
        }
        self.all += 1;
        if !self.front.has(input) {
            self.begin_front(rest, number, input, now, !rest.lookahead);
        } else if self.branched.has(input) {
            self.flit_for_branches(rest, number, input, now);
        } else if self.channel[at] != NONE && self.len[at] == 1 {
            self.set_ready(input, usize::from(self.out[at]), self.channel[at], now);
        }
    }

    /// The packet whose head is first in an input channel comes to the front. It is routed in cycle `from` or waits for
    /// a channel from then on.
    #[inline(always)]
    fn begin_front(&mut self, rest: &mut Rest<W>, number: usize, input: usize, from: u64, routing: bool) {
        let at = input & (N - 1);
        let flit = Flit(rest.flits[self.place(rest, input, 0)]);
        self.front.add(input);
        let Target::Endpoint(endpoint) = flit.target() else {
            self.begin_branches(rest, number, input, flit);
            if routing {
                self.routing.add(input);
            } else {
                self.wait_from(rest, number, input, from);
            }
            return;
        };
        let (output, allowed) = rest.exit(C != 0, number, self.spot, endpoint, flit.class());
        self.out[at] = output;
        if !Self::uniform(rest) {
            self.allowed[at] = allowed;
        }
        if routing {
            self.routing.add(input);
        } else {
            self.wait_for(input, usize::from(output), from);
        }
    }

    /// The packet behind one that is through comes to the front after this cycle.
    #[inline(never)]
    pub fn begin_next(&mut self, rest: &mut Rest<W>, number: usize, input: usize, now: u64) {
        let routing = !rest.lookahead && !rest.rules.routes_behind;
        self.begin_front(rest, number, input, now + 1, routing);
    }

    /// A head waits for a channel of an output from a cycle on.
    #[inline(always)]
    pub fn wait_for(&mut self, input: usize, output: usize, from: u64) {
        self.set_wait(input, output);
        self.ports[output & (Q - 1)].waited.from(from);
    }

    /// A head waits for a channel of each output that its packet leaves by.
    #[inline]
    pub fn wait_from(&mut self, rest: &Rest<W>, number: usize, input: usize, from: u64) {
        if !self.branched.has(input) {
            self.wait_for(input, usize::from(self.out[input & (N - 1)]), from);
            return;
        }
        for output in bits(rest.branches.live[number * N + input]) {
            self.wait_for(input, output, from);
        }
    }
}
