//! Sections `timing` and `energy` of a chip file: picoseconds, attojoules, or why there is no number.
//!
//! Times become picoseconds (cycles times the clock), prices attojoules. In place of a number stands `PartOf("field")`,
//! for what is included in another operation's, or `Unpublished`.
//!
//! Promises: a number has a source; nothing is rounded; costs in picoseconds belong to a chip without a clock, costs in
//! cycles to one with a clock; what is part of another is part of one with a number. A field that no file states is a
//! problem, but for those that younger rows of the table added: the table says what holds then.
//! Absent on purpose: which fields there are (`cost::operations`).

use crate::chip::{Conditions, Energy, PowerClock, Price, StaticPower, Time, Timing};
use crate::cost::barrier::{Barrier, MOST_ROWS};
use crate::cost::operations;
use crate::files::chip::cost_file::{
    BarrierFile, EnergyFile, PriceFile, StaticPowerFile, TimingFile, Unstated, UnusedCores,
};
use crate::files::text::check::Check;
use crate::files::text::decimal::{self, Raw};
use crate::files::text::spelling;
use crate::technology::tables::Ends;
use crate::technology::{Figure, Kind};
use std::ops::RangeInclusive;

/// Longest time and largest clock of a file: one second.
const MAX_PS: i64 = 1_000_000_000_000;

/// Static power of a core at most: a kilowatt.
const MAX_MICROWATTS: i64 = 1_000_000_000;

/// What is part of another field: its path, and the other's name.
type Parts = Vec<(String, String)>;

/// Section `timing`.
pub(super) fn timing(check: &mut Check<'_>, file: &TimingFile) -> Timing {
    let period = |check: &mut Check<'_>, path: &str, found: Option<i64>| {
        let ps = check.integer(path, found.unwrap_or(0), 0..=MAX_PS) as u64;
        Some(ps).filter(|ps| *ps > 0)
    };
    let clock_ps = period(check, "timing.clock_ps", file.clock_ps);
    let tick_ps = period(check, "timing.tick_ps", file.tick_ps);
    let synapse_lanes = check.stated("timing.synapse_lanes", file.synapse_lanes, 1..=4096) as u32;
    let learning_lanes = check.stated("timing.learning_lanes", file.learning_lanes, 1..=4096) as u32;
    let mut parts = Parts::new();
    let mut cost = |name: &str, found: [Option<&Raw>; 2], optional: bool| {
        time(check, name.trim_end_matches("_ps"), found, (clock_ps, optional), &mut parts)
    };
    macro_rules! timing {
        ($({ $ps:ident $cycles:ident $time_of:literal [$($unstated:ident)*] })*) => {
            Timing {
                clock_ps,
                tick_ps,
                synapse_lanes,
                learning_lanes,
                $($ps: cost(
                    stringify!($ps),
                    [file.$ps.as_ref(), file.$cycles.as_ref()],
                    !stringify!($($unstated)*).is_empty(),
                ),)*
                barrier: Barrier::fixed(0),
                link_packet_ps: cost(
                    "link_packet_ps",
                    [file.link_packet_ps.as_ref(), file.link_packet_cycles.as_ref()],
                    true,
                ),
                port_packet_ps: cost(
                    "port_packet_ps",
                    [file.port_packet_ps.as_ref(), file.port_packet_cycles.as_ref()],
                    true,
                ),
            }
        };
    }
    let mut timing = {
        operations::times! { timing }
    };
    timing.fill(|name| file.states(name));
    timing.barrier = barrier(check, [file.barrier_ps.as_ref(), file.barrier_cycles.as_ref()], clock_ps);
    let times = timing.times();
    let numbers =
        times.iter().map(|(name, time)| (name.trim_end_matches("_ps"), matches!(time, Time::Picoseconds(_))));
    check_parts(check, &parts, &numbers.collect::<Vec<_>>());
    timing
}

/// A cost of a file: where it stands, what is stated, the most that it may be, picoseconds of its unit.
struct Stated<'a> {
    path: String,
    raw: &'a Raw,
    most: i64,
    unit: u64,
}

