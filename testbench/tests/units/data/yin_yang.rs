use synfire::data::set::Generator as _;
use synfire::data::set::Sizes;
use synfire::data::yin_yang::*;

#[test]
fn classes_are_those_of_the_definition() {
    let at = |x: i64, y: i64| class(x * SIDE / 1000, y * SIDE / 1000);
    assert_eq!(at(250, 500), Some(2), "the left dot");
    assert_eq!(at(750, 500), Some(2), "the right dot");
    assert_eq!(at(10, 10), None, "outside of the disc");
    assert_eq!((at(500, 900), at(500, 100)), (Some(1), Some(0)), "yin above, yang below");
    assert_eq!((at(250, 350), at(750, 650)), (Some(1), Some(0)), "around the dots");
}

/// Bayes accuracies on quantised coordinates, estimated once elsewhere from 4.7 million samples.
#[test]
fn ceilings_are_those_of_the_quantised_inputs() {
    for (range, percent) in [(10, 91.6), (20, 94.1), (40, 97.5), (64, 98.7)] {
        let found = 100.0 * ceiling(range);
        assert!((found - percent).abs() < 0.15, "{range}: {found}");
    }
}

#[test]
fn samples_are_drawn_by_class_and_named_by_index() {
    let sizes = |train| Sizes { train, validation: 20, test: 10 };
    let set = |train, seed| YinYang { latency_steps: 40, sizes: sizes(train) }.generate(seed);
    let (all, few, other) = (set(900, 1), set(30, 1), set(900, 2));
    let mut counts = [0; 3];
    all.labels().iter().for_each(|label| counts[usize::from(*label)] += 1);
    // 310 expected, standard deviation 14.
    assert!(counts.iter().all(|n| (240..380).contains(n)), "{counts:?}");
    assert_eq!(all.labels()[..60], *few.labels(), "a sample does not depend on how many there are");
    assert_ne!(all.labels(), other.labels());
    let synfire::data::set::Content::Events(samples) = &all.content else { panic!("events") };
    for sample in 0..930 {
        let events = samples.sample(sample);
        let step = |channel| events.iter().find(|e| e.channel == channel).expect("one spike each").step;
        assert_eq!((events.len(), step(4)), (5, 0));
        // Both of a pair of halves round up.
        assert!((40..=41).contains(&(step(0) + step(2))) && (40..=41).contains(&(step(1) + step(3))));
    }
}
