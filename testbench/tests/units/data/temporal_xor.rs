use synfire::data::set::Generator as _;
use synfire::data::temporal_xor::*;

#[test]
fn the_four_cases() {
    let task = TemporalXor { early: 4, late: 14 };
    let set = task.generate(1);
    assert_eq!(set.labels(), [0, 1, 1, 0]);
    let view = set.linear_view();
    assert_eq!(view.features, [0, 4, 4, 0, 4, 14, 0, 14, 4, 0, 14, 14]);
    assert!(task.problems().is_empty());
    assert_eq!(TemporalXor { early: 4, late: 4 }.problems()[0].field, "late");
}
