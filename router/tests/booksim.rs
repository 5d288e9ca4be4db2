//! The network against numbers recorded from BookSim 2 with the same conventions, means over seeds: what it accepts when offered
//! more than it can carry, at which load packets take three times as long as in an empty network, and how long they take
//! below.
//!
//! | bar | every row | median |
//! | --- | --- | --- |
//! | accepted at offered 1 | 5 % | 1 % |
//! | load at three times the latency of an empty network | 10 % | 3 % |
//! | latency below 1.2 times that of an empty network | 3 % | 1 % |
//!
//! A few rows are compared in every run, all of them with `SYNFIRE_FULL=1`.

use synfire_router::network::config::{Config, Pipeline};
use synfire_router::network::engine::Engine;
use synfire_router::network::fast;
use synfire_router::network::open::{Open, Pattern, Traffic};
use synfire_router::network::plan::Plan;
use synfire_router::network::traffic::{Arrival, Sink};

const MILLION: u64 = 1_000_000;

/// A row of the table.
#[derive(Debug)]
struct Row {
    what: String,
    traffic: String,
    numbers: Vec<u64>,
}

impl Row {
    fn side(&self) -> u32 {
        self.numbers[0] as u32
    }

    fn load(&self) -> u64 {
        self.numbers[6]
    }

    fn value(&self) -> u64 {
        self.numbers[7]
    }

    /// Mean latency in an empty network, millionths of a cycle: `2 + r (h + 1) + h + 1 + (s - 1)` over all that send.
    fn alone(&self) -> u64 {
        let (side, flits, cycles) = (self.side(), self.numbers[1], self.numbers[4]);
        let cores = side * side;
        let hops = |from: u32, to: u32| {
            u64::from((from % side).abs_diff(to % side) + (from / side).abs_diff(to / side))
        };
        let to = |from: u32| match self.traffic.as_str() {
            "uniform" => (0..cores).collect(),
            "transpose" => vec![from % side * side + from / side],
            _ => vec![(from / side + 1) % side * side + (from % side + 1) % side],
        };
        let ways: Vec<u64> =
            (0..cores).flat_map(|from| to(from).into_iter().map(move |to| hops(from, to))).collect();
        let count = ways.len() as u64;
        let hops: u64 = ways.into_iter().sum();
        ((2 + cycles + flits) * count + (cycles + 1) * hops) * MILLION / count
    }

    fn engine(&self) -> Box<dyn Engine> {
        let pipeline = match self.numbers[4] {
            4 => Pipeline::FOUR,
            3 => Pipeline::THREE,
            _ => Pipeline::TWO,
        };
        let (channels, depth) = (self.numbers[2] as u32, self.numbers[3] as u32);
        fast::engine(
            Plan::new(Config::mesh(self.side(), self.side(), pipeline, channels, depth)).expect("a mesh"),
        )
    }

    fn source(&self, engine: &dyn Engine, load: u64, seed: u64) -> Open {
        let pattern = match self.traffic.as_str() {
            "uniform" => Pattern::Uniform,
            "transpose" => Pattern::Transpose,
            _ => Pattern::Neighbour,
        };
        let flits = self.numbers[1] as u32;
        let traffic = Traffic { pattern, load: (load, MILLION), flits, class: 0, seed };
        Open::new(engine.plan(), &traffic, 0).expect("traffic")
    }

    /// Millionths of a flit a node and cycle.
    fn accepted(&self) -> u64 {
        let mut engine = self.engine();
        let mut source = self.source(engine.as_ref(), MILLION, 11);
        engine.run(3000, &mut source, &mut ()).expect("a warm-up");
        engine.clear();
        engine.run(9000, &mut source, &mut ()).expect("a sample");
        let flits: u64 = engine.statistics().accepted.iter().sum();
        flits * MILLION / (6000 * u64::from(self.side().pow(2)))
    }

