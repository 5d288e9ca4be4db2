//! What the links of a network and the ports of cores can carry: the most loaded of them bounds a step.
//!
//! A packet is as many flits as its bits need, and a flit holds a link, or the port between a router and a core, for some
//! time. However packets are ordered, a link takes at least the time of all flits that cross it, and so does a port.
//!
//! Promises: a chip that states neither a network with a clock nor the time of a packet has no such bound. Absent on
//! purpose: who waits for whom (the network cycle by cycle), buffers.

use crate::chip::Chip;
use crate::cost::host::OfPackets;
use crate::cost::prices::Time;
use synfire_router::network::graph::{End, Graph};

/// Packets of one flit each.
const ONE: OfPackets = OfPackets { spike: 1, error: 1, control: 1, value: 1 };

/// What links and ports take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Flits of packets.
    pub flits: OfPackets,
    /// Time of a flit on each link, picoseconds, by the numbers of the router's topology.
    pub link_ps: Vec<u64>,
    /// Time of a flit at a port between a router and a core, picoseconds.
    pub port_ps: u64,
}

impl Capacity {
    /// Whether every packet is one flit.
    #[inline]
    #[must_use]
    pub fn one_flit(&self) -> bool {
        self.flits == ONE
    }

    /// Of a chip; `None` where nothing says what links carry.
    #[must_use]
    pub fn of(chip: &Chip) -> Option<Self> {
        let timing = &chip.timing;
        let links = chip.topology().links();
        if let (Some(noc), Some(clock)) = (&chip.noc, timing.clock_ps) {
            let config = &noc.config;
            let mut link_ps = vec![0; links];
            for wire in Graph::new(config).wires {
                if let End::Router { .. } = wire.end {
                    link_ps[wire.link as usize] = u64::from(wire.period) * clock;
                }
            }
            let flits = |bits: u32| u64::from(config.flits(bits));
            let packets = &noc.packets;
            let control = flits(packets.control).max(flits(packets.target));
            let value = flits(chip.host.answers.bits().unwrap_or(1));
            let flits =
                OfPackets { spike: flits(packets.spike), error: flits(packets.error), control, value };
            return Some(Self { flits, link_ps, port_ps: u64::from(config.period(&config.local)) * clock });
        }
        let (link, port) = (timing.link_packet_ps, timing.port_packet_ps);
        if [link, port].iter().all(|time| !matches!(time, Time::Picoseconds(_))) {
            return None;
        }
        Some(Self { flits: ONE, link_ps: vec![link.ps(); links], port_ps: port.ps() })
    }
}
