//! Damaged files of every kind that the program reads: whatever is in them, the command ends with status 0 or 2, soon, in
//! bounded memory, and never panics.
//!
//! A case is a number, from which everything about it follows: the file, what is done to it, the command. Every case is a
//! process of its own under limits of the system. Checkpoints, finished cells and frames of traces carry hashes; half of them get the
//! right one after the damage, so that more than the hash is tried.
//!
//! `SYNFIRE_MUTATIONS` says how many cases there are (2,000 otherwise), `SYNFIRE_MUTATION_FROM` with which number they
//! begin: a million by `SYNFIRE_MUTATIONS=1000000 cargo test -p synfire --test mutation -- --nocapture`.
#![cfg(unix)]

mod mutation {
    pub mod corpus;
    pub mod damage;
    pub mod random;
    pub mod stored;
    pub mod watched;
}

use mutation::corpus::{Class, Files, Subject, subjects};
use mutation::damage::{Form, damage};
use mutation::random::Random;
use mutation::{stored, watched};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Cases in all, unless the environment says otherwise.
const CASES: u64 = 2000;
/// How many faults are enough.
const MOST_FAULTS: usize = 20;

/// What a case does: its subject with the victim damaged, and words about the damage.
fn case(number: u64, subjects: &[Subject]) -> (Subject, String) {
    let mut random = Random::of(number);
    let mut at = random.below(Class::SHARES.iter().map(|(_, share)| share).sum());
    let shares = Class::SHARES.iter().find(|(_, share)| {
        let found = at < *share;
        at = at.saturating_sub(*share);
        found
    });
    let class = shares.expect("a class").0;
    let of: Vec<&Subject> = subjects.iter().filter(|subject| subject.class == class).collect();
    let mut subject = (*random.pick(&of)).clone();
    let other = *random.pick(&of);
    let other = other.files[&other.victim].clone();
    let form = subject.form();
    let bytes = subject.files.get_mut(&subject.victim).expect("a file");
    let sealed = random.chance(50);
    let mut once = |bytes: &mut Vec<u8>| damage(bytes, form, &other, &mut random);
    let done = match class {
        Class::Checkpoint if sealed => stored::reseal_checkpoint(bytes, once) + ", hashed again",
        Class::Cell if sealed => stored::reseal_cell(bytes, once) + ", hashed again",
        Class::Trace if sealed && form == Form::Bytes => stored::reseal_trace(bytes, once) + ", summed again",
        _ => once(bytes),
    };
    (subject, done)
}

/// Runs the command of `subject` in a folder of its own.
fn run(subject: &Subject) -> watched::Ended {
    let folder = tempfile::tempdir().expect("a folder");
    subject.write(folder.path());
    watched::run(folder.path(), &subject.arguments)
}

