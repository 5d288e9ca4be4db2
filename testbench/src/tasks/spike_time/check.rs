//! What can be wrong with the numbers of a spike-time experiment, each shown at its field.

use super::deploy;
use super::file::SpikeTime;
use crate::experiment::check::Check;
use crate::experiment::origin::Origin;
use synfire_chip::files::Diagnostics;

/// The numbers and names of the file.
///
/// # Errors
/// With all that are wrong.
pub fn numbers(settings: &SpikeTime, place: &Origin) -> Result<(), Diagnostics> {
    let mut check = Check::new(place);
    check.range("hidden", settings.hidden, 1, 1024);
    check.range("passes", settings.passes, 1, 1_000_000);
    let mut real = |field: &str, value: f64, low: f64, high: f64| {
        let title = format!("`{field}` is out of range");
        check.expect((low..=high).contains(&value), field, &title, value, &format!("{low}..={high}"));
    };
    real("late_tau", settings.late_tau, 0.0, 8.0);
    real("rate", settings.rate, 0.0, 10.0);
    real("sharpness", settings.sharpness, 0.0, 1000.0);
    real("least_sum", settings.least_sum, 0.0, 1000.0);
    real("sum_cost", settings.sum_cost, 0.0, 1000.0);
    for (field, (low, high)) in
        [("first_weights", settings.first_weights), ("second_weights", settings.second_weights)]
    {
        real(&format!("{field}[0]"), low, -100.0, 100.0);
        real(&format!("{field}[1]"), high, low, 100.0);
    }
    for (index, row) in settings.rows.iter().enumerate() {
        real(&format!("rows[{index}].jitter_tau"), row.jitter_tau, 0.0, 1.0);
    }
    let none = |list: usize| list == 0;
    check.expect(
        !none(settings.steps_per_tau.len()),
        "steps_per_tau",
        "nothing to deploy",
        "[]",
        "1 or more",
    );
    check.expect(!none(settings.stores.len()), "stores", "nothing to deploy", "[]", "1 or more");
    for (index, steps) in settings.steps_per_tau.iter().enumerate() {
        let field = format!("steps_per_tau[{index}]");
        check.range(&field, *steps, 2, 1000);
        let long = deploy::steps(settings, (*steps).min(1000));
        let title = "a presentation outlasts the refractory time of 255 steps: a neuron could fire twice";
        let allowed = format!("at most {} steps, a few time constants after `late_tau`", deploy::MOST_STEPS);
        check.expect(long <= deploy::MOST_STEPS, &field, title, format!("{long} steps"), &allowed);
    }
    for (index, bits) in settings.stores.iter().enumerate() {
        check.range(&format!("stores[{index}]"), u32::from(*bits), 2, 16);
    }
    check.epochs_and_seeds("", 1, &settings.seeds);
    let names: Vec<&str> = settings.rows.iter().map(|row| row.name.as_str()).collect();
    check.rows(&names);
    check.done()
}
