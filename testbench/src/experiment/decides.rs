//! What decides the results of an experiment, as fingerprints of its parts: whether two runs are the same, and what of
//! them differs.
//!
//! Promises: parts are fingerprinted as they were loaded, after changes and the short form, so that a comment decides
//! nothing and a seed, a weight or a row does. Absent on purpose: what each kind's parts are (`Kind::decides`).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use synfire_chip::run::checkpoint;

/// SHA-256 of each part in hexadecimal, by what it is: `settings`, `chip`, `network`, `data`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Decides(BTreeMap<String, String>);

impl Decides {
    /// Also `part`, which is the experiment's `name`.
    #[must_use]
    pub fn with(mut self, name: &str, part: &impl Serialize) -> Self {
        self.0.insert(name.to_owned(), checkpoint::hex(&checkpoint::fingerprint(part)));
        self
    }

    /// Also all parts of `other`, one of several experiments, under its name.
    #[must_use]
    pub fn and_of(mut self, experiment: &str, other: &Self) -> Self {
        self.0.extend(other.0.iter().map(|(name, part)| (format!("{name} of {experiment}"), part.clone())));
        self
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names of the parts that are not the same in `other`, or not there. Where the settings of an experiment are not, its
    /// network and its data are left out: they follow from them, by the seed alone.
    #[must_use]
    pub fn differences<'a>(&'a self, other: &'a Self) -> Vec<&'a str> {
        let differs = |name: &str| self.0.get(name) != other.0.get(name);
        let follows = |name: &str| {
            let of = ["network", "data"].into_iter().find_map(|part| name.strip_prefix(part));
            of.is_some_and(|of| differs(&format!("settings{of}")))
        };
        let names = self.0.keys().chain(other.0.keys().filter(|name| !self.0.contains_key(*name)));
        names.map(String::as_str).filter(|name| differs(name) && !follows(name)).collect()
    }
}
