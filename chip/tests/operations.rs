//! The table of countable operations: complete, billed row by row, and described in the document.

mod files_common;

#[path = "../../testbench/tests/golden/hold.rs"]
mod golden;

use ron::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use synfire_chip::chip::{PowerClock, StaticPower};
use synfire_chip::cost::composition::COMPOSITIONS;
use synfire_chip::cost::counters::{NodeCounts, OPERATIONS, Operation};
use synfire_chip::cost::energy::{Bill, CORE_STATIC, Powered, Rate};
use synfire_chip::cost::prices::{Field, LeftOut, PRICE_FIELDS, Price, TIME_FIELDS, Time};
use synfire_chip::cost::stage::{Drawn, Stage};
use synfire_chip::cost::time::{self, CoreTime, Elapsed, StepTime};
use synfire_chip::technology::{Figure, Kind};

/// Paths of all fields of a value, with the number of each.
fn fields(value: &Value, path: &str, into: &mut BTreeSet<(String, String)>) {
    let Value::Map(map) = value else {
        into.insert((path.to_owned(), format!("{value:?}")));
        return;
    };
    for (key, value) in map.iter() {
        let Value::String(key) = key else { panic!("a field's name") };
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        fields(value, &path, into);
    }
}

/// Counts with one of one operation.
fn one_of(operation: &Operation) -> NodeCounts {
    let mut text = "(core: (), learning: ())".to_owned();
    for field in OPERATIONS {
        let n = u64::from(field.record == operation.record);
        let (group, name) = field.record.split_once('.').unwrap_or(("", field.record));
        if group.is_empty() {
            text.insert_str(1, &format!("{name}: {n}, "));
        } else {
            let at = text.find(&format!("{group}: (")).expect("a group") + group.len() + 3;
            text.insert_str(at, &format!("{name}: {n}, "));
        }
    }
    ron::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_count_is_a_row() {
    let text = ron::to_string(&NodeCounts::default()).expect("counts");
    let mut found = BTreeSet::new();
    fields(&ron::from_str(&text).expect("a value"), "", &mut found);
    let found: BTreeSet<String> = found.into_iter().map(|(path, _)| path).collect();
    let rows: BTreeSet<String> = OPERATIONS.iter().map(|row| row.record.to_owned()).collect();
    assert_eq!(found, rows);
    assert_eq!(rows.len(), OPERATIONS.len(), "a count stands in one row");
}

#[test]
fn one_of_an_operation_costs_its_price_and_takes_its_time() {
    let chip = files_common::chip("paper-events");
    let timing = ron::to_string(&chip.timing).expect("times");
    let mut times = BTreeSet::new();
    fields(&ron::from_str(&timing).expect("a value"), "", &mut times);
    for row in OPERATIONS {
        let counts = one_of(row);
        assert_eq!(((row.count)(&counts), (row.count)(&NodeCounts::sum([&counts, &counts]))), (1, 2));
        let bill = Bill::of(&chip.energy, &counts, &powered(Elapsed::default()));
        let prices = chip.energy.prices();
        let price = prices.iter().find(|(name, _)| row.price == Some(*name));
        let price = price.and_then(|(_, price)| price.attojoules()).unwrap_or(0);
        assert_eq!(bill.total(), u128::from(price), "{}", row.record);
        let billed: Vec<_> = bill.items.iter().filter(|item| item.attojoules > 0).collect();
        let field = prices.iter().find(|(name, _)| row.price == Some(*name)).map(|(_, price)| *price);
        // What the preset has no number for is part of another's.
        assert!(field.is_none_or(|price| *price != Price::Unpublished), "{}", row.record);
        let has_number = matches!(field, Some(Price::Stated { .. }));
        assert_eq!(billed.len(), usize::from(has_number), "{}", row.record);
        assert!(billed.iter().all(|item| item.operation == row.name));
        let by_activity = bill.by_activity();
        assert_eq!(by_activity[row.activity.name()], bill.total(), "{}", row.record);
        assert_eq!(by_activity.values().sum::<u128>(), bill.total(), "{}", row.record);
        // A way's time is not a core's.
        let included = |field| chip.timing.times().contains(&(field, Time::Included));
        let core = row.time.is_some_and(|time| !time.starts_with("hop_") && !included(time));
        let core = if core { chip.timing.clock_ps.expect("a clock") } else { 0 };
        let gated = if row.gated { 0 } else { core };
        let time = CoreTime { whole_ps: core, gated_ps: gated };
        assert_eq!(time::core_time(&chip.timing, &counts), time, "{}", row.record);
        assert!(row.time.is_none_or(|time| times.iter().any(|(name, _)| name == time)), "{}", row.record);
    }
}

/// One of two cores in use for some time.
fn powered(elapsed: Elapsed) -> Powered {
    Powered { used: 1, all: 2, drawn: Drawn::alone(Stage::Inference, &elapsed) }
}

#[test]
fn an_operation_without_a_price_is_named_with_its_count() {
    let chip = files_common::chip("loihi");
    let third_factor = OPERATIONS.iter().find(|row| row.price == Some("third_factor")).expect("a row");
    let write = OPERATIONS.iter().find(|row| row.price == Some("weight_write")).expect("a row");
    let mut counts = one_of(third_factor);
    counts.add(&one_of(third_factor));
    counts.add(&one_of(write));
    let bill = Bill::of(&chip.energy, &counts, &powered(Elapsed::default()));
    let unknown: Vec<_> = bill.unknown().map(|one| (one.field, one.count)).collect();
    assert_eq!(unknown, [("third_factor", 2), (CORE_STATIC, 1)]);
    let item = bill.items.iter().find(|item| item.component == "weight_write").expect("a line");
    assert_eq!((&item.rate, item.attojoules), (&Rate::PartOf("weight_update".to_owned()), 0));
    assert_eq!(bill.total(), bill.by_component().values().sum::<u128>());
}

#[test]
fn static_power_runs_by_its_clock_on_its_cores() {
    let mut chip = files_common::paper();
    let mut elapsed = Elapsed::default();
    // Ten steps of 1.01 us in ticks of 1 ms.
    for _ in 0..10 {
        elapsed.add(&chip.timing, StepTime { core_ps: 370_000, barrier_ps: 640_000, ..StepTime::default() });
    }
    let mut joules = |clock, unused_gated| {
        let (source, microwatts) = ("x".to_owned(), Figure::exact(7, Kind::Assumed));
        chip.energy.core_static = StaticPower::Stated { microwatts, source, clock, unused_gated };
        Bill::of(&chip.energy, &NodeCounts::default(), &powered(elapsed)).total()
    };
    // 7 uW for 10 ms are 70 nJ, for 10.1 us 70.7 pJ.
    assert_eq!(joules(PowerClock::Wall, true), 70_000_000_000);
    assert_eq!(joules(PowerClock::Wall, false), 140_000_000_000);
    assert_eq!(joules(PowerClock::Busy, true), 70_700_000);
    // A step longer than the tick is as long as it is.
    let step = StepTime { network_ps: 2_000_000_000, barrier_ps: 640_000, ..StepTime::default() };
    elapsed.add(&files_common::paper().timing, step);
    assert_eq!(elapsed.wall_ps, 10_000_000_000 + 2_000_640_000);
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// The tables of the document.
fn tables() -> String {
    let mut text =
        "| count | one of it is | for | price | time |\n| --- | --- | --- | --- | --- |\n".to_owned();
    let star = |name: &str| code(&name.replace("_ps", "_*"));
    for row in OPERATIONS {
        let (price, time) = (row.price.map_or("-".into(), code), row.time.map_or("-".into(), star));
        let gated =
            if row.gated { "; none while learning is off, where the engine is clock-gated" } else { "" };
        let (record, unit, activity) = (row.record, row.unit, row.activity.name());
        let _ = writeln!(text, "| `{record}` | {unit}{gated} | {activity} | {price} | {time} |");
    }
    let stem = |name: &str| name.replace("_ps", "_*");
    let optional = |field: &Field| match field.left_out {
        LeftOut::Refused => String::new(),
        LeftOut::Unpublished => "; left out, `Unpublished`".to_owned(),
        LeftOut::Like(other) => format!("; left out, as `{}`", stem(other)),
        LeftOut::PartOf(other) => format!("; left out, part of `{}`", stem(other)),
    };
    text.push_str("\n| price field | of | composed of | which is |\n| --- | --- | --- | --- |\n");
    for field in PRICE_FIELDS {
        let composed = COMPOSITIONS.iter().find(|row| row.price == field.name);
        let (parts, kind) = composed.map_or(("-", "-"), |row| (row.source, row.kind.name()));
        let _ = writeln!(text, "| `{}` | {}{} | {parts} | {kind} |", field.name, field.of, optional(field));
    }
    text.push_str("\n| time field | of |\n| --- | --- |\n");
    for field in TIME_FIELDS {
        let _ = writeln!(text, "| {} | {}{} |", star(field.name), field.of, optional(field));
    }
    text
}

/// A golden part of the document.
#[test]
fn the_document_has_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/formats.md");
    let document = std::fs::read_to_string(&path).expect("docs/formats.md");
    let (begin, end) = ("<!-- operations: written by a test -->\n", "<!-- end of operations -->");
    let (before, rest) = document.split_once(begin).expect("a beginning");
    let (_, after) = rest.split_once(end).expect("an end");
    golden::hold(&path, &format!("{before}{begin}\n{}\n{end}{after}", tables()));
}