/// The one unit in which a cost is stated; `None` where there is none, or a problem.
fn stated<'a>(
    check: &mut Check<'_>,
    name: &str,
    [ps, cycles]: [Option<&'a Raw>; 2],
    (clock_ps, optional): (Option<u64>, bool),
) -> Option<Stated<'a>> {
    let (ps_path, cycles_path) = (format!("timing.{name}_ps"), format!("timing.{name}_cycles"));
    let mut refuse = |path: &str, title: String, label: &str| {
        let problem = check.at(path, title).labelled(label);
        check.push(problem);
        None
    };
    match (ps, cycles, clock_ps) {
        (Some(_), Some(_), _) => {
            let title = format!("`{name}` is stated in picoseconds and in cycles");
            refuse(&cycles_path, title, &format!("one of them; the other is `{name}_ps`"))
        }
        (None, Some(_), None) => {
            let title = format!("`{name}_cycles` on a chip without a clock");
            refuse(&cycles_path, title, &format!("state `clock_ps`, or write `{name}_ps`"))
        }
        (Some(_), None, Some(_)) => {
            let title = format!("`{name}_ps` on a chip with a clock");
            let label = format!("write `{name}_cycles`: a synchronous chip takes whole cycles");
            refuse(&ps_path, title, &label)
        }
        (Some(raw), None, None) => Some(Stated { path: ps_path, raw, most: MAX_PS, unit: 1 }),
        (None, Some(raw), Some(clock)) => {
            Some(Stated { path: cycles_path, raw, most: (MAX_PS as u64 / clock) as i64, unit: clock })
        }
        (None, None, clock) => {
            if !optional {
                check.missing(if clock.is_some() { &cycles_path } else { &ps_path });
            }
            None
        }
    }
}

/// One cost, in picoseconds or cycles.
fn time(
    check: &mut Check<'_>,
    name: &str,
    found: [Option<&Raw>; 2],
    unit: (Option<u64>, bool),
    parts: &mut Parts,
) -> Time {
    let Some(Stated { path, raw, most, unit }) = stated(check, name, found, unit) else {
        return Time::Unpublished;
    };
    if raw.is_number() {
        let Some(number) = check.form::<i64>(&path, raw) else { return Time::Unpublished };
        return Time::Picoseconds(check.integer(&path, number, 0..=most) as u64 * unit);
    }
    match check.form::<Unstated>(&path, raw) {
        Some(Unstated::PartOf(other)) => {
            parts.push((path, other));
            Time::Included
        }
        Some(Unstated::Unpublished) | None => Time::Unpublished,
    }
}

/// The field, in picoseconds, that the time of this name is stated to be part of.
pub(super) fn part_of(check: &mut Check<'_>, file: &TimingFile, name: &str) -> Option<String> {
    let raw = file.stated(name).filter(|raw| raw.token().starts_with("PartOf"))?;
    match check.form::<Unstated>(&format!("timing.{name}"), raw) {
        Some(Unstated::PartOf(other)) => Some(format!("{other}_ps")),
        _ => None,
    }
}

/// The barrier: a time, or a table by tiles in use.
fn barrier(check: &mut Check<'_>, found: [Option<&Raw>; 2], clock_ps: Option<u64>) -> Barrier {
    let none = Barrier::fixed(0);
    let Some(Stated { path, raw, most, unit }) = stated(check, "barrier", found, (clock_ps, false)) else {
        return none;
    };
    let ps = |check: &mut Check<'_>, number: i64| check.integer(&path, number, 0..=most) as u64 * unit;
    if raw.is_number() {
        return check.form::<i64>(&path, raw).map_or(none, |number| Barrier::fixed(ps(check, number)));
    }
    if raw.token().starts_with("PartOf") || raw.token() == "Unpublished" {
        let problem = check.at(&path, "every step ends with a barrier").labelled("state its time");
        check.push(problem);
        return none;
    }
    let Some(BarrierFile::ByTiles(rows)) = check.form(&path, raw) else { return none };
    let mut table = Vec::new();
    for (tiles, number) in &rows {
        table.push((check.integer(&path, *tiles, 1..=65_536) as u32, ps(check, *number)));
    }
    Barrier::by_tiles(&table).unwrap_or_else(|| {
        let allowed =
            format!("1..={MOST_ROWS} rows of (tiles, time), each of more tiles than the one before");
        let problem = check
            .at(&path, "the rows of a barrier ascend in tiles")
            .labelled(format!("found {} rows", rows.len()))
            .noted("allowed", allowed);
        check.push(problem);
        none
    })
}

