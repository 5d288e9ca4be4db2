//! Spike patterns: what is drawn, what is refused, and that a run learns and resumes.

use std::path::Path;
use std::process::{Command, Output};
use synfire::experiment::origin::Origin;
use synfire::experiment::reference::{self, Opened};
use synfire::tasks::patterns::case::{Case, Draw};
use synfire::tasks::patterns::cases;
use synfire::tasks::patterns::file::{Cues, Noise, PatternData, Patterns};
use synfire::tasks::patterns::score::Score;
use synfire::tasks::{ExperimentFile, TaskFile};
use synfire_chip::files;
use synfire_chip::network::Network;
use synfire_chip::run::program::StimulusSpike;

const EXPERIMENT: &str = r#"(
    format: "synfire-experiment/1",
    title: "two patterns",
    chip: "paper",
    task: Patterns((
        data: Noise((
            input: "noise",
            patterns: 2,
            rate_ppm: 20_000,
            targets: 2,
            first_target: 20,
            target_distance: 15,
        )),
        readout: "output",
        steps: 80,
        epochs: 60,
        tolerance: 2,
        distance_tau: (5.0, 10.0),
        seeds: [1, 2],
        rows: [
            (name: "learned", network: "net.ron"),
            (name: "fixed", network: "net.ron", set: {"network.projections[noise_output].learning": None}),
        ],
        compare: [(first: "learned", second: "fixed")],
    )),
)
"#;

const NETWORK: &str = r#"(
    format: "synfire-network/1",
    inputs: [(name: "noise", neurons: 60), (name: "left", neurons: 8), (name: "right", neurons: 8)],
    populations: [(
        name: "output",
        neurons: 2,
        neuron: (current_decay: Factor(3353), membrane_decay: Factor(3706), threshold: 1.0),
        learning: (third_factor: OwnError, surrogate: (shape: Triangle, half_width: 1.0)),
        readout: (
            signal: FilteredSpikes(q_decay: Factor(3353), p_decay: Factor(3706), increment: 128, shift: 2),
        ),
    )],
    projections: [(
        name: "noise_output",
        from: "noise",
        to: "output",
        connect: AllToAll,
        weights: Uniform(low: -0.03, high: 0.1),
        store: (bits: 16, fraction: 14),
        learning: (
            shift: 12,
            eligibility: Filter(q_decay: Factor(3353), p_decay: Factor(3706), product_shift: 6),
        ),
    )],
)
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("two.ron"), EXPERIMENT).unwrap();
    std::fs::write(folder.path().join("net.ron"), NETWORK).unwrap();
    folder
}

fn synfire(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synfire")).args(arguments).current_dir(folder).output().unwrap()
}

fn network() -> Network {
    let chip = files::load_chip("paper", Path::new(".")).unwrap();
    files::network_and_files("net.ron", NETWORK, Path::new("."), &chip, &files::NetworkOverrides::default())
        .unwrap()
        .0
}

fn settings(data: PatternData) -> Patterns {
    let file: ExperimentFile = files::parse("two.ron", EXPERIMENT).unwrap();
    let TaskFile::Patterns(settings) = file.task else { panic!("another task") };
    Patterns { data, ..settings }
}

fn drawn(data: PatternData, seed: u32, outputs: u32) -> (Patterns, Vec<Case>) {
    let settings = settings(data);
    let opened = Opened::new("two.ron", EXPERIMENT, None);
    let (network, place) = (network(), Origin::new(&opened));
    let draw = Draw { network: &network, place: &place, seed, steps: settings.steps, outputs };
    let cases = cases::draw(&settings, &draw).unwrap();
    (settings, cases)
}

fn noise() -> PatternData {
    PatternData::Noise(Noise {
        input: "noise".into(),
        patterns: 20,
        rate_ppm: 20_000,
        targets: 3,
        first_target: 20,
        target_distance: 15,
    })
}

