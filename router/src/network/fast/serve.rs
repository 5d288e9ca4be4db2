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
use crate::network::fast::router::{NONE, Router};
use crate::network::fast::sets::{Word, behind, bits, several};

/// What outputs chose.
struct Choices<const Q: usize> {
    /// Of an output, the input channel.
    of: [u8; Q],
    /// Of an input, the outputs that chose it.
    by: [u64; Q],
    /// Inputs that were chosen.
    inputs: u64,
    /// Heads that got a channel.
    heads: u64,
}

impl<W: Word, const N: usize, const Q: usize> Router<W, N, Q> {
    /// Serves the requests of cycle `now`.
    #[inline(always)]
    pub fn serve(&mut self, rest: &mut Rest<W>, number: usize, now: u64) {
        let mut choices = Choices { of: [0; Q], by: [0; Q], inputs: 0, heads: 0 };
        for output in bits(self.waiting | self.asking) {
            self.choose(rest, number, output, now, &mut choices);
        }
        for input in bits(std::mem::take(&mut self.routing)) {
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
    fn choose(&mut self, rest: &Rest<W>, number: usize, output: usize, now: u64, choices: &mut Choices<Q>) {
        let at = output & (Q - 1);
        let (wait, mut sure) = (self.wait[at].wide(), self.ask[at].wide());
        let mut guess = 0;
        let open = !rest.narrow || rest.free_at[number * Q + output] <= now;
        let free = self.free_at(rest, output);
        if wait != 0 && free != 0 {
            if rest.speculative && open {
                guess = self.guesses(rest, output, wait, free);
            }
            choices.heads |= self.give_channels(rest, output, wait, free);
        }
        if !open {
            self.rare[at].held += u64::from(sure.count_ones());
            sure = 0;
        }
        let begin = usize::from(self.switch_grant[at]) * rest.channels;
        let Some(found) = first_from(sure | guess, begin) else { return };
        let port = usize::from(rest.port_of[found & 63]);
        let mut input = found;
        if rest.channels > 1 {
            let group = u64::from(rest.all) << (port * rest.channels);
            let set = if sure & group == 0 { guess & group } else { sure & group };
            let begin = port * rest.channels + usize::from(self.switch_channel[port & (Q - 1)]);
            input = first_from(set, begin).unwrap_or(found);
        }
        let losers = sure & !(1 << input);
        if losers != 0 {
            self.counts[at].lost_switch += u64::from(losers.count_ones());
        }
        choices.of[at] = input as u8;
        choices.by[port & (Q - 1)] |= 1 << output;
        choices.inputs |= 1 << port;
    }

    /// Heads that ask for an output before they have a channel: those that may get one with a credit.
    #[inline(always)]
    fn guesses(&self, rest: &Rest<W>, output: usize, wait: u64, free: u64) -> u64 {
        let able = free & self.credit >> (output * rest.channels);
        if rest.uniform {
            return if able == 0 { 0 } else { wait };
        }
        let with = |input: &usize| u64::from(self.allowed[input & (N - 1)]) & able != 0;
        bits(wait).filter(with).fold(0, |set, input| set | 1 << input)
    }

    /// The free channels of an output choose among heads, every head among the channels that chose it. Heads that got one,
    /// which is noted as theirs but not yet taken.
    #[inline(always)]
    fn give_channels(&mut self, rest: &Rest<W>, output: usize, wait: u64, free: u64) -> u64 {
        let first = output * rest.channels;
        if several(wait) {
            return self.share_channels(rest, output, wait, free);
        }
        let input = wait.trailing_zeros() as usize & (N - 1);
        let open = if rest.uniform { free } else { free & u64::from(self.allowed[input]) };
        self.give_channel(rest, input, open << first)
    }

    #[inline]
    fn share_channels(&mut self, rest: &Rest<W>, output: usize, wait: u64, free: u64) -> u64 {
        let first = output * rest.channels;
        let mut chosen = [W::default(); N];
        let (mut some, mut asking) = (0u64, wait);
        for channel in bits(free) {
            let mut among = wait;
            if !rest.uniform {
                let may = |input: &usize| self.allowed[input & (N - 1)] >> channel & 1 != 0;
                among = bits(wait).filter(may).fold(0, |set, input| set | 1 << input);
            }
            let begin = usize::from(self.channel_grant[(first + channel) & (N - 1)]);
            let Some(input) = first_from(among, begin) else { continue };
            let set = &mut chosen[input & (N - 1)];
            *set = W::of(set.wide() | 1 << (first + channel));
            some |= 1 << input;
        }
        if !rest.uniform {
            let may = |input: &usize| u64::from(self.allowed[input & (N - 1)]) & free != 0;
            asking = bits(wait).filter(may).fold(0, |set, input| set | 1 << input);
        }
        for input in bits(some) {
            self.give_channel(rest, input, chosen[input & (N - 1)].wide());
        }
        self.rare[output & (Q - 1)].lost_channel += u64::from((asking & !some).count_ones());
        some
    }

    /// A head takes one of the channels that chose it. The head, if there are any.
    #[inline(always)]
    fn give_channel(&mut self, rest: &Rest<W>, input: usize, chosen: u64) -> u64 {
        let begin = usize::from(self.channel_accept[input & (N - 1)]);
        let Some(channel) = first_from(chosen, begin) else { return 0 };
        self.channel_grant[channel & (N - 1)] = behind(input, rest.total);
        self.channel_accept[input & (N - 1)] = behind(channel, rest.total);
        self.channel[input & (N - 1)] = channel as u8;
        1 << input
    }

    /// A chosen input takes one of the outputs that chose it, and the flit passes unless it guessed wrong.
    #[inline(always)]
    fn accept(&mut self, rest: &mut Rest<W>, number: usize, port: usize, now: u64, choices: &mut Choices<Q>) {
        let outputs = choices.by[port & (Q - 1)];
        let mut output = outputs.trailing_zeros() as usize;
        if several(outputs) {
            output = first_from(outputs, usize::from(self.switch_accept[port & (Q - 1)])).unwrap_or(output);
            for other in bits(outputs & !(1 << output)) {
                let lost = self.ask[other & (Q - 1)].wide() >> choices.of[other & (Q - 1)] & 1;
                self.counts[other & (Q - 1)].lost_switch += lost;
            }
        }
        let input = usize::from(choices.of[output & (Q - 1)]);
        self.switch_grant[output & (Q - 1)] = behind(port, rest.ports);
        self.switch_accept[port & (Q - 1)] = behind(output, rest.ports);
        self.switch_channel[port & (Q - 1)] = behind(input - port * rest.channels, rest.channels);
        if self.ask[output & (Q - 1)].wide() >> input & 1 != 0 {
            self.counts[output & (Q - 1)].moved();
            self.pass(rest, number, input, now);
            return;
        }
        let channel = self.channel[input & (N - 1)];
        if choices.heads >> input & 1 == 0 || self.credit >> channel & 1 == 0 {
            return;
        }
        choices.heads &= !(1 << input);
        if rest.frees_at_once && Flit(rest.flits[self.place(rest, input, 0)]).tail() {
            self.channel[input & (N - 1)] = NONE;
            self.pass_at_once(rest, number, input, channel, now);
            return;
        }
        self.take_channel(rest, number, input, channel, now);
        self.pass(rest, number, input, now);
    }
}
