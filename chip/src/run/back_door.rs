//! The back door: single words of a machine's memories and registers, read and written between two steps by their
//! logical names, as a test bench of hardware does.
//!
//! Promises: what is written is used from the next step on; every core that keeps a copy gets it; a value that its format
//! or the network does not allow is refused and changes nothing. What a write leaves behind is a machine that was built
//! with that value, in the state that it had. Absent on purpose: files, whole arrays in order (`weights`), words that
//! checkpoints would have to carry: thresholds and biases are configuration, and a checkpoint does not hold them.

use crate::network::{Network, Synapses};
use crate::run::lanes::{self, Asked};
use crate::run::machine::{Machine, NeuronPlace};
use crate::run::observable::{self, Per, Variable};
use core::ops::RangeInclusive;
use synfire_core::neuron_core::AxonBlock;
use synfire_core::synapse::RowLayout;
use thiserror::Error;

/// A synapse by its logical name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SynapseName {
    /// Index of the projection.
    pub projection: usize,
    /// Presynaptic neuron or channel.
    pub pre: u32,
    /// Postsynaptic neuron.
    pub post: u32,
    /// Delay in steps.
    pub delay: u8,
}

/// Where a synapse is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SynapsePlace {
    /// Index of its node in the machine.
    pub node: usize,
    /// Block of the node's core.
    pub block: usize,
    /// Place in the block's weights.
    pub entry: usize,
}

/// Why a word cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BackDoorError {
    /// No such thing.
    #[error("no {what} {found}: there are {count}")]
    Nothing {
        /// Population, projection, neuron.
        what: &'static str,
        /// Its number.
        found: usize,
        /// How many there are, from 0.
        count: usize,
    },
    /// No core stores this synapse.
    #[error(
        "projection `{projection}` stores no synapse of pre {pre}, post {post}, delay {delay} (rows that list their synapses \
leave out weights of zero: `encoding: Dense` stores them)"
    )]
    NoSynapse {
        /// Name of the projection.
        projection: String,
        /// Presynaptic neuron.
        pre: u32,
        /// Postsynaptic neuron.
        post: u32,
        /// Delay.
        delay: u8,
    },
    /// Several synapses have this name.
    #[error("projection `{projection}` has several synapses of pre {pre}, post {post}, delay {delay}")]
    Ambiguous {
        /// Name of the projection.
        projection: String,
        /// Presynaptic neuron.
        pre: u32,
        /// Postsynaptic neuron.
        post: u32,
        /// Delay.
        delay: u8,
    },
    /// A synapse that shares its weight has none of its own.
    #[error("synapses of projection `{0}` share the taps of a kernel: none has a weight of its own")]
    Shared(String),
    /// Somebody keeps a copy that must stay equal.
    #[error("weights of projection `{0}` are mirrored: a copy that is not written would differ")]
    Mirrored(String),
    /// The threshold is a part of what synapses keep.
    #[error("thresholds of population `{0}` adapt: what its synapses keep follows from them")]
    Adapts(String),
    /// A value outside its format.
    #[error("{what} {found} is outside {}..={}", allowed.start(), allowed.end())]
    Outside {
        /// What.
        what: &'static str,
        /// Found.
        found: i32,
        /// Allowed.
        allowed: RangeInclusive<i32>,
    },
    /// A register that this place does not have.
    #[error("{0}")]
    NoRegister(String),
}

fn check(what: &'static str, found: usize, count: usize) -> Result<(), BackDoorError> {
    if found < count { Ok(()) } else { Err(BackDoorError::Nothing { what, found, count }) }
}

fn within(what: &'static str, found: i32, allowed: RangeInclusive<i32>) -> Result<(), BackDoorError> {
    if allowed.contains(&found) { Ok(()) } else { Err(BackDoorError::Outside { what, found, allowed }) }
}

/// Places in `weights` of the synapses of this name in a block, whose neurons begin at `first`.
fn entries(block: &AxonBlock, name: SynapseName, first: u32) -> impl Iterator<Item = usize> + '_ {
    let slot =
        name.post.checked_sub(first).map(|slot| slot as usize).filter(|slot| *slot < block.memory.posts);
    let start = block.presynaptic.partition_point(|pre| *pre < name.pre);
    let same = block.presynaptic[start..].iter().take_while(move |pre| **pre == name.pre);
    let axons = (start..).zip(same).map(|(axon, _)| axon);
    let axons = axons.filter(move |axon| slot.is_some() && block.delays.get(*axon) == name.delay);
    axons.flat_map(move |axon| {
        let row = block.memory.row(axon);
        row.filter(move |entry| Some(block.memory.post(axon, *entry)) == slot)
    })
}

