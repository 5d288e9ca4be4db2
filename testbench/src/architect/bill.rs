//! The bill of a run: counts, time, energy, memory, and the simulator's own speed, as blocks of a report.
//!
//! Promises: every price is shown with its source; energy sums exactly; counts are the hardware's. What nobody
//! published is named with its count, and the figures that lack it say `at least`.

use super::{silicon, time_model};
use crate::report::model::{Bar, Bars, Block, Table, TableCell};
use crate::report::quantity;
use synfire_chip::chip::{Chip, PowerClock, RowService, StaticPower, TimeModel, UpdateStyle};
use synfire_chip::cost::capacity::Capacity;
use synfire_chip::cost::counters::{Activity, NodeCounts, OPERATIONS};
use synfire_chip::cost::energy::{Bill, CORE_STATIC, Item, Powered, Rate, Unknown, untimed};
use synfire_chip::cost::host::HostPorts;
use synfire_chip::cost::memory::CoreMemory;
use synfire_chip::cost::stage::{Costs, CycleTimes, Drawn, Spent, Stage};
use synfire_chip::cost::time::Elapsed;
use synfire_chip::cost::widths::Widths;
use synfire_chip::structures::Part;

/// What a run did, and on how many cores.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// The hardware.
    pub chip: &'a Chip,
    /// Counts.
    pub counts: NodeCounts,
    /// Simulated time.
    pub elapsed: Elapsed,
    /// The same apart by stage, for what is drawn all the time.
    pub drawn: [Drawn; 3],
    /// Cores in use.
    pub cores: usize,
    /// Of the words of what ran, which composed prices depend on.
    pub widths: Widths,
    /// Whose time it is.
    pub model: TimeModel,
    /// What the cycle model says, where it ran.
    pub cycle: Option<CycleTimes>,
}

impl<'a> Work<'a> {
    /// What some stages cost on `cores` cores of `chip`.
    #[must_use]
    pub fn of(chip: &'a Chip, spent: Spent, cores: usize) -> Self {
        let Spent { counts, elapsed, widths, model, cycle, .. } = spent;
        Self { chip, counts, elapsed, drawn: spent.drawn(), cores, widths, model, cycle }
    }

    /// The energy bill.
    #[must_use]
    pub fn bill(&self) -> Bill {
        let powered = Powered { used: self.cores, all: self.chip.mesh.cores(), drawn: self.drawn };
        Bill::of(&self.chip.prices(&self.widths), &self.counts, &powered)
    }

    /// All energy, attojoules; at least, where the bill knows of an operation without a price.
    #[must_use]
    pub fn attojoules(&self) -> u128 {
        self.bill().total()
    }

    /// The energy of each of `parts` like parts of this work, for a reader: `at least 12.4 uJ`, or with its ends,
    /// `12.4 uJ (7.10 uJ to 25.0 uJ)`.
    #[must_use]
    pub fn energy(&self, parts: u128) -> TableCell {
        mean_energy(&[*self], parts)
    }

    /// The time of each of `parts` like parts of this work, for a reader: `at least 3.10 ms`.
    #[must_use]
    pub fn time(&self, parts: u128) -> TableCell {
        mean_time(&[*self], parts)
    }

    pub(super) fn duration(&self, ps: u128) -> TableCell {
        TableCell::number(ps as f64 / 1e12, at_least(quantity::duration(ps), !self.untimed().is_empty()))
    }

    /// Operations of this work that have no published time.
    #[must_use]
    pub fn untimed(&self) -> Vec<Unknown> {
        untimed(&self.chip.timing, &self.counts)
    }
}

/// `text`, or that it is the least that it can be.
#[must_use]
pub fn at_least(text: String, least: bool) -> String {
    if least { format!("at least {text}") } else { text }
}

