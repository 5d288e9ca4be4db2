//! The tables beside a report, and what its page shows of them: every figure again, from these files and
//! `summary.json` alone.

#[path = "cycle.rs"]
mod cycle;

use super::recomputed::{Left, at, cells};
use serde_json::Value;
use std::collections::BTreeMap;
use synfire::report::quantity;

/// A table, by the names of its columns.
struct Csv {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Csv {
    fn read(left: &Left, name: &str) -> Self {
        let mut reader = csv::Reader::from_path(left.folder.join(name)).expect(name);
        let columns = reader.headers().expect("heads").iter().map(str::to_owned).collect();
        let row = |row: csv::Result<csv::StringRecord>| row.expect(name).iter().map(str::to_owned).collect();
        Self { columns, rows: reader.records().map(row).collect() }
    }

    fn get<'a>(&self, row: &'a [String], name: &str) -> &'a str {
        let column = self.columns.iter().position(|column| column == name);
        &row[column.unwrap_or_else(|| panic!("no column `{name}`"))]
    }

    fn number(&self, row: &[String], name: &str) -> u128 {
        self.get(row, name).parse().unwrap_or_else(|_| panic!("{name}: {row:?}"))
    }

    /// The sum of a column over the rows in which another says `is`.
    fn sum(&self, name: &str, of: &str, is: &str) -> u128 {
        let own = self.rows.iter().filter(|row| self.get(row, of) == is);
        own.map(|row| self.number(row, name)).sum()
    }

    /// Sums of a column by what `key` says of a row, in the order of the rows.
    fn by(&self, name: &str, key: impl Fn(&[String]) -> Option<String>) -> Vec<(String, u128)> {
        let mut sums: Vec<(String, u128)> = Vec::new();
        for row in &self.rows {
            let Some(key) = key(row) else { continue };
            let value = self.number(row, name);
            match sums.iter_mut().find(|(known, _)| *known == key) {
                Some((_, sum)) => *sum += value,
                None => sums.push((key, value)),
            }
        }
        sums
    }
}

/// Everything, of the part that the report shows.
pub fn check(left: &Left, part: &Value) {
    let [steps, cores, links, populations] =
        ["steps.csv", "cores.csv", "links.csv", "populations.csv"].map(|name| Csv::read(left, name));
    for (stage, of) in part["stages"].as_object().unwrap() {
        for table in [&steps, &cores, &populations] {
            sums(table, stage, of);
        }
        assert_eq!(steps.sum("steps", "stage", stage), at(of, "steps"));
        assert_eq!(steps.sum("total_ps", "stage", stage), at(of, "time.total_ps"));
        let hops = at(of, "counts.hops_x") + at(of, "counts.hops_y");
        let own = || {
            let between = links.rows.iter().filter(|row| links.get(row, "kind") == "link");
            between.filter(|row| links.get(row, "stage") == stage)
        };
        assert_eq!(own().map(|row| links.number(row, "packets")).sum::<u128>(), hops, "{stage}");
        let peak = own().map(|row| links.number(row, "peak_packets")).max().unwrap_or(0);
        assert_eq!(peak, at(of, "busiest_link_packets"));
    }
    each_step_is_its_parts(&steps);
    cycle::check(left, part, [&steps, &cores, &links]);
    plans(left, part, &cores, &links);
    spending(left, part, &cores, &populations);
    timeline(left, &steps);
    structures(left);
}

/// Counts and energies of a stage: of all rows together they are those of the summary.
fn sums(table: &Csv, stage: &str, of: &Value) {
    for (column, field) in [("energy_aj", "total_aj"), ("low_aj", "low_aj"), ("high_aj", "high_aj")] {
        assert_eq!(
            table.sum(column, "stage", stage),
            at(of, &format!("energy.{field}")),
            "{column} of {stage}"
        );
    }
    for (component, energy) in of["energy"]["by_component_aj"].as_object().unwrap() {
        let sum = table.sum(&format!("{component}_aj"), "stage", stage);
        assert_eq!(sum.to_string(), energy.to_string(), "{component} of {stage}");
    }
    let counts = table.columns.iter().filter(|name| !at_most_one_word(name));
    let mut seen = 0;
    for name in counts {
        assert_eq!(table.sum(name, "stage", stage), at(&of["counts"], name), "{name} of {stage}");
        seen += 1;
    }
    assert!(seen > 15, "{seen} counts");
}

/// Whether a column is no count of a core's or its learning engine's.
fn at_most_one_word(name: &str) -> bool {
    !name.contains('.') && !name.ends_with("_packets") && !name.starts_with("hops_")
        || name.starts_with("critical")
}

