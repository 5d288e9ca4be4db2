//! Packets with several ways on, in the fast engine: each way has a channel and a read pointer of its own, and a slot is
//! free when the slowest has read it.

use crate::network::fast::flit::Flit;
use crate::network::fast::rest::{Branch, Rest};
use crate::network::fast::router::{NONE, Router};
use crate::network::fast::sets::{Word, bits};
use crate::network::plan::Exit;

impl<W: Word, const N: usize, const Q: usize, const C: usize> Router<W, N, Q, C> {
    /// Ways of a packet that has several come to the front.
    #[inline(never)]
    pub fn begin_branches(&mut self, rest: &mut Rest<W>, number: usize, input: usize, flit: Flit) {
        self.branched.add(input);
        let (first, branches) = ((number * N + input) * Q, &mut rest.branches);
        let live = &mut branches.live[number * N + input];
        *live = 0;
        rest.plan.exits(number as u32, flit.target(), flit.class(), |Exit { port, channels, target }| {
            *live |= 1 << port;
            branches.of[first + port] =
                Branch { address: Flit::address(target), allowed: channels, passed: 0, channel: NONE };
        });
    }

    /// A flit came behind the front of a packet with several ways on.
    #[inline(never)]
    pub fn flit_for_branches(&mut self, rest: &mut Rest<W>, number: usize, input: usize, now: u64) {
        for output in bits(rest.branches.live[number * N + input]) {
            let branch = rest.branches.of[(number * N + input) * Q + output];
            if branch.channel != NONE && branch.passed + 1 == self.len[input & (N - 1)] {
                self.set_ready(input, output, branch.channel, now);
            }
        }
    }

    /// Sends the next flit of each of these ways, and frees what has gone all ways.
    #[inline(never)]
    pub fn pass_branches(&mut self, rest: &mut Rest<W>, number: usize, input: usize, outputs: u64, now: u64) {
        let (at, first) = (input & (N - 1), (number * N + input) * Q);
        for output in bits(outputs) {
            let branch = rest.branches.of[first + output];
            if branch.channel == NONE || !self.credit.has(branch.channel) {
                continue;
            }
            let flit = Flit(rest.flits[self.place(rest, input, branch.passed)]);
            self.send(rest, number, (output, branch.channel), flit.to(branch.address), now);
            let passed = branch.passed + 1;
            rest.branches.of[first + output].passed = passed;
            if flit.tail() {
                self.leave(rest, branch.channel);
                rest.branches.live[number * N + input] &= !(1 << output);
                rest.branches.of[first + output].channel = NONE;
            }
            if flit.tail() || passed == self.len[at] {
                self.clear_ready(input, output, branch.channel, now);
            } else if !self.credit.has(branch.channel) {
                self.clear_ask(input, output);
            }
        }
        let live = rest.branches.live[number * N + input];
        if bits(live).any(|output| rest.branches.of[first + output].passed == 0) {
            return;
        }
        for output in bits(live) {
            rest.branches.of[first + output].passed -= 1;
        }
        if live == 0 {
            self.front.remove(input);
            self.branched.remove(input);
        }
        self.free_slot(rest, number, input, now);
    }
}
