//! Tables beside a report: steps, cores, links, populations and latencies of the part that the report shows.
//!
//! `docs/formats.md`, "Tables of a run", describes every column. Promises: integers, exact; each energy of a page is a sum of
//! cells here; a table's energies and counts sum to those of its part in `summary.json`. What the model of time does not
//! know is an empty cell. Absent on purpose: rounding, and what is drawn of it (`plan`, `spending`, `timeline`).

use super::told::{Told, known, words};
use super::{latency, links, routers, waiting};
use crate::experiment::kind::Document;
use crate::formats::table::{Column, Kind, Table, columns, typed};
use synfire_chip::chip::Chip;
use synfire_chip::cost::amount::Amount;
use synfire_chip::cost::counters::OPERATIONS;
use synfire_chip::cost::detail::{CoreDetail, Counted, Detail, Earlier, LinkLoad, StepDetail};
use synfire_chip::cost::ledger::{Ledger, Owner, Row, of_network};
use synfire_chip::cost::memory::CoreMemory;
use synfire_chip::cost::stage::Stage;
use synfire_chip::cost::time::Bound;
use synfire_chip::structures::Part;
use synfire_core::address::CoreId;

/// The tables' files; the last two only where packets travelled on a simulated network, and where routers have keys.
pub const FILES: [&str; 6] =
    ["steps.csv", "cores.csv", "links.csv", "populations.csv", "latency.csv", "routers.csv"];

/// The tables of a part.
#[must_use]
pub fn documents(detail: &Detail, chip: &Chip) -> Vec<Document> {
    let ledger = Ledger::of(detail, chip);
    let told = Told { detail, ledger: &ledger, chip };
    let tables = [
        Some(steps(&told)),
        Some(cores(&told)),
        Some(links::table(&told)),
        Some(populations(&told)),
        latency::table(&told),
        routers::table(&told),
    ];
    let made = FILES.into_iter().zip(tables).filter_map(|(name, table)| Some((name, table?)));
    made.map(|(name, table)| Document::table(name, table)).collect()
}

/// Columns of counts, then of energies.
fn heads(told: &Told<'_>) -> Vec<Column> {
    let counts = columns(Kind::Count, OPERATIONS.iter().map(|operation| operation.record));
    let energies = columns(Kind::Energy, ["energy_aj", "low_aj", "high_aj"]);
    let components = told.ledger.components.iter().map(|component| format!("{component}_aj"));
    [counts, energies, columns(Kind::Energy, components)].concat()
}

/// Counts, then energies; no counts where they are not known apart.
fn figures(counts: Option<&Counted>, amounts: &[Amount]) -> Vec<String> {
    let counts =
        OPERATIONS.iter().enumerate().map(|(at, _)| known(counts.and_then(|counts| counts.0.get(at))));
    let all: Amount = amounts.iter().copied().sum();
    let energies = [all.nominal, all.low, all.high].into_iter().chain(amounts.iter().map(|a| a.nominal));
    counts.chain(energies.map(|energy| energy.to_string())).collect()
}

/// Place of the column `cycle_total_ps` in the table of steps.
const OTHER: usize = 12;

/// Columns of the table of steps, before counts and energies.
const STEP_COLUMNS: [(&str, Kind); 16] = [
    ("step", Kind::Count),
    ("steps", Kind::Count),
    ("stage", Kind::Text),
    ("total_ps", Kind::Count),
    ("core_ps", Kind::Count),
    ("network_ps", Kind::Count),
    ("barrier_ps", Kind::Count),
    ("network_bound", Kind::Text),
    ("critical_core", Kind::Count),
    ("critical_link", Kind::Text),
    ("critical_link_packets", Kind::Count),
    ("critical_link_held_ps", Kind::Count),
    ("cycle_total_ps", Kind::Count),
    ("cycle_core_ps", Kind::Count),
    ("cycle_network_ps", Kind::Count),
    ("cycle_barrier_ps", Kind::Count),
];

fn steps(told: &Told<'_>) -> Table {
    let Told { detail, ledger, .. } = told;
    let mut table = Table::new([typed(&STEP_COLUMNS), heads(told)].concat());
    for row in &ledger.steps {
        let own = match row.step.map(|step| &detail.steps[step]) {
            Some(step) => step_cells(step),
            None => {
                let Earlier { elapsed, other_ps, .. } = detail.earlier.of(row.stage);
                let mut cells = vec![String::new(), elapsed.steps.to_string(), row.stage.name().to_owned()];
                cells.push(elapsed.total_ps.to_string());
                // Of many steps together the parts are not known.
                cells.resize(STEP_COLUMNS.len(), String::new());
                cells[OTHER] = known(*other_ps);
                cells
            }
        };
        let counts = row.step.map_or(&detail.earlier.of(row.stage).counts, |step| &detail.steps[step].counts);
        table.rows.push([own, figures(Some(counts), &row.amounts)].concat());
    }
    table
}

