//! What can be wrong with a classification's own numbers and names, each shown at its field.

use crate::experiment::file::{Classify, Row};
use crate::experiment::origin::Origin;
use crate::experiment::pool;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::network::Network;

/// Most steps of a presentation: its events are held at once.
const MOST_STEPS: u32 = 1_000_000;
/// Longest name of a row: it becomes a file's name.
const LONGEST_NAME: usize = 100;

struct Check<'a> {
    place: &'a Origin,
    problems: Vec<Diagnostic>,
}

impl Check<'_> {
    fn expect(&mut self, holds: bool, field: &str, title: &str, found: impl ToString, allowed: &str) {
        if !holds {
            let label = format!("found {}", found.to_string());
            self.problems.push(self.place.at(field, title).labelled(label).noted("allowed", allowed));
        }
    }

    fn epochs_and_seeds(&mut self, at: &str, epochs: u32, seeds: &[u32]) {
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

    fn rows(&mut self, rows: &[Row]) {
        self.expect(!rows.is_empty(), "rows", "no row: nothing would run", "[]", "1 or more");
        for (index, row) in rows.iter().enumerate() {
            let field = format!("rows[{index}].name");
            let long = row.name.chars().count();
            let title = format!("`{field}` is empty or too long");
            let allowed = format!("1..={LONGEST_NAME} characters: results are kept under this name");
            self.expect(
                (1..=LONGEST_NAME).contains(&long),
                &field,
                &title,
                format!("{long} characters"),
                &allowed,
            );
            let same = rows[..index].iter().find(|r| pool::slug(&r.name) == pool::slug(&row.name));
            if let Some(other) = same {
                let title = format!("row `{}` would share its files with row `{}`", row.name, other.name);
                let allowed = "names that differ in ASCII letters or digits, whatever their case";
                self.problems.push(self.place.at(&field, title).noted("allowed", allowed));
            }
        }
    }

    fn comparisons(&mut self, settings: &Classify) {
        for (index, comparison) in settings.compare.iter().enumerate() {
            for (field, name) in [("first", &comparison.first), ("second", &comparison.second)] {
                let rows = settings.rows.iter().map(|r| r.name.as_str());
                let names: Vec<&str> = rows.chain(settings.linear.then_some("linear")).collect();
                if !names.contains(&name.as_str()) {
                    let field = format!("compare[{index}].{field}");
                    let unknown = self.place.unknown(&field, "row", name, names.into_iter());
                    self.problems.extend(unknown.into_problems());
                }
            }
        }
    }
}

/// The numbers and names that concern no other file.
///
/// # Errors
/// With all that are wrong.
pub fn numbers(settings: &Classify, place: &Origin) -> Result<(), Diagnostics> {
    let mut check = Check { place, problems: Vec::new() };
    let steps = settings.sample_steps;
    let allowed = format!("1..={MOST_STEPS}");
    let inside = (1..=MOST_STEPS).contains(&steps);
    check.expect(inside, "sample_steps", "`sample_steps` is out of range", steps, &allowed);
    let from = settings.learn_from;
    let title = "`learn_from` is not a step of a presentation";
    let allowed = format!("0..={}: below `sample_steps`", steps.saturating_sub(1));
    check.expect(steps == 0 || from < steps, "learn_from", title, from, &allowed);
    let none = settings.encoders.is_empty();
    check.expect(!none, "encoders", "no encoder: the network would see no sample", "[]", "1 or more");
    check.epochs_and_seeds("", settings.epochs, &settings.seeds);
    if let Some(quick) = &settings.quick {
        check.epochs_and_seeds("quick.", quick.epochs, &quick.seeds);
        let least = quick.least_accuracy;
        let title = "`quick.least_accuracy` is out of range";
        check.expect((0.0..=100.0).contains(&least), "quick.least_accuracy", title, least, "0..=100 percent");
    }
    check.rows(&settings.rows);
    check.comparisons(settings);
    Diagnostics::or(check.problems, ())
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
