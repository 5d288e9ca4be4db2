//! Both forms of random traces, read back; files that are cut, damaged or foreign.

use proptest::prelude::*;
use std::path::{Path, PathBuf};
use synfire::formats::mark::FileMark;
use synfire::formats::trace::header::{
    Contract, SynapsePlaces, TraceForm, TraceHeader, TraceTables, TracedPopulation, TracedProjection,
    TracedRegister,
};
use synfire::formats::trace::reader::TraceReader;
use synfire::formats::trace::step::{Change, Step, TracedStep};
use synfire::formats::trace::writer::TraceWriter;

/// A trace as its writer has it.
#[derive(Clone, Debug)]
struct Trace {
    header: TraceHeader,
    tables: TraceTables,
    steps: Vec<Owned>,
}

#[derive(Clone, Debug)]
struct Owned {
    step: u64,
    registers: Vec<Vec<i64>>,
    traces: Vec<Vec<i64>>,
    changed: Vec<Vec<(u32, i64)>>,
}

impl Owned {
    fn step(&self) -> TracedStep<'_> {
        let Self { step, registers, traces, changed } = self;
        TracedStep { step: *step, registers, traces, changed }
    }
}

/// What a reader should give of a step, written plainly.
fn read_of(trace: &Trace, step: &Owned) -> Step {
    let lists = trace.header.synapse_lists().zip(&step.changed);
    let changed = lists.map(|((at, of, _), list)| {
        let synapse = |place: u32| match of.places {
            SynapsePlaces::Pairs { .. } => trace.tables.synapses[at][place as usize],
            SynapsePlaces::Taps { taps, .. } => [place / taps, place % taps, 0],
        };
        list.iter().map(|(place, lane)| Change { synapse: synapse(*place), lane: *lane }).collect()
    });
    Step {
        step: step.step,
        registers: step.registers.clone(),
        axons: trace.tables.axons.clone(),
        traces: step.traces.clone(),
        changed: changed.collect(),
    }
}

/// Numbers from a seed: what proptest shrinks is the seed and the sizes.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 20
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn registers(&mut self, names: &[&str]) -> Vec<TracedRegister> {
        let register = |name: &&str| {
            let signed = self.below(2) == 0;
            let bits = 1 + self.below(if signed { 64 } else { 63 }) as u32;
            TracedRegister { name: (*name).to_owned(), bits, fraction: self.below(20) as u32, signed }
        };
        names.iter().map(register).collect()
    }

    fn lane(&mut self, register: &TracedRegister) -> i64 {
        let range = register.range();
        match self.below(4) {
            0 => *range.start(),
            1 => *range.end(),
            _ => (self.next() as i64).clamp(*range.start(), *range.end()),
        }
    }

    fn column(&mut self, register: &TracedRegister, length: u32) -> Vec<i64> {
        (0..length).map(|_| self.lane(register)).collect()
    }
}

fn header(draw: &mut Draw, neurons: u32) -> (TraceHeader, TraceTables) {
    let name = ["hidden", "two words % and\ttab", "ünï"][draw.below(3) as usize].to_owned();
    let populations = vec![
        TracedPopulation { index: 0, name, neurons, registers: draw.registers(&["D0", "I", "U", "S"]) },
        TracedPopulation { index: 3, name: "out".into(), neurons: 2, registers: draw.registers(&["U"]) },
    ];
    let projection = |index, name: &str, axons, traces, places, synapses| TracedProjection {
        index,
        name: name.into(),
        axons,
        traces,
        places,
        synapses,
    };
    let axons: Vec<[u32; 2]> = (0..neurons).flat_map(|pre| [[3 * pre, 1], [3 * pre, 4]]).collect();
    let mut pairs: Vec<[u32; 3]> =
        axons.iter().flat_map(|[pre, delay]| [[*pre, 0, *delay], [*pre, 1, *delay]]).collect();
    pairs.sort_unstable();
    let (counted, listed) = (axons.len() as u32, pairs.len() as u32);
    let projections = vec![
        projection(
            0,
            "a b",
            counted,
            draw.registers(&["Q", "P"]),
            SynapsePlaces::Pairs { count: listed },
            draw.registers(&["W", "E1"]),
        ),
        projection(
            2,
            "shared",
            0,
            Vec::new(),
            SynapsePlaces::Taps { copies: neurons, taps: 3 },
            draw.registers(&["W"]),
        ),
        projection(
            4,
            "traces",
            counted,
            draw.registers(&["P"]),
            SynapsePlaces::Pairs { count: 0 },
            Vec::new(),
        ),
    ];
    let tables = TraceTables {
        axons: vec![axons.clone(), Vec::new(), axons],
        synapses: vec![pairs, Vec::new(), Vec::new()],
    };
    let first = draw.below(9);
    (
        TraceHeader { contract: Contract::current(), populations, projections, first, until: first + 20 },
        tables,
    )
}

