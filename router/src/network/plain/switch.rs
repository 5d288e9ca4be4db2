//! Who passes the switch, decided on what a router has when the cycle begins.
//!
//! An input that is granted several outputs for one channel takes them all: the packet has several ways on. See `allocate`
//! for what both allocations have in common.

use crate::network::arbiter::{Arbiter, Moment, first_from};
use crate::network::config::{AllocationOrder, Speculation};
use crate::network::plain::allocate::Request;
use crate::network::plain::state::Router;
use crate::network::plan::Plan;

/// A channel's request for an output.
#[derive(Clone, Copy)]
pub struct Bid {
    channel: usize,
    guess: bool,
}

/// What an input accepted.
struct Accepted {
    input: usize,
    channel: usize,
    /// The output that its pointer ends behind.
    leader: usize,
    outputs: Vec<usize>,
}

/// A round among inputs and outputs that are left.
struct Round<'a> {
    router: &'a Router,
    plan: &'a Plan,
    bids: &'a [Option<Bid>],
    at: Moment,
    /// Inputs and outputs that are not.
    matched: (&'a [bool], &'a [bool]),
}

impl Round<'_> {
    fn bid(&self, input: usize, output: usize) -> Option<Bid> {
        let left = !self.matched.0[input] && !self.matched.1[output];
        self.bids[input * self.plan.graph.ports + output].filter(|_| left)
    }

    /// The one of `open` to be served first, by turn and, if so described, sure before guess.
    fn best(&self, kind: Arbiter, index: usize, open: &[(usize, Bid)]) -> Option<(usize, Bid)> {
        let (rules, ports) = (self.plan.config.conventions, self.plan.graph.ports);
        let start = self.router.start(rules.arbiters, self.at, kind, index, ports);
        let behind = rules.speculation == Speculation::Behind;
        let key = |(other, bid): &(usize, Bid)| (behind && bid.guess, (other + ports - start) % ports);
        open.iter().copied().min_by_key(key)
    }

    /// Each output chooses an input, each input one of the outputs that chose it.
    fn output_first(&self) -> Vec<Accepted> {
        let ports = self.plan.graph.ports;
        let choose = |output: usize| {
            let open: Vec<_> =
                (0..ports).filter_map(|input| Some((input, self.bid(input, output)?))).collect();
            self.best(Arbiter::SwitchGrant, output, &open).map(|choice| choice.0)
        };
        let granted: Vec<Option<usize>> = (0..ports).map(choose).collect();
        let accept = |input: usize| {
            let mine = (0..ports).filter(|output| granted[*output] == Some(input));
            let open: Vec<_> = mine.filter_map(|output| Some((output, self.bid(input, output)?))).collect();
            let (leader, Bid { channel, .. }) = self.best(Arbiter::SwitchAccept, input, &open)?;
            let same = open.iter().filter(|other| other.1.channel == channel);
            Some(Accepted { input, channel, leader, outputs: same.map(|other| other.0).collect() })
        };
        (0..ports).filter_map(accept).collect()
    }

    /// Each input chooses an output, each output one of the inputs that chose it.
    fn input_first(&self) -> Vec<Accepted> {
        let ports = self.plan.graph.ports;
        let choose = |input: usize| {
            let open: Vec<_> =
                (0..ports).filter_map(|output| Some((output, self.bid(input, output)?))).collect();
            self.best(Arbiter::SwitchAccept, input, &open)
        };
        let chosen: Vec<Option<(usize, Bid)>> = (0..ports).map(choose).collect();
        let asks = |input: usize, output: usize| {
            let choice = chosen[input]?;
            self.bid(input, output).filter(|bid| bid.channel == choice.1.channel)
        };
        let grant = |output: usize| {
            let open: Vec<_> = (0..ports).filter_map(|input| Some((input, asks(input, output)?))).collect();
            self.best(Arbiter::SwitchGrant, output, &open).map(|choice| choice.0)
        };
        let granted: Vec<Option<usize>> = (0..ports).map(grant).collect();
        let accept = |input: usize| {
            let outputs: Vec<usize> = (0..ports).filter(|output| granted[*output] == Some(input)).collect();
            let (wanted, bid) = chosen[input]?;
            let lowest = *outputs.first()?;
            let leader = if outputs.contains(&wanted) { wanted } else { lowest };
            Some(Accepted { input, channel: bid.channel, leader, outputs })
        };
        (0..ports).filter_map(accept).collect()
    }
}

impl Router {
    /// The bid of each input for each output: at `input * ports + output`.
    pub fn bids(&self, plan: &Plan, requests: &[Request], at: Moment, count: usize) -> Vec<Option<Bid>> {
        let ports = plan.graph.ports;
        let mut sets = vec![[0u64; 2]; ports * ports];
        for (number, input) in self.inputs.iter().enumerate() {
            let Some(front) = input.front.as_ref().filter(|front| !front.routing) else { continue };
            for branch in &front.branches {
                let (Some(channel), port) = (branch.channel, branch.exit.port) else { continue };
                let credits = self.outputs[port * count + channel].credits;
                if credits > 0 && self.free_at[port] <= at.now && input.has_next(front, branch) {
                    sets[number / count * ports + port][0] |= 1 << (number % count);
                }
            }
        }
        for request in requests.iter().filter(|_| plan.config.pipeline.speculative) {
            let credit = |channel: usize| {
                request.channels >> channel & 1 != 0
                    && self.outputs[request.port * count + channel].credits > 0
            };
            if self.free_at[request.port] <= at.now && (0..count).any(credit) {
                sets[request.input / count * ports + request.port][1] |= 1 << (request.input % count);
            }
        }
        let bid = |(pair, set): (usize, &[u64; 2])| {
            let arbiters = plan.config.conventions.arbiters;
            let start = self.start(arbiters, at, Arbiter::SwitchChannel, pair / ports, count);
            let sure = first_from(set[0], start).map(|channel| Bid { channel, guess: false });
            sure.or_else(|| first_from(set[1], start).map(|channel| Bid { channel, guess: true }))
        };
        sets.iter().enumerate().map(bid).collect()
    }

    /// A round of switch allocation among inputs and outputs that are left: input, channel, output.
    pub fn switch_round(
        &mut self,
        plan: &Plan,
        bids: &[Option<Bid>],
        at: Moment,
        first: bool,
        matched: (&[bool], &[bool]),
    ) -> Vec<(usize, usize, usize)> {
        let (ports, count) = (plan.graph.ports, plan.config.channels as usize);
        let round = Round { router: self, plan, bids, at, matched };
        let accepted = match plan.config.conventions.allocation {
            AllocationOrder::OutputFirst => round.output_first(),
            AllocationOrder::InputFirst => round.input_first(),
        };
        let mut grants = Vec::new();
        for Accepted { input, channel, leader, outputs } in accepted {
            if first {
                self.switch_accept[input] = ((leader + 1) % ports) as u16;
                outputs.iter().for_each(|output| self.switch_grant[*output] = ((input + 1) % ports) as u16);
            }
            self.switch_channel[input] = ((channel + 1) % count) as u16;
            grants.extend(outputs.into_iter().map(|output| (input, channel, output)));
        }
        grants
    }
}
