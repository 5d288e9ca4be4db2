//! Tables of section 3: neuron options step by step, Lava's neuron, idle states, noise.

use crate::case::Options;
use crate::document::{Document, Table};
use crate::operations::each;
use crate::{Executor, results};
use synfire_core::neuron::{Datapath, NeuronParameters, PerNeuron};
use synfire_core::rounding::scale;
use synfire_core::slice::Slice;

/// Executors of this file.
pub const EXECUTORS: &[Executor] = &[
    Executor {
        name: "neuron-options",
        heading: "case | options that differ from `paper` | steps",
        inputs: 2,
        run: |document, table| count_steps(document, table, "neuron"),
    },
    Executor {
        name: "neuron",
        heading: "case | n | S_in | I | U_cmp | U | R | S",
        inputs: 3,
        run: run_neuron,
    },
    Executor {
        name: "moving-options",
        heading: "case | options that differ from `paper` | steps",
        inputs: 2,
        run: |document, table| count_steps(document, table, "moving"),
    },
    Executor {
        name: "moving",
        heading: "case | n | S_in | I | U_cmp | U | A | theta_xi | S",
        inputs: 3,
        run: run_moving,
    },
    Executor {
        name: "lava",
        heading: "u | v | a_in | du | dv | bias_mant | bias_exp | vth | u' | v' | s",
        inputs: 8,
        run: run_lava,
    },
    Executor { name: "idle", heading: "options | I | U | R | idle", inputs: 4, run: run_idle },
    Executor {
        name: "noise",
        heading: "bits | seed | step | population | neuron | value",
        inputs: 5,
        run: run_noise,
    },
];

/// The third column of a table of cases: how many rows the table of steps has for each.
pub fn count_steps(document: &Document, table: &Table, steps: &str) -> Vec<Vec<String>> {
    let steps = document.table(steps).expect("a table of steps");
    for row in &steps.rows {
        let known = table.rows.iter().any(|case| case.text(0) == row.text(0));
        assert!(known, "line {}: no case `{}`", row.line, row.text(0));
    }
    each(table, |case| results![steps.rows.iter().filter(|row| row.text(0) == case.text(0)).count()])
}

/// One way to hold and update the same neuron; all must agree.
#[derive(Clone, Copy, Debug)]
struct Variant {
    lanes: usize,
    sum_bits: u32,
    dense_sweep: bool,
    per_lane: bool,
}

const fn variant(lanes: usize, sum_bits: u32, dense_sweep: bool, per_lane: bool) -> Variant {
    Variant { lanes, sum_bits, dense_sweep, per_lane }
}

fn variants(largest_sum: i64, shift: u8, noise: bool) -> Vec<Variant> {
    let mut variants =
        vec![variant(1, 32, false, false), variant(1, 32, true, false), variant(1, 32, false, true)];
    if !noise {
        variants.extend([variant(70, 32, false, false), variant(70, 32, true, true)]);
    }
    // Sums of few bits take the 32-bit path, where the datapath is narrow enough.
    let sum_bits = 65 - (largest_sum.unsigned_abs()).leading_zeros();
    if sum_bits + u32::from(shift) <= 30 {
        let narrow = |v: &Variant| Variant { sum_bits, ..*v };
        variants.extend(variants.iter().map(narrow).collect::<Vec<_>>());
    }
    variants
}

impl Variant {
    fn build(self, names: [u32; 3], datapath: Datapath, parameters: &NeuronParameters) -> Slice {
        let [seed, population, neuron] = names;
        let mut parameters = parameters.clone();
        if self.per_lane {
            parameters.threshold = PerNeuron::Each(vec![parameters.threshold.get(0); self.lanes]);
            if let Some(adaptation) = &mut parameters.adaptation {
                adaptation.decay = PerNeuron::Each(vec![adaptation.decay.get(0); self.lanes]);
                adaptation.increment = PerNeuron::Each(vec![adaptation.increment.get(0); self.lanes]);
            }
        }
        let mut slice = Slice::new(population, neuron, self.lanes, datapath, parameters, self.sum_bits, seed);
        slice.dense_sweep = self.dense_sweep;
        slice
    }
}

/// Registers of one neuron after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Lane {
    current: i32,
    compared: i32,
    membrane: i32,
    refractory: i32,
    adaptation: i32,
    threshold: i32,
    fired: i32,
}

/// One step with dendritic sum `sum`.
fn step(slice: &mut Slice, n: u64, sum: i32) -> Lane {
    if sum != 0 {
        slice.ports[0].sums.fill(sum);
        slice.touch_all();
    }
    slice.update(n);
    let r = &slice.registers;
    let lane = |i: usize| Lane {
        current: r.current[i],
        compared: r.compared[i],
        membrane: r.membrane[i],
        refractory: i32::from(r.refractory[i]),
        adaptation: r.adaptation.get(i).copied().unwrap_or(0),
        threshold: slice.compared_thresholds().map_or(slice.parameters.threshold.get(i), |t| t[i]),
        fired: i32::from(r.fired[i]),
    };
    assert_eq!(slice.fired().count_ones(), if lane(0).fired == 1 { slice.len } else { 0 }, "the fired set");
    assert!((1..slice.len).all(|i| lane(i) == lane(0)), "every lane is the same neuron");
    lane(0)
}

