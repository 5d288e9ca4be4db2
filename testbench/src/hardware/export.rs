//! A folder out of a machine: images of its memories, the manifest, configuration and events.
//!
//! Promises: the words are those of the machine's memories; an array is in memory at a time, and a step's events; two
//! memories never share a file. Absent on purpose: where machine and events come from.

use super::bench::{self, BenchWriter};
use super::entries::Entries;
use super::error::HardwareError;
use super::events::{self, EventWriter};
use super::images::array::Array;
use super::images::blocks;
use super::images::cores::{self, Parameters};
use super::images::pack::Geometry;
use super::layout::{Layout, Organisation};
use super::manifest::{self, About, Image, Listed, Manifest};
use super::register_files::{self, Formats};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::{Illegal, check_network, read_bytes};
use synfire_chip::memories;
use synfire_chip::network::Network;
use synfire_chip::place::build::sum_bits;
use synfire_chip::run::machine::Machine;
use synfire_chip::run::program::StepEvents;
use synfire_core::ARITH_SPEC;
use synfire_core::format::Format;

/// File of the configuration.
pub const CONFIGURATION: &str = "configuration.json";

/// Longest configuration that is read: 4 GiB.
const LONGEST_CONFIGURATION: u64 = 4 << 30;

/// Files of the register map: SystemRDL, and a SystemVerilog package.
const REGISTERS: [&str; 2] = ["registers.rdl", "synfire_registers_pkg.sv"];

/// Chip and network without what the images hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Configuration {
    /// Chip.
    pub chip: Chip,
    /// Network without synapses.
    pub network: Network,
}

impl Configuration {
    /// Reads the one of a folder: chip and network hold what those of files do.
    ///
    /// # Errors
    /// With the line where it is none, or the field that no chip and no network has so.
    pub fn read(path: &Path) -> Result<Self, HardwareError> {
        let text = read_bytes(path, LONGEST_CONFIGURATION).map_err(HardwareError::io(path, "read"))?;
        let read: Self = serde_json::from_slice(&text).map_err(|error| {
            let (line, found) = (error.line(), error.to_string());
            let allowed = "a configuration as `synfire export` writes it".to_owned();
            HardwareError::Line { path: path.to_path_buf(), line, found, allowed }
        })?;
        check_network(&read.network, &read.chip).map_err(|Illegal { field, found, allowed }| {
            HardwareError::form(path, format!("`{field}`: {found}"), allowed)
        })?;
        Ok(read)
    }
}

/// What is exported.
pub struct Exported<'a> {
    /// Network, with its synapses.
    pub network: &'a Network,
    /// The machine that it was built into.
    pub machine: &'a Machine,
    /// What happens in each step.
    pub events: &'a mut dyn FnMut(u64) -> StepEvents,
    /// Names.
    pub about: About,
}

