//! `synfire claims`: runs what the claims need, experiment by experiment, and prints the verdicts.

use super::arguments::{ChangeOptions, RunOptions};
use super::cells::{Entry, Run};
use super::error::CommandError;
use super::folder;
use super::interrupt::Interrupt;
use super::note::{Asked, Request};
use super::output;
use super::progress::say;
use crate::experiment::decides::Decides;
use crate::experiment::file::Row;
use crate::experiment::kind::{Grid, Kind, Narrowed};
use crate::experiment::pool::CellName;
use crate::experiment::reference;
use crate::experiment::rows::Variant;
use crate::formats::form::Form;
use crate::reference::float::bptt::ResetTerm;
use crate::study::bptt::classify::{CHOSEN, Settings, Trained, Training};
use crate::study::claims::inspected::{Inspected, InspectedResult};
use crate::study::claims::{self, Claim, alignment, depth, first_spike, gradient, surrogates};
use crate::tasks::classify::cell::Cell;
use crate::tasks::classify::result::CellResult;
use crate::tasks::classify::task::Task;
use crate::tasks::{self, TaskFile, spike_time};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use synfire_chip::files::{Diagnostic, Diagnostics};

/// Tries every claim. What an earlier run in the same folder finished is kept.
///
/// # Errors
/// [`CommandError`]; a claim that does not hold is no error.
pub fn claims(options: &RunOptions, interrupt: &Interrupt) -> Result<(), CommandError> {
    let folder = options.out.clone().unwrap_or_else(|| {
        PathBuf::from("target/synfire").join(if options.quick { "claims-quick" } else { "claims" })
    });
    let request = Request {
        command: Asked::Claims,
        experiment: "every claim".to_owned(),
        from_here: None,
        set: Vec::new(),
        seed: options.seed,
        quick: options.quick,
        tables: Form::default(),
        tasks: Vec::new(),
        decides: Decides::default(),
    };
    folder::enter(&folder, &request)?;
    let tried = Tried { options, folder: &folder, interrupt, request: &request };
    let digits = classification("digits-rules", options)?;
    let kept = tried.trained("reset-kept", &digits, ResetTerm::Kept)?;
    let claims = vec![
        tried.surrogates()?,
        gradient::reset(
            &digits.settings.seeds,
            &kept,
            &tried.trained("reset-dropped", &digits, ResetTerm::Dropped)?,
        ),
        tried.alignment(&digits)?,
        tried.depth(&digits)?,
        tried.parity(&digits, &kept)?,
        tried.first_spike()?,
    ];
    let mut report = claims::report(claims);
    if options.quick {
        let short = "Short form (`--quick`): few passes and few seeds, by which no claim is decided.";
        report.intro.insert(0, short.to_owned());
    }
    output::finish(&folder, &report, options.json)
}

/// A carried classification, in its short form where asked.
fn classification(name: &str, options: &RunOptions) -> Result<Task, CommandError> {
    let (file, opened) = tasks::open(name)?;
    let TaskFile::Classify(mut settings) = file.task else {
        return Err(Diagnostics::from(Diagnostic::new(format!("`{name}` is no classification"))).into());
    };
    Task::shorten(&mut settings, Narrowed { quick: options.quick, seed: options.seed });
    let chip = reference::chip(&file.chip, &opened)?;
    Ok(Task::new(settings, chip, opened)?)
}

struct Tried<'a> {
    options: &'a RunOptions,
    folder: &'a Path,
    interrupt: &'a Interrupt,
    request: &'a Request,
}

