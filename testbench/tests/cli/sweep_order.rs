//! Which trials of a sweep are begun first, and that nothing but time depends on it.

use super::folder::Folder;
use super::sweeps::{self, SWEEP, told};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use synfire::explore::sweep::lengths::Lengths;
use synfire::explore::sweep::opened::{self, Sweep};
use synfire::explore::sweep::pool::{self, Options, Watch};
use synfire::explore::sweep::store::{Kept, Store};

/// A sweep whose first axis is another, opened.
fn opened(folder: &Folder, axis: &str) -> Sweep {
    let sweep = SWEEP.replace("\"network.projections[hidden_readout].learning.shift\": List([13, 14])", axis);
    folder.write("s.ron", sweep.replace("[3, 4]", "[3]"));
    let path = folder.path("s.ron").display().to_string();
    opened::open(&path).unwrap_or_else(|error| panic!("{error}"))
}

/// The values of the first axis, of the longest trial first, as they are expected to be.
fn expected(axis: &str) -> Vec<String> {
    let folder = Folder::new();
    let sweep = opened(&folder, axis);
    let all: Vec<usize> = (0..sweep.trials.len()).collect();
    let mut lengths = Lengths::new(&sweep);
    assert_eq!(
        lengths.longest_last(&sweep, &all),
        all.iter().rev().copied().collect::<Vec<_>>(),
        "nothing is known"
    );
    lengths.look(&sweep, &all, 2, &|| false);
    let order = lengths.longest_last(&sweep, &all).into_iter().rev();
    let mut values: Vec<String> =
        order.map(|number| sweep.points[sweep.trials[number].point].values[0].clone()).collect();
    values.dedup();
    values
}

/// Samples, steps, neurons, and the model of time: more of each is expected to last longer.
#[test]
fn what_has_more_to_do_is_expected_to_last_longer() {
    for (axis, longest_first) in [
        ("\"experiment.task.epochs\": List([2, 40, 5])", ["40", "5", "2"]),
        ("\"experiment.task.sample_steps\": List([30, 20, 90])", ["90", "30", "20"]),
        ("\"network.populations[hidden].neurons\": List([8, 24, 16])", ["24", "16", "8"]),
    ] {
        assert_eq!(expected(axis), longest_first, "{axis}");
    }
    assert_eq!(expected("\"chip.timing.model\": List([Analytic, Cycle])"), ["Cycle", "Analytic"]);
}

/// Numbers of trials, as they end.
#[derive(Default)]
struct Ended(Mutex<Vec<String>>);

impl Watch for Ended {
    fn begin(&self, _: usize, _: usize) {}

    fn ended(&self, kept: &Kept, _: Option<Duration>) {
        self.0.lock().expect("a list").push(kept.hash.clone());
    }
}

/// A first run begins with the long ones, as their files say; by one thread it goes as the file has them.
#[test]
fn a_first_run_begins_with_the_long_ones() {
    let folder = Folder::new();
    let sweep = opened(&folder, "\"experiment.task.epochs\": List([1, 1, 2, 12])");
    let all: Vec<usize> = (0..sweep.trials.len()).collect();
    let order = |threads: usize, out: &str| -> Vec<usize> {
        let store = Store::enter(&folder.path(out), &sweep, None).unwrap_or_else(|error| panic!("{error}"));
        let (interrupt, ended) = (AtomicBool::new(false), Ended::default());
        let options = Options { threads, interrupt: &interrupt, save_every: Duration::from_secs(60) };
        pool::run(&sweep, &store, &all, &options, &ended).unwrap_or_else(|error| panic!("{error}"));
        let hashes = ended.0.into_inner().expect("a list");
        let number =
            |hash: &String| sweep.trials.iter().position(|trial| trial.hash == *hash).expect("a trial");
        hashes.iter().map(number).collect()
    };
    assert_eq!(order(1, "one")[..2], [0, 1]);
    // Both threads begin with one of twelve epochs each.
    let two = order(2, "two");
    assert!([4, 5].contains(&two[0]), "{two:?}");
}

#[test]
fn tables_do_not_depend_on_the_order() {
    let folder = sweeps::folder();
    folder.edit(
        "s.ron",
        "\"network.projections[hidden_readout].learning.shift\": List([13, 14])",
        "\"experiment.task.epochs\": List([1, 3])",
    );
    folder.succeeds(&["sweep", "s.ron", "--out", "one", "--threads", "1"]);
    folder.succeeds(&["sweep", "s.ron", "--out", "two", "--threads", "2"]);
    assert_eq!(told(&folder, "one"), told(&folder, "two"));
}
