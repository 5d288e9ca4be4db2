//! What the network remembers of packets that are in it.
//!
//! Promises: a number is used again only when the last copy of its packet has arrived. Absent on purpose: where they are.

use crate::network::traffic::{Arrival, Offer};

/// A packet in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Record {
    tag: u64,
    offered: u64,
    injected: u64,
    source: u32,
    flits: u32,
    /// Copies that have not arrived.
    left: u32,
    class: u8,
}

/// Packets in the network, by number.
#[derive(Clone, Debug, Default)]
pub struct Packets {
    records: Vec<Record>,
    free: Vec<u32>,
}

impl Packets {
    /// A number for a packet that enters in cycle `now` and makes `copies` copies.
    #[inline]
    pub fn enter(&mut self, source: u32, offer: &Offer, copies: u32, now: u64) -> u32 {
        let record = Record {
            tag: offer.tag,
            offered: offer.at,
            injected: now,
            source,
            flits: offer.flits,
            left: copies,
            class: offer.class,
        };
        if let Some(number) = self.free.pop() {
            self.records[number as usize] = record;
            return number;
        }
        self.records.push(record);
        self.records.len() as u32 - 1
    }

    /// Class of a packet.
    #[inline]
    #[must_use]
    pub fn class(&self, number: u32) -> u8 {
        self.records[number as usize].class
    }

    /// The arrival of a copy.
    #[inline]
    pub fn arrive(&mut self, number: u32, endpoint: u32, now: u64) -> Arrival {
        let record = &mut self.records[number as usize];
        record.left -= 1;
        let arrival = Arrival {
            tag: record.tag,
            source: record.source,
            endpoint,
            class: record.class,
            flits: record.flits,
            offered: record.offered,
            injected: record.injected,
            arrived: now,
        };
        if record.left == 0 {
            self.free.push(number);
        }
        arrival
    }

    /// How many packets are in the network.
    #[must_use]
    pub fn alive(&self) -> usize {
        self.records.len() - self.free.len()
    }
}