/// Section `energy`.
pub(super) fn energy(check: &mut Check<'_>, file: &EnergyFile) -> Energy {
    let mut parts = Parts::new();
    let (conditions, ends) = conditions(check, file);
    macro_rules! energy {
        ($({ $price:ident $price_of:literal [$($unstated:ident)*] })*) => {
            Energy {
                $($price: price(
                    check,
                    stringify!($price),
                    (file.$price.as_ref(), !stringify!($($unstated)*).is_empty()),
                    (ends, &mut parts),
                ),)*
                core_static: static_power(check, file.core_static.as_ref(), ends),
                conditions,
            }
        };
    }
    let mut energy = {
        operations::prices! { energy }
    };
    energy.fill(|name| file.states(name));
    let prices = energy.prices();
    let numbers = prices.iter().map(|(name, price)| (*name, matches!(price, Price::Stated { .. })));
    check_parts(check, &parts, &numbers.collect::<Vec<_>>());
    energy
}

fn price(
    check: &mut Check<'_>,
    name: &str,
    (found, optional): (Option<&Raw>, bool),
    (common, parts): (Ends, &mut Parts),
) -> Price {
    let path = format!("energy.{name}");
    let Some(raw) = found else {
        if !optional {
            check.missing(&path);
        }
        return Price::Unpublished;
    };
    if !raw.token().starts_with('(') {
        return match check.form::<Unstated>(&path, raw) {
            Some(Unstated::PartOf(other)) => {
                parts.push((path, other.clone()));
                Price::PartOf(other)
            }
            Some(Unstated::Unpublished) | None => Price::Unpublished,
        };
    }
    let Some(found) = check.form::<PriceFile>(&path, raw) else { return Price::Unpublished };
    let mut at = |field: &str, raw: &Raw| {
        decimal::micro_units(raw.token()).unwrap_or_else(|| {
            let path = format!("{path}.{field}");
            let problem = check
                .at(&path, format!("`{path}` is no price"))
                .labelled(format!("found `{}`", raw.token()))
                .noted("allowed", "picojoules, 0 or more, with at most six places (whole attojoules)");
            check.push(problem);
            0
        })
    };
    let nominal = at("pj", &found.pj);
    let ends = [("low", found.low.as_ref()), ("high", found.high.as_ref())];
    let ends = ends.map(|(field, raw)| raw.map(|raw| at(field, raw)));
    let figure = figure(check, &path, nominal, (ends, common), found.kind);
    Price::Stated { figure, source: sourced(check, &path, found.source) }
}

/// A number with its ends: its own, or else the common factors of the section.
fn figure(
    check: &mut Check<'_>,
    path: &str,
    nominal: u64,
    ([low, high], common): ([Option<u64>; 2], Ends),
    kind: Option<Kind>,
) -> Figure {
    let by = |millionths: u64| (u128::from(nominal) * u128::from(millionths) / 1_000_000) as u64;
    let (low, high) = (low.unwrap_or_else(|| by(common.low)), high.unwrap_or_else(|| by(common.high)));
    if !(low..=high).contains(&nominal) {
        let problem = check
            .at(path, format!("`{path}` is not between its ends"))
            .labelled("low, number and high do not ascend")
            .noted("allowed", "low <= number <= high");
        check.push(problem);
    }
    Figure { low, nominal, high, kind: kind.unwrap_or(Kind::Assumed) }
}

