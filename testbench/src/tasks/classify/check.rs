//! What can be wrong with a classification's own numbers and names, each shown at its field.

use super::file::{Classify, ScoreOf};
use crate::experiment::check::{Check, MOST_STEPS};
use crate::experiment::file::Data;
use crate::experiment::origin::Origin;
use synfire_chip::files::Diagnostics;

/// The optional steps and sizes.
fn windows(check: &mut Check<'_>, s: &Classify) {
    let steps = s.sample_steps;
    let mut range = |field: &str, found: Option<u32>, least: u32, most: u32| {
        found.into_iter().for_each(|found| check.range(field, found, least, most));
    };
    range("learn_until", s.learn_until, s.learn_from, steps.max(s.learn_from));
    range("learn_every", s.learn_every, 1, steps.max(1));
    range("answer_from", s.answer_from, 0, steps.saturating_sub(1));
    range("answer_until", s.answer_until, 1, steps.max(1));
    range("epoch_samples", s.epoch_samples, 1, u32::MAX);
    if let ScoreOf::LastTrained(samples) = s.score {
        range("score", Some(samples), 1, 1_000_000);
        let title = "`validate` with a score of training samples: no other part is scored";
        let none = !s.validate && s.validate_per_mille.is_none();
        check.expect(none, "score", title, "both", "one of the two");
        let title = "no step is left to answer in before the first error";
        let allowed = "1 or more: the score is of answers from before the label";
        check.expect(s.learn_from > 0, "learn_from", title, s.learn_from, allowed);
        let unseen = s.unseen_until();
        let title = "`answer_until` lets the label of a sample shape the answer that is scored";
        let until = s.answer_until.unwrap_or(unseen);
        let allowed = format!("1..={unseen}: up to `learn_from`, the step of the first error");
        check.expect(until <= unseen, "answer_until", title, until, &allowed);
    }
    // Where neither is stated, `learn_from` alone decides, and has a message of its own.
    let field = match (s.answer_from, s.answer_until) {
        (Some(_), _) => "answer_from",
        (None, Some(_)) => "answer_until",
        (None, None) => return,
    };
    let (from, until) = s.answer();
    let title = "no step is left to answer in";
    let found = format!("steps {from}..{until}");
    check.expect(from < until, field, title, found, "`answer_from` below `answer_until`");
}

/// The settings of a data set.
fn data(check: &mut Check<'_>, s: &Classify) {
    let (name, problems) = match (&s.data, s.data.generator()) {
        (Data::Nmnist(settings), _) => ("Nmnist", settings.problems()),
        (_, Some((name, generator))) => (name, generator.problems()),
        _ => return,
    };
    for problem in problems {
        let title = format!("`{}` of `{name}` is out of range", problem.field);
        let field = format!("data.{name}[0].{}", problem.field);
        check.expect(false, &field, &title, problem.found, &problem.allowed);
    }
}

/// The numbers and names that concern no other file.
///
/// # Errors
/// With all that are wrong.
pub fn numbers(settings: &Classify, place: &Origin) -> Result<(), Diagnostics> {
    let mut check = Check::new(place);
    let steps = settings.sample_steps;
    let allowed = format!("1..={MOST_STEPS}");
    let inside = (1..=MOST_STEPS).contains(&steps);
    check.expect(inside, "sample_steps", "`sample_steps` is out of range", steps, &allowed);
    let from = settings.learn_from;
    let title = "`learn_from` is not a step of a presentation";
    let allowed = format!("0..={}: below `sample_steps`", steps.saturating_sub(1));
    check.expect(steps == 0 || from < steps, "learn_from", title, from, &allowed);
    let none = settings.encoders.is_empty();
    check.expect(!none, "encoders", "no encoder: the network would see no sample", "[]", "1 or more");
    check.epochs_and_seeds("", settings.epochs, &settings.seeds);
    check.quick(settings.quick.as_ref());
    windows(&mut check, settings);
    data(&mut check, settings);
    check.stores(&settings.stores);
    let rows: Vec<&str> = settings.rows.iter().map(|row| row.name.as_str()).collect();
    check.rows(&rows);
    for (index, row) in settings.rows.iter().enumerate() {
        let twice = settings.rows[..index].iter().any(|other| other.rule() == row.rule());
        let title = format!("two rows have the rule `{}`", row.rule());
        check.expect(!twice, &format!("rows[{index}]"), &title, row.rule(), "a rule of its own for each row");
    }
    let others: &[&str] = if settings.linear { &["linear"] } else { &[] };
    check.comparisons(&settings.compare, &rows, others);
    check.done()
}
