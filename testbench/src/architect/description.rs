//! What the chip of a part is: its cores, its registers, every price and time that its file states, and where each is from.
//!
//! Promises: nothing is left out that a bill or a time is made of. Absent on purpose: what was counted (`bill`).

use super::told::Told;
use crate::report::model::{Block, Table, TableCell};
use crate::report::quantity;
use synfire_chip::chip::{Chip, HostPort, Outputs, Price, StaticPower, Time};
use synfire_chip::cost::amount::Amount;
use synfire_chip::cost::energy::CORE_STATIC;
use synfire_chip::cost::prices::{PRICE_FIELDS, TIME_FIELDS};
use synfire_chip::technology::Figure;

/// Tables of what it is, what it costs, what it takes.
#[must_use]
pub fn blocks(told: &Told<'_>) -> Vec<Block> {
    vec![chip(told.chip).into(), times(told.chip).into(), prices(told).into()]
}

fn chip(chip: &Chip) -> Table {
    let (mesh, limits, datapath, learning) = (&chip.mesh, &chip.limits, &chip.datapath, &chip.learning);
    let count = |n: u64| quantity::count(n.into());
    let clock = |ps: Option<u64>| ps.map_or_else(|| "none".to_owned(), |ps| quantity::duration(ps.into()));
    let outputs = match chip.host.outputs {
        Outputs::Stay => "stay on the chip",
        Outputs::Leave => "leave",
    };
    let technology = chip.technology.as_ref().map(|of| {
        let voltage = of.voltage as f64 / 1e6;
        ("technology", format!("`{}`, {} nm, {voltage:.3} V", of.technology.name, of.nm))
    });
    let rows = [
        ("columns and rows of tiles", format!("{} x {}", mesh.columns, mesh.rows)),
        ("cores of a tile", mesh.cores_per_tile.to_string()),
        ("ports of the host, at tiles", host_ports(chip)),
        ("spikes of outputs", outputs.to_owned()),
        ("neurons of a core", count(limits.neurons.into())),
        ("axons of a core", count(limits.axons.into())),
        ("synapse memory of a core", quantity::memory(limits.synapse_memory_bits)),
        ("learning memory of a core", quantity::memory(limits.learning_memory_bits)),
        ("widest weight", format!("{} bits", limits.weight_bits)),
        ("longest delay, steps", limits.delay_steps.to_string()),
        ("current and membrane", format!("s{}.{}", datapath.state_width, datapath.state_fraction)),
        ("decay factors", format!("{} fraction bits", datapath.decay_fraction)),
        ("presynaptic traces", format!("{} bits", learning.trace_bits)),
        ("eligibility states", format!("{} bits", learning.eligibility_bits)),
        ("error delay, steps", learning.error_delay.to_string()),
        ("learning engines", if chip.learning_gated { "clock-gated" } else { "not gated" }.to_owned()),
        ("clock", clock(chip.timing.clock_ps)),
        ("tick", clock(chip.timing.tick_ps)),
        ("weights of a word", count(chip.timing.synapse_lanes.into())),
        ("weight updates of a word", count(chip.timing.learning_lanes.into())),
    ];
    let row = |(name, value): (&str, String)| vec![TableCell::text(name), TableCell::text(value)];
    Table {
        title: format!("The chip: `{}`", chip.name),
        columns: ["", "value"].map(str::to_owned).to_vec(),
        rows: rows.into_iter().chain(technology).map(row).collect(),
        notes: Vec::new(),
    }
}

/// Where they are, and what passes them.
fn host_ports(chip: &Chip) -> String {
    let port = |port: HostPort| {
        let passes = port.bits_per_cycle.map_or("ideal".to_owned(), |bits| format!("{bits} bits a cycle"));
        let name = port.name.map_or(String::new(), |name| format!("`{name}` at "));
        let depth = port.depth.map_or(String::new(), |depth| format!(", {depth} packets deep"));
        format!("{name}{}, {} ({passes}{depth})", port.tile.0, port.tile.1)
    };
    chip.host_ports().into_iter().map(port).collect::<Vec<_>>().join("; ")
}

