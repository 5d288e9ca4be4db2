//! Runs that are stopped in the middle, and go on to the same bits; commands that are stopped before they run.

use super::folder::{EXPERIMENT, Folder};
use super::runs::cells;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Begins a run that saves every few milliseconds, and waits for its first checkpoint.
pub fn begun(folder: &Folder, out: &str) -> Child {
    begun_with(folder, out, &[])
}

/// The same with further arguments.
pub fn begun_with(folder: &Folder, out: &str, further: &[&str]) -> Child {
    let mut command = folder.command(&["run", EXPERIMENT, "--threads", "1", "--out", out]);
    command.args(further);
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

/// A network that takes long to draw and little memory: few synapses, each found among many neurons.
const SLOW: &str = "slow.network.ron";

/// Begins a command that loads [`SLOW`], and waits until it listens to signals and has begun to draw.
fn loading(folder: &Folder, arguments: &[&str]) -> Child {
    let neuron = "current_decay: 0, membrane_decay: 0, threshold: 1";
    let projection = |index: u32| {
        format!(
            "(name: \"p{index}\", from: \"a\", to: \"a\", connect: Random(targets: 1), weights: Lanes(1), \
             store: (bits: 8, fraction: 0)),"
        )
    };
    let text = format!(
        "(format: \"synfire-network/1\", populations: [(name: \"a\", neurons: 250_000, neuron: ({neuron}))], \
         projections: [{}])",
        (0..60).map(projection).collect::<String>()
    );
    folder.write(SLOW, text);
    let child = folder.command(arguments).spawn().expect("the command");
    let begin = Instant::now();
    while !listens(&child) {
        assert!(begin.elapsed() < Duration::from_secs(60), "it never listened to signals");
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(300));
    child
}

/// Whether a process catches SIGTERM. Where the system does not say, half a second is enough.
fn listens(child: &Child) -> bool {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", child.id())) else {
        std::thread::sleep(Duration::from_millis(500));
        return true;
    };
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("a mask of signals");
    let caught = u64::from_str_radix(caught.trim(), 16).expect("a mask of signals");
    caught >> (15 - 1) & 1 == 1
}

#[test]
fn while_files_are_loaded_a_signal_ends_at_once() {
    let folder = Folder::new();
    folder.write(
        "slow.ron",
        format!(
            "(format: \"synfire-experiment/1\", title: \"slow\", chip: \"paper\", \
             task: Simulate((network: \"{SLOW}\", steps: 1)))"
        ),
    );
    let check = ["check", SLOW, "--chip", "paper"];
    let run = ["run", "slow.ron", "--threads", "1", "--out", "out"];
    for (arguments, name) in [(&check[..], "-TERM"), (&check, "-INT"), (&run, "-TERM"), (&run, "-INT")] {
        let mut child = loading(&folder, arguments);
        assert!(child.try_wait().expect("the command").is_none(), "{arguments:?}: nothing left to interrupt");
        signal(&child, name);
        let sent = Instant::now();
        let ended = folder.ended(child.wait_with_output().expect("the command"));
        assert!(sent.elapsed() < Duration::from_millis(700), "{arguments:?} {name}: {:?}", sent.elapsed());
        let said = (ended.code, ended.out.as_str(), ended.err.as_str());
        assert_eq!(said, (Some(130), "", ""), "{arguments:?} {name}");
        assert!(!folder.path("out").exists(), "nothing was begun");
    }
}

/// An experiment whose data takes minutes to draw.
const DRAWN: &str = "drawn.ron";

/// Begins a command, and waits until its cells are at work.
fn at_work(folder: &Folder, arguments: &[&str]) -> Child {
    use std::io::{BufRead, BufReader};
    let mut child = folder.command(arguments).spawn().expect("the command");
    let mut said = String::new();
    // Not dropped before the command ends: it goes on to write there.
    let mut lines = BufReader::new(child.stderr.take().expect("its standard error"));
    while !said.starts_with("0 of ") {
        said.clear();
        assert!(lines.read_line(&mut said).expect("a line") > 0, "{arguments:?}: it ended before");
    }
    child.stderr = Some(lines.into_inner());
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().expect("the command").is_none(), "{arguments:?}: nothing left to interrupt");
    child
}