/// Process and supply of the numbers, and the ends of those that state none, in millionths of them.
fn conditions(check: &mut Check<'_>, file: &EnergyFile) -> (Conditions, Ends) {
    let one = 1_000_000;
    let none = Ends { low: one, high: one };
    let nm = file.node_nm.map(|nm| check.integer("energy.node_nm", nm, 1..=1000) as u16);
    let mut number = |path: &str, raw: &Raw, allowed: &str, range: RangeInclusive<u64>| {
        let found = decimal::micro_units(raw.token()).filter(|value| range.contains(value));
        if found.is_none() {
            let problem = check
                .at(path, format!("`{path}` is no such number"))
                .labelled(format!("found `{}`", raw.token()))
                .noted("allowed", format!("{allowed}, with at most six places"));
            check.push(problem);
        }
        found
    };
    let voltage = file.voltage.as_ref();
    let voltage = voltage.and_then(|raw| number("energy.voltage", raw, "0.1 to 10 V", one / 10..=10 * one));
    let ends = file.ends.as_ref().map_or(none, |ends| Ends {
        low: number("energy.ends.low", &ends.low, "0 to 1", 0..=one).unwrap_or(one),
        high: number("energy.ends.high", &ends.high, "1 to 1000", one..=1000 * one).unwrap_or(one),
    });
    let ends_source = file.ends.as_ref().map(|found| sourced(check, "energy.ends", found.source.clone()));
    (Conditions { nm, voltage, ends_source }, ends)
}

fn static_power(check: &mut Check<'_>, found: Option<&Raw>, common: Ends) -> StaticPower {
    let path = "energy.core_static";
    let Some(raw) = found else {
        check.missing(path);
        return StaticPower::Unpublished;
    };
    if !raw.token().starts_with('(') {
        if let Some(Unstated::PartOf(_)) = check.form::<Unstated>(path, raw) {
            let problem = check
                .at(path, "static power is part of no operation")
                .labelled("write `Unpublished`, or state it")
                .noted("allowed", "`(uw: 12, source: \"..\")` or `Unpublished`");
            check.push(problem);
        }
        return StaticPower::Unpublished;
    }
    let Some(found) = check.form::<StaticPowerFile>(path, raw) else { return StaticPower::Unpublished };
    let mut at = |field: &str, found: i64| {
        check.integer(&format!("energy.core_static.{field}"), found, 0..=MAX_MICROWATTS) as u64
    };
    let nominal = at("uw", found.uw);
    let ends = [found.low.map(|low| at("low", low)), found.high.map(|high| at("high", high))];
    StaticPower::Stated {
        microwatts: figure(check, path, nominal, (ends, common), found.kind),
        source: sourced(check, path, found.source),
        clock: found.clock.unwrap_or(PowerClock::Wall),
        unused_gated: found.unused_cores == Some(UnusedCores::Gated),
    }
}

/// What is part of another field is part of one that has a number: `fields` are all, and whether each has one.
fn check_parts(check: &mut Check<'_>, parts: &Parts, fields: &[(&str, bool)]) {
    for (path, other) in parts {
        let names = || fields.iter().filter(|(_, number)| *number).map(|(name, _)| *name);
        if names().any(|name| name == other) {
            continue;
        }
        let title = match fields.iter().any(|(name, _)| name == other) {
            true => format!("`{path}` is part of `{other}`, which has no number itself"),
            false => format!("`{path}` is part of `{other}`, which is no field of this section"),
        };
        let mut problem = check.at(path, title).labelled(format!("found `{other}`"));
        problem = problem.noted("allowed", spelling::listing(names()));
        if let Some(near) = spelling::nearest(other, names()) {
            problem = problem.noted("note", format!("did you mean `{near}`?"));
        }
        check.push(problem);
    }
}

/// A price without a source is a guess that nobody can check.
fn sourced(check: &mut Check<'_>, path: &str, source: String) -> String {
    if source.trim().is_empty() {
        let problem = check
            .at(&format!("{path}.source"), format!("`{path}` does not say where its price is from"))
            .labelled("a paper and table, or the reasoning");
        check.push(problem);
    }
    source
}
