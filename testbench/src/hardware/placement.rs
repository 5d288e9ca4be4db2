//! Which core a neuron, an axon or a synapse sits in, as an exported folder's `manifest.json` says it.
//!
//! Of the file this reads `cores`: `core`, its `slices` (`population`, `first`, `neurons`, `slot`) and its `blocks`
//! (`projection`, `slice`), and ignores the rest. A synapse sits where its postsynaptic neuron does; an axon has registers in
//! every core that it reaches. Promises: no file makes it panic. Absent on purpose: the rest of a manifest.

use super::records::{Column, Kind};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;
use synfire_chip::files::{self, Diagnostic, Diagnostics};

/// Where all neurons and axons sit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Placement {
    cores: Vec<Core>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Core {
    core: u32,
    slices: Vec<Slice>,
    #[serde(default)]
    blocks: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Slice {
    population: u32,
    first: u32,
    neurons: u32,
    slot: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Block {
    projection: u32,
    slice: usize,
}

/// A core, and the place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Seat {
    /// The core.
    pub core: u32,
    /// Of a neuron, or of a synapse's postsynaptic neuron: its place among the neurons of the core.
    pub slot: Option<u32>,
}

impl fmt::Display for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "core {}", self.core)?;
        self.slot.map_or(Ok(()), |slot| write!(f, " slot {slot}"))
    }
}

impl Placement {
    /// Reads a manifest.
    ///
    /// # Errors
    /// When it cannot be read or does not say where neurons sit.
    pub fn read(path: &Path) -> Result<Self, Diagnostics> {
        let refuse = |found: String| {
            let problem = Diagnostic::new(format!("{}: {found}", path.display()));
            Diagnostics::from(problem.noted("allowed", "the `manifest.json` of an exported folder"))
        };
        let text = files::read_text(path).map_err(|error| refuse(error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))
    }

    /// The cores that hold a record of a column.
    #[must_use]
    pub fn seats(&self, column: &Column, place: [u32; 3]) -> Vec<Seat> {
        let seats = self.cores.iter().flat_map(|core| match column.kind {
            Kind::Neuron => core.neuron(column.index, place[0]).into_iter().collect(),
            Kind::Axon | Kind::Tap => core.reached(column.index).take(1).map(|_| core.seat(None)).collect(),
            Kind::Synapse => {
                let slices = core.reached(column.index).filter(|slice| slice.contains(place[1]));
                slices.map(|slice| core.seat(Some(slice.slot(place[1])))).collect::<Vec<Seat>>()
            }
        });
        seats.collect()
    }
}

impl Core {
    fn seat(&self, slot: Option<u32>) -> Seat {
        Seat { core: self.core, slot }
    }

    fn neuron(&self, population: u32, neuron: u32) -> Option<Seat> {
        let mut slices = self.slices.iter();
        let slice = slices.find(|slice| slice.population == population && slice.contains(neuron))?;
        Some(self.seat(Some(slice.slot(neuron))))
    }

    /// Slices that axons of a projection reach.
    fn reached(&self, projection: u32) -> impl Iterator<Item = &Slice> {
        let blocks = self.blocks.iter().filter(move |block| block.projection == projection);
        blocks.filter_map(|block| self.slices.get(block.slice))
    }
}

impl Slice {
    fn contains(&self, neuron: u32) -> bool {
        neuron.checked_sub(self.first).is_some_and(|place| place < self.neurons)
    }

    fn slot(&self, neuron: u32) -> u32 {
        self.slot.saturating_add(neuron - self.first)
    }
}
