//! Output folders: who may write there, what is removed, what goes on after a move.

use super::folder::{EXPERIMENT, Folder, NETWORK};
use super::interrupted::begun;
use super::runs::cells;
use serde_json::Value;

/// The same network on the same data under another name.
fn other(folder: &Folder) -> &'static str {
    folder.write("other.ron", folder.read(EXPERIMENT));
    folder.edit("other.ron", "epochs: 2", "epochs: 3");
    "other.ron"
}

fn names(folder: &Folder, out: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path(out)).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[cfg(unix)]
#[test]
fn two_runs_never_write_into_one_folder() {
    let folder = Folder::new();
    folder.edit(EXPERIMENT, "epochs: 2", "epochs: 300");
    folder.edit(EXPERIMENT, "seeds: [1, 2]", "seeds: [1]");
    let mut first = begun(&folder, "out");
    let refused = folder.refuses(&["run", EXPERIMENT, "--out", "out"]);
    assert!(refused.contains("another run is at work in `out`"), "{refused}");
    let refused = folder.refuses(&["resume", "out"]);
    assert!(refused.contains("another run is at work in `out`"), "{refused}");
    first.kill().expect("the command");
    first.wait().expect("the command");
    // The lock goes with the process, not with its file.
    folder.succeeds(&["run", EXPERIMENT, "--out", "out"]);
    assert!(names(&folder, "out").contains(&"cells.previous".to_owned()));
    // Begun once more after a whole run, nothing of the first is left.
    folder.succeeds(&["run", EXPERIMENT, "--out", "out"]);
    assert!(!names(&folder, "out").contains(&"cells.previous".to_owned()));
}

#[test]
fn a_folder_that_holds_another_run_is_refused_or_overwritten() {
    let folder = Folder::new();
    folder.succeeds(&["run", EXPERIMENT, "--out", "out"]);
    folder.write("out/mine.txt", "kept");
    let before = cells(&folder, "out").len();
    folder.write("out/cells/mine.txt", "kept");
    let refused = folder.refuses(&["run", other(&folder), "--out", "out"]);
    assert!(refused.contains("`out` holds another run: `synfire run` of [DIR]/two-classes.ron"), "{refused}");
    assert!(refused.contains("--overwrite"), "{refused}");
    assert_eq!(names(&folder, "out/cells").len(), before + 1, "nothing was removed");
    let refused = folder.refuses(&["run", EXPERIMENT, "--seed", "1", "--out", "out"]);
    assert!(
        refused.contains("`out` holds another run: `synfire run` of [DIR]/two-classes.ron\n"),
        "{refused}"
    );
    folder.edit("other.ron", "seeds: [1, 2]", "seeds: [3]");
    folder.succeeds(&["run", "other.ron", "--out", "out", "--overwrite"]);
    let left: Vec<String> = names(&folder, "out/cells");
    assert!(left.contains(&"mine.txt".to_owned()), "{left:?}");
    assert!(left.iter().all(|name| name == "mine.txt" || name.ends_with("-3.json")), "{left:?}");
    assert_eq!(folder.read("out/mine.txt"), b"kept");
}

#[test]
fn files_that_no_run_noted_are_not_written_over() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("out")).expect("a folder");
    folder.succeeds(&["run", EXPERIMENT, "--out", "out"]);
    std::fs::create_dir(folder.path("own")).expect("a folder");
    for name in ["own/report.html", "own/report.txt.partial"] {
        folder.write(name, "mine");
        let refused = folder.refuses(&["run", EXPERIMENT, "--out", "own"]);
        assert!(refused.contains(&format!("`{name}` is a file that no run noted")), "{refused}");
        assert_eq!(folder.read(name), b"mine");
        std::fs::remove_file(folder.path(name)).expect("a file");
    }
    // What the run reads is not written over either, whatever its name.
    std::fs::rename(folder.path("features.npy"), folder.path("own/run.json.partial")).expect("a file");
    folder.edit(EXPERIMENT, "features.npy", "own/run.json.partial");
    let refused = folder.refuses(&["run", EXPERIMENT, "--out", "own"]);
    assert!(refused.contains("`own/run.json.partial` is a file that this run reads"), "{refused}");
    folder.write("file", "");
    let refused = folder.refuses(&["run", EXPERIMENT, "--out", "file"]);
    assert!(refused.contains("`file` is a file"), "{refused}");
}

