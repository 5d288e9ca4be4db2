//! Claim: higher layers give better local readouts (V-C).

use super::inspected::InspectedResult;
use super::{Claim, columns, line, percent};
use crate::report::model::Table;
use crate::report::quantity::Spread;

/// The claim, from chips with layers of DCLL, one a seed.
#[must_use]
pub fn claim(seeds: &[u32], results: &[InspectedResult]) -> Claim {
    let layers: Vec<String> = results
        .first()
        .map(|found| found.inspection.local.iter().map(|(name, _)| name.clone()).collect())
        .unwrap_or_default();
    let accuracy = |layer: usize| -> Vec<f64> {
        results.iter().filter_map(|found| found.inspection.local.get(layer)).map(|(_, part)| *part).collect()
    };
    let by_layer: Vec<Vec<f64>> = (0..layers.len()).map(accuracy).collect();
    let gains = |upper: &[f64], lower: &[f64]| -> Vec<f64> {
        upper.iter().zip(lower).map(|(upper, lower)| 100.0 * (upper - lower)).collect()
    };
    let gain = match (by_layer.first(), by_layer.last()) {
        (Some(first), Some(last)) => Spread::of(&gains(last, first)),
        _ => None,
    };
    let mut rows: Vec<_> =
        layers.iter().zip(&by_layer).map(|(name, values)| line(name, values, percent)).collect();
    let readout: Vec<f64> = results.iter().map(|found| found.result.accuracy()).collect();
    rows.push(line("readout of the last layer, trained", &readout, percent));
    // One seed tells nothing: its error is unknown.
    let (mean, error) =
        gain.map_or((0.0, f64::INFINITY), |gain| (gain.mean, gain.standard_error.unwrap_or(f64::INFINITY)));
    Claim {
        statement: "higher layers give better local readouts",
        source: "V-C",
        asked: "last layer above the first by more than twice the standard error, paired",
        found: format!("{mean:+.2} points, standard error {error:.2}"),
        holds: by_layer.len() > 1 && mean > 2.0 * error,
        tables: vec![Table {
            title: "Depth: accuracy of the fixed random readouts of DCLL's groups".to_owned(),
            columns: columns(seeds),
            rows,
            notes: vec![
                "percent, on the test part; a local readout is never trained, its layer is".to_owned(),
            ],
        }],
    }
}
