//! `synfire run` on networks and stimuli of a user's: what is written, to the byte.
//!
//! Every test makes its files in a folder of its own and runs the command. `model` is a neuron written down once more
//! in plain loops, so that no table of expected numbers is needed.

#[path = "golden/hold.rs"]
mod golden;

mod simulate {
    pub mod errors;
    pub mod fixture;
    pub mod model;
    pub mod observed;
    pub mod ports;
    pub mod samples;
    pub mod stimuli;
    pub mod traces;
    pub mod weights;
}

use simulate::fixture::{Folder, RELAY, Random};
use simulate::model::{Model, Synapse};

/// A recurrent population over several cores, with delays, driven by noise; weights learn nothing.
fn recurrent(folder: &Folder, steps: u64, every: u64) {
    let mut random = Random(7);
    let edges: Vec<i32> = (0..64 * 12)
        .flat_map(|edge| [edge / 12, random.below(64), random.below(41) - 20, 1 + random.below(9)])
        .collect();
    folder.npy("edges.npy", &[64 * 12, 4], &edges);
    let traced = steps.min(30_000);
    folder.file(
        "net.ron",
        r#"(format: "synfire-network/1", seed: 3,
            inputs: [(name: "noise", neurons: 64)],
            populations: [(name: "r", neurons: 64, max_per_core: 8, neuron: (
                current_decay: Factor(3000), membrane_decay: Factor(3800), threshold: 60.0,
                reset: ToValue(0.0), noise_bits: 9))],
            projections: [
                (name: "in", from: "noise", to: "r", connect: OneToOne, weights: Lanes(30),
                 store: (bits: 8, fraction: 0)),
                (name: "rec", from: "r", to: "r", connect: Edges("edges.npy"), store: (bits: 8, fraction: 0))])"#,
    );
    folder.file(
        "exp.ron",
        format!(
            r#"(format: "synfire-experiment/1", title: "ring", chip: "loihi", task: Simulate((
                network: "net.ron", steps: {steps}, stimuli: [Poisson(input: "noise", rate_ppm: 60_000)],
                probes: [(population: "r", record: [Spikes, Membrane], every: {every}),
                         (population: "r", record: [All], until: 20), (input: "noise", record: [All], until: 90),
                         (projection: "rec", record: [Weights])],
                trace: (form: Binary, registers: Named(["U", "S"]), until: {traced}))))"#
        ),
    );
}

#[test]
fn outputs_do_not_depend_on_threads() {
    let folder = Folder::new();
    recurrent(&folder, 300, 1);
    let one = folder.run("exp.ron", &["--threads", "1"]);
    assert!(one.summary()["counts"]["core"]["spikes"].as_u64() > Some(100), "the test would show nothing");
    assert_eq!(one.summary()["cores"], 8);
    for threads in ["2", "3", "8"] {
        let other = folder.run("exp.ron", &["--threads", threads]);
        assert_eq!(one.differences(&other), [""; 0], "{threads} threads");
    }
    let seeded = folder.run("exp.ron", &["--seed", "4"]);
    assert!(one.differences(&seeded).contains(&"r.spikes.npy".to_owned()), "another seed, another run");
}

/// An interrupted run that is resumed, and interrupted once more, leaves what an uninterrupted one leaves.
#[cfg(unix)]
#[test]
fn resumed_is_uninterrupted() {
    let mut steps = 40_000;
    loop {
        let folder = Folder::new();
        recurrent(&folder, steps, 100);
        let interrupted = folder.interrupt("exp.ron", "resumed");
        let again = interrupted && folder.resume_and_interrupt("resumed");
        if !again && steps < 40_000_000 {
            // The run was over before the signal came: a longer one.
            steps *= 4;
            continue;
        }
        assert!(interrupted && again, "no run was long enough to be interrupted twice");
        edited_is_refused(&folder, "resumed");
        let resumed = folder.resume("resumed", &["--threads", "2"]);
        let whole = folder.run("exp.ron", &["--threads", "1"]);
        assert_eq!(whole.differences(&resumed), [""; 0]);
        return;
    }
}

