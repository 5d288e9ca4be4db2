//! What can be wrong with the numbers of a traffic experiment, each shown at its field.

use super::file::{MILLION, PatternFile, Traffic};
use crate::experiment::check::Check;
use crate::experiment::origin::Origin;
use synfire_chip::files::Diagnostics;

/// Longest warm-up, sample and drain, cycles.
pub const MOST_CYCLES: u32 = 100_000_000;

/// Least distance of two loads that are searched for.
const FINEST: f64 = 0.0001;

/// The numbers and names of the file.
///
/// # Errors
/// With all that are wrong.
pub fn numbers(settings: &Traffic, place: &Origin) -> Result<(), Diagnostics> {
    let mut check = Check::new(place);
    check.range("warm_up", settings.warm_up, 0, MOST_CYCLES);
    check.range("drain", settings.drain, 1, MOST_CYCLES);
    check.epochs_and_seeds("", 1, &settings.seeds);
    sampled(&mut check, "", &settings.loads, settings.sample);
    if let Some(quick) = &settings.quick {
        check.epochs_and_seeds("quick.", 1, &quick.seeds);
        sampled(&mut check, "quick.", &quick.loads, quick.sample);
    }
    if let Some(refine) = settings.refine {
        let title = "`refine` is out of range";
        check.expect((FINEST..=1.0).contains(&refine), "refine", title, refine, &format!("{FINEST}..=1"));
    }
    for (index, row) in settings.rows.iter().enumerate() {
        if let Some(flits) = row.flits {
            check.range(&format!("rows[{index}].flits"), flits, 1, 1 << 16);
        }
        if let PatternFile::HotSpot { share, .. } = &row.pattern {
            let field = format!("rows[{index}].pattern.share");
            check.expect((0.0..=1.0).contains(share), &field, "`share` is out of range", share, "0..=1");
        }
    }
    let names: Vec<&str> = settings.rows.iter().map(|row| row.name.as_str()).collect();
    check.rows(&names);
    check.done()
}

/// Loads and the sample, of the fields below `at` (empty, or ending in a dot).
fn sampled(check: &mut Check<'_>, at: &str, loads: &[f64], sample: u32) {
    check.range(&format!("{at}sample"), sample, 1, MOST_CYCLES);
    let title = "no load: nothing would run";
    check.expect(!loads.is_empty(), &format!("{at}loads"), title, "[]", "1 or more");
    let least = 1.0 / f64::from(MILLION);
    for (index, load) in loads.iter().enumerate() {
        let field = format!("{at}loads[{index}]");
        let allowed = "above 0, at most 1 flit a core and cycle, in millionths";
        check.expect((least..=1.0).contains(load), &field, "`loads` are out of range", load, allowed);
        let rises = index == 0 || loads[index - 1] < *load;
        check.expect(rises, &field, "the loads do not ascend", load, "more than the load before");
    }
}