/// A signal while cells are at work that have nothing to save yet: it is not waited for what they do.
fn ends_at_once(folder: &Folder, arguments: &[&str], name: &str) {
    let child = at_work(folder, arguments);
    signal(&child, name);
    let sent = Instant::now();
    let ended = folder.ended(child.wait_with_output().expect("the command"));
    assert!(sent.elapsed() < Duration::from_secs(1), "{arguments:?} {name}: {:?}", sent.elapsed());
    assert_eq!((ended.code, ended.out.as_str()), (Some(130), ""), "{arguments:?} {name}: {}", ended.err);
    assert!(ended.err.contains("go on with: synfire resume out"), "{}", ended.err);
}

#[test]
fn while_data_is_drawn_a_signal_ends_at_once() {
    let folder = Folder::new();
    let data = "Randman((neurons: 8, classes: 2, dimensions: 16, smoothness: 0.5, steps: 20, \
                sizes: (train: 100_000, validation: 0, test: 10)))";
    folder.edit(EXPERIMENT, "Npy(features: \"features.npy\", labels: \"labels.npy\")", data);
    folder.edit(EXPERIMENT, "Rate(input: \"pixels\", rate_per_mille: 400)", "Events(input: \"pixels\")");
    folder.edit(EXPERIMENT, "test_per_mille: 300,", "");
    std::fs::rename(folder.path(EXPERIMENT), folder.path(DRAWN)).expect("a file");
    for (command, name) in [("run", "-TERM"), ("gradient", "-INT"), ("bptt", "-TERM")] {
        for threads in ["1", "2"] {
            ends_at_once(&folder, &[command, DRAWN, "--threads", threads, "--out", "out"], name);
            // Nor where the run goes on.
            ends_at_once(&folder, &["resume", "out", "--threads", threads], name);
        }
        std::fs::remove_dir_all(folder.path("out")).expect("a folder");
    }
}