fn step_cells(step: &StepDetail) -> Vec<String> {
    let load = step.link.map(|critical| critical.load);
    let packets = load.and_then(|load| match load {
        LinkLoad::Packets(packets) => Some(packets),
        LinkLoad::Held(_) => None,
    });
    let held = load.and_then(|load| match load {
        LinkLoad::Held(ps) => Some(ps),
        LinkLoad::Packets(_) => None,
    });
    let mut cells = vec![
        step.step.to_string(),
        "1".to_owned(),
        step.stage.name().to_owned(),
        step.total_ps().to_string(),
        step.core_ps.to_string(),
        step.network_ps.to_string(),
        step.barrier_ps.to_string(),
        bound(step.bound),
        known(step.core),
        known(step.link.map(|critical| links::name(critical.link))),
        known(packets),
        known(held),
        known(step.other.map(|parts| parts.iter().map(|ps| u128::from(*ps)).sum::<u128>())),
    ];
    cells.extend((0..3).map(|part| known(step.other.map(|parts| parts[part]))));
    cells
}

/// What the network's part of a step was due to.
fn bound(bound: Bound) -> String {
    match bound {
        Bound::Nothing => String::new(),
        Bound::Way => "way".to_owned(),
        Bound::Link(link) => format!("link {link}"),
        Bound::Port(core) => format!("port of core {}", core.0),
        Bound::HostPort(port) => format!("port {port} of the host"),
        Bound::Packet { from: Some(from), to } => format!("packet of core {} to core {}", from.0, to.0),
        Bound::Packet { from: None, to } => format!("packet of the host to core {}", to.0),
    }
}

/// What a core holds, and the most that it may.
#[must_use]
pub fn fills(memory: &CoreMemory, chip: &Chip) -> [(&'static str, u64, u64); 4] {
    let limits = &chip.limits;
    let learning = memory.bits(Part::Traces) + memory.bits(Part::Learning);
    [
        ("neurons", memory.neurons, limits.neurons.into()),
        ("axons", memory.axons, limits.axons.into()),
        ("synapse_memory_bits", memory.bits(Part::Synapses), limits.synapse_memory_bits),
        ("learning_memory_bits", learning, limits.learning_memory_bits),
    ]
}

/// The limit that a core is nearest to: its name, and how near in parts per million, rounded down.
#[must_use]
pub fn fullest(memory: &CoreMemory, chip: &Chip) -> (&'static str, u64) {
    let part = |(name, used, most): (&'static str, u64, u64)| {
        (name, (u128::from(used) * 1_000_000 / u128::from(most.max(1))) as u64)
    };
    // Of equal ones the first.
    let first = |a: (&'static str, u64), b: (&'static str, u64)| if b.1 > a.1 { b } else { a };
    fills(memory, chip).map(part).into_iter().reduce(first).unwrap_or_default()
}

/// Sums of counts.
#[must_use]
pub fn summed<'a>(parts: impl IntoIterator<Item = &'a Counted>) -> Counted {
    let mut sum = Counted(vec![0; OPERATIONS.len()]);
    for part in parts {
        sum.0.iter_mut().zip(&part.0).for_each(|(sum, count)| *sum += count);
    }
    sum
}

/// What an owner that is neither core nor population is called.
fn other(owner: Owner) -> &'static str {
    match owner {
        Owner::Core(_) => "core",
        Owner::Population(_) => "population",
        Owner::Layer(_) => "layer",
        Owner::Shared(_) => "shared core",
        Owner::Network => "network",
        Owner::Host => "host",
        Owner::Unused => "unused cores",
    }
}

/// Counts of a row that belongs to no core: the host's packets, and hops.
fn unowned(told: &Told<'_>, row: &Row) -> Option<Counted> {
    let host = told.detail.host.of(row.stage);
    let cores = told.detail.cores.iter().flat_map(|core| core.counts(row.stage));
    match row.owner {
        Owner::Host => Some(only(host, false)),
        Owner::Network => Some(only(&summed(cores.chain([host])), true)),
        _ => Some(summed([])),
    }
}

/// What routers and links do is counted with the network, all else with whoever does it.
fn only(counts: &Counted, network: bool) -> Counted {
    let own = OPERATIONS.iter().zip(&counts.0);
    Counted(own.map(|(of, count)| if of_network(of) == network { *count } else { 0 }).collect())
}

/// Columns of the table of cores, before what units did, counts and energies.
const CORE_COLUMNS: [(&str, Kind); 14] = [
    ("owner", Kind::Text),
    ("core", Kind::Count),
    ("column", Kind::Count),
    ("row", Kind::Count),
    ("stage", Kind::Text),
    ("steps", Kind::Count),
    ("work_ps", Kind::Count),
    ("neurons", Kind::Count),
    ("axons", Kind::Count),
    ("synapses", Kind::Count),
    ("synapse_memory_bits", Kind::Count),
    ("learning_memory_bits", Kind::Count),
    ("fullest_limit", Kind::Text),
    ("fill_ppm", Kind::Count),
];

