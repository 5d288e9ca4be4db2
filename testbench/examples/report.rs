//! Writes a report with every kind of block, made of invented numbers, so that its look can be judged:
//! `cargo run -p synfire --example report` fills `target/synfire/report-demo/`; `points.html` there has 10,000 points, and
//! `one-quantity.html` the same with one quantity.

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use synfire::report::explorer::{self, Axis, Commands, Explorer, Quantity, Shown, Standing};
use synfire::report::model::{
    Band, Bar, Bars, Confusion, Curves, Headline, Histogram, Lane, Mark, Plan, PlanWay, Raster, Reference,
    Report, Series, Spot, Table, TableCell, Text, Timeline, Verdict,
};
use synfire::report::{html, json, quantity, terminal};

fn main() -> Result<(), Box<dyn Error>> {
    let report = report();
    let folder = Path::new("target/synfire/report-demo");
    fs::create_dir_all(folder)?;
    fs::write(folder.join("report.html"), html::render(&report)?)?;
    fs::write(folder.join("points.html"), explorer::render(&about_points(), &points())?)?;
    let mut of_one = points();
    of_one.quantities.truncate(1);
    fs::write(folder.join("one-quantity.html"), explorer::render(&about_points(), &of_one)?)?;
    let text = terminal::render(&report, terminal::Style::of_stdout());
    fs::write(folder.join("report.txt"), &text)?;
    json::write(&report, &mut File::create(folder.join("report.jsonl"))?)?;
    eprintln!("{text}\nwritten to {}", folder.display());
    Ok(())
}

fn report() -> Report {
    let mut report = Report {
        title: "Digits, learned on the chip (invented numbers)".into(),
        headlines: headlines(),
        intro: vec![
            "1,797 handwritten digits of 8 x 8 pixels, 70 % to train and 30 % to test, five splits.".into(),
            "64 inputs and a bias, 128 hidden neurons, 10 readouts on preset `small`; batch size 1.".into(),
        ],
        details: vec![plan().into(), timeline().into(), histogram().into()],
        ..Report::default()
    };
    report.push(curves());
    report.push(confusion());
    report.push(accuracies());
    report.push(Text {
        title: "What it takes".into(),
        lines: vec!["Counts are those of the hardware: a mapped neuron is updated in every step.".into()],
    });
    report.push(energy());
    report.push(counts());
    report.push(raster());
    report.push(prices());
    report
}

fn headlines() -> Vec<Headline> {
    let headline = |label: &str, number: f64, text: String, note: &str, verdict| Headline {
        label: label.into(),
        text,
        number: Some(number),
        note: note.into(),
        verdict,
    };
    vec![
        headline(
            "Test accuracy",
            0.982,
            quantity::percent(0.982),
            "mean of 5 splits, bar 97.5 %",
            Verdict::Met,
        ),
        headline(
            "Linear classifier",
            0.964,
            quantity::percent(0.964),
            "beaten in 5 of 5 splits",
            Verdict::Met,
        ),
        headline(
            "Energy a sample",
            1.24e-6,
            quantity::energy(1_240_000_000_000),
            "training, all cores",
            Verdict::None,
        ),
        headline(
            "Time a sample",
            3.1e-5,
            quantity::duration(31_000_000),
            "30 steps of 1.03 us",
            Verdict::None,
        ),
        headline("Simulator", 8.2e8, "824 M/s".into(), "synaptic events, 2 threads", Verdict::Missed),
    ]
}

fn curves() -> Curves {
    let line = |name: &str, end: f64, rate: f64| Series {
        name: name.into(),
        points: (1..=15)
            .map(|e| (f64::from(e), end - 14.0 * (-f64::from(e) * rate).exp() + f64::from(e * 7 % 5) * 0.08))
            .collect(),
    };
    Curves {
        title: "Accuracy by epoch".into(),
        x_label: "epoch".into(),
        y_label: "accuracy on the test part / %".into(),
        series: vec![line("learned on the chip", 98.0, 0.5), line("frozen hidden layer", 90.0, 0.4)],
        references: vec![Reference { name: "linear classifier".into(), y: 96.4 }],
    }
}

fn confusion() -> Confusion {
    let mut counts: Vec<Vec<u64>> =
        (0..10).map(|i| (0..10).map(|j| if i == j { 52 } else { 0 }).collect()).collect();
    for (label, answer, n) in [(8, 1, 4), (9, 3, 1), (3, 8, 2), (1, 8, 1), (7, 9, 1), (5, 9, 1)] {
        counts[label][answer] = n;
        counts[label][label] -= n;
    }
    let classes = (0..10).map(|c| c.to_string()).collect();
    Confusion { title: "Answers on the test part, split 1, last epoch".into(), classes, counts }
}

