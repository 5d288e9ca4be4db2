//! Experiments cut short: a few samples of each part, one seed, two epochs, the first, second and last store.
//!
//! What a run does and in what order stays the file's: only how much of it.

use crate::paths::{Classify, Data, PatternData, Patterns, RateNetwork, ScoreOf, SpikeTime};
use std::path::Path;

/// The first, the second and the last.
fn some<T>(list: &mut Vec<T>) {
    if list.len() > 3 {
        list.drain(2..list.len() - 1);
    }
}

/// Rates change after the first of the two epochs where they change at all.
fn slower(after: &mut Vec<u32>) {
    if !after.is_empty() {
        *after = vec![1];
    }
}

pub fn classify(settings: &mut Classify, recordings: &Path) {
    settings.seeds.truncate(1);
    (settings.epochs, settings.epoch_samples, settings.quick) = (2, Some(3), None);
    slower(&mut settings.slower_after);
    some(&mut settings.stores);
    if let ScoreOf::LastTrained(samples) = &mut settings.score {
        *samples = 3;
    }
    settings.test_per_mille = settings.test_per_mille.map(|_| 2);
    settings.validate_per_mille = settings.validate_per_mille.map(|_| 2);
    let sizes = match &mut settings.data {
        Data::YinYang(data) => &mut data.sizes,
        Data::Evidence(data) => &mut data.sizes,
        Data::Randman(data) => &mut data.sizes,
        Data::Nmnist(data) => {
            data.folder = recordings.display().to_string();
            return;
        }
        Data::Digits | Data::Npy { .. } | Data::TemporalXor(_) => return,
    };
    (sizes.train, sizes.validation, sizes.test) = (8, 3, 3);
}

pub fn patterns(settings: &mut Patterns) {
    settings.seeds.truncate(1);
    (settings.epochs, settings.quick) = (2, None);
    slower(&mut settings.slower_after);
    some(&mut settings.stores);
    match &mut settings.data {
        PatternData::Noise(data) => data.patterns = data.patterns.min(2),
        PatternData::Cues(data) => data.symbols = 2,
    }
}

pub fn rate_network(settings: &mut RateNetwork) {
    settings.seeds.truncate(1);
    (settings.epochs, settings.quick) = (2, None);
    slower(&mut settings.slower_after);
    // 36 samples are left of the digits, 4 of them to be scored.
    (settings.test_per_mille, settings.validate_per_mille) = (980, Some(100));
    some(&mut settings.stores);
    settings.steps.truncate(2);
}

pub fn spike_time(settings: &mut SpikeTime) {
    settings.seeds.truncate(1);
    settings.passes = 20;
    some(&mut settings.stores);
    some(&mut settings.steps_per_tau);
}

/// Recordings in the published format of N-MNIST, one a digit and part: its folder is not carried.
pub fn write_recordings(folder: &Path) {
    for (part, salt) in [("Train", 0), ("Test", 5)] {
        for digit in 0..10_u32 {
            let event = |n: u32| {
                let draw = (n + 1000 * (digit + salt)).wrapping_mul(2_654_435_761);
                let time = (n * 250).to_be_bytes();
                let (x, y) = ((draw >> 8) % 34, ((draw >> 16) % 17 + digit + salt) % 34);
                [x as u8, y as u8, time[1] | (((draw >> 24) & 1) << 7) as u8, time[2], time[3]]
            };
            let folder = folder.join(part).join(digit.to_string());
            std::fs::create_dir_all(&folder).expect("a folder");
            let bytes: Vec<u8> = (0..1200).flat_map(event).collect();
            std::fs::write(folder.join("00001.bin"), bytes).expect("a file");
        }
    }
}
