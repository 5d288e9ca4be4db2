//! A memory as an array: where it is, its indices, the fields of its elements, their values.
//!
//! Promises: plain data; a field says which values its memory can hold. Absent on purpose: words and files (`pack`).

use serde::{Deserialize, Serialize};
use std::fmt;
use synfire_core::format::Format;

/// What of a core a memory belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The whole core.
    Whole,
    /// Neurons of one population.
    Slice(usize),
    /// Axons of one projection.
    Block(usize),
    /// Channels of one input; in the host.
    Input(usize),
}

/// Which memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// Core; `None`: the host.
    pub core: Option<u16>,
    /// What of it.
    pub part: Part,
    /// Kind, one of [`MEMORIES`](super::MEMORIES).
    pub memory: &'static str,
}

/// A field of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name.
    pub name: &'static str,
    /// Its register: bits, fraction, sign.
    pub format: Format,
    /// Smallest value that it holds.
    pub low: i64,
    /// Largest value that it holds.
    pub high: i64,
}

/// What an array is, without its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Which memory.
    pub name: Name,
    /// Its indices, the last the fastest: name and how many.
    pub index: Vec<(&'static str, usize)>,
    /// The fields of an element.
    pub fields: Vec<Field>,
}

/// An array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Array {
    /// What it is.
    pub shape: Shape,
    /// Element by element, field by field.
    pub values: Vec<i64>,
}

impl Field {
    /// A number of one of `count` things.
    #[must_use]
    pub fn index(name: &'static str, count: usize) -> Self {
        let bits = synfire_core::synapse::index_bits(count) as u8;
        Self { name, format: Format::unsigned(bits, 0), low: 0, high: count.saturating_sub(1) as i64 }
    }

    /// A register of that format, with every value that its bits have where it is not symmetric.
    #[must_use]
    pub fn lanes(name: &'static str, format: Format, symmetric: bool) -> Self {
        let low = i64::from(format.min_lane()) - i64::from(!symmetric && format.signed);
        Self { name, format, low, high: i64::from(format.max_lane()) }
    }
}

impl Shape {
    /// How many elements.
    #[must_use]
    pub fn elements(&self) -> usize {
        // A damaged manifest may state more than there can be.
        self.index.iter().fold(1, |all: usize, (_, count)| all.saturating_mul(*count))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.memory)?;
        match self.part {
            Part::Whole => {}
            Part::Slice(at) => write!(f, " of slice {at}")?,
            Part::Block(at) => write!(f, " of block {at}")?,
            Part::Input(at) => write!(f, " of input {at}")?,
        }
        match self.core {
            Some(core) => write!(f, " of core {core}"),
            None => f.write_str(" of the host"),
        }
    }
}