/// The energy of all of `works`, a `parts`-th of it.
#[must_use]
pub fn mean_energy(works: &[Work<'_>], parts: u128) -> TableCell {
    let bills: Vec<Bill> = works.iter().map(Work::bill).collect();
    let mean = |of: &dyn Fn(&Bill) -> u128| bills.iter().map(of).sum::<u128>() / parts.max(1);
    let attojoules = mean(&Bill::total);
    let least = bills.iter().any(|bill| bill.unknown().next().is_some());
    let text = at_least(quantity::energy(attojoules), least);
    let (low, high) = (mean(&|bill| bill.ends().0), mean(&|bill| bill.ends().1));
    // Where prices state no ends, there are none.
    let text = if low == high {
        text
    } else {
        format!("{text} ({} to {})", quantity::energy(low), quantity::energy(high))
    };
    TableCell::number(attojoules as f64 / 1e18, text)
}

/// The simulated time of all of `works`, a `parts`-th of it.
#[must_use]
pub fn mean_time(works: &[Work<'_>], parts: u128) -> TableCell {
    let ps = works.iter().map(|work| work.elapsed.total_ps).sum::<u128>() / parts.max(1);
    let least = works.iter().any(|work| !work.untimed().is_empty());
    TableCell::number(ps as f64 / 1e12, at_least(quantity::duration(ps), least))
}

/// What is known of an operation without a published price or time (`what`).
fn unknown(what: &str, unknown: &Unknown) -> String {
    let count = quantity::count(unknown.count);
    format!("at least: {count} {} have no published {what} (`{}`)", unknown.operation, unknown.field)
}

/// A name for a column and the work in it.
pub type Column<'a> = (&'a str, Work<'a>);

/// A column for each stage that took place, where there is more than one, and one for the whole run, their sum.
#[must_use]
pub fn stages<'a>(chip: &'a Chip, costs: &Costs, cores: usize) -> Vec<Column<'a>> {
    let names = [("training", Stage::Training), ("tests", Stage::Test), ("inference", Stage::Inference)];
    let mut columns: Vec<Column<'a>> = names
        .iter()
        .filter(|(_, stage)| costs.of(*stage).elapsed.steps > 0)
        .map(|(name, stage)| (*name, Work::of(chip, *costs.of(*stage), cores)))
        .collect();
    if columns.len() == 1 {
        columns.clear();
    }
    columns.push(("whole run", Work::of(chip, costs.whole(), cores)));
    columns
}