fn cues() -> PatternData {
    PatternData::Cues(Cues {
        left: "left".into(),
        right: "right".into(),
        clock: "noise".into(),
        symbols: 3,
        latency_steps: 30,
        clock_ppm: 30_000,
        targets: 3,
        first_target: 35,
        target_distance: 8,
    })
}

fn spikes(case: &Case, of_input: u16) -> Vec<(usize, u32)> {
    let steps = case.stimulus.iter().enumerate();
    let own = |spike: &&StimulusSpike| spike.input == of_input;
    steps.flat_map(|(n, e)| e.spikes.iter().filter(own).map(move |s| (n, s.neuron))).collect()
}

#[test]
fn noise_has_its_rate_and_targets_their_distance() {
    let (_, cases) = drawn(noise(), 7, 2);
    let count: usize = cases.iter().map(|case| spikes(case, 0).len()).sum();
    // 20 patterns x 60 neurons x 80 steps x 0.02 = 1920, standard deviation 43.
    assert!((1750..2090).contains(&count), "{count} spikes");
    for case in &cases {
        for targets in &case.targets {
            assert_eq!(targets.len(), 3);
            assert!(targets.windows(2).all(|pair| pair[1] - pair[0] >= 15), "{targets:?}");
            assert!(targets[0] >= 20 && targets[2] < 80, "{targets:?}");
        }
    }
    assert_ne!(cases[0], cases[1], "every pattern is its own");
    assert_ne!(cases[0].targets[0], cases[0].targets[1], "every output has its own targets");
    assert_ne!(cases, drawn(noise(), 8, 2).1, "another seed, other cases");
    assert_eq!(cases, drawn(noise(), 7, 2).1);
}

#[test]
fn cues_are_shared_by_the_sides_and_decide_the_train_by_being_equal() {
    let (_, cases) = drawn(cues(), 5, 1);
    assert_eq!(cases.len(), 9);
    let (equal, different) = (&cases[0].targets[0], &cases[1].targets[0]);
    assert!(equal.iter().all(|step| !different.contains(step)), "the trains share no step");
    for (pair, case) in cases.iter().enumerate() {
        let (left, right) = (pair / 3, pair % 3);
        assert_eq!(&case.targets[0], if left == right { equal } else { different });
        assert_eq!(spikes(case, 0), spikes(&cases[0], 0), "one clock for all");
        assert_eq!(spikes(case, 1), spikes(&cases[3 * left], 1), "the left side knows its own cue only");
        assert_eq!(spikes(case, 2), spikes(&cases[right], 2));
        assert_eq!(spikes(&cases[4 * left], 1), spikes(&cases[4 * left], 2), "the sides share the cues");
        let mut neurons: Vec<u32> = spikes(case, 1).iter().map(|(_, neuron)| *neuron).collect();
        neurons.sort_unstable();
        assert_eq!(neurons, (0..8).collect::<Vec<_>>(), "each neuron of a cue fires once");
    }
    assert_ne!(spikes(&cases[0], 1), spikes(&cases[3], 1), "symbols differ");
}

#[test]
fn a_perfect_answer_scores_one_and_both_trains_at_once_a_half() {
    let (settings, cases) = drawn(cues(), 5, 1);
    let targets = 9 * 3;
    let perfect: Vec<_> = cases.iter().map(|case| case.targets.clone()).collect();
    let score = Score::of(&settings, &cases, &perfect);
    assert_eq!((score.loss, score.hits, score.extra, score.right), (0.0, targets, 0, 9));
    assert_eq!(score.timing(targets), 1.0);
    let both = |_: &Case| {
        let mut train = [cases[0].targets[0].clone(), cases[1].targets[0].clone()].concat();
        train.sort_unstable();
        vec![train]
    };
    let score = Score::of(&settings, &cases, &cases.iter().map(both).collect::<Vec<_>>());
    assert_eq!((score.hits, score.extra), (targets, targets));
    assert_eq!(score.timing(targets), 0.5);
    let silent = vec![vec![Vec::new()]; 9];
    assert_eq!(Score::of(&settings, &cases, &silent).timing(targets), 0.0);
}

