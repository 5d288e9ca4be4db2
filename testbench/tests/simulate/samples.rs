//! Samples one after the other: what is cleared, what is answered, what is learned.

use super::fixture::{Folder, npy_bytes};

const STEPS: usize = 10;
const SAMPLES: usize = 6;

/// Two input neurons onto a readout of two; each sample drives one of the two.
fn network(folder: &Folder, learning: &str) {
    folder.file(
        "net.ron",
        format!(
            r#"(format: "synfire-network/1", inputs: [(name: "in", neurons: 2)],
            populations: [(name: "readout", neurons: 2,
                neuron: (current_decay: Factor(2048), membrane_decay: Factor(3000), threshold: 1.0, spiking: false),
                learning: (third_factor: OwnError), readout: (signal: Membrane))],
            projections: [(name: "w", from: "in", to: "readout", connect: Npy("w.npy"),
                store: (bits: 16, fraction: 14) {learning})])"#
        ),
    );
    folder.file("features.npy", npy_bytes("|u1", false, &[6, 2], &[9, 0, 0, 9, 9, 0, 9, 0, 0, 9, 9, 0]));
    folder.file("labels.npy", npy_bytes("|i1", false, &[6], &[0, 1, 0, 0, 1, 0]));
}

fn experiment(folder: &Folder, samples: &str, probes: &str) {
    folder.file(
        "exp.ron",
        format!(
            r#"(format: "synfire-experiment/1", title: "samples", chip: "paper", task: Simulate((
                network: "net.ron", steps: 60,
                stimuli: [RateCode(input: "in", features: "features.npy", rate_per_mille: 1000)],
                samples: (steps: 10, readout: "readout", {samples}),
                probes: [{probes}])))"#
        ),
    );
}

