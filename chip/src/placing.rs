//! What a network asks of its placement: which neurons are to sit where, and how the others are placed.
//!
//! Promises: pure data; no bit of a result depends on it. Absent on purpose: how it is stated (`files`), what comes of it
//! (`place`).

use serde::{Deserialize, Serialize};

/// Everything that is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placing {
    /// What is stated, ascending by population and first neuron; no neuron is in two.
    pub stated: Vec<Stated>,
    /// How neurons are placed that nothing states.
    pub rest: Rest,
}

/// Neurons of a population and the cores that they are to sit on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// Index of the population.
    pub population: usize,
    /// First neuron.
    pub first: u32,
    /// How many.
    pub len: u32,
    /// The cores, in order.
    pub cores: Vec<u16>,
    /// How the neurons are cut onto them.
    pub onto: Onto,
    /// The field that states it, for messages: no bit depends on it, and so no fingerprint does.
    #[serde(skip)]
    pub field: String,
}

/// How neurons are cut onto the cores that they ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Onto {
    /// They are one slice: there is one core.
    One,
    /// In equal shares of what may be cut.
    Shares,
    /// In as few slices as there can be, each on the next core of these that nobody names and no slice took.
    Next,
}

/// How neurons are placed that nothing states.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rest {
    /// In order, row by row of the mesh.
    #[default]
    InOrder,
    /// Not at all: there must be none.
    Refused,
    /// In order, and then by what is expected to travel.
    ByTraffic(Search),
}

/// A search for a placement by expected traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// How.
    pub order: Order,
    /// For what.
    pub objective: Objective,
    /// How often neurons fire.
    pub rates: Rates,
}

/// How a placement is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Load by load, each where it is nearest to those before.
    Greedy,
    /// By exchanges.
    Anneal {
        /// Seed of the draws.
        seed: u32,
        /// Exchanges that are tried; `None`: as many as the loads ask for.
        moves: Option<u64>,
    },
}

/// What a search lowers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Objective {
    /// Hops of all packets.
    #[default]
    Hops,
    /// Packets over the most loaded link; of equals the one with fewer hops.
    Link,
}

/// Spikes of a neuron in a step, by input and by population, in units of [`Rates::UNIT`]; those that are not listed have one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// Of each input.
    pub inputs: Vec<u32>,
    /// Of each population.
    pub populations: Vec<u32>,
}

impl Rates {
    /// One spike.
    pub const UNIT: u32 = 1 << 16;
}

impl Placing {
    /// What is stated of population `index`, ascending by first neuron.
    pub fn of(&self, index: usize) -> impl Iterator<Item = &Stated> + '_ {
        self.stated.iter().filter(move |stated| stated.population == index)
    }
}
