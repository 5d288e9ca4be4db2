//! `manifest.json`: what lies in an exported folder.
//!
//! Promises: every other file of the folder is listed with its SHA-256; another format, or another major version of the
//! contract, is refused before anything else is read. Absent on purpose: what the files hold (`images`, `events`).

use super::error::HardwareError;
use super::images::blocks::Placed;
use super::layout::Layout;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use synfire_chip::files::read_bytes;
use synfire_chip::run::checkpoint::hex;
use synfire_core::ARITH_SPEC;

/// Its name.
pub const FILE: &str = "manifest.json";
/// Format name that every manifest states.
pub const FORMAT: &str = "synfire-images/1";
/// Longest manifest that is read.
const LONGEST: u64 = 256 << 20;

/// What lies in an exported folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// Version of the arithmetic contract.
    pub contract: String,
    /// Version of the program that wrote it.
    pub program: String,
    /// What was exported.
    pub about: About,
    /// How the words lie.
    pub layout: Layout,
    /// Parameters of the RTL, where the layout has them.
    pub parameters: BTreeMap<String, i64>,
    /// Which neuron and which axons sit where.
    pub cores: Vec<Placed>,
    /// Proven bits of the dendritic sums of each population.
    pub sum_bits: Vec<u32>,
    /// The images.
    pub images: Vec<Image>,
    /// Chip and network without what the images hold.
    pub configuration: Listed,
    /// Stimuli, control events, currents, and whatever else the layout asks for.
    pub events: Vec<Listed>,
}

/// What was exported.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct About {
    /// Title of the experiment.
    pub experiment: String,
    /// Name of its row.
    pub row: String,
    /// Seed.
    pub seed: u32,
    /// Steps of the stimulus.
    pub steps: u64,
    /// What the stimulus is, in words.
    pub stimulus: String,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Path below the folder.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// One file of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Path below the folder, and SHA-256.
    #[serde(flatten)]
    pub listed: Listed,
    /// Kind of memory.
    pub memory: String,
    /// Core; none: the host.
    pub core: Option<u16>,
    /// Slice of the core, where it is one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<usize>,
    /// Block of the core, where it is one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<usize>,
    /// Input, where it is one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<usize>,
    /// Population or projection, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Indices, the last the fastest in the memory: name and how many.
    pub index: Vec<(String, usize)>,
    /// Fields of an element.
    pub fields: Vec<ImageField>,
    /// Bits of a word.
    pub word_bits: usize,
    /// Words of this file.
    pub words: usize,
    /// Which bank of how many.
    pub bank: (usize, usize),
    /// Hierarchical path of the memory in the RTL, for loads by the back door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtl: Option<String>,
}

/// A field of an element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageField {
    /// Name.
    pub name: String,
    /// Format of its register, such as `s16.14`.
    pub format: String,
    /// Lowest bit of it in an element.
    pub offset: u32,
    /// Bits of it in an element.
    pub bits: u32,
    /// Whether it has a sign; how that is coded, the layout says.
    pub signed: bool,
}

impl Listed {
    /// The entry of a file with this content.
    #[must_use]
    pub fn new(file: impl Into<String>, content: &[u8]) -> Self {
        Self { file: file.into(), sha256: sha256(content) }
    }
}

/// SHA-256 in hexadecimal digits.
#[must_use]
pub fn sha256(content: &[u8]) -> String {
    hex(&Sha256::digest(content).into())
}

impl Manifest {
    /// Reads the manifest of a folder.
    ///
    /// # Errors
    /// When there is none, or it is another's: of another format, of another contract.
    pub fn read(folder: &Path) -> Result<Self, HardwareError> {
        let path = folder.join(FILE);
        let bytes = read_bytes(&path, LONGEST).map_err(HardwareError::io(&path, "read"))?;
        // What is of another version may have other fields.
        #[derive(Deserialize)]
        struct Head {
            format: String,
            contract: String,
        }
        let damaged = |error: serde_json::Error| {
            let (line, found) = (error.line(), error.to_string());
            let allowed = "a manifest as `synfire export` writes it".to_owned();
            HardwareError::Line { path: path.clone(), line, found, allowed }
        };
        let head: Head = serde_json::from_slice(&bytes).map_err(damaged)?;
        if head.format != FORMAT {
            return Err(HardwareError::form(&path, format!("format `{}`", head.format), FORMAT));
        }
        if head.contract.split('.').next() != ARITH_SPEC.split('.').next() {
            let found = format!("arithmetic contract {}", head.contract);
            let allowed = format!(
                "a contract of the same major version as {ARITH_SPEC}, which this program implements"
            );
            return Err(HardwareError::form(&path, found, allowed));
        }
        serde_json::from_slice(&bytes).map_err(damaged)
    }

    /// Every file that the folder has beside this one.
    pub fn files(&self) -> impl Iterator<Item = &Listed> {
        let images = self.images.iter().map(|image| &image.listed);
        images.chain([&self.configuration]).chain(&self.events)
    }

    /// Every file of the folder with `others`, in the order in which they may be put in their places: the manifest last, so
    /// that where it is, all is.
    #[must_use]
    pub fn published(&self, others: impl IntoIterator<Item = String>) -> Vec<String> {
        let listed = self.files().map(|listed| listed.file.clone());
        listed.chain(others).chain([FILE.to_owned()]).collect()
    }
}
