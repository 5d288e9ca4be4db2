//! How the words of memories lie in files: a team's own organisation, stated in RON.
//!
//! Fields are described in `docs/formats.md`, "Layouts". Promises: what a layout states is checked before anything is
//! written, and shown in its file; every statement holds for all memories (`all`) or for one kind (`memories`), the
//! latter first. Absent on purpose: which memories there are (`images`).

use super::error::HardwareError;
use super::images::{MEMORIES, OF_CORES, OF_CORES_ALONE};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use synfire_chip::files::{self, Diagnostic, Diagnostics, SourceText};

/// Format name that every layout states.
pub const FORMAT: &str = "synfire-layout/1";
/// Layouts that the program carries.
pub const CARRIED: [(&str, &str); 2] =
    [("synfire", include_str!("../../layouts/synfire.ron")), ("rtl", include_str!("../../layouts/rtl.ron"))];
/// Most elements of a word, and most banks.
const MOST: u32 = 1024;
/// Most bits of a field, and of an element.
const MOST_BITS: [u8; 2] = [48, 64];

/// A layout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// [`FORMAT`].
    pub format: String,
    /// Its name, for messages.
    pub name: String,
    /// Which memories there are.
    #[serde(default)]
    pub organisation: Organisation,
    /// What `{node}` stands for in the paths of each core, by its place among the cores in use; where there are more cores,
    /// the last.
    #[serde(default)]
    pub nodes: Vec<String>,
    /// Hierarchical path of registers of neurons by their names in `docs/arithmetic.md`, 11.1, with `{node}`, `{core}`,
    /// `{slot}`: where `synfire diff` says a difference is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub registers: BTreeMap<String, String>,
    /// The same of registers of axons, with `{block}` and `{axon}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub axon_registers: BTreeMap<String, String>,
    /// The same of registers of synapses, with `{block}`, `{axon}`, `{slot}` and `{entry}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub synapse_registers: BTreeMap<String, String>,
    /// What holds of every memory.
    #[serde(default)]
    pub all: Stated,
    /// What holds of a kind of memory, by its name.
    #[serde(default)]
    pub memories: BTreeMap<String, Stated>,
}

/// Which memories a core has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Organisation {
    /// One set for each slice of a population and each block of axons, as the cores of the simulator hold them.
    #[default]
    Blocks,
    /// One set a core, rows dense, as in `testbench/rtl`.
    Cores,
}

impl Organisation {
    /// The names of the memories.
    fn memories(self) -> Vec<&'static str> {
        match self {
            Self::Blocks => MEMORIES.into_iter().filter(|memory| !OF_CORES_ALONE.contains(memory)).collect(),
            Self::Cores => OF_CORES.to_vec(),
        }
    }
}

/// What a layout states of a memory; what is left out is the default of [`Packing`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stated {
    /// File, with `{memory}`, `{place}` (`core3`, `host`), `{core}`, `{part}` (`_block0`) and `{bank}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Hierarchical path, with `{node}` too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtl: Option<String>,
    /// Elements of a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lanes: Option<u32>,
    /// Where the first element of a word is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<First>,
    /// Whether a row begins a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<RowsOf>,
    /// Order of the indices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Files that the words are spread over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banks: Option<u32>,
    /// Which word is in which bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_by: Option<BankBy>,
    /// How negative numbers are coded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign: Option<Sign>,
    /// Bits of each field of an element, from the lowest on: `[("pre", 25), ("delay", 6)]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<(String, u8)>>,
}

/// Which bits of a word the first of its elements has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum First {
    /// The lowest.
    #[default]
    Low,
    /// The highest.
    High,
}

/// Whether elements of two rows share a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowsOf {
    /// They may.
    #[default]
    Packed,
    /// Every row begins a word.
    Aligned,
    /// A word is a row, whatever its length; `lanes` is not looked at.
    Whole,
}

/// Order of the indices of a memory that has two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// The last index is the fastest: neurons of an axon, channels of a neuron.
    #[default]
    LastFastest,
    /// The first index is the fastest: axons of a neuron.
    FirstFastest,
}

/// Which word is in which bank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BankBy {
    /// Words in turn: word w is in bank `w mod banks`.
    #[default]
    LowBits,
    /// Words that follow one another, as many in each bank but for the last.
    HighBits,
}

/// How a signed number is coded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sign {
    /// Two's complement.
    #[default]
    TwosComplement,
    /// The sign in the highest bit, the magnitude in the others.
    SignMagnitude,
    /// The number plus half of the range.
    Offset,
}

