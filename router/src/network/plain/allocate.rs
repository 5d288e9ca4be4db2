//! Who gets which channel and who passes the switch, decided on what a router has when the cycle begins.
//!
//! Both allocations are separable: requests, one choice at outputs, one at inputs, the other way round if so described,
//! and again among those left over if there are more rounds. A packet with several ways on asks with each of them; an
//! input that is granted several outputs for one channel takes them all.

use crate::network::arbiter::{Arbiter, Moment, first_from};
use crate::network::config::{AllocationOrder, Arbiters, ChannelChoice, Speculation};
use crate::network::plain::state::{Grants, Router};
use crate::network::plan::Plan;

/// A head's request for a channel.
struct Request {
    input: usize,
    branch: usize,
    port: usize,
    /// Free channels of the port that it asks for.
    channels: u64,
}

/// A channel's request for an output.
#[derive(Clone, Copy)]
struct Bid {
    channel: usize,
    guess: bool,
}

impl Router {
    /// Decides for a cycle.
    pub fn decide(&mut self, plan: &Plan, at: Moment) -> Grants {
        let count = plan.config.channels as usize;
        let requests = self.channel_requests(plan, count);
        let bids = self.bids(plan, &requests, at, count);
        let mut grants = Grants::default();
        for round in 0..plan.config.conventions.iterations {
            self.channel_round(plan, &requests, at, round == 0, &mut grants);
        }
        let ports = plan.graph.ports;
        let (mut inputs, mut outputs) = (vec![false; ports], vec![false; ports]);
        for round in 0..plan.config.conventions.iterations {
            for (input, channel, output) in
                self.switch_round(plan, &bids, at, round == 0, (&inputs.clone(), &outputs.clone()))
            {
                (inputs[input], outputs[output]) = (true, true);
                grants.switch.push((input * count + channel, output));
            }
        }
        grants
    }

    fn channel_requests(&self, plan: &Plan, count: usize) -> Vec<Request> {
        let mut requests = Vec::new();
        for (input, state) in self.inputs.iter().enumerate() {
            let Some(front) = state.front.as_ref().filter(|front| !front.routing) else { continue };
            for (branch, way) in front.branches.iter().enumerate().filter(|(_, way)| way.channel.is_none()) {
                let port = way.exit.port;
                let open = |channel: &usize| {
                    way.exit.channels >> channel & 1 != 0 && self.outputs[port * count + channel].free()
                };
                let mut channels = (0..count).filter(open).fold(0, |set, channel| set | 1u64 << channel);
                if plan.config.conventions.channel_choice == ChannelChoice::Lowest {
                    channels &= channels.wrapping_neg();
                }
                requests.push(Request { input, branch, port, channels });
            }
        }
        requests
    }

    /// Where arbiter `index` begins to look among `count`.
    fn start(&self, arbiters: Arbiters, at: Moment, kind: Arbiter, index: usize, count: usize) -> usize {
        let pointers = match kind {
            Arbiter::ChannelGrant => &self.channel_grant,
            Arbiter::ChannelAccept => &self.channel_accept,
            Arbiter::SwitchGrant => &self.switch_grant,
            Arbiter::SwitchAccept => &self.switch_accept,
            Arbiter::SwitchChannel => &self.switch_channel,
        };
        arbiters.start(pointers[index], at, kind, index, count)
    }

    /// A round of channel allocation: adds to the grants.
    fn channel_round(
        &mut self,
        plan: &Plan,
        requests: &[Request],
        at: Moment,
        first: bool,
        grants: &mut Grants,
    ) {
        let (rules, count) = (plan.config.conventions, plan.config.channels as usize);
        let total = self.outputs.len();
        let left = |request: &&Request| {
            !grants.channels.iter().any(|grant| (grant.0, grant.1) == (request.input, request.branch))
        };
        let requests: Vec<&Request> = requests.iter().filter(left).collect();
        let taken = |output: usize| grants.channels.iter().any(|grant| grant.2 == output);
        let wants = |request: &Request, output: usize| {
            request.port == output / count && request.channels >> (output % count) & 1 != 0 && !taken(output)
        };
        let grant = |router: &Self, output: usize, among: &dyn Fn(&Request) -> bool| {
            let start = router.start(rules.arbiters, at, Arbiter::ChannelGrant, output, total);
            let asking = (0..requests.len()).filter(|index| among(requests[*index]));
            asking.min_by_key(|index| (requests[*index].input + total - start) % total)
        };
        let choose = |router: &Self, request: &Request, among: &dyn Fn(usize) -> bool| {
            let start = router.start(rules.arbiters, at, Arbiter::ChannelAccept, request.input, total);
            let open = (request.port * count..(request.port + 1) * count).filter(|output| among(*output));
            open.min_by_key(|output| (output + total - start) % total)
        };
        let mut accepted = Vec::new();
        match rules.allocation {
            AllocationOrder::OutputFirst => {
                let granted: Vec<Option<usize>> =
                    (0..total).map(|output| grant(self, output, &|request| wants(request, output))).collect();
                for (index, request) in requests.iter().enumerate() {
                    accepted.extend(
                        choose(self, request, &|output| granted[output] == Some(index))
                            .map(|output| (index, output)),
                    );
                }
            }
            AllocationOrder::InputFirst => {
                let chosen: Vec<Option<usize>> = requests
                    .iter()
                    .map(|request| choose(self, request, &|output| wants(request, output)))
                    .collect();
                for output in 0..total {
                    let asks = |request: &Request| {
                        let index = requests.iter().position(|known| std::ptr::eq(*known, request));
                        index.is_some_and(|index| chosen[index] == Some(output))
                    };
                    accepted.extend(grant(self, output, &asks).map(|index| (index, output)));
                }
                // Pointers of an input end behind its last port, as when inputs accept.
                accepted.sort_unstable();
            }
        }
        for (index, output) in accepted {
            let request = requests[index];
            if first {
                self.channel_grant[output] = ((request.input + 1) % total) as u16;
                self.channel_accept[request.input] = ((output + 1) % total) as u16;
            }
            grants.channels.push((request.input, request.branch, output));
        }
    }

