//! The report of `synfire map`.
//!
//! Promises: every figure is of the placement that is written. Absent on purpose: rounding of what programs read (`--json`).

use super::expected::Expected;
use super::search::{Found, Goal, How, Search};
use super::trial::Tried;
use crate::report::model::{Headline, Table, TableCell};
use crate::report::quantity;
use std::time::Duration;
use synfire_chip::place::traffic::layout::Cost;
use synfire_chip::placing::Rates;

/// How much less there is of something: `2.61 times less`; nothing where there was none.
fn by(before: f64, after: f64) -> TableCell {
    if before == after || before <= 0.0 || after <= 0.0 {
        return TableCell::text("");
    }
    TableCell::number(before / after, less(before / after))
}

/// `2.61 times less`, or how much more.
fn less(times: f64) -> String {
    if times >= 1.0 { format!("{times:.2} times less") } else { format!("{:.2} times more", 1.0 / times) }
}

/// A figure in order, as found, and of what was passed over.
fn row(name: &str, all: &[f64], show: impl Fn(f64) -> String) -> Vec<TableCell> {
    let cell = |value: f64| TableCell::number(value, show(value));
    let others = all[1..].iter().flat_map(|after| [cell(*after), by(all[0], *after)]);
    [TableCell::text(name), cell(all[0])].into_iter().chain(others).collect()
}

/// Traffic, time and energy, in order, as found, and of what was passed over.
#[must_use]
pub fn table(found: &Found, expected: &Expected, steps: u64) -> Table {
    let unit = f64::from(Rates::UNIT);
    let passed = found.slower.as_ref();
    let costs: Vec<Cost> = found.expected.into_iter().chain(passed.map(|(cost, _)| *cost)).collect();
    let expect =
        |of: &dyn Fn(&Cost) -> u64| -> Vec<f64> { costs.iter().map(|cost| of(cost) as f64 / unit).collect() };
    let mut rows = vec![
        row("hops", &expect(&|cost| cost.hops), |n| format!("{n:.1}")),
        row("most loaded link", &expect(&|cost| cost.most), |n| format!("{n:.2}")),
    ];
    let mut notes = vec![format!("hops and packets a step; traffic: {}", expected.words())];
    if let Some(tried) = found.tried {
        let all: Vec<Tried> = tried.into_iter().chain(passed.map(|(_, tried)| *tried)).collect();
        let each = |of: &dyn Fn(&Tried) -> f64| -> Vec<f64> { all.iter().map(of).collect() };
        let mean = |value: f64| value / steps.max(1) as f64;
        rows.push(row("hops, all tried", &each(&|t| t.hops as f64), |n| quantity::count(n as u128)));
        rows.push(row("busiest link of a step", &each(&|t| t.busiest_link as f64), |n| format!("{n:.0}")));
        rows.push(row("time of a step", &each(&|t| mean(t.ps as f64)), |ps| quantity::duration(ps as u128)));
        rows.push(row("longest step", &each(&|t| t.longest_ps as f64), |ps| quantity::duration(ps as u128)));
        let least = tried[0].energy.1;
        rows.push(row("energy of a step", &each(&|t| mean(t.energy.0 as f64)), |aj| {
            let text = quantity::energy(aj as u128);
            if least { format!("at least {text}") } else { text }
        }));
        notes.push(format!("tried: the first {steps} steps, by the cycle model"));
    }
    if found.without_keys > 0 {
        let count = quantity::count(found.without_keys.into());
        notes.push(format!(
            "passed over: {count} placements that the routers have too few keys for (`mesh.keys_in`)"
        ));
    }
    let mut columns = vec!["", "in order", "as found", "change"];
    if let (Some((_, slower)), Some([before, _])) = (passed, &found.tried) {
        columns.extend(["passed over", "change"]);
        let longer = 100.0 * (slower.ps as f64 / before.ps.max(1) as f64 - 1.0);
        notes.push(format!(
            "passed over: what was best by what was looked for has steps {longer:.2} % longer than in order; `--slower` takes \
             it all the same"
        ));
    }
    Table {
        title: "In order, and as found".to_owned(),
        columns: columns.into_iter().map(str::to_owned).collect(),
        rows,
        notes,
    }
}

/// Why a search found nothing.
const NOTHING_TRAVELS: &str = "By what is expected no packet travels, so that no placement has less: of an experiment more \
                               `--steps` may see who fires, or `--rate` and `--spikes` say it.";

/// What was looked for, and the work that it was.
#[must_use]
pub fn intro(found: &Found, search: &Search) -> Vec<String> {
    let goal = match search.goal {
        Goal::Hops => "the fewest hops",
        Goal::Link => "the least loaded busiest link",
        Goal::Time => "the shortest steps",
    };
    let how = match search.how {
        How::Greedy => "Placed load by load".to_owned(),
        How::Anneal => format!("Annealed, seed {},", search.seed),
    };
    let rate = |(count, time): (u64, Duration), what: &str| {
        (count > 0).then(|| {
            let per_second = count as f64 / time.as_secs_f64().max(1e-9);
            format!("{} {what}, {} a second.", quantity::count(count.into()), quantity::rate(per_second))
        })
    };
    let mut lines = vec![format!("{how} for {goal}.")];
    if search.how == How::Anneal && found.moves.0 == 0 {
        lines.push("Nothing can move: every slice is stated, or there is one place.".to_owned());
    }
    if found.expected.iter().all(|cost| cost.hops == 0) {
        lines.push(NOTHING_TRAVELS.to_owned());
    }
    lines.extend(rate(found.moves, "exchanges"));
    lines.extend(rate(found.simulated, "placements simulated"));
    lines
}

/// How much better it is by what was looked for.
#[must_use]
pub fn headline(found: &Found, search: &Search) -> Headline {
    let (label, [before, after]) = match (search.goal, found.tried) {
        (Goal::Time, Some(tried)) => ("time of a step", tried.map(|tried| tried.ps as f64)),
        (Goal::Link, _) => ("most loaded link", found.expected.map(|cost| cost.most as f64)),
        _ => ("hops", found.expected.map(|cost| cost.hops as f64)),
    };
    let times = if after > 0.0 { before / after } else { 1.0 };
    Headline {
        label: label.to_owned(),
        text: less(times),
        number: Some(times),
        note: "than in order".to_owned(),
        ..Headline::default()
    }
}
