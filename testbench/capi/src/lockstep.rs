//! Lock-step: which records the model expects of a step, and which of them hardware has shown.
//!
//! Of every step, as section 11 of `docs/arithmetic.md` has it: I, U, U_cmp, S and L of every neuron, A where thresholds
//! adapt; Q and P of every axon of synapses that learn by traces, once for each core that keeps the axon; the new value of
//! every weight that differs from before the step. Their order is the caller's. Other registers of neurons may come beside them.
//!
//! Promises: a record of a weight that is not due, or of anything due that comes twice, is a difference, and so is one that is missing at the end. Absent on
//! purpose: values (the model reads them), networks with shared taps that learn.

use crate::failure::Failure;
use crate::word::Word;
use std::collections::BTreeMap;
use synfire_chip::network::{Network, Population, Projection, Synapses};
use synfire_chip::run::back_door::SynapsePlace;
use synfire_chip::run::machine::Machine;
use synfire_chip::run::node::Node;
use synfire_chip::run::probe::Variable;

/// Registers of a neuron that are due, and their bits.
const OF_NEURONS: [Variable; 6] = [
    Variable::Current,
    Variable::Membrane,
    Variable::Compared,
    Variable::Spikes,
    Variable::ThirdFactor,
    Variable::Adaptation,
];
const ADAPTATION: u8 = 1 << 5;

/// An axon: projection, presynaptic neuron, delay.
type Axon = (usize, u32, u8);

/// Records of an axon that are still due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Due {
    q: u32,
    p: u32,
}

/// What is due of a step.
#[derive(Debug)]
pub struct Lockstep {
    /// Registers that every neuron of a population shows, a bit each.
    registers: Vec<u8>,
    /// Those that are still due, by population and neuron.
    neurons: Vec<Vec<u8>>,
    /// Axons, and in how many cores each is.
    axons: BTreeMap<Axon, u32>,
    due_axons: BTreeMap<Axon, Due>,
    /// Of plastic blocks, node by node: weights before the step.
    before: Vec<Vec<Vec<i32>>>,
    /// Weights that changed, and whether their record has come.
    weights: BTreeMap<SynapsePlace, bool>,
    /// The last step, while its records come.
    open: Option<u64>,
    records: u64,
}

/// Weights of a node's plastic blocks; of the others none.
fn weights_of(node: &Node) -> Vec<Vec<i32>> {
    let blocks = node.core.blocks.iter().map(|block| {
        let weights = &block.memory.weights;
        if block.plastic { (0..weights.len()).map(|at| weights.get(at)).collect() } else { Vec::new() }
    });
    blocks.collect()
}

impl Lockstep {
    /// Of a machine between two steps.
    pub fn new(network: &Network, machine: &Machine) -> Result<Self, Failure> {
        let shared =
            |own: &&Projection| own.learning.is_some() && matches!(own.synapses, Synapses::Shared { .. });
        if let Some(own) = network.projections.iter().find(shared) {
            return Err(Failure::refused(format_args!(
                "projection `{}` learns shared taps, whose records name copies and taps: lock-step has records of synapses",
                own.name
            )));
        }
        let mut axons = BTreeMap::new();
        for block in machine.nodes.iter().flat_map(|node| &node.core.blocks) {
            if block.traces.is_some() {
                for (axon, pre) in block.presynaptic.iter().enumerate() {
                    *axons.entry((block.projection as usize, *pre, block.delays.get(axon))).or_insert(0) += 1;
                }
            }
        }
        let populations = &network.populations;
        let all = |own: &Population| {
            if own.parameters.adaptation.is_some() { 2 * ADAPTATION - 1 } else { ADAPTATION - 1 }
        };
        Ok(Self {
            registers: populations.iter().map(all).collect(),
            neurons: populations.iter().map(|own| vec![0; own.neurons as usize]).collect(),
            axons,
            due_axons: BTreeMap::new(),
            before: Vec::new(),
            weights: BTreeMap::new(),
            open: None,
            records: 0,
        })
    }

    /// A step is about to run.
    pub fn begin(&mut self, machine: &Machine) -> Result<(), Failure> {
        if let Some(step) = self.open {
            return Err(Failure::argument(format_args!("the comparison of step {step} was not ended")));
        }
        self.before = machine.nodes.iter().map(weights_of).collect();
        Ok(())
    }

