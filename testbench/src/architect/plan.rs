//! Floor plans of a part: its cores by time, energy, spikes and memory, its links by packets.
//!
//! Promises: each value is one of a table's (`tables`), all stages together. Absent on purpose: drawing (`report::svg`).

use super::links::utilisation_ppm;
use super::tables::{fullest, summed};
use super::told::{Told, tile_of};
use crate::report::model::{Bar, Bars, Plan, PlanWay, Spot};
use crate::report::quantity;
use std::collections::BTreeMap;
use synfire_chip::cost::cycle::totals::Link;
use synfire_chip::cost::detail::{CoreDetail, LinkDetail};
use synfire_chip::cost::ledger::Owner;
use synfire_chip::cost::stage::Stage;
use synfire_chip::structures::Part;
use synfire_chip::technology::Figure;
use synfire_core::address::CoreId;

/// The plans, those that show something.
#[must_use]
pub fn plans(told: &Told<'_>) -> Vec<Plan> {
    let elapsed: u128 = Stage::ALL.iter().map(|stage| told.detail.elapsed.of(*stage).total_ps).sum();
    let work = |core: &CoreDetail| Stage::ALL.iter().map(|stage| *core.work_ps.of(*stage)).sum::<u128>();
    let mut energies: BTreeMap<Owner, u128> = BTreeMap::new();
    for row in &told.ledger.cores {
        *energies.entry(row.owner).or_default() += row.total().nominal;
    }
    let energy = |core: &CoreDetail| energies.get(&Owner::Core(core.core)).copied().unwrap_or(0);
    let spikes = |core: &CoreDetail| {
        let counts = core.slices.iter().flat_map(|slice| Stage::ALL.map(|stage| slice.counts.of(stage)));
        u128::from(summed(counts).of("core.spikes"))
    };
    let fill = |core: &CoreDetail| u128::from(fullest(&core.memory, told.chip).1);
    vec![
        cores(told, "Cores by time", "how long a core is at work, of the time of all steps", &work, &|ps| {
            quantity::share(ps, elapsed)
        }),
        cores(
            told,
            "Cores by energy",
            "energy of a core, what it draws all the time too",
            &energy,
            &quantity::energy,
        ),
        cores(told, "Cores by spikes", "spikes of a core's neurons", &spikes, &|count| {
            quantity::short(count, "")
        }),
        cores(told, "Cores by memory", "how full the limit is that a core is nearest to", &fill, &percent),
    ]
    .into_iter()
    .chain(packets(told))
    .chain(utilisation(told))
    .collect()
}

/// What the memories of all cores in use hold, by structure.
#[must_use]
pub fn memory(told: &Told<'_>) -> Bars {
    let bits = |part: &Part| told.detail.cores.iter().map(|core| core.memory.bits(*part)).sum::<u64>();
    let total: u64 = Part::ALL.iter().map(bits).sum();
    let bar = |part: &Part| {
        let own = bits(part);
        let share = quantity::share(own.into(), total.into());
        let text = format!("{} ({share})", quantity::memory(own));
        Bar { name: part.name().to_owned(), value: own as f64 / 8192.0, text, ends: None }
    };
    let mut bars: Vec<Bar> = Part::ALL.iter().filter(|part| bits(part) > 0).map(bar).collect();
    bars.sort_by(|a, b| b.value.total_cmp(&a.value));
    Bars { title: "Memory by structure".to_owned(), x_label: "all cores in use (KiB)".to_owned(), bars }
}

