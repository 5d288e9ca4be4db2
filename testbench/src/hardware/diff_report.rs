//! What two traces differ in, in words and as JSON.

use super::diff::{Diff, Fired, NAMED};
use super::placement::{Placement, Seat};
use super::records::{Column, Kind, Pair};
use crate::formats::trace::header::TracedRegister;
use serde_json::{Value, json};

/// A column's record: `neuron 12 of hidden (population 0)`.
fn record(column: &Column, [one, two, three]: [u32; 3]) -> String {
    let Column { kind, index, name, .. } = column;
    match kind {
        Kind::Neuron => format!("neuron {one} of `{name}` (population {index})"),
        Kind::Axon => format!("the axon of pre {one}, delay {two} of `{name}` (projection {index})"),
        Kind::Synapse => {
            format!("the synapse of pre {one}, post {two}, delay {three} of `{name}` (projection {index})")
        }
        Kind::Tap => format!("tap {two} of copy {one} of `{name}` (projection {index})"),
    }
}

/// What a value is where a trace has none.
fn missing(kind: Kind) -> &'static str {
    match kind {
        Kind::Neuron | Kind::Axon => "no record",
        Kind::Synapse | Kind::Tap => "no record: unchanged",
    }
}

/// Three columns: decimal, hexadecimal, real.
fn cells(register: &TracedRegister, lane: i64) -> [String; 3] {
    [lane.to_string(), register.hex(lane), register.real(lane).to_string()]
}

