//! The printed report of every carried experiment, cut short, on a terminal of 80 columns; and what the command takes for
//! its terminal.

#[path = "frozen/paths.rs"]
#[expect(unused_imports, reason = "shared with the frozen hashes, which use all of it")]
mod paths;
#[path = "frozen/short.rs"]
mod short;

use paths::{Chip, Opened, TaskFile, open, reference};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use synfire::experiment::embedded::FILES;
use synfire::experiment::kind::{Kind, Narrowed, Ran};
use synfire::experiment::pool::{self, CellName, PoolOptions, Progress, Watch};
use synfire::report::terminal::{Style, render};
use synfire::tasks::traffic;

/// What is promised: no line of a terminal of so many columns is longer.
const COLUMNS: u16 = 80;

struct Quiet;

impl Watch for Quiet {
    fn progress(&self, _cell: &CellName, _progress: Progress<'_>) {}
    fn finished(&self, _cell: &CellName, _line: &str, _earlier: Option<u64>) {}

    fn anew(&self, _cell: &CellName, _why: &str) {}
}

/// Runs all cells and prints the report.
fn printed<K: Kind>(title: &str, settings: K::Settings, chip: Chip, opened: Opened) -> String {
    let experiment = K::load(settings, chip, opened, None).unwrap_or_else(|problems| panic!("{problems}"));
    let out = tempfile::tempdir().expect("a folder");
    let options = PoolOptions {
        threads: 2,
        interrupt: &AtomicBool::new(false),
        out: out.path(),
        save_every: Duration::from_secs(3600),
    };
    let cells = experiment.cells();
    let results = pool::run(&cells, &|index| experiment.cell(index), &options, &Quiet).expect("cells");
    let results: Vec<K::Result> = results.into_iter().map(|result| result.expect("finished")).collect();
    let ran = Ran { title, results: &results, threads: 2, started: Instant::now() };
    let report = experiment.report(&ran).unwrap_or_else(|error| panic!("{error}"));
    render(&report, Style { width: COLUMNS, bold: false })
}

/// The longest line.
fn widest(text: &str) -> &str {
    text.lines().max_by_key(|line| line.chars().count()).unwrap_or("")
}

#[test]
fn every_carried_experiment_reports_in_80_columns() {
    let recordings = tempfile::tempdir().expect("a folder");
    short::write_recordings(recordings.path());
    let mut wide = Vec::new();
    for (name, _) in FILES.iter().filter(|(_, text)| text.contains("\"synfire-experiment/1\"")) {
        let (file, opened) = open(name).unwrap_or_else(|problems| panic!("{problems}"));
        let chip = reference::chip(&file.chip, &opened).expect("a chip");
        let title = &file.title;
        let text = match file.task {
            TaskFile::Classify(mut settings) => {
                short::classify(&mut settings, recordings.path());
                // A minute of fits on all digits; the generated sets have this row too.
                settings.linear &= settings.data.generator().is_some();
                settings.compare.retain(|pair| settings.linear || pair.second != "linear");
                printed::<paths::classify::Task>(title, settings, chip, opened)
            }
            TaskFile::Patterns(mut settings) => {
                short::patterns(&mut settings);
                printed::<paths::patterns::Task>(title, settings, chip, opened)
            }
            TaskFile::RateNetwork(mut settings) => {
                short::rate_network(&mut settings);
                printed::<paths::rate_network::Task>(title, settings, chip, opened)
            }
            TaskFile::SpikeTime(mut settings) => {
                short::spike_time(&mut settings);
                printed::<paths::spike_time::Task>(title, settings, chip, opened)
            }
            TaskFile::Simulate(settings) => printed::<paths::simulate::Task>(title, settings, chip, opened),
            TaskFile::Traffic(mut settings) => {
                traffic::task::Task::shorten(&mut settings, Narrowed { quick: true, seed: None });
                printed::<traffic::task::Task>(title, settings, chip, opened)
            }
        };
        assert!(text.lines().count() > 10, "{name}: {text}");
        let line = widest(&text);
        if line.chars().count() > usize::from(COLUMNS) {
            wide.push(format!("{name}: {} columns\n{line}", line.chars().count()));
        }
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

/// The command's own terminal: `COLUMNS`, within 80 and 160.
#[test]
fn the_command_prints_for_its_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    let row =
        "a row whose name is far longer than anybody would call it, but who knows what a script calls rows";
    let word = "a_row_whose_name_is_one_word_and_longer_than_a_terminal_has_columns_as_scripts_make_them_up_at_times";
    let experiment = include_str!("cli/two-classes.ron")
        .replace("\"learned\"", &format!("\"{row}\""))
        .replace("\"frozen\"", &format!("\"{word}\""));
    assert!(experiment.contains(row) && experiment.contains(word), "{experiment}");
    write(
        "two-classes.ron",
        &experiment.replace("data: Npy(features: \"features.npy\", labels: \"labels.npy\")", "data: Digits"),
    );
    write(
        "two-classes.network.ron",
        &include_str!("cli/two-classes.network.ron")
            .replace("neurons: 8)", "neurons: 64)")
            .replace("neurons: 2,", "neurons: 10,"),
    );
    let said = |columns: &str| {
        let ran = Command::new(env!("CARGO_BIN_EXE_synfire"))
            .args(["run", "two-classes.ron", "--seed", "1", "--out", "out", "--overwrite"])
            .current_dir(folder.path())
            .env("COLUMNS", columns)
            .output()
            .expect("the command");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).expect("a text")
    };
    let widths = [("80", 80), ("40", 80), ("0", 80), ("120", 120), ("400", 160)];
    for (columns, most) in widths {
        let text = said(columns);
        // A word of a sentence is not cut: who copies a path wants all of it.
        let tables = text.lines().filter(|line| {
            !line
                .split_whitespace()
                .any(|w| w.chars().count() > 80 && !w.starts_with(['\u{2500}', '\u{2550}']))
        });
        let line = widest(&tables.collect::<Vec<_>>().join("\n")).to_owned();
        assert!(line.chars().count() <= most, "{columns}: {} columns\n{line}\n{text}", line.chars().count());
    }
}