/// A recording that grew and was edited, cut or removed meanwhile is refused, and is taken again as the run left it.
fn edited_is_refused(folder: &Folder, out: &str) {
    let path = folder.path().join(out).join("r.spikes.npy");
    let whole = std::fs::read(&path).unwrap();
    let mut edited = whole.clone();
    edited[200] ^= 1;
    for content in [Some(edited), Some(whole[..whole.len() / 2].to_vec()), None] {
        match content {
            Some(content) => std::fs::write(&path, content).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let output = folder.output(&["resume", out]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("r.spikes.npy") && said.contains("help: restore it"), "{said}");
    }
    std::fs::write(&path, whole).unwrap();
}

/// Layers and a recurrence with weights, delays, exponents, biases and currents drawn at random: every spike,
/// current and membrane of every step.
#[test]
fn every_register_is_that_of_a_plain_loop() {
    for seed in 1..=12 {
        let folder = Folder::new();
        let mut model = Model::random(seed);
        model.write(&folder);
        let run = folder.run("exp.ron", &["--threads", "2"]);
        let (spikes, current, membrane) = model.run();
        assert!(spikes.iter().any(|s| *s != 0), "seed {seed}: no spike in the whole run");
        let shape = [model.steps as u64, u64::from(model.neurons)];
        assert_eq!(run.npy("l.spikes.npy", "|u1"), (shape.to_vec(), spikes), "seed {seed}");
        assert_eq!(run.npy("l.current.npy", "<i4"), (shape.to_vec(), current), "seed {seed}");
        assert_eq!(run.npy("l.membrane.npy", "<i4"), (shape.to_vec(), membrane), "seed {seed}");
        assert_eq!(run.summary()["merged_events"], 0);
    }
}

/// The CSV says what the array says, and names steps and neurons.
#[test]
fn csv_and_arrays_agree() {
    let folder = Folder::new();
    folder.file("net.ron", RELAY);
    folder.file("s.csv", "step,neuron\n3,2\n0,0\n1,1\n");
    folder.experiment(
        r#"steps: 6, stimuli: [SpikeList(input: "in", file: "s.csv")],
           probes: [(population: "out", record: [Spikes, Membrane], neurons: [2, 0], from: 1, until: 6, every: 3)]"#,
    );
    let run = folder.run("exp.ron", &[]);
    // Neuron 0 fires in step 1, neuron 1 in step 2, neuron 2 in step 4; recorded are steps 1 and 4.
    assert_eq!(run.npy("out.spikes.npy", "|u1"), (vec![2, 2], vec![0, 1, 1, 0]));
    assert_eq!(run.text("out.spikes.csv"), "step,neuron\n1,0\n4,2\n");
    assert_eq!(run.npy("out.membrane.npy", "<i4").0, [2, 2]);
    assert_eq!(run.text("out.membrane.csv"), "step,2,0\n1,0,0\n4,0,0\n");
}

/// A folder with no probe at all still has the spikes of every population, and a summary that adds up.
#[test]
fn spikes_and_summary_are_always_there() {
    let folder = Folder::new();
    folder.file("net.ron", RELAY);
    folder.file("s.csv", "0,0\n0,1\n2,3\n");
    folder.experiment(r#"steps: 5, stimuli: [SpikeList(input: "in", file: "s.csv")]"#);
    let run = folder.run("exp.ron", &[]);
    assert_eq!(run.text("out.spikes.csv"), "step,neuron\n1,0\n1,1\n3,3\n");
    let summary = run.summary();
    assert_eq!(summary["format"], "synfire-summary/2");
    assert_eq!(summary["contract"], synfire_core::ARITH_SPEC);
    assert_eq!(
        (&summary["steps"], &summary["neurons"], &summary["synapses"]),
        (&5.into(), &4.into(), &4.into())
    );
    assert_eq!(summary["counts"]["core"]["spikes"], 3);
    assert_eq!(summary["counts"]["core"]["synaptic_events"], 3);
    let energy = &summary["energy"];
    let parts = energy["by_component_aj"].as_object().unwrap().values().map(|v| v.as_u64().unwrap());
    assert_eq!(Some(parts.sum::<u64>()), energy["total_aj"].as_u64());
    assert_eq!(summary["memory"][0]["neurons"], 4);
    assert_eq!(summary["outputs"], serde_json::json!(["out.spikes.npy", "out.spikes.csv"]));
    let files: Vec<&str> =
        summary["inputs"].as_array().unwrap().iter().map(|f| f["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["exp.ron", "net.ron", "s.csv"]);
    // sha256 of the three lines of s.csv, by another program.
    assert_eq!(
        summary["inputs"][2]["sha256"],
        "1d6513ffb1ced8aadbec558474ddb5ac805640c50520b5af0ce384ab9d6e069f"
    );
}

/// A matrix of weights comes back as it was, an edge list sorted.
#[test]
fn weights_come_back() {
    let folder = Folder::new();
    let weights: Vec<i32> = (0..12).map(|i| i * 7 - 40).collect();
    folder.npy("w.npy", &[3, 4], &weights);
    folder.file("e.csv", "pre,post,weight,delay\n2,0,5,1\n0,3,-6,2\n0,1,7,2\n0,1,8,1\n");
    folder.file(
        "net.ron",
        r#"(format: "synfire-network/1", inputs: [(name: "in", neurons: 3)],
            populations: [(name: "out", neurons: 4, max_per_core: 2,
                neuron: (current_decay: 0, membrane_decay: 0, threshold: 1.0))],
            projections: [
                (name: "dense", from: "in", to: "out", connect: Npy("w.npy"), store: (bits: 8, fraction: 0)),
                (name: "listed", from: "in", to: "out", connect: Edges("e.csv"), store: (bits: 8, fraction: 0))])"#,
    );
    folder.experiment(
        r#"steps: 4, probes: [(projection: "dense", record: [Weights], every: 2),
                              (projection: "listed", record: [Weights])]"#,
    );
    let run = folder.run("exp.ron", &[]);
    for step in [0, 2, 4] {
        assert_eq!(run.npy(&format!("dense.weights.{step}.npy"), "<i4"), (vec![3, 4], weights.clone()));
    }
    let edges = vec![0, 1, 8, 1, 0, 1, 7, 2, 0, 3, -6, 2, 2, 0, 5, 1];
    assert_eq!(run.npy("listed.weights.4.npy", "<i4"), (vec![4, 4], edges));
}

/// The model itself, on a case worked by hand: decay toward zero, a delay of two, strict compare.
#[test]
fn the_plain_loop_is_right_by_hand() {
    let mut model = Model {
        steps: 5,
        neurons: 1,
        inputs: 1,
        current_factor: 2048,
        membrane_factor: 4096,
        threshold: 64 * 10,
        bias: vec![-1],
        synapses: vec![Synapse { from_input: true, pre: 0, post: 0, weight: 10, delay: 2, exponent: 0 }],
        raster: vec![1, 0, 0, 0, 0],
        currents: vec![0; 5],
    };
    let (spikes, current, membrane) = model.run();
    assert_eq!(current, [0, 0, 640, 320, 160]);
    // The membrane before the reset: -1, -2, 637, 956 (above 640), 159.
    assert_eq!(spikes, [0, 0, 0, 1, 0]);
    assert_eq!(membrane, [-1, -2, 637, 0, 159]);
}
