//! One page over all tasks: rules by name, columns grouped by task.
//!
//! Promises: a rule is found by its name in every experiment; a cell is a mean over seeds and its standard error; a
//! difference is taken seed by seed. Absent on purpose: which row is a rule of which name (the files say it).

use super::compared::Compared;
use crate::architect::bill::at_least;
use crate::experiment::file::Store;
use crate::reference::linear::Score;
use crate::report::model::{Group, Matrix, TableCell};
use crate::report::quantity::{self, Spread};

/// Scores, differences to the first store, costs.
#[must_use]
pub fn matrices(compared: &[Compared<'_>]) -> [Matrix; 3] {
    [scores(compared), differences(compared), costs(compared)]
}

/// Names of all rules, in the order in which they are met.
fn rules<'a>(compared: &'a [Compared<'_>]) -> Vec<&'a str> {
    let mut rules = Vec::new();
    for rule in compared.iter().flat_map(|one| one.rows().iter().map(|row| row.rule())) {
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules
}

/// A row a rule: its name, then what `cells` says of it in each experiment that has it.
fn by_rule(
    compared: &[Compared<'_>],
    groups: &[Group],
    cells: &dyn Fn(&Compared<'_>, usize) -> Vec<TableCell>,
) -> Vec<Vec<TableCell>> {
    let row = |rule: &str| {
        let mut row = vec![TableCell::text(rule)];
        for (one, group) in compared.iter().zip(groups) {
            match one.rows().iter().position(|row| row.rule() == rule) {
                Some(index) => row.extend(cells(one, index)),
                None => row.extend(group.columns.iter().map(|_| TableCell::text(""))),
            }
        }
        row
    };
    rules(compared).into_iter().map(row).collect()
}

fn group(one: &Compared<'_>, columns: impl Iterator<Item = String>) -> Group {
    Group { name: one.entry.name.clone(), columns: columns.collect() }
}

/// `97.80 ± 0.15`, in percent or points; one value has no error.
fn spread(values: &[f64], signed: bool) -> TableCell {
    let Some(spread) = Spread::of(values) else { return TableCell::text("-") };
    let mean = 100.0 * spread.mean;
    let mean = if signed { format!("{mean:+.2}") } else { format!("{mean:.2}") };
    let error = spread.standard_error.map_or_else(String::new, |e| format!(" ± {:.2}", 100.0 * e));
    TableCell::number(spread.mean, mean + &error)
}

fn scores(compared: &[Compared<'_>]) -> Matrix {
    let groups: Vec<Group> =
        compared.iter().map(|one| group(one, one.stores().iter().map(Store::name))).collect();
    let mut rows = by_rule(compared, &groups, &|one, row| {
        (0..one.stores().len()).map(|store| spread(&one.scores(row, store), false)).collect()
    });
    if compared.iter().any(|one| !one.linear.is_empty()) {
        let mut linear = vec![TableCell::text("linear classifier")];
        for (one, group) in compared.iter().zip(&groups) {
            let scores: Vec<f64> = one.linear.iter().map(Score::accuracy).collect();
            let first = if scores.is_empty() { TableCell::text("") } else { spread(&scores, false) };
            linear.push(first);
            linear.extend(group.columns.iter().skip(1).map(|_| TableCell::text("")));
        }
        rows.push(linear);
    }
    Matrix {
        title: "Score by rule, task and store".to_owned(),
        groups,
        rows,
        notes: vec![
            "percent after the last epoch: mean over seeds ± its standard error; worst seeds stand with each task"
                .to_owned(),
            "the linear classifier is floating point, off the chip; what it is fitted to stands with each task"
                .to_owned(),
        ],
    }
}

fn differences(compared: &[Compared<'_>]) -> Matrix {
    let groups: Vec<Group> =
        compared.iter().map(|one| group(one, one.stores().iter().skip(1).map(Store::name))).collect();
    let rows = by_rule(compared, &groups, &|one, row| {
        let reference = one.scores(row, 0);
        let difference = |store: usize| {
            let scores = one.scores(row, store);
            let pairs = scores.iter().zip(&reference);
            spread(&pairs.map(|(score, reference)| score - reference).collect::<Vec<_>>(), true)
        };
        (1..one.stores().len()).map(difference).collect()
    });
    let references: Vec<String> = compared
        .iter()
        .filter_map(|one| Some(format!("`{}`: {}", one.entry.name, one.stores().first()?.name())))
        .collect();
    Matrix {
        title: "Difference of a store to the first one, paired by seed".to_owned(),
        groups,
        rows,
        notes: vec![
            "points, mean ± its standard error; the same rule, timing, splits, draws and order".to_owned(),
            format!("first stores: {}", references.join("; ")),
        ],
    }
}

fn costs(compared: &[Compared<'_>]) -> Matrix {
    let columns =
        ["learning memory, bits a core", "weight updates", "weights written", "error packets", "energy"];
    let groups: Vec<Group> =
        compared.iter().map(|one| group(one, columns.iter().map(|column| (*column).to_owned()))).collect();
    let rows = by_rule(compared, &groups, &|one, row| {
        let cost = one.chip_store().and_then(|store| one.cost(row, store));
        let Some(cost) = cost else { return columns.iter().map(|_| TableCell::text("-")).collect() };
        let each = |value: f64| TableCell::number(value, quantity::count(value.round() as u128));
        let energy = quantity::energy(cost.training.nominal.round() as u128);
        vec![
            TableCell::count(u128::from(cost.memory.learning_bits)),
            each(cost.updates),
            each(cost.writes),
            each(cost.error_packets),
            TableCell::number(cost.training.nominal / 1e18, at_least(energy, cost.least)),
        ]
    });
    let stores: Vec<String> = compared
        .iter()
        .filter_map(|one| Some(format!("`{}`: {}", one.entry.name, one.stores()[one.chip_store()?].name())))
        .collect();
    Matrix {
        title: "What a rule costs the chip: memory of the fullest core, and a training presentation".to_owned(),
        groups,
        rows,
        notes: vec![
            "counted by the simulated chip, mean over seeds and presentations; every store stands with its task"
                .to_owned(),
            "of a rule that is not local, the transport of its weights is not billed".to_owned(),
            format!("in the first store of the chip: {}", stores.join("; ")),
        ],
    }
}