/// Writes a folder.
///
/// # Errors
/// When the layout cannot hold a memory, or a file cannot be written.
pub fn export(folder: &Path, what: Exported<'_>, layout: &Layout) -> Result<Manifest, HardwareError> {
    let Exported { network, machine, events: program, about } = what;
    let memories = machine.memories();
    let placed = blocks::placed(&memories, network);
    let (list, taken) = (Vec::new(), own_files());
    let entries = Entries { layout, network, placed: &placed };
    let mut images = Images { folder, entries, list, taken };
    let mut parameters = Parameters::new();
    let mut bench = None;
    match layout.organisation {
        Organisation::Blocks => {
            blocks::each(&memories, network, &machine.chip, &mut |array| images.write(array))?;
        }
        Organisation::Cores => {
            parameters = cores::parameters(&memories, network, layout.packing("synapses").lanes)?;
            cores::each(&memories, network, &machine.chip, &parameters, &mut |array| images.write(array))?;
            bench = Some(BenchWriter::create(folder, &memories, network)?);
        }
    }
    let mut writer = EventWriter::create(folder)?;
    for step in 0..about.steps {
        let happens = program(step);
        writer.push(step, &happens)?;
        bench.iter_mut().try_for_each(|bench| bench.push(step, &happens))?;
    }
    let mut written = writer.finish()?;
    if let Some(bench) = bench {
        written.extend(bench.finish()?);
        written.push(bench::parameters(folder, &parameters)?);
        written.extend(bench::header(folder, &memories, network, about.steps)?);
        written.extend(registers(folder, network)?);
    }
    let configuration =
        Configuration { chip: machine.chip.clone(), network: memories::configuration(network) };
    let text = serde_json::to_string_pretty(&configuration)
        .map_err(|error| HardwareError::Run(format!("{CONFIGURATION}: {error}")))?;
    write(folder, CONFIGURATION, text.as_bytes())?;
    let manifest = Manifest {
        format: manifest::FORMAT.to_owned(),
        contract: ARITH_SPEC.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        about,
        layout: layout.clone(),
        parameters,
        sum_bits: (0..network.populations.len()).map(|population| sum_bits(network, population)).collect(),
        images: images.list,
        cores: placed,
        configuration: Listed::new(CONFIGURATION, text.as_bytes()),
        events: written,
    };
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| HardwareError::Run(format!("{}: {error}", manifest::FILE)))?;
    write(folder, manifest::FILE, text.as_bytes())?;
    Ok(manifest)
}

/// Files that every export has, or that of some organisation.
fn own_files() -> BTreeSet<String> {
    let fixed = [manifest::FILE, CONFIGURATION, REGISTERS[0], REGISTERS[1]];
    let names = fixed.into_iter().chain(events::FILES).chain(bench::FILES);
    names.map(str::to_owned).collect()
}

/// Writes the register map.
fn registers(folder: &Path, network: &Network) -> Result<Vec<Listed>, HardwareError> {
    let datapath = &network.datapath;
    let formats = Formats {
        state: Format::signed(datapath.state_width, datapath.state_fraction),
        error: network.learning.error,
        decay_fraction: datapath.decay_fraction,
    };
    let mut written = Vec::new();
    for (name, text) in [
        (REGISTERS[0], register_files::system_rdl(&formats)),
        (REGISTERS[1], register_files::package(&formats)),
    ] {
        write(folder, name, text.as_bytes())?;
        written.push(Listed::new(name, text.as_bytes()));
    }
    Ok(written)
}

fn write(folder: &Path, name: &str, content: &[u8]) -> Result<(), HardwareError> {
    let path = folder.join(name);
    fs::write(&path, content).map_err(HardwareError::io(&path, "write"))
}

/// The images while they are written.
struct Images<'a> {
    folder: &'a Path,
    entries: Entries<'a>,
    list: Vec<Image>,
    taken: BTreeSet<String>,
}

impl Images<'_> {
    fn write(&mut self, array: Array) -> Result<(), HardwareError> {
        let name = array.shape.name;
        let layout = self.entries.layout;
        let packing = layout.packing(name.memory);
        let geometry = Geometry::new(&array.shape, &packing, &layout.name)?;
        for (bank, text) in geometry.write(&array).iter().enumerate() {
            let file = self.entries.named(&packing.file, name, bank);
            if !self.taken.insert(file.clone()) {
                return Err(HardwareError::Unsupported {
                    layout: layout.name.clone(),
                    what: name.to_string(),
                    found: format!("file `{file}`, which another memory or the export itself has"),
                    allowed: "names with {place} or {core}, {memory}, {part} and {bank}".to_owned(),
                });
            }
            if let Some(above) = self.folder.join(&file).parent() {
                fs::create_dir_all(above).map_err(HardwareError::io(above, "make"))?;
            }
            write(self.folder, &file, text)?;
            let listed = Listed::new(file, text);
            self.list.push(self.entries.image(&array.shape, (&geometry, &packing), bank, listed));
        }
        Ok(())
    }
}
