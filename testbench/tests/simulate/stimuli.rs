//! When and where the events of each kind of stimulus arrive, seen through neurons that relay them one step later.

use super::fixture::{Folder, RELAY, Run, npy_bytes};

/// Runs `fields` on the relay; spikes of its neurons as (step, neuron).
fn relay(folder: &Folder, fields: &str) -> (Run, Vec<(u64, u32)>) {
    folder.file("net.ron", RELAY);
    folder.experiment(fields);
    let run = folder.run("exp.ron", &[]);
    let list = run.text("out.spikes.csv");
    let spike = |line: &str| {
        let (step, neuron) = line.split_once(',').unwrap();
        (step.parse().unwrap(), neuron.parse().unwrap())
    };
    let spikes = list.lines().skip(1).map(spike).collect();
    (run, spikes)
}

#[test]
fn a_spike_of_step_n_is_integrated_in_step_n_plus_delay() {
    let folder = Folder::new();
    folder.file("s.csv", "step,neuron\n4,3\n0,0\n");
    let fields = r#"steps: 12, stimuli: [SpikeList(input: "in", file: "s.csv")]"#;
    assert_eq!(relay(&folder, fields).1, [(1, 0), (5, 3)]);
    folder.file("net.ron", RELAY.replace("OneToOne,", "OneToOne, delay: 7,"));
    let run = folder.run("exp.ron", &[]);
    assert_eq!(run.text("out.spikes.csv"), "step,neuron\n7,0\n11,3\n");
}

