//! Who gets which channel and who passes the switch, on the bit masks of a router as the cycle begins.
//!
//! The twin of `plain/allocate`; what is a loop over requests there is a mask here.

use crate::network::arbiter::{Arbiter, Moment, first_from};
use crate::network::config::{AllocationOrder, Speculation};
use crate::network::fast::rest::Rest;
use crate::network::fast::router::Router;

/// What was decided in a cycle.
#[derive(Clone, Copy, Debug)]
pub struct Grants<const N: usize, const Q: usize> {
    /// Input and output channels of heads that got one.
    pub channels: [(u8, u8); N],
    pub channel_count: usize,
    /// Input channel that passes the switch, by input, and the outputs it passes to.
    pub passing: [u8; Q],
    pub outputs: [u64; Q],
    /// Inputs that pass.
    pub inputs: u64,
}

impl<const N: usize, const Q: usize> Grants<N, Q> {
    /// Nothing decided.
    #[inline]
    pub fn new() -> Self {
        Self { channels: [(0, 0); N], channel_count: 0, passing: [0; Q], outputs: [0; Q], inputs: 0 }
    }
}

/// Requests for the switch.
#[derive(Clone, Copy, Debug)]
struct Bids<const Q: usize> {
    /// Input channels by output: with a channel, and guessing to get one in this cycle.
    sure: [u64; Q],
    guess: [u64; Q],
    /// Inputs by output.
    inputs: [u64; Q],
    /// Outputs with any.
    outputs: u64,
}

/// Bits of `set`, from the lowest.
#[inline]
pub fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (set != 0).then(|| set.trailing_zeros() as usize);
        set &= set.wrapping_sub(1);
        bit
    })
}

/// One further, round at `count`.
#[inline]
pub fn behind(place: usize, count: usize) -> u8 {
    if place + 1 == count { 0 } else { place as u8 + 1 }
}

impl<const N: usize, const Q: usize> Router<N, Q> {
    /// Channels that a head may take at an output.
    #[inline]
    pub fn allowed_at(&self, rest: &Rest, number: usize, input: usize, output: usize) -> u64 {
        if self.branched >> input & 1 != 0 {
            return u64::from(rest.branches.of[(number * N + input) * Q + output].allowed);
        }
        u64::from(self.allowed[input & (N - 1)])
    }

    /// Free channels of an output, from bit 0.
    #[inline]
    pub fn free_at(&self, rest: &Rest, output: usize) -> u64 {
        self.free >> (output * rest.channels) & ((1 << rest.channels) - 1)
    }

    /// Channels that a head asks for.
    #[inline]
    fn request<const PLAIN: bool>(
        &self,
        rest: &Rest,
        number: usize,
        input: usize,
        output: usize,
        free: u64,
    ) -> u64 {
        let open = if rest.uniform { free } else { free & self.allowed_at(rest, number, input, output) };
        if !PLAIN && rest.lowest { open & open.wrapping_neg() } else { open }
    }

    #[inline]
    fn begin<const PLAIN: bool>(
        &self,
        rest: &Rest,
        at: Moment,
        kind: Arbiter,
        index: usize,
        count: usize,
    ) -> usize {
        let pointer = match kind {
            Arbiter::ChannelGrant => self.channel_grant[index & (N - 1)],
            Arbiter::ChannelAccept => self.channel_accept[index & (N - 1)],
            Arbiter::SwitchGrant => self.switch_grant[index & (Q - 1)],
            Arbiter::SwitchAccept => self.switch_accept[index & (Q - 1)],
            Arbiter::SwitchChannel => self.switch_channel[index & (Q - 1)],
        };
        if PLAIN {
            return usize::from(pointer);
        }
        rest.rules.arbiters.start(u16::from(pointer), at, kind, index, count)
    }

    /// Decides for the cycle of `at`.
    #[inline]
    pub fn decide<const PLAIN: bool>(&mut self, rest: &Rest, at: Moment, grants: &mut Grants<N, Q>) {
        let bids = self.bids::<PLAIN>(rest, at);
        if self.waiting != 0 {
            self.allocate_channels::<PLAIN>(rest, at, grants);
        }
        if bids.outputs != 0 {
            self.allocate_switch::<PLAIN>(rest, at, &bids, grants);
            self.count_lost(&bids, grants);
        }
    }

