//! Memory of each core in bits, under the headings of a report: sums over the core's list of `structures`.
//!
//! Promises: nothing is counted here that the list does not name; a heading is declared once (`structures::Part`).
//! Absent on purpose: widths and words (`structures`).

use crate::chip::Chip;
use crate::run::machine::Machine;
use crate::run::node::Node;
use crate::structures::{Kind, Part, counted, total_bits};
use serde::{Deserialize, Serialize};

/// What a core holds, and its bits by heading. Stored as a list of numbers: the core, then its figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[u64; 1 + FIGURES]", into = "[u64; 1 + FIGURES]")]
pub struct CoreMemory {
    /// Core.
    pub core: u16,
    /// Neurons mapped.
    pub neurons: u64,
    /// Axons mapped.
    pub axons: u64,
    /// Synapses mapped.
    pub synapses: u64,
    /// Bits of each heading, in the order of [`Part::ALL`].
    bits: [u64; Part::ALL.len()],
}

/// What is counted and has no bits of its own.
const COUNTS: usize = 3;

/// Figures of a core.
const FIGURES: usize = COUNTS + Part::ALL.len();

/// One figure of a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its field in a summary.
    pub field: &'static str,
    /// Name, for reports.
    pub name: &'static str,
    /// Its value.
    pub value: u64,
}

impl CoreMemory {
    /// Bits under a heading.
    #[must_use]
    pub const fn bits(&self, part: Part) -> u64 {
        self.bits[part as usize]
    }

    /// Bits under all headings.
    #[must_use]
    pub fn total_bits(&self) -> u64 {
        self.bits.iter().sum()
    }

    /// Every figure, in the order of a report: three counts, then bits.
    #[must_use]
    pub fn figures(&self) -> [Figure; FIGURES] {
        let counts = [("neurons", self.neurons), ("axons", self.axons), ("synapses", self.synapses)];
        std::array::from_fn(|at| match at.checked_sub(COUNTS) {
            None => Figure { field: counts[at].0, name: counts[at].0, value: counts[at].1 },
            Some(at) => {
                let part = Part::ALL[at];
                Figure { field: part.field(), name: part.name(), value: self.bits(part) }
            }
        })
    }
}

impl From<CoreMemory> for [u64; 1 + FIGURES] {
    fn from(memory: CoreMemory) -> Self {
        let figures = memory.figures();
        std::array::from_fn(|at| at.checked_sub(1).map_or(u64::from(memory.core), |at| figures[at].value))
    }
}

impl From<[u64; 1 + FIGURES]> for CoreMemory {
    fn from([core, neurons, axons, synapses, bits @ ..]: [u64; 1 + FIGURES]) -> Self {
        Self { core: core as u16, neurons, axons, synapses, bits }
    }
}

impl Machine {
    /// Memory of every core in use.
    #[must_use]
    pub fn memory(&self) -> Vec<CoreMemory> {
        self.nodes.iter().map(|node| of_node(node, &self.chip)).collect()
    }
}

/// Memory of one node.
#[must_use]
pub fn of_node(node: &Node, chip: &Chip) -> CoreMemory {
    let list = counted::of_core(&node.core, &node.unit, &node.routes, chip);
    let words = |kind: Kind| list.iter().filter(|s| s.kind == kind).map(|s| s.words.count).sum();
    CoreMemory {
        core: node.id.0,
        neurons: words(Kind::Current),
        axons: words(Kind::AxonEntry),
        synapses: node.core.blocks.iter().map(|block| block.memory.entries() as u64).sum(),
        bits: Part::ALL.map(|part| total_bits(&list, |structure| structure.kind.part() == part)),
    }
}