fn run_neuron(document: &Document, table: &Table) -> Vec<Vec<String>> {
    run_cases(document, table, "neuron-options", |lane| {
        results![lane.current, lane.compared, lane.membrane, lane.refractory, lane.fired]
    })
}

fn run_moving(document: &Document, table: &Table) -> Vec<Vec<String>> {
    run_cases(document, table, "moving-options", |lane| {
        results![lane.current, lane.compared, lane.membrane, lane.adaptation, lane.threshold, lane.fired]
    })
}

/// The steps of a table's cases, whose options are in the table `options`, in every variant.
fn run_cases(
    document: &Document,
    table: &Table,
    options: &str,
    show: impl Fn(&Lane) -> Vec<String>,
) -> Vec<Vec<String>> {
    let cases = document.table(options).expect("the table of cases");
    let mut computed = Vec::new();
    for rows in table.rows.chunk_by(|a, b| a.text(0) == b.text(0)) {
        let name = rows[0].text(0);
        let case = cases.rows.iter().find(|c| c.text(0) == name).expect("a case of that name");
        let options = Options::of(case, 1);
        let (datapath, parameters) = options.neuron();
        let names = [options.int("seed", 1), options.int("population", 0), options.int("neuron", 0)];
        options.all_read();
        let largest = rows.iter().map(|row| row.int(2).abs()).max().unwrap_or(0);
        let runs =
            variants(largest, datapath.input_shift, parameters.noise_bits > 0).into_iter().map(|variant| {
                let mut slice = variant.build(names, datapath, &parameters);
                let steps = rows.iter().enumerate().map(|(n, row)| {
                    assert_eq!(row.int(1), n as i64, "line {}: steps are consecutive", row.line);
                    step(&mut slice, n as u64, row.get(2))
                });
                (variant, steps.collect::<Vec<_>>())
            });
        let runs: Vec<_> = runs.collect();
        for (variant, run) in &runs {
            assert_eq!(*run, runs[0].1, "case `{name}`: {variant:?} and {:?}", runs[0].0);
        }
        computed.extend(runs[0].1.iter().map(&show));
    }
    computed
}

fn run_lava(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let exponent: i8 = row.get(6);
        let options = format!(
            "order=updated i_over=wrap_lava shift=6 cmp=gt reset=value:0 a={} b={} theta={} bias={}",
            4096 - (row.int(3) + 1),
            4096 - row.int(4),
            row.int(7) << 6,
            scale(row.int(5), exponent),
        );
        let case = crate::document::Row { line: row.line, cells: vec![options] };
        let options = Options::of(&case, 0);
        let (datapath, parameters) = options.neuron();
        options.all_read();
        let runs = variants(row.int(2), datapath.input_shift, false).into_iter().map(|variant| {
            let mut slice = variant.build([1, 0, 0], datapath, &parameters);
            slice.registers.current.fill(row.get(0));
            slice.registers.membrane.fill(row.get(1));
            let Lane { current, membrane, fired, .. } = step(&mut slice, 1, row.get(2));
            [current, membrane, fired]
        });
        let runs: Vec<_> = runs.collect();
        assert!(runs.iter().all(|run| *run == runs[0]), "line {}: {runs:?}", row.line);
        runs[0].map(|r| r.to_string()).to_vec()
    })
}

/// A state is idle when an update visits its block for the last time; then a dense sweep must not move it.
fn run_idle(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let options = Options::of(row, 0);
        let (datapath, parameters) = options.neuron();
        let adaptation: Option<i32> = parameters.adaptation.is_some().then(|| options.int("A", 0));
        options.all_read();
        let at = |dense_sweep| {
            let mut slice = variant(1, 16, dense_sweep, false).build([1, 0, 0], datapath, &parameters);
            slice.registers.current[0] = row.get(1);
            slice.registers.membrane[0] = row.get(2);
            slice.registers.refractory[0] = row.get(3);
            if let Some(adaptation) = adaptation {
                slice.registers.adaptation[0] = adaptation;
            }
            slice
        };
        let mut slice = at(false);
        assert_eq!(slice.update(1), 1, "a state that was just set is visited");
        let idle = slice.update(1) == 0;
        if idle {
            let mut swept = at(true);
            (0..5).for_each(|_| assert_eq!(swept.update(1), 1));
            let state = [row.get(1), row.get(2), row.get(3), adaptation.unwrap_or(0), 0];
            for own in [&slice, &swept] {
                let r = &own.registers;
                let (refractory, fired) = (i32::from(r.refractory[0]), i32::from(r.fired[0]));
                let adaptation = r.adaptation.first().copied().unwrap_or(0);
                assert_eq!(
                    [r.current[0], r.membrane[0], refractory, adaptation, fired],
                    state,
                    "line {}",
                    row.line
                );
            }
        }
        results![if idle { "yes" } else { "no" }]
    })
}

fn run_noise(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let options = format!("noise={} a=0 b=0 spiking=no", row.int(0));
        let case = crate::document::Row { line: row.line, cells: vec![options] };
        let (datapath, parameters) = Options::of(&case, 0).neuron();
        let names = [row.get(1), row.get(3), row.get(4)];
        let mut slice = variant(1, 16, false, false).build(names, datapath, &parameters);
        slice.update(row.get(2));
        results![slice.registers.membrane[0]]
    })
}
