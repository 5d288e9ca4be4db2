//! The report of a spike-pattern run: loss and hits by seed, learning curves, the last output, the bill.

use super::cell::CellResult;
use crate::bill::{self, Work};
use crate::experiment::file::Patterns;
use crate::report::model::{Cell, Curves, Headline, Raster, Report, Series, Table};
use crate::report::quantity;
use synfire_chip::chip::Chip;

/// The whole report.
#[must_use]
pub fn report(
    title: &str,
    settings: &Patterns,
    chip: &Chip,
    results: &[CellResult],
    threads: usize,
) -> Report {
    let mut report = Report { title: title.to_owned(), ..Report::default() };
    report.intro = vec![
        format!(
            "{} patterns of {} steps, {} target spikes each, input rate {} a step and neuron; {} epochs.",
            settings.patterns,
            settings.steps,
            settings.targets,
            f64::from(settings.rate_ppm) / 1e6,
            settings.epochs
        ),
        format!(
            "Loss: van Rossum distance (rise {}, decay {} steps; one lone spike is 1), mean over patterns. A target is \
             hit by a spike at most {} steps away. Scored without learning; the last epoch counts.",
            settings.distance_tau.0, settings.distance_tau.1, settings.tolerance
        ),
    ];
    let mut rows = Vec::new();
    let mut within = 0;
    for result in results {
        let (Some((_, start)), Some((_, end))) = (result.curve.first(), result.curve.last()) else {
            continue;
        };
        let ratio = end.loss / start.loss.max(1e-12);
        within += usize::from(ratio <= 0.05);
        rows.push(vec![
            Cell::text(format!("seed {}", result.seed)),
            Cell::number(start.loss, format!("{:.2}", start.loss)),
            Cell::number(end.loss, format!("{:.3}", end.loss)),
            Cell::number(ratio, format!("{:.2} %", 100.0 * ratio)),
            Cell::number(f64::from(end.hits), format!("{} of {}", end.hits, result.targets)),
            Cell::count(u128::from(end.extra)),
        ]);
    }
    let hits: u32 = results.iter().filter_map(|r| r.curve.last()).map(|(_, s)| s.hits).sum();
    let targets: u32 = results.iter().map(|r| r.targets).sum();
    report.headlines.push(Headline {
        label: format!("targets hit within {} steps", settings.tolerance),
        text: format!("{hits} of {targets}"),
        number: Some(f64::from(hits) / f64::from(targets.max(1))),
        ..Headline::default()
    });
    report.headlines.push(Headline {
        label: "final loss at most 5 % of the start".to_owned(),
        text: format!("{within} of {} seeds", results.len()),
        number: Some(within as f64),
        ..Headline::default()
    });
    let columns =
        ["", "loss at the start", "final loss", "of the start", "targets hit", "spikes beside targets"];
    report.push(Table {
        title: "Scores by seed".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
        notes: Vec::new(),
    });
    let series = results.iter().map(|r| Series {
        name: format!("seed {}", r.seed),
        points: r
            .curve
            .iter()
            .map(|(epoch, s)| (f64::from(*epoch), 100.0 * s.loss / r.curve[0].1.loss.max(1e-12)))
            .collect(),
    });
    report.push(Curves {
        title: "Loss, percent of the start".to_owned(),
        x_label: "epoch".to_owned(),
        y_label: "loss (% of the start)".to_owned(),
        series: series.collect(),
        references: Vec::new(),
    });
    if let Some(result) = results.first() {
        report.push(raster(settings, result));
        let work = Work { chip, counts: result.counts, elapsed: result.elapsed, cores: 1 };
        report.push(bill::counts(&format!("What it cost, seed {}", result.seed), &[("whole run", work)]));
        report.blocks.extend(bill::energy_blocks("Energy of the whole run", &work));
        let seconds = results.iter().map(|r| r.wall_seconds).sum();
        let mut counts = synfire_chip::counters::NodeCounts::default();
        results.iter().for_each(|r| counts.add(&r.counts));
        report.push(bill::speed(&counts, seconds, threads));
        let energy = work.attojoules();
        report.headlines.push(Headline {
            label: "energy of a training".to_owned(),
            text: quantity::energy(energy),
            number: Some(energy as f64 / 1e18),
            note: format!("seed {}", result.seed),
            ..Headline::default()
        });
    }
    report
}

/// Targets and answers of every pattern, one above the other.
fn raster(settings: &Patterns, result: &CellResult) -> Raster {
    let row = |pattern: u32, answer: u32| 2 * pattern + answer;
    let targets = result.target_spikes.iter().map(|(step, p)| (u64::from(*step), row(*p, 0)));
    let answers = result.last_spikes.iter().map(|(step, p)| (u64::from(*step), row(*p, 1)));
    let mut spikes: Vec<(u64, u32)> = targets.chain(answers).collect();
    spikes.sort_unstable();
    Raster {
        title: format!("Targets (even rows) and spikes (odd rows) of each pattern, seed {}", result.seed),
        steps: u64::from(settings.steps),
        neurons: 2 * settings.patterns,
        spikes,
        bands: Vec::new(),
    }
}
