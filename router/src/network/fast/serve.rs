//! Both allocations of a router and what follows from them at once, by the rules that most networks have: outputs choose
//! first, one round, pointers move when a choice is accepted, heads ask for all free channels, guesses are worth as much.
//!
//! Every output is looked at once: its free channels choose heads, then it chooses an input; every chosen input takes one
//! output, and its flit leaves. What one output decides touches nothing that another reads, and what leaves touches nothing
//! of another input, so nothing is copied first. A flit that gets its channel and the switch in one cycle, and is all of its
//! packet, never holds the channel.
//!
//! Absent on purpose: other rules, and packets with branches, see `allocate` and `switch`, with which this agrees where both
//! apply.

use crate::network::arbiter::first_from;
use crate::network::fast::flit::Flit;
use crate::network::fast::rest::Rest;
use crate::network::fast::router::Router;
use crate::network::fast::sets::{Word, behind, bits, several};

/// What outputs chose.
struct Choices<W, const Q: usize> {
    /// Of an output, the input channel.
    of: [u8; Q],
    /// Of an input, the outputs that chose it.
    by: [W; Q],
    /// Inputs that were chosen.
    inputs: u64,
    /// Heads that got a channel.
    heads: u64,
}

impl<W: Word, const N: usize, const Q: usize, const C: usize> Router<W, N, Q, C> {
    /// Serves the requests of cycle `now`.
    #[inline(always)]
    pub fn serve(&mut self, rest: &mut Rest<W>, number: usize, now: u64) {
        let mut choices = Choices { of: [0; Q], by: [W::default(); Q], inputs: 0, heads: 0 };
        for output in bits(self.waiting.wide() | self.asking.wide()) {
            self.choose(rest, number, output, now, &mut choices);
        }
        for input in bits(std::mem::take(&mut self.routing).wide()) {
            self.wait_for(input, usize::from(self.out[input & (N - 1)]), now + 1);
        }
        for port in bits(choices.inputs) {
            self.accept(rest, number, port, now, &mut choices);
        }
        for input in bits(choices.heads) {
            self.take_channel(rest, number, input, self.channel[input & (N - 1)], now);
        }
    }

    /// The free channels of an output choose among heads, the output among inputs.
    #[inline(always)]
    fn choose(
        &mut self,
        rest: &mut Rest<W>,
        number: usize,
        output: usize,
        now: u64,
        choices: &mut Choices<W, Q>,
    ) {
        let at = output & (Q - 1);
        let (wait, mut sure) = (self.ports[at].wait.wide(), self.ports[at].ask.wide());
        let mut guess = 0;
        let open = !Self::narrow(rest) || rest.free_at[number * Q + output] <= now;
        let free = self.free_at(rest, output);
        if wait != 0 && free != 0 {
            if rest.speculative && open {
                guess = self.guesses(rest, output, wait, free);
            }
            let heads = self.give_channels(rest, output, wait, free);
            if rest.speculative {
                choices.heads |= heads;
            } else {
                for input in bits(heads) {
                    self.take_channel(rest, number, input, self.channel[input & (N - 1)], now);
                }
            }
        }
        if !open {
            self.count_each(rest, (number, output), sure, |counts| counts.held += 1);
            sure = 0;
        }
        let asks = sure | guess;
        if asks == 0 {
            return;
        }
        let mut input = asks.trailing_zeros() as usize;
        if several(asks) {
            input = self.pick(rest, output, sure, guess);
            self.count_each(rest, (number, output), sure & !(1 << input), |counts| counts.lost_switch += 1);
        }
        let port = Self::port_of(rest, input);
        choices.of[at] = input as u8;
        choices.by[port & (Q - 1)].add(output);
        choices.inputs |= 1 << port;
    }

    /// The input channel that an output chooses: the input in turn, and of its channels the one in turn, sure before guess.
    #[inline(always)]
    fn pick(&self, rest: &Rest<W>, output: usize, sure: u64, guess: u64) -> usize {
        let begin = usize::from(self.ports[output & (Q - 1)].grant) * Self::channels(rest);
        let Some(found) = first_from(sure | guess, begin) else { return 0 };
        let port = Self::port_of(rest, found);
        let first = port * Self::channels(rest);
        let group = Self::every(rest) << first;
        let set = if sure & group == 0 { guess & group } else { sure & group };
        first_from(set, first + usize::from(self.ports[port & (Q - 1)].turn)).unwrap_or(found)
    }

