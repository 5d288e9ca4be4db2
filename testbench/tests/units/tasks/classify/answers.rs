use synfire::tasks::classify::answers::*;

#[test]
fn samples_seen_before_are_counted_apart() {
    let mut training = WhileTraining::default();
    for (pass, right) in [(0, true), (0, false), (1, true), (2, true)] {
        training.count(pass, right);
    }
    assert_eq!(training.first_sight, Tally { right: 1, given: 2 });
    assert_eq!(training.seen_before, Tally { right: 2, given: 2 });
    assert_eq!(training.describe(), ", 50.0 % right at first sight, 100.0 % right of samples seen before");
    assert_eq!(WhileTraining::default().describe(), "");
    let epoch =
        |training, test_samples| EpochScore { training, train_samples: 4, test_correct: 0, test_samples };
    assert_eq!(last_trained(&[epoch(training, 2)]), "last training samples, all seen before");
    assert_eq!(last_trained(&[epoch(training, 3)]), "last training samples, some seen before");
    assert_eq!(last_trained(&[epoch(WhileTraining::default(), 3)]), "last training samples");
    assert_eq!(columns(&[epoch(training, 2)]).len(), 2);
    assert!(columns(&[epoch(WhileTraining::default(), 2)]).is_empty());
}
