//! A machine out of a folder: its memories are the images, its configuration and events those of the folder.
//!
//! Promises: every file is compared with its SHA-256 before it is used; images that were edited are taken where that is
//! asked for, and are named; what no machine can be built of is refused at its file and line. The machine is at reset.
//! Absent on purpose: what a run of it cost.

use super::entries::Entries;
use super::error::HardwareError;
use super::events::{Events, FILES};
use super::export::Configuration;
use super::images::MEMORIES;
use super::images::array::{Name, Part, Shape};
use super::images::blocks::{self, Placed};
use super::images::cores_read;
use super::images::pack::Geometry;
use super::images::source::Source;
use super::images::text::Words;
use super::layout::Organisation;
use super::manifest::{self, Image, Listed, Manifest, sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use synfire_chip::files::read_bytes;
use synfire_chip::memories::MemoryFault;
use synfire_chip::network::Network;
use synfire_chip::place::assemble::AssemblyError;
use synfire_chip::run::machine::Machine;

/// Longest file of a folder that is read: 4 GiB.
const LONGEST: u64 = 4 << 30;

/// What a folder holds.
pub struct Imported {
    /// The manifest.
    pub manifest: Manifest,
    /// The network without synapses.
    pub network: Network,
    /// The machine, at reset.
    pub machine: Machine,
    /// What happens in each step.
    pub events: Events,
    /// Images that are not as they were exported.
    pub edited: Vec<String>,
}

/// Reads a folder; `edited` takes images that are not as they were exported.
///
/// # Errors
/// [`HardwareError`] with file, line, what was found and what is allowed.
pub fn import(folder: &Path, edited: bool) -> Result<Imported, HardwareError> {
    let manifest = Manifest::read(folder)?;
    let mut images = Images::new(folder, &manifest, edited);
    for listed in manifest.events.iter().chain([&manifest.configuration]) {
        // An edit of what is not read would be lost in silence.
        let may = edited && FILES.contains(&listed.file.as_str());
        images.content(listed, may)?;
    }
    let path = folder.join(&manifest.configuration.file);
    let Configuration { chip, network } = Configuration::read(&path)?;
    images.expect_places(&network)?;
    images.network = Some(&network);
    let memories = match manifest.layout.organisation {
        Organisation::Blocks if !manifest.parameters.is_empty() => {
            return Err(images.wrong("parameters of an RTL", "none: the layout is of `Blocks`"));
        }
        Organisation::Blocks => blocks::read(&mut images, &manifest.cores, &network, &chip)?,
        Organisation::Cores => {
            cores_read::read(&mut images, &manifest.cores, &network, &manifest.parameters)?
        }
    };
    images.expect_placed(blocks::placed(&memories, &network))?;
    let machine = Machine::of_memories(&network, &chip, &manifest.sum_bits, memories);
    let mut machine = machine.map_err(|error| images.assembly(error))?;
    let steps = u32::try_from(manifest.about.steps).map_err(|_| {
        let found = format!("{} steps", manifest.about.steps);
        HardwareError::form(&folder.join(manifest::FILE), found, format!("0..={} steps", u32::MAX))
    })?;
    let events = Events::read(folder, &network, steps)?;
    for (index, (population, bits)) in network.populations.iter().zip(&manifest.sum_bits).enumerate() {
        let largest = events.largest_current(index);
        machine.announce_currents_beside(*bits, index, largest).map_err(|most| {
            let found = format!("currents of `{}` of {largest} in one step", population.name);
            let allowed = format!("up to {most} beside its synapses");
            HardwareError::form(&folder.join(FILES[2]), found, allowed)
        })?;
    }
    let edited = std::mem::take(&mut images.edited);
    Ok(Imported { network, machine, events, edited, manifest })
}

/// The images of a folder, as memories ask for them.
struct Images<'a> {
    folder: &'a Path,
    manifest: &'a Manifest,
    /// The network, once it is read.
    network: Option<&'a Network>,
    /// The banks of each memory.
    by_name: BTreeMap<Name, Vec<&'a Image>>,
    /// What was asked for.
    shapes: Vec<Shape>,
    may_be_edited: bool,
    edited: Vec<String>,
}

fn name(image: &Image) -> Option<Name> {
    let memory = MEMORIES.into_iter().find(|memory| *memory == image.memory)?;
    let part = match (image.slice, image.block, image.input) {
        (Some(at), _, _) => Part::Slice(at),
        (_, Some(at), _) => Part::Block(at),
        (_, _, Some(at)) => Part::Input(at),
        _ => Part::Whole,
    };
    Some(Name { core: image.core, part, memory })
}

