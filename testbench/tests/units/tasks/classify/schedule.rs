use synfire::data::encode::Presentation;
use synfire::tasks::classify::schedule::*;
use synfire_chip::run::program::Control;

fn switches(from: u32, until: u32, every: Option<u32>, error_delay: u32) -> Vec<(u32, bool)> {
    Window { from, until, every, error_delay }.switches(30)
}

#[test]
fn a_lone_neuron_answers_for_two_classes() {
    let schedule = |outputs, right, wrong| Schedule {
        encoders: Vec::new(),
        events: None,
        steps: 10,
        window: Window { from: 6, until: 10, every: None, error_delay: 1 },
        answer: (6, 10),
        unseen: Some((6, 7)),
        clear: true,
        first_channel: 3,
        outputs,
        right,
        wrong,
    };
    let lone = schedule(1, 300, -100);
    // The middle of both targets is 100, over 4 steps.
    assert_eq!([lone.class_of(&[401.0], 4, 1.0), lone.class_of(&[400.0], 4, 1.0)], [0, 1]);
    assert_eq!([lone.class_of(&[200.5], 4, 0.5), lone.class_of(&[199.5], 4, 0.5)], [0, 1], "in other units");
    let targets = |label| {
        let shown = Presentation { sample: 0, epoch: 0 };
        lone.program(Shown::Events(&[]), shown, Some(label)).swap_remove(0).control
    };
    assert!(targets(0).contains(&Control::Target { channel: 3, value: 300 }));
    assert!(targets(1).contains(&Control::Target { channel: 3, value: -100 }));
    assert_eq!(schedule(3, 1, 0).class_of(&[1.0, 2.0, 2.0], 4, 1.0), 1, "the first of equals");
}

#[test]
fn the_flag_is_on_until_the_last_error_is_used() {
    assert_eq!(switches(10, 30, None, 1), [(10, true)]);
    assert_eq!(switches(10, 20, None, 1), [(10, true), (21, false)]);
    assert_eq!(switches(10, 20, None, 4), [(10, true), (24, false)]);
    assert_eq!(switches(10, 10, None, 1), []);
    assert_eq!(switches(8, 30, Some(10), 1), [(8, true), (10, false), (18, true), (20, false), (28, true)]);
    assert_eq!(switches(8, 12, Some(2), 3), [(8, true), (14, false)], "no pause within the delay");
    assert_eq!(switches(0, 30, Some(40), 1), [(0, true), (2, false)]);
}