impl Tried<'_> {
    /// Runs cells in a folder of their own.
    fn cells<W: crate::experiment::pool::Work + Send>(
        &self,
        name: &str,
        (cells, unit): (&[CellName], &'static str),
        make: &(dyn Fn(usize) -> Result<W, Diagnostics> + Sync),
    ) -> Result<Vec<W::Result>, CommandError> {
        say(&format!("claim: {name}"));
        let folder = self.folder.join(name);
        let changes = &ChangeOptions::default();
        let (options, interrupt, entry) = (self.options, self.interrupt, Entry::Part(self.request));
        let run = Run { options, folder: &folder, interrupt, entry, changes, warned: Mutex::default() };
        match run.cells(&Decides::default(), (cells, unit), make) {
            Err(CommandError::Interrupted(_)) => {
                let out = self.folder.display();
                Err(CommandError::Interrupted(format!("synfire claims --out {out}, as it was asked for")))
            }
            other => other,
        }
    }

    /// The row `random feedback` by back-propagation through time instead.
    fn trained(&self, name: &str, task: &Task, reset: ResetTerm) -> Result<Vec<Trained>, CommandError> {
        let row = claims::row(task, "random feedback")?;
        let settings = Settings { reset, ..CHOSEN };
        let cells = by_seed(&row.name, task);
        self.cells(name, (&cells, "samples"), &|i| Training::new(task, row, task.settings.seeds[i], settings))
    }

    fn inspected(&self, name: &str, task: &Task, row: &Row) -> Result<Vec<InspectedResult>, CommandError> {
        let cells = by_seed(&row.name, task);
        let variant = Variant { row, store: None };
        self.cells(name, (&cells, "samples"), &|i| {
            Cell::new(task, variant, task.settings.seeds[i]).map(Inspected)
        })
    }

    fn surrogates(&self) -> Result<Claim, CommandError> {
        let task = classification("claim-surrogates", self.options)?;
        let grid = Grid { rows: &task.settings.rows, seeds: &task.settings.seeds };
        let cells = grid.names(|row| row.name.clone());
        let make = |index: usize| {
            let (row, seed) = grid.place(index);
            Cell::new(&task, Variant { row, store: None }, seed)
        };
        let results = self.cells("surrogates", (&cells, "samples"), &make)?;
        Ok(surrogates::claim(&task, &results))
    }

    fn alignment(&self, digits: &Task) -> Result<Claim, CommandError> {
        let found = self.inspected("alignment", digits, claims::row(digits, "random feedback")?)?;
        Ok(alignment::claim(&digits.settings.seeds, &found))
    }

    fn depth(&self, digits: &Task) -> Result<Claim, CommandError> {
        let found = self.inspected("depth", digits, claims::row(digits, "DCLL, 3 layers")?)?;
        Ok(depth::claim(&digits.settings.seeds, &found))
    }

    fn parity(&self, digits: &Task, bptt: &[Trained]) -> Result<Claim, CommandError> {
        let row = claims::row(digits, "DCLL")?;
        let dcll: Vec<CellResult> =
            self.inspected("dcll", digits, row)?.into_iter().map(|found| found.result).collect();
        Ok(gradient::parity(&digits.settings.seeds, &dcll, bptt))
    }

    fn first_spike(&self) -> Result<Claim, CommandError> {
        let (file, opened) = tasks::open("spike-time")?;
        let TaskFile::SpikeTime(mut settings) = file.task else {
            return Err(Diagnostics::from(Diagnostic::new("`spike-time` trains no spike times")).into());
        };
        settings.rows.truncate(1);
        let chip = reference::chip(&file.chip, &opened)?;
        let task = spike_time::cell::Task::new(settings, chip, &opened)?;
        let (row, seeds) = (&task.settings.rows[0], &task.settings.seeds);
        let cells: Vec<CellName> =
            seeds.iter().map(|seed| CellName { row: row.name.clone(), seed: *seed }).collect();
        let make = |index: usize| Ok(spike_time::cell::Cell::new(&task, row, seeds[index]));
        let results = self.cells("first-spike", (&cells, "networks"), &make)?;
        Ok(first_spike::claim(&task, &results))
    }
}

fn by_seed(row: &str, task: &Task) -> Vec<CellName> {
    task.settings.seeds.iter().map(|seed| CellName { row: row.to_owned(), seed: *seed }).collect()
}
