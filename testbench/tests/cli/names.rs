//! Names on the command line: of experiments, presets and folders.

use super::folder::{EXPERIMENT, Folder};
use insta::assert_snapshot;

#[test]
fn an_unknown_experiment() {
    let folder = Folder::new();
    assert_snapshot!(folder.refuses(&["run", "digts"]), @r#"
    error: no file `digts`
     |
     = help: did you mean the carried file `digits`?
     = allowed: a path, or a carried experiment, such as digits, cues, nmnist, noc, layers (all of them: synfire presets)
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(folder.refuses(&["check", "nowhere/mine.ron"]), @r#"
    error: no file `nowhere/mine.ron`
     |
     = allowed: a path, or a carried experiment, such as cues, nmnist, noc, digits, evidence (all of them: synfire presets)
       = nothing was run; exit status 2
    "#);
}

#[test]
fn an_unknown_preset() {
    assert_snapshot!(Folder::new().refuses(&["presets", "smal"]), @r#"
    error: unknown preset `smal`
     |
     = help: did you mean `small`?
     = allowed: small, rtl, odin, cues, stream, noc, loihi, paper, nmnist, randman, reckon, synfire and 96 more
       = nothing was run; exit status 2
    "#);
}

#[test]
fn every_preset_is_listed_printed_and_good() {
    let folder = Folder::new();
    let list = folder.succeeds(&["presets"]);
    let names: Vec<&str> =
        // What is folded is indented further.
        list.lines().filter_map(|l| l.strip_prefix("  ")?.split(' ').next().filter(|l| !l.is_empty())).collect();
    for name in ["small", "paper", "loihi", "digits", "superspike"] {
        assert!(names.contains(&name), "{list}");
    }
    for name in names {
        let text = folder.succeeds(&["presets", name]);
        ron::from_str::<ron::Value>(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        // Beside each other, the printed files refer to each other.
        folder.write(&format!("{name}.ron"), text);
    }
    for name in ["small.ron", "loihi.ron", "digits.ron", "superspike.ron", "superspike.chip.ron"] {
        let text = folder.succeeds(&["check", name]);
        assert!(text.starts_with(name) && text.ends_with(": good"), "{text}");
    }
}

/// Those of chips too, with what was measured of them.
#[test]
fn a_carried_chip_is_checked_by_its_name() {
    let folder = Folder::new();
    let odin = folder.succeeds(&["check", "odin"]);
    assert!(odin.contains("  a synaptic operation: predicted ") && odin.ends_with(": good"), "{odin}");
    let refused = folder.refuses(&["check", "oden"]);
    assert!(refused.contains("= help: did you mean the chip preset `odin`?"), "{refused}");
}

/// The program of the tests was built without Parquet; the run is not begun.
#[cfg(not(feature = "parquet"))]
#[test]
fn tables_in_a_form_that_this_program_does_not_write() {
    let folder = Folder::new();
    for form in ["parquet", "both"] {
        for command in [&["run", EXPERIMENT][..], &["noc"], &["sweep", "s.ron"]] {
            let refused = folder.refuses(&[command, &["--tables", form, "--out", "out"]].concat());
            let wanted = format!("error: `--tables {form}`: this program was built without Parquet");
            assert!(refused.starts_with(&wanted), "{refused}");
            assert!(refused.contains("--features parquet"), "{refused}");
            assert!(!folder.path("out").exists());
        }
    }
}

#[test]
fn bad_arguments() {
    let folder = Folder::new();
    for arguments in [
        &["frobnicate"][..],
        &["run"],
        &["run", EXPERIMENT, "--threads", "0"],
        &["run", EXPERIMENT, "--seed", "-1"],
    ] {
        folder.refuses(arguments);
    }
}

#[test]
fn resuming_a_folder_without_a_run() {
    let folder = Folder::new();
    assert_snapshot!(folder.refuses(&["resume", "nothing"]), @r#"
    error: no run to go on with: nothing/run.json: No such file or directory (os error 2)
       = allowed: the output folder of a run, with the `run.json` that it wrote
       = nothing was run; exit status 2
    "#);
    folder.write("run.json", "{");
    assert_snapshot!(folder.refuses(&["resume", "."]), @r#"
    error: no run to go on with: ./run.json: EOF while parsing an object at line 1 column 1
       = allowed: the output folder of a run, with the `run.json` that it wrote
       = nothing was run; exit status 2
    "#);
    folder.write("run.json", r#"{"experiment": "gone.ron", "seed": null, "quick": false}"#);
    assert_snapshot!(folder.refuses(&["resume", "."]), @r#"
    error: no run to go on with: ./run.json: missing field `outputs` at line 1 column 56
       = allowed: the output folder of a run, with the `run.json` that it wrote
       = nothing was run; exit status 2
    "#);
    folder.succeeds(&["run", EXPERIMENT, "--out", "out"]);
    std::fs::remove_file(folder.path(EXPERIMENT)).expect("a file");
    assert_snapshot!(folder.refuses(&["resume", "out"]), @r#"
    error: no file `[DIR]/two-classes.ron`
     |
     = allowed: a path, or a carried experiment, such as cues, layers, yin-yang, noc, superspike (all of them: synfire presets)
     = note: `out/run.json` names the experiment
     = help: `--experiment FILE` says where it is now
       = nothing was run; exit status 2
    "#);
}

/// Bare, the command says what it can do; so does `--help`, in groups.
#[test]
fn help_is_in_groups() {
    let folder = Folder::new();
    let help = folder.succeeds(&[]);
    assert_eq!(help, folder.succeeds(&["--help"]));
    assert_snapshot!(help, @r"
    Event-driven simulator of neuromorphic chips that learn on the chip

    Usage: synfire [COMMAND]

    Run:
      run       Run an experiment: a file, or one that the program carries
                (`digits`, `superspike`, ...)
      resume    Go on with an interrupted run

    Explore:
      presets   List what the program carries, or print one of it
      map       Show what a network takes of a chip, and look for a placement with
                less traffic or shorter steps
      sweep     Run many points of an experiment, and find those that no other
                beats; goes on where it was interrupted
      compare-runs
                Set finished runs, points of sweeps, or chips side by side: what
                differs, by what ratio, and whether intervals overlap
      noc       Drive the network between the cores alone: latency and accepted rate
                over offered load
      compare   Compare rules, tasks and weight stores: every carried experiment
                that lists `stores`, or those named

    Verify:
      check     Check an experiment, network, chip or sweep file without running it
      calibrate Fit a chip's prices to its `measured` rows, into a new chip file
      silicon   Print what is predicted of published chips (ODIN, ReckOn) beside
                what was measured of them
      audit     Show what a learning rule reads, writes and stores, declared and
                measured; all rules without a name
      vectors   Draw random networks and programs that reach every rule of the
                contract, and hold the chip to the plain reference in each
      bench     Compare the simulator's hot paths with bare loops over the same
                memory

    Build hardware:
      export    Write the memories of an experiment's chip as images, with what
                comes in, for a hardware bench
      import    Build a chip from exported images and run what comes in; writes
                spikes and weights
      diff      Compare two retire traces: the first step, register and place in
                which they part, with both values
      trace     Show registers of a retire trace as waves: VCD or FST, for GTKWave
                and Surfer

    Study:
      gradient  Measure how well the rules of an experiment agree with the gradient,
                and a chip with its float form
      bptt      Train an experiment's first row off the chip, by back-propagation
                through time, and deploy it
      claims    Try the paper's claims as experiments, and print a verdict on each

    Options:
      -h, --help     Print help
      -V, --version  Print version

    `synfire COMMAND --help` shows what a command takes.
    ");
    assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
}