fn trace(seed: u64, neurons: u32, steps: u64) -> Trace {
    let draw = &mut Draw(seed);
    let (header, tables) = header(draw, neurons);
    let one = |step| Owned {
        step: header.first + step,
        registers: header.neuron_columns().map(|(of, register)| draw.column(register, of.neurons)).collect(),
        traces: header.axon_columns().map(|(of, register)| draw.column(register, of.axons)).collect(),
        changed: header
            .synapse_lists()
            .map(|(_, of, register)| {
                let some: Vec<u32> = (0..of.places.count() as u32).filter(|_| draw.below(3) == 0).collect();
                some.into_iter().map(|place| (place, draw.lane(register))).collect()
            })
            .collect(),
    };
    let steps = (0..steps).map(one).collect();
    Trace { header, tables, steps }
}

/// What is in the file before the first step, and after each.
fn write(path: &Path, form: TraceForm, trace: &Trace) -> Vec<FileMark> {
    let mut writer = TraceWriter::create(path, form, trace.header.clone(), trace.tables.clone()).unwrap();
    let mut marks = vec![writer.flush().unwrap()];
    for step in &trace.steps {
        writer.step(&step.step()).unwrap();
        marks.push(writer.flush().unwrap());
    }
    writer.finish().unwrap();
    marks
}

/// What a file says, as far as it goes, and why it ends.
fn read(path: &Path) -> (Vec<Step>, Option<String>) {
    let mut steps = Vec::new();
    let mut reader = match TraceReader::open(path) {
        Ok(reader) => reader,
        Err(error) => return (steps, Some(error.to_string())),
    };
    let mut step = Step::of(reader.header());
    loop {
        match reader.read(&mut step) {
            Ok(true) => steps.push(step.clone()),
            Ok(false) => return (steps, None),
            Err(error) => return (steps, Some(error.to_string())),
        }
    }
}

const FORMS: [(TraceForm, &str); 2] = [(TraceForm::Text, "t.trace"), (TraceForm::Binary, "t.trace.bin")];

