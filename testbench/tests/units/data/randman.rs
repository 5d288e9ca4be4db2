use synfire::data::events::EventSamples;
use synfire::data::randman::*;
use synfire::data::set::Content;
use synfire::data::set::Generator as _;
use synfire::data::set::Sizes;

fn task(smoothness: f64) -> Randman {
    let sizes = Sizes { train: 180, validation: 0, test: 20 };
    Randman { neurons: 6, classes: 2, dimensions: 1, smoothness, steps: 50, sizes }
}

fn step(samples: &EventSamples, sample: usize, channel: u32) -> u32 {
    samples.sample(sample).iter().find(|e| e.channel == channel).expect("one spike each").step
}

#[test]
fn each_neuron_fires_once_over_the_whole_range() {
    let set = task(1.0).generate(2);
    let Content::Events(samples) = &set.content else { panic!("events") };
    for neuron in 0..6 {
        let steps: Vec<u32> = (0..200).map(|sample| step(samples, sample, neuron)).collect();
        assert_eq!((steps.iter().min(), steps.iter().max()), (Some(&0), Some(&49)));
    }
    assert!((0..200).all(|sample| samples.sample(sample).len() == 6));
    assert_ne!(task(1.0).generate(3).fingerprint(), set.fingerprint());
    assert_eq!(task(1.0).generate(2).fingerprint(), set.fingerprint());
}

/// Neighbours on a smooth manifold fire at nearly the same times, on a rough one they do not.
#[test]
fn smooth_manifolds_change_slowly() {
    let change = |smoothness| {
        let task = task(smoothness);
        let function = Function::draw(5, 0, 1, task.smoothness);
        let values: Vec<f64> = (0..1001).map(|i| function.at(&[f64::from(i) / 1000.0])).collect();
        let (low, high) =
            values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
        let steps = values.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        steps.fold(0.0, f64::max) / (high - low)
    };
    assert!(change(3.0) < 0.02, "{}", change(3.0));
    assert!(change(0.5) > 0.1, "{}", change(0.5));
}