impl<'a> Images<'a> {
    fn new(folder: &'a Path, manifest: &'a Manifest, may_be_edited: bool) -> Self {
        let mut by_name: BTreeMap<Name, Vec<&Image>> = BTreeMap::new();
        for image in &manifest.images {
            if let Some(name) = name(image) {
                by_name.entry(name).or_default().push(image);
            }
        }
        let (shapes, edited) = (Vec::new(), Vec::new());
        Self { folder, manifest, network: None, by_name, shapes, may_be_edited, edited }
    }

    /// What is wrong with the manifest.
    fn wrong(&self, found: impl Into<String>, allowed: impl Into<String>) -> HardwareError {
        HardwareError::form(&self.folder.join(manifest::FILE), found, allowed)
    }

    /// Cores, slices and blocks must be of the network, before anything is looked up by them.
    fn expect_places(&self, network: &Network) -> Result<(), HardwareError> {
        for placed in &self.manifest.cores {
            let core = placed.core;
            for slice in &placed.slices {
                if slice.population as usize >= network.populations.len() {
                    let found = format!("population {} in core {core}", slice.population);
                    return Err(self.wrong(found, format!("0..{}", network.populations.len())));
                }
            }
            for block in &placed.blocks {
                let known = (block.projection as usize) < network.projections.len();
                if !known || block.slice >= placed.slices.len() {
                    let found =
                        format!("projection {} onto slice {} in core {core}", block.projection, block.slice);
                    return Err(self.wrong(found, "a projection of the network and a slice of the core"));
                }
            }
        }
        let cores = self.manifest.cores.iter().map(|placed| placed.core);
        if !cores.is_sorted_by(|a, b| a < b) {
            return Err(self.wrong("cores in another order", "each core once, ascending"));
        }
        Ok(())
    }

    /// What cores hold must be what the manifest says, names and slots included.
    fn expect_placed(&self, mut placed: Vec<Placed>) -> Result<(), HardwareError> {
        // Memories of `Cores` hold every row dense, however the simulator kept it.
        if self.manifest.layout.organisation == Organisation::Cores {
            let blocks = placed.iter_mut().flat_map(|held| &mut held.blocks);
            let stated = self.manifest.cores.iter().flat_map(|stated| &stated.blocks);
            blocks.zip(stated).for_each(|(held, stated)| held.rows = stated.rows);
        }
        match self.manifest.cores.iter().zip(&placed).find(|(stated, held)| stated != held) {
            None => Ok(()),
            Some((stated, held)) => {
                let shown = |placed: &Placed| serde_json::to_string(placed).unwrap_or_default();
                let allowed = format!("{}, as its memories have it", shown(held));
                Err(self.wrong(format!("core {} with {}", stated.core, shown(stated)), allowed))
            }
        }
    }

    /// The content of a listed file.
    fn content(&mut self, listed: &Listed, may_be_edited: bool) -> Result<(PathBuf, Vec<u8>), HardwareError> {
        let path = self.folder.join(&listed.file);
        let content = read_bytes(&path, LONGEST).map_err(HardwareError::io(&path, "read"))?;
        let found = sha256(&content);
        if found != listed.sha256 {
            if !may_be_edited {
                let read = self.manifest.images.iter().any(|image| image.listed == *listed)
                    || FILES.contains(&listed.file.as_str());
                let hint = if read {
                    ", or `--edited`, which takes edited images and events (`*.csv`)"
                } else {
                    "; an import does not read what stands in it"
                };
                let hint = if *listed == self.manifest.configuration { "" } else { hint };
                let allowed = format!(
                    "{}, as {} has it: the file as it was exported{hint}",
                    listed.sha256,
                    manifest::FILE
                );
                return Err(HardwareError::form(&path, format!("SHA-256 {found}"), allowed));
            }
            self.edited.push(listed.file.clone());
        }
        Ok((path, content))
    }

