//! What the cycle model adds to tables and page: every figure again, from the tables and `summary.json`.

use super::{Csv, block};
use crate::{Left, at};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use synfire::report::quantity;

/// Everything; of a run by the analytic model alone, that the cells which it does not know are empty.
pub fn check(left: &Left, part: &Value, [steps, cores, links]: [&Csv; 3]) {
    let model = left.summary["model"]["name"].as_str().unwrap();
    if model == "analytic" {
        for (table, column) in [
            (steps, "cycle_total_ps"),
            (steps, "critical_link_held_ps"),
            (cores, "critical_steps"),
            (cores, "waits_others_ps"),
            (links, "channel"),
            (links, "flits"),
            (links, "utilisation_ppm"),
            (links, "narrow_link"),
        ] {
            assert!(table.rows.iter().all(|row| table.get(row, column).is_empty()), "{column}");
        }
        assert!(!left.folder.join("latency.csv").exists());
        return;
    }
    for (stage, of) in part["stages"].as_object().unwrap() {
        let total = at(of, "time.cycle_model.total_ps");
        step_times(steps, model, stage, of);
        let own = cores.rows.iter().filter(|row| cores.get(row, "stage") == stage);
        let own = own.filter(|row| cores.get(row, "owner") == "core");
        let mut last = 0;
        for row in own {
            let (work, others) = (cores.number(row, "work_ps"), cores.number(row, "waits_others_ps"));
            assert!(others <= total && (model == "both" || work + others == total), "{stage}");
            last += cores.number(row, "critical_steps");
        }
        assert!(last <= at(of, "steps"));
        for row in links.rows.iter().filter(|row| links.get(row, "stage") == stage) {
            let held = links.number(row, "held_ps");
            assert_eq!(links.number(row, "utilisation_ppm"), held * 1_000_000 / total);
            assert_eq!(held > 0, links.number(row, "flits") > 0);
            assert_eq!(links.get(row, "channel"), "0");
        }
    }
    critical_links(left, steps, links, model);
    bars(left, part, cores, links);
    utilisation(left, part, links);
    latencies(left);
}

/// Steps sum to the model's time, and where all have rows to its parts.
fn step_times(steps: &Csv, model: &str, stage: &str, of: &Value) {
    let own: Vec<_> = steps.rows.iter().filter(|row| steps.get(row, "stage") == stage).collect();
    let prefix = if model == "both" { "cycle_" } else { "" };
    let sum = |column: &str, rows: &[&Vec<String>]| {
        rows.iter().map(|row| steps.number(row, &format!("{prefix}{column}"))).sum::<u128>()
    };
    assert_eq!(sum("total_ps", &own), at(of, "time.cycle_model.total_ps"), "{stage}");
    let single: Vec<_> = own.iter().copied().filter(|row| !steps.get(row, "step").is_empty()).collect();
    for row in &single {
        let parts = ["core_ps", "network_ps", "barrier_ps"].map(|column| sum(column, &[row]));
        assert_eq!(sum("total_ps", &[row]), parts.iter().sum::<u128>());
    }
    if single.len() == own.len() {
        for column in ["core_ps", "network_ps", "barrier_ps"] {
            assert_eq!(sum(column, &own), at(of, &format!("time.cycle_model.{column}")), "{column}");
        }
        let longest = single.iter().map(|row| sum("total_ps", &[row])).max();
        assert_eq!(longest, Some(at(of, "time.cycle_model.longest_step_ps")));
    }
    if model == "cycle" {
        assert!(own.iter().all(|row| steps.get(row, "cycle_total_ps").is_empty()));
    }
}

/// A step's critical link is in the table of links, and the timeline has a lane for it.
fn critical_links(left: &Left, steps: &Csv, links: &Csv, model: &str) {
    let single = || steps.rows.iter().filter(|row| !steps.get(row, "step").is_empty());
    let mut held = BTreeMap::<String, u128>::new();
    for row in single().filter(|row| !steps.get(row, "critical_link").is_empty()) {
        let column = if model == "both" { "packets" } else { "held_ps" };
        let load = steps.number(row, &format!("critical_link_{column}"));
        *held.entry(steps.get(row, "critical_link").to_owned()).or_default() += load;
    }
    assert!(!held.is_empty());
    for (name, load) in held {
        let (kind, number) = name.split_once(' ').unwrap_or(("link", &name));
        let own = links
            .rows
            .iter()
            .filter(|row| links.get(row, "kind") == kind && links.get(row, "link") == number);
        let column = if model == "both" { "packets" } else { "held_ps" };
        let all: u128 = own.map(|row| links.number(row, column)).sum();
        assert!(load > 0 && load <= all, "{name}: {load} of {all}");
        let Some(core) = name.strip_prefix("ejection ") else { continue };
        let title = format!("The last {} steps", quantity::count(single().count() as u128));
        let lanes = block(left, &title)["lanes"].as_array().unwrap();
        let lane = lanes.iter().find(|lane| lane["name"] == format!("to core {core}"));
        if let Some(lane) = lane {
            let decided = single().filter(|row| steps.get(row, "critical_link") == name).count();
            assert_eq!(lane["steps"].as_array().unwrap().len(), decided, "{name}");
        }
    }
}

