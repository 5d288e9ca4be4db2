//! The report of `synfire map`.
//!
//! Promises: every figure is of the placement that is written. Absent on purpose: rounding of what programs read (`--json`).

use super::expected::Expected;
use super::search::{Found, Goal, How, Search};
use crate::report::model::{Headline, Table, TableCell};
use crate::report::quantity;
use std::time::Duration;
use synfire_chip::placing::Rates;

/// How much less there is of something: `2.61 times fewer`; nothing where there was none.
fn by(before: f64, after: f64) -> TableCell {
    if before == after || before <= 0.0 || after <= 0.0 {
        return TableCell::text("");
    }
    let less = before / after;
    let text =
        if less >= 1.0 { format!("{less:.2} times less") } else { format!("{:.2} times more", 1.0 / less) };
    TableCell::number(less, text)
}

fn row(name: &str, [before, after]: [f64; 2], show: impl Fn(f64) -> String) -> Vec<TableCell> {
    let cell = |value: f64| TableCell::number(value, show(value));
    vec![TableCell::text(name), cell(before), cell(after), by(before, after)]
}

/// Traffic, time and energy, in order and as found.
#[must_use]
pub fn table(found: &Found, expected: &Expected, steps: u64) -> Table {
    let unit = f64::from(Rates::UNIT);
    let [before, after] = found.expected;
    let mut rows = vec![
        row("hops", [before.hops, after.hops].map(|hops| hops as f64 / unit), |n| format!("{n:.1}")),
        row("most loaded link", [before.most, after.most].map(|most| most as f64 / unit), |n| {
            format!("{n:.2}")
        }),
    ];
    let mut notes = vec![format!("hops and packets a step; traffic: {}", expected.words())];
    if let Some(tried) = found.tried {
        let each = |of: &dyn Fn(&super::trial::Tried) -> f64| tried.each_ref().map(of);
        let mean = |value: f64| value / steps.max(1) as f64;
        rows.push(row("hops, all tried", each(&|t| t.hops as f64), |n| quantity::count(n as u128)));
        rows.push(row("busiest link of a step", each(&|t| t.busiest_link as f64), |n| format!("{n:.0}")));
        rows.push(row("time of a step", each(&|t| mean(t.ps as f64)), |ps| quantity::duration(ps as u128)));
        rows.push(row("longest step", each(&|t| t.longest_ps as f64), |ps| quantity::duration(ps as u128)));
        let least = tried[0].energy.1;
        rows.push(row("energy of a step", each(&|t| mean(t.energy.0 as f64)), |aj| {
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
    if let (Some((cost, slower)), Some([_, tried])) = (&found.slower, &found.tried) {
        let mean = |ps: u128| quantity::duration(ps / u128::from(steps.max(1)));
        notes.push(format!(
            "passed over: {:.1} hops, {:.2} packets over the most loaded link, and steps of {} where these take {} \
             (`--slower` takes it)",
            cost.hops as f64 / unit,
            cost.most as f64 / unit,
            mean(slower.ps),
            mean(tried.ps)
        ));
    }
    Table {
        title: "In order, and as found".to_owned(),
        columns: ["", "in order", "as found", "change"].map(str::to_owned).to_vec(),
        rows,
        notes,
    }
}

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
            format!(
                "{} {what}, {} a second.",
                quantity::count(count.into()),
                quantity::short(per_second as u128, "")
            )
        })
    };
    let mut lines = vec![format!("{how} for {goal}.")];
    if search.how == How::Anneal && found.moves.0 == 0 {
        lines.push("Nothing can move: every slice is stated, or there is one place.".to_owned());
    }
    lines.extend(rate(found.moves, "exchanges"));
    lines.extend(rate(found.simulated, "placements simulated"));
    lines
}

/// How much better it is.
#[must_use]
pub fn headline(found: &Found) -> Headline {
    let [before, after] = found.expected.map(|cost| cost.hops as f64);
    let less = if after > 0.0 { before / after } else { 1.0 };
    let text =
        if less >= 1.0 { format!("{less:.2} times fewer") } else { format!("{:.2} times more", 1.0 / less) };
    Headline {
        label: "hops".to_owned(),
        text,
        number: Some(less),
        note: "than in order".to_owned(),
        ..Headline::default()
    }
}
