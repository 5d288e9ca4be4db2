//! The commands `export` and `import`.

use crate::folder::Folder;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use synfire_core::ARITH_SPEC;

fn synfire(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synfire")).args(arguments).output().unwrap()
}

/// What a command says, which ends with this status.
fn says(status: i32, arguments: &[&str]) -> String {
    let output = synfire(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
    said
}

fn example() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rtl/bench/example");
    folder.join("experiment.ron").display().to_string()
}

/// A run from the images ends with the weights of a run of the experiment, in every carried layout.
#[test]
fn a_run_from_images_is_the_experiments() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    says(0, &["run", &example(), "--out", &at("run"), "--threads", "1"]);
    let wanted = fs::read(folder.path().join("run/in_hidden.weights.200.npy")).unwrap();
    for layout in ["synfire", "rtl"] {
        let out = at(layout);
        let said = says(0, &["export", &example(), "--out", &out, "--layout", layout]);
        assert!(said.contains("2 cores, 200 steps") && said.contains(layout), "{said}");
        let said = says(0, &["import", &out, "--threads", "1"]);
        assert!(said.contains("spikes in 200 steps"), "{said}");
        let imported = folder.path().join(layout).join("imported");
        assert!(fs::read(imported.join("0_in_hidden.npy")).unwrap() == wanted, "weights by `{layout}`");
        let spikes = fs::read_to_string(imported.join("spikes.csv")).unwrap();
        assert!(spikes.lines().count() > 100, "{spikes}");

        let said = says(2, &["export", &example(), "--out", &out]);
        assert!(said.contains("a new or an empty folder") && said.contains("--overwrite"), "{said}");
        let said = says(2, &["import", &out]);
        assert!(said.contains("other files") && !said.contains("--overwrite"), "{said}");
        says(0, &["export", &example(), "--out", &out, "--overwrite"]);
        assert!(!folder.path().join(layout).join("parameters.txt").exists());
        assert!(imported.join("spikes.csv").exists(), "what an import wrote is not removed");
    }
}

const PATTERNS: &str = r#"(format: "synfire-experiment/1", title: "two patterns", chip: "paper", task: Patterns((
    data: Noise((input: "noise", patterns: 2, rate_ppm: 20_000, targets: 2, first_target: 20, target_distance: 15)),
    readout: "output", steps: 80, epochs: 5, tolerance: 2, distance_tau: (5.0, 10.0), seeds: [11],
    rows: [(name: "learned", network: "net.ron")])))"#;
const PATTERNS_NETWORK: &str = r#"(format: "synfire-network/1", inputs: [(name: "noise", neurons: 60)],
    populations: [(name: "output", neurons: 2,
        neuron: (current_decay: Factor(3353), membrane_decay: Factor(3706), threshold: 1.0),
        learning: (third_factor: OwnError, surrogate: (shape: Triangle, half_width: 1.0)),
        readout: (signal: FilteredSpikes(q_decay: Factor(3353), p_decay: Factor(3706), increment: 128, shift: 2)))],
    projections: [(name: "noise_output", from: "noise", to: "output", connect: AllToAll,
        weights: Uniform(low: 0.0, high: 0.25), store: (bits: 16, fraction: 14),
        learning: (shift: 16, eligibility: Filter(q_decay: Factor(3353), p_decay: Factor(3706), product_shift: 6)))])"#;

/// Every kind that runs a chip: what comes back from the images fires as the run of the experiment did.
#[test]
fn every_kind_that_runs_a_chip_is_exported() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let preset = |name: &str| String::from_utf8(synfire(&["presets", name]).stdout).unwrap();
    fs::write(at("patterns.ron"), PATTERNS).unwrap();
    fs::write(at("net.ron"), PATTERNS_NETWORK).unwrap();
    fs::write(at("spike-time.ron"), preset("spike-time")).unwrap();
    fs::write(at("rate-network.ron"), preset("rate-network")).unwrap();
    let task = "experiment.task";
    // The population that is looked at, its place, samples, and where in the run's steps they begin.
    for (name, (population, index), samples, first, changes) in [
        ("patterns", ("output", 0), 2, (5 + 6) * 2 * 80, vec![]),
        ("spike-time", ("hidden", 0), 36, 0, vec!["passes=40", "steps_per_tau=[5]", "stores=[16]"]),
        ("rate-network", ("hidden", 0), 3, 0, vec!["epochs=1", "steps=[8]", "stores=[8]"]),
    ] {
        let probes = format!("{task}.probes=[(population: \"{population}\", record: [Spikes])]");
        let mut sets = vec!["--seed".to_owned(), "11".to_owned(), "--set".to_owned(), probes];
        changes.iter().for_each(|change| sets.extend(["--set".to_owned(), format!("{task}.{change}")]));
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        let (file, run, out) = (at(&format!("{name}.ron")), at(&format!("{name}.run")), at(name));
        says(0, &[&["run", &file, "--out", &run, "--threads", "1"][..], &sets[..]].concat());
        let samples = samples.to_string();
        let trained = ["export", &file, "--out", &out, "--samples", &samples, "--trained"];
        let said = says(0, &[&trained[..], &sets[..]].concat());
        assert!(said.contains("after training"), "{said}");
        says(0, &["import", &out, "--threads", "1"]);
        let imported = fs::read_to_string(Path::new(&out).join("imported/spikes.csv")).unwrap();
        let of = format!(",{index},");
        let found: Vec<String> =
            imported.lines().filter(|line| line.contains(&of)).map(|line| line.replace(&of, ",")).collect();
        let recorded = fs::read_to_string(Path::new(&run).join(format!("{population}.spikes.csv"))).unwrap();
        let wanted = recorded.lines().skip(1).filter_map(|line| {
            let (step, neuron) = line.split_once(',').unwrap();
            Some(format!("{},{neuron}", step.parse::<u32>().unwrap().checked_sub(first)?))
        });
        let wanted: Vec<String> = wanted.take(found.len()).collect();
        assert!(found.len() > 2, "{name}: {imported}");
        assert_eq!(found, wanted, "{name}");
    }
}

