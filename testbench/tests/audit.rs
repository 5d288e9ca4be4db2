//! Every rule does what it declares, and counting what it does changes nothing.

use synfire::study::audit::rules::RULES;
use synfire::study::audit::{count, memory, report};
use synfire_chip::run::machine::RunOptions;
use synfire_chip::run::probe::Recorder;
use synfire_plasticity::variables::Variable;

#[test]
fn declared_and_counted_are_equal_for_every_rule() {
    let chip = count::chip().expect("the preset loads");
    for rule in RULES {
        let counted = count::count(rule, &chip).expect("the rule's network runs");
        assert_eq!(counted.declared, counted.accessed(), "{}", rule.name);
        assert!(counted.counts.learning.weight_writes > 0, "{} learns", rule.name);
        let (reads, writes) = counted.tally.of(Variable::Weight);
        assert!(reads >= writes && writes > 0, "{}: {reads} weights read, {writes} written", rule.name);
        // What keeps the weights of symmetric feedback here is the simulator's, and no work of the chip.
        let kept = counted.counts.learning.transported_weights == 0;
        let others = [(Variable::MirrorRow, kept), (Variable::Tap, true)];
        let others = others.into_iter().filter(|(_, counts)| *counts);
        let others: u64 = others.map(|(variable, _)| counted.tally.of(variable).1).sum();
        assert_eq!(
            writes + others,
            counted.counts.learning.weight_writes,
            "{}: writes counted twice over",
            rule.name
        );
    }
}

#[test]
fn counting_changes_no_bit() {
    let chip = count::chip().expect("the preset loads");
    for rule in RULES {
        let run = |counts: bool| {
            let (network, mut machine) = count::build(rule, count::NEURONS, &chip).expect("it fits");
            if counts {
                machine.nodes.iter_mut().for_each(|node| node.unit.start_tally());
            }
            let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
            let options = RunOptions { threads: 1, interrupt: None };
            machine.run(&count::program(&network, count::STEPS), options, &mut recorder).expect("it runs");
            machine.snapshot()
        };
        assert_eq!(run(true), run(false), "{}", rule.name);
    }
}

#[test]
fn memory_grows_as_the_paper_says() {
    let chip = count::chip().expect("the preset loads");
    let sizes = [32, 64, 128];
    for rule in RULES {
        let bits = sizes.map(|n| memory::measure(rule, n, &chip).expect("it fits") as f64);
        let exponent = memory::exponent(&sizes.map(f64::from), &bits);
        assert!((exponent - rule.exponent).abs() < 0.15, "{}: {exponent} at small sizes", rule.name);
    }
}

#[test]
fn an_unknown_rule_names_the_nearest() {
    let problem = report::audit(Some("superspikes")).expect_err("there is no such rule").to_string();
    assert!(problem.contains("did you mean `superspike`?"), "{problem}");
}