#[test]
fn rasters_and_lists_and_bools_are_the_same_events() {
    let folder = Folder::new();
    folder.file("s.csv", "0,1\n2,0\n2,3\n");
    folder.file("r.npy", npy_bytes("|b1", false, &[3, 4], &[0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1]));
    let expected = [(1, 1), (3, 0), (3, 3)];
    let list = relay(&folder, r#"steps: 6, stimuli: [SpikeList(input: "in", file: "s.csv")]"#);
    assert_eq!(list.1, expected);
    let raster = relay(&folder, r#"steps: 6, stimuli: [Raster(input: "in", file: "r.npy")]"#);
    assert_eq!(raster.1, expected);
    // Both at once: an axon that carries one event merges the second, and says so.
    let both =
        r#"steps: 6, stimuli: [SpikeList(input: "in", file: "s.csv"), Raster(input: "in", file: "r.npy")]"#;
    let both = relay(&folder, both);
    assert_eq!(both.1, expected);
    assert_eq!(both.0.summary()["merged_events"], 3);
}

#[test]
fn rows_of_an_array_of_samples_begin_with_their_sample() {
    let folder = Folder::new();
    folder.file(
        "r.npy",
        npy_bytes("|u1", false, &[2, 2, 4], &[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
    );
    let fields = r#"steps: 10, samples: (steps: 5), stimuli: [Raster(input: "in", file: "r.npy")]"#;
    assert_eq!(relay(&folder, fields).1, [(1, 0), (2, 1), (6, 2), (7, 3)]);
    let whole = r#"steps: 10, stimuli: [Raster(input: "in", file: "r.npy")]"#;
    assert_eq!(relay(&folder, whole).1, [(1, 0), (2, 1), (3, 2), (4, 3)], "one after the other");
}

#[test]
fn currents_act_in_their_own_step() {
    let folder = Folder::new();
    folder.npy("c.npy", &[3, 4], &[0, 0, 2, 0, 0, 0, 0, 0, 2, -2, 1, 3]);
    let fields = r#"steps: 5, stimuli: [Current(population: "out", file: "c.npy")]"#;
    assert_eq!(relay(&folder, fields).1, [(0, 2), (2, 0), (2, 3)], "more than the threshold of 1");
}

/// Four channels: two signals by what they are, or two by their changes, up and down.
#[test]
fn signals_become_events() {
    let folder = Folder::new();
    folder.npy("x.npy", &[3, 4], &[4, 0, 10, 5, 4, 0, 10, 5, 4, 0, 10, 5]);
    let fields = r#"steps: 4, stimuli: [SigmaDelta(input: "in", file: "x.npy", full_scale: 10)]"#;
    let expected = [(1, 2), (1, 3), (2, 0), (2, 2), (3, 2), (3, 3)];
    assert_eq!(relay(&folder, fields).1, expected);
    folder.npy("x.npy", &[4, 2], &[0, 7, 5, 7, 5, 1, -1, 2]);
    let fields = r#"steps: 5, stimuli: [SendOnDelta(input: "in", file: "x.npy", threshold: 5)]"#;
    assert_eq!(relay(&folder, fields).1, [(2, 0), (3, 3), (4, 1)]);
}

#[test]
fn larger_features_fire_earlier() {
    let folder = Folder::new();
    folder.file("f.npy", npy_bytes("|u1", false, &[2, 4], &[16, 8, 4, 0, 0, 16, 16, 8]));
    let fields = r#"steps: 20, samples: (steps: 10),
        stimuli: [LatencyCode(input: "in", features: "f.npy", range_steps: 8)]"#;
    let expected = [(1, 0), (5, 1), (7, 2), (9, 3), (11, 1), (11, 2), (15, 3), (19, 0)];
    assert_eq!(relay(&folder, fields).1, expected);
}

#[test]
fn rates_are_those_asked_for() {
    let folder = Folder::new();
    folder.file("f.npy", npy_bytes("|u1", false, &[1, 4], &[0, 50, 100, 200]));
    let fields = r#"steps: 4000, stimuli: [RateCode(input: "in", features: "f.npy", rate_per_mille: 500)]"#;
    let spikes = relay(&folder, fields).1;
    let count = |neuron| spikes.iter().filter(|(_, n)| *n == neuron).count();
    assert_eq!(count(0), 0);
    // Five standard deviations of 4000 draws are at most 160.
    for (neuron, expected) in [(1, 500), (2, 1000), (3, 2000usize)] {
        assert!(count(neuron).abs_diff(expected) < 160, "{neuron}: {}", count(neuron));
    }
}

#[test]
fn generators_are_independent_and_follow_the_seed() {
    let folder = Folder::new();
    let noise = r#"Poisson(input: "in", rate_ppm: 200_000)"#;
    let one = relay(&folder, &format!("steps: 1000, stimuli: [{noise}]"));
    assert!(one.1.len().abs_diff(800) < 130, "{}", one.1.len());
    // Two generators on one input: 1 - 0.8 * 0.8 of the steps, were they one and the same it would be 0.2.
    let two = relay(&folder, &format!("steps: 1000, stimuli: [{noise}, {noise}]"));
    assert!(two.1.len().abs_diff(1440) < 160, "{}", two.1.len());
    let again = folder.run("exp.ron", &[]);
    assert_eq!(two.0.differences(&again), [""; 0]);
    let other = folder.run("exp.ron", &["--seed", "9"]);
    assert!(two.0.differences(&other).contains(&"out.spikes.csv".to_owned()));
}

#[test]
fn several_events_of_a_channel_are_counted() {
    let folder = Folder::new();
    let counted = RELAY.replace("(name: \"in\", neurons: 4)", "(name: \"in\", neurons: 4, max_events: 5)");
    folder.file("net.ron", counted.replace("threshold: 1.0", "threshold: 7.0"));
    folder.file("s.csv", "step,neuron,count\n0,0,3\n0,1,4\n1,2,2\n1,2,2\n");
    folder.experiment(r#"steps: 4, stimuli: [SpikeList(input: "in", file: "s.csv")]"#);
    let run = folder.run("exp.ron", &[]);
    assert_eq!(run.text("out.spikes.csv"), "step,neuron\n1,1\n2,2\n", "four times two is more than seven");
}
