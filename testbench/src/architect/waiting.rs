//! What cores did and waited for, and what flits waited for, by the cycle model: columns of `cores.csv`, and charts.
//!
//! Promises: each bar is a sum of cells of `cores.csv` or `links.csv`, all stages together. Absent on purpose: what units
//! and causes are (`chip::cost::cycle::units`).

use super::links::STALLS;
use super::told::Told;
use crate::formats::table::{Column, Kind, columns};
use crate::report::model::{Bar, Bars};
use crate::report::quantity;
use synfire_chip::cost::cycle::totals::CoreSum;
use synfire_chip::cost::cycle::units::{Unit, Wait};
use synfire_chip::cost::stage::Stage;

/// Names of the columns: steps in which a core was the last, what its units worked, what was waited for.
#[must_use]
pub fn heads() -> Vec<Column> {
    let busy = Unit::ALL.iter().map(|(_, name)| format!("busy_{name}_ps"));
    let waits = Wait::ALL.iter().map(|(_, name)| format!("waits_{name}_ps"));
    columns(Kind::Count, std::iter::once("critical_steps".to_owned()).chain(busy).chain(waits))
}

/// The cells of a core; empty where no machine was simulated.
#[must_use]
pub fn cells(of: Option<&CoreSum>) -> Vec<String> {
    let Some(CoreSum { times, critical }) = of else { return vec![String::new(); heads().len()] };
    let figures = std::iter::once(critical).chain(&times.busy).chain(&times.waits);
    figures.map(u64::to_string).collect()
}

/// Where the time of all cores went: every unit that worked, and every cause that something waited for.
#[must_use]
pub fn cores(told: &Told<'_>) -> Option<Bars> {
    let sum = |of: &dyn Fn(&CoreSum) -> u64| {
        let machines = told.detail.cores.iter().filter_map(|core| core.machine.as_ref());
        let sums = machines.flat_map(|machine| Stage::ALL.map(|stage| u128::from(of(machine.of(stage)))));
        sums.sum::<u128>()
    };
    let busy = Unit::ALL.map(|(unit, name)| (format!("busy: {name}"), sum(&|of| of.times.busy(unit))));
    let waits = Wait::ALL
        .map(|(wait, name)| (format!("waits: {}", name.replace('_', " ")), sum(&|of| of.times.waited(wait))));
    let elapsed: u128 = told.detail.cycle_ps.iter().map(|by| by.training + by.test + by.inference).sum();
    let all = elapsed * told.detail.cores.len() as u128;
    let bar = |(name, ps): (String, u128)| {
        let text = format!("{} ({})", quantity::duration(ps), quantity::share(ps, all));
        Bar { name, value: ps as f64 / 1e6, text, ends: None }
    };
    bars(
        "What cores did and waited for",
        "all cores in use (us); share of the time of all steps",
        busy.into_iter().chain(waits),
        bar,
    )
}

/// What flits waited for at all links.
#[must_use]
pub fn links(told: &Told<'_>) -> Option<Bars> {
    let flows = || {
        let flows = told.detail.links.iter().filter_map(|link| link.flow.as_ref());
        flows.flat_map(|flow| Stage::ALL.map(|stage| &flow.of(stage).counts))
    };
    let sum = |cause: usize| flows().map(|counts| u128::from(counts.stalls[cause])).sum::<u128>();
    let stalls = STALLS.map(|(cause, name)| (name.replace('_', " "), sum(cause as usize)));
    let all = stalls.iter().map(|(_, cycles)| cycles).sum();
    let bar = |(name, cycles): (String, u128)| {
        let text = format!("{} ({})", quantity::count(cycles), quantity::share(cycles, all));
        Bar { name, value: cycles as f64, text, ends: None }
    };
    bars("What flits waited for", "cycles of the network, at all links", stalls.into_iter(), bar)
}

/// Those of the values that are not zero; `None` where none is left.
fn bars(
    title: &str,
    label: &str,
    values: impl Iterator<Item = (String, u128)>,
    bar: impl Fn((String, u128)) -> Bar,
) -> Option<Bars> {
    let bars: Vec<Bar> = values.filter(|(_, value)| *value > 0).map(bar).collect();
    (!bars.is_empty()).then(|| Bars { title: title.to_owned(), x_label: label.to_owned(), bars })
}
