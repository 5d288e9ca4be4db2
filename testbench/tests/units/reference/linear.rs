use smartcore::linalg::basic::arrays::Array;
use smartcore::linalg::basic::matrix::DenseMatrix;
use smartcore::linear::logistic_regression::{LogisticRegression, LogisticRegressionParameters};
use synfire::data::Samples;
use synfire::data::digits;
use synfire::data::split::Parts;
use synfire::data::split::test_part;
use synfire::reference::linear::*;

#[test]
fn digits_are_mostly_linear() {
    let digits = digits::load().unwrap();
    let parts = test_part(&digits.labels, digits.classes, 300, 1).unwrap();
    let score = linear(&digits, &parts, 1).unwrap();
    assert!((0.955..0.975).contains(&score.accuracy()), "{}", score.accuracy());
    let trace: u32 = (0..10).map(|c| score.confusion[c][c]).sum();
    assert_eq!(trace, score.correct);
    assert_eq!(score.confusion.iter().flatten().sum::<u32>(), 540);
    assert_eq!(score, linear(&digits, &parts, 1).unwrap());
}

#[test]
fn a_foreign_split_is_refused() {
    let samples = Samples::new(vec![0; 4], 1, vec![0, 1, 0, 1], 2).unwrap();
    let error = linear(&samples, &Parts { kept: vec![0, 1], held_out: vec![4] }, 1).unwrap_err();
    assert_eq!(error.to_string(), "linear baseline: the split names sample 4, allowed 0..=3");
}

/// The same problem, minimised by a crate that knows nothing of ours.
#[test]
fn the_minimum_is_that_of_another_implementation() {
    let all = digits::load().unwrap();
    let samples =
        Samples::new(all.features[..300 * 64].to_vec(), 64, all.labels[..300].to_vec(), 10).unwrap();
    let indices: Vec<u32> = (0..300).collect();
    let problem = Problem::new(&samples, &indices, 3.0);
    let ours = descend(&problem);

    let inputs: Vec<f64> = samples.features.iter().map(|&f| f64::from(f) / 16.0).collect();
    let matrix = DenseMatrix::new(300, 64, inputs, false).unwrap();
    let labels: Vec<u32> = samples.labels.iter().map(|&l| u32::from(l)).collect();
    let parameters = LogisticRegressionParameters::default().with_alpha(3.0);
    let theirs = LogisticRegression::fit(&matrix, &labels, parameters).unwrap();
    let mut worst = 0.0_f64;
    for class in 0..10 {
        for input in 0..64 {
            let their = theirs.coefficients().get((class, input));
            worst = worst.max((their - f64::from(ours[input * 10 + class])).abs());
        }
    }
    assert!(worst < 0.002, "largest difference of a weight {worst}");
}