impl Machine {
    /// Where the one synapse of this name is stored.
    ///
    /// # Errors
    /// Where there is no such synapse, or no weight of its own.
    pub fn synapse(&self, network: &Network, name: SynapseName) -> Result<SynapsePlace, BackDoorError> {
        check("projection", name.projection, network.projections.len())?;
        let logical = &network.projections[name.projection];
        let projection = || logical.name.clone();
        if matches!(logical.synapses, Synapses::Shared { .. }) {
            return Err(BackDoorError::Shared(projection()));
        }
        let SynapseName { pre, post, delay, .. } = name;
        let mut found = None;
        for (node, built) in self.nodes.iter().enumerate() {
            for (number, block) in built.core.blocks.iter().enumerate() {
                if block.projection as usize != name.projection {
                    continue;
                }
                for entry in entries(block, name, built.core.slices[block.slice].first) {
                    if found.replace(SynapsePlace { node, block: number, entry }).is_some() {
                        return Err(BackDoorError::Ambiguous { projection: projection(), pre, post, delay });
                    }
                }
            }
        }
        found.ok_or_else(|| BackDoorError::NoSynapse { projection: projection(), pre, post, delay })
    }

    /// The name of the synapse that is stored at a place; `None` where none is, or where several share a weight.
    #[must_use]
    pub fn synapse_name(&self, place: SynapsePlace) -> Option<SynapseName> {
        let core = &self.nodes.get(place.node)?.core;
        let block = core.blocks.get(place.block)?;
        if matches!(block.memory.layout, RowLayout::Shared { .. }) {
            return None;
        }
        let axon = (0..block.memory.axons).find(|axon| block.memory.row(*axon).contains(&place.entry))?;
        let post = core.slices[block.slice].first + block.memory.post(axon, place.entry) as u32;
        let (projection, delay) = (block.projection as usize, block.delays.get(axon));
        Some(SynapseName { projection, pre: block.presynaptic[axon], post, delay })
    }

    /// The weight of one synapse, in lanes of its store.
    ///
    /// # Errors
    /// Where there is no such synapse, or no weight of its own.
    pub fn weight(&self, network: &Network, name: SynapseName) -> Result<i32, BackDoorError> {
        let SynapsePlace { node, block, entry } = self.synapse(network, name)?;
        Ok(self.nodes[node].core.blocks[block].memory.weights.get(entry))
    }

    /// Writes the weight of one synapse, in lanes of its store: symmetric where it learns, two's complement where it is
    /// fixed. Eligibility states and normalisers stay.
    ///
    /// # Errors
    /// As [`Machine::weight`]; a value outside the store; a projection that is mirrored.
    pub fn set_weight(
        &mut self,
        network: &Network,
        name: SynapseName,
        weight: i32,
    ) -> Result<(), BackDoorError> {
        let SynapsePlace { node, block, entry } = self.synapse(network, name)?;
        let logical = &network.projections[name.projection];
        let half = 1i32 << (logical.format.store_bits - 1);
        within("weight", weight, if logical.learning.is_some() { 1 - half } else { -half }..=half - 1)?;
        let mut mirrored = network.populations.iter().filter_map(|p| p.learning?.third_factor.mirrored());
        if mirrored.any(|(number, _)| usize::from(number) == name.projection) {
            return Err(BackDoorError::Mirrored(logical.name.clone()));
        }
        self.nodes[node].core.blocks[block].memory.weights.set(entry, weight);
        Ok(())
    }

    /// Node, slice and index of a neuron.
    fn neuron(
        &self,
        network: &Network,
        population: usize,
        neuron: u32,
    ) -> Result<NeuronPlace, BackDoorError> {
        check("population", population, network.populations.len())?;
        check("neuron", neuron as usize, network.populations[population].neurons as usize)?;
        Ok(self.locate(population, neuron))
    }

    /// The threshold of one neuron, in lanes of the membrane: the parameter, without adaptation and noise.
    ///
    /// # Errors
    /// Where there is no such neuron.
    pub fn threshold(&self, network: &Network, population: usize, neuron: u32) -> Result<i32, BackDoorError> {
        let NeuronPlace { node, slice, neuron: index } = self.neuron(network, population, neuron)?;
        Ok(self.nodes[node].core.slices[slice].parameters.threshold.get(index))
    }

    /// The bias of one neuron, in lanes of the membrane.
    ///
    /// # Errors
    /// Where there is no such neuron.
    pub fn bias(&self, network: &Network, population: usize, neuron: u32) -> Result<i32, BackDoorError> {
        let NeuronPlace { node, slice, neuron: index } = self.neuron(network, population, neuron)?;
        Ok(self.nodes[node].core.slices[slice].parameters.bias.get(index))
    }

