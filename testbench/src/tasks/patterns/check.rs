//! What can be wrong with the numbers and names of spike patterns, each shown at its field.

use super::file::{PatternData, Patterns};
use crate::experiment::check::{Check, MOST_STEPS};
use crate::experiment::origin::Origin;
use synfire_chip::files::Diagnostics;

/// Most cases of a cell: their stimuli are held at once.
const MOST_CASES: u32 = 10_000;
/// Longest time constant of the reported distance, in steps.
const LONGEST_TAU: f64 = 1e4;

/// The numbers and names that concern no other file.
///
/// # Errors
/// With all that are wrong.
pub fn numbers(settings: &Patterns, place: &Origin) -> Result<(), Diagnostics> {
    let mut check = Check::new(place);
    let steps = settings.steps;
    check.range("steps", steps, 1, MOST_STEPS);
    let last = steps.clamp(1, MOST_STEPS) - 1;
    match &settings.data {
        PatternData::Noise(data) => {
            check.range("data[0].patterns", data.patterns, 1, MOST_CASES);
            check.range("data[0].targets", data.targets, 1, last + 1);
            check.range("data[0].first_target", data.first_target, 0, last);
            check.range("data[0].rate_ppm", data.rate_ppm, 0, 1_000_000);
        }
        PatternData::Cues(data) => {
            check.range("data[0].symbols", data.symbols, 2, MOST_CASES.isqrt());
            check.range("data[0].latency_steps", data.latency_steps, 1, last + 1);
            check.range("data[0].targets", data.targets, 1, last.max(1));
            check.range("data[0].first_target", data.first_target, 0, last);
            check.range("data[0].target_distance", data.target_distance, 1, last.max(1));
            check.range("data[0].clock_ppm", data.clock_ppm, 0, 1_000_000);
        }
    }
    check.range("tolerance", settings.tolerance, 0, MOST_STEPS);
    let (rise, decay) = settings.distance_tau;
    let title = "`distance_tau` is out of range";
    let allowed = format!("0 < rise < decay <= {LONGEST_TAU}");
    let inside = 0.0 < rise && rise < decay && decay <= LONGEST_TAU;
    check.expect(inside, "distance_tau", title, format!("({rise}, {decay})"), &allowed);
    check.epochs_and_seeds("", settings.epochs, &settings.seeds);
    let rows: Vec<&str> = settings.rows.iter().map(|row| row.name.as_str()).collect();
    check.rows(&rows);
    for (index, row) in settings.rows.iter().enumerate() {
        let title = "`clear: false` in a row of `Patterns`";
        let allowed = "nothing: each presentation begins with `clear`";
        check.expect(row.clear, &format!("rows[{index}].clear"), title, row.clear, allowed);
    }
    check.comparisons(&settings.compare, &rows, &[]);
    check.stores(&settings.stores);
    check.quick(settings.quick.as_ref());
    check.done()
}