    /// Heads that ask for an output before they have a channel: those that may get one with a credit.
    #[inline(always)]
    fn guesses(&self, rest: &Rest<W>, output: usize, wait: u64, free: u64) -> u64 {
        let able = free & self.credit.wide() >> (output * Self::channels(rest));
        if Self::uniform(rest) {
            return if able == 0 { 0 } else { wait };
        }
        let with = |input: &usize| u64::from(self.allowed[input & (N - 1)]) & able != 0;
        bits(wait).filter(with).fold(0, |set, input| set | 1 << input)
    }

    /// The free channels of an output choose among heads, every head among the channels that chose it. Heads that got one,
    /// which is noted as theirs but not yet taken.
    #[inline(always)]
    fn give_channels(&mut self, rest: &Rest<W>, output: usize, wait: u64, free: u64) -> u64 {
        let first = output * Self::channels(rest);
        if several(wait) {
            return self.share_channels(rest, output, wait, free);
        }
        let input = wait.trailing_zeros() as usize & (N - 1);
        let open = if Self::uniform(rest) { free } else { free & u64::from(self.allowed[input]) };
        self.give_channel(input, open << first)
    }

    #[inline]
    fn share_channels(&mut self, rest: &Rest<W>, output: usize, wait: u64, free: u64) -> u64 {
        let first = output * Self::channels(rest);
        let mut chosen = [W::default(); N];
        let (mut some, mut asking) = (0u64, wait);
        for channel in bits(free) {
            let mut among = wait;
            if !Self::uniform(rest) {
                let may = |input: &usize| self.allowed[input & (N - 1)] >> channel & 1 != 0;
                among = bits(wait).filter(may).fold(0, |set, input| set | 1 << input);
            }
            let begin = usize::from(self.channel_grant[(first + channel) & (N - 1)]);
            let Some(input) = first_from(among, begin) else { continue };
            let set = &mut chosen[input & (N - 1)];
            *set = W::of(set.wide() | 1 << (first + channel));
            some |= 1 << input;
        }
        if !Self::uniform(rest) {
            let may = |input: &usize| u64::from(self.allowed[input & (N - 1)]) & free != 0;
            asking = bits(wait).filter(may).fold(0, |set, input| set | 1 << input);
        }
        for input in bits(some) {
            self.give_channel(input, chosen[input & (N - 1)].wide());
        }
        self.rare[output & (Q - 1)].lost_channel += u64::from((asking & !some).count_ones());
        some
    }

    /// A head takes one of the channels that chose it. The head, if there are any.
    #[inline(always)]
    fn give_channel(&mut self, input: usize, chosen: u64) -> u64 {
        let begin = usize::from(self.channel_accept[input & (N - 1)]);
        let Some(channel) = first_from(chosen, begin) else { return 0 };
        self.channel_grant[channel & (N - 1)] = behind(input);
        self.channel_accept[input & (N - 1)] = behind(channel);
        self.channel[input & (N - 1)] = channel as u8;
        1 << input
    }

    /// A chosen input takes one of the outputs that chose it, and the flit passes unless it guessed wrong.
    #[inline(always)]
    fn accept(
        &mut self,
        rest: &mut Rest<W>,
        number: usize,
        port: usize,
        now: u64,
        choices: &mut Choices<W, Q>,
    ) {
        let outputs = choices.by[port & (Q - 1)].wide();
        let mut output = outputs.trailing_zeros() as usize;
        if C != 1 && several(outputs) {
            output = first_from(outputs, usize::from(self.ports[port & (Q - 1)].accept)).unwrap_or(output);
            for other in bits(outputs & !(1 << output)) {
                let lost = self.ports[other & (Q - 1)].ask.wide() & 1 << choices.of[other & (Q - 1)];
                self.count_each(rest, (number, other), lost, |counts| counts.lost_switch += 1);
            }
        }
        let input = usize::from(choices.of[output & (Q - 1)]);
        self.ports[output & (Q - 1)].grant = behind(port);
        self.ports[port & (Q - 1)].accept = behind(output);
        self.ports[port & (Q - 1)].turn = behind(Self::within(rest, input, port));
        let channel = self.channel[input & (N - 1)];
        let mut holds = true;
        if self.ports[output & (Q - 1)].ask.has(input) {
            self.unsent(output, channel).moved();
        } else {
            if choices.heads >> input & 1 == 0 || !self.credit.has(channel) {
                return;
            }
            choices.heads &= !(1 << input);
            holds = !Self::frees_at_once(rest) || !Flit(rest.flits[self.place(rest, input, 0)]).tail();
            if holds {
                self.take_channel(rest, number, input, channel, now);
            }
        }
        self.pass(rest, number, (input, output, channel), holds, now);
    }
}
