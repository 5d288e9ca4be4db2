//! Claim: with random feedback the forward weights align with it (V-A).

use super::inspected::InspectedResult;
use super::{Claim, columns, line};
use crate::report::model::Table;

/// Angle below which weights are aligned, degrees; independent draws are at 90.
const ALIGNED: f64 = 80.0;

/// The claim, from trained chips, one a seed.
#[must_use]
pub fn claim(seeds: &[u32], results: &[InspectedResult]) -> Claim {
    let angles: Vec<f64> =
        results.iter().flat_map(|found| found.inspection.angles.first().map(|(_, angle)| *angle)).collect();
    let largest = angles.iter().fold(0.0f64, |most, angle| most.max(*angle));
    Claim {
        statement: "forward weights align with random feedback",
        source: "V-A",
        asked: "below 80 degrees after training, every seed",
        found: format!("at most {largest:.1} degrees"),
        holds: angles.len() == seeds.len() && largest < ALIGNED,
        tables: vec![Table {
            title: "Alignment: angle between B and the weights to the readout".to_owned(),
            columns: columns(seeds),
            rows: vec![line("random feedback, after training", &angles, |angle| format!("{angle:.1}"))],
            notes: vec!["degrees; the weights begin at zero, independent draws are at 90".to_owned()],
        }],
    }
}
