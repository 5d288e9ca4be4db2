//! N-MNIST: recordings in the published format, written by the test.

use super::events::result;
use crate::folder::Folder;

const EXPERIMENT: &str = "(
    format: \"synfire-experiment/1\",
    title: \"Recordings\",
    chip: \"small\",
    task: Classify((
        data: Nmnist((folder: \"recordings\", bin_us: 1000, steps: 30, margin: 1, downsample: 4)),
        encoders: [Events(input: \"pixels\")],
        sample_steps: 32,
        learn_from: 5,
        epochs: 2,
        readout: \"readout\",
        right: 1.0,
        wrong: 0.0,
        seeds: [1],
        rows: [(name: \"learned\", network: \"camera.network.ron\")],
    )),
)";

/// A recording whose events are in the upper half for even digits, in the lower half for odd ones.
fn recording(digit: u32, sample: u32) -> Vec<u8> {
    let event = |n: u32| {
        let y = if digit.is_multiple_of(2) { 2 + n % 14 } else { 18 + n % 14 };
        let time = (n * 300 + sample * 17).to_be_bytes();
        [(1 + (n * 7 + sample) % 32) as u8, y as u8, time[1] | ((n % 2) << 7) as u8, time[2], time[3]]
    };
    (0..90).flat_map(event).collect()
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("nmnist.ron", EXPERIMENT);
    for (part, samples) in [("Train", 12), ("Test", 4)] {
        for digit in 0..2 {
            let place = folder.path(&format!("recordings/{part}/{digit}"));
            std::fs::create_dir_all(&place).expect("a folder");
            for sample in 0..samples {
                std::fs::write(place.join(format!("{sample:05}.bin")), recording(digit, sample))
                    .expect("a file");
            }
        }
    }
    // 2 x 2 squares of two polarities are 8 channels; ten digits.
    let text = String::from_utf8(folder.read("two-classes.network.ron")).expect("a text");
    folder.write("camera.network.ron", text.replacen("neurons: 2,", "neurons: 10,", 1));
    folder
}

#[test]
fn recordings_are_learned() {
    let folder = folder();
    let out = folder.succeeds(&["run", "nmnist.ron", "--out", "out"]);
    assert!(out.contains("32 samples of 8 channels in 10 classes; 8 held out"), "{out}");
    let result = result(&folder, "out", "learned-1");
    assert_eq!(result["curve"][1]["test_correct"], 8, "upper and lower half are easy");
}

/// A finished cell belongs to the recordings that it was computed from.
#[test]
fn other_recordings_are_other_inputs() {
    let folder = folder();
    folder.succeeds(&["run", "nmnist.ron", "--out", "out"]);
    folder.write("recordings/Train/0/00000.bin", recording(1, 3));
    let ended = folder.run(&["resume", "out"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("before a change of its data"), "{}", ended.err);
}

#[test]
fn what_is_not_n_mnist_is_refused() {
    let place = folder();
    place.edit("nmnist.ron", "\"recordings\"", "\"nowhere\"");
    let said = place.refuses(&["run", "nmnist.ron"]);
    for part in
        ["`nowhere/Train` is not what it should be", "--> nmnist.ron:", "no such folder", "Train/DIGIT/*.bin"]
    {
        assert!(said.contains(part), "{said}");
    }
    let place = folder();
    place.write("recordings/Test/1/00001.bin", [0; 7]);
    let said = place.refuses(&["check", "nmnist.ron"]);
    assert!(said.contains("found 7 bytes") && said.contains("five bytes an event"), "{said}");
    let place = folder();
    place.edit("nmnist.ron", "bin_us: 1000", "bin_us: 0");
    let said = place.refuses(&["check", "nmnist.ron"]);
    assert!(
        said.contains("`bin_us` of `Nmnist` is out of range") && said.contains("allowed: 1..=8388607"),
        "{said}"
    );
}
