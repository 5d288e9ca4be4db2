//! The files of a sweep: edited between two runs or during one, not there and then there, and read once for all points.

use super::folder::{Folder, npy};
use super::serve::Serving;
use super::sweeps::{self, SWEEP, repeat, table, told};
use insta::assert_snapshot;
use std::time::{Duration, Instant};

/// Two trials.
fn small() -> Folder {
    let folder = sweeps::folder();
    let sweep = SWEEP.replace("List([13, 14])", "List([13])").replace("seeds: [3, 4]", "seeds: [3]");
    folder.write("s.ron", sweep);
    folder
}

const NETWORK: &str = "two-classes.network.ron";

/// A folder says which file is another than when it was begun, and keeps everything.
#[test]
fn a_file_that_was_edited_since_is_named_and_nothing_is_lost() {
    let folder = small();
    folder.succeeds(&["sweep", "s.ron", "--out", "out"]);
    let (before, network) = (told(&folder, "out"), folder.read(NETWORK));
    folder.edit(NETWORK, "neurons: 16", "neurons: 12");
    assert_snapshot!(folder.refuses(&["sweep", "s.ron", "--out", "out"]), @r#"
    error: `out` holds this sweep as it was before `two-classes.network.ron` was edited
       = allowed: another folder (`--out`), or `--grow`, which keeps the results that both have
       = nothing was run; exit status 2
    "#);
    folder.edit("two-classes.ron", "rate_per_mille: 400", "rate_per_mille: 300");
    folder.edit("s.ron", "List([2, 4])", "List([2, 3])");
    assert_snapshot!(folder.refuses(&["sweep", "plan", "s.ron", "--out", "out"]), @r#"
    error: `out` holds another sweep: `Rates and meshes`, 2 trials of two-classes.ron; since then `two-classes.network.ron`, `two-classes.ron` were edited
       = allowed: another folder (`--out`), or `--grow`, which keeps the results that both have
       = nothing was run; exit status 2
    "#);
    let shard = folder.refuses(&["sweep", "s.ron", "--out", "out", "--shard", "1/2"]);
    assert!(shard.contains("since then `two-classes.network.ron`, `two-classes.ron` were edited"), "{shard}");
    folder.succeeds(&["sweep", "s.ron", "--out", "other"]);
    let merged = folder.refuses(&["sweep", "merge", "out", "other", "--out", "both"]);
    let wanted = "two sweeps: beside that of `out`, `other` holds another sweep: `Rates and meshes`, 2 trials of \
                  two-classes.ron; since then `two-classes.network.ron`, `two-classes.ron` were edited";
    assert!(merged.contains(wanted), "{merged}");
    folder.edit("two-classes.ron", "rate_per_mille: 300", "rate_per_mille: 400");
    folder.edit("s.ron", "List([2, 3])", "List([2, 4])");
    folder.write(NETWORK, &network);
    let ended = folder.run(&["sweep", "s.ron", "--out", "out"]);
    assert!(
        ended.code == Some(0) && ended.err.starts_with("0 trials (2 were finished earlier)"),
        "{}",
        ended.err
    );
    assert_eq!(told(&folder, "out"), before);
}

/// What is edited meanwhile ends the sweep as bad input does, with what ran before kept.
#[test]
fn an_edit_meanwhile_ends_a_sweep_with_status_2() {
    let folder = sweeps::folder();
    let seeds: Vec<String> = (0..60).map(|seed| seed.to_string()).collect();
    folder.edit("s.ron", "[3, 4]", &format!("[{}]", seeds.join(", ")));
    let mut child =
        folder.command(&["sweep", "s.ron", "--out", "out", "--threads", "2"]).spawn().expect("the command");
    let results = || std::fs::read_dir(folder.path("out/results")).map_or(0, Iterator::count);
    let begun = Instant::now();
    while results() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(120) && child.try_wait().expect("a child").is_none());
        std::thread::sleep(Duration::from_millis(2));
    }
    folder.edit(NETWORK, "neurons: 16", "neurons: 12");
    let ended = folder.ended(child.wait_with_output().expect("its end"));
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    let wanted =
        "error: `two-classes.network.ron` was edited while the sweep was at work: no result since is kept";
    assert!(ended.err.contains(wanted) && !ended.err.contains("nothing was run"), "{}", ended.err);
    assert!((2..240).contains(&results()), "it ended early, and keeps what it had");
}