    /// Mean latency of packets offered in a window, millionths of a cycle.
    fn latency(&self, load: u64) -> u64 {
        let mut engine = self.engine();
        let mut source = self.source(engine.as_ref(), load, 12);
        let cycles = if self.side() == 4 { 16_000 } else { 9000 };
        let mut window = Window { from: 3000, until: 3000 + cycles, sum: 0, count: 0 };
        engine.run(window.until + 3000, &mut source, &mut window).expect("a run");
        window.sum * MILLION / window.count
    }
}

struct Window {
    from: u64,
    until: u64,
    sum: u64,
    count: u64,
}

impl Sink for Window {
    fn arrive(&mut self, arrival: &Arrival) {
        if (self.from..self.until).contains(&arrival.offered) {
            self.sum += arrival.arrived - arrival.offered;
            self.count += 1;
        }
    }
}

fn rows(what: &str) -> Vec<Row> {
    let lines = include_str!("booksim/curves.tsv").lines().filter(|line| !line.starts_with('#'));
    let rows = lines.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let number = |cell: &&str| cell.parse().expect("a number");
        let numbers = cells[1..2].iter().chain(&cells[3..]).map(number).collect();
        Row { what: cells[0].to_owned(), traffic: cells[2].to_owned(), numbers }
    });
    let all: Vec<Row> = rows.filter(|row| row.what == what).collect();
    let full = std::env::var_os("SYNFIRE_FULL").is_some();
    // Every so many of those on the small mesh.
    let few = all.len().div_ceil(8);
    let kept = all.into_iter().enumerate().filter(|(at, row)| full || row.side() == 4 && at % few == 0);
    kept.map(|(_, row)| row).collect()
}

/// Thousandths that `found` is off.
fn off(found: u64, wanted: u64) -> u64 {
    found.abs_diff(wanted) * 1000 / wanted
}

/// Shows all that are off by more than a bound, and the median.
fn judge(name: &str, mut offs: Vec<(u64, String)>, bound: u64, median: u64) {
    offs.sort();
    let middle = offs[offs.len() / 2].0;
    let far: Vec<_> = offs.iter().filter(|off| off.0 > bound).collect();
    assert!(
        far.is_empty() && middle <= median,
        "{name}: of {} median {middle}, largest {:?} thousandths, {} above {bound}: {far:#?}",
        offs.len(),
        offs.last(),
        far.len()
    );
    eprintln!("{name}: of {} median {middle}, largest {:?} thousandths", offs.len(), offs.last());
}

#[test]
fn as_much_is_accepted() {
    let off = |row: Row| {
        let found = row.accepted();
        (off(found, row.value()), format!("{found} {row:?}"))
    };
    judge("accepted", rows("accepted").into_iter().map(off).collect(), 50, 10);
}

/// The load of a latency, on the line through two points.
fn crossing(low: (u64, u64), high: (u64, u64), latency: u64) -> u64 {
    low.0 + (high.0 - low.0) * latency.saturating_sub(low.1) / (high.1 - low.1).max(1)
}

#[test]
fn packets_take_three_times_as_long_at_the_same_load() {
    let off = |row: Row| {
        // Both curves are read at the recorded loads, since lines through points of a bent curve depend on them.
        let [low, before, _, high, after, _, latency] = row.numbers[6..] else { panic!("{row:?}") };
        assert_eq!(latency, 3 * row.alone(), "{row:?}");
        assert!((before..after).contains(&latency), "{row:?}");
        let (wanted, own) =
            (crossing((low, before), (high, after), latency), [low, high].map(|load| row.latency(load)));
        let found = if own[1] > own[0] { crossing((low, own[0]), (high, own[1]), latency) } else { 0 };
        (off(found, wanted), format!("{found}, not {wanted} {own:?} {row:?}"))
    };
    judge("three times", rows("three_times").into_iter().map(off).collect(), 100, 30);
}

#[test]
fn packets_take_as_long_at_low_loads() {
    let off = |row: Row| {
        let found = row.latency(row.load());
        (off(found, row.value()), format!("{found} {row:?}"))
    };
    let low = rows("latency").into_iter().filter(|row| row.value() * 10 < row.alone() * 12);
    judge("latency", low.map(off).collect(), 30, 10);
}
