//! Where neurons sit, of populations and of inputs: which core's time and packets are theirs.
//!
//! A core may hold input neurons and nothing else. The model's cores are therefore the machine's nodes, and after them
//! the cores that only inputs use.
//!
//! Promises: an input without cores is the host's, here as everywhere. Absent on purpose: memories of input neurons,
//! which no limit counts.

use crate::run::machine::Machine;
use synfire_core::address::CoreId;

/// Where neurons sit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// Every core of the model: those of the nodes, then those that only inputs use.
    pub cores: Vec<CoreId>,
    /// Of each input population the core of each channel, as an index of `cores`; empty where the host sends its spikes.
    of: Vec<Vec<u32>>,
    /// First neuron and node of each slice of each population, ascending.
    slices: Vec<Vec<(u32, u32)>>,
    /// Node and neurons of each slice of each population.
    held: Vec<Vec<(u32, u64)>>,
    /// Input neurons on each core; empty where no input sits on one.
    pub neurons: Vec<u64>,
}

impl Placed {
    /// Of a machine.
    #[must_use]
    pub fn of(machine: &Machine) -> Self {
        let mut placed =
            Self { cores: machine.nodes.iter().map(|node| node.id).collect(), ..Self::default() };
        for (node, of) in (0..).zip(&machine.nodes) {
            for slice in &of.core.slices {
                let population = slice.population as usize;
                placed.slices.resize(placed.slices.len().max(population + 1), Vec::new());
                placed.slices[population].push((slice.first, node));
                placed.held.resize(placed.slices.len(), Vec::new());
                placed.held[population].push((node, slice.len as u64));
            }
        }
        placed.slices.iter_mut().for_each(|list| list.sort_unstable());
        for (input, table) in machine.inputs().iter().enumerate() {
            let channels = (0..table.len() as u32).map_while(|channel| machine.input_core(input, channel));
            let channels: Vec<u32> = channels.map(|core| placed.index(core)).collect();
            placed.of.push(channels);
        }
        if placed.of.iter().any(|channels| !channels.is_empty()) {
            placed.neurons = vec![0; placed.cores.len()];
            placed.of.iter().flatten().for_each(|core| placed.neurons[*core as usize] += 1);
        }
        placed
    }

    fn index(&mut self, core: CoreId) -> u32 {
        let found = self.cores.iter().position(|own| *own == core);
        found.unwrap_or_else(|| {
            self.cores.push(core);
            self.cores.len() - 1
        }) as u32
    }

    /// Node of a neuron of a population.
    #[must_use]
    pub fn node(&self, population: u16, neuron: u32) -> usize {
        let slices = &self.slices[usize::from(population)];
        slices[slices.partition_point(|(first, _)| *first <= neuron) - 1].1 as usize
    }

    /// Node and neurons of each slice of a population.
    #[must_use]
    pub fn held(&self, population: u16) -> &[(u32, u64)] {
        &self.held[usize::from(population)]
    }

    /// Whether any input neuron sits on a core.
    #[must_use]
    pub fn any(&self) -> bool {
        !self.neurons.is_empty()
    }

    /// Whether an input population sits on cores: its channels do all, or none.
    #[inline]
    #[must_use]
    pub fn sits(&self, input: usize) -> bool {
        !self.of[input].is_empty()
    }

    /// Index of the core that a channel sits on; `None`: the host sends its spikes.
    #[inline]
    #[must_use]
    pub fn core(&self, input: usize, channel: u32) -> Option<usize> {
        self.of[input].get(channel as usize).map(|core| *core as usize)
    }
}