    /// A step has run: everything of it is due.
    pub fn retire(&mut self, machine: &Machine) {
        for (neurons, registers) in self.neurons.iter_mut().zip(&self.registers) {
            neurons.fill(*registers);
        }
        self.due_axons =
            self.axons.iter().map(|(axon, cores)| (*axon, Due { q: *cores, p: *cores })).collect();
        self.weights.clear();
        for ((node, built), before) in machine.nodes.iter().enumerate().zip(&self.before) {
            for (block, (before, after)) in before.iter().zip(weights_of(built)).enumerate() {
                let changed =
                    before.iter().zip(after).enumerate().filter(|(_, (before, after))| *before != after);
                self.weights.extend(changed.map(|(entry, _)| (SynapsePlace { node, block, entry }, false)));
            }
        }
        self.open = machine.step.checked_sub(1);
        self.records = 0;
    }

    /// Takes note of a record of an existing word.
    pub fn record(
        &mut self,
        network: &Network,
        machine: &Machine,
        step: u64,
        word: Word,
    ) -> Result<(), Failure> {
        self.check_step(step)?;
        let twice = || Failure::differs(format_args!("step {step}, {word}: a second record"));
        match word {
            Word::Register { variable, population, neuron } => {
                let bit = OF_NEURONS.iter().position(|own| *own == variable).map_or(0, |at| 1u8 << at);
                let due = &mut self.neurons[population][neuron as usize];
                // What is not due may come, and as often as it likes.
                if self.registers[population] & bit != 0 {
                    if *due & bit == 0 {
                        return Err(twice());
                    }
                    *due &= !bit;
                }
            }
            Word::Trace { variable, projection, pre, delay } => {
                let due = self.due_axons.get_mut(&(projection, pre, delay)).ok_or_else(twice)?;
                let due = if variable == Variable::TraceQ { &mut due.q } else { &mut due.p };
                *due = due.checked_sub(1).ok_or_else(twice)?;
            }
            Word::Weight(name) => match self.weights.get_mut(&machine.synapse(network, name)?) {
                None => {
                    return Err(Failure::differs(format_args!(
                        "step {step}, {word}: the model did not change it"
                    )));
                }
                Some(true) => return Err(twice()),
                Some(seen) => *seen = true,
            },
            Word::Threshold { .. } | Word::Bias { .. } => {
                return Err(Failure::argument(format_args!(
                    "{word} is configuration: no step has a record of it"
                )));
            }
        }
        self.records += 1;
        Ok(())
    }

    fn check_step(&self, step: u64) -> Result<(), Failure> {
        match self.open {
            Some(open) if open == step => Ok(()),
            Some(open) => Err(Failure::differs(format_args!(
                "a record of step {step}: the model's last step is {open}"
            ))),
            None => {
                Err(Failure::argument("no step has run since lock-step began, or its comparison was ended"))
            }
        }
    }

    /// Ends the last step; gives how many records were compared.
    pub fn end(&mut self, machine: &Machine, step: u64) -> Result<u64, Failure> {
        self.check_step(step)?;
        self.open = None;
        match self.missing(machine) {
            None => Ok(self.records),
            Some(word) => Err(Failure::differs(format_args!("step {step}, {word}: no record of it came"))),
        }
    }

    /// A record that is still due.
    fn missing(&self, machine: &Machine) -> Option<Word> {
        for (population, neurons) in self.neurons.iter().enumerate() {
            if let Some(neuron) = neurons.iter().position(|due| *due != 0) {
                let variable = OF_NEURONS[neurons[neuron].trailing_zeros() as usize];
                return Some(Word::Register { variable, population, neuron: neuron as u32 });
            }
        }
        if let Some((&(projection, pre, delay), due)) =
            self.due_axons.iter().find(|(_, due)| **due != Due { q: 0, p: 0 })
        {
            let variable = if due.q > 0 { Variable::TraceQ } else { Variable::TraceP };
            return Some(Word::Trace { variable, projection, pre, delay });
        }
        let (place, _) = self.weights.iter().find(|(_, seen)| !**seen)?;
        machine.synapse_name(*place).map(Word::Weight)
    }
}
