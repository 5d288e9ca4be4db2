//! Learning on the digits: the twin and the chip, presentation by presentation the same, end close to each other.

use std::sync::atomic::AtomicBool;
use std::time::Instant;
use synfire::data::encode::Presentation;
use synfire::data::set::DataSet;
use synfire::data::split::{self, Parts};
use synfire::experiment::reference;
use synfire::reference::float::chip::FloatChip;
use synfire::study::gradient::exercise::Exercise;
use synfire::study::gradient::layers;
use synfire::tasks::classify::cell::TEST_EPOCH;
use synfire::tasks::classify::schedule::{Schedule, Shown};
use synfire::tasks::classify::task::Task;
use synfire::tasks::{self, TaskFile};
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_chip::run::program::{Program, StepEvents};

const SEED: u32 = 31;
const EPOCHS: u32 = 2;

/// Something that learns and answers.
trait Learner {
    /// Sums of the readout's membranes from `from` on.
    fn present(&mut self, program: &[StepEvents], from: u32) -> Vec<f64>;
}

struct Twin(FloatChip, usize);

impl Learner for Twin {
    fn present(&mut self, program: &[StepEvents], from: u32) -> Vec<f64> {
        let (readout, first) = (self.1, self.0.next_step() + u64::from(from));
        let mut sums = vec![0.0; self.0.compared(readout).len()];
        self.0.run(program, &mut |step, chip| {
            if step >= first {
                sums.iter_mut().zip(chip.compared(readout)).for_each(|(sum, u)| *sum += u);
            }
        });
        sums
    }
}

struct Chip(Machine, Recorder);

impl Learner for Chip {
    fn present(&mut self, program: &[StepEvents], from: u32) -> Vec<f64> {
        let options = RunOptions { threads: 1, interrupt: None };
        self.0.run(program, options, &mut self.1).expect("a presentation runs");
        let recording = self.1.take().remove(0);
        let mut sums = vec![0.0; recording.row(0).len()];
        for step in from as usize..program.len() {
            sums.iter_mut().zip(recording.row(step)).for_each(|(sum, u)| *sum += f64::from(*u));
        }
        sums
    }
}

fn task() -> Task {
    let (experiment, opened) = tasks::open("digits").expect("it is carried");
    let chip = reference::chip(&experiment.chip, &opened).expect("a preset");
    let TaskFile::Classify(settings) = experiment.task else { panic!("the digits are classified") };
    Task::new(settings, chip, opened).expect("it is good")
}

/// Trains for some epochs, then tests; accuracy in percent and presentations a second.
fn accuracy(data: &DataSet, schedule: &Schedule, parts: &Parts, learner: &mut dyn Learner) -> (f64, f64) {
    let program = |sample: u32, epoch: u32, label: Option<u8>| -> Program {
        schedule.program(Shown::of(data, sample), Presentation { sample, epoch }, label)
    };
    let label = |sample: u32| data.labels()[sample as usize];
    let mut seconds = 0.0;
    for epoch in 0..EPOCHS {
        for sample in split::epoch_order(&parts.kept, epoch, SEED) {
            let program = program(sample, epoch, Some(label(sample)));
            let started = Instant::now();
            learner.present(&program, schedule.answer.0);
            seconds += started.elapsed().as_secs_f64();
        }
    }
    let right = |sample: &&u32| {
        let sums = learner.present(&program(**sample, TEST_EPOCH, None), schedule.answer.0);
        let answer = (0..sums.len()).rev().max_by(|a, b| sums[*a].total_cmp(&sums[*b]));
        answer == Some(usize::from(label(**sample)))
    };
    let correct = parts.held_out.iter().filter(right).count();
    let presented = f64::from(EPOCHS) * parts.kept.len() as f64;
    (100.0 * correct as f64 / parts.held_out.len() as f64, presented / seconds)
}

fn network(task: &Task, name: &str) -> (Network, usize) {
    let row = task.settings.rows.iter().find(|row| row.name == name).expect("a row of the experiment");
    let network = task.rows().network(row, SEED).expect("it is good");
    let readout = task.readout(&network).expect("it has one");
    (network, readout)
}

/// Two epochs of each rule: what the bits of the chip cost is small. Figures of accuracy are for experiments; this
/// holds that both learn, and learn alike.
#[test]
fn the_twin_learns_the_digits_as_the_chip_does() {
    let task = task();
    let data = task.data(SEED);
    let parts = task.parts(&data, SEED).expect("parts that are not empty");
    for name in ["random feedback", "DCLL, 1 group"] {
        let (network, readout) = network(&task, name);
        let schedule = task.schedule(&data, &task.settings.rows[0], &network, SEED).expect("it is good");
        let machine = Machine::new(&network, &task.chip).expect("it fits");
        let recorder = Recorder::new(vec![Probe::all(&network, readout, Variable::Compared)], &machine.nodes);
        let (on_chip, chip_speed) = accuracy(&data, &schedule, &parts, &mut Chip(machine, recorder));
        let mut twin = Twin(FloatChip::new(&network), readout);
        let (in_reals, twin_speed) = accuracy(&data, &schedule, &parts, &mut twin);
        eprintln!(
            "{name}: chip {on_chip:.2} % at {chip_speed:.0}/s, twin {in_reals:.2} % at {twin_speed:.0}/s"
        );
        assert!(on_chip > 88.0 && in_reals > 88.0, "{name}: chip {on_chip}, twin {in_reals}");
        assert!((on_chip - in_reals).abs() < 4.0, "{name}: chip {on_chip}, twin {in_reals}");
    }
}

/// After two epochs every hidden layer that learns by random feedback goes with the gradient, symmetric feedback goes
/// further with it, and the readout's rule is its gradient but for the way of the error.
#[test]
fn random_feedback_aligns_with_the_gradient() {
    let mut task = task();
    task.settings.epochs = EPOCHS;
    let exercise = Exercise::of_samples(&task, &task.settings.rows[0], SEED).expect("it is good");
    let measured = layers::measure(&exercise, &|_| (), &AtomicBool::new(false));
    let measured = measured.expect("it has a gradient").expect("nobody stops it");
    assert_eq!(measured.layers.len(), 5, "three projections, two of them also with symmetric feedback");
    for layer in &measured.layers {
        let cosine = layer.after.cosine.expect("both are not zero");
        let least = match (layer.readout, layer.source) {
            (true, _) => 0.99,
            (false, layers::FactorSource::Symmetric) => 0.9,
            (false, layers::FactorSource::Own) => 0.3,
        };
        assert!(cosine > least, "{}: {cosine}", layer.projection);
        if !layer.readout {
            assert_eq!(
                layer.before.cosine, None,
                "readout weights of zero: nothing reaches the hidden layer"
            );
        }
    }
    let angle = measured.angles[0].1;
    assert!((20.0..80.0).contains(&angle), "the readout's weights turn toward B: {angle} degrees");
}
