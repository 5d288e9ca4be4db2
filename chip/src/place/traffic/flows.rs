//! What is expected to travel in a step: between loads, from the host's ports and input neurons, and out.
//!
//! A neuron sends one packet to every core that one of its axons reaches, so that a flow from load to load is the sum of the
//! rates of the neurons that reach it. Packets within a load's own core travel no link.
//!
//! Promises: as many packets and hops, per step of such rates, as the machine's routes have. Absent on purpose: errors and
//! control events, which are the host's schedule and not the neurons'.

use crate::chip::{Chip, Outputs};
use crate::cost::host::HostPorts;
use crate::network::{Network, Source};
use crate::place::slices::{Mapping, Placement};
use crate::structures::inbound::{GrowingSlice, Inbound};
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
        let named = |core: u16| network.placing.stated.iter().any(|stated| stated.cores.contains(&core));
        flows.fixed = flows.cores.iter().map(|core| named(*core)).collect();
        let all = (0..chip.mesh.cores() as u32).filter_map(|core| u16::try_from(core).ok());
        flows.free = all.filter(|core| flows.cores.binary_search(core).is_err() && !named(*core)).collect();
        let begins = flows.begins(network, chip, mapping);
        let mut sums: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for (to, source, neuron) in flows.heard(network, mapping) {
            let from = begins.of(source, neuron);
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

    /// Every source that a load hears, each once.
    fn heard(&self, network: &Network, mapping: &Mapping) -> Vec<(u32, Source, u32)> {
        let mut heard: Vec<(u32, bool, usize, u32)> = Vec::new();
        for population in 0..network.populations.len() {
            let inbound = Inbound::new(network, population);
            let mut growing = GrowingSlice::new(&inbound);
            for slice in mapping.slices.iter().filter(|slice| slice.population == population) {
                growing.set(slice.first, slice.len);
                let load = self.load(slice.core);
                heard.extend(growing.presynaptic().map(|(number, neuron)| {
                    let (of_network, index) = match network.projections[number].source {
                        Source::Input(index) => (false, index),
                        Source::Population(index) => (true, index),
                    };
                    (load, of_network, index, neuron)
                }));
            }
        }
        heard.sort_unstable();
        heard.dedup();
        let source =
            |of_network, index| if of_network { Source::Population(index) } else { Source::Input(index) };
        heard.into_iter().map(|(load, own, index, neuron)| (load, source(own, index), neuron)).collect()
    }

    /// Where the spikes of every source begin.
    fn begins(&self, network: &Network, chip: &Chip, mapping: &Mapping) -> Begins {
        let (topology, ports) = (chip.topology(), HostPorts::of(chip));
        let mut begins =
            Begins { populations: vec![Vec::new(); network.populations.len()], ..Begins::default() };
        for Placement { population, first, core, .. } in &mapping.slices {
            begins.populations[*population].push((*first, self.load(*core)));
        }
        begins.populations.iter_mut().for_each(|list| list.sort_unstable());
        let mut end = |tile: Tile| {
            let known = begins.ends.iter().position(|known| *known == tile);
            let at = known.unwrap_or_else(|| {
                begins.ends.push(tile);
                begins.ends.len() - 1
            });
            (self.cores.len() + at) as u32
        };
        for input in &network.inputs {
            let channels = 0..input.neurons;
            let tile = |channel: u32| match input.core(channel) {
                Some(core) => topology.tile(core),
                None => ports.tile(ports.of_channel(input.port, channel as usize, input.neurons as usize)),
            };
            begins.inputs.push(channels.map(|channel| end(tile(channel))).collect());
        }
        begins
    }
}

/// Where spikes begin.
#[derive(Default)]
struct Begins {
    ends: Vec<Tile>,
    /// End of each channel of each input.
    inputs: Vec<Vec<u32>>,
    /// First neuron and load of each slice of each population, ascending.
    populations: Vec<Vec<(u32, u32)>>,
}

impl Begins {
    fn of(&self, source: Source, neuron: u32) -> u32 {
        match source {
            Source::Input(index) => self.inputs[index][neuron as usize],
            Source::Population(index) => {
                let slices = &self.populations[index];
                slices[slices.partition_point(|(first, _)| *first <= neuron) - 1].1
            }
        }
    }
}
