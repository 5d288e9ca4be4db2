//! A network file's `placement`, and the `cores` of its populations, to what is asked of the placement.
//!
//! What `placement` says of a population or an input stands in place of its own `cores` and `port`.
//!
//! Promises: names, neurons and cores exist; no neuron is stated twice. Absent on purpose: whether cores hold so much and
//! groups stay whole (`place`, with the whole network at hand).

use super::file::NetworkFile;
use super::placement_file::{InputPlaceFile, PlacementFile, RestFile, SliceFile};
use super::seats::{self, numbered};
use crate::chip::Chip;
use crate::files::text::check::Check;
use crate::files::text::decimal::{fixed_point, nearest_lane};
use crate::files::text::diagnostic::Diagnostic;
use crate::files::text::layer::{Opened, parse_layer};
use crate::files::text::source::{Place, SourceText};
use crate::files::text::spelling::{did_you_mean, listing};
use crate::files::text::walk;
use crate::network::{Input, Population};
use crate::placing::{Onto, Order, Placing, Rates, Rest, Search, Stated};
use std::sync::Arc;
use synfire_core::address::CoreId;

/// Most exchanges of a search.
const MAX_MOVES: i64 = 1_000_000_000;
/// Most spikes of a neuron in a step.
const MAX_RATE: u8 = 255;
/// Fraction bits of a rate: a unit is one spike.
const RATE_FRACTION: u8 = Rates::UNIT.trailing_zeros() as u8;
/// Name of the field.
const FIELD: &str = "placement";

/// A placement, and the file of its own that it stands in, if it does.
struct Source {
    file: PlacementFile,
    text: Option<Arc<SourceText>>,
}

impl Source {
    /// A problem with the field `path` of the placement.
    fn at(&self, check: &Check<'_>, path: &str, title: String) -> Diagnostic {
        match &self.text {
            None => check.at(&format!("{FIELD}.{path}"), title),
            Some(text) => {
                let place = place_in(text, path);
                Diagnostic { place: Some(place), ..Diagnostic::new(title) }
            }
        }
    }
}

/// Where a field stands, or the nearest above it that is stated.
fn place_in(text: &Arc<SourceText>, path: &str) -> Place {
    let mut path = Some(path);
    while let Some(own) = path.filter(|path| !path.is_empty()) {
        if let Some(span) = text.locate(own) {
            return Place::new(text, span);
        }
        path = walk::parent(own);
    }
    let start = text.locate("").map_or(0, |whole| whole.start);
    Place::new(text, start..(start + 1).min(text.text.len()))
}

/// Where the field of a placement, such as `placement.slices[2]`, stands in the file that `name` in `folder` is.
pub(in crate::files) fn place_of(folder: &std::path::Path, name: &str, field: &str) -> Option<Place> {
    let opened = Opened::read(&folder.join(name)).ok()?;
    Some(place_in(&opened.source, field.strip_prefix(FIELD)?.trim_start_matches('.')))
}

/// Resolves the placement of a network with these populations, and puts inputs where it says.
pub(super) fn resolve(
    check: &mut Check<'_>,
    file: &NetworkFile,
    (populations, inputs): (&[Population], &mut [Input]),
    chip: &Chip,
) -> Placing {
    let own = |check: &mut Check<'_>| short_forms(check, file, populations, chip);
    let Some(source) = source(check, file) else {
        return Placing { stated: own(check), rest: Rest::default() };
    };
    let slices = source.file.slices.iter().flatten().enumerate();
    let slices: Vec<Stated> =
        slices.filter_map(|(at, slice)| stated(check, &source, (at, slice), populations, chip)).collect();
    for (at, place) in source.file.inputs.iter().flatten().enumerate() {
        input(check, &source, (at, place), inputs, chip);
    }
    let mut all = own(check);
    all.retain(|stated| slices.iter().all(|slice| slice.population != stated.population));
    all.extend(slices);
    all.sort_by_key(|stated| (stated.population, stated.first));
    for pair in all.windows(2) {
        let [before, after] = pair else { continue };
        if before.population == after.population && after.first < before.first + before.len {
            let name = &populations[after.population].name;
            let end = (before.first + before.len).min(after.first + after.len);
            let field = after.field.strip_prefix(FIELD).unwrap_or_default().trim_start_matches('.');
            let other = before.field.strip_prefix(FIELD).unwrap_or_default().trim_start_matches('.');
            let problem = source
                .at(
                    check,
                    field,
                    format!("neurons {}..={} of `{name}` are placed twice", after.first, end - 1),
                )
                .labelled(format!("`{other}` has {}..={}", before.first, before.first + before.len - 1));
            check.push(problem);
        }
    }
    let rest = rest(check, &source, populations, inputs);
    Placing { stated: all, rest }
}

