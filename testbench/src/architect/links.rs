//! `links.csv`: what passed every link, and what a simulated network counted of it.
//!
//! A simulated network has links between a core and its router too. It counts what its channels hold together.
//!
//! Promises: a link is called the same in every table. Absent on purpose: links that nothing passed.

use super::told::{Lines, Told, known, tile_of, words};
use synfire_chip::chip::Chip;
use synfire_chip::cost::cycle::totals::Link;
use synfire_chip::cost::detail::{Flow, LinkDetail};
use synfire_chip::cost::stage::Stage;
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
const COLUMNS: [&str; 17] = [
    "kind",
    "link",
    "from",
    "to",
    "from_column",
    "from_row",
    "to_column",
    "to_row",
    "channel",
    "stage",
    "steps",
    "packets",
    "peak_packets",
    "flits",
    "held_ps",
    "utilisation_ppm",
    "peak_flits",
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
pub fn table(told: &Told<'_>) -> Lines {
    let Told { detail, chip, .. } = told;
    let stalls = STALLS.map(|(_, column)| column);
    let mut rows = vec![words(&[&COLUMNS[..], &stalls].concat())];
    for link in &detail.links {
        for stage in Stage::ALL.into_iter().filter(|stage| detail.elapsed.of(*stage).steps > 0) {
            let flow = link.flow.as_ref().map(|flow| flow.of(stage));
            let mut row = place(link, chip);
            let channels = chip.noc.as_ref().map_or(1, |noc| noc.config.channels);
            let channel = if channels == 1 { "0" } else { "all" };
            row.push(known(flow.map(|_| channel)));
            row.extend([stage.name().to_owned(), detail.elapsed.of(stage).steps.to_string()]);
            let load = Some(link.loads.of(stage)).filter(|_| matches!(link.link, Link::Between(_)));
            row.extend([known(load.map(|load| load.packets)), known(load.map(|load| load.peak))]);
            let elapsed_ps = detail.cycle_ps.as_ref().map_or(0, |elapsed| *elapsed.of(stage));
            row.extend(counted(flow, elapsed_ps));
            rows.push(row);
        }
    }
    rows
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
