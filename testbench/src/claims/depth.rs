//! Claim: higher layers give better local readouts (V-C).

use super::inspected::InspectedResult;
use super::{Claim, columns, line, mean_difference, percent};
use crate::report::model::Table;

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
    let steps: Vec<f64> = by_layer.windows(2).map(|two| 100.0 * mean_difference(&two[1], &two[0])).collect();
    let mut rows: Vec<_> =
        layers.iter().zip(&by_layer).map(|(name, values)| line(name, values, percent)).collect();
    let readout: Vec<f64> = results.iter().map(|found| found.result.accuracy()).collect();
    rows.push(line("readout of the last layer, trained", &readout, percent));
    let shown: Vec<String> = steps.iter().map(|step| format!("{step:+.2}")).collect();
    Claim {
        statement: "higher layers give better local readouts",
        source: "V-C",
        asked: "each layer's mean above the one below it",
        found: format!("{} points from layer to layer", shown.join(", ")),
        holds: !steps.is_empty() && steps.iter().all(|step| *step > 0.0),
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