fn values(column: &Column, pair: &Pair) -> String {
    let mut rows = vec![[String::new(), "decimal".into(), "hex".into(), "real".into()]];
    for (name, lane) in [("expected", pair.expected), ("actual", pair.actual)] {
        let [decimal, hex, real] = match lane {
            Some(lane) => cells(&column.register, lane),
            None => [missing(column.kind).into(), String::new(), String::new()],
        };
        rows.push([name.into(), decimal, hex, real]);
    }
    // A missing record is a sentence and widens no column.
    let width = |at: usize| {
        let cells = rows.iter().filter(|row| !row[2].is_empty()).map(|row| row[at].len());
        cells.max().unwrap_or(0)
    };
    let widths = [8, width(1), width(2), width(3)];
    let line = |row: &[String; 4]| {
        let [name, decimal, hex, real] = row;
        let [_, first, second, third] = widths;
        let text = if hex.is_empty() {
            format!("  {name:<8}  {decimal}")
        } else {
            format!("  {name:<8}  {decimal:>first$}  {hex:>second$}  {real:>third$}")
        };
        text.trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

fn fired(step: u64, populations: &[Fired]) -> String {
    let some = |of: &Fired| {
        let neurons: Vec<String> = of.neurons.iter().map(u32::to_string).collect();
        let more = of.count - of.neurons.len() as u64;
        match (of.count, more) {
            (0, _) => format!("  fired in step {step} of `{}`: none\n", of.name),
            (_, 0) => format!("  fired in step {step} of `{}`: {}\n", of.name, neurons.join(" ")),
            _ => format!("  fired in step {step} of `{}`: {} and {more} more\n", of.name, neurons.join(" ")),
        }
    };
    populations.iter().map(some).collect()
}

/// Seats as words: nothing without a placement.
fn seated(placement: Option<&Placement>, column: &Column, place: [u32; 3]) -> Vec<Seat> {
    placement.map_or(Vec::new(), |placement| placement.seats(column, place))
}

/// What differs, for a terminal.
#[must_use]
pub fn text(diff: &Diff, placement: Option<&Placement>) -> String {
    let mut text = String::new();
    for line in &diff.headers {
        let show = |line: &Option<String>| {
            line.as_ref().map_or("no such line".to_owned(), |line| format!("`{line}`"))
        };
        text.push_str(&format!(
            "the headers differ\n  expected  {}\n  actual    {}\n",
            show(&line.expected),
            show(&line.actual)
        ));
    }
    if diff.incomparable {
        text.push_str("the traces are of other registers or places: no step was compared\n");
        return text;
    }
    if diff.equal() {
        return format!("equal: {} steps\n", diff.steps);
    }
    let first = diff.first();
    if first.is_none() && diff.missing.is_none() {
        text.push_str(&format!("the steps are equal: {} compared\n", diff.steps));
        return text;
    }
    let earlier = |step: u64| first.is_none_or(|(_, pair)| step < pair.step);
    let lack = diff.missing.map(|(missing, count)| {
        let (has, lacks) = if missing.expected { ("expected", "actual") } else { ("actual", "expected") };
        let more = if count > 1 { format!("; {count} steps are in one alone") } else { String::new() };
        (
            missing.step,
            format!("step {}: the {has} trace has it, the {lacks} one has not{more}\n", missing.step),
        )
    });
    let lack_first = lack.as_ref().is_some_and(|(step, _)| earlier(*step));
    let lack = lack.map_or(String::new(), |(_, text)| text);
    if lack_first {
        text.push_str(&lack);
    }
    if let Some((column, pair)) = first {
        text.push_str(&format!(
            "step {}: {} of {} differs",
            pair.step,
            column.register.name,
            record(column, pair.place)
        ));
        let seats = seated(placement, column, pair.place);
        let named: Vec<String> = seats.iter().map(Seat::to_string).collect();
        match placement {
            Some(_) if named.is_empty() => text.push_str(", in no core that the folder names"),
            Some(_) => text.push_str(&format!(", {}", named.join(", "))),
            None => {}
        }
        text.push('\n');
        text.push_str(&values(column, &pair));
        let paths = seats.iter().flat_map(|seat| &seat.rtl);
        paths.for_each(|path| text.push_str(&format!("  rtl       {path}\n")));
        if let Some((step, populations)) = &diff.fired {
            text.push_str(&fired(*step, populations));
        }
    }
    if !lack_first {
        text.push_str(&lack);
    }
    text
}

/// What differs by register, for a terminal, in lines.
#[must_use]
pub fn counts(diff: &Diff) -> String {
    let mut text = format!("{} steps compared; values that differ, by register:\n", diff.steps);
    for (column, count) in diff.columns.iter().zip(&diff.tally.counts) {
        let Some(first) = count.first else { continue };
        let lane = |lane: Option<i64>| lane.map_or("none".to_owned(), |lane| lane.to_string());
        text.push_str(&format!(
            "  {:>12}  {} of `{}`, first in step {}: {}, expected {}, actual {}\n",
            count.values,
            column.register.name,
            column.name,
            first.step,
            record(column, first.place),
            lane(first.expected),
            lane(first.actual)
        ));
    }
    text
}

/// What differs, as one line of JSON.
#[must_use]
pub fn json(diff: &Diff, placement: Option<&Placement>) -> String {
    let headers = diff.headers.iter().map(|line| json!({ "expected": line.expected, "actual": line.actual }));
    let headers: Vec<Value> = headers.collect();
    let missing = diff.missing.map(|(missing, count)| {
        json!({ "step": missing.step, "in": if missing.expected { "expected" } else { "actual" }, "steps": count })
    });
    let first = diff.first().map(|(column, pair)| {
        let mut value = difference(column, &pair);
        value["seats"] = json!(seated(placement, column, pair.place));
        value
    });
    let fired = diff.fired.as_ref().map(|(step, populations)| {
        let populations = populations.iter().map(
            |of| json!({ "population": of.index, "name": of.name, "neurons": of.neurons, "count": of.count }),
        );
        json!({ "step": step, "most_named": NAMED, "populations": populations.collect::<Vec<_>>() })
    });
    let registers = diff.columns.iter().zip(&diff.tally.counts).filter_map(|(column, count)| {
        Some(json!({ "values": count.values, "first": difference(column, &count.first?) }))
    });
    json!({
        "kind": "diff",
        "equal": diff.equal(),
        "steps": diff.steps,
        "headers": headers,
        "missing": missing,
        "first": first,
        "fired": fired,
        "registers": registers.collect::<Vec<_>>(),
    })
    .to_string()
}

fn difference(column: &Column, pair: &Pair) -> Value {
    let [one, two, three] = pair.place;
    let (index, name) = (column.index, &column.name);
    let place = match column.kind {
        Kind::Neuron => json!({ "population": index, "name": name, "neuron": one }),
        Kind::Axon => json!({ "projection": index, "name": name, "pre": one, "delay": two }),
        Kind::Synapse => {
            json!({ "projection": index, "name": name, "pre": one, "post": two, "delay": three })
        }
        Kind::Tap => json!({ "projection": index, "name": name, "copy": one, "tap": two }),
    };
    let value = |lane: Option<i64>| {
        let register = &column.register;
        lane.map(|lane| json!({ "decimal": lane, "hex": register.hex(lane), "real": register.real(lane) }))
    };
    json!({
        "step": pair.step,
        "register": column.register.name,
        "place": place,
        "expected": value(pair.expected),
        "actual": value(pair.actual),
    })
}
