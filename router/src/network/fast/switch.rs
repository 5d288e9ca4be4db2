//! Who passes the switch, by every rule and for packets with branches, on the bit masks of a router as the cycle begins.
//!
//! The twin of `plain/switch`; what is a loop over requests there is a mask here. See `allocate`.

use crate::network::arbiter::{Arbiter, Moment, first_from};
use crate::network::config::{AllocationOrder, Speculation};
use crate::network::fast::allocate::Grants;
use crate::network::fast::rest::Rest;
use crate::network::fast::router::Router;
use crate::network::fast::sets::{Word, behind, bits, several};

/// Requests for the switch.
#[derive(Clone, Copy, Debug)]
pub struct Bids<const Q: usize> {
    /// Input channels by output: with a channel, and guessing to get one in this cycle.
    sure: [u64; Q],
    guess: [u64; Q],
    /// Inputs by output.
    inputs: [u64; Q],
    /// Outputs with any.
    pub outputs: u64,
}

/// What inputs accepted in a round.
struct Accepted<const Q: usize> {
    inputs: u64,
    outputs: [u64; Q],
    /// Channel of the input, and the output it chose.
    choice: [(u8, u8); Q],
}

impl<W: Word, const N: usize, const Q: usize, const C: usize> Router<W, N, Q, C> {
    /// Requests for the switch.
    pub fn bids(&mut self, rest: &Rest<W>, at: Moment) -> Bids<Q> {
        let mut bids = Bids { sure: [0; Q], guess: [0; Q], inputs: [0; Q], outputs: 0 };
        let number = at.router as usize;
        let asking = self.asking.wide() | if rest.speculative { self.waiting.wide() } else { 0 };
        for output in bits(asking) {
            let ask = self.ports[output & (Q - 1)].ask.wide();
            if rest.narrow && rest.free_at[number * Q + output] > at.now {
                self.count_each(rest, (number, output), ask, |counts| counts.held += 1);
                continue;
            }
            let mut guess = 0;
            if rest.speculative && self.waiting.has(output) {
                let credit = self.credit.wide() >> (output * Self::channels(rest)) & Self::every(rest);
                let free = self.free_at(rest, output);
                if free & credit != 0 {
                    let wait = self.ports[output & (Q - 1)].wait.wide();
                    guess = wait;
                    if !rest.uniform || rest.lowest {
                        let with =
                            |input: &usize| self.request(rest, number, *input, output, free) & credit != 0;
                        guess = bits(wait).filter(with).fold(0, |set, input| set | 1 << input);
                    }
                }
            }
            if ask | guess == 0 {
                continue;
            }
            (bids.sure[output & (Q - 1)], bids.guess[output & (Q - 1)]) = (ask, guess);
            bids.inputs[output & (Q - 1)] = self.ports_of(rest, ask | guess);
            bids.outputs |= 1 << output;
        }
        bids
    }

    /// Ports of a set of channels.
    #[inline]
    fn ports_of(&self, rest: &Rest<W>, mut channels: u64) -> u64 {
        if Self::channels(rest) == 1 {
            return channels;
        }
        let mut ports = 0;
        while channels != 0 {
            let port = usize::from(rest.port_of[channels.trailing_zeros() as usize & 63]);
            ports |= 1 << port;
            channels &= !(Self::every(rest) << (port * Self::channels(rest)));
        }
        ports
    }

    /// The channel by which an input asks for an output, and whether it guesses.
    #[inline]
    fn bid(
        &self,
        rest: &Rest<W>,
        at: Moment,
        bids: &Bids<Q>,
        input: usize,
        output: usize,
    ) -> Option<(usize, bool)> {
        let of = |set: u64| set >> (input * Self::channels(rest)) & Self::every(rest);
        let (sure, guess) = (of(bids.sure[output & (Q - 1)]), of(bids.guess[output & (Q - 1)]));
        let set = if sure == 0 { guess } else { sure };
        let begin = self.begin(rest, at, Arbiter::SwitchChannel, input, Self::channels(rest));
        first_from(set, begin).map(|channel| (channel, sure == 0))
    }

    /// Outputs and inputs choose one another.
    pub fn allocate_switch(&mut self, rest: &Rest<W>, at: Moment, bids: &Bids<Q>, grants: &mut Grants<N, Q>) {
        let (mut inputs, mut outputs) = (0u64, 0u64);
        for round in 0..rest.rules.iterations {
            let mut accepted = match rest.rules.allocation {
                AllocationOrder::OutputFirst => self.grant_outputs(rest, at, bids, (inputs, outputs)),
                AllocationOrder::InputFirst => self.ask_outputs(rest, at, bids, (inputs, outputs)),
            };
            let new = accepted.inputs;
            for input in bits(new) {
                let (channel, leader) = accepted.choice[input & (Q - 1)];
                let passing = accepted.outputs[input & (Q - 1)];
                if round == 0 {
                    self.ports[input & (Q - 1)].accept = behind(usize::from(leader));
                    for output in bits(passing) {
                        self.ports[output & (Q - 1)].grant = behind(input);
                    }
                }
                self.ports[input & (Q - 1)].turn = behind(usize::from(channel));
                grants.passing[input & (Q - 1)] = (input * Self::channels(rest)) as u8 + channel;
                grants.outputs[input & (Q - 1)] = passing;
                outputs |= passing;
            }
            inputs |= new;
            accepted.inputs = 0;
        }
        grants.inputs = inputs;
    }

