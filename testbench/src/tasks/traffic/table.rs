//! `curve.csv`: every load of every row and seed, a line each; `links.csv`: every link at each of them.

use super::cell::CellResult;
use super::point::Leads;
use super::task::{RowNetwork, Task};
use crate::formats::table::{Kind, Table, columns, typed};
use std::collections::BTreeMap;
use synfire_router::network::statistics::CAUSES;

/// Cycles that flits waited, by cause: the last columns of both.
const STALLS: [&str; CAUSES] =
    ["stalls_no_credit", "stalls_no_channel", "stalls_arbitration", "stalls_ejection", "stalls_link_busy"];

/// Columns of the links, before the stalls.
const LINK_COLUMNS: [(&str, Kind); 10] = [
    ("row", Kind::Text),
    ("seed", Kind::Count),
    ("load", Kind::Real),
    ("kind", Kind::Text),
    ("from", Kind::Text),
    ("to", Kind::Text),
    ("channel", Kind::Text),
    ("flits", Kind::Count),
    ("utilisation", Kind::Real),
    ("peak_flits", Kind::Count),
];

/// Columns of the curve, before the stalls.
const COLUMNS: [(&str, Kind); 20] = [
    ("row", Kind::Text),
    ("seed", Kind::Count),
    ("alone_latency", Kind::Real),
    ("load", Kind::Real),
    ("answer", Kind::Text),
    ("packets", Kind::Count),
    ("waiting", Kind::Count),
    ("latency_mean", Kind::Real),
    ("latency_standard_error", Kind::Real),
    ("latency_p50", Kind::Count),
    ("latency_p99", Kind::Count),
    ("latency_worst", Kind::Count),
    ("accepted_mean", Kind::Real),
    ("accepted_least", Kind::Real),
    ("least_core", Kind::Count),
    ("accepted_most", Kind::Real),
    ("most_core", Kind::Count),
    ("busiest_link", Kind::Text),
    ("busiest_utilisation", Kind::Real),
    ("peak_flits", Kind::Count),
];

/// A table of these columns and the stalls.
fn with_stalls(own: &[(&str, Kind)]) -> Table {
    Table::new([typed(own), columns(Kind::Count, STALLS)].concat())
}

/// The table of loads.
#[must_use]
pub fn curve(task: &Task, results: &[CellResult]) -> Table {
    let mut table = with_stalls(&COLUMNS);
    for result in results {
        let row = task.settings.rows.iter().position(|row| row.name == result.row);
        let network = row.map(|row| &task.networks[row]);
        for point in &result.points {
            let link = point.busiest.map(|(link, _)| network.map_or(String::new(), |of| link_name(of, link)));
            let mut fields = vec![
                result.row.clone(),
                result.seed.to_string(),
                result.alone.latency.to_string(),
                point.load.to_string(),
                point.answer.words().to_owned(),
                point.packets.to_string(),
                point.waiting.to_string(),
                point.latency.to_string(),
                point.standard_error.map_or(String::new(), |error| error.to_string()),
                point.p50.to_string(),
                point.p99.to_string(),
                point.worst.to_string(),
                point.accepted.to_string(),
                point.least.rate.to_string(),
                point.least.core.to_string(),
                point.most.rate.to_string(),
                point.most.core.to_string(),
                link.unwrap_or_default(),
                point.busiest.map_or(String::new(), |(_, utilisation)| utilisation.to_string()),
                point.peak.to_string(),
            ];
            fields.extend(point.stalls.iter().map(u64::to_string));
            table.rows.push(fields);
        }
    }
    table
}

/// The table of links.
#[must_use]
pub fn links(task: &Task, results: &[CellResult]) -> Table {
    let mut table = with_stalls(&LINK_COLUMNS);
    for result in results {
        let Some(row) = task.settings.rows.iter().position(|row| row.name == result.row) else { continue };
        let network = &task.networks[row];
        let ends: BTreeMap<usize, (u32, u32)> = link_ends(network).collect();
        let cores = network.noc.config.cores_per_router;
        for point in &result.points {
            for of in &point.links {
                let router = |core: u32| router_name(network, core / cores);
                let (kind, from, to) = match of.link {
                    Leads::On(link) => {
                        let (from, to) = ends[&(link as usize)];
                        ("link", router_name(network, from), router_name(network, to))
                    }
                    Leads::In(core) => ("injection", core.to_string(), router(core)),
                    Leads::Out(core) => ("ejection", router(core), core.to_string()),
                };
                let mut place = vec![result.row.clone(), result.seed.to_string(), point.load.to_string()];
                place.extend([kind.to_owned(), from, to]);
                let whole = if of.channels.is_empty() { "0" } else { "all" };
                let mut fields = vec![whole.to_owned(), of.flits.to_string(), of.utilisation.to_string()];
                fields.push(of.peak.to_string());
                fields.extend(of.stalls.iter().map(u64::to_string));
                table.rows.push([place.clone(), fields].concat());
                for (channel, own) in of.channels.iter().enumerate() {
                    // A link is held as long by each of its flits.
                    let held = of.utilisation * own.flits as f64 / of.flits.max(1) as f64;
                    let mut fields = vec![channel.to_string(), own.flits.to_string(), held.to_string()];
                    fields.push(own.peak.to_string());
                    fields.extend(own.stalls.iter().map(u64::to_string));
                    table.rows.push([place.clone(), fields].concat());
                }
            }
        }
    }
    table
}

/// A router: `(3,0)` on a grid, `7` elsewhere.
fn router_name(network: &RowNetwork, router: u32) -> String {
    match network.noc.config.shape.grid() {
        Some((columns, _)) => format!("({},{})", router % columns, router / columns),
        None => router.to_string(),
    }
}

/// The number of every link and the routers at its ends; numbers have gaps where a mesh ends.
fn link_ends(network: &RowNetwork) -> impl Iterator<Item = (usize, (u32, u32))> {
    let shape = network.noc.config.shape;
    let ports =
        (0..shape.routers()).flat_map(move |router| (0..shape.ways()).map(move |port| (router, port)));
    ports.filter_map(move |(router, port)| {
        let (neighbour, _, number) = shape.neighbour(router, port)?;
        Some((number, (router, neighbour)))
    })
}

/// A link by the routers that it joins: `(3,0)>(4,0)` on a grid, `7>2` elsewhere.
#[must_use]
pub fn link_name(network: &RowNetwork, link: u32) -> String {
    let found = link_ends(network).find(|(number, _)| *number == link as usize);
    let name = |router| router_name(network, router);
    found.map_or_else(|| link.to_string(), |(_, (from, to))| format!("{}>{}", name(from), name(to)))
}
