//! Runs that are stopped in the middle, and go on to the same bits.

use super::folder::{EXPERIMENT, Folder};
use super::runs::cells;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Begins a run that saves every few milliseconds, and waits for its first checkpoint.
pub fn begun(folder: &Folder, out: &str) -> Child {
    let mut command = folder.command(&["run", EXPERIMENT, "--threads", "1", "--out", out]);
    let child = command.env("SYNFIRE_SAVE_EVERY_MS", "20").spawn().expect("the command");
    let saved = folder.path(out).join("cells").join("learned-1.checkpoint");
    let begin = Instant::now();
    while !saved.is_file() {
        assert!(begin.elapsed() < Duration::from_secs(60), "no checkpoint");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

/// Sends a signal by its name.
fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

/// A folder whose experiment takes seconds, and its cells without an interruption.
fn long() -> Folder {
    let folder = Folder::new();
    folder.edit(EXPERIMENT, "epochs: 2", "epochs: 600");
    folder.edit(EXPERIMENT, "seeds: [1, 2]", "seeds: [1]");
    folder.succeeds(&["run", EXPERIMENT, "--threads", "1", "--out", "whole"]);
    folder
}

#[test]
fn an_interrupt_leaves_a_checkpoint_that_goes_on_to_the_same_bits() {
    let folder = long();
    let child = begun(&folder, "out");
    signal(&child, "-INT");
    let ended = folder.ended(child.wait_with_output().expect("the command"));
    assert_eq!((ended.code, ended.out.as_str()), (Some(130), ""), "{}", ended.err);
    assert!(
        ended.err.ends_with("interrupted; nothing is lost, go on with: synfire resume out"),
        "{}",
        ended.err
    );
    assert!(folder.path("out/cells/learned-1.checkpoint").is_file());
    assert!(!folder.path("out/cells/learned-1.json").exists());
    folder.succeeds(&["resume", "out", "--threads", "2"]);
    assert_eq!(cells(&folder, "out"), cells(&folder, "whole"));
    // Everything is finished: the report again, from what is on the disk.
    let again = folder.run(&["resume", "out", "--json"]);
    assert!(again.code == Some(0) && again.err.contains("(finished earlier)"), "{}", again.err);
    assert_eq!(cells(&folder, "out"), cells(&folder, "whole"));
}

#[test]
fn a_killed_run_goes_on_from_its_last_checkpoint() {
    let folder = long();
    let child = begun(&folder, "out");
    signal(&child, "-KILL");
    let ended = folder.ended(child.wait_with_output().expect("the command"));
    assert_eq!(ended.code, None, "{}", ended.err);
    folder.succeeds(&["resume", "out", "--threads", "1"]);
    let mut left = cells(&folder, "out");
    // A file that was being written when the signal came.
    left.retain(|name, _| !name.ends_with(".partial"));
    assert_eq!(left, cells(&folder, "whole"));
}

#[test]
fn a_new_run_keeps_an_interrupted_one() {
    let folder = Folder::new();
    folder.edit(EXPERIMENT, "epochs: 2", "epochs: 600");
    let child = begun(&folder, "out");
    signal(&child, "-INT");
    child.wait_with_output().expect("the command");
    folder.edit(EXPERIMENT, "epochs: 600", "epochs: 1");
    let ended = folder.run(&["run", EXPERIMENT, "--out", "out"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("its cells are kept in out/cells.previous"), "{}", ended.err);
    assert!(folder.path("out/cells.previous/learned-1.checkpoint").is_file());
}
