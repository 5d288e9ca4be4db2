//! What is expected to travel in a step: between loads, from the host's ports and input neurons, and out.
//!
//! A neuron sends one packet to every core that one of its axons reaches, so that a flow from load to load is the sum of the
//! rates of the neurons that reach it. Packets within a load's own core travel no link.
//!
//! Promises: as many packets and hops, per step of such rates, as the machine's routes have; populations that never fire send
//! none. Absent on purpose: errors and
//! control events, which are the host's schedule and not the neurons'.

use super::sources::{self, Begin, Begins};
use crate::chip::{Chip, Outputs};
use crate::network::{Network, Source};
use crate::place::slices::Mapping;
use std::collections::BTreeMap;
use synfire_core::address::CoreId;
use synfire_router::topology::Tile;

/// What is sent each way between a load and another end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The other end.
    pub with: u32,
    /// Sent there.
    pub out: u64,
    /// Come from there.
    pub come: u64,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    /// Core of each load, ascending.
    pub cores: Vec<u16>,
    /// Whether a load stays where it is.
    pub fixed: Vec<bool>,
    /// Tiles of the ends after the loads, which never move: ports of the host, cores of input neurons.
    pub ends: Vec<Tile>,
    /// Flows of each load, ascending by the other end; then of each other end. Each flow stands at both of its ends.
    of: Vec<Vec<Flow>>,
    /// What each load sends out of the chip, by the port next to it.
    pub leaving: Vec<u64>,
    /// Cores that loads may be moved to, where no load is.
    pub free: Vec<u16>,
}

impl Flows {
    /// Of a mapping, where `rate` says how often a neuron or channel fires, in units of its own.
    #[must_use]
    pub fn of(network: &Network, chip: &Chip, mapping: &Mapping, rate: &dyn Fn(Source, u32) -> u64) -> Self {
        let mut cores: Vec<u16> = mapping.slices.iter().map(|slice| slice.core.0).collect();
        cores.sort_unstable();
        cores.dedup();
        let mut flows = Self { of: vec![Vec::new(); cores.len()], cores, ..Self::default() };
        let rate = sources::fires(network, rate);
        let open = sources::open_cores(network, chip);
        flows.fixed = flows.cores.iter().map(|core| open.binary_search(core).is_err()).collect();
        flows.free = open.into_iter().filter(|core| flows.cores.binary_search(core).is_err()).collect();
        let load = |slice: usize| flows.load(mapping.slices[slice].core);
        let begins = Begins::of(network, chip, mapping);
        let mut sums: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for (to, source, neuron) in sources::heard(network, mapping, load) {
            let from = match begins.at(source, neuron) {
                Begin::Slice(slice) => load(slice as usize),
                Begin::End(end) => flows.loads() as u32 + end,
            };
            if from != to {
                *sums.entry((from, to)).or_default() += rate(source, neuron);
            }
        }
        flows.ends = begins.ends;
        flows.of.resize(flows.cores.len() + flows.ends.len(), Vec::new());
        for ((from, to), packets) in sums.into_iter().filter(|(_, packets)| *packets > 0) {
            flows.of[from as usize].push(Flow { with: to, out: packets, come: 0 });
            flows.of[to as usize].push(Flow { with: from, out: 0, come: packets });
        }
        flows.of.iter_mut().for_each(|list| {
            list.sort_by_key(|flow| flow.with);
            list.dedup_by(|next, kept| {
                let same = next.with == kept.with;
                if same {
                    (kept.out, kept.come) = (kept.out + next.out, kept.come + next.come);
                }
                same
            });
        });
        flows.leaving = vec![0; flows.cores.len()];
        if chip.host.outputs == Outputs::Leave {
            for slice in mapping.slices.iter().filter(|slice| network.is_output(slice.population)) {
                let neurons = slice.first..slice.first + slice.len;
                let sum: u64 = neurons.map(|n| rate(Source::Population(slice.population), n)).sum();
                let load = flows.load(slice.core);
                flows.leaving[load as usize] += sum;
            }
        }
        flows
    }

    /// Loads.
    #[must_use]
    pub fn loads(&self) -> usize {
        self.cores.len()
    }

    /// The flows of a load.
    #[inline]
    #[must_use]
    pub fn at(&self, load: usize) -> &[Flow] {
        &self.of[load]
    }

    /// The load of a core in use.
    fn load(&self, core: CoreId) -> u32 {
        self.cores.binary_search(&core.0).unwrap_or_else(|_| unreachable!("the cores are the mapping's"))
            as u32
    }
}