fn folder() -> (tempfile::TempDir, [PathBuf; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let paths = FORMS.map(|(form, name)| {
        let path = folder.path().join(name);
        assert_eq!(TraceForm::of_name(&path), form);
        path
    });
    (folder, paths)
}

proptest! {
    #[test]
    fn what_is_read_is_what_was_written(seed: u64, neurons in 0_u32..4, steps in 0_u64..4) {
        let trace = trace(seed, neurons, steps);
        let expected: Vec<Step> = trace.steps.iter().map(|step| read_of(&trace, step)).collect();
        let (_folder, paths) = folder();
        for ((form, _), path) in FORMS.iter().zip(&paths) {
            write(path, *form, &trace);
            prop_assert_eq!(read(path), (expected.clone(), None));
            let reader = TraceReader::open(path).unwrap();
            prop_assert_eq!(reader.header(), &trace.header);
            prop_assert!(reader.tables().is_none_or(|tables| *tables == trace.tables));
        }
    }

    /// However a run was killed: what is left is whole steps and a rest that is named, and the run goes on to the same bytes.
    #[test]
    fn a_cut_trace_is_its_whole_steps(seed: u64, cut in 0.0..1.0_f64, back in 0_u64..3) {
        let trace = trace(seed, 2, 4);
        let (_folder, paths) = folder();
        for ((form, _), path) in FORMS.iter().zip(&paths) {
            let marks = write(path, *form, &trace);
            let bytes = std::fs::read(path).unwrap();
            let length = (cut * bytes.len() as f64) as usize;
            std::fs::write(path, &bytes[..length]).unwrap();
            let (steps, why) = read(path);
            prop_assert_eq!(&steps, &trace.steps[..steps.len()].iter().map(|step| read_of(&trace, step)).collect::<Vec<_>>());
            if let Some(why) = why {
                prop_assert!(why.contains("cut") || why.contains("header") || why.contains("another kind"), "{why}");
                if !steps.is_empty() {
                    let last = format!("whole to the end of step {}", steps[steps.len() - 1].step);
                    prop_assert!(why.contains(&last), "{why}");
                }
            }
            // A checkpoint is no later than the last whole step.
            let header_ends = steps.is_empty() && TraceReader::open(path).is_err();
            if !header_ends {
                let kept = (steps.len() as u64).saturating_sub(back);
                let next = trace.header.first + kept;
                let reopen = |left| TraceWriter::reopen(
                    path, *form, trace.header.clone(), trace.tables.clone(), (next, left));
                if let Some(other) = marks.iter().find(|mark| **mark != marks[kept as usize]) {
                    let refused = reopen(*other).unwrap_err().to_string();
                    prop_assert!(refused.contains("another content of the steps"), "{refused}");
                }
                let mut writer = reopen(marks[kept as usize]).unwrap();
                trace.steps[kept as usize..].iter().for_each(|step| writer.step(&step.step()).unwrap());
                writer.finish().unwrap();
                prop_assert_eq!(std::fs::read(path).unwrap(), bytes);
            }
        }
    }

    /// A byte that is another is refused in binary, whichever it is, and makes no reader of text panic.
    #[test]
    fn a_damaged_trace_is_refused(seed: u64, place in 0.0..1.0_f64, change in 1_u8..=255) {
        let trace = trace(seed, 2, 2);
        let (_folder, paths) = folder();
        for ((form, _), path) in FORMS.iter().zip(&paths) {
            write(path, *form, &trace);
            let mut bytes = std::fs::read(path).unwrap();
            let at = (place * bytes.len() as f64) as usize;
            bytes[at] ^= change;
            std::fs::write(path, &bytes).unwrap();
            let (_, why) = read(path);
            prop_assert!(*form == TraceForm::Text || why.is_some(), "byte {at} of {}", bytes.len());
        }
    }
}

/// The small text that the faults are made in.
const TEXT: &str = "synfire-trace 1
contract 1.3
population 0 hidden 2 U:8.4 S:1.0u
projection 1 in axons 1 Q:8.0u
projection 1 in weights 4 W:4.2 E1:8.0u
projection 2 shared taps 2 3 W:4.2
steps 5 9
step 5
n 0 0 -128 1
n 0 1 127 0
a 1 7 2 255
w 1 7 0 2 -8
w 1 7 1 2 7
w1 1 7 1 2 9
k 2 1 2 3
end 5
";

fn of_text(text: &str) -> (Vec<Step>, Option<String>) {
    let (_folder, [path, _]) = folder();
    std::fs::write(&path, text).unwrap();
    read(&path)
}

#[test]
fn a_text_by_hand() {
    let change = |synapse, lane| Change { synapse, lane };
    let step = Step {
        step: 5,
        registers: vec![vec![-128, 127], vec![1, 0]],
        axons: vec![vec![[7, 2]], Vec::new()],
        traces: vec![vec![255]],
        changed: vec![
            vec![change([7, 0, 2], -8), change([7, 1, 2], 7)],
            vec![change([7, 1, 2], 9)],
            vec![change([1, 2, 0], 3)],
        ],
    };
    assert_eq!(of_text(TEXT), (vec![step], None));
}

#[test]
fn what_is_no_trace_is_refused_at_its_line() {
    for (from, to, parts) in [
        (
            "synfire-trace 1",
            "synfire-trace 2",
            ["line 1 of the header", "`synfire-trace 2`", "`synfire-trace 1`"],
        ),
        ("synfire-trace 1", "step,neuron", ["another kind of file", "synfire-trace 1", "SYNTRACE"]),
        ("contract 1.3", "contract 2.0", ["line 2 of the header", "contract 2.0", "contract 1.x"]),
        ("contract 1.3", "contract 3", ["line 2 of the header", "contract 3", "MAJOR.MINOR"]),
        ("U:8.4", "U:8", ["line 3 of the header", "U:8 ", "BITS.FRACTION"]),
        ("U:8.4", "U:65.4", ["U of 65.4", "1..=64", "line 3 of the header"]),
        ("hidden 2", "hidden -2", ["line 3 of the header", "hidden -2", "NEURONS"]),
        ("projection 2", "projection 0", ["out of order", "by its index", "line 6 of the header"]),
        ("steps 5 9", "steps 9 5", ["steps 9 to 5", "not past the last", ""]),
        ("steps 5 9", "steps 6 9", ["the step is 5", "allowed 6..=8", ""]),
        ("steps 5 9", "step 5 9", ["line 7 of the header", "step 5 9", "steps FIRST UNTIL"]),
        ("n 0 1 127 0", "n 0 1 128 0", ["line 10", "`n 0 1 128 0`", "U in -128..=127"]),
        ("n 0 0 -128 1", "n 0 0 -128 2", ["line 9", "-128 2`", "S in 0..=1"]),
        ("n 0 1 127 0", "n 0 1 127", ["line 10", "`n 0 1 127`", "`n 0 1` and 2 numbers"]),
        ("n 0 1 127 0", "n 0 1 127 0 0", ["line 10", "127 0 0`", "2 numbers"]),
        ("n 0 1 127 0\n", "", ["line 10", "`a 1 7 2 255`", "`n 0 1`"]),
        ("a 1 7 2 255", "a 1 7 2 256", ["line 11", "a 1 7 2 256", "Q in 0..=255"]),
        ("a 1 7 2 255", "a 1 7 x 255", ["line 11", "a 1 7 x 255", "PRE DELAY"]),
        ("w 1 7 1 2 7", "w 1 7 0 2 7", ["line 13", "w 1 7 0 2 7", "ascending"]),
        ("w 1 7 1 2 7", "w 1 7 1 2 8", ["line 13", "w 1 7 1 2 8", "-8..=7"]),
        ("w1 1 7", "w2 1 7", ["line 14", "w2 1 7", "in the header's order"]),
        ("k 2 1 2 3", "k 2 1 3 3", ["line 15", "k 2 1 3 3", "COPY TAP"]),
        ("end 5", "end 6", ["line 8", "`step 5` to `end 6`", "`step N` to `end N`"]),
        ("end 5\n", "end 5", ["cut", "line 16", "no step of it is whole"]),
        ("end 5\n", "end 5\nstep 6\nn 0", ["line 18", "cut", "whole to the end of step 5"]),
        ("127", "99999999999999999999", ["line 10", "2 numbers", ""]),
    ] {
        assert!(TEXT.contains(from), "{from}");
        let (_, why) = of_text(&TEXT.replacen(from, to, 1));
        let why = why.expect(to);
        for part in parts {
            assert!(why.contains(part), "{to}: no `{part}` in {why}");
        }
    }
}

#[test]
fn a_writer_refuses_what_is_no_step_of_its_header() {
    let whole = trace(7, 2, 1);
    let (_folder, [path, _]) = folder();
    let refused = |change: &dyn Fn(&mut Owned)| {
        let mut step = whole.steps[0].clone();
        change(&mut step);
        let mut writer =
            TraceWriter::create(&path, TraceForm::Binary, whole.header.clone(), whole.tables.clone())
                .unwrap();
        writer.step(&step.step()).map_err(|error| error.to_string())
    };
    assert_eq!(refused(&|_| {}), Ok(()));
    for (change, part) in [
        (&(|step: &mut Owned| step.step = 0) as &dyn Fn(&mut Owned), "the step is 0"),
        (&|step| step.registers[0].push(0), "columns of neurons is 3"),
        (&|step| step.registers.push(Vec::new()), "columns of neurons is"),
        (&|step| step.traces.clear(), "columns of axons is 0"),
        (&|step| step.changed[0] = vec![(3, 0), (3, 0)], "not ascending"),
        (&|step| step.changed[2] = vec![(6, 0)], "below 6"),
        (&|step| step.registers[3][0] = i64::MIN, "a lane is -9223372036854775808"),
    ] {
        let why = refused(change).expect_err(part);
        assert!(why.contains(part), "no `{part}` in {why}");
    }
    let mut tables = whole.tables.clone();
    tables.synapses[0].reverse();
    let why = TraceWriter::create(&path, TraceForm::Text, whole.header.clone(), tables)
        .expect_err("a table")
        .to_string();
    assert!(why.contains("ascending by pre, post and delay"), "{why}");
}

#[test]
fn formats_have_hexadecimal_and_real_values() {
    let register = TracedRegister::signed("U", 24, 15);
    assert_eq!(
        (register.hex(-1), register.hex(0x1234), register.bytes()),
        ("0xffffff".into(), "0x001234".into(), 4)
    );
    assert_eq!(register.real(-8192), -0.25);
    assert_eq!(
        (register.range(), TracedRegister::signed("U", 64, 0).range()),
        (-8_388_608..=8_388_607, i64::MIN..=i64::MAX)
    );
    let register = TracedRegister::unsigned("S", 1, 0);
    assert_eq!((register.hex(1), register.range(), register.bytes()), ("0x1".into(), 0..=1, 1));
    assert_eq!(TracedRegister::unsigned("T", 63, 0).range(), 0..=i64::MAX);
}