/// A file that would be taken in place of one that the program carries.
#[test]
fn a_file_that_appears_meanwhile_is_noticed() {
    let folder = Folder::new();
    let mut serving = Serving::begin(&folder, "layers.sweep");
    serving.answer("");
    folder.write("layers.ron", "no experiment");
    let refused = serving
        .answer(r#"{"id": 1, "values": {"neurons": 64, "lanes": [2, 2], "mesh": [6, 6], "voltage": 0.9}}"#);
    assert_eq!(refused["status"], "refused", "{refused}");
    let error = refused["error"].as_str().expect("a text");
    assert!(error.contains("`layers.ron` was not there, and is while the sweep was at work"), "{error}");
    // A folder of that name hides nothing.
    std::fs::remove_file(folder.path("layers.ron")).expect("a file");
    std::fs::create_dir(folder.path("layers.ron")).expect("a folder");
    let refused = serving.answer(r#"{"id": 2, "values": {"neurons": 64}}"#);
    assert!(!refused["error"].as_str().expect("a text").contains("was not there"), "{refused}");
    serving.end();
}

/// Every stimulus of a file, read once for all points: each has what it has by itself, where a point reads it otherwise too.
#[cfg(unix)]
#[test]
fn points_that_share_their_inputs_have_the_numbers_of_their_commands() {
    let folder = Folder::new();
    let neuron = "neuron: (current_decay: 0, membrane_decay: Factor(3000), threshold: 1.0)";
    folder.write(
        "net.ron",
        format!(
            "(format: \"synfire-network/1\", inputs: [(name: \"a\", neurons: 4), (name: \"b\", neurons: 4), \
             (name: \"c\", neurons: 4), (name: \"d\", neurons: 8)], populations: [(name: \"p\", neurons: 8, {neuron})], \
             projections: [{}])",
            ["a", "b", "c", "d"].map(|from| format!(
                "(name: \"{from}\", from: \"{from}\", to: \"p\", connect: AllToAll, weights: Constant(0.1), store: (bits: \
                 8, fraction: 7))"
            ))
            .join(", ")
        ),
    );
    let raster: Vec<u8> = (0..160).map(|at| u8::from(at % 3 == 0)).collect();
    folder.write("raster.npy", npy("|u1", &[40, 4], &raster));
    let wave: Vec<u8> = (0..160_u32).map(|at| (at * at % 97) as u8).collect();
    folder.write("wave.npy", npy("|u1", &[40, 4], &wave));
    folder.write("features.npy", npy("|u1", &[2, 4], &[1, 50, 200, 255, 9, 8, 7, 6]));
    folder.write(
        "exp.ron",
        "(format: \"synfire-experiment/1\", title: \"t\", chip: \"small\", task: Simulate((network: \"net.ron\", steps: \
         40, samples: Some((steps: 20)), stimuli: [Raster(input: \"a\", file: \"raster.npy\"), SigmaDelta(input: \"b\", \
         file: \"wave.npy\", full_scale: 100), RateCode(input: \"c\", features: \"features.npy\", rate_per_mille: 500), \
         SendOnDelta(input: \"d\", file: \"wave.npy\", threshold: 20)])))",
    );
    folder.write(
        "s.ron",
        "(format: \"synfire-sweep/1\", title: \"t\", experiment: \"exp.ron\", axes: [(name: \"scale\", values: \
         {\"experiment.task.stimuli[1].SigmaDelta.full_scale\": List([100, 400])}), (name: \"threshold\", values: \
         {\"experiment.task.stimuli[3].SendOnDelta.threshold\": List([20, 60])}), (name: \"steps\", values: \
         {\"experiment.task.samples.steps\": List([20, 40])})], objectives: [(of: InferenceEnergy), (of: StepTime)])",
    );
    folder.succeeds(&["sweep", "s.ron", "--out", "out", "--threads", "1"]);
    let runs = table(&folder, "out/runs.csv");
    let energy = |at: usize| runs[at]["inference_energy_aj"].parse::<f64>().expect("an energy");
    for (at, line) in runs.iter().enumerate() {
        let summary = repeat(&folder, &line["command"]);
        let total = &summary["parts"][0]["stages"]["inference"]["energy"]["total_aj"];
        assert_eq!(total.as_f64(), Some(energy(at)), "{}", line["command"]);
    }
    assert!(runs.len() == 8 && energy(0) != energy(2) && energy(0) != energy(4), "{runs:?}");
}
