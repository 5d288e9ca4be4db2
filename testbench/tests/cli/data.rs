//! Data sets that are missing, damaged or do not fit.

use super::folder::{EXPERIMENT, Folder, NETWORK, npy};
use insta::assert_snapshot;
use std::time::{Duration, Instant};

/// What `check` says with this file of features.
fn features(bytes: &[u8]) -> String {
    let folder = Folder::new();
    folder.write("features.npy", bytes);
    folder.refuses(&["check", EXPERIMENT])
}

#[test]
fn a_missing_data_set() {
    let folder = Folder::new();
    std::fs::remove_file(folder.path("labels.npy")).expect("a file");
    assert_snapshot!(folder.refuses(&["check", EXPERIMENT]), @r#"
    error: cannot open `labels.npy`: No such file or directory (os error 2)
     --> two-classes.ron:7:53
      |
    7 |         data: Npy(features: "features.npy", labels: "labels.npy"),
      |                                                     ^^^^^^^^^^^^
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(folder.refuses(&["run", EXPERIMENT, "--out", "out"]), @r#"
    error: cannot open `labels.npy`: No such file or directory (os error 2)
     --> two-classes.ron:7:53
      |
    7 |         data: Npy(features: "features.npy", labels: "labels.npy"),
      |                                                     ^^^^^^^^^^^^
       = nothing was run; exit status 2
    "#);
    assert!(!folder.path("out").exists(), "nothing is begun with bad input");
}

#[test]
fn features_of_another_shape() {
    assert_snapshot!(features(&npy("|u1", &[320], &[0; 320])), @r#"
    error: `features.npy` is not what it should be
     --> two-classes.ron:7:29
      |
    7 |         data: Npy(features: "features.npy", labels: "labels.npy"),
      |                             ^^^^^^^^^^^^^^ found shape [320]
      |
      = allowed: [_, _]: samples, features
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(features(&npy("|u1", &[40, 7], &[0; 280])), @r#"
    error: input `pixels` does not have one neuron a feature
     --> two-classes.ron:8:32
      |
    8 |         encoders: [Rate(input: "pixels", rate_per_mille: 400)],
      |                                ^^^^^^^^ found 8 neurons
      |
      = allowed: 7, the features of a sample
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(features(&npy("|u1", &[39, 8], &[0; 312])), @r#"
    error: `labels.npy` is not what it should be
     --> two-classes.ron:7:53
      |
    7 |         data: Npy(features: "features.npy", labels: "labels.npy"),
      |                                                     ^^^^^^^^^^^^ found shape [40]
      |
      = allowed: [39]: one label a sample
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(features(&npy("|u1", &[0, 8], &[])), @r#"
    error: `features.npy` holds no sample
     --> two-classes.ron:7:29
      |
    7 |         data: Npy(features: "features.npy", labels: "labels.npy"),
      |                             ^^^^^^^^^^^^^^ found an empty array
      |
      = allowed: shape [samples, features], not empty
       = nothing was run; exit status 2
    "#);
}

#[test]
fn features_of_another_type() {
    assert_snapshot!(features(&npy("<f8", &[40, 8], &[0; 2560])), @r#"
    error: `features.npy` is not what it should be
     --> two-classes.ron:7:29
      |
    7 |         data: Npy(features: "features.npy", labels: "labels.npy"),
      |                             ^^^^^^^^^^^^^^ found elements of type '<f8'
      |
      = allowed: bool or integers of 1, 2, 4 or 8 bytes
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(features(&npy("<i2", &[40, 8], &[255; 640])), @r#"
    error: `features.npy`, element [0, 0]: `feature` is out of range
     --> two-classes.ron:7:29
      |
    7 |         data: Npy(features: "features.npy", labels: "labels.npy"),
      |                             ^^^^^^^^^^^^^^ found -1
      |
      = allowed: 0..=255
       = nothing was run; exit status 2
    "#);
}

#[test]
fn truncated_features() {
    let whole = npy("|u1", &[40, 8], &[1; 320]);
    assert_snapshot!(features(&whole[..whole.len() - 5]), @r#"
    error: `features.npy` is not what it should be
     --> two-classes.ron:7:29
      |
    7 |         data: Npy(features: "features.npy", labels: "labels.npy"),
      |                             ^^^^^^^^^^^^^^ found 315 bytes of data
      |
      = allowed: 320 bytes, as its header says: [40, 8] of '|u1'
       = nothing was run; exit status 2
    "#);
    for length in [0, 1, 6, 9, 10, 60, 127] {
        features(&whole[..length]);
    }
}

#[test]
fn a_header_that_promises_the_impossible() {
    for shape in [[u64::MAX, u64::MAX], [1 << 40, 8], [u64::MAX, 0]] {
        features(&npy("|u1", &shape, &[1; 320]));
    }
}

/// What lies between the events of a list costs nothing: 2^32 steps, walked one by one, would take a minute.
#[test]
fn a_late_spike_is_checked_at_once() {
    let folder = Folder::new();
    folder.write("late.csv", "4294967294,1\n0,2\n");
    let text = format!(
        "(format: \"synfire-experiment/1\", title: \"t\", chip: \"small\", task: Simulate((network: \"{NETWORK}\", steps: \
         4294967295, stimuli: [SpikeList(input: \"pixels\", file: \"late.csv\")])))"
    );
    folder.write("long.ron", text);
    let begun = Instant::now();
    folder.succeeds(&["check", "long.ron"]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
