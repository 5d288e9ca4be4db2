//! Section `technology` of a chip file: the technology that prices are composed from, and how memories are built.
//!
//! Promises: what is accepted has a price for every operation of every network that the limits allow, and no access of a
//! memory takes longer than its time of the chip file; a chip that states prices of events beside is refused.
//! Absent on purpose: technology files (`files::technology`), what prices are composed of (`cost::composition`).

use crate::chip::{Build, Chip, Fitted, PerOperation, PowerClock, Time};
use crate::cost::composition::Store;
use crate::cost::energy::CORE_STATIC;
use crate::cost::per_operation::{built, memory};
use crate::cost::prices::PRICE_FIELDS;
use crate::cost::widths::Widths;
use crate::files::chip::cost_file::{BuildFile, FittedFile, PerOperationFile, TimingFile, UnusedCores};
use crate::files::chip::costs::part_of;
use crate::files::technology::{load_technology, technologies};
use crate::files::text::check::Check;
use crate::files::text::decimal::{self, Raw};
use crate::files::text::spelling;
use crate::technology::tables::Technology;
use crate::technology::{Corner, Refusal};
use std::path::Path;

/// Largest ratio of a fit, in millionths.
const MOST_RATIO: u64 = 1_000_000_000;

/// Section `technology` of a chip that is whole but for it; `prices`: whether there are prices of events beside it.
pub(super) fn technology(
    check: &mut Check<'_>,
    file: &PerOperationFile,
    (chip, timing): (&Chip, &TimingFile),
    prices: bool,
) -> Option<PerOperation> {
    if prices {
        let place = check.stands("energy").unwrap_or_default();
        let problem = check
            .at("technology", "a chip has prices of events or a technology, not both")
            .labelled("the technology stands here")
            .noted("found", format!("section `energy` at {place}"))
            .noted(
                "allowed",
                "one of the two: prices of an event and of an operation never meet in one total",
            );
        check.push(problem);
        return None;
    }
    let builds = Store::ALL.map(|store| build(check, store, of_store(file, store)));
    let clean = check.count();
    let technology = open(check, file.table.as_deref())?;
    let nm = check.stated("technology.node_nm", file.node_nm, 1..=1000) as u16;
    let voltage = file.voltage.as_ref().and_then(|raw| volts(check, raw));
    let corner = match technology.at(nm, voltage) {
        Ok(corner) => corner,
        Err(refusal) => {
            let known = technology.node(nm).is_some();
            refuse(check, if known { "technology.voltage" } else { "technology.node_nm" }, refusal);
            return None;
        }
    };
    let of = PerOperation {
        voltage: corner.voltage,
        nm,
        memories: builds,
        clock: file.clock.unwrap_or(PowerClock::Wall),
        unused_gated: file.unused_cores == Some(UnusedCores::Gated),
        without: without(file, chip),
        fitted: fitted(check, file.fitted.as_deref().unwrap_or(&[])),
        technology: technology.clone(),
    };
    for (index, name) in of.without.iter().enumerate() {
        known_price(check, &format!("technology.without[{index}]"), name, false);
    }
    if check.count() == clean {
        for store in Store::ALL {
            fits(check, (chip, timing), &of, (&corner, store));
        }
    }
    Some(of)
}

/// The technology that a chip file names.
fn open(check: &mut Check<'_>, table: Option<&str>) -> Option<Technology> {
    let path = "technology.table";
    let Some(table) = table else {
        check.missing(path);
        return None;
    };
    let carried = technologies().iter().any(|carried| carried.name == table);
    let file = check.data_path(path, table);
    let loaded = if carried {
        load_technology(table, Path::new(""))
    } else {
        load_technology(&file.to_string_lossy(), Path::new(""))
    };
    match loaded {
        Ok(technology) => Some(technology),
        Err(problems) => {
            for problem in problems.into_problems() {
                // What cannot be opened has no place of its own.
                let problem = if problem.place.is_some() {
                    problem
                } else {
                    let here = check.at(path, problem.title.clone()).labelled("named here");
                    problem.notes.into_iter().fold(here, |here, (name, text)| here.noted(name, text))
                };
                check.push(problem);
            }
            None
        }
    }
}

