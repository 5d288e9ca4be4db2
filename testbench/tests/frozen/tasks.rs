//! The hashes of an experiment's rows: each through the cell that a run of it makes, with every probe attached.

use crate::digest::Digest;
use crate::paths::{self, Chip, ExperimentFile, Opened, TaskFile, files, reference};
use crate::{short, watch};
use std::path::Path;

/// Name and hash.
pub type Entry = (String, String);

/// What a run of `experiment` gives, cut short; recordings of N-MNIST are in a folder.
pub fn entries(experiment: &str, recordings: &Path) -> Vec<Entry> {
    let (file, opened) = paths::open(experiment).unwrap_or_else(|problems| panic!("{problems}"));
    of_file(experiment, file, opened, recordings)
}

fn of_file(experiment: &str, file: ExperimentFile, opened: Opened, folder: &Path) -> Vec<Entry> {
    let chip = reference::chip(&file.chip, &opened).expect("a chip");
    let rows = match file.task {
        TaskFile::Classify(mut settings) => {
            short::classify(&mut settings, folder);
            let task = paths::classify::Task::new(settings, chip, opened);
            classify(&task.unwrap_or_else(|problems| panic!("{problems}")), 1)
        }
        TaskFile::Patterns(mut settings) => {
            short::patterns(&mut settings);
            let task = paths::patterns::Task::new(settings, chip, opened);
            patterns(&task.unwrap_or_else(|problems| panic!("{problems}")))
        }
        TaskFile::RateNetwork(mut settings) => {
            short::rate_network(&mut settings);
            let task = paths::rate_network::Task::new(settings, chip, &opened);
            rate_network(&task.unwrap_or_else(|problems| panic!("{problems}")))
        }
        TaskFile::SpikeTime(mut settings) => {
            short::spike_time(&mut settings);
            let task = paths::spike_time::Task::new(settings, chip, &opened);
            spike_time(&task.unwrap_or_else(|problems| panic!("{problems}")))
        }
        TaskFile::Simulate(settings) => vec![simulate(settings, chip, opened, folder)],
        // The network between cores alone: no neuron, no bit of a chip.
        TaskFile::Traffic(_) => Vec::new(),
    };
    rows.into_iter().map(|(row, hash)| (format!("{experiment} / {row}"), hash)).collect()
}

/// For cells that write nothing.
fn nowhere() -> &'static Path {
    Path::new("")
}

fn in_store(row: &str, store: Option<String>) -> String {
    format!("{row} / {}", store.unwrap_or_else(|| "as stated".to_owned()))
}

/// Every row in every store of a classification.
pub fn classify(task: &paths::classify::Task, threads: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    for variant in task.variants() {
        let seed = task.settings.seeds[0];
        let mut cell = paths::classify::Cell::new(task, variant, seed).expect("a cell");
        let network = cell.network().clone();
        cell.engine_mut().watch(&network, watch::everything(&network));
        let result = watch::finished(&mut cell, nowhere(), threads);
        let mut digest = Digest::default();
        for score in &result.curve {
            let parts = [score.train_samples, score.test_correct, score.test_samples];
            digest.words(parts.map(i64::from));
        }
        result.confusion.iter().for_each(|row| digest.words(row.iter().map(|answers| i64::from(*answers))));
        let raster = result.raster.expect("the first seed has one");
        digest.words(raster.spikes.iter().flat_map(|(step, neuron)| [*step as i64, i64::from(*neuron)]));
        watch::engine(&mut digest, cell.engine_mut(), &network);
        entries.push((in_store(&variant.row.name, variant.store.map(|store| store.name())), digest.hex()));
    }
    entries
}

fn patterns(task: &paths::patterns::Task) -> Vec<Entry> {
    let mut entries = Vec::new();
    for variant in task.variants() {
        let seed = task.settings.seeds[0];
        let mut cell = paths::patterns::Cell::new(task, variant, seed).expect("a cell");
        let network = cell.network().clone();
        cell.engine_mut().watch(&network, watch::everything(&network));
        let result = watch::finished(&mut cell, nowhere(), 1);
        let mut digest = Digest::default();
        for (epoch, score) in &result.curve {
            digest.words([*epoch, score.hits, score.extra, score.right].map(i64::from));
            digest.reals(&[score.loss]);
        }
        for spikes in [&result.last_spikes, &result.target_spikes] {
            digest.words(spikes.iter().flat_map(|(step, case)| [i64::from(*step), i64::from(*case)]));
        }
        watch::engine(&mut digest, cell.engine_mut(), &network);
        entries.push((in_store(&variant.row.name, variant.store.map(|store| store.name())), digest.hex()));
    }
    entries
}