/// Area of a core by structure, of chips with a technology.
#[must_use]
pub fn area(told: &Told<'_>) -> Option<Bars> {
    let core = told.chip.priced_core(&told.detail.widths)?;
    let square = |nm2: u64| nm2 as f64 / 1e6;
    let total: u128 = core.structures.iter().map(|of| u128::from(of.area.nominal)).sum();
    let bar = |of: &synfire_chip::cost::per_operation::Structure| {
        let Figure { low, nominal, high, .. } = of.area;
        let share = quantity::share(nominal.into(), total);
        let ends = (low < high).then(|| (square(low), square(high)));
        Bar {
            name: of.name.to_owned(),
            value: square(nominal),
            text: format!("{:.0} um2 ({share})", square(nominal)),
            ends,
        }
    };
    let bars = core.structures.iter().filter(|of| of.area.nominal > 0).map(bar).collect();
    Some(Bars { title: "Area of a core by structure".to_owned(), x_label: "area (um2)".to_owned(), bars })
}

fn empty(told: &Told<'_>, title: &str, label: &str) -> Plan {
    let mesh = &told.chip.mesh;
    Plan {
        title: title.to_owned(),
        label: label.to_owned(),
        columns: mesh.columns.into(),
        rows: mesh.rows.into(),
        places: mesh.cores_per_tile.into(),
        ..Plan::default()
    }
}

fn cores(
    told: &Told<'_>,
    title: &str,
    label: &str,
    value: &dyn Fn(&CoreDetail) -> u128,
    show: &dyn Fn(u128) -> String,
) -> Plan {
    let topology = told.chip.topology();
    let spot = |core: &CoreDetail| {
        let (column, row) = topology.tile(CoreId(core.core));
        let value = value(core);
        Spot {
            tile: (column.into(), row.into()),
            place: u32::from(core.core % told.chip.mesh.cores_per_tile),
            name: format!("core {}", core.core),
            value: value as f64,
            text: show(value),
        }
    };
    let spots = told.detail.cores.iter().map(spot).collect();
    let most = told.detail.cores.iter().map(value).max().map_or_else(String::new, show);
    Plan { spots, most, ..empty(told, title, label) }
}

/// A plan of links between tiles; `None` where nothing passed one, or where they do not lie between tiles.
fn links(
    told: &Told<'_>,
    (title, label): (&str, &str),
    value: &dyn Fn(&LinkDetail) -> u128,
    show: &dyn Fn(u128) -> String,
    most: &dyn Fn(u128) -> String,
) -> Option<Plan> {
    let between = || told.detail.links.iter().filter(|link| matches!(link.link, Link::Between(_)));
    let way = |link: &LinkDetail| {
        let (from, to) = (tile_of(told.chip, link.from)?, tile_of(told.chip, link.to)?);
        let value = value(link);
        Some(PlanWay { from, to, value: value as f64, text: show(value) })
    };
    let ways: Vec<PlanWay> = between().filter(|link| value(link) > 0).filter_map(way).collect();
    let most = most(between().map(value).max()?);
    (!ways.is_empty()).then(|| Plan { ways, most, ..empty(told, title, label) })
}

/// Packets over each link.
fn packets(told: &Told<'_>) -> Option<Plan> {
    let packets = |link: &LinkDetail| {
        Stage::ALL.iter().map(|stage| u128::from(link.loads.of(*stage).packets)).sum::<u128>()
    };
    let words = ("Links by packets", "packets over each link; upper bars lead east, left ones north");
    let show = |packets| quantity::short(packets, "");
    links(told, words, &packets, &show, &|packets| quantity::short(packets, " packets"))
}

/// How long flits held each link, of the time of all steps, in parts per million.
fn utilisation(told: &Told<'_>) -> Option<Plan> {
    let elapsed = told.detail.cycle_ps.as_ref()?;
    let elapsed = elapsed.training + elapsed.test + elapsed.inference;
    let held = |link: &LinkDetail| {
        let held = link
            .flow
            .as_ref()
            .map_or(0, |flow| Stage::ALL.iter().map(|stage| flow.of(*stage).held_ps).sum::<u128>());
        utilisation_ppm(held, elapsed)
    };
    let words = ("Links by utilisation", "share of time held; upper bars lead east, left ones north");
    links(told, words, &held, &percent, &percent)
}

/// Parts per million in words.
fn percent(ppm: u128) -> String {
    format!("{:.1} %", ppm as f64 / 1e4)
}