/// Counts and times, one column a part of the run.
#[must_use]
pub fn counts(title: &str, columns: &[Column<'_>]) -> Table {
    let mut table = Table { title: title.to_owned(), ..Table::default() };
    table.columns.push("counted".to_owned());
    table.columns.extend(columns.iter().map(|(name, _)| (*name).to_owned()));
    let mut row = |name: &str, value: &dyn Fn(&Work<'_>) -> TableCell| {
        let mut cells = vec![TableCell::text(name)];
        cells.extend(columns.iter().map(|(_, work)| value(work)));
        table.rows.push(cells);
    };
    let count = |n: u64| TableCell::count(u128::from(n));
    row("timesteps", &|w| count(w.elapsed.steps));
    for operation in OPERATIONS {
        row(operation.name, &|w| count((operation.count)(&w.counts)));
    }
    if columns.iter().all(|(_, w)| w.chip.timing.clock_ps.is_some()) {
        row("clock cycles", &|w| TableCell::count(w.elapsed.cycles(&w.chip.timing).unwrap_or(0)));
    }
    row("simulated time", &|w| w.time(1));
    if columns.iter().any(|(_, w)| w.cycle.is_some()) {
        for (name, ps) in time_model::ROWS {
            row(name, &|w| w.duration(w.cycle.as_ref().map_or(0, ps)));
        }
    }
    let waited = |w: &Work<'_>| w.cycle.as_ref().map_or(0, |times| times.host_waited_ps);
    if columns.iter().any(|(_, w)| waited(w) > 0) {
        row("cycle model: the host waited at full ports", &|w| w.duration(waited(w)));
    }
    row("longest step", &|w| w.duration(u128::from(w.elapsed.longest_ps)));
    let analytic = |w: &Work<'_>| w.model != TimeModel::Cycle;
    if columns.iter().any(|(_, w)| analytic(w) && Capacity::of(w.chip).is_some()) {
        row("steps that waited for the longest way", &|w| count(w.elapsed.by_way));
        row("steps that waited for the most loaded link", &|w| count(w.elapsed.by_link));
        row("steps that waited for the busiest port of a core", &|w| count(w.elapsed.by_port));
    }
    if columns.iter().any(|(_, w)| analytic(w) && !HostPorts::of(w.chip).are_ideal()) {
        row("steps that waited for the busiest port of the host", &|w| count(w.elapsed.by_host_port));
    }
    if columns.iter().any(|(_, w)| w.chip.timing.tick_ps.is_some()) {
        row("steps longer than the tick", &|w| count(w.elapsed.overruns));
        row("wall time: no step shorter than the tick", &|w| w.duration(w.elapsed.wall_ps));
    }
    row("energy", &|w| w.energy(1));
    row("assumed of it", &|w| {
        let bill = w.bill();
        let (assumed, total) = (bill.assumed(), bill.total());
        TableCell::number(assumed as f64 / total.max(1) as f64, quantity::share(assumed, total))
    });
    for activity in Activity::ALL.map(Activity::name).into_iter().chain([CORE_STATIC]) {
        row(&format!("energy for {activity}"), &|w| {
            let bill = w.bill();
            let attojoules = bill.by_activity().get(activity).copied().unwrap_or(0);
            match bill.is_least(activity) {
                // Nothing of it has a price.
                true if attojoules == 0 => TableCell::text("unpublished"),
                least => {
                    TableCell::number(attojoules as f64 / 1e18, at_least(quantity::energy(attojoules), least))
                }
            }
        });
    }
    if let Some((_, work)) = columns.last() {
        let Work { chip, model, elapsed, cycle, .. } = work;
        table.notes.extend(time_model::notes(chip, *model, elapsed, cycle.as_ref()));
        table.notes.push(learning_note(work.chip));
        table.notes.extend(service_notes(work.chip));
        table.notes.extend(work.untimed().iter().map(|operation| unknown("time", operation)));
    }
    table
}

/// Whether learning costs anything while it is off.
fn learning_note(chip: &Chip) -> String {
    if chip.learning_gated {
        "learning engines are clock-gated: while learning is off, traces that nobody needs later cost nothing"
            .to_owned()
    } else {
        "learning engines are not clock-gated: traces are updated while learning is off too".to_owned()
    }
}

/// What cores do otherwise than most chips do.
fn service_notes(chip: &Chip) -> impl Iterator<Item = String> {
    let rows = (chip.service.rows == RowService::AtArrival)
        .then_some("synapse rows are fetched when a packet arrives: each packet pays, merged or not");
    let updates = (chip.service.updates == UpdateStyle::EventDriven)
        .then_some("cores are event-driven: of the neurons, the active ones are accessed");
    rows.into_iter().chain(updates).map(str::to_owned)
}

/// Of which cores and how long static power is billed.
fn static_note(chip: &Chip, power: &StaticPower) -> String {
    let Some((clock, unused_gated)) = power.drawn() else {
        return format!("{CORE_STATIC}: the chip states no static power");
    };
    let cores =
        if unused_gated { "cores in use (the others are power-gated)" } else { "all cores of the chip" };
    let clock = match (clock, chip.timing.tick_ps) {
        (PowerClock::Wall, Some(_)) => "wall time, in which no step is shorter than the tick",
        (PowerClock::Wall, None) | (PowerClock::Busy, _) => "simulated time",
    };
    format!("{CORE_STATIC}: operations are {cores}; energy is power x {clock}")
}

/// What prices the total is of, how far it may be off, and how much of it is assumed.
fn ends_note(work: &Work<'_>, bill: &Bill) -> String {
    let (low, high) = bill.ends();
    let volts = |microvolts: u64| format!("{:.3} V", microvolts as f64 / 1e6);
    let prices = match &work.chip.technology {
        Some(of) => format!(
            "per operation, from technology `{}` at {} nm and {}",
            of.technology.name,
            of.nm,
            volts(of.voltage)
        ),
        None => {
            let at = &work.chip.energy.conditions;
            let node = at.nm.map(|nm| format!("{nm} nm"));
            let all: Vec<String> = node.into_iter().chain(at.voltage.map(volts)).collect();
            let at = if all.is_empty() { String::new() } else { format!(" at {}", all.join(" and ")) };
            format!("prices of events{at}")
        }
    };
    format!(
        "{prices}: total {} to {}, {} of it assumed; the ends are those of every price at once",
        quantity::energy(low),
        quantity::energy(high),
        quantity::share(bill.assumed(), bill.total()),
    )
}

/// The price of an item, for a reader.
fn price(item: &Item) -> TableCell {
    match &item.rate {
        Rate::Attojoules(price) => TableCell::number(*price as f64, quantity::energy(u128::from(*price))),
        Rate::PartOf(_) => TableCell::text("included"),
        Rate::Microwatts(power, ps) => {
            TableCell::number(*power as f64, format!("{power} uW for {}", quantity::duration(*ps)))
        }
        Rate::Picowatts(power, ps) => TableCell::number(
            *power as f64 / 1e6,
            format!("{:.3} uW for {}", *power as f64 / 1e6, quantity::duration(*ps)),
        ),
        Rate::Unpublished => TableCell::text("unpublished"),
    }
}

/// The energy bill: bars, and a table with the source of every price.
#[must_use]
pub fn energy_blocks(title: &str, work: &Work<'_>) -> Vec<Block> {
    let bill = work.bill();
    let total = bill.total();
    let mut sorted: Vec<&Item> = bill.items.iter().filter(|item| item.attojoules > 0).collect();
    sorted.sort_by_key(|item| std::cmp::Reverse(item.attojoules));
    let bar = |item: &&Item| Bar {
        name: item.operation.to_owned(),
        value: item.attojoules as f64 / 1e12,
        text: format!("{} ({})", quantity::energy(item.attojoules), quantity::share(item.attojoules, total)),
        ends: (item.ends.0 < item.ends.1).then(|| (item.ends.0 as f64 / 1e12, item.ends.1 as f64 / 1e12)),
    };
    let bars = sorted.iter().map(bar).collect();
    let bars = Bars { title: title.to_owned(), x_label: "energy (uJ)".to_owned(), bars };
    let columns =
        ["operation", "count", "price field", "price", "kind", "energy", "share", "source of the price"];
    let row = |item: &Item| {
        let (energy, share) = if item.rate == Rate::Unpublished && item.count > 0 {
            (TableCell::text("unpublished"), "-".to_owned())
        } else {
            let energy = quantity::energy(item.attojoules);
            let share = quantity::share(item.attojoules, total);
            (TableCell::number(item.attojoules as f64 / 1e18, energy), share)
        };
        vec![
            TableCell::text(item.operation),
            TableCell::count(item.count),
            TableCell::text(item.component),
            price(item),
            TableCell::text(item.kind.map_or("-", |kind| kind.name())),
            energy,
            TableCell::text(share),
            TableCell::text(item.source.clone()),
        ]
    };
    let mut rows: Vec<Vec<TableCell>> = bill.items.iter().filter(|item| item.count > 0).map(row).collect();
    let mut sum = ["total", "", "", "", ""].map(TableCell::text).to_vec();
    sum.extend([
        work.energy(1),
        TableCell::text(quantity::share(total, total)),
        TableCell::text("sum of the lines, exact in attojoules"),
    ]);
    rows.push(sum);
    let mut notes = vec![
        "operations that did not occur have no line; shares are of the total".to_owned(),
        static_note(work.chip, &work.chip.prices(&work.widths).core_static),
    ];
    notes.extend(bill.unknown().map(|operation| unknown("price", &operation)));
    notes.push(ends_note(work, &bill));
    let title = format!("{title}, by operation");
    let table = Table { title, columns: columns.map(str::to_owned).to_vec(), rows, notes };
    let silicon =
        work.chip.priced_core(&work.widths).map(|core| silicon::table(work.chip, &core, &work.widths).into());
    let accesses = silicon::accessed(work.chip, &work.counts, &work.widths).map(Into::into);
    [bars.into(), table.into()].into_iter().chain(accesses).chain(silicon).collect()
}

/// Cores that fit side by side; more are listed one a row.
const SIDE_BY_SIDE: usize = 6;

/// Memory of every core in use, in bits, by structure.
#[must_use]
pub fn memory(title: &str, cores: &[CoreMemory]) -> Table {
    let names = CoreMemory::default().figures().map(|figure| figure.name);
    let names = names.into_iter().chain(["total"]);
    let values = |core: &CoreMemory| {
        let figures = core.figures().into_iter().map(|figure| figure.value);
        figures.chain([core.total_bits()]).map(|n| TableCell::count(u128::from(n))).collect::<Vec<_>>()
    };
    let (columns, rows) = if cores.len() <= SIDE_BY_SIDE {
        let columns: Vec<Vec<TableCell>> = cores.iter().map(values).collect();
        let row = |(i, name): (usize, &str)| {
            let cells = columns.iter().map(|column| column[i].clone());
            std::iter::once(TableCell::text(name)).chain(cells).collect()
        };
        let rows = names.enumerate().map(row).collect();
        let numbers = cores.iter().map(|core| format!("core {}", core.core));
        (std::iter::once("structure".to_owned()).chain(numbers).collect(), rows)
    } else {
        let row = |core: &CoreMemory| [vec![TableCell::text(core.core.to_string())], values(core)].concat();
        let names = names.map(str::to_owned);
        (std::iter::once("core".to_owned()).chain(names).collect(), cores.iter().map(row).collect())
    };
    Table {
        title: title.to_owned(),
        columns,
        rows,
        notes: vec![format!("from `{}` on: bits of the described hardware", Part::ALL[0].name())],
    }
}

/// The simulator's own speed: what cells that took `seconds` of wall time, added, counted.
#[must_use]
pub fn speed(counts: &NodeCounts, seconds: f64, threads: usize) -> Table {
    let rate = |n: u64| {
        let rate = n as f64 / seconds.max(1e-9);
        TableCell::number(rate, quantity::short(rate as u128, "/s"))
    };
    let learning = counts.learning.weight_updates + counts.learning.eligibility_updates;
    Table {
        title: "The simulator's own speed".to_owned(),
        columns: ["measured", "value"].map(str::to_owned).to_vec(),
        rows: vec![
            vec![
                TableCell::text("wall time of the cells, added"),
                TableCell::number(seconds, format!("{seconds:.1} s")),
            ],
            vec![TableCell::text("synaptic events a second of it"), rate(counts.synaptic_events())],
            vec![TableCell::text("weight and eligibility updates a second of it"), rate(learning)],
            vec![TableCell::text("threads used"), TableCell::count(threads as u128)],
        ],
        notes: vec!["everything of a cell is in its time: encoding, delivery, learning, counting".to_owned()],
    }
}
