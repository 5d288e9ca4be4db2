//! An endpoint's way into the network: one packet at a time, a flit a cycle, on channels with credits of their own.
//!
//! Promises: asks its source for a packet when the one before has left; a packet of several parts leaves them one after
//! the other. Absent on purpose: the queue before it, which is the source's.

use crate::network::arbiter::first_from;
use crate::network::config::{ChannelFree, InjectionChoice};
use crate::network::plan::Plan;
use crate::network::routes::{Part, Target};
use crate::network::routing::Half;
use crate::network::statistics::Cause;
use crate::network::traffic::Offer;

/// State of the way in.
#[derive(Clone, Debug)]
pub struct Injector {
    /// Next packet, or the one that is leaving.
    pub offer: Option<Offer>,
    /// Which of its parts.
    part: usize,
    /// Flits of the part that have left.
    sent: u32,
    /// Number of the part in the network.
    packet: u32,
    target: Target,
    /// Credits of each channel, and channels that have one.
    credits: [u16; 16],
    open: u16,
    /// Channels that a packet holds, and those of them whose tail has left.
    used: u16,
    tail_sent: u16,
    /// Channel of the packet, or of the last one.
    channel: u8,
    /// First cycle in which the link is free.
    free_at: u64,
}

/// What an endpoint can do in a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Send {
    /// Nothing is there to be sent in this cycle.
    Idle,
    /// The link carries the flit before.
    Busy,
    /// A flit waits.
    Blocked(Cause),
    /// A head leaves, with this part of its offer; [`Injector::enter`] names it.
    Head(Part),
    /// Another flit leaves.
    Body,
}

/// A flit that left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Packet.
    pub packet: u32,
    /// What it is addressed to.
    pub target: Target,
    /// Channel.
    pub channel: u8,
    /// Whether it is the first of its packet.
    pub head: bool,
    /// Whether it is the last of its packet.
    pub tail: bool,
}

impl Injector {
    /// A way in with all credits at home.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        Self {
            offer: None,
            part: 0,
            sent: 0,
            packet: 0,
            target: Target::Endpoint(0),
            credits: [plan.config.depth as u16; 16],
            open: u16::MAX,
            used: 0,
            tail_sent: 0,
            channel: plan.config.channels as u8 - 1,
            free_at: 0,
        }
    }

    /// Puts the choice among channels back to its beginning.
    pub fn renew(&mut self, plan: &Plan) {
        self.channel = plan.config.channels as u8 - 1;
    }

    /// Whether a packet has begun to leave.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.sent > 0 || self.part > 0
    }

    /// Takes a credit back.
    #[inline]
    pub fn credit(&mut self, plan: &Plan, channel: u8) {
        let credits = &mut self.credits[usize::from(channel) & 15];
        *credits += 1;
        let bit = 1 << channel;
        self.open |= bit;
        if u32::from(*credits) == plan.config.depth && self.tail_sent & bit != 0 {
            self.used &= !bit;
            self.tail_sent &= !bit;
        }
    }

    /// What leaves in cycle `now`; a head takes its channel.
    #[inline(always)]
    pub fn choose(&mut self, plan: &Plan, now: u64) -> Send {
        let Some(offer) = self.offer.as_ref().filter(|offer| offer.at <= now) else { return Send::Idle };
        if self.free_at > now {
            return Send::Busy;
        }
        if self.sent > 0 {
            let full = self.open >> self.channel & 1 == 0;
            return if full { Send::Blocked(Cause::NoCredit) } else { Send::Body };
        }
        let Some(part) = plan.part(offer, self.part) else { return Send::Idle };
        let set = plan.channels(offer.class, Half::All);
        let free = set & !self.used;
        let begin = match plan.config.conventions.injection {
            InjectionChoice::RoundRobin if u32::from(self.channel) + 1 < plan.config.channels => {
                self.channel + 1
            }
            _ => 0,
        };
        match first_from(u64::from(free & self.open), usize::from(begin)) {
            Some(channel) => {
                self.channel = channel as u8;
                Send::Head(part)
            }
            None if free == 0 => Send::Blocked(Cause::NoChannel),
            None => Send::Blocked(Cause::NoCredit),
        }
    }

    /// The head that was chosen has this number and leaves for `target`.
    #[inline]
    pub fn enter(&mut self, packet: u32, target: Target) {
        self.packet = packet;
        self.target = target;
        self.used |= 1 << self.channel;
    }

    /// Sends the flit that was chosen. Behind the last flit of the last part there is no offer.
    #[inline]
    pub fn send(&mut self, plan: &Plan, now: u64) -> Option<Sent> {
        let offer = self.offer.as_ref()?;
        let (bit, head) = (1 << self.channel, self.sent == 0);
        self.sent += 1;
        let tail = self.sent == offer.flits;
        let credits = &mut self.credits[usize::from(self.channel) & 15];
        *credits -= 1;
        if *credits == 0 {
            self.open &= !bit;
        }
        self.free_at = now + u64::from(plan.graph.injection_period);
        if tail {
            match plan.config.conventions.channel_free {
                ChannelFree::TailSent => self.used &= !bit,
                ChannelFree::CreditsBack => self.tail_sent |= bit,
            }
            self.sent = 0;
            self.part += 1;
            if plan.part(offer, self.part).is_none() {
                self.part = 0;
                self.offer = None;
            }
        }
        Some(Sent { packet: self.packet, target: self.target, channel: self.channel, head, tail })
    }

    /// Channel of the packet that is leaving; none before its head has left.
    #[must_use]
    #[inline]
    pub fn holds(&self) -> Option<u8> {
        (self.sent > 0).then_some(self.channel)
    }

    /// Whether all credits are home and all channels free.
    #[must_use]
    pub fn at_rest(&self, plan: &Plan) -> bool {
        self.used == 0 && self.credits.iter().all(|credits| u32::from(*credits) == plan.config.depth)
    }
}