fn accuracies() -> Table {
    let names = ["random feedback", "DCLL, one group", "frozen hidden layer", "linear classifier"];
    let row = |(i, name): (usize, &&str)| {
        let base = [0.981, 0.979, 0.898, 0.963][i];
        let values: Vec<f64> = (0..5).map(|s| base + f64::from(s * 3 % 5) * 0.001).collect();
        let spread = quantity::Spread::of(&values);
        let figure = |v: f64| TableCell::number(v, quantity::percent(v));
        let mut row = vec![TableCell::text(*name)];
        row.extend(values.iter().map(|&v| figure(v)));
        row.extend(spread.iter().flat_map(|s| [figure(s.mean), figure(s.worst)]));
        row
    };
    Table {
        title: "Accuracy by split".into(),
        columns: ["", "split 1", "split 2", "split 3", "split 4", "split 5", "mean", "worst"]
            .map(Into::into)
            .into(),
        rows: names.iter().enumerate().map(row).collect(),
        notes: vec![
            "Every split has its own weights and feedback. Nothing was chosen on a test part.".into(),
        ],
    }
}

const COMPONENTS: [(&str, u128, &str); 7] = [
    ("Synaptic events", 7_420_000_000_000, "Loihi 2018, table 2"),
    ("Weight updates", 3_180_000_000_000, "twice a synaptic event, by its memory accesses"),
    ("Neuron updates", 1_240_000_000_000, "Loihi 2018, table 2"),
    ("Packets", 310_000_000_000, "Loihi 2018, table 2"),
    ("Traces", 120_000_000_000, "estimate: one adder and two 8-bit accesses"),
    ("Axon events", 84_000_000_000, "estimate"),
    ("Static", 9_000_000_000, "estimate: 10 uW a core"),
];

fn energy() -> Bars {
    let bar = |&(name, aj, _): &(&str, u128, &str)| Bar {
        name: name.into(),
        value: aj as f64 / 1e12,
        text: format!("{} ({})", quantity::energy(aj), quantity::share(aj, 12_363_000_000_000)),
        ..Bar::default()
    };
    Bars {
        title: "Energy by component".into(),
        x_label: "energy of the whole run / uJ".into(),
        bars: COMPONENTS.iter().map(bar).collect(),
    }
}

/// Two cores a tile; ways east, and around the edge.
fn plan() -> Plan {
    let spot = |core: u32| {
        let value = f64::from(core * 37 % 23);
        Spot {
            tile: (core / 2 % 5, core / 10),
            place: core % 2,
            name: core.to_string(),
            value,
            text: format!("{value} %"),
        }
    };
    let way = |at: u32| PlanWay {
        from: (at, 1),
        to: ((at + 1) % 5, 1),
        value: f64::from(at + 1),
        text: (at + 1).to_string(),
    };
    Plan {
        title: "Cores by time".into(),
        label: "share of the time of all steps".into(),
        columns: 5,
        rows: 3,
        places: 2,
        spots: (0..26).map(spot).collect(),
        ways: (0..5).map(way).collect(),
        most: "22 %".into(),
    }
}

fn timeline() -> Timeline {
    let core = |step: u32| 2.0 + f64::from(step * 7 % 13) / 5.0;
    let lane = |name: &str, of: u32| Lane {
        name: name.into(),
        steps: (0..300).filter(|step| (step / 40) % 3 == of).collect(),
    };
    Timeline {
        title: "The last 300 steps".into(),
        label: "time of a step (us)".into(),
        first: 12_700,
        parts: ["slowest core", "network", "barrier"].map(Into::into).to_vec(),
        steps: (0..300).map(|step| vec![core(step), 0.3, 0.64]).collect(),
        lanes: vec![lane("core 0", 0), lane("core 7", 1), lane("core 12", 2)],
    }
}

fn histogram() -> Histogram {
    let mark = |name: &str, value| Mark { name: format!("{name} within {value} cycles"), value };
    Histogram {
        title: "Latencies of packets".into(),
        x_label: "cycles of the network".into(),
        y_label: "packets, by cycles from made to arrived; a bar: 4 cycles".into(),
        first: 4,
        width: 4,
        counts: (0..30).map(|at: u64| 40_000 / (1 + (at.abs_diff(4)).pow(2)) / (1 + at % 3)).collect(),
        marks: vec![mark("50 %", 22), mark("99 %", 61), mark("all", 122)],
    }
}

fn counts() -> Table {
    let row = |name: &str, n: u128| vec![name.into(), TableCell::count(n)];
    Table {
        title: "Counts".into(),
        columns: vec!["event".into(), "number".into()],
        rows: vec![
            row("timesteps", 565_650),
            row("spikes", 21_490_112),
            row("synaptic events", 1_834_220_481),
            row("weight updates", 310_422_007),
            row("packets", 4_211_318),
            row("clock cycles", 58_261_950),
        ],
        notes: vec!["Training and test together, 15 epochs.".into()],
    }
}

