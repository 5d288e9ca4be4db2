use synfire::report::paired::*;

#[test]
fn differences_are_taken_seed_by_seed() {
    let values = |name: &str| if name == "a" { vec![0.9, 0.5] } else { vec![0.8, 0.6] };
    let table = table([("a", "b"), ("a", "a")].into_iter(), &values).unwrap();
    assert_eq!(table.rows[0][1].text, "+0.00");
    assert_eq!(table.rows[0][3].text, "-10.00");
    assert_eq!(table.rows[0][4].text, "1 of 2");
    assert_eq!(table.rows[1][4].text, "0 of 2");
}
