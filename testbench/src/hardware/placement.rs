//! Which core a neuron, an axon or a synapse sits in, and where that is in the RTL, as an exported folder's `manifest.json`
//! says it.
//!
//! Of the file this reads `cores`: `core`, its `slices` (`population`, `first`, `neurons`, `slot`) and its `blocks`
//! (`projection`, `slice`), with names where they are stated; `format`, `contract` and where the `configuration` is; of `layout` the paths of registers; of `images` the memories of weights and their paths; and ignores
//! the rest. A synapse sits where its postsynaptic neuron does; an axon has registers in every core that it has synapses in, a
//! tap lies in the cores that read it: both are those of the images in the folder that the file lies in ([`Places`]), and of a
//! file alone every core that their projection reaches. Places in memories are the images', too.
//! Promises: no file makes it panic. Absent on purpose: the rest of a manifest.

use super::manifest;
use super::places::{Place, Places};
use super::records::{Column, Kind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use synfire_chip::files::{self, Diagnostic, Diagnostics};

/// Where all neurons and axons sit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Placement {
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    contract: Option<String>,
    #[serde(default)]
    configuration: Option<Listed>,
    cores: Vec<Core>,
    #[serde(default)]
    layout: Paths,
    #[serde(default)]
    images: Vec<Image>,
    /// The file, and where it lies.
    #[serde(skip)]
    file: PathBuf,
    #[serde(skip)]
    folder: PathBuf,
}

/// Of a listed file its path below the folder.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Listed {
    file: PathBuf,
}

/// Of a layout the paths of registers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Paths {
    nodes: Vec<String>,
    registers: BTreeMap<String, String>,
    axon_registers: BTreeMap<String, String>,
    synapse_registers: BTreeMap<String, String>,
}

/// A memory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Image {
    memory: String,
    core: Option<u32>,
    block: Option<usize>,
    rtl: Option<String>,
}

/// Memories of weights: of a block, and of a core.
const WEIGHTS: [&str; 2] = ["weights", "synapses"];

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
    #[serde(default)]
    name: Option<String>,
    first: u32,
    neurons: u32,
    slot: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Block {
    projection: u32,
    #[serde(default)]
    name: Option<String>,
    slice: usize,
}

/// What a manifest says of a population or a projection: its name, and the neurons of a population.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Index among its kind.
    pub index: u32,
    /// Name; `None` where the file leaves it out.
    pub name: Option<String>,
    /// Neurons of a population, slice by slice.
    pub neurons: Option<u64>,
}

impl Said {
    /// It in words.
    #[must_use]
    pub fn words(&self, kind: &str) -> String {
        let name = self.name.as_ref().map_or_else(String::new, |name| format!(" `{name}`"));
        let neurons = self.neurons.map_or_else(String::new, |neurons| format!(" of {neurons} neurons"));
        format!("{kind} {}{name}{neurons}", self.index)
    }
}

