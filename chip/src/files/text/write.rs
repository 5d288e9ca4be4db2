//! A file's typed value to RON text.
//!
//! Promises: what is written parses to an equal value, with the same reader as a file of a user's; what a file does not
//! state is not written. Absent on purpose: comments, which are no part of a value; writing to a disk.

use ron::extensions::Extensions;
use ron::ser::PrettyConfig;
use serde::{Serialize, Serializer};

/// The RON text of a file's value, as [`parse`](super::parse::parse) reads it.
///
/// # Errors
/// When the value has no form in RON: none of [`schema`](crate::files::schema) lacks one.
pub fn write<T: Serialize>(value: &T) -> Result<String, ron::Error> {
    pretty(value)
}

/// Behind a pointer: RON's writer of a field is large, and compiled once for each type of a field that it sees.
fn pretty(value: &dyn erased_serde::Serialize) -> Result<String, ron::Error> {
    options().to_string_pretty(value, PrettyConfig::new().compact_arrays(true)).map(|text| text + "\n")
}

/// The RON text of a part of a file, in one line.
pub(super) fn compact(value: &dyn erased_serde::Serialize) -> Result<String, ron::Error> {
    options().to_string(value)
}

/// How files are written: optional fields need no `Some(..)`.
fn options() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
}

/// Writes the value that a field states. A token of a file would stand in a `Some(..)` otherwise, which no reader needs.
///
/// # Errors
/// As the value's own.
pub(in crate::files) fn stated<T: Serialize, S: Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => value.serialize(serializer),
        None => serializer.serialize_none(),
    }
}
