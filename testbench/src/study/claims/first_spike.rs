//! Claim: the exclusive-or of spike times is learned and survives on hardware: the first spike decides (V-D, Fig. 7).

use super::Claim;
use crate::report::model::{Table, TableCell};
use crate::tasks::spike_time::cell::{CellResult, Task};
use crate::tasks::spike_time::deploy::MOVED_CASES;
use crate::tasks::spike_time::train::CASES;

/// Networks of 20 that must hold.
const ENOUGH: (usize, usize) = (18, 20);
/// Steps of a time constant that the claim is judged at.
const STEPS_PER_TAU: u32 = 16;

/// The claim, from networks deployed on the chip.
#[must_use]
pub fn claim(task: &Task, results: &[CellResult]) -> Claim {
    let row = task.settings.rows.first().map(|row| row.name.clone()).unwrap_or_default();
    let of: Vec<&CellResult> = results.iter().filter(|result| result.row == row).collect();
    let mut rows = Vec::new();
    let mut holds = !of.is_empty();
    let mut found = Vec::new();
    for bits in &task.settings.stores {
        let here = || {
            of.iter().flat_map(|r| &r.on_chip).filter(|d| d.steps_per_tau == STEPS_PER_TAU && d.bits == *bits)
        };
        let exact = here().filter(|d| d.exact == CASES.len() as u32).count();
        let moved = here().filter(|d| d.moved == MOVED_CASES).count();
        let enough = |count: usize| count * ENOUGH.1 >= ENOUGH.0 * of.len();
        if *bits >= 8 {
            holds &= enough(exact) && enough(moved);
            found.push(format!("{exact} and {moved} of {} at {bits} bits", of.len()));
        }
        let cell = |count: usize| TableCell::number(count as f64, format!("{count} of {}", of.len()));
        rows.push(vec![TableCell::text(format!("{bits}-bit stores")), cell(exact), cell(moved)]);
    }
    Claim {
        statement: "the first spike decides exclusive-or",
        source: "V-D, Eq. 15, Fig. 7",
        asked: "18 of 20 networks, also with each input moved by a step, at 8 bits and more",
        found: found.join("; "),
        holds,
        tables: vec![Table {
            title: format!("Spike times: `{row}`, {STEPS_PER_TAU} steps a time constant, on the chip"),
            columns: ["", "all four cases", "also moved by -1, 0, +1 steps"].map(str::to_owned).to_vec(),
            rows,
            notes: Vec::new(),
        }],
    }
}
