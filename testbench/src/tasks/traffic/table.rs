//! `curve.csv`: every load of every row and seed, a line each.

use super::cell::CellResult;
use super::task::{RowNetwork, Task};

/// Its columns.
pub const COLUMNS: [&str; 25] = [
    "row",
    "seed",
    "alone_latency",
    "load",
    "answer",
    "packets",
    "waiting",
    "latency_mean",
    "latency_standard_error",
    "latency_p50",
    "latency_p99",
    "latency_worst",
    "accepted_mean",
    "accepted_least",
    "least_core",
    "accepted_most",
    "most_core",
    "busiest_link",
    "busiest_utilisation",
    "peak_flits",
    "stalls_no_credit",
    "stalls_no_channel",
    "stalls_arbitration",
    "stalls_ejection",
    "stalls_link_busy",
];

/// The file's text.
///
/// # Errors
/// Never on a string; the writer's type has it.
pub fn text(task: &Task, results: &[CellResult]) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
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
            writer.write_record(&fields)?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A link by the routers that it joins: `(3,0)>(4,0)` on a grid, `7>2` elsewhere.
#[must_use]
pub fn link_name(network: &RowNetwork, link: u32) -> String {
    let shape = network.noc.config.shape;
    let name = |router: u32| match shape.grid() {
        Some((columns, _)) => format!("({},{})", router % columns, router / columns),
        None => router.to_string(),
    };
    let ports = (0..shape.routers()).flat_map(|router| (0..shape.ways()).map(move |port| (router, port)));
    let mut ends = ports.filter_map(|(router, port)| {
        let (neighbour, _, number) = shape.neighbour(router, port)?;
        (number == link as usize).then(|| format!("{}>{}", name(router), name(neighbour)))
    });
    ends.next().unwrap_or_else(|| link.to_string())
}
