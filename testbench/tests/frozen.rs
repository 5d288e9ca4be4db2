//! The bits, frozen: a SHA-256 over spikes, registers and weights of a short run of every carried experiment, every row,
//! several stores, and of random networks; with them what the cells answered. `frozen/hashes.txt` holds what they must be.
//!
//! Hashed in logical order (population and neuron, projection and synapse), so placement and threads do not enter. Counts,
//! times and energies are no part of it: their models may change, bits may not.
//!
//! Where a change of bits is meant: `SYNFIRE_WRITE_GOLDEN=1 cargo test -p synfire --test frozen` rewrites the file and prints the
//! experiments that changed; the commit says why.

#[path = "plain"]
#[expect(dead_code, reason = "shared with the comparison with the plain reference, which uses all of it")]
mod plain {
    pub use synfire::hardware::vectors::draw::{choices, network, program};

    pub mod case;
    pub mod engine;
    pub mod learning;
    pub mod mapping;
    pub mod trace;
}

#[path = "golden/hold.rs"]
mod golden;

#[path = "frozen/digest.rs"]
mod digest;
#[path = "frozen/paths.rs"]
mod paths;
#[path = "frozen/random.rs"]
mod random;
#[path = "frozen/short.rs"]
mod short;
#[path = "frozen/tasks.rs"]
mod tasks;
#[path = "frozen/watch.rs"]
mod watch;

use paths::{TaskFile, classify, open, reference};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tasks::Entry;

/// Random networks.
const NETWORKS: u32 = 200;
/// Workers; the machine's cores are others' too.
const WORKERS: usize = 2;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The names of all carried experiments, in order.
fn experiments() -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder("experiments")).expect("the folder of experiments") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a file");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if text.contains("format: \"synfire-experiment/1\"") {
            names.push(name);
        }
    }
    names.sort_unstable();
    names
}

type Job<'a> = Box<dyn Fn() -> Vec<Entry> + Send + Sync + 'a>;

/// The entries of all jobs, in the order of the jobs.
fn run(jobs: &[Job<'_>]) -> Vec<Entry> {
    let (next, found) = (Mutex::new(0..jobs.len()), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let Some(job) = next.lock().expect("no poison").next() else { break };
                    let entries = jobs[job]();
                    found.lock().expect("no poison").insert(job, entries);
                }
            });
        }
    });
    found.into_inner().expect("no poison").into_values().flatten().collect()
}

#[test]
fn no_bit_changed() {
    let recordings = tempfile::tempdir().expect("a folder");
    short::write_recordings(recordings.path());
    let recordings = recordings.path();
    let experiments = experiments();
    let mut jobs: Vec<Job<'_>> = experiments
        .iter()
        .map(|name| Box::new(move || tasks::entries(name, recordings)) as Job<'_>)
        .collect();
    jobs.push(Box::new(tasks::simulation));
    for seeds in (0..NETWORKS).step_by(20) {
        jobs.push(Box::new(move || (seeds..NETWORKS.min(seeds + 20)).map(random::entry).collect()));
    }
    let found: String = run(&jobs).into_iter().map(|(name, hash)| format!("{name}  {hash}\n")).collect();
    golden::hold(&folder("tests/frozen/hashes.txt"), &found);
}

/// The same hashes on a chip of smaller cores, with two workers.
#[test]
fn placement_and_threads_do_not_enter() {
    let task = |neurons: Option<u32>| {
        let (file, opened) = open("digits").expect("carried");
        let TaskFile::Classify(mut settings) = file.task else { panic!("a classification") };
        short::classify(&mut settings, Path::new(""));
        // A learning group of DCLL is a whole layer, which no smaller core holds.
        settings.rows.retain(|row| row.network == "digits-feedback.network.ron");
        settings.compare.clear();
        let mut chip = reference::chip(&file.chip, &opened).expect("a chip");
        chip.limits.neurons = neurons.unwrap_or(chip.limits.neurons);
        classify::Task::new(settings, chip, opened).unwrap_or_else(|problems| panic!("{problems}"))
    };
    let slices = |task: &classify::Task| {
        let cell = classify::Cell::new(task, task.variants()[0], task.settings.seeds[0]).expect("a cell");
        cell.machine().expect("a chip").mapping.slices.len()
    };
    let (whole, cut) = (task(None), task(Some(10)));
    assert!(slices(&cut) > slices(&whole) + 2, "{} slices and {}", slices(&cut), slices(&whole));
    assert_eq!(tasks::classify(&whole, 1), tasks::classify(&cut, 2));
}