fn volts(check: &mut Check<'_>, raw: &Raw) -> Option<u64> {
    let found = decimal::micro_units(raw.token()).filter(|microvolts| *microvolts > 0);
    if found.is_none() {
        let problem = check
            .at("technology.voltage", "`technology.voltage` is no voltage")
            .labelled(format!("found `{}`", raw.token()))
            .noted("allowed", "volts, such as 0.9, with at most six places");
        check.push(problem);
    }
    found
}

fn of_store(file: &PerOperationFile, store: Store) -> Option<&BuildFile> {
    match store {
        Store::Synapses => file.synapses.as_ref(),
        Store::Neurons => file.neurons.as_ref(),
        Store::Parameters => file.parameters.as_ref(),
        Store::Axons => file.axons.as_ref(),
        Store::Arrivals => file.arrivals.as_ref(),
        Store::Routes => file.routes.as_ref(),
        Store::Keys => file.keys.as_ref(),
        Store::RouterKeys => file.router_keys.as_ref(),
        Store::Learning => file.learning.as_ref(),
        Store::Broadcast => file.broadcast.as_ref(),
    }
}

fn build(check: &mut Check<'_>, store: Store, file: Option<&BuildFile>) -> Build {
    let path = |field: &str| format!("technology.{}.{field}", store.name());
    let none = BuildFile::default();
    let file = file.unwrap_or(&none);
    let items = file.items.map(|items| check.integer(&path("items"), items, 1..=4096) as u32);
    Build {
        items,
        banks: file.banks.map(|banks| check.integer(&path("banks"), banks, 1..=65_536) as u32),
        ports: check.integer(&path("ports"), file.ports.unwrap_or(1), 1..=8) as u32,
        item_bits: check.integer(&path("item_bits"), file.item_bits.unwrap_or(0), 0..=4096) as u32,
        absent: file.absent == Some(true),
    }
}

/// Operations that the chip has no units for: those that its file lists, and look-ups of keys that no packet has.
fn without(file: &PerOperationFile, chip: &Chip) -> Vec<String> {
    let mut without = file.without.as_deref().unwrap_or(&[]).to_vec();
    if !chip.mesh.has_keys_in_cores() {
        without.push("key_lookup".to_owned());
    }
    if chip.mesh.router_entries().is_none() {
        without.push("router_lookup".to_owned());
    }
    without
}

/// Ratios that prices were fitted by.
fn fitted(check: &mut Check<'_>, files: &[FittedFile]) -> Vec<Fitted> {
    let one = |(index, file): (usize, &FittedFile)| {
        let path = format!("technology.fitted[{index}]");
        for (at, name) in file.prices.iter().enumerate() {
            known_price(check, &format!("{path}.prices[{at}]"), name, true);
        }
        let ratio = decimal::micro_units(file.ratio.token()).filter(|ratio| (1..=MOST_RATIO).contains(ratio));
        if ratio.is_none() {
            let problem = check
                .at(&format!("{path}.ratio"), format!("`{path}.ratio` is no ratio"))
                .labelled(format!("found `{}`", file.ratio.token()))
                .noted("allowed", "above 0, at most 1000, with at most six places");
            check.push(problem);
        }
        if file.source.trim().is_empty() {
            let title = format!("`{path}` does not say what it was fitted to");
            let problem =
                check.at(&format!("{path}.source"), title).labelled("measured rows, and where from");
            check.push(problem);
        }
        Fitted { prices: file.prices.clone(), ratio: ratio.unwrap_or(1_000_000), source: file.source.clone() }
    };
    files.iter().enumerate().map(one).collect()
}

/// Whether a price has this name; `power`: static power is one too.
fn known_price(check: &mut Check<'_>, path: &str, name: &str, power: bool) {
    let power = power.then_some(CORE_STATIC);
    let names = || PRICE_FIELDS.iter().map(|field| field.name).chain(power);
    if names().any(|known| known == name) {
        return;
    }
    let mut problem = check
        .at(path, format!("no price `{name}`"))
        .labelled("named here")
        .noted("allowed", spelling::listing(names()));
    if let Some(near) = spelling::nearest(name, names()) {
        problem = problem.noted("note", format!("did you mean `{near}`?"));
    }
    check.push(problem);
}