#[test]
fn learning_lowers_the_loss_and_a_fixed_row_stays() {
    let folder = folder();
    let run = synfire(folder.path(), &["run", "two.ron", "--out", "out", "--threads", "1"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let curve = |name: &str| -> Vec<(u32, Score)> {
        let path = folder.path().join("out/cells").join(name);
        let value: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        serde_json::from_value(value["result"]["curve"].clone()).unwrap()
    };
    for seed in [1, 2] {
        let learned = curve(&format!("learned-{seed}.json"));
        let (start, end) = (learned[0].1.loss, learned.last().unwrap().1.loss);
        assert!(end < 0.5 * start, "seed {seed}: loss {start} -> {end}");
        let fixed = curve(&format!("fixed-{seed}.json"));
        assert_eq!(fixed[0].1, fixed.last().unwrap().1, "nothing learns there");
        assert_eq!(fixed[0].1, learned[0].1, "both begin with the same weights and cases");
    }
}

fn result(folder: &Path, cell: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(folder.join(cell)).unwrap_or_else(|e| panic!("{cell}: {e}"));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    value["result"].clone()
}

/// Every store has the cases of its seed; 16 bits are the file's own, and the float twin has no hardware to count.
#[test]
fn rows_run_in_stores_and_are_compared() {
    let folder = folder();
    let succeeds = |arguments: &[&str]| {
        let run = synfire(folder.path(), arguments);
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    };
    succeeds(&["run", "two.ron", "--out", "out", "--threads", "1", "--seed", "1"]);
    let stores = "stores: [Float, Bits(bits: 16), Bits(bits: 6)],\n        compare: [";
    std::fs::write(folder.path().join("two.ron"), EXPERIMENT.replace("compare: [", stores)).unwrap();
    let table = succeeds(&["compare", "two.ron", "--out", "compared", "--threads", "1"]);
    for part in ["Score of `two`", "minus float", "6 bits", "Targets (even rows) and spikes"] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let cell = |store: &str| result(folder.path(), &format!("compared/cells/two--learned--{store}-1.json"));
    let own = result(folder.path(), "out/cells/learned-1.json");
    assert_eq!(cell("16-bits")["weights_sha256"], own["weights_sha256"], "the file's own store");
    assert_ne!(cell("6-bits")["weights_sha256"], own["weights_sha256"]);
    let float = cell("float");
    assert_eq!(
        (&float["cores"], &float["costs"]["training"]["counts"]["core"]["spikes"]),
        (&0.into(), &0.into())
    );
    assert_eq!(float["target_spikes"], own["target_spikes"], "the same cases");
    let (start, end) =
        (&float["curve"][0][1]["loss"], &float["curve"].as_array().unwrap().last().unwrap()[1]["loss"]);
    assert!(end.as_f64() < start.as_f64(), "the twin learns: {start} -> {end}");
    let report = succeeds(&["run", "two.ron", "--out", "run", "--threads", "1", "--seed", "1"]);
    assert!(report.contains("learned, 6 bits - fixed"), "paired within a store: {report}");
    assert!(report.contains("What it cost: `learned, 16 bits`"), "costs are the chip's: {report}");
}

/// The short form has its own epochs and seeds, and fails below its least score.
#[test]
fn the_short_form_is_judged_by_its_score() {
    let folder = folder();
    let quick = |least: &str| {
        let quick = format!("quick: (epochs: 1, seeds: [2], least_accuracy: {least}),\n        compare: [");
        std::fs::write(folder.path().join("two.ron"), EXPERIMENT.replace("compare: [", &quick)).unwrap();
        synfire(folder.path(), &["run", "two.ron", "--quick", "--out", "out", "--threads", "1"])
    };
    assert!(quick("0.0").status.success());
    let failed = quick("100.0");
    assert_eq!(failed.status.code(), Some(1));
    let said = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(said.contains("the short form asks for 100 %"), "{said}");
    assert_eq!(result(folder.path(), "out/cells/learned-2.json")["curve"].as_array().unwrap().len(), 2);
}

fn refusal(from: &str, to: &str) -> String {
    let folder = folder();
    assert!(EXPERIMENT.contains(from));
    std::fs::write(folder.path().join("two.ron"), EXPERIMENT.replace(from, to)).unwrap();
    let check = synfire(folder.path(), &["check", "two.ron"]);
    assert_eq!(check.status.code(), Some(2), "{to}");
    String::from_utf8(check.stderr).unwrap()
}

#[test]
fn bad_settings_are_shown_in_their_line() {
    for (from, to, place, words) in [
        ("patterns: 2", "patterns: 0", "two.ron:8:", "`patterns` is out of range"),
        ("targets: 2", "targets: 9", "two.ron:10:", "the targets do not fit"),
        ("rate_ppm: 20_000", "rate_ppm: 2_000_000", "two.ron:9:", "allowed: 0..=1000000"),
        ("input: \"noise\"", "input: \"nose\"", "two.ron:7:", "did you mean `noise`"),
        ("readout: \"output\"", "readout: \"outputs\"", "two.ron:14:", "did you mean `output`"),
        ("steps: 80", "steps: 0", "two.ron:15:", "allowed: 1..=1000000"),
        ("epochs: 60", "epochs: 0", "two.ron:16:", "`epochs` is out of range"),
        ("(5.0, 10.0)", "(10.0, 5.0)", "two.ron:18:", "0 < rise < decay"),
        ("seeds: [1, 2]", "seeds: [1, 1]", "two.ron:19:", "seed 1 is listed twice"),
        ("seeds: [1, 2]", "seeds: []", "two.ron:19:", "no seed"),
        (
            "projections[noise_output]",
            "projections[noise_ouput]",
            "two.ron:22:",
            "did you mean `noise_output`",
        ),
        ("second: \"fixed\"", "second: \"fxed\"", "two.ron:24:", "did you mean `fixed`"),
        (
            "tolerance: 2",
            "tolerance: 2, stores: [Bits(bits: 8, fractions: [(\"noise_ouput\", 6)])]",
            "two.ron:17:",
            "did you mean `noise_output`",
        ),
        (
            "tolerance: 2",
            "tolerance: 2, stores: [Float, Float]",
            "two.ron:17:",
            "the store of float is listed twice",
        ),
    ] {
        let text = refusal(from, to);
        assert!(text.contains(place) && text.contains(words), "{to}: {place}, {words}\n{text}");
    }
}

#[test]
fn carried_experiments_are_good() {
    for name in ["superspike", "superspike-ten", "cues"] {
        let opened = reference::open(name).unwrap();
        let file: ExperimentFile = files::parse(opened.name(), opened.text()).unwrap();
        assert!(matches!(file.task, TaskFile::Patterns(_)));
        let check = synfire(Path::new("."), &["check", name]);
        assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    }
}

/// A learning rate a synapse changes what is learned where its reference is exceeded, and only there.
#[test]
fn normalised_synapses_learn_otherwise() {
    let folder = folder();
    let normalised = |bits: u32| {
        let with = format!("product_shift: 6, normalise: (reference_bits: {bits}))");
        std::fs::write(folder.path().join("net.ron"), NETWORK.replace("product_shift: 6)", &with)).unwrap();
    };
    let weights = |out: &str| -> String {
        let run = synfire(folder.path(), &["run", "two.ron", "--out", out, "--threads", "1", "--seed", "1"]);
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let path = folder.path().join(out).join("cells/learned-1.json");
        let value: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        value["result"]["weights_sha256"].as_str().unwrap().to_owned()
    };
    let plain = weights("plain");
    normalised(16);
    assert_eq!(weights("sixteen"), plain, "no eligibility of 16 bits exceeds a reference of 16");
    normalised(4);
    assert_ne!(weights("four"), plain);
    normalised(17);
    let check = synfire(folder.path(), &["check", "two.ron"]);
    let text = String::from_utf8(check.stderr).unwrap();
    assert_eq!(check.status.code(), Some(2), "{text}");
    assert!(text.contains("net.ron:") && text.contains("allowed: 1..=16"), "{text}");
}
