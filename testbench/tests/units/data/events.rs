use synfire::data::events::*;

fn event(step: u32, channel: u32) -> Event {
    Event::once(step, channel)
}

#[test]
fn samples_are_sorted_and_apart() {
    let mut samples = EventSamples::new(3, 2, LinearView::Counts);
    samples.push(1, vec![event(4, 0), event(1, 2), event(1, 0), event(1, 2)]);
    samples.push(0, Vec::new());
    samples.push(0, vec![event(9, 1)]);
    let twice = Event { count: 2, ..event(1, 2) };
    assert_eq!(samples.sample(0), [event(1, 0), twice, event(4, 0)]);
    assert_eq!(samples.sample(1), []);
    assert_eq!(samples.sample(2), [event(9, 1)]);
    assert_eq!(samples.sample(3), []);
    assert_eq!(samples.steps(), 10);
}

#[test]
fn linear_views_are_counts_or_first_steps() {
    let mut samples = EventSamples::new(2, 2, LinearView::Counts);
    samples.push(1, vec![event(4, 0), event(1, 0)]);
    samples.push(0, vec![event(300, 1)]);
    assert_eq!(samples.linear_view().features, [2, 0, 0, 1]);
    samples.view = LinearView::FirstSteps;
    assert_eq!(samples.linear_view().features, [1, 255, 255, 255]);
}
