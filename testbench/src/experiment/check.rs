//! What can be wrong with the numbers and names that every kind of experiment has, each shown at its field.
//!
//! Promises: all problems are collected, none hides another. Absent on purpose: what only one task knows.

use super::file::{Comparison, Quick, Store};
use super::origin::Origin;
use super::pool;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::network::Network;

/// Most steps of a presentation: its events are held at once.
pub const MOST_STEPS: u32 = 1_000_000;
/// Longest name of a row: it becomes a file's name.
const LONGEST_NAME: usize = 100;

/// A collection of problems with one experiment file.
pub struct Check<'a> {
    place: &'a Origin,
    problems: Vec<Diagnostic>,
}

impl<'a> Check<'a> {
    /// Nothing is wrong yet.
    #[must_use]
    pub fn new(place: &'a Origin) -> Self {
        Self { place, problems: Vec::new() }
    }

    /// A problem with `field` unless it `holds`.
    pub fn expect(&mut self, holds: bool, field: &str, title: &str, found: impl ToString, allowed: &str) {
        if !holds {
            let label = format!("found {}", found.to_string());
            self.problems.push(self.place.at(field, title).labelled(label).noted("allowed", allowed));
        }
    }

    /// A problem with `field` unless `least <= found <= most`.
    pub fn range(&mut self, field: &str, found: u32, least: u32, most: u32) {
        let name = field.rsplit('.').next().unwrap_or(field);
        let title = format!("`{name}` is out of range");
        self.expect((least..=most).contains(&found), field, &title, found, &format!("{least}..={most}"));
    }

    /// Passes and seeds of the fields below `at` (empty, or ending in a dot).
    pub fn epochs_and_seeds(&mut self, at: &str, epochs: u32, seeds: &[u32]) {
        let range = |field: &str| format!("`{at}{field}` is out of range");
        self.expect(epochs >= 1, &format!("{at}epochs"), &range("epochs"), epochs, "1 or more");
        self.expect(
            !seeds.is_empty(),
            &format!("{at}seeds"),
            "no seed: nothing would run",
            "[]",
            "1 or more",
        );
        for (index, seed) in seeds.iter().enumerate() {
            if seeds[..index].contains(seed) {
                let title = format!("seed {seed} is listed twice");
                let field = format!("{at}seeds[{index}]");
                self.problems.push(self.place.at(&field, title).noted("allowed", "different seeds"));
            }
        }
    }

    /// Names of rows: there are some, they fit and differ as files.
    pub fn rows(&mut self, names: &[&str]) {
        self.expect(!names.is_empty(), "rows", "no row: nothing would run", "[]", "1 or more");
        for (index, &name) in names.iter().enumerate() {
            let field = format!("rows[{index}].name");
            let long = name.chars().count();
            let title = format!("`{field}` is empty or too long");
            let allowed = format!("1..={LONGEST_NAME} characters: results are kept under this name");
            self.expect(
                (1..=LONGEST_NAME).contains(&long),
                &field,
                &title,
                format!("{long} characters"),
                &allowed,
            );
            let same = names[..index].iter().find(|other| pool::slug(other) == pool::slug(name));
            if let Some(other) = same {
                let title = format!("row `{name}` would share its files with row `{other}`");
                let allowed = "names that differ in ASCII letters or digits, whatever their case";
                self.problems.push(self.place.at(&field, title).noted("allowed", allowed));
            }
        }
    }

    /// Stores: each is another one.
    pub fn stores(&mut self, stores: &[Store]) {
        for (index, store) in stores.iter().enumerate() {
            if stores[..index].iter().any(|other| other.name() == store.name()) {
                let title = format!("the store of {} is listed twice", store.name());
                let field = format!("stores[{index}]");
                self.expect(false, &field, &title, store.name(), "stores of different bits");
            }
        }
    }

    /// The short form.
    pub fn quick(&mut self, quick: Option<&Quick>) {
        let Some(quick) = quick else { return };
        self.epochs_and_seeds("quick.", quick.epochs, &quick.seeds);
        let least = quick.least_accuracy;
        let title = "`quick.least_accuracy` is out of range";
        self.expect((0.0..=100.0).contains(&least), "quick.least_accuracy", title, least, "0..=100 percent");
    }

    /// Names in comparisons: each is a row, or one of the `others`.
    pub fn comparisons(&mut self, comparisons: &[Comparison], rows: &[&str], others: &[&str]) {
        for (index, comparison) in comparisons.iter().enumerate() {
            for (field, name) in [("first", &comparison.first), ("second", &comparison.second)] {
                let names: Vec<&str> = rows.iter().chain(others).copied().collect();
                if !names.contains(&name.as_str()) {
                    let field = format!("compare[{index}].{field}");
                    let unknown = self.place.unknown(&field, "row", name, names.into_iter());
                    self.problems.extend(unknown.into_problems());
                }
            }
        }
    }

    /// All that is wrong.
    ///
    /// # Errors
    /// When anything is.
    pub fn done(self) -> Result<(), Diagnostics> {
        Diagnostics::or(self.problems, ())
    }
}

/// The nearest membrane lane of the target `field`.
///
/// # Errors
/// When the chip's membrane cannot hold it.
pub fn target(place: &Origin, field: &str, value: f64, network: &Network) -> Result<i32, Diagnostics> {
    let datapath = &network.datapath;
    let scale = (1u64 << datapath.state_fraction) as f64;
    let largest = (1u64 << (datapath.state_width - 1)) - 1;
    let lane = libm::round(value * scale);
    // False for what is no number, too.
    if lane.abs() <= largest as f64 {
        return Ok(lane as i32);
    }
    let limit = largest as f64 / scale;
    let allowed = format!("magnitudes up to {limit:.6}, the largest membrane of this chip");
    let title = format!("`{field}` does not fit the membrane");
    Err(place.refuse(field, &title, &value.to_string(), &allowed))
}
