//! The host's ports: which of them a packet passes, and what they can carry.
//!
//! Channel `c` of an input population of `n` channels enters at port `c P / n` of `P`, rounded down: each port has a run of
//! channels; or at the port that the population names. What the host sends to one core, and what leaves one, passes the port with the fewest hops between them; of
//! equally near ones the first. A port of `b` bits a cycle takes `ceil(bits / b)` cycles for all bits of a step in one
//! direction; directions do not share it.
//!
//! Promises: a packet passes one port. Absent on purpose: who waits (the network cycle by cycle), what a port's far side
//! does.

use crate::chip::Chip;
use synfire_router::topology::{Tile, Topology};

/// A figure of each kind of packet that the models send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfPackets {
    /// Of a spike, a stimulus or a current.
    pub spike: u64,
    /// Of an error or a surrogate.
    pub error: u64,
    /// Of a control event.
    pub control: u64,
    /// Of a value that the host reads.
    pub value: u64,
}

/// The ports of a chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPorts {
    tiles: Vec<Tile>,
    /// Bits a cycle of each; 0: it is ideal.
    rates: Vec<u64>,
    /// Packets that each holds; `None`: any number.
    depths: Vec<Option<u16>>,
    clock_ps: u64,
    /// Bits of a packet.
    pub bits: OfPackets,
}

impl HostPorts {
    /// Of a chip.
    #[must_use]
    pub fn of(chip: &Chip) -> Self {
        let ports = chip.host_ports();
        let stated = u64::from(chip.host.packet_bits.unwrap_or(0));
        let value = chip.host.answers.bits().unwrap_or(0).into();
        let all = OfPackets { spike: stated, error: stated, control: stated, value };
        let bits = chip.noc.as_ref().map_or(all, |noc| {
            let packets = &noc.packets;
            OfPackets {
                spike: packets.spike.into(),
                error: packets.error.into(),
                control: packets.control.max(packets.target).into(),
                value,
            }
        });
        Self {
            tiles: ports.iter().map(|port| port.tile).collect(),
            rates: ports.iter().map(|port| port.bits_per_cycle.unwrap_or(0).into()).collect(),
            depths: ports.iter().map(|port| port.depth).collect(),
            clock_ps: chip.timing.clock_ps.unwrap_or(0),
            bits,
        }
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.tiles.len()
    }

    /// Whether packets pass all of them in no time.
    #[must_use]
    pub fn are_ideal(&self) -> bool {
        self.rates.iter().all(|rate| *rate == 0)
    }

    /// Where a port is.
    #[must_use]
    pub fn tile(&self, port: u32) -> Tile {
        self.tiles[port as usize]
    }

    /// The port of a channel of an input population of `channels` channels, which may name one.
    #[must_use]
    pub fn of_channel(&self, named: Option<u16>, channel: usize, channels: usize) -> u32 {
        named.map_or((channel * self.count() / channels.max(1)) as u32, u32::from)
    }

    /// Packets that a port holds; `None`: any number.
    #[must_use]
    pub fn depth(&self, port: u32) -> Option<u16> {
        self.depths[port as usize]
    }

    /// The port next to a tile.
    #[must_use]
    pub fn nearest(&self, topology: &Topology, tile: Tile) -> u32 {
        let hops = |port: &u32| {
            let hops = topology.way(self.tile(*port), tile).hops;
            hops.x + hops.y
        };
        (0..self.count() as u32).min_by_key(hops).unwrap_or(0)
    }

    /// Bits of `packets` packets of `bits` bits that a port is charged with; none where it is ideal.
    #[inline]
    #[must_use]
    pub fn charged(&self, port: u32, packets: u64, bits: u64) -> u64 {
        if self.rates[port as usize] == 0 { 0 } else { packets * bits }
    }

    /// Time of so many bits in one direction of a port, picoseconds.
    #[inline]
    #[must_use]
    pub fn ps(&self, port: u32, bits: u64) -> u64 {
        let rate = self.rates[port as usize];
        if rate == 0 { 0 } else { bits.div_ceil(rate) * self.clock_ps }
    }
}