/// How neurons are placed that no slice states.
fn rest(check: &mut Check<'_>, source: &Source, populations: &[Population], inputs: &[Input]) -> Rest {
    let stated = source.file.rest.clone().unwrap_or_default();
    let show = |check: &Check<'_>, path: &str, title: String| source.at(check, path, title);
    let (order, objective, listed) = match stated {
        RestFile::InOrder => return Rest::InOrder,
        RestFile::Refused => return Rest::Refused,
        RestFile::Greedy { objective, rates } => (Order::Greedy, objective, rates),
        RestFile::Anneal { objective, seed, moves, rates } => {
            let mut number = |field: &str, found: i64, range: std::ops::RangeInclusive<i64>| {
                if !range.contains(&found) {
                    let problem = show(check, field, format!("`{field}` is out of range"))
                        .labelled(format!("found {found}"))
                        .noted("allowed", format!("{}..={}", range.start(), range.end()));
                    check.push(problem);
                }
                found.clamp(*range.start(), *range.end())
            };
            let seed = number("rest.seed", seed, 0..=i64::from(u32::MAX)) as u32;
            let moves = moves.map(|moves| number("rest.moves", moves, 1..=MAX_MOVES) as u64);
            (Order::Anneal { seed, moves }, objective, rates)
        }
    };
    let mut rates =
        Rates { inputs: vec![Rates::UNIT; inputs.len()], populations: vec![Rates::UNIT; populations.len()] };
    for (at, (name, rate)) in listed.iter().enumerate() {
        let field = format!("rest.rates[{at}]");
        if let Some(before) = listed[..at].iter().position(|(other, _)| other == name) {
            let problem = show(check, &field, format!("the rate of `{name}` is stated twice"))
                .labelled(format!("`rest.rates[{before}]` has it"));
            check.push(problem);
            continue;
        }
        let names = || {
            let inputs = inputs.iter().map(|input| input.name.as_str());
            inputs.chain(populations.iter().map(|population| population.name.as_str()))
        };
        let input = inputs.iter().position(|input| input.name == *name);
        let population = populations.iter().position(|population| population.name == *name);
        let place = match (input, population) {
            (Some(input), _) => Some(&mut rates.inputs[input]),
            (None, population) => population.map(|population| &mut rates.populations[population]),
        };
        let Some(place) = place else {
            let problem = show(check, &field, format!("there is no input or population `{name}`"))
                .labelled(did_you_mean(name, names()))
                .noted("allowed", listing(names()));
            check.push(problem);
            continue;
        };
        let value = fixed_point(rate.token())
            .filter(|value| rate.is_number() && (0..=MAX_RATE).contains(&value.ceil()));
        let silent = input.is_none() && population.is_some_and(|of| !populations[of].parameters.spiking);
        match value.map(|value| nearest_lane(value, RATE_FRACTION) as u32) {
            Some(value) if silent && value > 0 => {
                let problem = show(check, &field, format!("`{name}` never fires: `spiking: false`"))
                    .labelled(format!("found `{}`", rate.token()))
                    .noted("allowed", "0, or leaving it out");
                check.push(problem);
            }
            Some(value) => *place = value,
            None => {
                let problem = show(check, &field, format!("the rate of `{name}` is out of range"))
                    .labelled(format!("found `{}`", rate.token()))
                    .noted("allowed", format!("0..={MAX_RATE}, spikes of a neuron in a step"));
                check.push(problem);
            }
        }
    }
    Rest::ByTraffic(Search { order, objective, rates })
}

