//! What the model predicts beside what was measured.
//!
//! Promises: every row of the chip file, with its source; nothing is fitted. Absent on purpose: a verdict: no ratio is good
//! or bad in itself.

use crate::architect::bill::at_least;
use crate::report::model::{Table, TableCell};
use crate::report::quantity;
use synfire_chip::chip::{Chip, Found, Measured};

/// A number in the unit of what was measured.
#[must_use]
pub fn shown(found: Found, value: u128) -> String {
    match found {
        Found::Energy(_) => quantity::energy(value),
        Found::Time(_) => quantity::duration(value),
        Found::Area(_) => format!("{:.4} mm2", value as f64 / 1e12),
    }
}

/// Predicted, its ends, measured, the ratio of both; of an area of a chip that has none, why not.
#[must_use]
pub fn cells(chip: &Chip, row: &Measured) -> [TableCell; 4] {
    let measured = TableCell::text(shown(row.found, row.found.value()));
    let Some(predicted) = row.predicted(chip) else {
        let none = || TableCell::text("-");
        return [TableCell::text("none: no technology"), none(), measured, none()];
    };
    let text = |value: u128| shown(row.found, value);
    let ratio = predicted.ratio(row.found);
    [
        TableCell::text(at_least(text(predicted.nominal), predicted.least)),
        TableCell::text(format!("{} to {}", text(predicted.low), text(predicted.high))),
        measured,
        TableCell::number(ratio, format!("{ratio:.3}")),
    ]
}

/// All rows of a chip.
#[must_use]
pub fn table(title: &str, chip: &Chip) -> Table {
    let columns = ["measured", "predicted", "its ends", "measured", "predicted / measured", "source"];
    let row = |row: &Measured| {
        let mut all = vec![TableCell::text(row.name.clone())];
        all.extend(cells(chip, row));
        all.push(TableCell::text(row.source.clone()));
        all
    };
    Table {
        title: format!("{title}: predicted and measured"),
        columns: columns.map(str::to_owned).to_vec(),
        rows: chip.measured.iter().map(row).collect(),
        notes: Vec::new(),
    }
}

/// A line a row, for `check`.
#[must_use]
pub fn lines(chip: &Chip) -> Vec<String> {
    let line = |row: &Measured| {
        let [predicted, ends, measured, ratio] = cells(chip, row).map(|cell| cell.text);
        format!(
            "  {}: predicted {predicted} ({ends}), measured {measured}: predicted / measured {ratio}; {}",
            row.name, row.source
        )
    };
    chip.measured.iter().map(line).collect()
}