/// A core, and the place in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seat {
    /// The core.
    pub core: u32,
    /// Of a neuron, or of a synapse's postsynaptic neuron: its place among the neurons of the core.
    pub slot: Option<u32>,
    /// Hierarchical paths in the RTL, where the folder says them: of the register, or of the memories that hold the projection's
    /// weights in this core.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rtl: Vec<String>,
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
        let read: Self = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        Ok(Self { file: path.to_path_buf(), folder, ..read })
    }

    /// The file that it was read from.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The contract that the file states.
    #[must_use]
    pub fn contract(&self) -> Option<&str> {
        self.contract.as_deref()
    }

    /// The configuration that the file lists, in its folder.
    #[must_use]
    pub fn configuration(&self) -> Option<PathBuf> {
        self.configuration.as_ref().map(|listed| self.folder.join(&listed.file))
    }

    /// Whether `synfire export` wrote the file, so that it names every population and projection with synapses.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.format.as_deref() == Some(manifest::FORMAT)
    }

    /// Populations that it places.
    #[must_use]
    pub fn populations(&self) -> Vec<Said> {
        let mut all: BTreeMap<u32, Said> = BTreeMap::new();
        for slice in self.cores.iter().flat_map(|core| &core.slices) {
            let index = slice.population;
            let of = all.entry(index).or_insert_with(|| Said { index, ..Said::default() });
            of.name = of.name.take().or_else(|| slice.name.clone());
            of.neurons = Some(of.neurons.unwrap_or(0).saturating_add(u64::from(slice.neurons)));
        }
        all.into_values().collect()
    }

    /// Projections that reach its cores.
    #[must_use]
    pub fn projections(&self) -> Vec<Said> {
        let mut all: BTreeMap<u32, Said> = BTreeMap::new();
        for block in self.cores.iter().flat_map(|core| &core.blocks) {
            let index = block.projection;
            let of = all.entry(index).or_insert_with(|| Said { index, ..Said::default() });
            of.name = of.name.take().or_else(|| block.name.clone());
        }
        all.into_values().collect()
    }

    /// The cores that hold a record of a column.
    #[must_use]
    pub fn seats(&self, column: &Column, place: [u32; 3]) -> Vec<Seat> {
        let layout = &self.layout;
        let paths = match column.kind {
            Kind::Neuron => &layout.registers,
            Kind::Axon => &layout.axon_registers,
            Kind::Synapse | Kind::Tap => &layout.synapse_registers,
        };
        let path = paths.get(&column.register.name).map(String::as_str);
        let needs_places = match column.kind {
            Kind::Neuron => false,
            Kind::Axon | Kind::Tap => true,
            Kind::Synapse => path.is_some(),
        };
        let places = needs_places.then(|| Places::open(&self.folder)).flatten();
        let with = |at: usize, seat: Seat, found: Vec<Place>| {
            let paths = found.into_iter().filter_map(|place| Some(self.filled(at, &seat, path?, place)));
            Seat { rtl: paths.collect(), ..seat }
        };
        let seats = self.cores.iter().enumerate().flat_map(|(at, core)| match column.kind {
            Kind::Neuron => {
                let seat = core.neuron(column.index, place[0]);
                seat.map(|seat| with(at, seat, vec![Place::default()])).into_iter().collect()
            }
            Kind::Axon => match &places {
                Some(of) => {
                    let found = of.axons(core.core, column.index, [place[0], place[1]]);
                    let seat = (!found.is_empty()).then(|| core.seat(None));
                    seat.map(|seat| with(at, seat, found)).into_iter().collect()
                }
                None => core.reached(column.index).take(1).map(|_| core.seat(None)).collect(),
            },
            Kind::Tap => match &places {
                Some(of) => {
                    let blocks = of.tap(core.core, column.index, [place[0], place[1]]);
                    let seat = (!blocks.is_empty()).then(|| self.weights(core, column, None, Some(&blocks)));
                    seat.into_iter().collect()
                }
                None => core
                    .reached(column.index)
                    .take(1)
                    .map(|_| self.weights(core, column, None, None))
                    .collect(),
            },
            Kind::Synapse => {
                let found = places.as_ref().and_then(|of| of.synapse(core.core, column.index, place));
                let slices = core.reached(column.index).filter(|slice| slice.contains(place[1]));
                let slots = slices.map(|slice| Some(slice.slot(place[1])));
                let seats = slots.map(|slot| match found {
                    Some(found) => with(at, core.seat(slot), vec![found]),
                    None => self.weights(core, column, slot, None),
                });
                seats.collect::<Vec<Seat>>()
            }
        });
        seats.collect()
    }

    /// A path of the layout in the core at place `at`, with what its names stand for.
    fn filled(&self, at: usize, seat: &Seat, path: &str, of: Place) -> String {
        let nodes = &self.layout.nodes;
        let node = nodes.get(at).or(nodes.last()).map_or("", String::as_str);
        let [core, slot] = [seat.core, seat.slot.unwrap_or(0)].map(|number| number as usize);
        let numbers = [
            ("{core}", core),
            ("{slot}", slot),
            ("{block}", of.block),
            ("{axon}", of.axon),
            ("{entry}", of.entry),
        ];
        let fill = |path: String, (name, number): (&str, usize)| path.replace(name, &number.to_string());
        numbers.into_iter().fold(path.replace("{node}", node), fill)
    }

    /// A seat with the paths of the memories that hold a projection's weights there, where the record is a weight; of those
    /// of blocks, of `among` them alone.
    fn weights(&self, core: &Core, column: &Column, slot: Option<u32>, among: Option<&[usize]>) -> Seat {
        let is_weight = column.register.name == "W";
        let holds = |image: &&Image| {
            let block = image.block.and_then(|block| core.blocks.get(block));
            WEIGHTS.contains(&image.memory.as_str())
                && image.core == Some(core.core)
                && (image.block.is_none() || block.is_some_and(|block| block.projection == column.index))
                && image.block.zip(among).is_none_or(|(block, among)| among.contains(&block))
        };
        let images = self.images.iter().filter(|_| is_weight).filter(holds);
        Seat { rtl: images.filter_map(|image| image.rtl.clone()).collect(), ..core.seat(slot) }
    }
}

impl Core {
    fn seat(&self, slot: Option<u32>) -> Seat {
        Seat { core: self.core, slot, rtl: Vec::new() }
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