    /// Inputs that ask for an output, without those that passed in an earlier round.
    #[inline]
    fn open(&self, bids: &Bids<Q>, output: usize, matched: (u64, u64)) -> u64 {
        if matched.1 >> output & 1 != 0 { 0 } else { bids.inputs[output & (Q - 1)] & !matched.0 }
    }

    fn grant_outputs(&self, rest: &Rest<W>, at: Moment, bids: &Bids<Q>, matched: (u64, u64)) -> Accepted<Q> {
        let mut granted = [0u64; Q];
        let mut accepted = Accepted { inputs: 0, outputs: [0; Q], choice: [(0, 0); Q] };
        let sure_first = rest.rules.speculation == Speculation::Behind;
        for output in bits(bids.outputs) {
            let mut open = self.open(bids, output, matched);
            if sure_first {
                let sure = open & self.ports_of(rest, bids.sure[output & (Q - 1)]);
                open = if sure == 0 { open } else { sure };
            }
            let begin = self.begin(rest, at, Arbiter::SwitchGrant, output, rest.ports);
            if let Some(input) = first_from(open, begin) {
                granted[input & (Q - 1)] |= 1 << output;
                accepted.inputs |= 1 << input;
            }
        }
        for input in bits(accepted.inputs) {
            let all = granted[input & (Q - 1)];
            let mut open = all;
            if sure_first {
                let sure = |output: &usize| {
                    self.bid(rest, at, bids, input, *output).is_some_and(|(_, guess)| !guess)
                };
                let sure = bits(all).filter(sure).fold(0, |set, output| set | 1 << output);
                open = if sure == 0 { all } else { sure };
            }
            let begin = self.begin(rest, at, Arbiter::SwitchAccept, input, rest.ports);
            let Some(leader) = first_from(open, begin) else { continue };
            let Some((channel, _)) = self.bid(rest, at, bids, input, leader) else { continue };
            let mut outputs = 1 << leader;
            if several(all) {
                let same = |output: &usize| {
                    self.bid(rest, at, bids, input, *output).is_some_and(|bid| bid.0 == channel)
                };
                outputs = bits(all).filter(same).fold(0, |set, output| set | 1 << output);
            }
            accepted.outputs[input & (Q - 1)] = outputs;
            accepted.choice[input & (Q - 1)] = (channel as u8, leader as u8);
        }
        accepted
    }

    fn ask_outputs(&self, rest: &Rest<W>, at: Moment, bids: &Bids<Q>, matched: (u64, u64)) -> Accepted<Q> {
        let sure_first = rest.rules.speculation == Speculation::Behind;
        let mut accepted = Accepted { inputs: 0, outputs: [0; Q], choice: [(0, 0); Q] };
        let mut asked = [(0u64, 0u64); Q];
        for input in 0..rest.ports {
            let bid = |output: usize| self.bid(rest, at, bids, input, output);
            let open = |output: &usize| self.open(bids, *output, matched) >> input & 1 != 0;
            let open = bits(bids.outputs).filter(open).fold(0u64, |set, output| set | 1 << output);
            let sure = |output: &usize| bid(*output).is_some_and(|(_, guess)| !guess);
            let sure = bits(open).filter(sure).fold(0, |set, output| set | 1 << output);
            let begin = self.begin(rest, at, Arbiter::SwitchAccept, input, rest.ports);
            let Some(wanted) = first_from(if sure_first && sure != 0 { sure } else { open }, begin) else {
                continue;
            };
            let Some((channel, _)) = bid(wanted) else { continue };
            accepted.choice[input & (Q - 1)] = (channel as u8, wanted as u8);
            for output in bits(open).filter(|output| bid(*output).is_some_and(|bid| bid.0 == channel)) {
                let (all, certain) = &mut asked[output & (Q - 1)];
                *all |= 1 << input;
                *certain |= (sure >> output & 1) << input;
            }
        }
        for output in bits(bids.outputs) {
            let (all, certain) = asked[output & (Q - 1)];
            let open = if sure_first && certain != 0 { certain } else { all };
            let begin = self.begin(rest, at, Arbiter::SwitchGrant, output, rest.ports);
            if let Some(input) = first_from(open, begin) {
                accepted.inputs |= 1 << input;
                accepted.outputs[input & (Q - 1)] |= 1 << output;
            }
        }
        for input in bits(accepted.inputs) {
            let (outputs, choice) =
                (accepted.outputs[input & (Q - 1)], &mut accepted.choice[input & (Q - 1)]);
            if outputs >> choice.1 & 1 == 0 {
                choice.1 = outputs.trailing_zeros() as u8;
            }
        }
        accepted
    }

    /// Counts channels that asked for an output, those that got it and those that did not.
    #[inline]
    pub fn count_lost(&mut self, rest: &Rest<W>, number: usize, bids: &Bids<Q>, grants: &Grants<N, Q>) {
        for output in bits(bids.outputs) {
            let sure = bids.sure[output & (Q - 1)];
            self.count_each(rest, (number, output), sure, |counts| counts.lost_switch += 1);
        }
        for input in bits(grants.inputs) {
            let passing = grants.passing[input & (Q - 1)];
            for output in bits(grants.outputs[input & (Q - 1)]) {
                let sure = bids.sure[output & (Q - 1)] >> passing & 1;
                if sure != 0 {
                    let channel = self.held_channel(rest, number, usize::from(passing), output);
                    self.counts[usize::from(channel) & (N - 1)].lost_switch -= 1;
                    self.unsent(output, channel).moved();
                }
            }
        }
    }
}