fn prices(told: &Told<'_>) -> Table {
    let energy = told.chip.prices(&told.detail.widths);
    let cell = |price: &Price| {
        let Amount { nominal, low, high, .. } = Amount::of(price);
        match price {
            Price::PartOf(_) => TableCell::text("included"),
            Price::Unpublished => TableCell::text("unpublished"),
            _ if low < high => {
                let [low, middle, high] = [low, nominal, high].map(quantity::energy);
                TableCell::number(nominal as f64, format!("{middle} ({low} to {high})"))
            }
            _ => TableCell::number(nominal as f64, quantity::energy(nominal)),
        }
    };
    let source = |price: &Price| match price {
        Price::Stated { source, .. } | Price::Composed { source, .. } => source.clone(),
        Price::PartOf(other) => format!("part of `{other}`"),
        Price::Unpublished => "nobody's number".to_owned(),
    };
    let of = |name: &str| PRICE_FIELDS.iter().find(|field| field.name == name).map_or("", |field| field.of);
    let row = |(name, price): (&str, &Price)| {
        vec![TableCell::text(of(name)), TableCell::text(name), cell(price), TableCell::text(source(price))]
    };
    let mut rows: Vec<Vec<TableCell>> = energy.prices().into_iter().map(row).collect();
    let power = |figure: &Figure, micro: f64| {
        let [low, nominal, high] =
            [figure.low, figure.nominal, figure.high].map(|power| power as f64 / micro);
        if low < high { format!("{nominal} uW ({low} to {high} uW)") } else { format!("{nominal} uW") }
    };
    let (power, source) = match &energy.core_static {
        StaticPower::Stated { microwatts, source, .. } => (power(microwatts, 1.0), source.clone()),
        StaticPower::Leakage { picowatts, source, .. } => (power(picowatts, 1e6), source.clone()),
        StaticPower::Unpublished => ("unpublished".to_owned(), "nobody's number".to_owned()),
    };
    rows.push(["static power of a core", CORE_STATIC, &power, &source].map(TableCell::text).to_vec());
    Table {
        title: "Its prices, and where they are from".to_owned(),
        columns: ["price of", "field", "price", "source"].map(str::to_owned).to_vec(),
        rows,
        notes: Vec::new(),
    }
}

fn times(chip: &Chip) -> Table {
    let of = |name: &str| TIME_FIELDS.iter().find(|field| field.name == name).map_or("", |field| field.of);
    let clock = chip.timing.clock_ps.unwrap_or(0);
    let cycles = |ps: u64| match ps.checked_div(clock) {
        Some(cycles) => TableCell::count(cycles.into()),
        None => TableCell::text("-"),
    };
    let row = |name: &str, of: String, time: Time| {
        let [time, cycles] = match time {
            Time::Picoseconds(ps) => {
                [TableCell::number(ps as f64, quantity::duration(ps.into())), cycles(ps)]
            }
            Time::Included => ["included", "-"].map(TableCell::text),
            Time::Unpublished => ["unpublished", "-"].map(TableCell::text),
        };
        vec![TableCell::text(of), TableCell::text(name), time, cycles]
    };
    let times = chip.timing.times().into_iter();
    let mut rows: Vec<Vec<TableCell>> =
        times.map(|(name, time)| row(name, of(name).to_owned(), time)).collect();
    let barrier = chip.timing.barrier.rows();
    rows.extend(barrier.iter().map(|(tiles, ps)| {
        let from = if barrier.len() > 1 { format!(", from {tiles} tiles in use on") } else { String::new() };
        row("barrier", format!("the barrier that ends a step{from}"), Time::Picoseconds(*ps))
    }));
    Table {
        title: "Its times".to_owned(),
        columns: ["time of", "field", "time", "clock cycles"].map(str::to_owned).to_vec(),
        rows,
        notes: Vec::new(),
    }
}
