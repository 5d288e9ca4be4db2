use synfire::data::events::Event;
use synfire::data::evidence::*;
use synfire::data::set::Content;
use synfire::data::set::Generator as _;
use synfire::data::set::Sizes;

fn task() -> Evidence {
    Evidence {
        cues: 7,
        cue_steps: 10,
        gap_steps: 5,
        delay_steps: 30,
        recall_steps: 20,
        group: 10,
        rate_per_mille: 400,
        background_per_mille: 10,
        likely_per_mille: 700,
        sizes: Sizes { train: 200, validation: 0, test: 50 },
    }
}

#[test]
fn the_label_is_the_side_with_more_cues() {
    let set = task().generate(3);
    let Content::Events(samples) = &set.content else { panic!("events") };
    for index in 0..250 {
        let sides: Vec<bool> = (0..7)
            .map(|cue| {
                let during = |e: &&Event| (cue * 15..cue * 15 + 10).contains(&e.step) && e.channel < 20;
                let of: Vec<bool> =
                    samples.sample(index).iter().filter(during).map(|e| e.channel >= 10).collect();
                assert!(of.iter().all(|side| *side == of[0]), "one side a cue");
                of[0]
            })
            .collect();
        let right = sides.iter().filter(|side| **side).count();
        assert_eq!(usize::from(set.labels()[index]), usize::from(right > 3));
    }
    let ones = set.labels().iter().filter(|label| **label == 1).count();
    // 125 expected, standard deviation 8.
    assert!((85..165).contains(&ones), "{ones}");
}

#[test]
fn groups_fire_when_they_should_and_as_often() {
    let set = task().generate(4);
    let Content::Events(samples) = &set.content else { panic!("events") };
    let all = || (0..250).flat_map(|index| samples.sample(index));
    let recall = all().filter(|e| (20..30).contains(&e.channel));
    assert!(recall.clone().all(|e| (135..155).contains(&e.step)));
    // 20 steps of 10 neurons, 250 times, at 0.4: 20,000 expected, standard deviation 110.
    assert!((19_450..20_550).contains(&recall.count()));
    // 155 steps of 10 neurons, 250 times, at 0.01: 3,875 expected, standard deviation 62.
    let background = all().filter(|e| e.channel >= 30).count();
    assert!((3560..4190).contains(&background), "{background}");
    assert_eq!(samples.steps(), 155);
}

#[test]
fn an_even_number_of_cues_has_no_majority() {
    let problems = Evidence { cues: 6, ..task() }.problems();
    assert_eq!((problems.len(), problems[0].field.as_str()), (1, "cues"));
}