/// How one memory lies in files: everything said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packing {
    /// File.
    pub file: String,
    /// Hierarchical path, where there is one.
    pub rtl: Option<String>,
    /// Elements of a word.
    pub lanes: usize,
    /// Where the first of them is.
    pub first: First,
    /// Whether a row begins a word.
    pub rows: RowsOf,
    /// Order of the indices.
    pub order: Order,
    /// Files.
    pub banks: usize,
    /// Which word is where.
    pub bank_by: BankBy,
    /// Coding of negative numbers.
    pub sign: Sign,
    /// Bits of each field, where they are stated.
    pub fields: Option<Vec<(String, u8)>>,
}

impl Layout {
    /// A carried layout by its name, or that of a file.
    ///
    /// # Errors
    /// When there is none, or with what is wrong with it.
    pub fn open(reference: &str) -> Result<Self, HardwareError> {
        if let Some((name, text)) = CARRIED.iter().find(|(name, _)| *name == reference) {
            return Ok(Self::parse(&format!("<layout {name}>"), text)?);
        }
        let text = files::read_text(Path::new(reference)).map_err(|error| {
            let names = CARRIED.map(|(name, _)| name);
            let problem = Diagnostic::new(format!("no layout `{reference}`: {error}"));
            let problem = match files::nearest(reference, names) {
                Some(near) => problem.noted("help", format!("did you mean `{near}`?")),
                None => problem,
            };
            Diagnostics::from(
                problem.noted("allowed", format!("a file, or a carried layout: {}", names.join(", "))),
            )
        })?;
        Ok(Self::parse(reference, &text)?)
    }

    /// Reads and checks a text.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn parse(name: &str, text: &str) -> Result<Self, Diagnostics> {
        let layout: Self = files::parse(name, text)?;
        let source = std::sync::Arc::new(SourceText::new(name, text));
        let problem = |field: &str, title: String, allowed: String| {
            let problem = Diagnostic::new(title);
            let problem = match source.locate(field) {
                Some(span) => problem.at(&source, span),
                None => problem,
            };
            problem.noted("allowed", allowed)
        };
        let mut problems = Vec::new();
        if layout.all.fields.is_some() {
            let title = "all: `fields` of every memory at once".to_owned();
            problems.push(problem(
                "all.fields",
                title,
                "`fields` of one kind of memory, in `memories`".to_owned(),
            ));
        }
        if layout.format != FORMAT {
            problems.push(problem(
                "format",
                format!("unknown format `{}`", layout.format),
                FORMAT.to_owned(),
            ));
        }
        for memory in layout.memories.keys() {
            let known = layout.organisation.memories();
            if MEMORIES.contains(&memory.as_str()) && !known.contains(&memory.as_str()) {
                let title =
                    format!("no core of organisation `{:?}` has a memory `{memory}`", layout.organisation);
                problems.push(problem(&format!("memories.{memory}"), title, known.join(", ")));
            }
            if !MEMORIES.contains(&memory.as_str()) {
                let near = files::nearest(memory, MEMORIES)
                    .map_or_else(String::new, |near| format!("did you mean `{near}`?"));
                let found = problem("memories", format!("unknown memory `{memory}`"), MEMORIES.join(", "));
                problems.push(found.labelled(near));
            }
        }
        for Registers { field, of, known, ports, names } in REGISTERS {
            for (register, path) in layout.paths(field) {
                let field = format!("{field}.{register}");
                let is_known = known.contains(&register.as_str()) || ports && is_port(register);
                if !is_known {
                    let title = format!("unknown register `{register}` of {of}");
                    let ports = if ports { ", `D0`, `D1`, .." } else { "" };
                    problems.push(problem(&field, title, known.join(", ") + ports));
                }
                if let Some(unknown) = unknown_name(path, names) {
                    problems.push(problem(&field, format!("unknown `{unknown}`"), names.join(", ")));
                }
            }
        }
        let stated = layout.memories.iter().map(|(name, stated)| (format!("memories.{name}"), stated));
        for (at, stated) in std::iter::once(("all".to_owned(), &layout.all)).chain(stated) {
            for (field, title, allowed) in stated.wrong() {
                problems.push(problem(&format!("{at}.{field}"), format!("{at}: {title}"), allowed));
            }
        }
        Diagnostics::or(problems, layout)
    }

    /// The paths of one of [`REGISTERS`].
    fn paths(&self, field: &str) -> &BTreeMap<String, String> {
        match field {
            "registers" => &self.registers,
            "axon_registers" => &self.axon_registers,
            _ => &self.synapse_registers,
        }
    }

    /// How the memories of a kind lie.
    #[must_use]
    pub fn packing(&self, memory: &str) -> Packing {
        let own = self.memories.get(memory);
        fn said<T: Clone>(own: Option<&Option<T>>, all: &Option<T>) -> Option<T> {
            own.cloned().flatten().or_else(|| all.clone())
        }
        macro_rules! of {
            ($field:ident) => {
                said(own.map(|own| &own.$field), &self.all.$field)
            };
        }
        Packing {
            file: of!(file).unwrap_or_else(|| default_file(of!(banks))),
            rtl: of!(rtl),
            lanes: of!(lanes).map_or(1, |lanes| lanes as usize),
            first: of!(first).unwrap_or_default(),
            rows: of!(rows).unwrap_or_default(),
            order: of!(order).unwrap_or_default(),
            banks: of!(banks).map_or(1, |banks| banks as usize),
            bank_by: of!(bank_by).unwrap_or_default(),
            sign: of!(sign).unwrap_or_default(),
            fields: own.and_then(|own| own.fields.clone()),
        }
    }
}