    /// The bid of each input for each output: at `input * ports + output`.
    fn bids(&self, plan: &Plan, requests: &[Request], at: Moment, count: usize) -> Vec<Option<Bid>> {
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
    fn switch_round(
        &mut self,
        plan: &Plan,
        bids: &[Option<Bid>],
        at: Moment,
        first: bool,
        matched: (&[bool], &[bool]),
    ) -> Vec<(usize, usize, usize)> {
        let (rules, ports, count) =
            (plan.config.conventions, plan.graph.ports, plan.config.channels as usize);
        let bid = |input: usize, output: usize| {
            bids[input * ports + output].filter(|_| !matched.0[input] && !matched.1[output])
        };
        let behind = rules.speculation == Speculation::Behind;
        // The one to be served first, by round and, if so described, sure before guess.
        let best = |router: &Self, kind, index: usize, open: Vec<(usize, Bid)>| {
            let start = router.start(rules.arbiters, at, kind, index, ports);
            let key = |(other, bid): &(usize, Bid)| (behind && bid.guess, (other + ports - start) % ports);
            open.into_iter().min_by_key(key)
        };
        let mut accepted = Vec::new();
        match rules.allocation {
            AllocationOrder::OutputFirst => {
                let granted: Vec<Option<usize>> = (0..ports)
                    .map(|output| {
                        let open =
                            (0..ports).filter_map(|input| Some((input, bid(input, output)?))).collect();
                        best(self, Arbiter::SwitchGrant, output, open).map(|choice| choice.0)
                    })
                    .collect();
                for input in 0..ports {
                    let mine = |output: &usize| granted[*output] == Some(input);
                    let open: Vec<_> = (0..ports)
                        .filter(mine)
                        .filter_map(|output| Some((output, bid(input, output)?)))
                        .collect();
                    let Some((output, choice)) = best(self, Arbiter::SwitchAccept, input, open.clone())
                    else {
                        continue;
                    };
                    let outputs = open.iter().filter(|other| other.1.channel == choice.channel);
                    accepted.push((
                        input,
                        choice.channel,
                        output,
                        outputs.map(|other| other.0).collect::<Vec<_>>(),
                    ));
                }
            }
            AllocationOrder::InputFirst => {
                let chosen: Vec<Option<(usize, Bid)>> = (0..ports)
                    .map(|input| {
                        let open =
                            (0..ports).filter_map(|output| Some((output, bid(input, output)?))).collect();
                        best(self, Arbiter::SwitchAccept, input, open)
                    })
                    .collect();
                let asks = |input: usize, output: usize| {
                    let choice = chosen[input]?;
                    bid(input, output).filter(|bid| bid.channel == choice.1.channel)
                };
                let granted: Vec<Option<usize>> = (0..ports)
                    .map(|output| {
                        let open =
                            (0..ports).filter_map(|input| Some((input, asks(input, output)?))).collect();
                        best(self, Arbiter::SwitchGrant, output, open).map(|choice| choice.0)
                    })
                    .collect();
                for (input, choice) in chosen.iter().enumerate() {
                    let outputs: Vec<usize> =
                        (0..ports).filter(|output| granted[*output] == Some(input)).collect();
                    let (Some((wanted, bid)), Some(lowest)) = (choice, outputs.first()) else { continue };
                    let leader = if outputs.contains(wanted) { *wanted } else { *lowest };
                    accepted.push((input, bid.channel, leader, outputs));
                }
            }
        }
        let mut grants = Vec::new();
        for (input, channel, leader, outputs) in accepted {
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
