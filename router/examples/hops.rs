//! Link hops a second of the network's engine, counts on, one thread: `cargo run --release -p synfire-router --example hops`.
//!
//! Rows: uniform traffic of one flit at 10, 30 and 60 % of what an 8x8 mesh accepts at most, for three routers; then
//! steps of packets from any core to any other, all at once. `hops plain` runs the plain engine, too; `traffic` or
//! `steps` leaves out the other.

use std::time::Instant;
use synfire_router::network::config::{Config, Pipeline};
use synfire_router::network::engine::Engine;
use synfire_router::network::fast;
use synfire_router::network::open::{Open, Pattern, Traffic};
use synfire_router::network::plain::Plain;
use synfire_router::network::plan::Plan;
use synfire_router::network::step::Step;
use synfire_router::network::traffic::{Offer, To};

/// Time that this thread was run, where the system tells it, else time that passed; nanoseconds.
fn nanoseconds() -> u128 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let run = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    run.unwrap_or_else(|| std::time::UNIX_EPOCH.elapsed().map_or(0, |passed| passed.as_nanos()))
}

/// Time of which the ticks by which the system counts are a small part.
const TICKS: u128 = 100_000_000;

/// Most that is accepted, thousandths of a flit a node and cycle.
const ROUTERS: [(&str, Pipeline, u32, u64); 3] = [
    ("2 cycles, 1 channel ", Pipeline::TWO, 1, 380),
    ("2 cycles, 4 channels", Pipeline::TWO, 4, 430),
    ("4 cycles, 4 channels", Pipeline::FOUR, 4, 420),
];

/// Hops and nanoseconds of traffic at a load in thousandths.
fn traffic(engine: &mut dyn Engine, load: u64, cycles: u64) -> (u64, u128) {
    let traffic = Traffic { pattern: Pattern::Uniform, load: (load, 1000), flits: 1, class: 0, seed: 1 };
    let mut source = Open::new(engine.plan(), &traffic, 0).expect("traffic");
    engine.run(1000, &mut source, &mut ()).expect("a warm-up");
    engine.clear();
    let begin = nanoseconds();
    engine.run(1000 + cycles, &mut source, &mut ()).expect("a sample");
    let spent = nanoseconds() - begin;
    (engine.statistics().crossings(), spent)
}

fn report(text: String) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn main() {
    let asked = |word: &str| std::env::args().any(|argument| argument == word);
    let plain = asked("plain");
    for (name, pipeline, channels, most) in ROUTERS {
        if asked("steps") {
            break;
        }
        let plan = Plan::new(Config::mesh(8, 8, pipeline, channels, 8)).expect("a mesh");
        for percent in [10, 30, 60] {
            let best =
                (0..5).map(|_| traffic(fast::engine(plan.clone()).as_mut(), most * percent / 100, 60_000));
            let (hops, spent) = best.min_by_key(|(_, spent)| *spent).expect("a run");
            let rate = |hops: u64, spent: u128| u128::from(hops) * 100_000 / spent.max(1);
            let mut text = format!("{name} {percent:2} %: {:5} x 10,000 hops a second", rate(hops, spent));
            if plain {
                let (few, slow) = traffic(&mut Plain::new(plan.clone()), most * percent / 100, 6_000);
                let slow = rate(few, slow);
                text += &format!(", plain {slow:5}, ratio {}", rate(hops, spent) / slow.max(1));
            }
            report(text);
        }
    }
    for (side, packets) in [(32u32, 10u64), (8, 10_000), (32, 10_000), (32, 1_000_000)] {
        if asked("traffic") {
            break;
        }
        let plan = Plan::new(Config::mesh(side, side, Pipeline::TWO, 1, 8)).expect("a mesh");
        let mut engine = fast::engine(plan);
        let mut state = 1u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % (side * side)
        };
        let runs = if packets > 100_000 { 2 } else { 20 };
        let (mut best, mut told, mut hops) = (u128::MAX, 0, 0);
        for _ in 0..runs {
            let mut step = Step::default();
            for tag in 0..packets {
                let offer = Offer { at: 0, to: To::Endpoint(draw()), class: 0, flits: 1, tag };
                step.add(draw(), offer);
            }
            engine.clear();
            let (begin, run) = (Instant::now(), nanoseconds());
            step.run(engine.as_mut(), &mut ()).expect("a drain");
            told += nanoseconds() - run;
            best = best.min(begin.elapsed().as_nanos());
            hops += engine.statistics().crossings();
        }
        // The system tells time in ticks: it says nothing of short runs. Of long ones others take their part.
        let spent = if told > TICKS { told / runs } else { best };
        let rate = u128::from(hops) * 1000 / runs / spent.max(1);
        report(format!(
            "{packets} packets on {side}x{side}: {} us, about {rate} million hops a second",
            spent / 1000
        ));
    }
}