fn each_step_is_its_parts(steps: &Csv) {
    let single = steps.rows.iter().filter(|row| !steps.get(row, "step").is_empty());
    for row in single {
        let parts = ["core_ps", "network_ps", "barrier_ps"].map(|name| steps.number(row, name));
        assert_eq!(steps.number(row, "total_ps"), parts.iter().sum::<u128>());
        assert_eq!(steps.get(row, "steps"), "1");
    }
}

/// The only block of the page that has this title.
fn block<'a>(left: &'a Left, title: &str) -> &'a Value {
    let mut found = left.lines.iter().filter(|line| line["title"] == title);
    let block = found.next().unwrap_or_else(|| panic!("no `{title}`"));
    assert!(found.next().is_none(), "two of `{title}`");
    assert!(left.page.contains(&format!("<h3>{title}</h3>")), "{title}");
    block
}

/// Names and their numbers, and how a number is shown.
type Values = Vec<(String, u128)>;
type Shown<'a> = &'a dyn Fn(u128) -> String;

fn plans(left: &Left, part: &Value, cores: &Csv, links: &Csv) {
    let elapsed = at(part, "time.total_ps");
    let own = |row: &[String]| {
        (cores.get(row, "owner") == "core").then(|| format!("core {}", cores.get(row, "core")))
    };
    let fill = || {
        let first = cores.rows.iter().filter_map(|row| Some((own(row)?, cores.number(row, "fill_ppm"))));
        let by_core: BTreeMap<String, u128> = first.collect();
        by_core.into_iter().collect::<Vec<_>>()
    };
    let wanted: [(&str, Values, Shown<'_>); 4] = [
        ("Cores by time", cores.by("work_ps", own), &|ps| quantity::share(ps, elapsed)),
        ("Cores by energy", cores.by("energy_aj", own), &quantity::energy),
        ("Cores by spikes", cores.by("core.spikes", own), &|count| quantity::short(count, "")),
        ("Cores by memory", fill(), &|ppm| format!("{:.1} %", ppm as f64 / 1e4)),
    ];
    for (title, wanted, show) in wanted {
        let plan = block(left, title);
        let spots = plan["spots"].as_array().unwrap();
        assert_eq!(spots.len(), wanted.len(), "{title}");
        for spot in spots {
            let name = spot["name"].as_str().unwrap();
            let (_, value) = wanted.iter().find(|(core, _)| core == name).expect(name);
            assert_eq!(spot["text"], show(*value), "{name} in {title}");
        }
        assert_eq!(plan["most"], show(wanted.iter().map(|(_, value)| *value).max().unwrap_or(0)), "{title}");
    }
    let way = |row: &[String]| {
        let [a, b, c, d] =
            ["from_column", "from_row", "to_column", "to_row"].map(|name| links.get(row, name));
        Some(format!("[[{a},{b}],[{c},{d}]]"))
    };
    let way = |row: &[String]| way(row).filter(|_| !["", "0"].contains(&links.get(row, "packets")));
    let wanted = links.by("packets", way);
    if wanted.is_empty() {
        assert!(left.lines.iter().all(|line| line["title"] != "Links by packets"));
        return;
    }
    let ways = block(left, "Links by packets")["ways"].as_array().unwrap().clone();
    assert_eq!(ways.len(), wanted.len());
    for way in ways {
        let name = serde_json::json!([way["from"], way["to"]]).to_string();
        let (_, packets) = wanted.iter().find(|(way, _)| *way == name).expect("a link");
        assert_eq!(way["text"], quantity::short(*packets, ""));
    }
}

/// The layer, or the owner of another kind, of a row of the populations.
fn layer(populations: &Csv, row: &[String], names: &BTreeMap<String, Vec<String>>) -> Option<String> {
    let (layer, core) = (populations.get(row, "layer"), populations.get(row, "core"));
    Some(match populations.get(row, "owner") {
        "host" => "host's packets".to_owned(),
        "shared core" if layer.is_empty() => format!("core {core}, shared"),
        "population" | "shared core" => format!("layer {layer}: {}", names[layer].join(", ")),
        other => other.to_owned(),
    })
}

fn spending(left: &Left, part: &Value, cores: &Csv, populations: &Csv) {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in populations.rows.iter().filter(|row| populations.get(row, "owner") == "population") {
        let (layer, name) = (populations.get(row, "layer"), populations.get(row, "population").to_owned());
        let known = names.entry(layer.to_owned()).or_default();
        if !known.contains(&name) {
            known.push(name);
        }
    }
    let stage = |row: &[String]| Some(cores.get(row, "stage").to_owned());
    let by_layer = |column: &str| populations.by(column, |row| layer(populations, row, &names));
    let components = |ends: usize| {
        let energies = part["energy"]["by_component_aj"].as_object().unwrap();
        let sum = |name: &String| match ends {
            0 => at(&part["energy"]["by_component_ends_aj"][name], "low"),
            2 => at(&part["energy"]["by_component_ends_aj"][name], "high"),
            _ => at(&part["energy"]["by_component_aj"], name),
        };
        energies.keys().map(|name| (name.clone(), sum(name))).collect::<Vec<_>>()
    };
    let columns = ["low_aj", "energy_aj", "high_aj"];
    let groups: [(&str, [Values; 3]); 3] = [
        ("stage", columns.map(|column| cores.by(column, stage))),
        ("layer", columns.map(by_layer)),
        ("component", [0, 1, 2].map(components)),
    ];
    let table = block(left, "Energy by stage, layer and component")["rows"].as_array().unwrap();
    let mut lines = table.iter();
    for (of, [low, nominal, high]) in groups {
        let total: u128 = nominal.iter().map(|(_, energy)| energy).sum();
        assert_eq!(total, at(part, "energy.total_aj"), "{of}");
        let find = |list: &[(String, u128)], name: &str| {
            list.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{of} `{name}`")).1
        };
        let spent = high.iter().filter(|(_, energy)| *energy > 0).count();
        for _ in 0..spent {
            let line = cells(lines.next().expect("a line"));
            let [low, nominal, high] = [&low, &nominal, &high].map(|list| find(list, line[0]));
            let energies = [low, nominal, high].map(quantity::energy);
            assert_eq!(line[1..4], energies, "{of} `{}`", line[0]);
            assert_eq!(line[4], quantity::share(nominal, total));
        }
        assert_eq!(cells(lines.next().expect("a sum"))[2], quantity::energy(total));
        if total > 0 {
            for bar in block(left, &format!("Energy by {of}"))["bars"].as_array().unwrap() {
                let energy = find(&nominal, bar["name"].as_str().unwrap());
                let text = format!("{} ({})", quantity::energy(energy), quantity::share(energy, total));
                assert_eq!(bar["text"], text);
            }
        }
    }
    assert!(lines.next().is_none());
}

fn timeline(left: &Left, steps: &Csv) {
    let single: Vec<&Vec<String>> =
        steps.rows.iter().filter(|row| !steps.get(row, "step").is_empty()).collect();
    let title = format!("The last {} steps", quantity::count(single.len() as u128));
    let block = block(left, &title);
    assert_eq!(block["first"].to_string(), steps.get(single[0], "step"));
    let label = block["label"].as_str().unwrap();
    let scale =
        [("(ns)", 1e3), ("(us)", 1e6), ("(ms)", 1e9)].into_iter().find(|(unit, _)| label.contains(unit));
    let (_, scale) = scale.expect("a unit");
    let drawn = block["steps"].as_array().unwrap();
    assert_eq!(drawn.len(), single.len());
    for (drawn, row) in drawn.iter().zip(&single) {
        let wanted =
            ["core_ps", "network_ps", "barrier_ps"].map(|name| steps.number(row, name) as f64 / scale);
        assert_eq!(*drawn, serde_json::json!(wanted));
    }
    for lane in block["lanes"].as_array().unwrap() {
        if let Some(core) = lane["name"].as_str().unwrap().strip_prefix("core ") {
            let own = single.iter().filter(|row| steps.get(row, "critical_core") == core);
            assert_eq!(lane["steps"].as_array().unwrap().len(), own.count(), "core {core}");
        }
    }
}

/// Memory, and area where the chip has a technology.
fn structures(left: &Left) {
    let memory = left.summary["memory"].as_array().unwrap();
    let sum = |field: &str| memory.iter().map(|core| at(core, field)).sum::<u128>();
    let fields = synfire_chip::structures::Part::ALL.map(|part| (part.name(), part.field()));
    let total: u128 = fields.iter().map(|(_, field)| sum(field)).sum();
    for bar in block(left, "Memory by structure")["bars"].as_array().unwrap() {
        let (_, field) = fields.iter().find(|(name, _)| bar["name"] == *name).expect("a structure");
        let text =
            format!("{} ({})", quantity::memory(sum(field) as u64), quantity::share(sum(field), total));
        assert_eq!(bar["text"], text);
    }
    let Some(silicon) = left.summary.get("silicon") else { return };
    let structures = silicon["structures"].as_array().unwrap();
    let total: u128 = structures.iter().map(|of| at(of, "area_nm2.nominal")).sum();
    for bar in block(left, "Area of a core by structure")["bars"].as_array().unwrap() {
        let of = structures.iter().find(|of| of["name"] == bar["name"]).expect("a structure");
        let area = at(of, "area_nm2.nominal");
        assert_eq!(bar["text"], format!("{:.0} um2 ({})", area as f64 / 1e6, quantity::share(area, total)));
    }
}
