//! Checkpoints and finished cells that a run must not go on from.

use super::folder::{EXPERIMENT, Folder, NETWORK};
use insta::assert_snapshot;
use sha2::{Digest, Sha256};

/// A folder with an interrupted run in `out`, and the bytes of its checkpoint.
#[cfg(unix)]
fn interrupted() -> (Folder, Vec<u8>) {
    let folder = Folder::new();
    folder.edit(EXPERIMENT, "epochs: 2", "epochs: 600");
    let mut child = super::interrupted::begun(&folder, "out");
    child.kill().expect("the command");
    child.wait().expect("the command");
    let bytes = folder.read(CHECKPOINT);
    (folder, bytes)
}

const CHECKPOINT: &str = "out/cells/learned-1.checkpoint";

/// What is said after the line that counts the work.
fn message(text: &str) -> String {
    let lines = text.lines().skip_while(|line| !line.starts_with("error"));
    let hashes = |line: &str| {
        let hash = |word: &str| word.trim_end_matches(',').len() == 64;
        line.split(' ').map(|w| if hash(w) { "[SHA-256]" } else { w }).collect::<Vec<_>>().join(" ")
    };
    lines.map(hashes).collect::<Vec<_>>().join("\n")
}

#[cfg(unix)]
#[test]
fn a_truncated_or_damaged_checkpoint() {
    let (folder, whole) = interrupted();
    let length = whole.len().to_string();
    let resumed = |bytes: &[u8]| {
        folder.write(CHECKPOINT, bytes);
        message(&folder.refuses(&["resume", "out"])).replace(&length, "[LENGTH]")
    };
    assert_snapshot!(resumed(&whole[..500]), @r#"
    error: out/cells/learned-1.checkpoint: truncated or damaged: 500 bytes, the header says [LENGTH]
       = help: restore what it belongs to, begin a new run, or delete it to compute its cell anew
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(resumed(&whole[..12]), @r#"
    error: out/cells/learned-1.checkpoint: truncated or damaged: 12 bytes, the header needs 16
       = help: restore what it belongs to, begin a new run, or delete it to compute its cell anew
       = nothing was run; exit status 2
    "#);
    for length in [0, 1, 7, 8, 15, 16, 47, 48, whole.len() - 1] {
        resumed(&whole[..length]);
    }
    let mut flipped = whole.clone();
    flipped[300] ^= 1;
    assert_snapshot!(resumed(&flipped), @r#"
    error: out/cells/learned-1.checkpoint: truncated or damaged: its SHA-256 does not match its content
       = help: restore what it belongs to, begin a new run, or delete it to compute its cell anew
       = nothing was run; exit status 2
    "#);
}

/// A hash says that the bytes are those that were written, not that they are of this cell: nothing runs before every state
/// was tried.
#[cfg(unix)]
#[test]
fn a_checkpoint_with_the_right_hash_and_a_state_that_does_not_fit() {
    let (folder, whole) = interrupted();
    let at = whole.windows(8).rposition(|bytes| bytes == b"analytic").expect("the name of a cost model");
    let mut other = whole[..whole.len() - 32].to_vec();
    other[at..at + 8].copy_from_slice(b"cyclical");
    let digest: [u8; 32] = Sha256::digest(&other).into();
    folder.write(CHECKPOINT, [&other[..], &digest].concat());
    let said = message(&folder.refuses(&["resume", "out", "--threads", "2"]));
    assert_snapshot!(said, @r#"
    error: out/cells/learned-1.checkpoint: truncated or damaged: a state of the cost model `cyclical`, not of `analytic`
       = help: restore what it belongs to, begin a new run, or delete it to compute its cell anew
       = nothing was run; exit status 2
    "#);
}

#[cfg(unix)]
#[test]
fn a_checkpoint_of_another_program_or_of_other_inputs() {
    let (folder, whole) = interrupted();
    folder.write(CHECKPOINT, "PK\x03\x04 an archive, not a checkpoint");
    assert_snapshot!(message(&folder.refuses(&["resume", "out"])), @r#"
    error: out/cells/learned-1.checkpoint: not a Synfire checkpoint (its first bytes are not `SYNFIRE`)
       = help: restore what it belongs to, begin a new run, or delete it to compute its cell anew
       = nothing was run; exit status 2
    "#);
    folder.write(CHECKPOINT, &whole);
    folder.edit(NETWORK, "Uniform(low: -0.3", "Uniform(low: -0.2");
    assert_snapshot!(message(&folder.refuses(&["resume", "out"])), @r#"
    error: `out` holds another run: `synfire run` of [DIR]/two-classes.ron, before a change of its network
       = allowed: its experiment, as it was when the run began; a new run in another folder (`--out`) or, with `--overwrite`, in this one
       = nothing was run; exit status 2
    "#);
    folder.edit(NETWORK, "Uniform(low: -0.2", "Uniform(low: -0.3");
    // Of the same network, but another experiment.
    folder.edit(EXPERIMENT, "right: 1.0", "right: 1.5");
    assert!(folder.refuses(&["resume", "out"]).contains("before a change of its settings"));
    // Of another cell of the same experiment.
    folder.edit(EXPERIMENT, "right: 1.5", "right: 1.0");
    let left = std::fs::read_dir(folder.path("out/cells")).expect("cells");
    let left =
        left.filter(|file| !file.as_ref().is_ok_and(|f| f.path().extension() == Some("partial".as_ref())));
    assert_eq!(left.count(), 1, "no other cell was begun");
    folder.write("out/cells/learned-2.checkpoint", &whole);
    std::fs::remove_file(folder.path(CHECKPOINT)).expect("a file");
    assert_snapshot!(message(&folder.refuses(&["resume", "out", "--threads", "2"])), @r#"
    error: out/cells/learned-2.checkpoint: belongs to other inputs (chip, network or experiment changed): fingerprint [SHA-256] now [SHA-256]
       = help: restore what it belongs to, begin a new run, or delete it to compute its cell anew
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_finished_cell_of_other_inputs() {
    let folder = Folder::new();
    folder.succeeds(&["run", EXPERIMENT, "--out", "out"]);
    // That of another seed under its name.
    let own = folder.read("out/cells/learned-1.json");
    std::fs::copy(folder.path("out/cells/learned-2.json"), folder.path("out/cells/learned-1.json"))
        .expect("a copy");
    assert_snapshot!(message(&folder.refuses(&["resume", "out", "--threads", "1"])), @r#"
    error: out/cells/learned-1.json: belongs to other inputs (chip, network or experiment changed): fingerprint [SHA-256] now [SHA-256]
       = help: restore what it belongs to, begin a new run, or delete it to compute its cell anew
       = nothing was run; exit status 2
    "#);
    folder.write("out/cells/learned-1.json", own);
    folder.succeeds(&["resume", "out"]);
    // One digit of an accuracy: still a number, no longer what was computed.
    let whole = String::from_utf8(folder.read("out/cells/learned-1.json")).expect("a text");
    let digit = 3 + whole.find("\"wall_seconds\":").map(|at| at + 14).expect("a number");
    let other = if whole.as_bytes()[digit] == b'7' { "8" } else { "7" };
    let mut changed = whole.clone();
    changed.replace_range(digit..=digit, other);
    folder.write("out/cells/learned-1.json", &changed);
    assert_snapshot!(message(&folder.refuses(&["resume", "out", "--threads", "1"])), @r#"
    error: out/cells/learned-1.json: truncated or damaged: its SHA-256 does not match its content
       = help: restore what it belongs to, begin a new run, or delete it to compute its cell anew
       = nothing was run; exit status 2
    "#);
    folder.write("out/cells/learned-1.json", &whole);
    folder.succeeds(&["resume", "out"]);
    folder.write("out/cells/learned-1.json", [b"{\"fingerprint\": \"", &[0xff_u8][..]].concat());
    assert_snapshot!(message(&folder.refuses(&["resume", "out", "--threads", "1"])), @r#"
    error: out/cells/learned-1.json: truncated or damaged: byte 17 is not UTF-8 text
       = help: restore what it belongs to, begin a new run, or delete it to compute its cell anew
       = nothing was run; exit status 2
    "#);
    folder.write("out/cells/learned-1.json", "{\"fingerprint\": ");
    assert_snapshot!(message(&folder.refuses(&["resume", "out", "--threads", "1"])), @r#"
    error: out/cells/learned-1.json: truncated or damaged: EOF while parsing a value at line 1 column 16
       = help: restore what it belongs to, begin a new run, or delete it to compute its cell anew
       = nothing was run; exit status 2
    "#);
}
