//! Figures of single steps: they sum to those of their stage, gated work included, however many workers there are.

mod files_common;

use files_common::{DIGITS, load, paper};
use proptest::prelude::*;
use synfire_chip::chip::RowService;
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::energy::{Bill, Powered};
use synfire_chip::cost::per_step::StepFigures;
use synfire_chip::cost::stage::{Spent, Stage};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{Control, StepEvents, StimulusSpike};

/// A run of the digits network, in two stages.
fn run(program: &[StepEvents], rows: RowService, threads: usize) -> (Vec<StepFigures>, [Spent; 2]) {
    let network = load(DIGITS).unwrap_or_else(|problems| panic!("{problems}"));
    let mut chip = paper();
    chip.service.rows = rows;
    let mut machine = Machine::new(&network, &chip).expect("it fits");
    let mut costs = Analytic::new(&machine);
    costs.keep_steps();
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = RunOptions { threads, ..RunOptions::default() };
    for (stage, part) in [Stage::Training, Stage::Test].into_iter().zip(program.chunks(program.len() / 2)) {
        costs.enter(stage);
        machine.run_observed(part, options, &mut recorder, &mut costs).expect("it runs");
    }
    let steps = costs.take_steps();
    assert!(costs.take_steps().is_empty(), "taken");
    let whole = Bill::of(&chip.energy, &costs.costs().whole().counts, &powered(&costs.costs().whole()));
    let single = steps.iter().map(|step| {
        let spent = step.spent(&chip.timing, costs.widths());
        Bill::of(&chip.energy, &spent.counts, &powered(&spent)).total()
    });
    assert_eq!(single.sum::<u128>(), whole.total());
    let costs = costs.costs();
    (steps, [costs.training, costs.test])
}

fn powered(spent: &Spent) -> Powered {
    Powered { used: 3, all: 64, drawn: spent.drawn() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn steps_sum_to_their_stage(
        spikes in proptest::collection::vec((0usize..24, 0u32..65), 0..200),
        controls in proptest::collection::vec((0usize..24, 0u8..3), 0..8),
    ) {
        let mut program = vec![StepEvents::default(); 24];
        for (step, neuron) in spikes {
            program[step].spikes.push(StimulusSpike { input: 0, neuron, count: 1 });
        }
        for (step, what) in controls {
            let event = [Control::Clear, Control::Learn(false), Control::Learn(true)][usize::from(what)];
            program[step].control.push(event);
        }
        for rows in [RowService::AtUse, RowService::AtArrival] {
            let (steps, stages) = run(&program, rows, 1);
            prop_assert_eq!(steps.len(), 24);
            for (stage, spent) in [Stage::Training, Stage::Test].into_iter().zip(stages) {
                let own: Vec<_> = steps.iter().filter(|step| step.stage == stage).collect();
                prop_assert_eq!(NodeCounts::sum(own.iter().map(|step| &step.counts)), spent.counts);
                let total: u128 = own.iter().map(|step| u128::from(step.time.total_ps())).sum();
                prop_assert_eq!(total, spent.elapsed.total_ps);
                prop_assert_eq!(own.iter().map(|step| step.time.total_ps()).max(), Some(spent.elapsed.longest_ps));
                prop_assert_eq!(own.iter().map(|step| step.busiest_link).max(), Some(spent.busiest_link));
            }
            prop_assert_eq!(run(&program, rows, 3), (steps, stages));
        }
    }
}
