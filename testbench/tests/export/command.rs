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
        (vec!["noc"], ["cannot be exported", "`Simulate` or `Classify`"]),
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
