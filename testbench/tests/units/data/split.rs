use proptest::prelude::*;
use synfire::data::digits;
use synfire::data::split::*;

#[test]
fn digits_split_70_to_30() {
    let digits = digits::load().unwrap();
    let divided = |seed| test_part(&digits.labels, 10, 300, seed).unwrap();
    let parts = divided(1);
    assert_eq!((parts.kept.len(), parts.held_out.len()), (1257, 540));
    assert_eq!(parts, divided(1));
    assert_ne!(parts, divided(2));
    let inner = validation_part(&digits.labels, 10, &parts.kept, 200, 1).unwrap();
    assert_eq!((inner.kept.len(), inner.held_out.len()), (1005, 252));
    assert!(inner.held_out.iter().all(|i| parts.kept.contains(i)), "validation only from training");
    assert!(inner.kept.iter().all(|i| parts.kept.contains(i)));
}

#[test]
fn an_epoch_is_a_permutation_of_its_own() {
    let indices: Vec<u32> = (0..500).collect();
    let first = epoch_order(&indices, 0, 7);
    assert_eq!(first, epoch_order(&indices.iter().rev().copied().collect::<Vec<_>>(), 0, 7));
    assert_ne!(first, epoch_order(&indices, 1, 7));
    assert_ne!(first, epoch_order(&indices, 0, 8));
    let mut sorted = first;
    sorted.sort_unstable();
    assert_eq!(sorted, indices);
}

#[test]
fn a_test_has_an_order_of_its_own() {
    let indices: Vec<u32> = (0..500).collect();
    let order = test_order(&indices, 7);
    assert_eq!(order, test_order(&epoch_order(&indices, 0, 7), 7));
    assert_ne!(order, epoch_order(&indices, 0, 7));
    assert_ne!(order, test_order(&indices, 8));
    let mut sorted = order;
    sorted.sort_unstable();
    assert_eq!(sorted, indices);
}

#[test]
fn passes_follow_one_another_across_epochs() {
    let indices: Vec<u32> = (0..5).collect();
    let whole: Vec<(u32, u32)> =
        (0..3).flat_map(|pass| epoch_order(&indices, pass, 7).into_iter().map(move |s| (s, pass))).collect();
    let parts: Vec<_> = (0..5).flat_map(|epoch| presentations(&indices, epoch, Some(3), 7)).collect();
    assert_eq!(parts, whole);
    assert_eq!(presentations(&indices, 2, None, 7), whole[10..]);
    assert_eq!(presentations(&indices, 0, Some(15), 7), whole);
}

#[test]
fn an_epoch_starts_anywhere() {
    // The first place of 4,000 epochs over 10 samples: each sample about 400 times.
    let mut first = [0_u32; 10];
    (0..4000).for_each(|e| first[epoch_order(&(0..10).collect::<Vec<_>>(), e, 3)[0] as usize] += 1);
    assert!(first.iter().all(|n| (330..470).contains(n)), "{first:?}");
}

#[test]
fn impossible_fractions_are_refused() {
    let labels = [0, 1, 0, 1];
    let error = test_part(&labels, 2, 1000, 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "split: 1000 per mille of 4 samples, allowed 1..=999 with at least one sample on each side"
    );
    assert!(test_part(&labels, 2, 0, 1).is_err());
    let error = validation_part(&labels, 2, &[0, 9], 500, 1).unwrap_err();
    assert_eq!(error.to_string(), "split: sample 9, allowed 0..=3");
}

proptest! {
    /// Disjoint, complete, of the promised size, and every class within one sample of its share.
    #[test]
    fn divisions_are_stratified(labels in prop::collection::vec(0_u8..5, 2..300), per_mille in 1_u32..1000, seed: u32) {
        let n = labels.len();
        let Ok(parts) = test_part(&labels, 5, per_mille, seed) else {
            prop_assert!((n as u64 * u64::from(per_mille)).div_ceil(1000) as usize >= n);
            return Ok(());
        };
        let mut all = [parts.kept.clone(), parts.held_out.clone()].concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..n as u32).collect::<Vec<_>>());
        prop_assert_eq!(parts.held_out.len(), (n * per_mille as usize).div_ceil(1000));
        for class in 0..5_u8 {
            let of = |indices: &[u32]| indices.iter().filter(|&&i| labels[i as usize] == class).count();
            let exact = of(&(0..n as u32).collect::<Vec<_>>()) * per_mille as usize;
            let held = of(&parts.held_out) * 1000;
            prop_assert!(held + 1000 > exact && held < exact + 1000, "class {} off its share", class);
        }
    }
}