fn raster() -> Raster {
    let bands = [("input", 0, 65), ("hidden", 65, 128), ("readout", 193, 10)];
    let hash = |a: u64, b: u64| (a.wrapping_mul(0x9E37_79B9) ^ b.wrapping_mul(0x85EB_CA6B)) >> 5;
    let fires = |&(step, neuron): &(u64, u32)| match neuron {
        0..64 => hash(step * 7919 + 1, u64::from(neuron) * 613 + 7) % 100 < u64::from(neuron % 8) * 5,
        64 => true,
        65..193 => hash(step * 104_729 + 5, u64::from(neuron) * 331) % 100 < (step / 2).min(12),
        _ => neuron == 196 && step % 4 == 3,
    };
    let all = (0..30).flat_map(|s| (0..203).map(move |n| (s, n)));
    let band = |(name, first, neurons): (&str, u32, u32)| Band { name: name.into(), first, neurons };
    Raster {
        title: "One test sample, a 3".into(),
        steps: 30,
        neurons: 203,
        spikes: all.filter(fires).collect(),
        bands: bands.map(band).into(),
    }
}

fn prices() -> Table {
    let row = |&(name, aj, source): &(&str, u128, &str)| {
        vec![
            name.into(),
            TableCell::number(aj as f64 / 1e6, quantity::count(aj / 1_000_000)),
            TableCell::number(23.6, "23.6"),
            source.into(),
        ]
    };
    Table {
        title: "Energy and the source of every price".into(),
        columns: ["component", "energy / pJ", "price / pJ", "source"].map(Into::into).into(),
        rows: COMPONENTS.iter().map(row).collect(),
        notes: Vec::new(),
    }
}

fn about_points() -> Report {
    Report {
        title: "Ten thousand chips (invented numbers)".into(),
        intro: vec!["10,000 points: cores of 16 to 160 neurons, 1 to 10 lanes, 100 voltages.".into()],
        blocks: vec![energy().into()],
        ..Report::default()
    }
}

/// Points whose energy and time go against each other; a point in a hundred failed.
fn points() -> Explorer {
    let all = || (0..10_000_usize).map(|point| (point % 10 + 1, point / 10 % 10 + 1, point / 100));
    let noise = |point: usize| f64::from((point as u32).wrapping_mul(2_654_435_761) >> 16) / 65_536.0;
    let energy = |(neurons, lanes, step): (usize, usize, usize), point| {
        1e9 * (2.0 + 10.0 / neurons as f64 + lanes as f64 * 0.4 + step as f64 * 0.03)
            * (1.0 + 0.2 * noise(point))
    };
    let time = |(neurons, lanes, step): (usize, usize, usize), point| {
        1e7 * (neurons as f64 / lanes as f64 + 80.0 / (step as f64 + 20.0)) * (1.0 + 0.2 * noise(point + 7))
    };
    let failed = |point: usize| point % 100 == 37;
    let figures = |of: &dyn Fn((usize, usize, usize), usize) -> f64| -> Vec<Option<f64>> {
        all().enumerate().map(|(point, at)| (!failed(point)).then(|| of(at, point))).collect()
    };
    let (energies, times) = (figures(&energy), figures(&time));
    let scaled = |by: f64| energies.iter().map(|value| value.map(|value| value * by)).collect();
    let mut order: Vec<usize> = (0..10_000).filter(|point| !failed(*point)).collect();
    order.sort_by(|a, b| energies[*a].partial_cmp(&energies[*b]).expect("numbers"));
    let (mut standing, mut least) = (vec![Standing::Beaten; 10_000], f64::INFINITY);
    for (rank, point) in order.into_iter().enumerate() {
        let own = times[point].expect("a time");
        if own < least {
            standing[point] = if rank % 2 == 0 { Standing::Sure } else { Standing::Nominal };
            least = own;
        } else if own < 1.04 * least {
            standing[point] = Standing::Possible;
        }
    }
    let axis = |name: &str, of: &dyn Fn((usize, usize, usize)) -> String| Axis::of(name, name, all().map(of));
    let energy_joules = Shown::Prefixed { one: 1e18, unit: "J" };
    let seconds = Shown::Prefixed { one: 1e12, unit: "s" };
    let quantity =
        |name: &str, shown, mean| Quantity { name: name.into(), shown, mean, ..Quantity::default() };
    let command = |(neurons, lanes, step)| {
        format!("synfire run layers --set neurons={neurons} --set lanes={lanes} --set step={step}")
    };
    Explorer {
        axes: vec![
            axis("neurons", &|at| (16 * at.0).to_string()),
            axis("lanes", &|at| at.1.to_string()),
            axis("voltage", &|at| format!("{:.4}", 0.8 + at.2 as f64 * 0.004)),
        ],
        quantities: vec![
            Quantity {
                ends: Some([scaled(0.9), scaled(1.1)]),
                ..quantity("inference energy", energy_joules, energies.clone())
            },
            quantity("inference time", seconds, times.clone()),
        ],
        counts: (0..10_000).map(|point| !failed(point)).collect(),
        errors: (0..10_000)
            .filter(|point| failed(*point))
            .map(|point| (point, "invented failure".into()))
            .collect(),
        commands: Commands::of(all().map(command)),
        standing,
        ..Explorer::default()
    }
}