#[test]
fn while_rules_are_measured_a_signal_ends_at_once() {
    let folder = Folder::new();
    folder.edit(EXPERIMENT, "epochs: 2", "epochs: 100_000");
    folder.edit(EXPERIMENT, "\"network.projections[pixels_hidden].learning\": None,", "");
    for name in ["-INT", "-TERM"] {
        ends_at_once(&folder, &["gradient", EXPERIMENT, "--threads", "1", "--out", "out"], name);
    }
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
    folder.edit(EXPERIMENT, "epochs: 2", "epochs: 300");
    folder.edit(EXPERIMENT, "seeds: [1, 2]", "seeds: [1]");
    let child = begun(&folder, "out");
    signal(&child, "-INT");
    child.wait_with_output().expect("the command");
    let ended = folder.run(&["run", EXPERIMENT, "--out", "out"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("its cells are kept in out/cells.previous"), "{}", ended.err);
    assert!(folder.path("out/cells.previous/learned-1.checkpoint").is_file());
}

/// A trace that is gone, cut before the checkpoint or of another run ends a resumption before it computes anything.
#[test]
fn a_trace_that_cannot_go_on_is_refused() {
    let folder = Folder::new();
    let trace = "trace: (registers: Named([\"C\", \"W\"]))";
    folder.edit(EXPERIMENT, "epochs: 2", &format!("epochs: 300, {trace}"));
    folder.edit(EXPERIMENT, "seeds: [1, 2]", "seeds: [1]");
    let child = begun(&folder, "out");
    signal(&child, "-INT");
    child.wait_with_output().expect("the command");
    let trace = folder.path("out/retire.trace");
    let whole = folder.read("out/retire.trace");
    let cut = whole[..whole.len() / 4].to_vec();
    let other = b"synfire-trace 1\nsteps 0 1\n".to_vec();
    for (left, part) in [(None, "cannot open"), (Some(cut), "the trace is cut"), (Some(other), "contract")] {
        match &left {
            None => std::fs::remove_file(&trace).expect("a trace"),
            Some(bytes) => std::fs::write(&trace, bytes).expect("a file"),
        }
        let said = folder.refuses(&["resume", "out"]);
        for part in ["retire.trace", part, "help: restore it", "learned-1.checkpoint"] {
            assert!(said.contains(part), "no `{part}` in {said}");
        }
    }
    std::fs::write(&trace, &whole).expect("a file");
    let child = folder.command(&["resume", "out"]).spawn().expect("the command");
    std::thread::sleep(Duration::from_millis(200));
    signal(&child, "-INT");
    let ended = folder.ended(child.wait_with_output().expect("the command"));
    assert!(matches!(ended.code, Some(0 | 130)), "{}", ended.err);
}

/// Kills at moments all over a run, those of writing included, one after the other until it ends: the bits, the bill and
/// the times on the chip are those of a run that nothing stopped, and so are its retire trace and its recordings. `SYNFIRE_KILLS` says how many kills there are at least.
#[test]
fn kills_at_any_moment_change_nothing() {
    let kills = std::env::var("SYNFIRE_KILLS").map_or(6, |text| text.parse().expect("a number of kills"));
    let folder = Folder::new();
    let trace = "trace: (form: Binary, registers: Named([\"C\", \"S\", \"P\", \"W\"])), probes: [\
                 (population: \"hidden\", record: [All], every: 7), \
                 (projection: \"pixels_hidden\", record: [Weights], from: 100, every: 2000)]";
    folder.edit(EXPERIMENT, "epochs: 2", &format!("epochs: 60, {trace}"));
    let saving = |arguments: &[&str]| {
        let mut command = folder.command(arguments);
        command.env("SYNFIRE_SAVE_EVERY_MS", "2").spawn().expect("the command")
    };
    let begin = Instant::now();
    let child = saving(&["run", EXPERIMENT, "--threads", "2", "--out", "whole"]);
    let ended = folder.ended(child.wait_with_output().expect("the command"));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let (whole, wanted) = (begin.elapsed(), cells(&folder, "whole"));
    let traced = folder.read("whole/retire.trace.bin");
    let hashed = wanted["learned-1.json"]["result"]["outputs"].as_array().expect("files");
    assert!(hashed.len() > 10, "{hashed:?}");
    assert!(traced.len() > 10_000, "{} bytes are no trace of the run", traced.len());
    let (mut killed, mut ended) = (0_u32, 0_u32);
    while killed < kills {
        let out = format!("out{ended}");
        // The name of a run that was killed before it noted anything is free.
        let noted = folder.path(&out).join("run.json").is_file();
        let run = ["run", EXPERIMENT, "--threads", "2", "--out", &out];
        let resume = ["resume", &out, "--threads", "2"];
        let child = saving(if noted { &resume } else { &run });
        // Multiples of the golden ratio lie everywhere in 0..1, and never twice.
        std::thread::sleep(whole.mul_f64(f64::from(killed + ended + 1) * 0.618_033_988_75 % 1.0));
        signal(&child, "-KILL");
        let stopped = folder.ended(child.wait_with_output().expect("the command"));
        match stopped.code {
            None => killed += 1,
            Some(0) => {
                ended += 1;
                assert_eq!(cells(&folder, &out), wanted, "after {killed} kills");
                assert!(folder.read(&format!("{out}/retire.trace.bin")) == traced, "after {killed} kills");
            }
            Some(_) => panic!("after {killed} kills: {stopped:?}"),
        }
    }
    let out = format!("out{ended}");
    if folder.path(&out).join("run.json").is_file() {
        folder.succeeds(&["resume", &out, "--threads", "1"]);
        assert_eq!(cells(&folder, &out), wanted, "after {killed} kills");
    }
}