#[test]
fn the_answer_is_the_largest_sum() {
    let folder = Folder::new();
    network(&folder, "");
    // Input 0 drives class 1 and input 1 class 0: every answer is wrong, whatever the labels say.
    folder.npy("w.npy", &[2, 2], &[100, 900, 900, 100]);
    let probe = r#"(population: "readout", record: [Compared])"#;
    experiment(&folder, r#"labels: "labels.npy""#, probe);
    let run = folder.run("exp.ron", &[]);
    assert_eq!(run.text("answers.csv"), "sample,answer,label\n0,1,0\n1,0,1\n2,1,0\n3,1,0\n4,0,1\n5,1,0\n");
    let samples = &run.summary()["samples"];
    assert_eq!(
        (&samples["count"], &samples["right"], &samples["accuracy"]),
        (&6.into(), &0.into(), &0.0.into())
    );
    // The same sums, from what was recorded.
    let (shape, compared) = run.npy("readout.compared.npy", "<i4");
    assert_eq!(shape, [60, 2]);
    for sample in 0..SAMPLES {
        let sum = |class| (0..STEPS).map(|step| compared[(sample * STEPS + step) * 2 + class]).sum::<i32>();
        let answer: usize = run.text("answers.csv").lines().nth(sample + 1).unwrap()[2..3].parse().unwrap();
        assert!(sum(answer) > sum(1 - answer));
    }
    // Cleared, each sample begins at rest; the same features then give the same membranes.
    let sample = |n: usize| &compared[n * STEPS * 2..(n + 1) * STEPS * 2];
    assert_eq!(sample(0), sample(3));
    experiment(&folder, r#"labels: "labels.npy", clear: false"#, probe);
    let (_, kept) = folder.run("exp.ron", &[]).npy("readout.compared.npy", "<i4");
    assert_ne!(kept[..STEPS * 2], kept[3 * STEPS * 2..4 * STEPS * 2]);
}

#[test]
fn answers_need_no_labels() {
    let folder = Folder::new();
    network(&folder, "");
    folder.npy("w.npy", &[2, 2], &[900, 100, 100, 900]);
    experiment(&folder, "", "");
    let run = folder.run("exp.ron", &[]);
    assert_eq!(run.text("answers.csv"), "sample,answer\n0,0\n1,1\n2,0\n3,0\n4,1\n5,0\n");
    assert!(run.summary()["samples"]["right"].is_null());
}

#[test]
fn labels_and_learn_from_switch_learning_on() {
    let folder = Folder::new();
    network(&folder, ", learning: (shift: 8)");
    folder.npy("w.npy", &[2, 2], &[0; 4]);
    let probe = r#"(projection: "w", record: [Weights], every: 10)"#;
    experiment(&folder, r#"labels: "labels.npy", learn_from: 2"#, probe);
    let run = folder.run("exp.ron", &[]);
    let weights = |step: usize| run.npy(&format!("w.weights.{step}.npy"), "<i4").1;
    assert_eq!(weights(0), [0; 4]);
    let last = weights(60);
    assert!(last[0] > 0 && last[3] > 0, "each input drives its own class: {last:?}");
    assert!(last[0] > last[1] && last[3] > last[2], "{last:?}");
    assert!(weights(10)[2..] == [0, 0], "the first sample has no event of input 1: {:?}", weights(10));
    let answers = run.text("answers.csv");
    assert!(answers.ends_with("3,0,0\n4,1,1\n5,0,0\n"), "{answers}");
    experiment(&folder, r#"labels: "labels.npy""#, probe);
    let frozen = folder.run("exp.ron", &[]);
    assert_eq!(frozen.npy("w.weights.60.npy", "<i4").1, [0; 4], "without `learn_from` nothing is learned");
}

/// What a schedule does to its samples, said event by event.
#[test]
fn control_events_of_a_file_do_what_a_schedule_does() {
    let folder = Folder::new();
    network(&folder, ", learning: (shift: 8)");
    folder.npy("w.npy", &[2, 2], &[0; 4]);
    let probe =
        r#"(projection: "w", record: [Weights], every: 10), (population: "readout", record: [Compared])"#;
    experiment(&folder, r#"labels: "labels.npy", learn_from: 2, right: 1.0, wrong: 0.0"#, probe);
    let scheduled = folder.run("exp.ron", &[]);
    let text = std::fs::read_to_string(folder.path().join("exp.ron")).unwrap();
    let mut events = "step,event,channel,value\n".to_owned();
    for (sample, label) in [0, 1, 0, 0, 1, 0].into_iter().enumerate() {
        let step = sample * STEPS;
        events += &format!("{},learn,,1\n{step},clear,,\n{step},learn,,0\n", step + 2);
        for class in 0..2 {
            // 1.0 of s24.15.
            events += &format!("{step},target,{class},{}\n", if class == label { 32768 } else { 0 });
        }
    }
    folder.file("c.csv", &events);
    let schedule = r#"samples: (steps: 10, readout: "readout", "#;
    let (before, after) = text.split_once(schedule).unwrap();
    let after = after.split_once("),").unwrap().1;
    let before = before.replace("stimuli: [", r#"stimuli: [Control(file: "c.csv"), "#);
    // A code of features begins each sample by the schedule: the samples stay, without labels.
    let kept = r#"samples: (steps: 10, clear: false, readout: "readout"),"#;
    folder.file("exp.ron", format!("{before}{kept}{after}"));
    let stated = folder.run("exp.ron", &[]);
    for step in [10, 20, 60] {
        let name = format!("w.weights.{step}.npy");
        assert_eq!(stated.npy(&name, "<i4"), scheduled.npy(&name, "<i4"), "{step}");
    }
    assert_ne!(stated.npy("w.weights.60.npy", "<i4").1, [0; 4]);
    assert!(stated.summary()["samples"]["accuracy"].is_null(), "targets may be labels");
    assert!(stated.text("report.txt").contains("a file of control events switches learning on"));
    assert_eq!(stated.summary()["stages"]["training"]["steps"], 60);
    // Rate codes are drawn by their place in the list: one that comes first draws what it did.
    let first = before
        .replace(r#"Control(file: "c.csv"), "#, "")
        .replace("1000)]", r#"1000), Control(file: "c.csv")]"#);
    folder.file("exp.ron", format!("{first}{kept}{after}"));
    let same = folder.run("exp.ron", &[]);
    assert_eq!(same.npy("readout.compared.npy", "<i4"), scheduled.npy("readout.compared.npy", "<i4"));
    folder.file("c.csv", "3,target,2,0\n");
    let refused = folder.output(&["run", "exp.ron", "--out", "refused"]);
    let refused = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.contains("`channel` is out of range") && refused.contains("0..=1"), "{refused}");
}

/// The seed that a run is said to have is the network's, or the one that was asked for.
#[test]
fn a_run_names_its_seed() {
    let folder = Folder::new();
    network(&folder, "");
    folder.npy("w.npy", &[2, 2], &[900, 100, 100, 900]);
    experiment(&folder, "", "");
    let net = std::fs::read_to_string(folder.path().join("net.ron")).unwrap();
    for (stated, asked, used) in [("", None, "1"), ("seed: 7,", None, "7"), ("seed: 7,", Some("8"), "8")] {
        folder.file("net.ron", net.replace("inputs:", &format!("{stated} inputs:")));
        let out = format!("seed{used}");
        let options: Vec<&str> = asked.iter().flat_map(|seed| ["--seed", seed]).collect();
        let output = folder.output(&[&["run", "exp.ron", "--out", &out], &options[..]].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("simulation, seed {used}:")), "{said}");
        let report = std::fs::read_to_string(folder.path().join(&out).join("report.txt")).unwrap();
        assert!(report.contains(&format!("Seed {used}.")), "{report}");
        assert!(folder.path().join(&out).join(format!("cells/simulation-{used}.json")).exists());
    }
}