/// The placement that a file states, or names.
fn source(check: &mut Check<'_>, file: &NetworkFile) -> Option<Source> {
    let own = file.placement.clone()?;
    if let Some(format) = own.format.as_ref().filter(|_| own.file.is_none()) {
        let problem = check
            .at("placement.format", "`format` belongs into a placement file of its own")
            .labelled(format!("found `{format}`"))
            .noted("allowed", "leaving it out, or `file: \"..\"`, the name of such a file");
        check.push(problem);
    }
    let Some(name) = own.file.clone() else { return Some(Source { file: own, text: None }) };
    let alone = PlacementFile { file: own.file.clone(), ..PlacementFile::default() };
    if own != alone {
        let problem = check
            .at("placement.file", "a placement file says everything in place of this field")
            .labelled("found other fields beside it")
            .noted("allowed", "`file` alone, or the other fields without it");
        check.push(problem);
    }
    let path = check.data_path("placement.file", &name);
    let opened = match Opened::read(&path) {
        Ok(opened) => opened,
        Err(error) => {
            let problem = check.at("placement.file", error).noted("allowed", "a placement file");
            check.push(problem);
            return None;
        }
    };
    match parse_layer::<PlacementFile>(&opened.source) {
        Ok(parsed) => {
            let source = Source { file: parsed, text: Some(opened.source) };
            if source.file.file.is_some() {
                let title = "a placement file names no other".to_owned();
                let problem =
                    source.at(check, "file", title).noted("allowed", "`slices`, `inputs` and `rest`");
                check.push(problem);
            }
            Some(source)
        }
        Err(problem) => {
            check.push(problem);
            None
        }
    }
}

/// What `cores` of populations state.
fn short_forms(
    check: &mut Check<'_>,
    file: &NetworkFile,
    populations: &[Population],
    chip: &Chip,
) -> Vec<Stated> {
    let mut all = Vec::new();
    for (index, population) in file.populations.iter().flatten().enumerate() {
        let neurons = populations.get(index).map_or(1, |population| population.neurons);
        let field = format!("populations[{index}].cores");
        let named = (&field[..], &population.name[..]);
        let at = |check: &Check<'_>, path: &str, title: String| check.at(path, title);
        let cores = seats::cores(check, named, population.cores.as_ref(), neurons, chip, &at);
        if !cores.is_empty() {
            all.push(Stated { population: index, first: 0, len: neurons, cores, onto: Onto::Shares, field });
        }
    }
    all
}

/// What a slice states; nothing where it names what there is not.
fn stated(
    check: &mut Check<'_>,
    source: &Source,
    (at, slice): (usize, &SliceFile),
    populations: &[Population],
    chip: &Chip,
) -> Option<Stated> {
    let field = |name: &str| format!("slices[{at}].{name}");
    let known = populations.iter().position(|population| population.name == slice.population);
    let Some(index) = known else {
        let names = || populations.iter().map(|population| population.name.as_str());
        let problem = source
            .at(check, &field("population"), format!("there is no population `{}`", slice.population))
            .labelled(did_you_mean(&slice.population, names()))
            .noted("allowed", listing(names()));
        check.push(problem);
        return None;
    };
    let Population { name, neurons, .. } = &populations[index];
    let neurons = i64::from(*neurons);
    let mut range = |of: &str, found: i64, low: i64, high: i64| {
        let within = (low..=high).contains(&found);
        if !within {
            let title = format!("`{}` is out of range", field(of));
            let problem = source
                .at(check, &field(of), title)
                .labelled(format!("found {found}; `{name}` has {neurons} neurons"))
                .noted("allowed", format!("{low}..={high}"));
            check.push(problem);
        }
        within
    };
    let first = slice.first;
    let begins = range("first", first, 0, neurons - 1);
    let count = slice.count.unwrap_or(neurons - first);
    if !begins || !range("count", count, 1, neurons - first) {
        return None;
    }
    let (first, len) = (first as u32, count as u32);
    let (cores, onto) = where_to(check, source, (at, slice), len, chip)?;
    Some(Stated { population: index, first, len, cores, onto, field: format!("{FIELD}.slices[{at}]") })
}