/// Files of a folder and of those in it, with what they hold.
fn held(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.insert(path.clone(), Vec::new());
            files.extend(held(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}

/// What cannot be written whole leaves everything as it was.
#[test]
fn a_refused_export_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let layout =
        r#"(format: "synfire-layout/1", name: "narrow", memories: {"weights": (fields: [("weight", 2)])})"#;
    fs::write(at("narrow.ron"), layout).unwrap();
    let narrow = |out: &str| {
        says(2, &["export", &example(), "--out", &at(out), "--layout", &at("narrow.ron"), "--overwrite"])
    };
    assert!(narrow("new").contains("in 2 bits"));
    assert!(!folder.path().join("new").exists());
    says(0, &["export", &example(), "--out", &at("good")]);
    fs::write(at("good/notes.txt"), "mine").unwrap();
    let before = held(&folder.path().join("good"));
    narrow("good");
    assert!(held(&folder.path().join("good")) == before, "a refused export changed a folder");
    // What a stopped export leaves is no obstacle, a file of the user's at a new name is one.
    fs::create_dir(at("good/.partial")).unwrap();
    fs::write(at("good/parameters.txt"), "mine, too").unwrap();
    let said = says(2, &["export", &example(), "--out", &at("good"), "--layout", "rtl", "--overwrite"]);
    assert!(said.contains("parameters.txt") && said.contains("what no export wrote"), "{said}");
    fs::remove_file(at("good/parameters.txt")).unwrap();
    assert!(held(&folder.path().join("good")) == before, "a refused export changed a folder");
    says(0, &["export", &example(), "--out", &at("good"), "--layout", "rtl", "--overwrite"]);
    let after = held(&folder.path().join("good"));
    assert!(
        after.keys().all(|path| !path.ends_with(".partial") && !path.ends_with("core0")),
        "{:?}",
        after.keys()
    );
    assert_eq!(fs::read_to_string(at("good/notes.txt")).unwrap(), "mine");
}

/// Waves never take the place of their trace.
#[test]
fn a_trace_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let contract = ARITH_SPEC;
    let text = format!(
        "synfire-trace 1\ncontract {contract}\npopulation 0 all 1 U:8.4\nsteps 0 1\nstep 0\nn 0 0 7\nend 0\n"
    );
    fs::write(at("t"), &text).unwrap();
    symlink(at("t"), at("link")).unwrap();
    for waves in [["--vcd", "t"], ["--fst", "./t"], ["--vcd", "link"]] {
        let said = says(2, &["trace", &at("t"), waves[0], &at(waves[1])]);
        assert!(said.contains("another file for the waves"), "{said}");
    }
    says(2, &["trace", &at("t"), "--vcd", &at("w"), "--fst", &at("w")]);
    assert_eq!(fs::read_to_string(at("t")).unwrap(), text);
    says(0, &["trace", &at("t"), "--vcd", &at("w"), "--fst", &at("v")]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "the trace, the link, two files of waves");
}

#[test]
fn a_classification_brings_its_first_samples() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("digits").display().to_string();
    let said = says(0, &["export", "digits", "--out", &out, "--samples", "2"]);
    assert!(said.contains("the first 2 training samples, with learning"), "{said}");
    let control = fs::read_to_string(folder.path().join("digits/control.csv")).unwrap();
    assert_eq!(control.lines().filter(|line| line.ends_with("learn,,1")).count(), 2, "{control}");
    let said = says(0, &["import", &out]);
    assert!(!said.contains(" 0 spikes"), "{said}");
}

#[test]
fn what_cannot_be_exported_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    for (arguments, parts) in [
        (vec!["noc"], ["cannot be exported", "any task but `Traffic`"]),
        (vec!["digits", "--row", "nobody"], ["unknown row `nobody`", "allowed"]),
        (vec!["digits", "--layout", "rlt"], ["no layout `rlt`", "did you mean `rtl`?"]),
        (vec!["digits", "--layout", "rtl"], ["layout `rtl` cannot hold", "allowed"]),
        (vec![&example(), "--trained"], ["no training of its own", "allowed"]),
    ] {
        let said = says(2, &[&["export", "--out", &out], &arguments[..]].concat());
        for part in parts {
            assert!(said.contains(part), "no `{part}` in {said}");
        }
    }
}

/// Training for an export leaves nothing where the command runs, whatever the experiment records.
#[test]
fn training_for_an_export_writes_the_export_alone() {
    let folder = Folder::new();
    folder.edit("two-classes.ron", "epochs: 2", "epochs: 2, trace: (registers: Named([\"C\", \"W\"]))");
    folder.succeeds(&["export", "two-classes.ron", "--trained", "--out", "out"]);
    let entries = fs::read_dir(folder.path("")).unwrap();
    let mut left: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["features.npy", "labels.npy", "out", "two-classes.network.ron", "two-classes.ron"]);
    assert!(!folder.path("out/retire.trace").exists());
}
