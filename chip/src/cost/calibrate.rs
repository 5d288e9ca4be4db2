//! Ratios of groups of prices, fitted to the measured energies of a chip: the one place where a measurement meets a price.
//!
//! Every group of price fields gets one ratio to what the chip file says; prices of no group stay what they are. The
//! ratios are those with the least sum of squared relative errors over the rows: a linear least squares whose row is a
//! measurement divided by itself. As many ratios as rows fit exactly, whatever the model is worth; so the residuals and
//! the degrees of freedom that are left are part of the answer.
//!
//! Promises: a ratio is above 0, or the fit is refused: an operation that costs nothing is no result. Absent on purpose:
//! times (a chip states its clock) and areas; choosing the groups, which is the user's knowledge of what he measured.

use crate::chip::{Chip, Found, Measured};
use std::fmt;

/// A fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The ratio of each group, in millionths.
    pub ratios: Vec<u64>,
    /// Rows that were fitted to.
    pub rows: usize,
}

impl Fit {
    /// Rows less ratios.
    #[must_use]
    pub fn freedom(&self) -> usize {
        self.rows - self.ratios.len()
    }
}

/// Why there is no fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoFit {
    /// The chip lists no measured energy.
    NoEnergy,
    /// More ratios than rows.
    TooFew {
        /// Measured energies.
        rows: usize,
        /// Groups.
        groups: usize,
    },
    /// A row has an operation without a price.
    Unpublished {
        /// The row.
        row: String,
        /// The price field.
        field: &'static str,
    },
    /// No row has an operation of this group.
    Unused(usize),
    /// The rows do not tell the groups apart.
    Alike,
    /// The best ratio of this group is not above 0.
    NotPositive(usize),
}

impl fmt::Display for NoFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEnergy => write!(
                f,
                "the chip lists no `measured` row with an energy\n   = allowed: a chip file, which may extend this chip, with rows \
                 `measured: [(name: .., counts: [..], energy_pj: .., source: ..)]`"
            ),
            Self::TooFew { rows, groups } => {
                write!(
                    f,
                    "{groups} ratios cannot be fitted to {rows} measured energies: measure more, or join groups"
                )
            }
            Self::Unpublished { row, field } => {
                write!(
                    f,
                    "row `{row}` has operations whose price `{field}` nobody published: state one, or leave them out"
                )
            }
            Self::Unused(group) => {
                write!(
                    f,
                    "no measured row has an operation of group {}: leave it out, or measure one",
                    group + 1
                )
            }
            Self::Alike => {
                write!(f, "the rows do not tell the groups apart: join groups, or measure other workloads")
            }
            Self::NotPositive(group) => {
                write!(
                    f,
                    "the rows fit best with a price of 0 or less in group {}: join it with another",
                    group + 1
                )
            }
        }
    }
}

impl std::error::Error for NoFit {}

/// Fits a ratio a group of price fields (static power is `core_static`) to the measured energies of `chip`.
///
/// # Errors
/// [`NoFit`].
pub fn fit(chip: &Chip, groups: &[Vec<String>]) -> Result<Fit, NoFit> {
    let energies: Vec<&Measured> =
        chip.measured.iter().filter(|row| matches!(row.found, Found::Energy(_))).collect();
    if energies.is_empty() {
        return Err(NoFit::NoEnergy);
    }
    if energies.len() < groups.len() {
        return Err(NoFit::TooFew { rows: energies.len(), groups: groups.len() });
    }
    let mut rows = Vec::new();
    for row in &energies {
        rows.push(equation(chip, groups, row)?);
    }
    for group in 0..groups.len() {
        if rows.iter().all(|(parts, _)| parts[group] == 0.0) {
            return Err(NoFit::Unused(group));
        }
    }
    let ratios = least_squares(&rows, groups.len()).ok_or(NoFit::Alike)?;
    let mut millionths = Vec::new();
    for (group, ratio) in ratios.iter().enumerate() {
        let rounded = libm::round(ratio * 1e6);
        if rounded < 1.0 {
            return Err(NoFit::NotPositive(group));
        }
        millionths.push(rounded as u64);
    }
    Ok(Fit { ratios: millionths, rows: energies.len() })
}

/// A row, divided by its measurement: what each group contributes, and what is left for them.
fn equation(chip: &Chip, groups: &[Vec<String>], row: &Measured) -> Result<(Vec<f64>, f64), NoFit> {
    let measured = row.found.value() as f64;
    let bill = row.bill(chip);
    // Static power that nobody published is no part of what was counted.
    let mut unknown = bill.unknown().filter(|one| one.field != crate::cost::energy::CORE_STATIC);
    if let Some(unknown) = unknown.next() {
        return Err(NoFit::Unpublished { row: row.name.clone(), field: unknown.field });
    }
    let (mut parts, mut rest) = (vec![0.0; groups.len()], measured);
    for item in &bill.items {
        let energy = item.attojoules as f64;
        match groups.iter().position(|group| group.iter().any(|price| price == item.component)) {
            Some(group) => parts[group] += energy / measured,
            None => rest -= energy,
        }
    }
    Ok((parts, rest / measured))
}

/// The ratios with the least squares, by the normal equations; `None` where they have no one solution.
fn least_squares(rows: &[(Vec<f64>, f64)], groups: usize) -> Option<Vec<f64>> {
    // Columns of equal size, so that a pivot near 0 means that two are alike.
    let size =
        |group: usize| libm::sqrt(rows.iter().map(|(parts, _)| parts[group] * parts[group]).sum::<f64>());
    let sizes: Vec<f64> = (0..groups).map(size).collect();
    let part = |row: &(Vec<f64>, f64), group: usize| row.0[group] / sizes[group];
    let mut system: Vec<Vec<f64>> = (0..groups)
        .map(|a| {
            let product = |b: usize| rows.iter().map(|row| part(row, a) * part(row, b)).sum();
            let right = rows.iter().map(|row| part(row, a) * row.1).sum();
            (0..groups).map(product).chain([right]).collect()
        })
        .collect();
    for pivot in 0..groups {
        let best =
            (pivot..groups).max_by(|a, b| system[*a][pivot].abs().total_cmp(&system[*b][pivot].abs()))?;
        system.swap(pivot, best);
        let own = system[pivot].clone();
        if own[pivot].abs() < 1e-9 {
            return None;
        }
        for (_, row) in system.iter_mut().enumerate().filter(|(index, _)| *index != pivot) {
            let factor = row[pivot] / own[pivot];
            row.iter_mut().zip(&own).for_each(|(value, above)| *value -= factor * above);
        }
    }
    Some((0..groups).map(|group| system[group][groups] / system[group][group] / sizes[group]).collect())
}
