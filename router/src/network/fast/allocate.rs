//! Who gets which channel, by every rule and for packets with branches, on the bit masks of a router as the cycle begins.
//!
//! The twin of `plain/allocate`; what is a loop over requests there is a mask here. Who passes the switch is in `switch`;
//! `serve` does both faster where rules and packets are those of most networks.

use crate::network::arbiter::{Arbiter, Moment, first_from};
use crate::network::config::AllocationOrder;
use crate::network::fast::rest::Rest;
use crate::network::fast::router::Router;
use crate::network::fast::sets::{Word, behind, bits, several};

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

impl<W: Word, const N: usize, const Q: usize, const C: usize> Router<W, N, Q, C> {
    /// Channels that a head asks for.
    #[inline]
    pub fn request(&self, rest: &Rest<W>, number: usize, input: usize, output: usize, free: u64) -> u64 {
        let open = if rest.uniform { free } else { free & self.allowed_at(rest, number, input, output) };
        if rest.lowest { open & open.wrapping_neg() } else { open }
    }

    /// Where an arbiter begins to look.
    #[inline]
    pub fn begin(&self, rest: &Rest<W>, at: Moment, kind: Arbiter, index: usize, count: usize) -> usize {
        let pointer = match kind {
            Arbiter::ChannelGrant => self.channel_grant[index & (N - 1)],
            Arbiter::ChannelAccept => self.channel_accept[index & (N - 1)],
            Arbiter::SwitchGrant => self.ports[index & (Q - 1)].grant,
            Arbiter::SwitchAccept => self.ports[index & (Q - 1)].accept,
            Arbiter::SwitchChannel => self.ports[index & (Q - 1)].turn,
        };
        rest.rules.arbiters.start(u16::from(pointer), at, kind, index, count)
    }

    /// Decides for the cycle of `at`.
    #[inline]
    pub fn decide(&mut self, rest: &Rest<W>, at: Moment, grants: &mut Grants<N, Q>) {
        let bids = self.bids(rest, at);
        if self.waiting.wide() != 0 {
            self.allocate_channels(rest, at, grants);
        }
        if bids.outputs != 0 {
            self.allocate_switch(rest, at, &bids, grants);
            self.count_lost(rest, at.router as usize, &bids, grants);
        }
    }

    fn allocate_channels(&mut self, rest: &Rest<W>, at: Moment, grants: &mut Grants<N, Q>) {
        let number = at.router as usize;
        let first_only = rest.rules.iterations == 1 && rest.rules.allocation == AllocationOrder::OutputFirst;
        let mut taken = 0u64;
        for round in 0..rest.rules.iterations {
            let before = grants.channel_count;
            for output in bits(self.waiting.wide()) {
                let free = self.free_at(rest, output);
                let left = free & !(taken >> (output * Self::channels(rest)));
                if left == 0 {
                    continue;
                }
                let mut wait = self.ports[output & (Q - 1)].wait.wide();
                if !first_only {
                    let served = &grants.channels[..before];
                    let here = |grant: &&(u8, u8)| Self::port_of(rest, usize::from(grant.1)) == output;
                    wait = served.iter().filter(here).fold(wait, |wait, grant| wait & !(1 << grant.0));
                }
                match rest.rules.allocation {
                    AllocationOrder::OutputFirst => {
                        self.grant_channels(rest, at, (output, free, left, wait), grants)
                    }
                    AllocationOrder::InputFirst => {
                        self.ask_channels(rest, at, (output, free, left, wait), grants)
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
                    self.channel_grant[usize::from(*output) & (N - 1)] = behind(usize::from(*input));
                    self.channel_accept[usize::from(*input) & (N - 1)] = behind(usize::from(*output));
                }
            }
        }
        for output in bits(self.waiting.wide()) {
            let wait = self.ports[output & (Q - 1)].wait.wide();
            let free = self.free_at(rest, output);
            if free == 0 {
                continue;
            }
            let mut asking = wait.count_ones();
            if !rest.uniform {
                let open = |input: &usize| free & self.allowed_at(rest, number, *input, output) != 0;
                asking = bits(wait).filter(open).count() as u32;
            }
            let here = |grant: &&(u8, u8)| Self::port_of(rest, usize::from(grant.1)) == output;
            let granted = grants.channels[..grants.channel_count].iter().filter(here).count() as u32;
            self.rare[output & (Q - 1)].lost_channel += u64::from(asking - granted);
        }
    }

    /// Every free channel of an output chooses among heads, every head among the channels that chose it.
    #[inline]
    fn grant_channels(
        &self,
        rest: &Rest<W>,
        at: Moment,
        of: (usize, u64, u64, u64),
        grants: &mut Grants<N, Q>,
    ) {
        let (output, free, left, wait) = of;
        let (number, first) = (at.router as usize, output * Self::channels(rest));
        if !several(wait) {
            // One head: all channels choose it.
            if wait != 0 {
                let input = wait.trailing_zeros() as usize;
                let open = self.request(rest, number, input, output, free) & left;
                self.accept_channel(rest, at, input, open << first, grants);
            }
            return;
        }
        let mut chosen = [0u64; N];
        let mut some = 0u64;
        for channel in bits(left) {
            let mut asking = wait;
            if !rest.uniform || rest.lowest {
                let asks =
                    |input: &usize| self.request(rest, number, *input, output, free) >> channel & 1 != 0;
                asking = bits(wait).filter(asks).fold(0, |set, input| set | 1 << input);
            }
            let begin = self.begin(rest, at, Arbiter::ChannelGrant, first + channel, rest.total);
            if let Some(input) = first_from(asking, begin) {
                chosen[input & (N - 1)] |= 1 << (first + channel);
                some |= 1 << input;
            }
        }
        for input in bits(some) {
            self.accept_channel(rest, at, input, chosen[input & (N - 1)], grants);
        }
    }

    #[inline]
    fn accept_channel(&self, rest: &Rest<W>, at: Moment, input: usize, of: u64, grants: &mut Grants<N, Q>) {
        let begin = self.begin(rest, at, Arbiter::ChannelAccept, input, rest.total);
        if let Some(channel) = first_from(of, begin) {
            grants.channels[grants.channel_count & (N - 1)] = (input as u8, channel as u8);
            grants.channel_count += 1;
        }
    }

    /// Every head asks for one free channel of an output, every channel chooses among those that ask.
    fn ask_channels(
        &self,
        rest: &Rest<W>,
        at: Moment,
        of: (usize, u64, u64, u64),
        grants: &mut Grants<N, Q>,
    ) {
        let (output, free, left, wait) = of;
        let (number, first) = (at.router as usize, output * Self::channels(rest));
        let mut asked = [0u64; 16];
        for input in bits(wait) {
            let open = (self.request(rest, number, input, output, free) & left) << first;
            let begin = self.begin(rest, at, Arbiter::ChannelAccept, input, rest.total);
            if let Some(channel) = first_from(open, begin) {
                asked[(channel - first) & 15] |= 1 << input;
            }
        }
        for channel in bits(left) {
            let begin = self.begin(rest, at, Arbiter::ChannelGrant, first + channel, rest.total);
            if let Some(input) = first_from(asked[channel & 15], begin) {
                grants.channels[grants.channel_count & (N - 1)] = (input as u8, (first + channel) as u8);
                grants.channel_count += 1;
            }
        }
    }
}