/// Bars of what cores did and waited for, and of what flits waited for.
fn bars(left: &Left, part: &Value, cores: &Csv, links: &Csv) {
    let own: Vec<_> = cores.rows.iter().filter(|row| cores.get(row, "owner") == "core").collect();
    let used: BTreeSet<&str> = own.iter().map(|row| cores.get(row, "core")).collect();
    let all = at(part, "time.cycle_model.total_ps") * used.len() as u128;
    let mut wanted = BTreeMap::new();
    for column in &cores.columns {
        let name = match (column.strip_prefix("busy_"), column.strip_prefix("waits_")) {
            (Some(unit), _) => format!("busy: {}", unit.trim_end_matches("_ps")),
            (_, Some(cause)) => format!("waits: {}", cause.trim_end_matches("_ps").replace('_', " ")),
            _ => continue,
        };
        let ps: u128 = own.iter().map(|row| cores.number(row, column)).sum();
        if ps > 0 {
            wanted.insert(name, format!("{} ({})", quantity::duration(ps), quantity::share(ps, all)));
        }
    }
    assert!(wanted.len() > 3, "{wanted:?}");
    assert_eq!(drawn(left, "What cores did and waited for"), wanted);
    let causes = ["no_credit", "no_channel", "lost_arbitration", "ejection_busy", "narrow_link"];
    let cycles = |column: &str| links.rows.iter().map(|row| links.number(row, column)).sum::<u128>();
    let all: u128 = causes.iter().map(|column| cycles(column)).sum();
    let shown = causes.iter().map(|column| (column.replace('_', " "), cycles(column)));
    let text = |sum| format!("{} ({})", quantity::count(sum), quantity::share(sum, all));
    let wanted: BTreeMap<String, String> =
        shown.filter(|(_, sum)| *sum > 0).map(|(name, sum)| (name, text(sum))).collect();
    assert!(!wanted.is_empty(), "nothing ever waited");
    assert_eq!(drawn(left, "What flits waited for"), wanted);
}

/// Names and texts of the bars of a chart.
fn drawn(left: &Left, title: &str) -> BTreeMap<String, String> {
    let text = |bar: &Value, field: &str| bar[field].as_str().unwrap().to_owned();
    let bars = block(left, title)["bars"].as_array().unwrap().iter();
    bars.map(|bar| (text(bar, "name"), text(bar, "text"))).collect()
}

fn utilisation(left: &Left, part: &Value, links: &Csv) {
    let elapsed = at(part, "time.cycle_model.total_ps");
    let way = |row: &[String]| {
        let [a, b, c, d] =
            ["from_column", "from_row", "to_column", "to_row"].map(|name| links.get(row, name));
        (links.get(row, "kind") == "link").then(|| format!("[[{a},{b}],[{c},{d}]]"))
    };
    let mut wanted = links.by("held_ps", way);
    wanted.retain(|(_, held)| held * 1_000_000 / elapsed > 0);
    assert!(!wanted.is_empty());
    let plan = block(left, "Links by utilisation");
    let show = |held: u128| format!("{:.1} %", (held * 1_000_000 / elapsed) as f64 / 1e4);
    assert_eq!(plan["ways"].as_array().unwrap().len(), wanted.len());
    for way in plan["ways"].as_array().unwrap() {
        let name = serde_json::json!([way["from"], way["to"]]).to_string();
        let (_, held) = wanted.iter().find(|(way, _)| *way == name).expect("a link");
        assert_eq!(way["text"], show(*held));
    }
    assert_eq!(plan["most"], show(wanted.iter().map(|(_, held)| *held).max().unwrap()));
}

/// The picture's bars and marks, from the classes of all stages.
fn latencies(left: &Left) {
    let table = Csv::read(left, "latency.csv");
    let mut classes = BTreeMap::<u128, (u128, u128)>::new();
    for row in &table.rows {
        let [least, most, packets] =
            ["least_cycles", "most_cycles", "packets"].map(|name| table.number(row, name));
        assert!(least <= most && packets > 0);
        let class = classes.entry(least).or_default();
        (class.0, class.1) = (class.0.max(most), class.1 + packets);
    }
    let number: u128 = classes.values().map(|(_, packets)| packets).sum();
    let within = |part: u128, whole: u128| {
        let wanted = (number * part).div_ceil(whole);
        let mut seen = 0;
        let class = classes.values().find(|(_, packets)| {
            seen += packets;
            seen >= wanted
        });
        class.expect("a class").0
    };
    let picture = block(left, "Latencies of packets");
    let marks = picture["marks"].as_array().unwrap();
    let wanted = [("50 %", within(1, 2)), ("99 %", within(99, 100)), ("all", within(1, 1))];
    for (mark, (name, cycles)) in marks.iter().zip(wanted) {
        assert_eq!(mark["name"], format!("{name} within {} cycles", quantity::count(cycles)));
        assert_eq!(mark["value"].to_string(), cycles.to_string());
        assert!(left.page.contains(mark["name"].as_str().unwrap()));
    }
    let (first, width) = (at(picture, "first"), at(picture, "width"));
    let bars = picture["counts"].as_array().unwrap();
    for (bar, count) in bars.iter().enumerate() {
        let begin = first + bar as u128 * width;
        let own = classes.iter().filter(|(least, _)| (begin..begin + width).contains(*least));
        assert!(own.clone().all(|(_, (most, _))| *most < begin + width), "a class is in one bar");
        let packets: u128 = own.map(|(_, (_, packets))| packets).sum();
        assert_eq!(count.to_string(), packets.to_string());
    }
    assert_eq!(bars.iter().map(|count| count.as_u64().unwrap()).sum::<u64>() as u128, number);
}
