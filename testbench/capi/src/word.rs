//! The words of a machine that have a name: registers of neurons and axons, weights, thresholds, biases.
//!
//! A word is `what`, `place`, `index`, `post`, `delay`. Of a neuron: its population, its number, 0, 0. Of an axon: its
//! projection, its presynaptic neuron, 0, its delay. Of a weight: projection, presynaptic neuron, postsynaptic neuron, delay.
//!
//! Promises: a number that a word does not use is 0, or the word is refused: so a mistaken order is seen.

use crate::failure::Failure;
use std::fmt;
use synfire_chip::run::back_door::SynapseName;
use synfire_chip::run::probe::Variable;

/// Registers, by their number `what`, with the contract's names.
pub const VARIABLES: [(Variable, &str); 18] = [
    (Variable::Spikes, "S"),
    (Variable::Current, "I"),
    (Variable::Membrane, "U"),
    (Variable::Compared, "C"),
    (Variable::Adaptation, "A"),
    (Variable::ThirdFactor, "L"),
    (Variable::TraceQ, "Q"),
    (Variable::TraceP, "P"),
    (Variable::Dendritic(0), "D0"),
    (Variable::Refractory, "R"),
    (Variable::Target, "T"),
    (Variable::ErrorFormed, "F"),
    (Variable::Error, "E"),
    (Variable::ErrorFirst, "E1"),
    (Variable::ErrorSecond, "E2"),
    (Variable::Compartment, "K"),
    (Variable::Surrogate, "G"),
    (Variable::SpikeCount, "N"),
];
/// `what` of memories: beyond all registers, so that there may be more of those.
pub const WEIGHT: u32 = 32;
pub const THRESHOLD: u32 = 33;
pub const BIAS: u32 = 34;

/// A word by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// A register of a neuron.
    Register { variable: Variable, population: usize, neuron: u32 },
    /// Q or P of an axon.
    Trace { variable: Variable, projection: usize, pre: u32, delay: u8 },
    /// A weight.
    Weight(SynapseName),
    /// A threshold.
    Threshold { population: usize, neuron: u32 },
    /// A bias.
    Bias { population: usize, neuron: u32 },
}

impl Word {
    /// The word that five numbers name.
    pub fn new(what: u32, place: u32, index: u32, post: u32, delay: u32) -> Result<Self, Failure> {
        let (population, projection) = (place as usize, place as usize);
        let delay_steps = || {
            let steps = u8::try_from(delay).ok().filter(|steps| (1..=63).contains(steps));
            steps.ok_or_else(|| Failure::argument(format_args!("delay {delay} is outside 1..=63")))
        };
        let unused = |numbers: &[(&str, u32)]| match numbers.iter().find(|(_, found)| *found != 0) {
            None => Ok(()),
            Some((name, found)) => Err(Failure::argument(format_args!(
                "{name} {found}: this word has none, and 0 stands for it"
            ))),
        };
        if what == WEIGHT {
            return Ok(Self::Weight(SynapseName { projection, pre: index, post, delay: delay_steps()? }));
        }
        let variable = VARIABLES.get(what as usize).map(|(variable, _)| *variable);
        if let Some(variable @ (Variable::TraceQ | Variable::TraceP)) = variable {
            unused(&[("post", post)])?;
            return Ok(Self::Trace { variable, projection, pre: index, delay: delay_steps()? });
        }
        unused(&[("post", post), ("delay", delay)])?;
        match (what, variable) {
            (THRESHOLD, _) => Ok(Self::Threshold { population, neuron: index }),
            (BIAS, _) => Ok(Self::Bias { population, neuron: index }),
            (_, Some(variable)) => Ok(Self::Register { variable, population, neuron: index }),
            (_, None) => Err(Failure::argument(format_args!(
                "{what} is no kind of word: registers are 0 to {}, memories {WEIGHT} to {BIAS}",
                VARIABLES.len() - 1
            ))),
        }
    }
}

/// The contract's name of a register.
pub fn name(variable: Variable) -> &'static str {
    VARIABLES.iter().find(|(own, _)| *own == variable).map_or("?", |(_, name)| name)
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Register { variable, population, neuron } => {
                write!(f, "{} of neuron {neuron} of population {population}", name(variable))
            }
            Self::Trace { variable, projection, pre, delay } => {
                write!(f, "{} of pre {pre}, delay {delay} of projection {projection}", name(variable))
            }
            Self::Weight(SynapseName { projection, pre, post, delay }) => {
                write!(f, "W of pre {pre}, post {post}, delay {delay} of projection {projection}")
            }
            Self::Threshold { population, neuron } => {
                write!(f, "threshold of neuron {neuron} of population {population}")
            }
            Self::Bias { population, neuron } => {
                write!(f, "bias of neuron {neuron} of population {population}")
            }
        }
    }
}
