//! Which packets a chip's network copies on their way, and what they then pass.
//!
//! Promises: the packets that the network cycle by cycle copies, and the links that their flits cross. Absent on purpose:
//! times and prices of ways (`way_costs`), who sends (`ways`).

use crate::chip::Chip;
use crate::cost::cycle::design::NetworkModel;
use std::cell::RefCell;
use synfire_core::address::CoreId;
use synfire_router::network::config::Multicast;
use synfire_router::network::copies::Copies;
use synfire_router::network::plan::Plan;
use synfire_router::topology::{Tile, Topology};

/// An end of a packet's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Any core of a tile.
    Tile(Tile),
    /// A core.
    Core(CoreId),
    /// A port of the host.
    Port(u32),
}

/// A network that copies packets.
#[derive(Debug)]
pub struct Copier {
    plan: RefCell<Plan>,
    topology: Topology,
    /// Endpoint of the host's first port.
    host: u32,
}

impl Copier {
    /// Of a chip; `None` where every packet goes to one core, by the topology's way.
    #[must_use]
    pub fn of(chip: &Chip) -> Option<Self> {
        let noc = chip.noc.as_ref().filter(|noc| noc.config.multicast != Multicast::Repeated)?;
        chip.core.network_clock_ps.or(chip.timing.clock_ps)?;
        if chip.core.network != NetworkModel::Simulated {
            return None;
        }
        let plan = RefCell::new(Plan::new(noc.config.clone()).ok()?);
        Some(Self { plan, topology: chip.topology(), host: chip.mesh.cores() as u32 })
    }

    /// What leaves `from` for all of `to`: one packet that is copied, where it is of few enough bits, and otherwise one a
    /// place.
    #[must_use]
    pub fn copies(&self, from: Place, to: &[Place], bits: u64) -> Vec<Copies> {
        let mut plan = self.plan.borrow_mut();
        let to: Vec<u32> = to.iter().map(|place| self.endpoint(*place)).collect();
        let flits = plan.config.flits(u32::try_from(bits).unwrap_or(u32::MAX));
        let is_copied = to.len() > 1 && plan.config.check_copies(flits).is_ok();
        let from = self.endpoint(from);
        if let Some(Ok(together)) = is_copied.then(|| plan.copies(from, &to)) {
            return vec![together];
        }
        let one = |to| {
            let known = plan.copies(from, &[to]);
            known.unwrap_or_else(|error| unreachable!("cores and ports of the chip are endpoints: {error:?}"))
        };
        to.into_iter().map(one).collect()
    }

    fn endpoint(&self, place: Place) -> u32 {
        match place {
            Place::Tile(tile) => self.topology.core(tile, 0).0.into(),
            Place::Core(core) => core.0.into(),
            Place::Port(port) => self.host + port,
        }
    }
}
