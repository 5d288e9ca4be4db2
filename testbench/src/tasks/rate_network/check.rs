//! What can be wrong with the numbers of a rate-network experiment, each shown at its field.

use super::deploy;
use super::file::RateNetwork;
use crate::experiment::check::Check;
use crate::experiment::origin::Origin;
use synfire_chip::chip::Chip;
use synfire_chip::files::Diagnostics;

/// The numbers and names of the file.
///
/// # Errors
/// With all that are wrong.
pub fn numbers(settings: &RateNetwork, chip: &Chip, place: &Origin) -> Result<(), Diagnostics> {
    let mut check = Check::new(place);
    let most = chip.mesh.cores() as u64 * u64::from(chip.limits.neurons);
    let most = most.min(65_536) as u32;
    // Before a weight is drawn for any of them.
    let allowed = format!("1..={most} on chip `{}`", chip.name);
    check.expect(
        (1..=most).contains(&settings.hidden),
        "hidden",
        "`hidden` is out of range",
        settings.hidden,
        &allowed,
    );
    check.range("batch", settings.batch, 1, 1_000_000);
    for (field, empty) in [("steps", settings.steps.is_empty()), ("stores", settings.stores.is_empty())] {
        check.expect(!empty, field, "nothing to deploy", "[]", "1 or more");
    }
    // Before that, nothing that an input says has reached the outputs.
    let (least, most) = (2 * deploy::lag(chip) + 1, deploy::most_steps(chip));
    for (index, steps) in settings.steps.iter().enumerate() {
        let title = "`steps` is out of range";
        let allowed =
            format!("{least}..={most}: an input reaches the outputs, and their membranes hold the sum");
        check.expect((least..=most).contains(steps), &format!("steps[{index}]"), title, steps, &allowed);
    }
    for (index, bits) in settings.stores.iter().enumerate() {
        check.range(&format!("stores[{index}]"), u32::from(*bits), 2, 16);
    }
    for (index, row) in settings.rows.iter().enumerate() {
        let (form, rate) = row.encoder.form_and_rate();
        check.range(&format!("rows[{index}].encoder.{form}.rate_per_mille"), rate, 1, 1000);
        check.range(&format!("rows[{index}].percentile_per_mille"), row.percentile_per_mille, 1, 1000);
        let mut real = |field: &str, value: f64, low: f64, high: f64| {
            let title = format!("`{field}` is out of range");
            let field = format!("rows[{index}].{field}");
            check.expect((low..=high).contains(&value), &field, &title, value, &format!("{low}..={high}"));
        };
        real("learning_rate", row.learning_rate, 0.0, 10.0);
        real("initial_membrane", row.initial_membrane, -1.0, 1.0);
    }
    check.epochs_and_seeds("", settings.epochs, &settings.seeds);
    if let Some(quick) = &settings.quick {
        check.epochs_and_seeds("quick.", quick.epochs, &quick.seeds);
        let least = quick.least_accuracy;
        let title = "`quick.least_accuracy` is out of range";
        check.expect((0.0..=100.0).contains(&least), "quick.least_accuracy", title, least, "0..=100 percent");
    }
    let names: Vec<&str> = settings.rows.iter().map(|row| row.name.as_str()).collect();
    check.rows(&names);
    check.done()
}
