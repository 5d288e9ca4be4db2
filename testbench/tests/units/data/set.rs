use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use synfire::data::events::EventSamples;
use synfire::data::evidence::Evidence;
use synfire::data::randman::Randman;
use synfire::data::set::*;
use synfire::data::yin_yang::YinYang;

fn generators(train: u32) -> Vec<Box<dyn Generator>> {
    let sizes = Sizes { train, validation: 20, test: 40 };
    let evidence = Evidence {
        cues: 7,
        cue_steps: 10,
        gap_steps: 5,
        delay_steps: 30,
        recall_steps: 20,
        group: 10,
        rate_per_mille: 400,
        background_per_mille: 100,
        likely_per_mille: 700,
        sizes,
    };
    let randman = Randman { neurons: 6, classes: 2, dimensions: 1, smoothness: 1.0, steps: 50, sizes };
    vec![Box::new(evidence), Box::new(randman), Box::new(YinYang { latency_steps: 20, sizes })]
}

/// Samples of events and the steps that hold them.
fn events(set: &DataSet) -> &EventSamples {
    match &set.content {
        Content::Events(samples) => samples,
        Content::Features(_) => panic!("events"),
    }
}

#[test]
fn an_outline_is_the_set_without_its_events() {
    for generator in generators(400) {
        let (whole, outline) = (generator.generate(2), generator.outline(2));
        assert_eq!(outline.labels(), whole.labels());
        let shape = |set: &DataSet| (set.classes(), set.width(), set.own.clone(), set.every_case);
        assert_eq!(shape(&outline), shape(&whole));
        assert_eq!((&outline.notes, &outline.known), (&whole.notes, &whole.known));
        assert_eq!(
            (events(&outline).steps(), events(&outline).view),
            (events(&whole).steps(), events(&whole).view)
        );
        assert_eq!(events(&outline).sample(3), []);
    }
}

#[test]
fn a_generator_that_is_stopped_gives_nothing() {
    let (on, stopped) = (AtomicBool::new(false), AtomicBool::new(true));
    for generator in generators(400) {
        assert!(generator.generate_unless(2, &stopped).is_none());
        let whole = generator.generate_unless(2, &on).expect("nobody stops it");
        assert_eq!(whole.fingerprint(), generator.generate(2).fingerprint());
    }
}

/// The most samples that a file may ask for: whoever checks it does not wait for them.
#[test]
fn outlines_of_a_million_samples_take_no_time() {
    for generator in generators(Sizes::MOST) {
        assert_eq!(generator.problems(), []);
        let begin = Instant::now();
        assert_eq!(generator.outline(1).labels().len(), 1_000_060);
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    }
}
