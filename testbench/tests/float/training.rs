//! Training by back-propagation through time: it learns, it resumes, its weights fit a chip's stores.

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use synfire::experiment::deploy;
use synfire::experiment::pool::{CellContext, Outcome, Work};
use synfire::experiment::reference;
use synfire::study::bptt::classify::{CHOSEN, Trained, Training, train};
use synfire::tasks::classify::task::Task;
use synfire::tasks::{self, TaskFile};

fn task() -> Task {
    let (experiment, opened) = tasks::open("digits").expect("it is carried");
    let chip = reference::chip(&experiment.chip, &opened).expect("a preset");
    let TaskFile::Classify(mut settings) = experiment.task else { panic!("the digits are classified") };
    settings.epochs = 1;
    Task::new(settings, chip, opened).expect("it is good")
}

/// One epoch of the digits, in one go and with a stop in the middle: the same numbers.
#[test]
fn a_training_goes_on_with_the_same_numbers() {
    let task = task();
    let row = &task.settings.rows[0];
    let whole = train(&task, row, 5, CHOSEN).expect("it trains");
    let (interrupt, seen) = (AtomicBool::new(false), Cell::new(0));
    let stop = |progress: synfire::experiment::pool::Progress<'_>| {
        seen.set(seen.get() + progress.units);
        interrupt.store(seen.get() > 500, Ordering::Relaxed);
    };
    let context = CellContext {
        interrupt: &interrupt,
        out: Path::new(""),
        threads: 1,
        save: &|_| (),
        save_every: Duration::MAX,
        progress: &stop,
    };
    let mut first = Training::new(&task, row, 5, CHOSEN).expect("it is good");
    let Outcome::Interrupted(state) = first.run(None, &context).expect("it runs") else {
        panic!("it was interrupted")
    };
    let bytes = postcard::to_stdvec(&state).expect("a state serialises");
    interrupt.store(false, Ordering::Relaxed);
    let on = CellContext { progress: &|_| (), ..context };
    let mut second = Training::new(&task, row, 5, CHOSEN).expect("it is good");
    let state = postcard::from_bytes(&bytes).expect("and comes back");
    let Outcome::Finished(found) = second.run(Some(state), &on).expect("it runs") else {
        panic!("nothing interrupts it")
    };
    let left = |trained: &Trained| (trained.curve.clone(), trained.deployed.clone(), trained.weights.clone());
    assert_eq!(left(&whole), left(&found));
    assert!(whole.accuracy() > 0.85, "it learned: {}", whole.accuracy());
    for deployed in &whole.deployed {
        assert_eq!(deployed.beyond, 0, "a store takes the largest weight");
        let apart = (deployed.accuracy() - whole.accuracy()).abs();
        assert!(apart < 0.03, "{} bits: {}", deployed.bits, deployed.accuracy());
    }
}

/// A store of few bits takes the fraction that its largest weight allows, and keeps real values.
#[test]
fn stores_take_the_fraction_that_fits() {
    let task = task();
    let mut network = task.rows().network(&task.settings.rows[0], 1).expect("it is good");
    let projection = network.projection("hidden_readout").expect("it is there");
    let mut weights = vec![0.0; network.projections[projection].synapses.len()];
    weights[..4].copy_from_slice(&[1.9, -0.5, 0.01, -1.0]);
    assert_eq!(deploy::write_store(&mut network, projection, 8, &weights), 0);
    let written = &network.projections[projection];
    // 1.9 * 2^6 = 121.6 fits 127; with one more fraction bit it would not.
    assert_eq!((written.format.store_bits, written.format.fraction), (8, 6));
    let state = i32::from(network.datapath.state_fraction);
    assert_eq!(i32::from(written.format.exponent), state - 6, "a weight of 1 adds 1 to the current");
    let lanes: Vec<i32> = match &written.synapses {
        synfire_chip::network::Synapses::Dense { weights } => (0..4).map(|i| weights.get(i)).collect(),
        other => panic!("{other:?}"),
    };
    assert_eq!(lanes, [122, -32, 1, -64]);
    // In the network's own store of 16 bits and 14 fraction bits the end is just below 2.
    let mut network = task.rows().network(&task.settings.rows[0], 1).expect("it is good");
    weights[0] = 2.5;
    assert_eq!(deploy::write_weights(&mut network, projection, &weights), 1);
}
