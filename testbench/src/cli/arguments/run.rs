//! Options of `run`, and of every command that runs an experiment as it does: how it is run, what it is changed by.

use crate::cli::error::CommandError;
use crate::formats::form::{Form, HAS_PARQUET, WITHOUT_PARQUET};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Options of a run.
#[derive(Clone, Debug, Default, Args)]
pub struct RunOptions {
    /// Output folder (default: target/synfire/NAME)
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Threads (default: all processors). Never changes a result
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// One seed instead of the experiment's
    #[arg(long)]
    pub seed: Option<u32>,
    /// The experiment's short form
    #[arg(long)]
    pub quick: bool,
    /// Print JSON lines instead of tables
    #[arg(long)]
    pub json: bool,
    /// Remove what another run wrote in the output folder, by its list; nothing else is removed
    #[arg(long)]
    pub overwrite: bool,
    /// In which form tables are written, where the command has some.
    #[arg(skip)]
    pub tables: Form,
}

/// A model of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimeModelOption {
    /// A formula.
    Analytic,
    /// Cycle by cycle.
    Cycle,
    /// Both.
    Both,
}

impl TimeModelOption {
    /// The change of the chip's file that it stands for.
    #[must_use]
    pub fn change(self) -> String {
        format!("chip.timing.model={self:?}")
    }
}

/// A form of tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TablesOption {
    /// CSV.
    #[default]
    Csv,
    /// Apache Parquet, of a program built with the feature `parquet`.
    Parquet,
    /// Both, side by side.
    Both,
}

impl TablesOption {
    /// The form.
    ///
    /// # Errors
    /// When this program was built without it.
    pub fn form(self) -> Result<Form, CommandError> {
        let form = match self {
            Self::Csv => Form::Csv,
            Self::Parquet => Form::Parquet,
            Self::Both => Form::Both,
        };
        expect_form(form).map(|()| form)
    }
}

/// Refuses a form of tables that this program was built without.
///
/// # Errors
/// When it was.
pub fn expect_form(form: Form) -> Result<(), CommandError> {
    if form == Form::Csv || HAS_PARQUET {
        return Ok(());
    }
    Err(CommandError::Usage(format!("`--tables {}`: {WITHOUT_PARQUET}", form.name())))
}

/// The field of a network's file that `--placement` stands for.
const PLACEMENT: &str = "network.placement";

/// Adds the change of the network's file that `--placement FILE` stands for: the file is the one here, wherever the network is.
///
/// # Errors
/// When one of the other changes is of that field, too.
pub fn change_placement(set: &mut Vec<String>, placement: Option<&Path>) -> Result<(), CommandError> {
    let Some(file) = placement else { return Ok(()) };
    let same = |change: &&String| {
        let path = change.split('=').next().unwrap_or_default().trim();
        path.strip_prefix(PLACEMENT).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    if let Some(change) = set.iter().find(same) {
        return Err(CommandError::Usage(format!(
            "`{PLACEMENT}` is stated twice: by `--placement {}` and by `--set {change}`\n   = allowed: one of the two",
            file.display()
        )));
    }
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    set.push(format!("{PLACEMENT}=(file: {:?})", file.to_string_lossy()));
    Ok(())
}

/// Changes to the files of an experiment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct ChangeOptions {
    /// Change a field of the chip's, network's or experiment's file: `chip.mesh.columns=8`,
    /// `network.projections[in_hidden].store.bits=6`, `experiment.task.epochs=3`; the value is RON, `None` removes.
    /// Repeatable
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
}