/// The cores of a slice.
fn where_to(
    check: &mut Check<'_>,
    source: &Source,
    (at, slice): (usize, &SliceFile),
    len: u32,
    chip: &Chip,
) -> Option<(Vec<u16>, Onto)> {
    let field = |name: &str| format!("slices[{at}].{name}");
    let (columns, rows) = (i64::from(chip.mesh.columns), i64::from(chip.mesh.rows));
    let of_tile = i64::from(chip.mesh.cores_per_tile);
    let show = |check: &Check<'_>, path: &str, title: String| source.at(check, path, title);
    let topology = chip.topology();
    let ways = [slice.core.is_some(), slice.cores.is_some(), slice.row.is_some()];
    let stated = ways.iter().filter(|stated| **stated).count();
    let beside_tile = slice.tile.is_some() && (slice.cores.is_some() || slice.row.is_some());
    let place_alone = slice.place.is_some() && (slice.tile.is_none() || slice.core.is_some());
    if stated + usize::from(slice.tile.is_some() && stated == 0) != 1 || beside_tile || place_alone {
        let problem = source
            .at(check, &format!("slices[{at}]"), "where a slice sits is said in one way".to_owned())
            .noted(
                "allowed",
                "`core`, `cores`, `tile` with or without `place`, or `row`; `tile` beside `core`",
            );
        check.push(problem);
        return None;
    }
    let before = check.count();
    if let Some((column, row)) = slice.tile {
        numbered(check, (&field("tile"), column), columns - 1, &show);
        numbered(check, (&field("tile"), row), rows - 1, &show);
    }
    if let Some(row) = slice.row {
        numbered(check, (&field("row"), row), rows - 1, &show);
    }
    if let Some(place) = slice.place {
        numbered(check, (&field("place"), place), of_tile - 1, &show);
    }
    let cores = slice.core.map(|core| vec![core]).or_else(|| slice.cores.clone());
    let path = field(if slice.core.is_some() { "core" } else { "cores" });
    let cores = seats::cores(check, (&path, &slice.population), cores.as_ref(), len, chip, &show);
    if check.count() > before {
        return None;
    }
    let tile = slice.tile.map(|(column, row)| (column as u16, row as u16));
    if let (Some(core), Some(tile)) = (slice.core, tile) {
        let own = topology.tile(CoreId(core as u16));
        if own != tile {
            let problem = source
                .at(check, &field("tile"), format!("core {core} sits on tile {own:?}"))
                .labelled(format!("found {tile:?}"))
                .noted("allowed", format!("{own:?}, or leaving `tile` out"));
            check.push(problem);
            return None;
        }
    }
    let of = |tile| (0..of_tile as u16).map(move |place| topology.core(tile, place).0);
    Some(match (tile, slice.place, slice.row) {
        _ if slice.core.is_some() => (cores, Onto::One),
        (Some(tile), Some(place), _) => (vec![topology.core(tile, place as u16).0], Onto::One),
        (Some(tile), None, _) => (of(tile).collect(), Onto::Next),
        (None, _, Some(row)) => {
            ((0..chip.mesh.columns).flat_map(|column| of((column, row as u16))).collect(), Onto::Next)
        }
        _ => (cores, Onto::Shares),
    })
}

/// Puts an input where the placement says.
fn input(
    check: &mut Check<'_>,
    source: &Source,
    (at, place): (usize, &InputPlaceFile),
    inputs: &mut [Input],
    chip: &Chip,
) {
    let field = |name: &str| format!("inputs[{at}].{name}");
    let show = |check: &Check<'_>, path: &str, title: String| source.at(check, path, title);
    let Some(index) = inputs.iter().position(|input| input.name == place.input) else {
        let names = || inputs.iter().map(|input| input.name.as_str());
        let problem = source
            .at(check, &field("input"), format!("there is no input `{}`", place.input))
            .labelled(did_you_mean(&place.input, names()))
            .noted("allowed", listing(names()));
        check.push(problem);
        return;
    };
    if place.cores.is_some() == place.port.is_some() {
        let problem = source
            .at(check, &format!("inputs[{at}]"), format!("where `{}` begins is said in one way", place.input))
            .noted("allowed", "`cores` or `port`");
        check.push(problem);
        return;
    }
    let before = source.file.inputs.iter().flatten().take(at).position(|other| other.input == place.input);
    if let Some(before) = before {
        let problem = source
            .at(check, &field("input"), format!("input `{}` is placed twice", place.input))
            .labelled(format!("`inputs[{before}]` has it"));
        check.push(problem);
        return;
    }
    let neurons = inputs[index].neurons;
    let named = (&field("cores")[..], &place.input[..]);
    inputs[index].cores = seats::cores(check, named, place.cores.as_ref(), neurons, chip, &show);
    inputs[index].port =
        place.port.as_ref().and_then(|port| seats::port(check, (&field("port"), port), chip, &show));
}
