//! A core's list of memories, its sums, and what of the chip's limits they take.

use super::kind::{Kind, Part, Resource};
use crate::chip::CoreLimits;
use synfire_core::words::Words;

/// Who a memory is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// The core, whatever sits there.
    Core,
    /// Neurons of a population, by its index in the network.
    Population(usize),
    /// Synapses of a projection, by its index in the network.
    Projection(usize),
}

/// A memory of a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Structure {
    /// What it is.
    pub kind: Kind,
    /// Who it is for.
    pub owner: Owner,
    /// Its words.
    pub words: Words,
}

impl Structure {
    /// What of a limit it takes.
    #[must_use]
    pub fn need(&self) -> Option<(Resource, u64)> {
        match (self.kind, self.kind.part()) {
            (Kind::Current, _) => Some((Resource::Neurons, self.words.count)),
            (Kind::AxonEntry, _) => Some((Resource::Axons, self.words.count)),
            (_, Part::Synapses) => Some((Resource::SynapseMemory, self.words.total_bits())),
            (_, Part::Traces | Part::Learning) => Some((Resource::LearningMemory, self.words.total_bits())),
            _ => None,
        }
    }
}

/// Bits of what `select` takes of a list.
#[must_use]
pub fn total_bits(list: &[Structure], select: impl Fn(&Structure) -> bool) -> u64 {
    list.iter().filter(|structure| select(structure)).map(|structure| structure.words.total_bits()).sum()
}

/// The list in its one order, by owner and kind: slices of one owner joined, what has no words left out, the width of
/// axon entries that of the whole core.
#[must_use]
pub(super) fn tidy(mut list: Vec<Structure>) -> Vec<Structure> {
    let axons = list.iter().filter(|s| s.kind == Kind::AxonEntry).map(|s| s.words.count).sum();
    for entry in list.iter_mut().filter(|s| s.kind == Kind::AxonEntry) {
        entry.words.bits = axon_entry_bits(axons);
    }
    list.retain(|structure| structure.words.count > 0);
    let key = |s: &Structure| (s.owner, s.kind, s.words.bits);
    list.sort_by_key(key);
    list.dedup_by(|next, kept| {
        let same = key(next) == key(kept);
        kept.words.count += if same { next.words.count } else { 0 };
        same
    });
    list
}

/// Bits of a delay of up to 64 steps, of which 64 is kept as 0.
const DELAY_BITS: u64 = 6;

/// An axon's number among so many, and its delay.
#[must_use]
pub const fn axon_entry_bits(axons: u64) -> u64 {
    (u64::BITS - axons.leading_zeros()) as u64 + DELAY_BITS
}

/// What a slice, or all slices of a core, take of each limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs([u64; Resource::ALL.len()]);

impl Needs {
    /// What a list of structures takes.
    #[must_use]
    pub fn of(list: &[Structure]) -> Self {
        let mut needs = Self::default();
        for (resource, amount) in list.iter().filter_map(Structure::need) {
            needs.0[resource as usize] += amount;
        }
        needs
    }

    /// How much of a resource.
    #[must_use]
    pub const fn get(&self, resource: Resource) -> u64 {
        self.0[resource as usize]
    }

    /// Both together in one core.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] + other.0[at]))
    }

    /// The larger of both, a resource at a time.
    #[must_use]
    pub fn most(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at].max(other.0[at])))
    }

    /// What a core has too little of.
    pub fn short(self, limits: &CoreLimits) -> impl Iterator<Item = Resource> {
        let limits = *limits;
        Resource::ALL.into_iter().filter(move |resource| self.get(*resource) > resource.limit(&limits))
    }

    /// Whether a core has enough of everything.
    #[must_use]
    pub fn fit(self, limits: &CoreLimits) -> bool {
        self.short(limits).next().is_none()
    }
}