/// The cell's own scores, and the same training deployed with every probe.
fn rate_network(task: &paths::rate_network::Task) -> Vec<Entry> {
    use paths::rate_network::{Cell, Deployed, normalised, train};
    let (settings, samples) = (&task.settings, &task.samples);
    let seed = settings.seeds[0];
    let parts = task.parts(seed).expect("parts");
    let mut entries = Vec::new();
    for row in &settings.rows {
        let result = watch::finished(&mut Cell::new(task, row, seed).expect("a cell"), nowhere(), 1);
        let (width, classes) = (samples.width, samples.classes);
        let mut training = train::start(width, settings.hidden as usize, classes, seed);
        for _ in 0..settings.epochs {
            training.epoch(settings, row, (samples, &parts.kept), seed);
        }
        assert_eq!(training.losses, result.losses, "what is deployed below is what the cell trained");
        let rate = f64::from(row.encoder.form_and_rate().1) / 1000.0;
        let scaled = normalised(&training.network, (samples, &parts.kept), row.percentile_per_mille, rate);
        for (form, scored) in task.forms(row).zip(&result.on_chip) {
            let mut digest = Digest::default();
            digest.reals(&result.losses);
            scaled.lists().into_iter().for_each(|weights| digest.reals(weights));
            digest.words([result.correct, scored.correct].map(i64::from));
            let mut deployed =
                Deployed::new(&scaled, form, samples.largest(), &task.chip, seed).expect("fits");
            for &sample in &parts.held_out {
                let features = samples.row(sample as usize);
                let program = deployed.program(features, sample);
                watch::machine(&mut digest, &mut deployed.observed.machine, &deployed.network, &program);
                digest.lanes(&deployed.outputs(features, sample).expect("a sample runs"));
            }
            let name = format!("{} / {} bits, {} steps", row.name, form.bits, form.steps);
            entries.push((name, digest.hex()));
        }
    }
    entries
}

/// The cell's own scores, and the same training deployed with every probe.
fn spike_time(task: &paths::spike_time::Task) -> Vec<Entry> {
    use paths::spike_time::{Cell, Deployed, train};
    let settings = &task.settings;
    let seed = settings.seeds[0];
    let mut entries = Vec::new();
    for row in &settings.rows {
        let result = watch::finished(&mut Cell::new(task, row, seed), nowhere(), 1);
        let (trained, losses) = train::train(settings, row.jitter_tau, seed);
        assert_eq!(losses, result.losses, "what is deployed below is what the cell trained");
        for scored in &result.on_chip {
            let mut digest = Digest::default();
            digest.reals(&[&result.losses[..], &[result.margin, result.latest]].concat());
            digest.reals(&trained.weights().copied().collect::<Vec<_>>());
            digest.words([result.right, scored.exact, scored.moved].map(i64::from));
            let (steps, bits) = (scored.steps_per_tau, scored.bits);
            let mut deployed = Deployed::new(settings, &trained, &task.chip, steps, bits).expect("fits");
            for (case, moved) in train::CASES.into_iter().zip([[0, 0], [0, 1], [-1, 0], [1, -1]]) {
                let program = deployed.program(case, moved);
                watch::machine(&mut digest, &mut deployed.observed.machine, &deployed.network, &program);
                let answer = deployed.answer(case, moved).expect("a case runs");
                digest.words([answer.map_or(-1, |answer| answer as i64)]);
            }
            entries.push((format!("{} / {bits} bits, {steps} steps", row.name), digest.hex()));
        }
    }
    entries
}

/// No carried experiment simulates: one of a carried network, a few samples with labels, learning on.
pub fn simulation() -> Vec<Entry> {
    let folder = tempfile::tempdir().expect("a folder");
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n";
    let labels =
        [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes(), &[3, 0, 9, 3]];
    std::fs::write(folder.path().join("labels.npy"), labels.concat()).expect("a file");
    let text = include_str!("simulation.ron").to_owned();
    let opened = Opened::new("simulation.ron", text, Some(folder.path().to_owned()));
    let file = files::parse(opened.name(), opened.text()).unwrap_or_else(|problems| panic!("{problems}"));
    of_file("simulation", file, opened, folder.path())
}

/// Every array that a simulation writes, and its answers.
fn simulate(settings: paths::Simulate, chip: Chip, opened: Opened, out: &Path) -> Entry {
    let task = paths::simulate::Task::new(settings, chip, opened, None);
    let task = task.unwrap_or_else(|problems| panic!("{problems}"));
    let mut cell = paths::simulate::Cell::new(&task).unwrap_or_else(|problems| panic!("{problems}"));
    let result = watch::finished(&mut cell, out, 1);
    let mut digest = Digest::default();
    digest.words(result.answers.iter().map(|answer| i64::from(*answer)));
    let files = result.outputs.iter().map(|output| &output.file);
    for file in files.filter(|file| file.ends_with(".npy")) {
        digest.bytes(file.as_bytes());
        digest.bytes(&std::fs::read(out.join(file)).expect("an output"));
    }
    ("samples / as stated".to_owned(), digest.hex())
}
