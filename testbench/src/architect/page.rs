//! What a page says of a part beyond its bill: where, by whom and when it was spent, and on which chip.
//!
//! Promises: each figure is in the tables beside the report (`tables`), or in the chip's file. Absent on purpose: scores.

use super::told::Told;
use super::{description, latency, plan, spending, timeline, waiting};
use crate::report::model::{Block, Text};
use crate::report::quantity;
use synfire_chip::chip::Chip;
use synfire_chip::cost::detail::Detail;
use synfire_chip::cost::ledger::Ledger;

/// The blocks of a part that is called `name`.
#[must_use]
pub fn blocks(name: &str, detail: &Detail, chip: &Chip) -> Vec<Block> {
    let ledger = Ledger::of(detail, chip);
    let told = Told { detail, ledger: &ledger, chip };
    let mut blocks: Vec<Block> = Vec::new();
    let mut section = |title: &str, lines: Vec<String>, own: Vec<Block>| {
        if !own.is_empty() {
            blocks.push(Text { title: title.to_owned(), lines }.into());
            blocks.extend(own);
        }
    };
    let whole = format!("{name}, all stages together; the same figures are in cores.csv and links.csv.");
    let plans = plan::plans(&told).into_iter().map(Into::into);
    let waits = waiting::cores(&told).into_iter().chain(waiting::links(&told));
    let bars = waits.chain([plan::memory(&told)]).chain(plan::area(&told)).map(Into::into);
    section("Where", vec![whole], plans.chain(bars).collect());
    section(
        "Who",
        vec![format!("{name}; the same figures are in populations.csv.")],
        spending::blocks(&told),
    );
    let rows = quantity::count(detail.steps.len() as u128);
    let steps = format!("{name}: the last {rows} steps of the run, each a row of steps.csv.");
    let latencies = latency::histogram(&told).map(Into::into);
    let mut when = vec![steps];
    when.extend(
        latencies.is_some().then(|| format!("{name}: latencies of the whole run, from latency.csv.")),
    );
    section("When", when, timeline::timeline(&told).into_iter().map(Into::into).chain(latencies).collect());
    section("The chip", Vec::new(), description::blocks(&told));
    blocks
}
