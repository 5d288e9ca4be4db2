//! The report of `synfire gradient`.
//!
//! Promises: every bar is stated beside its figure, met or not. Absent on purpose: figures of the test part; bars where
//! targets are spike trains.

use super::cell::{CellResult, Experiment};
use super::chip::ChipLayer;
use super::exact::{self, Exact};
use super::layers::{FactorSource, Layer, Measured};
use crate::report::model::{Headline, Report, Table, TableCell, Verdict};
use crate::report::quantity::{self, Spread};

/// Least cosine of a hidden layer under random feedback, after training.
pub const ALIGNED: f64 = 0.1;
/// Least median cosine of a chip's changes and their float form, dither averaged out.
pub const SAME: f64 = 0.98;
/// The same for a rule with an error compartment: its charge is rounded toward zero in every step, with the 7 fraction
/// bits of the third factor, and that bends its changes. With 13 fraction bits it is as good as the others.
pub const SAME_COMPARTMENT: f64 = 0.95;

/// Everything that one row gave, by seed.
#[derive(Clone, Debug)]
pub struct RowResult {
    /// Row's name.
    pub row: String,
    /// Whether its hidden layers learn by random feedback.
    pub random_feedback: bool,
    /// Whether they have error compartments.
    pub compartment: bool,
    /// By seed.
    pub seeds: Vec<(u32, Measured, Vec<ChipLayer>)>,
}

/// Builds the report of rows of `experiment`.
#[must_use]
pub fn report(title: &str, exact: Exact, rows: &[RowResult], experiment: &Experiment) -> Report {
    let mut report = Report { title: title.to_owned(), ..Report::default() };
    report.intro = vec![
        experiment.presentations(),
        "Gradient: back-propagation through time with surrogate derivatives and the reset term, of the error that the \
         readouts form. Updates: of the float form of each rule, weights held, summed over the same presentations."
            .to_owned(),
        quantity::seeds(rows.iter().flat_map(|row| &row.seeds).map(|(seed, _, _)| *seed)),
    ];
    report.headlines = headlines(exact, rows);
    if matches!(experiment, Experiment::Trains(_)) {
        // The bars were set where samples have labels; the equalities hold everywhere.
        for headline in &mut report.headlines[EQUALITIES..] {
            headline.verdict = Verdict::None;
            headline.note = "least over layers and seeds; no bar is set for spike trains".to_owned();
        }
    }
    report.push(layers(rows));
    report.push(chips(rows));
    if let Some(table) = angles(rows) {
        report.push(table);
    }
    report.blocks.extend(experiment.changes().map(Into::into));
    report
}

/// Headlines of equalities, which come first.
const EQUALITIES: usize = 3;

fn headlines(exact: Exact, rows: &[RowResult]) -> Vec<Headline> {
    let equal = |label: &str, found: f64| {
        let note = format!("largest relative difference on {} networks, at most 1e-9 asked", exact::CASES);
        headline(label, found, format!("{found:.1e}"), note, found <= exact::EQUAL)
    };
    let mut all = vec![
        equal("forward method = back-propagation through time", exact.forward),
        equal("SuperSpike on one layer = gradient without reset terms", exact.superspike),
        equal("delta rule = gradient of a leaky readout", exact.delta),
    ];
    let hidden = rows.iter().filter(|row| row.random_feedback).flat_map(RowResult::layers);
    let hidden = hidden.filter(|layer| layer.source == FactorSource::Own && !layer.readout);
    if let Some(least) = hidden.filter_map(|layer| layer.after.cosine).reduce(f64::min) {
        let note = format!("above {ALIGNED} asked; least over layers and seeds");
        all.push(headline(
            "cosine of random feedback and gradient, hidden layers, after training",
            least,
            format!("{least:.2}"),
            note,
            least > ALIGNED,
        ));
    }
    for (compartment, bar, which) in
        [(false, SAME, "their float form"), (true, SAME_COMPARTMENT, "that of eRBP")]
    {
        let chips = rows.iter().filter(|row| row.compartment == compartment).flat_map(|row| &row.seeds);
        let averaged = chips.flat_map(|(_, _, layers)| layers).filter_map(|layer| layer.averaged);
        let Some(least) = averaged.reduce(f64::min) else { continue };
        let label = format!("cosine of a chip's changes and {which}");
        let note =
            format!("at least {bar} asked; one presentation, dither averaged, least over layers and seeds");
        all.push(headline(&label, least, format!("{least:.3}"), note, least >= bar));
    }
    all
}

fn headline(label: &str, number: f64, text: String, note: String, met: bool) -> Headline {
    let verdict = if met { Verdict::Met } else { Verdict::Missed };
    Headline { label: label.to_owned(), text, number: Some(number), note, verdict }
}

impl RowResult {
    /// Cells of every seed of each row, row by row.
    #[must_use]
    pub fn of_cells(cells: &[CellResult], seeds: usize) -> Vec<Self> {
        let row = |cells: &[CellResult]| Self {
            row: cells[0].row.clone(),
            random_feedback: cells[0].random_feedback,
            compartment: cells[0].compartment,
            seeds: cells.iter().map(|cell| (cell.seed, cell.measured.clone(), cell.chips.clone())).collect(),
        };
        cells.chunks(seeds.max(1)).map(row).collect()
    }

    fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.seeds.iter().flat_map(|(_, measured, _)| &measured.layers)
    }
}

/// Mean over seeds.
fn mean(values: impl Iterator<Item = Option<f64>>) -> TableCell {
    let values: Vec<f64> = values.flatten().collect();
    Spread::of(&values).map_or(TableCell::text("-"), |spread| number(spread.mean))
}

fn worst(values: impl Iterator<Item = Option<f64>>) -> TableCell {
    values.flatten().reduce(f64::min).map_or(TableCell::text("-"), number)
}

fn number(value: f64) -> TableCell {
    TableCell::number(value, format!("{value:.3}"))
}

fn layers(rows: &[RowResult]) -> Table {
    let mut table = Table {
        title: "Cosine of each rule's updates and the gradient".to_owned(),
        columns: ["", "projection", "before", "after training", "worst seed", "errors at once", "same sign"]
            .map(str::to_owned)
            .to_vec(),
        rows: Vec::new(),
        notes: vec![
            "mean over seeds; same sign: part of the synapses that both move, after training".to_owned(),
            "errors at once: after training, each error used in the step that forms it instead of by the chip's way"
                .to_owned(),
            "symmetric: the same trained network with the readout's weights in place of B; not local".to_owned(),
        ],
    };
    for row in rows {
        let Some((_, first, _)) = row.seeds.first() else { continue };
        for index in 0..first.layers.len() {
            let of = |get: &dyn Fn(&Layer) -> Option<f64>| -> Vec<Option<f64>> {
                row.seeds.iter().map(|(_, measured, _)| get(&measured.layers[index])).collect()
            };
            let layer = &first.layers[index];
            let symmetric = if layer.source == FactorSource::Symmetric { ", symmetric" } else { "" };
            let after = of(&|layer| layer.after.cosine);
            table.rows.push(vec![
                TableCell::text(format!("{}{symmetric}", row.row)),
                TableCell::text(layer.projection.clone()),
                mean(of(&|layer| layer.before.cosine).into_iter()),
                mean(after.clone().into_iter()),
                worst(after.into_iter()),
                mean(of(&|layer| layer.at_once.cosine).into_iter()),
                mean(of(&|layer| layer.after.signs).into_iter()),
            ]);
        }
    }
    table
}

fn chips(rows: &[RowResult]) -> Table {
    let columns = [
        "",
        "projection",
        "one presentation",
        "dither averaged",
        "two dithers",
        "lanes a change",
        "presentations",
    ];
    let mut table = Table {
        title: "Cosine of a chip's changes in one presentation and their own float form".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: Vec::new(),
        notes: vec![
            "after training; medians over presentations, mean over seeds; both sides start with the chip's weights"
                .to_owned(),
            "two dithers: the chip against itself with other dither; lanes a change: mean size of a float change in \
             units of the store"
                .to_owned(),
        ],
    };
    for row in rows {
        let Some((_, _, first)) = row.seeds.first() else { continue };
        for index in 0..first.len() {
            let of = |get: &dyn Fn(&ChipLayer) -> Option<f64>| -> Vec<Option<f64>> {
                row.seeds.iter().map(|(_, _, layers)| get(&layers[index])).collect()
            };
            let lanes = of(&|layer| Some(layer.lanes)).into_iter();
            let samples: usize = row.seeds.iter().map(|(_, _, layers)| layers[index].samples).sum();
            table.rows.push(vec![
                TableCell::text(row.row.clone()),
                TableCell::text(first[index].projection.clone()),
                mean(of(&|layer| layer.one).into_iter()),
                mean(of(&|layer| layer.averaged).into_iter()),
                mean(of(&|layer| layer.repeated).into_iter()),
                mean(lanes),
                TableCell::count(samples as u128),
            ]);
        }
    }
    table
}

fn angles(rows: &[RowResult]) -> Option<Table> {
    let mut lines = Vec::new();
    for row in rows {
        let all: Vec<&(String, f64)> = row.seeds.iter().flat_map(|(_, m, _)| &m.angles).collect();
        let Some((population, _)) = all.first() else { continue };
        let degrees: Vec<f64> =
            all.iter().filter(|(name, _)| name == population).map(|(_, angle)| *angle).collect();
        let Some(spread) = Spread::of(&degrees) else { continue };
        let degrees = |value: f64| TableCell::number(value, format!("{value:.1}"));
        lines.push(vec![
            TableCell::text(row.row.clone()),
            TableCell::text(population.clone()),
            degrees(spread.mean),
            degrees(spread.best),
        ]);
    }
    (!lines.is_empty()).then(|| Table {
        title: "Angle between B and the weights to the readout, degrees, after training".to_owned(),
        columns: ["", "population", "mean", "largest"].map(str::to_owned).to_vec(),
        rows: lines,
        notes: vec!["90 is no alignment, which is where independent draws begin".to_owned()],
    })
}