fn cores(told: &Told<'_>) -> Table {
    let Told { detail, ledger, chip } = told;
    let mut table = Table::new([typed(&CORE_COLUMNS), waiting::heads(), heads(told)].concat());
    let topology = chip.topology();
    let place = |core: &CoreDetail, stage: Stage| {
        let (column, row) = topology.tile(CoreId(core.core));
        let memory = &core.memory;
        let [neurons, axons, synapse_bits, learning_bits] = fills(memory, chip).map(|(_, used, _)| used);
        let (limit, ppm) = fullest(memory, chip);
        let numbers = [neurons, axons, memory.synapses, synapse_bits, learning_bits].map(|n| n.to_string());
        let steps = detail.elapsed.of(stage).steps;
        [
            [core.core.to_string(), column.to_string(), row.to_string(), stage.name().to_owned()].to_vec(),
            vec![steps.to_string(), core.work_ps.of(stage).to_string()],
            numbers.to_vec(),
            vec![limit.to_owned(), ppm.to_string()],
            waiting::cells(core.machine.as_ref().map(|machine| machine.of(stage))),
        ]
        .concat()
    };
    for row in &ledger.cores {
        let core = match row.owner {
            Owner::Core(number) => detail.cores.binary_search_by_key(&number, |core| core.core).ok(),
            _ => None,
        };
        let core = core.map(|index| &detail.cores[index]);
        let (cells, counts) = match core {
            Some(core) => {
                let counts = summed(core.counts(row.stage));
                (place(core, row.stage), Some(only(&counts, false)))
            }
            None => {
                let mut cells = vec![String::new(); CORE_COLUMNS.len() - 1];
                row.stage.name().clone_into(&mut cells[3]);
                cells[4] = detail.elapsed.of(row.stage).steps.to_string();
                cells.extend(waiting::cells(None));
                (cells, unowned(told, row))
            }
        };
        table.rows.push([words(&[other(row.owner)]), cells, figures(counts.as_ref(), &row.amounts)].concat());
    }
    table
}

/// The layer of a core whose populations are of one; `None` where they are not.
fn layer_of(told: &Told<'_>, core: u16) -> Option<u32> {
    let slices = told.detail.cores.iter().filter(|of| of.core == core).flat_map(|of| &of.slices);
    let mut layers = slices.map(|slice| told.detail.populations[slice.population as usize].layer);
    let first = layers.next()?;
    layers.all(|layer| layer == first).then_some(first)
}

/// Columns of the table of populations, before counts and energies.
const POPULATION_COLUMNS: [(&str, Kind); 8] = [
    ("owner", Kind::Text),
    ("population", Kind::Text),
    ("layer", Kind::Count),
    ("neurons", Kind::Count),
    ("cores", Kind::Count),
    ("core", Kind::Count),
    ("stage", Kind::Text),
    ("steps", Kind::Count),
];

fn populations(told: &Told<'_>) -> Table {
    let Told { detail, ledger, .. } = told;
    let mut table = Table::new([typed(&POPULATION_COLUMNS), heads(told)].concat());
    for row in &ledger.populations {
        let slices = |of: u32| {
            let all = detail.cores.iter().flat_map(|core| &core.slices);
            let own = all.filter(move |slice| slice.population == of).map(|slice| slice.counts.of(row.stage));
            let alone = move |core: &&CoreDetail| core.slices.iter().all(|slice| slice.population == of);
            own.chain(detail.cores.iter().filter(alone).map(|core| core.shared.of(row.stage)))
        };
        let (mut cells, counts) = match row.owner {
            Owner::Population(index) => {
                let of = &detail.populations[index as usize];
                let cores =
                    detail.cores.iter().filter(|core| core.slices.iter().any(|s| s.population == index));
                let numbers = [of.layer.to_string(), of.neurons.to_string(), cores.count().to_string()];
                let cells = [vec![of.name.clone()], numbers.to_vec(), vec![String::new()]].concat();
                (cells, Some(only(&summed(slices(index)), false)))
            }
            Owner::Shared(core) => {
                let mut cells = vec![String::new(); 5];
                (cells[1], cells[4]) = (known(layer_of(told, core)), core.to_string());
                let of = detail.cores.iter().filter(|of| of.core == core);
                (cells, Some(summed(of.map(|core| core.shared.of(row.stage)))))
            }
            _ => (vec![String::new(); 5], unowned(told, row)),
        };
        cells.extend([row.stage.name().to_owned(), detail.elapsed.of(row.stage).steps.to_string()]);
        table.rows.push([words(&[other(row.owner)]), cells, figures(counts.as_ref(), &row.amounts)].concat());
    }
    table
}
