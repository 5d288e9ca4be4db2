//! The report of a traffic experiment: where each network saturates, its curves, and every load.

use super::cell::CellResult;
use super::point::{Answer, Point};
use super::search;
use super::table;
use super::task::{RowNetwork, Task};
use crate::report::model::{Curves, Headline, Reference, Report, Series, Table, TableCell};
use crate::report::quantity::{self, Spread};

/// Most rows in one chart: as many as there are colours to tell apart.
const TOGETHER: usize = 6;
/// Curves of latency are drawn up to so many times that.
const DRAWN: f64 = 6.0;

/// The whole report.
#[must_use]
pub fn report(title: &str, task: &Task, results: &[CellResult]) -> Report {
    let settings = &task.settings;
    let mut report = Report { title: title.to_owned(), ..Report::default() };
    report.intro = vec![
        "The network between the cores alone, cycle by cycle. Latency is from the cycle in which a packet is offered to \
         that in which its tail has arrived, waiting before the network included. Load is flits offered by a core in a \
         cycle; accepted is flits that a core took in a cycle, mean over cores."
            .to_owned(),
        format!(
            "A load begins with an empty network: {} cycles, then a sample of {}, then at most {} until the sample's \
             packets have arrived, while traffic goes on.",
            quantity::count(settings.warm_up.into()),
            quantity::count(settings.sample.into()),
            quantity::count(settings.drain.into())
        ),
        "The saturation load is where the mean latency is three times that of packets alone, linear between the two loads \
         that are printed beside it."
            .to_owned(),
    ];
    let rows: Vec<(&str, &RowNetwork, Vec<&CellResult>)> = (settings.rows.iter().zip(&task.networks))
        .map(|(row, network)| {
            (row.name.as_str(), network, results.iter().filter(|result| result.row == row.name).collect())
        })
        .collect();
    for (name, _, of) in &rows {
        report.headlines.push(headline(name, of));
    }
    report.push(networks(&rows));
    report.push(overview(&rows));
    for some in rows.chunks(TOGETHER) {
        report.push(latencies(some));
        report.push(accepted(some));
    }
    for (name, network, of) in &rows {
        report.push(loads(name, network, of));
    }
    report
}

/// The saturation load of a cell.
fn saturation(result: &CellResult) -> Option<f64> {
    search::saturation(&result.alone, &result.points).map(|(load, _)| load)
}

/// The loads that all seeds saturate between.
fn between(of: &[&CellResult]) -> Option<[f64; 2]> {
    let gaps =
        of.iter().filter_map(|result| search::saturation(&result.alone, &result.points)).map(|(_, gap)| gap);
    gaps.reduce(|[low, high], [below, above]| [low.min(below), high.max(above)])
}

fn spread(of: &[&CellResult], value: impl Fn(&CellResult) -> Option<f64>) -> Option<Spread> {
    let values: Option<Vec<f64>> = of.iter().map(|result| value(result)).collect();
    Spread::of(&values?)
}

/// A mean with its standard error over seeds.
fn mean(spread: Option<Spread>, digits: usize) -> TableCell {
    spread.map_or_else(
        || TableCell::text("-"),
        |spread| {
            let error = spread.standard_error.map_or(String::new(), |error| format!(" +- {error:.digits$}"));
            TableCell::number(spread.mean, format!("{:.digits$}{error}", spread.mean))
        },
    )
}

fn headline(name: &str, of: &[&CellResult]) -> Headline {
    let saturation = spread(of, saturation);
    let alone = of.first().map_or(0.0, |result| result.alone.latency);
    let highest =
        of.iter().filter_map(|result| result.points.last()).map(|point| point.load).next().unwrap_or(0.0);
    Headline {
        label: format!("{name}: saturation load, flits a core and cycle"),
        text: match &saturation {
            Some(load) => format!("{:.3}", load.mean),
            None => format!("above {highest}"),
        },
        number: saturation.map(|load| load.mean),
        note: match between(of) {
            Some([low, high]) => format!("between {low:.3} and {high:.3}; {alone:.1} cycles alone"),
            None => format!("{alone:.1} cycles alone"),
        },
        ..Headline::default()
    }
}

/// What each row's network is.
fn networks(rows: &[(&str, &RowNetwork, Vec<&CellResult>)]) -> Table {
    let columns = ["", "chip", "shape", "cores", "router cycles", "channels", "depth", "flits"];
    let line = |(name, network, _): &(&str, &RowNetwork, Vec<&CellResult>)| {
        let config = &network.noc.config;
        let cores = config.shape.leaves() * config.cores_per_router;
        vec![
            TableCell::text(*name),
            TableCell::text(network.chip.clone()),
            TableCell::text(config.shape.to_string()),
            TableCell::count(cores.into()),
            TableCell::count(config.pipeline.cycles().into()),
            TableCell::count(config.channels.into()),
            TableCell::count(config.depth.into()),
            TableCell::count(network.flits.into()),
        ]
    };
    Table {
        title: "Networks".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.iter().map(line).collect(),
        notes: vec![
            "channels: virtual channels of a port; depth: flits of a channel's buffer; flits: of a packet"
                .to_owned(),
        ],
    }
}

