//! `links.csv`: what passed every link, and what a simulated network counted of it.
//!
//! A simulated network has links between a core and its router too. It counts flits, what waits and why by virtual channel; a
//! head that waits for any channel of a link, of the link alone.
//!
//! Promises: a link is called the same in every table. Absent on purpose: links that nothing passed.

use super::told::{Told, known, tile_of, words};
use crate::formats::table::{Kind, Table, columns, typed};
use std::collections::BTreeMap;
use synfire_chip::chip::Chip;
use synfire_chip::cost::cycle::totals::Link;
use synfire_chip::cost::detail::{Flow, LinkDetail};
use synfire_chip::cost::stage::Stage;
use synfire_router::network::graph::{End, Graph};
use synfire_router::network::statistics::{CAUSES, Cause};

/// Causes of waiting by the names of their columns.
pub const STALLS: [(Cause, &str); CAUSES] = [
    (Cause::NoCredit, "no_credit"),
    (Cause::NoChannel, "no_channel"),
    (Cause::Arbitration, "lost_arbitration"),
    (Cause::Ejection, "ejection_busy"),
    (Cause::LinkBusy, "narrow_link"),
];

/// Columns before the stalls.
const COLUMNS: [(&str, Kind); 18] = [
    ("kind", Kind::Text),
    ("link", Kind::Count),
    ("from", Kind::Count),
    ("to", Kind::Count),
    ("from_column", Kind::Count),
    ("from_row", Kind::Count),
    ("to_column", Kind::Count),
    ("to_row", Kind::Count),
    ("class", Kind::Text),
    ("channel", Kind::Text),
    ("stage", Kind::Text),
    ("steps", Kind::Count),
    ("packets", Kind::Count),
    ("peak_packets", Kind::Count),
    ("flits", Kind::Count),
    ("held_ps", Kind::Count),
    ("utilisation_ppm", Kind::Count),
    ("peak_flits", Kind::Count),
];

/// What kind a link is, and its number: of one between a core and its router the core's; ports of the host follow the
/// cores.
const fn named(link: Link) -> (&'static str, u32) {
    match link {
        Link::Between(number) => ("link", number),
        Link::From(core) => ("injection", core),
        Link::To(core) => ("ejection", core),
    }
}

/// How other tables call a link: by its number alone where it is between routers.
#[must_use]
pub fn name(link: Link) -> String {
    match named(link) {
        ("link", number) => number.to_string(),
        (kind, number) => format!("{kind} {number}"),
    }
}

/// Parts per million of `elapsed_ps` that a link was held, rounded down.
#[must_use]
pub fn utilisation_ppm(held_ps: u128, elapsed_ps: u128) -> u128 {
    held_ps * 1_000_000 / elapsed_ps.max(1)
}

/// The table.
#[must_use]
pub fn table(told: &Told<'_>) -> Table {
    let Told { detail, chip, .. } = told;
    let classes = classes(chip);
    let stalls = columns(Kind::Count, STALLS.map(|(_, column)| column));
    let mut table = Table::new([typed(&COLUMNS), stalls].concat());
    for link in &detail.links {
        for stage in Stage::ALL.into_iter().filter(|stage| detail.elapsed.of(*stage).steps > 0) {
            let flow = link.flow.as_ref().map(|flow| flow.of(stage));
            let stage_cells = [stage.name().to_owned(), detail.elapsed.of(stage).steps.to_string()];
            let elapsed_ps = detail.cycle_ps.as_ref().map_or(0, |elapsed| *elapsed.of(stage));
            let mut row = place(link, chip);
            row.push(classes.get(&link.link).cloned().unwrap_or_default());
            let begin = row.clone();
            let own = flow.map_or(&[][..], |flow| &flow.counts.channels);
            row.push(known(flow.map(|_| if own.is_empty() { "0" } else { "all" })));
            row.extend(stage_cells.clone());
            let load = Some(link.loads.of(stage)).filter(|_| matches!(link.link, Link::Between(_)));
            row.extend([known(load.map(|load| load.packets)), known(load.map(|load| load.peak))]);
            row.extend(counted(flow, elapsed_ps));
            table.rows.push(row);
            for (channel, own) in own.iter().enumerate().filter(|(_, own)| own.flits > 0) {
                let held_ps = flow.map_or(0, |flow| by_flits(flow, own.flits));
                let passed = [u128::from(own.flits), held_ps, utilisation_ppm(held_ps, elapsed_ps)];
                let stalls = STALLS.map(|(cause, _)| u128::from(own.stalls[cause as usize]));
                let cells = passed.into_iter().chain([u128::from(own.peak)]).chain(stalls);
                let mut row = [begin.clone(), vec![channel.to_string()], stage_cells.to_vec()].concat();
                row.extend(words(&["", ""]));
                row.extend(cells.map(|cell| cell.to_string()));
                table.rows.push(row);
            }
        }
    }
    table
}

/// The class of each link between routers, by its name in the chip file; nothing where no network is described.
fn classes(chip: &Chip) -> BTreeMap<Link, String> {
    let Some(noc) = &chip.noc else { return BTreeMap::new() };
    let wires = Graph::new(&noc.config).wires.into_iter();
    let between = wires.filter(|wire| matches!(wire.end, End::Router { .. }));
    let named = between.filter_map(|wire| {
        let name = noc.link_classes.get(usize::from(wire.class))?;
        Some((Link::Between(wire.link), name.clone()))
    });
    named.collect()
}

/// How long so many of its flits held a link: each as long.
fn by_flits(flow: &Flow, flits: u64) -> u128 {
    flow.held_ps * u128::from(flits) / u128::from(flow.counts.flits.max(1))
}

/// Which link it is, and where.
fn place(link: &LinkDetail, chip: &Chip) -> Vec<String> {
    let (kind, number) = named(link.link);
    let mut cells = vec![kind.to_owned(), number.to_string(), link.from.to_string(), link.to.to_string()];
    for router in [link.from, link.to] {
        let tile = tile_of(chip, router);
        cells.extend([known(tile.map(|tile| tile.0)), known(tile.map(|tile| tile.1))]);
    }
    cells
}

/// What a model without flits does not know.
fn counted(flow: Option<&Flow>, elapsed_ps: u128) -> Vec<String> {
    let figures = [
        known(flow.map(|flow| flow.counts.flits)),
        known(flow.map(|flow| flow.held_ps)),
        known(flow.map(|flow| utilisation_ppm(flow.held_ps, elapsed_ps))),
        known(flow.map(|flow| flow.counts.peak)),
    ];
    let stalls = STALLS.map(|(cause, _)| known(flow.map(|flow| flow.counts.stalls[cause as usize])));
    figures.into_iter().chain(stalls).collect()
}
