//! Two claims about the gradient: dropping the reset term does not hurt (V-B), and DCLL is on a par with
//! back-propagation through time (V-C).

use super::{Claim, columns, line, mean_difference, percent};
use crate::report::model::Table;
use crate::study::bptt::classify::Trained;
use crate::tasks::classify::result::CellResult;

/// How much may be lost, in points.
const LOSS: f64 = 1.0;

fn accuracies(trained: &[Trained]) -> Vec<f64> {
    trained.iter().map(Trained::accuracy).collect()
}

/// The reset term: trainings with it and without it, on the same seeds.
#[must_use]
pub fn reset(seeds: &[u32], kept: &[Trained], dropped: &[Trained]) -> Claim {
    let (kept, dropped) = (accuracies(kept), accuracies(dropped));
    let difference = 100.0 * mean_difference(&dropped, &kept);
    Claim {
        statement: "dropping the reset term does not hurt",
        source: "V-B, Eq. 11",
        asked: "at most one point lost, paired",
        found: format!("{difference:+.2} points without it"),
        holds: kept.len() == seeds.len() && difference >= -LOSS,
        tables: vec![Table {
            title: "Reset term: back-propagation through time on the digits, in real numbers".to_owned(),
            columns: columns(seeds),
            rows: vec![
                line("reset differentiated", &kept, percent),
                line("reset a constant", &dropped, percent),
            ],
            notes: vec!["percent, on the test part".to_owned()],
        }],
    }
}

/// DCLL on the chip and back-propagation through time off it, networks of the same layers and neurons on the same
/// seeds. The yardstick has the surrogate and the rate that were chosen for it.
#[must_use]
pub fn parity(seeds: &[u32], dcll: &[CellResult], trained: &[Trained]) -> Claim {
    let dcll: Vec<f64> = dcll.iter().map(CellResult::accuracy).collect();
    let bptt = accuracies(trained);
    let difference = 100.0 * mean_difference(&dcll, &bptt);
    Claim {
        statement: "DCLL is on a par with back-propagation through time",
        source: "V-C",
        asked: "at most one point behind, paired",
        found: format!("{difference:+.2} points"),
        holds: dcll.len() == seeds.len() && bptt.len() == seeds.len() && difference >= -LOSS,
        tables: vec![Table {
            title: "DCLL against back-propagation through time: the same layers on the digits".to_owned(),
            columns: columns(seeds),
            rows: vec![
                line("DCLL, on the chip, 16-bit stores", &dcll, percent),
                line("back-propagation through time, off the chip", &bptt, percent),
            ],
            notes: vec!["percent, on the test part".to_owned()],
        }],
    }
}
