use synfire::data::*;

#[test]
fn parts_that_do_not_fit_are_refused() {
    let shape = Samples::new(vec![0; 5], 2, vec![0, 1], 2).unwrap_err();
    assert_eq!(shape.to_string(), "data set: 5 features of width 2 do not make 2 samples");
    let label = Samples::new(vec![0; 4], 2, vec![0, 2], 2).unwrap_err();
    assert_eq!(label.to_string(), "data set: sample 1 has label 2, allowed 0..=1");
}

#[test]
fn rows_are_the_features_of_one_sample() {
    let samples = Samples::new(vec![1, 2, 3, 9], 2, vec![0, 1], 2).unwrap();
    assert_eq!(samples.row(1), [3, 9]);
    assert_eq!(samples.row(2), [0_u8; 0]);
    assert_eq!((samples.len(), samples.largest()), (2, 9));
}