/// A line a row: latency alone, saturation, accepted rate at the highest load.
fn overview(rows: &[(&str, &RowNetwork, Vec<&CellResult>)]) -> Table {
    let columns = [
        "",
        "alone (cycles)",
        "longest",
        "saturation load",
        "highest load",
        "accepted",
        "worst core",
        "best core",
    ];
    let line = |(name, _, of): &(&str, &RowNetwork, Vec<&CellResult>)| {
        let last = |value: fn(&Point) -> f64| spread(of, |result| result.points.last().map(value));
        let alone = of.first().map(|result| result.alone);
        let stated = of.first().and_then(|result| result.points.last()).map(|point| point.load);
        vec![
            TableCell::text(*name),
            alone.map_or_else(TableCell::default, |alone| {
                TableCell::number(alone.latency, format!("{:.2}", alone.latency))
            }),
            alone.map_or_else(TableCell::default, |alone| TableCell::count(alone.worst.into())),
            mean(spread(of, saturation), 3),
            stated.map_or_else(TableCell::default, |load| TableCell::number(load, load.to_string())),
            mean(last(|point| point.accepted), 3),
            mean(last(|point| point.least.rate), 3),
            mean(last(|point| point.most.rate), 3),
        ]
    };
    Table {
        title: "Saturation and accepted rate".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.iter().map(line).collect(),
        notes: vec!["accepted, worst and best core: flits a cycle at the highest load; mean over seeds +- its standard error".to_owned()],
    }
}

/// Mean over seeds of a figure at each load that all of them ran; as long as all have it.
fn series(name: &str, of: &[&CellResult], value: impl Fn(&CellResult, &Point) -> Option<f64>) -> Series {
    let mean = |load: f64| Some((load, spread(of, |result| value(result, at(result, load)?))?.mean));
    Series { name: name.to_owned(), points: common(of).into_iter().map_while(mean).collect() }
}

/// The loads that all seeds ran, ascending; a search may try others with each seed.
fn common(of: &[&CellResult]) -> Vec<f64> {
    let first = of.first().map_or(&[][..], |result| &result.points);
    let all = |load: &f64| of.iter().all(|result| at(result, *load).is_some());
    first.iter().map(|point| point.load).filter(all).collect()
}

fn at(result: &CellResult, load: f64) -> Option<&Point> {
    result.points.iter().find(|point| point.load == load)
}

fn latencies(rows: &[(&str, &RowNetwork, Vec<&CellResult>)]) -> Curves {
    let drawn = |result: &CellResult, point: &Point| {
        let seen = point.packets > 0 && point.latency <= DRAWN * result.alone.latency;
        seen.then_some(point.latency)
    };
    Curves {
        title: "Mean latency over offered load".to_owned(),
        x_label: "offered, flits a core and cycle".to_owned(),
        y_label: "cycles".to_owned(),
        series: rows.iter().map(|(name, _, of)| series(name, of, drawn)).collect(),
        references: Vec::new(),
    }
}

fn accepted(rows: &[(&str, &RowNetwork, Vec<&CellResult>)]) -> Curves {
    Curves {
        title: "Accepted over offered load".to_owned(),
        x_label: "offered, flits a core and cycle".to_owned(),
        y_label: "accepted, flits a core and cycle".to_owned(),
        series: rows.iter().map(|(name, _, of)| series(name, of, |_, point| Some(point.accepted))).collect(),
        references: Vec::<Reference>::new(),
    }
}

/// Every load of a row: means over seeds, extremes of all seeds.
fn loads(name: &str, network: &RowNetwork, of: &[&CellResult]) -> Table {
    let columns = ["load", "answer", "latency", "p50", "p99", "worst", "accepted", "busiest link", "held"];
    let line = |load: f64| {
        let points: Vec<&Point> = of.iter().filter_map(|result| at(result, load)).collect();
        let first = points.first().copied();
        let largest = |value: fn(&Point) -> u64| points.iter().map(|point| value(point)).max().unwrap_or(0);
        let saturated = points.iter().any(|point| point.answer == Answer::Saturated);
        let latency = mean(spread(of, |result| at(result, load).map(|point| point.latency)), 1);
        let busiest = first.and_then(|point| point.busiest);
        vec![
            first.map_or_else(TableCell::default, |point| {
                TableCell::number(point.load, point.load.to_string())
            }),
            TableCell::text(answers(&points)),
            if saturated { TableCell { text: format!("> {}", latency.text), ..latency } } else { latency },
            TableCell::count(largest(|point| point.p50).into()),
            TableCell::count(largest(|point| point.p99).into()),
            TableCell::count(largest(|point| point.worst).into()),
            mean(spread(of, |result| at(result, load).map(|point| point.accepted)), 3),
            TableCell::text(busiest.map_or("-".to_owned(), |(link, _)| table::link_name(network, link))),
            busiest.map_or_else(TableCell::default, |(_, held)| {
                TableCell::number(held, quantity::percent(held))
            }),
        ]
    };
    Table {
        title: format!("`{name}`: every load"),
        columns: columns.map(str::to_owned).to_vec(),
        rows: common(of).into_iter().map(line).collect(),
        notes: vec![
            "latency: mean of all seeds +- its standard error; of a saturated network it grows with the sample, so what \
             is printed is too low"
                .to_owned(),
            "p50, p99, worst: the largest of any seed; busiest link and the share of cycles for which it was held: of the \
             first seed"
                .to_owned(),
        ],
    }
}

/// The answers of all seeds: one word where they agree.
fn answers(points: &[&Point]) -> String {
    let all = [Answer::Converged, Answer::NotConverged, Answer::Saturated];
    let count = |answer: &Answer| points.iter().filter(|point| point.answer == *answer).count();
    let said: Vec<(usize, &str)> =
        all.iter().map(|answer| (count(answer), answer.words())).filter(|(count, _)| *count > 0).collect();
    match &said[..] {
        [(_, only)] => (*only).to_owned(),
        _ => said.iter().map(|(count, words)| format!("{count} {words}")).collect::<Vec<_>>().join(", "),
    }
}
