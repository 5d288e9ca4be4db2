//! Recorded packets as traffic: each is offered in its cycle, at its core, in the order of the list.
//!
//! Promises: a list says all; seeds change nothing. Absent on purpose: the file (`formats::packets`).

use crate::formats::packets::Packet;
use std::collections::VecDeque;
use synfire_router::network::check::ConfigError;
use synfire_router::network::plan::Plan;
use synfire_router::network::traffic::{Offer, To};

/// Packets that are left, by core.
pub struct Replay {
    left: Vec<VecDeque<Offer>>,
    /// Destinations of each packet.
    ends: Vec<u64>,
}

impl Replay {
    /// The packets of a list on a network of `plan`, which is told of their routes.
    ///
    /// # Errors
    /// When a packet cannot be carried.
    pub fn new(plan: &mut Plan, packets: &[Packet]) -> Result<Self, ConfigError> {
        let cores = plan.config.shape.leaves() * plan.config.cores_per_router;
        let mut left = vec![VecDeque::new(); cores as usize];
        for (tag, packet) in (0..).zip(packets) {
            let to = match packet.to[..] {
                [one] => To::Endpoint(one),
                _ => To::Route(plan.route(packet.from, &packet.to)?),
            };
            let offer = Offer { at: packet.cycle, to, class: 0, flits: packet.flits, tag };
            plan.check_offer(packet.from, &offer)?;
            left[packet.from as usize].push_back(offer);
        }
        Ok(Self { left, ends: packets.iter().map(|packet| packet.to.len() as u64).collect() })
    }

    /// Destinations of a packet.
    #[must_use]
    pub fn ends(&self, offer: &Offer) -> u64 {
        self.ends[offer.tag as usize]
    }

    /// The next packet of a core.
    pub fn draw(&mut self, endpoint: u32) -> Option<Offer> {
        self.left.get_mut(endpoint as usize)?.pop_front()
    }
}

/// Flits that all destinations of a list take.
#[must_use]
pub fn flits(packets: &[Packet]) -> u64 {
    packets.iter().map(|packet| u64::from(packet.flits) * packet.to.len() as u64).sum()
}
