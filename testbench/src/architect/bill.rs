//! The bill of a run: counts, time, energy, memory, and the simulator's own speed, as blocks of a report.
//!
//! Promises: every price is shown with its source; energy sums exactly; counts are the hardware's.

use crate::report::model::{Bar, Bars, Block, Cell, Table};
use crate::report::quantity;
use synfire_chip::chip::Chip;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::energy;
use synfire_chip::cost::time::Elapsed;

/// What a run did, and on how many cores.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// The hardware.
    pub chip: &'a Chip,
    /// Counts.
    pub counts: NodeCounts,
    /// Simulated time.
    pub elapsed: Elapsed,
    /// Cores in use.
    pub cores: usize,
}

impl Work<'_> {
    /// The energy bill.
    #[must_use]
    pub fn energy(&self) -> Vec<energy::Item> {
        energy::bill(&self.chip.energy, &self.counts, self.cores, self.elapsed.total_ps)
    }

    /// All energy, attojoules.
    #[must_use]
    pub fn attojoules(&self) -> u128 {
        energy::total(&self.energy())
    }
}

/// A name for a column and the work in it.
pub type Column<'a> = (&'a str, Work<'a>);

/// Counts and times, one column a part of the run.
#[must_use]
pub fn counts(title: &str, columns: &[Column<'_>]) -> Table {
    let mut table = Table { title: title.to_owned(), ..Table::default() };
    table.columns.push("counted".to_owned());
    table.columns.extend(columns.iter().map(|(name, _)| (*name).to_owned()));
    let mut row = |name: &str, value: &dyn Fn(&Work<'_>) -> Cell| {
        let mut cells = vec![Cell::text(name)];
        cells.extend(columns.iter().map(|(_, work)| value(work)));
        table.rows.push(cells);
    };
    let count = |n: u64| Cell::count(u128::from(n));
    row("timesteps", &|w| count(w.elapsed.steps));
    row("neuron updates", &|w| count(w.counts.core.neuron_updates));
    row("spikes", &|w| count(w.counts.core.spikes));
    row("synaptic events", &|w| count(w.counts.core.synaptic_events));
    row("weight updates computed", &|w| count(w.counts.learning.weight_updates));
    row("weights written", &|w| count(w.counts.learning.weight_writes));
    row("eligibility updates", &|w| count(w.counts.learning.eligibility_updates));
    row("error packets", &|w| count(w.counts.error_packets));
    row("spike packets between cores", &|w| count(w.counts.spike_packets));
    row("stimulus packets", &|w| count(w.counts.stimulus_packets));
    row("hops", &|w| count(w.counts.hops_x + w.counts.hops_y));
    if columns.iter().all(|(_, w)| w.chip.timing.clock_ps.is_some()) {
        row("clock cycles", &|w| {
            let cycles = w.elapsed.cycles(&w.chip.timing).unwrap_or(0);
            Cell::count(cycles)
        });
    }
    row("simulated time", &|w| {
        Cell::number(w.elapsed.total_ps as f64 / 1e12, quantity::duration(w.elapsed.total_ps))
    });
    row("longest step", &|w| {
        let ps = w.elapsed.longest_ps;
        Cell::number(ps as f64 / 1e12, quantity::duration(u128::from(ps)))
    });
    if columns.iter().any(|(_, w)| w.chip.timing.tick_ps.is_some()) {
        row("steps longer than the tick", &|w| count(w.elapsed.overruns));
    }
    row("energy", &|w| Cell::number(w.attojoules() as f64 / 1e18, quantity::energy(w.attojoules())));
    table
}

/// The energy bill: bars, and a table with the source of every price.
#[must_use]
pub fn energy_blocks(title: &str, work: &Work<'_>) -> [Block; 2] {
    let items = work.energy();
    let total = energy::total(&items);
    let mut sorted: Vec<&energy::Item> = items.iter().filter(|i| i.attojoules > 0).collect();
    sorted.sort_by_key(|item| std::cmp::Reverse(item.attojoules));
    let bar = |item: &&energy::Item| Bar {
        name: item.component.to_owned(),
        value: item.attojoules as f64 / 1e12,
        text: format!("{} ({})", quantity::energy(item.attojoules), quantity::share(item.attojoules, total)),
    };
    let bars = sorted.iter().map(bar).collect();
    let bars = Bars { title: title.to_owned(), x_label: "energy (uJ)".to_owned(), bars };
    let columns = ["component", "operations", "price", "energy", "share", "source of the price"];
    let row = |item: &energy::Item| {
        let price = if item.component == "core_static" {
            format!("{} uW", item.price)
        } else {
            quantity::energy(u128::from(item.price))
        };
        vec![
            Cell::text(item.component),
            Cell::count(item.count),
            Cell::number(item.price as f64, price),
            Cell::number(item.attojoules as f64 / 1e18, quantity::energy(item.attojoules)),
            Cell::text(quantity::share(item.attojoules, total)),
            Cell::text(item.source.clone()),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = items.iter().map(row).collect();
    rows.push(vec![
        Cell::text("total"),
        Cell::text(""),
        Cell::text(""),
        Cell::number(total as f64 / 1e18, quantity::energy(total)),
        Cell::text("100 %"),
        Cell::text("sum of the lines, exact in attojoules"),
    ]);
    let table = Table {
        title: format!("{title}, by component"),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
        notes: vec!["core_static: operations are cores in use; energy is power x simulated time".to_owned()],
    };
    [bars.into(), table.into()]
}

/// The structures of `CoreMemory`, in the order of its values after the core's number; their total last.
const STRUCTURES: [&str; 12] = [
    "neurons",
    "axons",
    "synapses",
    "neuron state",
    "parameters",
    "synapse memory",
    "axon table",
    "arrival buffers",
    "routing",
    "traces",
    "learning",
    "total",
];

/// Of them, how many are counts; the others are bits.
const COUNTS: usize = 3;

/// Cores that fit side by side; more are listed one a row.
const SIDE_BY_SIDE: usize = 6;

/// Memory of every core in use, in bits, by structure; `cores` holds the values of each `CoreMemory`.
#[must_use]
pub fn memory(title: &str, cores: &[[u64; 12]]) -> Table {
    let values = |[_, structures @ ..]: &[u64; 12]| {
        let total = structures[COUNTS..].iter().sum();
        structures.iter().copied().chain([total]).map(|n| Cell::count(u128::from(n))).collect::<Vec<_>>()
    };
    let side_by_side = cores.len() <= SIDE_BY_SIDE;
    let (columns, rows) = if side_by_side {
        let names = cores.iter().map(|m| format!("core {}", m[0]));
        let columns: Vec<Vec<Cell>> = cores.iter().map(values).collect();
        let row = |(i, name): (usize, &&str)| {
            let cells = columns.iter().map(|column| column[i].clone());
            std::iter::once(Cell::text(*name)).chain(cells).collect()
        };
        let rows = STRUCTURES.iter().enumerate().map(row).collect();
        (std::iter::once("structure".to_owned()).chain(names).collect(), rows)
    } else {
        let names = STRUCTURES.map(str::to_owned);
        let row = |m: &[u64; 12]| [vec![Cell::text(m[0].to_string())], values(m)].concat();
        (std::iter::once("core".to_owned()).chain(names).collect(), cores.iter().map(row).collect())
    };
    Table {
        title: title.to_owned(),
        columns,
        rows,
        notes: vec!["from `neuron state` on: bits of the described hardware".to_owned()],
    }
}

/// The simulator's own speed.
#[must_use]
pub fn speed(counts: &NodeCounts, seconds: f64, threads: usize) -> Table {
    let rate = |n: u64| {
        let rate = n as f64 / seconds.max(1e-9);
        Cell::number(rate, quantity::short(rate as u128, "/s"))
    };
    let learning = counts.learning.weight_updates + counts.learning.eligibility_updates;
    Table {
        title: "The simulator's own speed".to_owned(),
        columns: ["measured", "value"].map(str::to_owned).to_vec(),
        rows: vec![
            vec![Cell::text("processor time of all cells"), Cell::number(seconds, format!("{seconds:.1} s"))],
            vec![Cell::text("synaptic events, one thread"), rate(counts.core.synaptic_events)],
            vec![Cell::text("learning updates, one thread"), rate(learning)],
            vec![Cell::text("threads used"), Cell::count(threads as u128)],
        ],
        notes: vec!["everything of a cell is in its time: encoding, delivery, learning, counting".to_owned()],
    }
}
