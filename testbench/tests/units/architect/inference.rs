use synfire::architect::inference::*;

#[test]
fn a_percentile_is_one_of_the_values() {
    let values: Vec<u128> = (1..=200).collect();
    assert_eq!([1, 50, 99, 100].map(|p| percentile(&values, p)), [2, 100, 198, 200]);
    assert_eq!([1, 50, 99].map(|p| percentile(&[7], p)), [7; 3]);
    assert_eq!(percentile(&[], 50), 0);
}

#[test]
fn overlaps_are_named() {
    let of = |list: &[(&str, f64, f64)]| {
        overlaps(&list.iter().map(|(name, low, high)| ((*name).to_owned(), *low, *high)).collect::<Vec<_>>())
    };
    assert_eq!(of(&[("a", 1.0, 2.0)]), None);
    assert_eq!(of(&[("a", 1.0, 1.0), ("b", 1.0, 1.0)]), None, "no ends");
    assert!(of(&[("a", 1.0, 2.0), ("b", 3.0, 4.0)]).expect("a note").starts_with("no two"));
    assert!(of(&[("a", 1.0, 3.0), ("b", 3.0, 4.0)]).expect("a note").starts_with("all energies overlap"));
    let some = of(&[("a", 1.0, 2.0), ("b", 1.5, 4.0), ("c", 5.0, 6.0)]).expect("a note");
    assert!(some.contains("`a` and `b`") && !some.contains("`c`"), "{some}");
    let five: Vec<_> = "abcde".chars().map(|name| (name.to_string(), 1.0, 2.0)).collect();
    let many = overlaps(&[&five[..], &[("f".to_owned(), 8.0, 9.0)]].concat()).expect("a note");
    assert!(many.starts_with("10 of 15 pairs") && many.contains("`b` and `d`, and 4 more: prices"), "{many}");
}
