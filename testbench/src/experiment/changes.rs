//! Changes that a row makes to its chip and its network: paths into their files, and values.
//!
//! `set: {"network.projections[hidden_readout].learning.shift": 9}`. What a path may lead to and what a value may be, the
//! changed file says (`synfire_chip::files`); a problem is shown at the row's path or value.
//!
//! Promises: changes are made in the order in which they stand. Absent on purpose: changes to the experiment, which
//! are whoever runs it's (`reference`), not a row's.

use super::origin::Origin;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::fmt;
use synfire_chip::files::schema::Raw;
use synfire_chip::files::{Change, Diagnostic, Root};

/// Paths and values, as a row states them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Set(Vec<(String, Raw)>);

impl Set {
    /// Whether nothing is changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is changed, in words: `PATH: VALUE`.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.0.iter().map(|(path, value)| format!("{path}: {}", value.token())).collect()
    }

    /// The changes that stand in `place` at `field`, the `set` of the row `name`.
    ///
    /// # Errors
    /// When a path is none, leads into the experiment, or stands there twice.
    pub fn changes(&self, place: &Origin, field: &str, name: &str) -> Result<Vec<Change>, Diagnostic> {
        let mut changes: Vec<Change> = Vec::new();
        for (index, (path, value)) in self.0.iter().enumerate() {
            let field = format!("{field}[{index}]");
            if self.0[..index].iter().any(|(other, _)| other == path) {
                return Err(place.at(&field, format!("row `{name}` changes `{path}` twice")));
            }
            let change = place.change(&field, path, value, &format!("row `{name}`"))?;
            change.within(&[Root::Chip, Root::Network])?;
            changes.push(change);
        }
        Ok(changes)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Set {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Set".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "propertyNames": { "pattern": "^(chip|network)\\." },
            "additionalProperties": { "type": "string" },
        })
    }
}

impl<'de> Deserialize<'de> for Set {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Set;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("paths and values, such as {\"network.seed\": 3}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Set, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Set(entries))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