/// What a case came to, and how long its command took.
#[derive(Default)]
struct Tally {
    /// Accepted and refused files of a class.
    ends: BTreeMap<Class, (u64, u64)>,
    slowest: (Duration, String),
    faults: Vec<String>,
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// Runs cases `from..until` on every processor.
fn cases(from: u64, until: u64, subjects: &[Subject]) -> Tally {
    let next = AtomicU64::new(from);
    let tally = Mutex::new(Tally::default());
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= until || tally.lock().expect("a tally").faults.len() >= MOST_FAULTS {
                return;
            }
            let (subject, done) = case(at, subjects);
            let ended = run(&subject);
            let mut tally = tally.lock().expect("a tally");
            if ended.time > tally.slowest.0 {
                tally.slowest = (ended.time, format!("{at} ({}: {done})", subject.victim));
            }
            if let Some(fault) = ended.fault() {
                let kept = keep(at, &subject);
                let arguments = subject.arguments.join(" ");
                let said: String = ended.said.chars().take(600).collect();
                tally.faults.push(format!(
                    "case {at}: {fault}\n  {}: {done}\n  synfire {arguments}, in {kept}\n  {said}",
                    subject.victim
                ));
            } else {
                let (accepted, refused) = tally.ends.entry(subject.class).or_default();
                *(if ended.status == Some(0) { accepted } else { refused }) += 1;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    tally.into_inner().expect("a tally")
}

/// Leaves the files of a case for whoever looks into it.
fn keep(number: u64, subject: &Subject) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mutation-{number}"));
    let _ = std::fs::remove_dir_all(&folder);
    subject.write(&folder);
    folder.display().to_string()
}

#[test]
fn whole_files_are_taken() {
    let subjects = subjects();
    for (class, _) in Class::SHARES {
        assert!(subjects.iter().any(|subject| subject.class == class), "no {class:?}");
    }
    for subject in &subjects {
        let ended = run(subject);
        let wanted = if subject.good { 0 } else { 2 };
        assert_eq!((ended.fault(), ended.status), (None, Some(wanted)), "{}: {}", subject.victim, ended.said);
    }
}

/// What a network asks for may be more than there is: it is refused before it is drawn.
#[test]
fn large_networks_are_refused_before_they_are_drawn() {
    let network_on = |chip: Option<&str>, inputs: u64, neurons: u64, connect: &str| {
        let neuron = "current_decay: 0, membrane_decay: 0, threshold: 1";
        let text = format!(
            "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: {inputs})], populations: [(name: \
             \"out\", neurons: {neurons}, neuron: ({neuron}))], projections: [(name: \"p\", from: \"in\", to: \
             \"out\", connect: {connect}, weights: Lanes(1), store: (bits: 16, fraction: 0))])"
        );
        let mut files = Files::from([("net.ron".to_owned(), text.into_bytes())]);
        if let Some(chip) = chip {
            files.insert("chip.ron".to_owned(), chip.as_bytes().to_vec());
        }
        let of = if chip.is_some() { "chip.ron" } else { "paper" };
        let ended = run(&Subject::new(Class::Ron, "net.ron", &files, &["check", "net.ron", "--chip", of]));
        assert_eq!((ended.fault(), ended.status), (None, Some(2)), "{}", ended.said);
        ended.said
    };
    let network = |inputs: u64, neurons: u64, connect: &str| network_on(None, inputs, neurons, connect);
    let said = network(1 << 63, 1000, "AllToAll");
    assert!(said.contains("expected an integer for `inputs[0].neurons`"), "{said}");
    let said = network(1 << 40, 1000, "AllToAll");
    assert!(said.contains("`inputs[0].neurons` is out of range"), "{said}");
    let said = network(1 << 24, 1000, "Random(targets: 1000)");
    assert!(said.contains("more synapses than the chip holds"), "{said}");
    let said = network(1 << 24, 100, "AllToAll");
    assert!(said.contains("more synapses than the chip holds"), "{said}");
    let said = network(1 << 18, 100, "AllToAll");
    assert!(said.contains("more axons than a core has") && said.contains("allowed: 65536"), "{said}");
    // A chip that could hold what the machine cannot.
    let large = "(format: \"synfire-chip/1\", extends: \"paper-events\", limits: (synapse_memory_bits: 1_073_741_824))";
    for connect in ["AllToAll", "Random(targets: 60_000)", "RandomSources(sources: 60_000)"] {
        let said = network_on(Some(large), 60_000, 60_000, connect);
        assert!(said.contains("more synapses than memory at hand") && said.contains("MiB"), "{said}");
    }
}

#[test]
fn damaged_files_end_with_status_0_or_2() {
    let subjects = subjects();
    let from = number("SYNFIRE_MUTATION_FROM").unwrap_or(0);
    let count = number("SYNFIRE_MUTATIONS").unwrap_or(CASES);
    let begin = Instant::now();
    let tally = cases(from, from + count, &subjects);
    let (slowest, at) = &tally.slowest;
    eprintln!("{count} cases in {:?}; the slowest, {at}, took {slowest:?}", begin.elapsed());
    for (class, (accepted, refused)) in &tally.ends {
        eprintln!("{class:?}: {accepted} accepted, {refused} refused");
    }
    assert!(tally.faults.is_empty(), "{} faults\n{}", tally.faults.len(), tally.faults.join("\n"));
    if count >= CASES {
        for (class, _) in Class::SHARES {
            let (accepted, refused) = tally.ends.get(&class).copied().unwrap_or_default();
            assert!(accepted >= 10 && refused >= 100, "{class:?}: {accepted} accepted, {refused} refused");
        }
    }
}