    /// Writes the threshold of one neuron.
    ///
    /// # Errors
    /// Where there is no such neuron; a value below 0 or outside the membrane's format; a population that adapts.
    pub fn set_threshold(
        &mut self,
        network: &Network,
        population: usize,
        neuron: u32,
        threshold: i32,
    ) -> Result<(), BackDoorError> {
        let NeuronPlace { node, slice, neuron: index } = self.neuron(network, population, neuron)?;
        within("threshold", threshold, 0..=top(network))?;
        let own = &network.populations[population];
        if own.parameters.adaptation.is_some() {
            return Err(BackDoorError::Adapts(own.name.clone()));
        }
        self.nodes[node].core.slices[slice].set_threshold(index, threshold);
        Ok(())
    }

    /// Writes the bias of one neuron.
    ///
    /// # Errors
    /// Where there is no such neuron; a value outside the membrane's format.
    pub fn set_bias(
        &mut self,
        network: &Network,
        population: usize,
        neuron: u32,
        bias: i32,
    ) -> Result<(), BackDoorError> {
        let NeuronPlace { node, slice, neuron: index } = self.neuron(network, population, neuron)?;
        within("bias", bias, -top(network)..=top(network))?;
        self.nodes[node].core.slices[slice].set_bias(index, bias);
        Ok(())
    }

    /// A register of one neuron after the last step, as a probe of `variable` shows it.
    ///
    /// # Errors
    /// Where there is no such neuron, or it has no such register.
    pub fn register(
        &self,
        network: &Network,
        variable: Variable,
        population: usize,
        neuron: u32,
    ) -> Result<i32, BackDoorError> {
        let NeuronPlace { node, slice, neuron: index } = self.neuron(network, population, neuron)?;
        let node = &self.nodes[node];
        let registers = &node.core.slices[slice].registers;
        Ok(match variable {
            Variable::Spikes => i32::from(node.core.slices[slice].fired()[index]),
            Variable::Current => registers.current[index],
            Variable::Membrane => registers.membrane[index],
            Variable::Compared => registers.compared[index],
            Variable::Adaptation => registers.adaptation.get(index).copied().unwrap_or(0),
            Variable::ThirdFactor => node.unit.slices[slice].third_factor[index],
            other => return self.observed(network, other, population, neuron),
        })
    }

    /// As [`Machine::register`], of any register that a population has by neuron. Dendritic sums are there where somebody
    /// keeps them: a probe of one does.
    fn observed(
        &self,
        network: &Network,
        variable: Variable,
        population: usize,
        neuron: u32,
    ) -> Result<i32, BackDoorError> {
        if variable.per() != Per::Neuron
            || !observable::of_population(network, population).contains(&variable)
        {
            let name = &network.populations[population].name;
            let text = format!("the neurons of population `{name}` have no such register");
            return Err(BackDoorError::NoRegister(text));
        }
        let asked = Asked { target: population, variable, columns: &[neuron] };
        let (mut taken, mut values) = ([false], Vec::new());
        for node in &self.nodes {
            for (place, lanes) in lanes::find(asked, Some(network), node, &mut taken) {
                lanes::read(variable, node, place, &lanes, &mut values);
            }
        }
        Ok(values.first().copied().unwrap_or(0))
    }

    /// Q and P of the axon of presynaptic neuron `pre` with this delay, after the last step. Every core that keeps the axon
    /// has the same.
    ///
    /// # Errors
    /// Where there is no such axon, or it keeps no traces.
    pub fn traces(
        &self,
        network: &Network,
        projection: usize,
        pre: u32,
        delay: u8,
    ) -> Result<(i32, i32), BackDoorError> {
        check("projection", projection, network.projections.len())?;
        let name = &network.projections[projection].name;
        let blocks = self.nodes.iter().flat_map(|node| &node.core.blocks);
        for block in blocks.filter(|block| block.projection as usize == projection) {
            let Some((_, traces)) = &block.traces else {
                return Err(BackDoorError::NoRegister(format!(
                    "projection `{name}` keeps no traces: none of its rules reads them"
                )));
            };
            let start = block.presynaptic.partition_point(|own| *own < pre);
            let same = block.presynaptic[start..].iter().take_while(|own| **own == pre);
            let found =
                (start..).zip(same).map(|(axon, _)| axon).find(|axon| block.delays.get(*axon) == delay);
            if let Some(axon) = found {
                return Ok((traces.q[axon], traces.p[axon]));
            }
        }
        Err(BackDoorError::NoRegister(format!(
            "projection `{name}` has no axon of pre {pre} and delay {delay}"
        )))
    }
}

/// The largest lane of the membrane's format.
fn top(network: &Network) -> i32 {
    ((1i64 << (network.datapath.state_width - 1)) - 1) as i32
}
