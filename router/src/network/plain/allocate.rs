//! Who gets which channel, decided on what a router has when the cycle begins; who passes the switch is in `switch`.
//!
//! Both allocations are separable: requests, one choice at outputs, one at inputs, the other way round if so described,
//! and again among those left over if there are more rounds. A packet with several ways on asks with each of them; an
//! input that is granted several outputs for one channel takes them all.

use crate::network::arbiter::{Arbiter, Moment};
use crate::network::config::{AllocationOrder, Arbiters, ChannelChoice};
use crate::network::plain::state::{Grants, Router};
use crate::network::plan::Plan;

/// A head's request for a channel.
pub struct Request {
    pub input: usize,
    branch: usize,
    pub port: usize,
    /// Free channels of the port that it asks for.
    pub channels: u64,
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
    pub fn start(&self, arbiters: Arbiters, at: Moment, kind: Arbiter, index: usize, count: usize) -> usize {
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
}
