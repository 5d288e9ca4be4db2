//! Which weights and states of synapses a step changed, by their logical names.
//!
//! A copy of what is followed is compared after every step with what the core holds then: who visited a synapse, and why,
//! does not enter.
//!
//! Promises: lists do not depend on mapping, threads or what an engine skips; what nobody follows costs nothing. The copy is
//! taken anew when a run begins, so a change between two runs is none of a step. Absent on purpose: files.

use crate::network::Network;
use crate::run::names::{self, NO_WEIGHT};
use crate::run::node::Node;
use crate::run::observable::Variable;
use core::ops::Range;
use synfire_core::synapse::WeightLanes;

/// What is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Follow {
    /// Index of the projection.
    pub projection: usize,
    /// [`Variable::Weight`], or a state that the projection has one of for each weight.
    pub variable: Variable,
    /// First step followed.
    pub from: u64,
    /// First step no longer followed.
    pub until: u64,
}

impl Follow {
    fn records(&self, step: u64) -> bool {
        (self.from..self.until).contains(&step)
    }
}

/// What changed of one [`Follow`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// The steps followed.
    pub steps: Vec<u64>,
    /// First entry of each step, and one past the last.
    pub starts: Vec<usize>,
    /// Index in the projection's order and new value, ascending within a step.
    pub entries: Vec<(u32, i32)>,
}

impl Changed {
    /// What the step in that place of `steps` changed.
    #[must_use]
    pub fn of(&self, step: usize) -> &[(u32, i32)] {
        &self.entries[self.starts[step]..self.starts[step + 1]]
    }
}

/// A copy of what a block holds, in lanes as wide.
#[derive(Clone, Debug)]
enum Lanes {
    I8(Vec<i8>),
    I16(Vec<i16>),
    U8(Vec<u8>),
    U16(Vec<u16>),
    /// States that have a sign.
    Signed(Vec<u16>),
}

/// What one block has of a [`Follow`].
#[derive(Clone, Debug)]
struct Part {
    follow: usize,
    /// Block of the node.
    place: usize,
    /// The name of each place of the block's memory.
    names: Vec<u32>,
    copy: Lanes,
    /// Place of the step in the list, name and value.
    changed: Vec<(u32, u32, i32)>,
    /// Steps seen since the last [`Changes::take`].
    seen: u32,
}

/// Everything that is followed.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    follows: Vec<Follow>,
    steps: Vec<Vec<u64>>,
    /// By node.
    parts: Vec<Vec<Part>>,
}

/// One node's parts.
#[derive(Debug)]
pub struct NodeChanges<'a> {
    follows: &'a [Follow],
    parts: &'a mut [Part],
}

impl Changes {
    /// Nothing, of so many nodes.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self { parts: vec![Vec::new(); nodes], ..Self::default() }
    }

    /// Follows something more.
    pub fn add(&mut self, network: &Network, nodes: &[Node], follow: Follow) {
        let number = self.follows.len();
        self.follows.push(follow);
        self.steps.push(Vec::new());
        for (node, parts) in nodes.iter().zip(&mut self.parts) {
            let blocks = node.core.blocks.iter().enumerate();
            for (place, block) in blocks.filter(|(_, block)| block.projection as usize == follow.projection) {
                let Some(copy) = lanes(follow.variable, node, place) else { continue };
                let names = names::names(network, block, node.core.slices[block.slice].first);
                parts.push(Part { follow: number, place, names, copy, changed: Vec::new(), seen: 0 });
            }
        }
    }

    /// Takes the copies anew.
    pub fn begin(&mut self, nodes: &[Node]) {
        for (node, parts) in nodes.iter().zip(&mut self.parts) {
            for part in parts {
                if let Some(copy) = lanes(self.follows[part.follow].variable, node, part.place) {
                    part.copy = copy;
                }
            }
        }
    }

    /// Notes that `steps` were run.
    pub fn ran(&mut self, steps: Range<u64>) {
        for (follow, list) in self.follows.iter().zip(&mut self.steps) {
            list.extend(steps.clone().filter(|step| follow.records(*step)));
        }
    }

    /// The parts of consecutive nodes.
    pub fn split(&mut self) -> impl Iterator<Item = NodeChanges<'_>> {
        let follows = &self.follows;
        self.parts.iter_mut().map(|parts| NodeChanges { follows, parts })
    }

    /// What changed so far.
    pub fn take(&mut self) -> Vec<Changed> {
        let mut all = Vec::new();
        for (follow, steps) in self.steps.iter_mut().enumerate() {
            let own = self.parts.iter_mut().flatten().filter(|part| part.follow == follow);
            let mut list: Vec<(u32, u32, i32)> = Vec::new();
            for part in own {
                list.append(&mut part.changed);
                part.seen = 0;
            }
            // Places that read one tap hold one weight: it is listed once.
            list.sort_unstable();
            list.dedup();
            let steps = std::mem::take(steps);
            let first = |step: u32| list.partition_point(|(of, _, _)| *of < step);
            let starts = (0..=steps.len() as u32).map(first).collect();
            let entries = list.iter().map(|(_, name, value)| (*name, *value)).collect();
            all.push(Changed { steps, starts, entries });
        }
        all
    }
}