/// Where no folder can be made, or something stands where the run writes, that is the user's to mend.
#[test]
fn what_stands_in_the_way_of_an_output_is_named() {
    let folder = Folder::new();
    folder.write("file", "mine");
    for out in ["file/out", "file/out/deeper"] {
        let refused = folder.refuses(&["run", EXPERIMENT, "--out", out]);
        assert!(refused.contains(&format!("no output folder at `{out}`: `file` is a file")), "{refused}");
        assert!(refused.contains("allowed: a new folder, or that of an earlier run"), "{refused}");
    }
    folder.succeeds(&["run", EXPERIMENT, "--out", "out"]);
    let run = ["run", EXPERIMENT, "--out", "out"];
    let overwrite = ["run", other(&folder), "--out", "out", "--overwrite"];
    let listed = [
        "summary.json",
        "report.html",
        "report.txt.partial",
        "cells/learned-1.json",
        "run.lock",
        "samples.csv",
    ];
    for name in listed {
        let path = folder.path("out").join(name);
        let before = std::fs::read(&path).ok();
        let _ = std::fs::remove_file(&path);
        std::fs::create_dir(&path).expect("a folder");
        let there = (names(&folder, "out"), names(&folder, "out/cells"));
        for arguments in [&["resume", "out"][..], &run, &overwrite] {
            let refused = folder.refuses(arguments);
            let wanted = format!("error: `out/{name}` is a folder, and the run has a file there");
            assert_eq!(refused.lines().next(), Some(wanted.as_str()), "{arguments:?}");
            assert!(refused.contains("   = allowed: "), "{refused}");
        }
        assert_eq!((names(&folder, "out"), names(&folder, "out/cells")), there, "nothing was removed");
        std::fs::remove_dir(&path).expect("a folder");
        before.into_iter().for_each(|bytes| std::fs::write(&path, bytes).expect("a file"));
    }
    std::fs::remove_dir_all(folder.path("out/cells")).expect("a folder");
    folder.write("out/cells", "mine");
    let refused = folder.refuses(&["resume", "out"]);
    assert!(refused.contains("`out/cells` is a file, and the run has a folder there"), "{refused}");
    std::fs::create_dir(folder.path("own")).expect("a folder");
    folder.write("own/cells", "mine");
    let refused = folder.refuses(&["run", EXPERIMENT, "--out", "own"]);
    assert!(refused.contains("`own/cells` is a file, and the run has a folder there"), "{refused}");
    assert_eq!(names(&folder, "own"), ["cells"]);
    let unmeasured = folder.refuses(&["calibrate", "small", "--out", "new.ron"]);
    assert!(unmeasured.contains("no `measured` row") && unmeasured.contains("energy_pj: .."), "{unmeasured}");
    let new = ["calibrate", "small", "--out", "file/new.ron"];
    let ended = folder.run(&new);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_the_system_refuses_is_named() {
    let folder = Folder::new();
    let refused = folder.refuses(&["run", EXPERIMENT, "--out", "/proc/nope"]);
    assert!(refused.contains("error: no output folder at `/proc/nope`: "), "{refused}");
    assert!(refused.contains("allowed: a new folder, or that of an earlier run"), "{refused}");
}

/// A full disk is no wrong input, and leaves nothing that stands in the way of the next try.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_nothing_behind() {
    for command in [&["map", NETWORK][..], &["calibrate", "odin"]] {
        let folder = Folder::new();
        let before = names(&folder, ".");
        let full =
            || std::os::unix::fs::symlink("/dev/full", folder.path("new.ron.partial")).expect("a link");
        let arguments = [command, &["--out", "new.ron"]].concat();
        full();
        let ended = folder.run(&arguments);
        assert_eq!(ended.code, Some(1), "{command:?}: {}", ended.err);
        assert!(ended.err.contains("new.ron: No space left on device"), "{}", ended.err);
        assert!(!ended.err.contains("nothing was run"), "{}", ended.err);
        assert_eq!(names(&folder, "."), before, "{command:?}");
        folder.succeeds(&arguments);
        let elsewhere = folder.refuses(&[command, &["--out", "none/new.ron"]].concat());
        assert!(
            elsewhere.contains("allowed: a new file in a folder where files can be written"),
            "{elsewhere}"
        );
    }
}

