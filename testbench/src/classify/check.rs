//! What can be wrong with a classification's own numbers and names, each shown at its field.

use crate::experiment::check::{Check, MOST_STEPS};
use crate::experiment::file::Classify;
use crate::experiment::origin::Origin;
use synfire_chip::files::Diagnostics;
use synfire_chip::network::Network;

/// The numbers and names that concern no other file.
///
/// # Errors
/// With all that are wrong.
pub fn numbers(settings: &Classify, place: &Origin) -> Result<(), Diagnostics> {
    let mut check = Check::new(place);
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
    let rows: Vec<&str> = settings.rows.iter().map(|row| row.name.as_str()).collect();
    check.rows(&rows);
    let others: &[&str] = if settings.linear { &["linear"] } else { &[] };
    check.comparisons(&settings.compare, &rows, others);
    check.done()
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
