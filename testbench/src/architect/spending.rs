//! Who spent a part's energy: by stage, by layer, by component, with the ends that prices have.
//!
//! Promises: each list sums to the part; values are sums of a table's (`tables`). Absent on purpose: operations (`bill`).

use super::told::Told;
use crate::report::model::{Bar, Bars, Block, Table, TableCell};
use crate::report::quantity;
use synfire_chip::cost::amount::Amount;
use synfire_chip::cost::ledger::{Owner, Row};

/// An owner's name and its energy.
type Line = (String, Amount);

/// Charts, and a table of all of them with the ends.
#[must_use]
pub fn blocks(told: &Told<'_>) -> Vec<Block> {
    let groups = [("stage", stages(told)), ("layer", layers(told)), ("component", components(told))];
    let mut table = Table {
        title: "Energy by stage, layer and component".to_owned(),
        columns: ["", "low", "nominal", "high", "share"].map(str::to_owned).to_vec(),
        ..Table::default()
    };
    let mut blocks = Vec::new();
    for (of, mut lines) in groups {
        lines.retain(|(_, amount)| amount.high > 0);
        let total: Amount = lines.iter().map(|(_, amount)| *amount).sum();
        let drawn = lines.iter().filter(|(_, amount)| amount.nominal > 0);
        let bars: Vec<Bar> = drawn.map(|(name, amount)| bar(name, amount, &total)).collect();
        if !bars.is_empty() {
            blocks.push(
                Bars { title: format!("Energy by {of}"), x_label: "energy (uJ)".to_owned(), bars }.into(),
            );
        }
        table.rows.extend(lines.iter().map(|(name, amount)| row(name, amount, &total)));
        table.rows.push(row(&format!("all {of}s"), &total, &total));
    }
    table.notes.push(
        "hops are the network's, packets from the host the host's; what several own is a row of its own"
            .to_owned(),
    );
    table
        .notes
        .push("low and high: every price at its own end; of a price without ends the price".to_owned());
    blocks.push(table.into());
    blocks
}

fn bar(name: &str, amount: &Amount, total: &Amount) -> Bar {
    let micro = |attojoules: u128| attojoules as f64 / 1e12;
    let ends = (amount.low < amount.high).then(|| (micro(amount.low), micro(amount.high)));
    let share = quantity::share(amount.nominal, total.nominal);
    let text = format!("{} ({share})", quantity::energy(amount.nominal));
    Bar { name: name.to_owned(), value: micro(amount.nominal), text, ends }
}

fn row(name: &str, amount: &Amount, total: &Amount) -> Vec<TableCell> {
    let cell = |attojoules: u128| TableCell::number(attojoules as f64 / 1e18, quantity::energy(attojoules));
    vec![
        TableCell::text(name),
        cell(amount.low),
        cell(amount.nominal),
        cell(amount.high),
        TableCell::number(
            amount.nominal as f64 / total.nominal.max(1) as f64,
            quantity::share(amount.nominal, total.nominal),
        ),
    ]
}

fn stages(told: &Told<'_>) -> Vec<Line> {
    let line = |(stage, amounts): &(synfire_chip::cost::stage::Stage, Vec<Amount>)| {
        (stage.name().to_owned(), amounts.iter().copied().sum())
    };
    told.ledger.stages.iter().map(line).collect()
}

/// Rows of one owner together, the largest first.
fn by_owner(rows: &[Row], name: &dyn Fn(Owner) -> String) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for row in rows {
        let (name, total) = (name(row.owner), row.total());
        match lines.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += total,
            None => lines.push((name, total)),
        }
    }
    lines
}

fn layers(told: &Told<'_>) -> Vec<Line> {
    let populations = |layer: u32| {
        let own = told.detail.populations.iter().filter(|population| population.layer == layer);
        own.map(|population| population.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let name = |owner: Owner| match owner {
        Owner::Layer(0) => format!("no input: {}", populations(0)),
        Owner::Layer(layer) => format!("layer {layer}: {}", populations(layer)),
        Owner::Shared(core) => format!("core {core}, shared"),
        Owner::Network => "network".to_owned(),
        Owner::Host => "host's packets".to_owned(),
        Owner::Unused => "unused cores".to_owned(),
        Owner::Core(core) => format!("core {core}"),
        Owner::Population(index) => format!("population {index}"),
    };
    by_owner(&told.ledger.layers, &name)
}

fn components(told: &Told<'_>) -> Vec<Line> {
    let sum = |at: usize| told.ledger.stages.iter().map(|(_, amounts)| amounts[at]).sum::<Amount>();
    let lines = told.ledger.components.iter().enumerate().map(|(at, name)| ((*name).to_owned(), sum(at)));
    let mut lines: Vec<Line> = lines.filter(|(_, amount)| amount.high > 0).collect();
    lines.sort_by_key(|(_, amount)| std::cmp::Reverse(amount.nominal));
    lines
}