#[test]
fn everything_written_is_listed() {
    let folder = Folder::new();
    folder.succeeds(&["run", EXPERIMENT, "--out", "out"]);
    let note: Value = serde_json::from_slice(&folder.read("out/run.json")).expect("JSON");
    let listed: Vec<&str> =
        note["outputs"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    let mut found = names(&folder, "out");
    found.retain(|name| !["run.json", "run.lock", "cells"].contains(&name.as_str()));
    found.extend(names(&folder, "out/cells").into_iter().map(|name| format!("cells/{name}")));
    for name in found {
        assert!(listed.contains(&name.as_str()), "{name} is not in {listed:?}");
    }
}

/// A folder with a run in `whole`, and the same killed in `out`; these of its files are then moved to `moved`.
#[cfg(unix)]
fn killed_and_moved(names: &[&str]) -> Folder {
    let folder = Folder::new();
    folder.edit(EXPERIMENT, "epochs: 2", "epochs: 100");
    folder.edit(EXPERIMENT, "seeds: [1, 2]", "seeds: [1]");
    folder.succeeds(&["run", EXPERIMENT, "--threads", "1", "--out", "whole"]);
    let mut child = begun(&folder, "out");
    child.kill().expect("the command");
    child.wait().expect("the command");
    std::fs::create_dir(folder.path("moved")).expect("a folder");
    for name in names {
        std::fs::rename(folder.path(name), folder.path("moved").join(name)).expect("a file");
    }
    folder
}

#[cfg(unix)]
#[test]
fn a_run_goes_on_after_its_folders_were_moved() {
    let folder = killed_and_moved(&[EXPERIMENT, NETWORK, "features.npy", "labels.npy", "out"]);
    folder.succeeds(&["resume", "moved/out"]);
    assert_eq!(cells(&folder, "moved/out"), cells(&folder, "whole"));
}

/// Moved alone, the experiment is found where `--experiment` says.
#[cfg(unix)]
#[test]
fn a_run_goes_on_with_an_experiment_that_was_moved_alone() {
    let folder = killed_and_moved(&[EXPERIMENT, NETWORK, "features.npy", "labels.npy"]);
    let refused = folder.refuses(&["resume", "out"]);
    assert!(refused.contains("help: `--experiment FILE` says where it is now"), "{refused}");
    folder.edit("moved/two-classes.ron", "epochs: 100", "epochs: 99");
    folder.refuses(&["resume", "out", "--experiment", "moved/two-classes.ron"]);
    folder.edit("moved/two-classes.ron", "epochs: 99", "epochs: 100");
    folder.succeeds(&["resume", "out", "--experiment", "moved/two-classes.ron"]);
    assert_eq!(cells(&folder, "out"), cells(&folder, "whole"));
}

#[test]
fn a_changed_note_is_refused() {
    let folder = Folder::new();
    folder.succeeds(&["run", EXPERIMENT, "--out", "out"]);
    folder.edit("out/run.json", "\"seed\": null", "\"seed\": 7");
    let refused = folder.refuses(&["resume", "out"]);
    assert!(refused.contains("it was changed: its SHA-256 does not match its content"), "{refused}");
    let refused = folder.refuses(&["run", EXPERIMENT, "--out", "out", "--overwrite"]);
    assert!(refused.contains("to remove this one by hand"), "{refused}");
}

#[test]
fn errors_are_json_where_json_was_asked_for() {
    let folder = Folder::new();
    folder.edit(NETWORK, "    populations:", "    poplations:");
    for arguments in [&["run", EXPERIMENT, "--json"][..], &["run", "--json"], &["run", "nothing", "--json"]] {
        let ended = folder.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:?}");
        let error: Value = serde_json::from_str(&ended.err).unwrap_or_else(|e| panic!("{e}: {}", ended.err));
        assert_eq!((&error["kind"], &error["status"]), (&"error".into(), &2.into()));
    }
    let error: Value = serde_json::from_str(&folder.run(&["run", EXPERIMENT, "--json"]).err).expect("JSON");
    assert_eq!(error["problems"][0]["file"], "two-classes.network.ron");
    assert!(error["problems"][0]["line"].as_u64().is_some_and(|line| line > 1), "{error}");
}

#[cfg(unix)]
#[test]
fn paths_that_are_no_files_are_refused_at_once() {
    let folder = Folder::new();
    folder.write("zero.chip.ron", "(format: \"synfire-chip/1\", extends: \"/dev/zero\")");
    let refused = folder.refuses(&["check", "zero.chip.ron"]);
    assert!(refused.contains("allowed: a regular file"), "{refused}");
    let refused = folder.refuses(&["check", "/dev/zero"]);
    assert!(refused.contains("allowed: a regular file"), "{refused}");
    let refused = folder.refuses(&["check", "."]);
    assert!(refused.contains("it is a folder"), "{refused}");
    let piped = std::process::Command::new("mkfifo").arg(folder.path("pipe.npy")).status().expect("mkfifo");
    assert!(piped.success());
    std::fs::remove_file(folder.path("features.npy")).expect("a file");
    std::fs::rename(folder.path("pipe.npy"), folder.path("features.npy")).expect("a pipe");
    let refused = folder.refuses(&["check", EXPERIMENT]);
    assert!(refused.contains("a device, a pipe or a socket"), "{refused}");
}

#[test]
fn a_comment_may_hold_any_word() {
    let folder = Folder::new();
    let chip = folder.succeeds(&["presets", "small"]);
    folder.write("small.ron", format!("// The format of weights is \"eight bits\".\n{chip}"));
    let said = folder.succeeds(&["check", "small.ron"]);
    assert!(said.contains("chip `small`"), "{said}");
}
