//! Files: chips, networks and their weights, from text to integers, with errors that show the place.
//!
//! Two passes. *Parse*: RON, spelling, types; it stops at the first problem. *Check*: ranges, references, widths,
//! fit; problems are collected and shown together, each in the file that states the field. Formats are described
//! for their readers in `docs/formats.md`.
//!
//! Promises: no panic on any input; what is loaded holds every invariant that [`crate::network`] and
//! [`crate::chip`] state; generated weights and connections are pure functions of logical names.
//! Absent on purpose: placing and what needs it (`place`), experiments (the test bench reads those, with
//! [`parse`]).

mod bounds;
mod chip;
mod legal;
mod network;
mod synapses;
mod technology;
mod text;

pub use chip::presets::presets;
pub use legal::Illegal;
pub use network::legal::check as check_network;
pub use network::overrides::{NetworkOverrides, StoreOverride};
pub use technology::{Carried, load_technology, technologies};
pub use text::change::{Change, Root};
pub(crate) use text::decimal::{nearest_lane, show as show_lane};
pub use text::diagnostic::{Diagnostic, Diagnostics};
pub use text::parse::parse;
pub use text::read::{LONGEST_TEXT, open_lines, open_regular, read_bytes, read_text};
pub use text::read_log::{ReadLog, is_there, taken};
pub use text::source::{Place, SourceText};
pub use text::spelling::{nearest, nearest_first};
pub use text::write::write;

use crate::chip::Chip;
use crate::network::Network;
use chip::file::ChipFile;
use network::file::NetworkFile;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use text::change::noted;
use text::check::Check;
use text::layer::Opened;
use text::layers;
use text::spelling;

pub mod schema {
    //! What files state, as types: [`ChipFile`] and [`NetworkFile`], with all that they contain.
    //!
    //! A type is one file's statements, before inheritance and before any check; [`parse`](super::parse) reads it and
    //! [`write`](super::write) writes it. Numbers that become register lanes, and fields of several forms, are [`Raw`].
    pub use super::chip::cost_file::*;
    pub use super::chip::file::*;
    pub use super::chip::measured::{MeasuredFile, WidthsFile};
    pub use super::chip::noc::{LinkClassFile, NocFile, PacketChannelsFile, SeamFile};
    pub use super::network::decay::DecayFile;
    pub use super::network::file::*;
    pub use super::network::learning_file::*;
    pub use super::network::neuron::*;
    pub use super::network::parameter::*;
    pub use super::network::placement_file::*;
    pub use super::synapses::learning::*;
    pub use super::text::decimal::Raw;

    /// The JSON schema of chip files, for the form that `serde_json` gives a [`ChipFile`]: structures are objects, a
    /// choice with fields is an object of one, [`Raw`] is a string of RON.
    #[cfg(feature = "schemars")]
    #[must_use]
    pub fn chip_json_schema() -> schemars::Schema {
        schemars::schema_for!(ChipFile)
    }

    /// The JSON schema of network files; as [`chip_json_schema`].
    #[cfg(feature = "schemars")]
    #[must_use]
    pub fn network_json_schema() -> schemars::Schema {
        schemars::schema_for!(NetworkFile)
    }
}

/// Parses a text that is edited, or was made by [`changed`]: problems are shown where its parts come from.
///
/// # Errors
/// As [`parse`].
pub fn parse_source<T: DeserializeOwned>(source: &Arc<SourceText>) -> Result<T, Diagnostics> {
    text::parse::parse_source(source).map_err(Diagnostics::from)
}

/// The text of a file that extends no other, after `changes`, and its value.
///
/// # Errors
/// As [`parse`], of the file, or of what a change makes of it.
pub fn changed<T: DeserializeOwned>(
    source: &Arc<SourceText>,
    changes: &[&Change],
) -> Result<(T, Arc<SourceText>), Diagnostics> {
    text::changed::single(source, changes).map_err(Diagnostics::from)
}

/// Loads a chip: a preset's name, or the path of a chip file relative to `base_dir`.
///
/// # Errors
/// With everything that is wrong with the file or the files it extends.
pub fn load_chip(reference: &str, base_dir: &Path) -> Result<Chip, Diagnostics> {
    load_changed_chip(reference, base_dir, &[])
}

/// As [`load_chip`], after those of `changes` that are to a chip.
///
/// # Errors
/// As [`load_chip`], of the changed file.
pub fn load_changed_chip(reference: &str, base_dir: &Path, changes: &[Change]) -> Result<Chip, Diagnostics> {
    let first = open_chip(reference, base_dir)?;
    chip_of(first, stem(Path::new(reference)), changes)
}

/// Loads a chip from the text of a chip file; `name` is what problems are reported under.
///
/// # Errors
/// As [`load_chip`].
pub fn chip_from_text(name: &str, text: &str, base_dir: &Path) -> Result<Chip, Diagnostics> {
    changed_chip_from_text(name, text, base_dir, &[])
}

/// As [`chip_from_text`], after those of `changes` that are to a chip.
///
/// # Errors
/// As [`load_chip`], of the changed file.
pub fn changed_chip_from_text(
    name: &str,
    text: &str,
    base_dir: &Path,
    changes: &[Change],
) -> Result<Chip, Diagnostics> {
    let first = Opened { source: Arc::new(SourceText::new(name, text)), folder: base_dir.to_owned() };
    chip_of(first, stem(Path::new(name)), changes)
}

/// What a file without a `name` is called: its file name alone, so that no result depends on where it lies.
fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into())
}