    /// How a memory lies in its files, which the manifest must agree with.
    fn geometry(&self, shape: &Shape) -> Result<(Geometry, Vec<&'a Image>), HardwareError> {
        let layout = &self.manifest.layout;
        let packing = layout.packing(shape.name.memory);
        let geometry = Geometry::new(shape, &packing, &layout.name)?;
        let mut images = self.by_name.get(&shape.name).cloned().unwrap_or_default();
        images.sort_by_key(|image| image.bank.0);
        let index = |image: &Image| {
            let own = image.index.iter().map(|(name, count)| (name.as_str(), *count));
            own.eq(shape.index.iter().copied())
        };
        let agrees = images.len() == packing.banks
            && images.iter().enumerate().all(|(bank, image)| {
                image.bank == (bank, packing.banks) && image.words == geometry.words_of(bank) && index(image)
            });
        if !agrees {
            let counts: Vec<String> =
                shape.index.iter().map(|(name, count)| format!("{count} ({name})")).collect();
            let allowed =
                format!("{} banks of {} words in all: {}", packing.banks, geometry.words, counts.join(" x "));
            let found = format!("{} files of {} that are not as large", images.len(), shape.name);
            return Err(self.wrong(found, allowed));
        }
        if let Some(network) = self.network {
            let entries = Entries { layout, network, placed: &self.manifest.cores };
            for (bank, image) in images.iter().enumerate() {
                let own = entries.image(shape, (&geometry, &packing), bank, image.listed.clone());
                if own != **image {
                    let shown = |image: &Image| serde_json::to_string(image).unwrap_or_default();
                    let allowed = format!("{}, as layout `{}` has it", shown(&own), layout.name);
                    return Err(self.wrong(format!("an image {}", shown(image)), allowed));
                }
            }
        }
        Ok((geometry, images))
    }

    /// What is wrong with memories that were read, at its line where it has one.
    fn assembly(&self, error: AssemblyError) -> HardwareError {
        let AssemblyError::Word(fault) = &error else {
            return self.wrong(error.to_string(), "memories that fit together");
        };
        let MemoryFault { core, part, memory, word, found, allowed } = fault.clone();
        let of = |name: Name| {
            let part_of = match name.part {
                Part::Block(at) => at == part && name.core == u16::try_from(core).ok(),
                Part::Input(at) => at == core as usize,
                Part::Whole | Part::Slice(_) => name.core == u16::try_from(core).ok(),
            };
            name.memory == memory && part_of
        };
        match self.shapes.iter().find(|shape| of(shape.name)) {
            Some(shape) => self.refuse(shape, word, found, allowed),
            None => self.wrong(error.to_string(), allowed),
        }
    }
}

impl Source for Images<'_> {
    fn counts(&self, name: Name) -> Result<Vec<usize>, HardwareError> {
        let image = self.by_name.get(&name).and_then(|images| images.first());
        let image = image.ok_or_else(|| self.wrong(format!("no image of {name}"), "one, or one a bank"))?;
        let counts: Vec<usize> = image.index.iter().map(|(_, count)| *count).collect();
        // A file of as many words is as long at least.
        let lanes = self.manifest.layout.packing(name.memory).lanes as u64;
        let all = counts.iter().try_fold(1u64, |all, count| all.checked_mul(*count as u64));
        if counts.is_empty() || all.is_none_or(|all| all / lanes > LONGEST) {
            return Err(self.wrong(
                format!("{name} of {counts:?} elements"),
                "one or two numbers, of the network's size",
            ));
        }
        Ok(counts)
    }

    fn read(&mut self, shape: &Shape) -> Result<Vec<i64>, HardwareError> {
        let (geometry, images) = self.geometry(shape)?;
        let mut contents = Vec::new();
        for image in images {
            let (path, content) = self.content(&image.listed, self.may_be_edited)?;
            if image.words > content.len() {
                let found = format!("{} bytes", content.len());
                return Err(HardwareError::form(&path, found, format!("{} words, a line each", image.words)));
            }
            contents.push((path, content));
        }
        let mut values = vec![0; shape.elements() * shape.fields.len()];
        for (bank, (path, content)) in contents.iter().enumerate() {
            geometry.read(shape, bank, (path, content), &mut values)?;
        }
        self.shapes.push(shape.clone());
        Ok(values)
    }

    fn refuse(&self, shape: &Shape, element: usize, found: String, allowed: String) -> HardwareError {
        let Ok((geometry, images)) = self.geometry(shape) else { return self.wrong(found, allowed) };
        let (bank, address) = geometry.place(element.min(shape.elements().saturating_sub(1)));
        let Some(image) = images.get(bank) else { return self.wrong(found, allowed) };
        let path = self.folder.join(&image.listed.file);
        let content = read_bytes(&path, LONGEST).unwrap_or_default();
        let mut words = Words::new(&path, &content, geometry.word_bits());
        let mut limbs = vec![0; geometry.word_bits().div_ceil(64).max(1)];
        for _ in 0..=address {
            if !words.next_into(&mut limbs).unwrap_or(false) {
                break;
            }
        }
        words.refuse(found, allowed)
    }
}
