//! Files that a run recorded beside its cells: known by their hashes, computed anew where they are missing or others,
//! never removed where the next run reads them.

use super::folder::{Folder, NETWORK};
use serde_json::Value;

const SIMULATION: &str = "simulation.ron";

/// Writes a simulation of so many steps.
fn simulation(folder: &Folder, file: &str, (steps, every): (u32, u32), stimulus: &str) {
    let text = format!(
        "(format: \"synfire-experiment/1\", title: \"Recorded\", chip: \"small\", task: Simulate((\
         network: \"{NETWORK}\", steps: {steps}, stimuli: [{stimulus}], probes: [\
         (population: \"hidden\", record: [Spikes], neurons: [0, 1, 2, 3, 4, 5, 6, 7]), \
         (population: \"readout\", record: [Membrane], every: {every}), \
         (projection: \"pixels_hidden\", record: [Weights], every: {every})])))"
    );
    folder.write(file, text);
}

const NOISE: &str = "Poisson(input: \"pixels\", rate_ppm: 200_000)";

/// The recorded files of a finished run, and their bytes.
fn recorded(folder: &Folder, out: &str) -> Vec<(String, Vec<u8>)> {
    let summary: Value = serde_json::from_slice(&folder.read(&format!("{out}/summary.json"))).expect("JSON");
    let names = summary["outputs"].as_array().expect("a list").iter();
    let names = names.map(|name| name.as_str().expect("a name").to_owned());
    names.map(|name| (name.clone(), folder.read(&format!("{out}/{name}")))).collect()
}

#[test]
fn a_recorded_file_that_is_missing_or_changed_is_computed_anew() {
    let folder = Folder::new();
    simulation(&folder, SIMULATION, (200, 100), NOISE);
    folder.succeeds(&["run", SIMULATION, "--out", "out"]);
    let whole = recorded(&folder, "out");
    let names: Vec<&str> = whole.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        names.contains(&"hidden.spikes.npy") && names.contains(&"pixels_hidden.weights.100.npy"),
        "{names:?}"
    );
    let resume = || {
        let ended = folder.run(&["resume", "out", "--threads", "1"]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert_eq!(recorded(&folder, "out"), whole, "{}", ended.err);
        ended.err
    };
    for (name, bytes) in &whole {
        let path = format!("out/{name}");
        let mut flipped = bytes.clone();
        *flipped.last_mut().expect("a byte") ^= 1;
        std::fs::remove_file(folder.path(&path)).expect("a file");
        let said = resume();
        let line = format!("simulation, seed 1: computed anew ({path}: it is missing)");
        assert!(said.contains(&line) && !said.contains("(finished earlier)"), "{said}");
        for other in [&flipped[..], &bytes[..bytes.len() - 1], b""] {
            folder.write(&path, other);
            let said = resume();
            let line = format!("computed anew ({path}: its SHA-256 is not that of what was written)");
            assert!(said.contains(&line) && !said.contains("(finished earlier)"), "{said}");
        }
        let said = resume();
        assert!(said.contains("(finished earlier)") && !said.contains("anew"), "{said}");
    }
}

/// Weights are written on the way: a checkpoint knows which.
#[cfg(unix)]
#[test]
fn a_recorded_file_that_goes_while_a_run_is_interrupted_is_computed_anew() {
    use std::time::{Duration, Instant};
    let folder = Folder::new();
    simulation(&folder, SIMULATION, (400_000, 200_000), NOISE);
    folder.succeeds(&["run", SIMULATION, "--out", "whole", "--threads", "1"]);
    let whole = recorded(&folder, "whole");
    for (out, harm) in [("same", false), ("harmed", true)] {
        let mut command = folder.command(&["run", SIMULATION, "--out", out, "--threads", "1"]);
        let mut child = command.env("SYNFIRE_SAVE_EVERY_MS", "1").spawn().expect("the command");
        let begin = Instant::now();
        while !folder.path(&format!("{out}/cells/simulation-1.checkpoint")).is_file() {
            assert!(begin.elapsed() < Duration::from_secs(60), "no checkpoint");
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().expect("the command");
        child.wait().expect("the command");
        assert!(!folder.path(&format!("{out}/cells/simulation-1.json")).exists(), "it was over before");
        if harm {
            folder.write(&format!("{out}/pixels_hidden.weights.0.npy"), "garbled");
        }
        let ended = folder.run(&["resume", out, "--threads", "1"]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert_eq!(ended.err.contains("computed anew"), harm, "{}", ended.err);
        assert_eq!(recorded(&folder, out), whole);
    }
}

/// Each of these reads what the run in `out` wrote, by some way.
#[test]
fn an_input_is_not_removed_to_make_room_for_the_run_that_reads_it() {
    let folder = Folder::new();
    simulation(&folder, SIMULATION, (40, 20), NOISE);
    folder.succeeds(&["run", SIMULATION, "--out", "out"]);
    let whole = recorded(&folder, "out");
    let raster = |file: &str| format!("Raster(input: \"pixels\", file: \"{file}\")");
    simulation(&folder, "second.ron", (40, 20), &raster("out/hidden.spikes.npy"));
    let refused = |experiment: &str, out: &str, input: &str| {
        let refused = folder.refuses(&["run", experiment, "--out", out, "--overwrite"]);
        let wanted = format!(
            "error: `{out}/{input}` is a file that this run reads, and among those that it removes or writes"
        );
        assert_eq!(refused.lines().next(), Some(wanted.as_str()));
        assert!(refused.contains("   = allowed: another folder (`--out`)"), "{refused}");
        assert_eq!(recorded(&folder, "out"), whole, "nothing was touched");
    };
    refused("second.ron", "out", "hidden.spikes.npy");
    refused("second.ron", "./out/../out", "hidden.spikes.npy");
    // A network's weights.
    let network = String::from_utf8(folder.read(NETWORK)).expect("a text");
    let uniform = "connect: AllToAll,\n            weights: Uniform(low: -0.3, high: 0.3),";
    assert!(network.contains(uniform));
    let weights = network.replace(uniform, "connect: Npy(\"out/pixels_hidden.weights.20.npy\"),");
    folder.write("weights.network.ron", weights);
    let text = String::from_utf8(folder.read(SIMULATION)).expect("a text");
    folder.write("third.ron", text.replace(NETWORK, "weights.network.ron"));
    refused("third.ron", "out", "pixels_hidden.weights.20.npy");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("out/hidden.spikes.npy", folder.path("link.npy")).expect("a link");
        simulation(&folder, "fourth.ron", (40, 20), &raster("link.npy"));
        refused("fourth.ron", "out", "hidden.spikes.npy");
    }
    // Elsewhere, and after the file was moved out, it runs.
    folder.succeeds(&["run", "second.ron", "--out", "other"]);
    std::fs::copy(folder.path("out/hidden.spikes.npy"), folder.path("raster.npy")).expect("a copy");
    simulation(&folder, "second.ron", (40, 20), &raster("raster.npy"));
    folder.succeeds(&["run", "second.ron", "--out", "out", "--overwrite"]);
}