fn chip_of(first: Opened, fallback_name: String, changes: &[Change]) -> Result<Chip, Diagnostics> {
    let changes = &of_root(changes, Root::Chip);
    let (layers, files) = layers::stack::<ChipFile>(first, changes, open_chip)?;
    let name = files.iter().take(layers.naming()).find_map(|file| file.name.clone());
    let Some(merged) = files.into_iter().reduce(ChipFile::over) else {
        return Err(Diagnostic::new("no chip file").into());
    };
    let mut check = Check::new(&layers);
    let chip = chip::resolve::resolve(&mut check, merged, name.unwrap_or(fallback_name));
    check.finish(chip).map_err(|problems| noted(problems, changes))
}

fn of_root(changes: &[Change], root: Root) -> Vec<&Change> {
    changes.iter().filter(|change| change.root() == root).collect()
}

/// Loads a network for `chip`, with the files it extends and the weight files it names.
///
/// # Errors
/// With everything that is wrong with them, or with the network on this chip.
pub fn load_network(path: &Path, chip: &Chip, overrides: &NetworkOverrides) -> Result<Network, Diagnostics> {
    let first = Opened::read(path).map_err(Diagnostic::new)?;
    network_of(first, stem(path), chip, overrides).map(|(network, _)| network)
}

/// Loads a network from the text of a network file; `name` is what problems are reported under, and files that
/// the text names are relative to `base_dir`.
///
/// # Errors
/// As [`load_network`].
pub fn network_from_text(
    name: &str,
    text: &str,
    base_dir: &Path,
    chip: &Chip,
    overrides: &NetworkOverrides,
) -> Result<Network, Diagnostics> {
    network_and_files(name, text, base_dir, chip, overrides).map(|(network, _)| network)
}

/// Loads a network from the value of a network file: from its text, in which problems are shown under `name`.
///
/// # Errors
/// As [`load_network`].
pub fn network_from_value(
    name: &str,
    value: &NetworkFile,
    base_dir: &Path,
    chip: &Chip,
    overrides: &NetworkOverrides,
) -> Result<Network, Diagnostics> {
    let text = write(value).map_err(|error| Diagnostic::new(format!("{name}: {error}")))?;
    network_from_text(name, &text, base_dir, chip, overrides)
}

/// As [`network_from_text`]; also the files that were read for it: those it extends, then weights and parameters.
///
/// # Errors
/// As [`load_network`].
pub fn network_and_files(
    name: &str,
    text: &str,
    base_dir: &Path,
    chip: &Chip,
    overrides: &NetworkOverrides,
) -> Result<(Network, Vec<PathBuf>), Diagnostics> {
    let first = Opened { source: Arc::new(SourceText::new(name, text)), folder: base_dir.to_owned() };
    network_of(first, stem(Path::new(name)), chip, overrides)
}

/// Where the text of a network file after `changes`, or a file that it extends or names, states what does not fit: its
/// `field` where one is named, else the population of this name. For problems that are found after loading.
#[must_use]
pub fn misfit_place(
    name: &str,
    text: &str,
    base_dir: &Path,
    changes: &[Change],
    (population, field): (&str, &str),
) -> Option<Place> {
    let first = Opened { source: Arc::new(SourceText::new(name, text)), folder: base_dir.to_owned() };
    let changes = &of_root(changes, Root::Network);
    let (layers, files) = layers::stack::<NetworkFile>(first, changes, open_network).ok()?;
    let merged = files.into_iter().reduce(NetworkFile::over)?;
    if let Some(file) = merged.placement.and_then(|placement| placement.file)
        && field.starts_with("placement.")
    {
        return network::placement::place_of(layers.folder("placement.file"), &file, field);
    }
    let field = if field.is_empty() {
        let index = merged.populations.iter().flatten().position(|p| p.name == population)?;
        format!("populations[{index}].name")
    } else {
        field.to_owned()
    };
    let (source, span) = layers.place(&field);
    Some(Place::new(source, span))
}

/// Opens a network file that another extends.
fn open_network(reference: &str, folder: &Path) -> Result<Opened, Diagnostic> {
    Opened::read(&folder.join(reference)).map_err(Diagnostic::new)
}

fn network_of(
    first: Opened,
    fallback_name: String,
    chip: &Chip,
    overrides: &NetworkOverrides,
) -> Result<(Network, Vec<PathBuf>), Diagnostics> {
    let changes = &of_root(&overrides.changes, Root::Network);
    let (layers, files) = layers::stack::<NetworkFile>(first, changes, open_network)?;
    let name = files.iter().take(layers.naming()).find_map(|file| file.name.clone()).unwrap_or(fallback_name);
    let Some(merged) = files.into_iter().reduce(NetworkFile::over) else {
        return Err(Diagnostic::new("no network file").into());
    };
    let mut check = Check::new(&layers);
    let network = network::resolve::resolve(&mut check, &merged, name, chip, overrides);
    let read = layers.bases().chain(check.data_files()).collect();
    check.finish((network, read)).map_err(|problems| noted(problems, changes))
}

/// Opens a preset, or else a file.
fn open_chip(reference: &str, base_dir: &Path) -> Result<Opened, Diagnostic> {
    if let Some((name, text)) = presets().iter().find(|(name, _)| *name == reference) {
        let source = Arc::new(SourceText::new(format!("<preset {name}>"), *text));
        return Ok(Opened { source, folder: PathBuf::new() });
    }
    Opened::read(&base_dir.join(reference)).map_err(|error| {
        let names = || presets().iter().map(|(name, _)| *name);
        let mut problem = Diagnostic::new(format!("no chip `{reference}`: {error}")).noted(
            "allowed",
            format!("the path of a chip file, or a preset: {}", spelling::listing(names())),
        );
        if let Some(near) = nearest(reference, names()) {
            problem = problem.noted("note", format!("did you mean `{near}`?"));
        }
        problem
    })
}