fn refuse(check: &mut Check<'_>, path: &str, refusal: Refusal) {
    let problem = check
        .at(path, refusal.title)
        .labelled(format!("found {}", refusal.found))
        .noted("allowed", refusal.allowed)
        .noted("note", refusal.remedy);
    check.push(problem);
}

/// The narrowest and the widest words that networks of this chip can ask of a memory.
fn extremes(chip: &Chip) -> [Widths; 2] {
    let bits = |count: u32| u32::BITS - count.leading_zeros();
    let (state, decay) = (u32::from(chip.datapath.state_width), u32::from(chip.datapath.decay_fraction) + 1);
    let narrow = Widths {
        synapse: 1,
        neuron: 2 * state + 1,
        parameters: 0,
        accumulator: 1,
        arrival: 1,
        eligibility_states: 0,
        channels: 0,
        used: [0; 4],
    };
    let wide = Widths {
        // A weight, its neuron, its tap.
        synapse: u32::from(chip.limits.weight_bits) + bits(chip.limits.neurons) + 24,
        // Refractory counter, adaptation, fired bit.
        neuron: 3 * state + 8,
        // Three decays, threshold, bias, two initial values, an increment.
        parameters: 3 * decay + 5 * state - 1,
        accumulator: 32,
        arrival: 8,
        eligibility_states: 2,
        channels: 1,
        used: [0; 4],
    };
    [narrow, wide]
}

/// The time that must hold an access: that of the field `name`, without its unit, or of the one that it is part of; `None`
/// where it has none.
fn held_by(
    check: &mut Check<'_>,
    chip: &Chip,
    timing: &TimingFile,
    name: &'static str,
) -> Option<(&'static str, u64)> {
    let times = chip.timing.times();
    let time = |name: &str| times.iter().find(|(field, _)| *field == name).copied();
    match time(&format!("{name}_ps"))? {
        (_, Time::Picoseconds(ps)) => Some((name, ps)),
        (field, Time::Included) => match time(&part_of(check, timing, field)?)? {
            (other, Time::Picoseconds(ps)) => Some((other.trim_end_matches("_ps"), ps)),
            _ => None,
        },
        (_, Time::Unpublished) => None,
    }
}

/// Whether a memory has a number at both extremes, and time for an access.
fn fits(
    check: &mut Check<'_>,
    (chip, timing): (&Chip, &TimingFile),
    of: &PerOperation,
    (corner, store): (&Corner<'_>, Store),
) {
    let path = format!("technology.{}", store.name());
    for widths in extremes(chip) {
        let organisation = built(chip, of, &widths, store).organisation;
        let memory = match memory(corner, organisation) {
            Ok(memory) => memory,
            Err(refusal) => {
                let refusal = Refusal { title: format!("{} ({})", refusal.title, store.name()), ..refusal };
                return refuse(check, &path, refusal);
            }
        };
        let access = memory.time.round().nominal.div_ceil(1000);
        let Some((timed_by, ps)) = held_by(check, chip, timing, store.timed_by()) else { continue };
        // Time 0 is that of an ideal unit (`warnings::of_chip`).
        if ps > 0 && access > ps {
            let (name, allowed) = match chip.timing.clock_ps {
                // A whole cycle is shorter than the access: more than one is asked for.
                Some(clock) => {
                    ("cycles", format!("at least {} cycles of {clock} ps", access.div_ceil(clock)))
                }
                None => ("ps", format!("at least {access} ps")),
            };
            let field = format!("timing.{timed_by}_{name}");
            let problem = check
                .at(&field, format!("`{field}` is shorter than an access of the memory `{}`", store.name()))
                .labelled(format!("{ps} ps"))
                .noted(
                    "found",
                    format!(
                        "{access} ps for {} words of {} bits at {} nm and {:.3} V",
                        organisation.words,
                        organisation.bits,
                        of.nm,
                        of.voltage as f64 / 1e6
                    ),
                )
                .noted("allowed", allowed)
                .noted("note", "more banks, or a higher voltage, make it faster");
            check.push(problem);
            return;
        }
    }
}
