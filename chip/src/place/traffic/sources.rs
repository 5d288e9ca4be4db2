//! Sources of spikes, as a search sees them: who hears each, and where its packets begin.
//!
//! Promises: every source that somebody hears, once for each that hears it. Absent on purpose: how often they fire.

use crate::chip::Chip;
use crate::cost::host::HostPorts;
use crate::network::{Network, Source};
use crate::place::slices::{Mapping, Placement};
use crate::structures::inbound::{GrowingSlice, Inbound};
use synfire_router::topology::Tile;

/// Cores that the network states nothing of, ascending: loads and slices may go there.
pub(super) fn open_cores(network: &Network, chip: &Chip) -> Vec<u16> {
    let named = |core: &u16| network.placing.stated.iter().any(|stated| stated.cores.contains(core));
    let all = (0..chip.mesh.cores() as u32).filter_map(|core| u16::try_from(core).ok());
    all.filter(|core| !named(core)).collect()
}

/// How often a source fires: what `rate` says, but of populations that never do.
pub(super) fn fires<'a>(
    network: &'a Network,
    rate: &'a dyn Fn(Source, u32) -> u64,
) -> impl Fn(Source, u32) -> u64 + 'a {
    move |source, neuron| match source {
        Source::Population(index) if !network.populations[index].parameters.spiking => 0,
        source => rate(source, neuron),
    }
}

/// Every source that one of the slices hears, each once for each number that `of` gives those slices; ascending by that
/// number.
pub(super) fn heard(
    network: &Network,
    mapping: &Mapping,
    of: impl Fn(usize) -> u32,
) -> Vec<(u32, Source, u32)> {
    let mut heard: Vec<(u32, bool, usize, u32)> = Vec::new();
    for population in 0..network.populations.len() {
        let inbound = Inbound::new(network, population);
        let mut growing = GrowingSlice::new(&inbound);
        let own = mapping.slices.iter().enumerate().filter(|(_, slice)| slice.population == population);
        for (number, slice) in own {
            growing.set(slice.first, slice.len);
            let number = of(number);
            heard.extend(growing.presynaptic().map(|(projection, neuron)| {
                let (of_network, index) = match network.projections[projection].source {
                    Source::Input(index) => (false, index),
                    Source::Population(index) => (true, index),
                };
                (number, of_network, index, neuron)
            }));
        }
    }
    heard.sort_unstable();
    heard.dedup();
    let source =
        |of_network, index| if of_network { Source::Population(index) } else { Source::Input(index) };
    heard.into_iter().map(|(number, own, index, neuron)| (number, source(own, index), neuron)).collect()
}

/// Where spikes of a source begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Begin {
    /// In a slice, by its number in the mapping.
    Slice(u32),
    /// At one of [`Begins::ends`].
    End(u32),
}

/// Where the spikes of every source begin.
#[derive(Clone, Debug, Default)]
pub(super) struct Begins {
    /// Tiles that never move: ports of the host, cores of input neurons.
    pub ends: Vec<Tile>,
    /// End of each channel of each input.
    inputs: Vec<Vec<u32>>,
    /// First neuron and number of each slice of each population, ascending.
    populations: Vec<Vec<(u32, u32)>>,
}

impl Begins {
    pub fn of(network: &Network, chip: &Chip, mapping: &Mapping) -> Self {
        let (topology, ports) = (chip.topology(), HostPorts::of(chip));
        let mut begins = Self { populations: vec![Vec::new(); network.populations.len()], ..Self::default() };
        for (number, Placement { population, first, .. }) in mapping.slices.iter().enumerate() {
            begins.populations[*population].push((*first, number as u32));
        }
        begins.populations.iter_mut().for_each(|list| list.sort_unstable());
        let mut end = |tile: Tile| {
            let known = begins.ends.iter().position(|known| *known == tile);
            let at = known.unwrap_or_else(|| {
                begins.ends.push(tile);
                begins.ends.len() - 1
            });
            at as u32
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

    pub fn at(&self, source: Source, neuron: u32) -> Begin {
        match source {
            Source::Input(index) => Begin::End(self.inputs[index][neuron as usize]),
            Source::Population(index) => {
                let slices = &self.populations[index];
                Begin::Slice(slices[slices.partition_point(|(first, _)| *first <= neuron) - 1].1)
            }
        }
    }
}