/// Names that stand for something in a file and in a path of the RTL.
const NAMES: [&str; 6] = ["{memory}", "{place}", "{core}", "{part}", "{bank}", "{node}"];

/// A field with paths of registers.
struct Registers {
    field: &'static str,
    /// What has the registers.
    of: &'static str,
    known: &'static [&'static str],
    /// Whether dendritic sums are among them.
    ports: bool,
    /// Names that stand for something in a path.
    names: &'static [&'static str],
}

/// Registers that there is one of for each neuron, each axon, each synapse.
const REGISTERS: [Registers; 3] = [
    Registers {
        field: "registers",
        of: "neurons",
        known: &["I", "U", "C", "S", "R", "A", "T", "F", "E", "E1", "E2", "L", "K", "G", "N", "MQ", "MP"],
        ports: true,
        names: &["{node}", "{core}", "{slot}"],
    },
    Registers {
        field: "axon_registers",
        of: "axons",
        known: &["V", "Q", "P"],
        ports: false,
        names: &["{node}", "{core}", "{block}", "{axon}"],
    },
    Registers {
        field: "synapse_registers",
        of: "synapses",
        known: &["W", "E1", "E2", "X", "N"],
        ports: false,
        names: &["{node}", "{core}", "{block}", "{axon}", "{slot}", "{entry}"],
    },
];

fn is_port(register: &str) -> bool {
    let digits = register.strip_prefix('D').unwrap_or_default();
    digits.parse::<u16>().is_ok_and(|port| port.to_string() == digits)
}

/// The first name in braces that is none of these.
fn unknown_name<'p>(pattern: &'p str, names: &[&str]) -> Option<&'p str> {
    let begins = pattern.match_indices('{').map(|(at, _)| &pattern[at..]);
    let mut found = begins.map(|rest| rest.find('}').map_or(rest, |end| &rest[..=end]));
    found.find(|name| !names.contains(name))
}

fn default_file(banks: Option<u32>) -> String {
    let bank = if banks.is_some_and(|banks| banks > 1) { "_bank{bank}" } else { "" };
    format!("{{place}}/{{memory}}{{part}}{bank}.hex")
}

impl Stated {
    /// Fields that are out of range: the field, what is wrong, what is allowed.
    fn wrong(&self) -> Vec<(&'static str, String, String)> {
        let mut wrong = Vec::new();
        for (field, stated) in [("lanes", self.lanes), ("banks", self.banks)] {
            if let Some(found) = stated.filter(|number| !(1..=MOST).contains(number)) {
                wrong.push((field, format!("`{field}` is {found}"), format!("1..={MOST}")));
            }
        }
        for (name, bits) in self.fields.iter().flatten() {
            if !(1..=MOST_BITS[0]).contains(bits) {
                let allowed = format!("1..={} bits", MOST_BITS[0]);
                wrong.push(("fields", format!("field `{name}` has {bits} bits"), allowed));
            }
        }
        let bits: u32 = self.fields.iter().flatten().map(|(_, bits)| u32::from(*bits)).sum();
        if bits > u32::from(MOST_BITS[1]) {
            wrong.push((
                "fields",
                format!("elements of {bits} bits"),
                format!("up to {} bits", MOST_BITS[1]),
            ));
        }
        if self.banks.is_some_and(|banks| banks > 1)
            && self.file.as_ref().is_some_and(|f| !f.contains("{bank}"))
        {
            let title = "several banks in one file".to_owned();
            wrong.push(("file", title, "a name with {bank}".to_owned()));
        }
        if let Some(file) = &self.file {
            // One name a file: what is spelled otherwise could be another memory's.
            if file.split('/').any(|part| ["", ".", ".."].contains(&part)) {
                let title = format!("`{file}` is no path below the folder");
                wrong.push(("file", title, "names, divided by one `/`, none of them `.` or `..`".to_owned()));
            }
        }
        for (field, pattern) in [("file", &self.file), ("rtl", &self.rtl)] {
            if let Some(unknown) = pattern.iter().find_map(|pattern| unknown_name(pattern, &NAMES)) {
                wrong.push((field, format!("unknown `{unknown}`"), NAMES.join(", ")));
            }
        }
        wrong
    }
}