    fn bids<const PLAIN: bool>(&mut self, rest: &Rest, at: Moment) -> Bids<Q> {
        let mut bids = Bids { sure: [0; Q], guess: [0; Q], inputs: [0; Q], outputs: 0 };
        let number = at.router as usize;
        let asking = self.asking | if rest.speculative { self.waiting } else { 0 };
        for output in bits(asking) {
            let ask = self.ask[output & (Q - 1)];
            if rest.narrow && rest.free_at[number * Q + output] > at.now {
                self.counts[output & (Q - 1)].held += u64::from(ask.count_ones());
                continue;
            }
            let mut guess = 0;
            if rest.speculative && self.waiting >> output & 1 != 0 {
                let credit = self.credit >> (output * rest.channels) & ((1 << rest.channels) - 1);
                let free = self.free_at(rest, output);
                if free & credit != 0 {
                    let wait = self.wait[output & (Q - 1)];
                    guess = wait;
                    if !rest.uniform || !PLAIN && rest.lowest {
                        let with = |input: &usize| {
                            self.request::<PLAIN>(rest, number, *input, output, free) & credit != 0
                        };
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
    fn ports_of(&self, rest: &Rest, mut channels: u64) -> u64 {
        if rest.channels == 1 {
            return channels;
        }
        let mut ports = 0;
        while channels != 0 {
            let port = usize::from(rest.port_of[channels.trailing_zeros() as usize & 63]);
            ports |= 1 << port;
            channels &= !(((1 << rest.channels) - 1) << (port * rest.channels));
        }
        ports
    }

    fn allocate_channels<const PLAIN: bool>(&mut self, rest: &Rest, at: Moment, grants: &mut Grants<N, Q>) {
        let number = at.router as usize;
        let first_only =
            PLAIN || rest.rules.iterations == 1 && rest.rules.allocation == AllocationOrder::OutputFirst;
        let mut taken = 0u64;
        for round in 0..if PLAIN { 1 } else { rest.rules.iterations } {
            let before = grants.channel_count;
            for output in bits(self.waiting) {
                let free = self.free_at(rest, output);
                let left = free & !(taken >> (output * rest.channels));
                if left == 0 {
                    continue;
                }
                let mut wait = self.wait[output & (Q - 1)];
                if !first_only {
                    let served = &grants.channels[..before];
                    let here = |grant: &&(u8, u8)| rest.port_of[usize::from(grant.1) & 63] as usize == output;
                    wait = served.iter().filter(here).fold(wait, |wait, grant| wait & !(1 << grant.0));
                }
                match if PLAIN { AllocationOrder::OutputFirst } else { rest.rules.allocation } {
                    AllocationOrder::OutputFirst => {
                        self.grant_channels::<PLAIN>(rest, at, (output, free, left, wait), grants)
                    }
                    AllocationOrder::InputFirst => {
                        self.ask_channels::<PLAIN>(rest, at, (output, free, left, wait), grants)
                    }
                }
            }
            let new = before..grants.channel_count;
            if !first_only {
                // Pointers of a packet with branches end behind its last port.
                grants.channels[new.clone()].sort_unstable();
            }
            for (input, output) in &grants.channels[new] {
                taken |= 1 << output;
                if round == 0 {
                    self.channel_grant[usize::from(*output) & (N - 1)] =
                        behind(usize::from(*input), rest.total);
                    self.channel_accept[usize::from(*input) & (N - 1)] =
                        behind(usize::from(*output), rest.total);
                }
            }
        }
        for output in bits(self.waiting) {
            let wait = self.wait[output & (Q - 1)];
            let free = self.free_at(rest, output);
            if free == 0 {
                continue;
            }
            let mut asking = wait.count_ones();
            if !rest.uniform {
                let open = |input: &usize| free & self.allowed_at(rest, number, *input, output) != 0;
                asking = bits(wait).filter(open).count() as u32;
            }
            let here = |grant: &&(u8, u8)| rest.port_of[usize::from(grant.1) & 63] as usize == output;
            let granted = grants.channels[..grants.channel_count].iter().filter(here).count() as u32;
            self.counts[output & (Q - 1)].lost_channel += u64::from(asking - granted);
        }
    }

    /// Every free channel of an output chooses among heads, every head among the channels that chose it.
    #[inline]
    fn grant_channels<const PLAIN: bool>(
        &self,
        rest: &Rest,
        at: Moment,
        of: (usize, u64, u64, u64),
        grants: &mut Grants<N, Q>,
    ) {
        let (output, free, left, wait) = of;
        let (number, first) = (at.router as usize, output * rest.channels);
        if wait & wait.wrapping_sub(1) == 0 {
            // One head: all channels choose it.
            if wait != 0 {
                let input = wait.trailing_zeros() as usize;
                let open = self.request::<PLAIN>(rest, number, input, output, free) & left;
                self.accept_channel::<PLAIN>(rest, at, input, open << first, grants);
            }
            return;
        }
        let mut chosen = [0u64; N];
        let mut some = 0u64;
        for channel in bits(left) {
            let mut asking = wait;
            if !rest.uniform || !PLAIN && rest.lowest {
                let asks = |input: &usize| {
                    self.request::<PLAIN>(rest, number, *input, output, free) >> channel & 1 != 0
                };
                asking = bits(wait).filter(asks).fold(0, |set, input| set | 1 << input);
            }
            let begin = self.begin::<PLAIN>(rest, at, Arbiter::ChannelGrant, first + channel, rest.total);
            if let Some(input) = first_from(asking, begin) {
                chosen[input & (N - 1)] |= 1 << (first + channel);
                some |= 1 << input;
            }
        }
        for input in bits(some) {
            self.accept_channel::<PLAIN>(rest, at, input, chosen[input & (N - 1)], grants);
        }
    }

    #[inline]
    fn accept_channel<const PLAIN: bool>(
        &self,
        rest: &Rest,
        at: Moment,
        input: usize,
        of: u64,
        grants: &mut Grants<N, Q>,
    ) {
        let begin = self.begin::<PLAIN>(rest, at, Arbiter::ChannelAccept, input, rest.total);
        if let Some(channel) = first_from(of, begin) {
            grants.channels[grants.channel_count & (N - 1)] = (input as u8, channel as u8);
            grants.channel_count += 1;
        }
    }

    /// Every head asks for one free channel of an output, every channel chooses among those that ask.
    fn ask_channels<const PLAIN: bool>(
        &self,
        rest: &Rest,
        at: Moment,
        of: (usize, u64, u64, u64),
        grants: &mut Grants<N, Q>,
    ) {
        let (output, free, left, wait) = of;
        let (number, first) = (at.router as usize, output * rest.channels);
        let mut asked = [0u64; 16];
        for input in bits(wait) {
            let open = (self.request::<PLAIN>(rest, number, input, output, free) & left) << first;
            let begin = self.begin::<PLAIN>(rest, at, Arbiter::ChannelAccept, input, rest.total);
            if let Some(channel) = first_from(open, begin) {
                asked[(channel - first) & 15] |= 1 << input;
            }
        }
        for channel in bits(left) {
            let begin = self.begin::<PLAIN>(rest, at, Arbiter::ChannelGrant, first + channel, rest.total);
            if let Some(input) = first_from(asked[channel & 15], begin) {
                grants.channels[grants.channel_count & (N - 1)] = (input as u8, (first + channel) as u8);
                grants.channel_count += 1;
            }
        }
    }

    /// The channel by which an input asks for an output, and whether it guesses.
    #[inline]
    fn bid<const PLAIN: bool>(
        &self,
        rest: &Rest,
        at: Moment,
        bids: &Bids<Q>,
        input: usize,
        output: usize,
    ) -> Option<(usize, bool)> {
        let of = |set: u64| set >> (input * rest.channels) & ((1 << rest.channels) - 1);
        let (sure, guess) = (of(bids.sure[output & (Q - 1)]), of(bids.guess[output & (Q - 1)]));
        let set = if sure == 0 { guess } else { sure };
        let begin = self.begin::<PLAIN>(rest, at, Arbiter::SwitchChannel, input, rest.channels);
        first_from(set, begin).map(|channel| (channel, sure == 0))
    }

    fn allocate_switch<const PLAIN: bool>(
        &mut self,
        rest: &Rest,
        at: Moment,
        bids: &Bids<Q>,
        grants: &mut Grants<N, Q>,
    ) {
        let (mut inputs, mut outputs) = (0u64, 0u64);
        for round in 0..if PLAIN { 1 } else { rest.rules.iterations } {
            let mut accepted = match if PLAIN { AllocationOrder::OutputFirst } else { rest.rules.allocation }
            {
                AllocationOrder::OutputFirst => {
                    self.grant_outputs::<PLAIN>(rest, at, bids, (inputs, outputs))
                }
                AllocationOrder::InputFirst => self.ask_outputs::<PLAIN>(rest, at, bids, (inputs, outputs)),
            };
            let new = accepted.inputs;
            for input in bits(new) {
                let (channel, leader) = accepted.choice[input & (Q - 1)];
                let passing = accepted.outputs[input & (Q - 1)];
                if round == 0 {
                    self.switch_accept[input & (Q - 1)] = behind(usize::from(leader), rest.ports);
                    for output in bits(passing) {
                        self.switch_grant[output & (Q - 1)] = behind(input, rest.ports);
                    }
                }
                self.switch_channel[input & (Q - 1)] = behind(usize::from(channel), rest.channels);
                grants.passing[input & (Q - 1)] = (input * rest.channels) as u8 + channel;
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

    fn grant_outputs<const PLAIN: bool>(
        &self,
        rest: &Rest,
        at: Moment,
        bids: &Bids<Q>,
        matched: (u64, u64),
    ) -> Accepted<Q> {
        let mut granted = [0u64; Q];
        let mut accepted = Accepted { inputs: 0, outputs: [0; Q], choice: [(0, 0); Q] };
        let sure_first = !PLAIN && rest.rules.speculation == Speculation::Behind;
        for output in bits(bids.outputs) {
            let mut open = self.open(bids, output, matched);
            if sure_first {
                let sure = open & self.ports_of(rest, bids.sure[output & (Q - 1)]);
                open = if sure == 0 { open } else { sure };
            }
            let begin = self.begin::<PLAIN>(rest, at, Arbiter::SwitchGrant, output, rest.ports);
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
                    self.bid::<PLAIN>(rest, at, bids, input, *output).is_some_and(|(_, guess)| !guess)
                };
                let sure = bits(all).filter(sure).fold(0, |set, output| set | 1 << output);
                open = if sure == 0 { all } else { sure };
            }
            let begin = self.begin::<PLAIN>(rest, at, Arbiter::SwitchAccept, input, rest.ports);
            let Some(leader) = first_from(open, begin) else { continue };
            let Some((channel, _)) = self.bid::<PLAIN>(rest, at, bids, input, leader) else { continue };
            let mut outputs = 1 << leader;
            if all & all.wrapping_sub(1) != 0 {
                let same = |output: &usize| {
                    self.bid::<PLAIN>(rest, at, bids, input, *output).is_some_and(|bid| bid.0 == channel)
                };
                outputs = bits(all).filter(same).fold(0, |set, output| set | 1 << output);
            }
            accepted.outputs[input & (Q - 1)] = outputs;
            accepted.choice[input & (Q - 1)] = (channel as u8, leader as u8);
        }
        accepted
    }

    fn ask_outputs<const PLAIN: bool>(
        &self,
        rest: &Rest,
        at: Moment,
        bids: &Bids<Q>,
        matched: (u64, u64),
    ) -> Accepted<Q> {
        let sure_first = !PLAIN && rest.rules.speculation == Speculation::Behind;
        let mut accepted = Accepted { inputs: 0, outputs: [0; Q], choice: [(0, 0); Q] };
        let mut asked = [(0u64, 0u64); Q];
        for input in 0..rest.ports {
            let bid = |output: usize| self.bid::<PLAIN>(rest, at, bids, input, output);
            let open = |output: &usize| self.open(bids, *output, matched) >> input & 1 != 0;
            let open = bits(bids.outputs).filter(open).fold(0u64, |set, output| set | 1 << output);
            let sure = |output: &usize| bid(*output).is_some_and(|(_, guess)| !guess);
            let sure = bits(open).filter(sure).fold(0, |set, output| set | 1 << output);
            let begin = self.begin::<PLAIN>(rest, at, Arbiter::SwitchAccept, input, rest.ports);
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
            let begin = self.begin::<PLAIN>(rest, at, Arbiter::SwitchGrant, output, rest.ports);
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
    fn count_lost(&mut self, bids: &Bids<Q>, grants: &Grants<N, Q>) {
        for output in bits(bids.outputs) {
            let sure = bids.sure[output & (Q - 1)];
            if sure != 0 {
                self.counts[output & (Q - 1)].lost_switch += u64::from(sure.count_ones());
            }
        }
        for input in bits(grants.inputs) {
            let passing = grants.passing[input & (Q - 1)];
            for output in bits(grants.outputs[input & (Q - 1)]) {
                let sure = bids.sure[output & (Q - 1)] >> passing & 1;
                let counts = &mut self.counts[output & (Q - 1)];
                counts.lost_switch -= sure;
                counts.sent += sure;
            }
        }
    }
}

/// What inputs accepted in a round.
struct Accepted<const Q: usize> {
    inputs: u64,
    outputs: [u64; Q],
    /// Channel of the input, and the output it chose.
    choice: [(u8, u8); Q],
}
