//! A value that no chip and no network may have, of those that come as numbers and not as a file's fields.
//!
//! Absent on purpose: what is allowed (`chip::legal`, `network::legal`, and `bounds`, which the loading of files reads too).

use super::bounds::Range;
use thiserror::Error;

/// A value that is not allowed: its path below the chip or network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{field}`: found {found}, allowed {allowed}")]
pub struct Illegal {
    /// Path of the field.
    pub field: String,
    /// What it is.
    pub found: String,
    /// What it may be.
    pub allowed: String,
}

/// What comes of a look at a value.
pub(super) type Looked = Result<(), Illegal>;

/// Part of a chip or network, by its path.
#[derive(Clone, Debug)]
pub(super) struct At(String);

impl At {
    pub(super) fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// A field of it.
    pub(super) fn field(&self, name: &str) -> Self {
        Self(format!("{}.{name}", self.0))
    }

    /// Refuses it unless `holds`.
    pub(super) fn expect(&self, holds: bool, found: impl ToString, allowed: impl ToString) -> Looked {
        if holds {
            return Ok(());
        }
        Err(Illegal { field: self.0.clone(), found: found.to_string(), allowed: allowed.to_string() })
    }

    /// Refuses its field `name` where it is out of range.
    pub(super) fn within(&self, name: &str, found: impl Into<i64>, range: Range) -> Looked {
        let found = found.into();
        let allowed = || format!("{}..={}", range.start(), range.end());
        if range.contains(&found) { Ok(()) } else { self.field(name).expect(false, found, allowed()) }
    }

    /// Refuses its field `name`, an index, where there is nothing of it; `of` says what there is.
    pub(super) fn index(&self, name: &str, found: usize, count: usize, of: &str) -> Looked {
        self.field(name).expect(found < count, found, format!("one of {count} {of}"))
    }
}