impl NodeChanges<'_> {
    /// Compares what is followed with what `node` holds at the end of `step`.
    pub fn record(&mut self, node: &Node, step: u64) {
        for part in self.parts.iter_mut() {
            let follow = &self.follows[part.follow];
            if follow.records(step) {
                part.compare(follow.variable, node);
                part.seen += 1;
            } else if follow.records(step + 1)
                && let Some(copy) = lanes(follow.variable, node, part.place)
            {
                part.copy = copy;
            }
        }
    }
}

impl Part {
    fn compare(&mut self, variable: Variable, node: &Node) {
        let Self { names, copy, changed, seen, place, .. } = self;
        let mut found = |at: usize, value: i32| {
            if names[at] != NO_WEIGHT {
                changed.push((*seen, names[at], value));
            }
        };
        let state = node.unit.eligibility(*place);
        let states = state.map_or((&[][..], &[][..]), |state| state.states());
        let own = if variable == Variable::EligibilitySecond { states.1 } else { states.0 };
        match (copy, &node.core.blocks[*place].memory.weights) {
            (Lanes::I8(copy), WeightLanes::I8(now)) => differences(copy, now, |at, w| found(at, w.into())),
            (Lanes::I16(copy), WeightLanes::I16(now)) => differences(copy, now, |at, w| found(at, w.into())),
            (Lanes::U16(copy), _) => differences(copy, own, |at, state| found(at, state.into())),
            (Lanes::Signed(copy), _) => {
                differences(copy, own, |at, state| found(at, i32::from(state as i16)));
            }
            (Lanes::U8(copy), _) => {
                let now = state.map_or(&[][..], |state| state.normalisers());
                differences(copy, now, |at, state| found(at, state.into()));
            }
            (Lanes::I8(_) | Lanes::I16(_), _) => unreachable!("a block keeps the width of its lanes"),
        }
    }
}

/// Places looked at together: most hold nothing new.
const RUN: usize = 64;

/// Calls `found` with every place that differs, and makes the copy equal.
fn differences<T: Copy + PartialEq>(copy: &mut [T], now: &[T], mut found: impl FnMut(usize, T)) {
    for (run, (copy, now)) in copy.chunks_mut(RUN).zip(now.chunks(RUN)).enumerate() {
        if copy == now {
            continue;
        }
        for (at, (old, new)) in copy.iter_mut().zip(now).enumerate().filter(|(_, (old, new))| **old != **new)
        {
            *old = *new;
            found(run * RUN + at, *new);
        }
    }
}

/// What a block holds of a variable, copied; `None` where it holds none.
fn lanes(variable: Variable, node: &Node, place: usize) -> Option<Lanes> {
    let block = &node.core.blocks[place];
    if variable == Variable::Weight {
        // What cannot change is not followed.
        return block.plastic.then(|| match &block.memory.weights {
            WeightLanes::I8(weights) => Lanes::I8(weights.clone()),
            WeightLanes::I16(weights) => Lanes::I16(weights.clone()),
        });
    }
    let state = node.unit.eligibility(place)?;
    Some(match variable {
        Variable::EligibilityFirst if node.unit.has_signed_states(place) => {
            Lanes::Signed(state.states().0.to_vec())
        }
        Variable::EligibilityFirst => Lanes::U16(state.states().0.to_vec()),
        Variable::EligibilitySecond => Lanes::U16(state.states().1.to_vec()),
        Variable::Normaliser => Lanes::U8(state.normalisers().to_vec()),
        _ => return None,
    })
}
