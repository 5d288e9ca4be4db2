//! The note of a run, `run.json`: what was asked for, what decides its results, which files it wrote or may have written.
//!
//! Promises: a note that was changed is refused; two runs are the same exactly where the command and everything that
//! decides the results are, or, where nothing is said of that, where experiment, changes, seed and length are. Absent on purpose: what is done with the files (`folder`).

use super::error::CommandError;
use super::paths;
use crate::experiment::decides::Decides;
use crate::formats::form::Form;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use synfire_chip::files;
use synfire_chip::run::checkpoint;

/// Name of the note.
pub const FILE: &str = "run.json";

/// Which command a run belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// `synfire run`.
    #[default]
    Run,
    /// `synfire bptt`.
    Bptt,
    /// `synfire compare`.
    Compare,
    /// `synfire gradient`.
    Gradient,
    /// `synfire claims`.
    Claims,
}

impl Asked {
    /// The command, as it is typed.
    #[must_use]
    pub const fn command(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Bptt => "bptt",
            Self::Compare => "compare",
            Self::Gradient => "gradient",
            Self::Claims => "claims",
        }
    }
}

/// What a run was asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The command.
    pub command: Asked,
    /// Experiment file (absolute, when it is a file) or carried name.
    pub experiment: String,
    /// The file again, as it is found from the output folder: both may have been moved together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_here: Option<PathBuf>,
    /// Changes to its files, as `--set` states them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
    /// One seed instead of the experiment's.
    pub seed: Option<u32>,
    /// The short form.
    pub quick: bool,
    /// In which form tables are written.
    #[serde(default, skip_serializing_if = "Form::is_default")]
    pub tables: Form,
    /// The experiments of a comparison; none named: all that the program carries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<String>,
    /// What decides the results: the files may be edited where they are. Nothing in the note of an earlier version.
    #[serde(default, skip_serializing_if = "Decides::is_empty")]
    pub decides: Decides,
}

impl Request {
    /// Whether `other` asks for the same results, however it is typed and wherever the experiment lies.
    #[must_use]
    pub fn is_again(&self, other: &Self) -> bool {
        let known = !self.decides.is_empty() && self.decides == other.decides;
        self.command == other.command && (known || self.is_typed_as(other))
    }

    /// Whether `other` says the same in the same words.
    fn is_typed_as(&self, other: &Self) -> bool {
        let anywhere = |request: &Self| Self { from_here: None, tables: Form::default(), ..request.clone() };
        anywhere(self) == anywhere(other)
    }

    /// What was asked for, as it is typed, without the output folder.
    #[must_use]
    pub fn typed(&self) -> String {
        let mut text = format!("`synfire {}` of {}", self.command.command(), self.experiment);
        text.extend(self.set.iter().map(|change| format!(" --set '{change}'")));
        text.extend(self.seed.map(|seed| format!(" --seed {seed}")));
        text.extend(self.quick.then_some(" --quick"));
        if !self.tables.is_default() {
            text += &format!(" --tables {}", self.tables.name());
        }
        text
    }

    /// The same for whoever asks for `other`; where that is typed alike, also what of it is not the same.
    #[must_use]
    pub fn unlike(&self, other: &Self) -> String {
        let mut text = self.typed();
        let differences = self.decides.differences(&other.decides);
        let typed_alike = self.is_typed_as(&Self { decides: self.decides.clone(), ..other.clone() });
        if typed_alike && self.decides.is_empty() {
            text += ", of an earlier version, which did not note what decides a run";
        } else if typed_alike && !differences.is_empty() {
            text += &format!(", before a change of its {}", differences.join(", "));
        }
        text
    }

    /// Where the experiment is now, for a run that goes on in `folder`.
    #[must_use]
    pub fn experiment_from(&self, folder: &Path) -> String {
        let moved = self.from_here.as_ref().map(|path| folder.join(path)).filter(|path| path.is_file());
        moved.map_or_else(|| self.experiment.clone(), |path| path.display().to_string())
    }
}

/// The note of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What was asked for.
    #[serde(flatten)]
    pub request: Request,
    /// Files that the run wrote or may have written, relative to the folder.
    pub outputs: Vec<String>,
    /// SHA-256 of all the above, in hexadecimal.
    sha256: String,
}

impl Note {
    /// A whole one.
    ///
    /// # Errors
    /// When it cannot be put into words.
    pub fn new(request: Request, outputs: Vec<String>) -> Result<Self, CommandError> {
        let note = Self { request, outputs, sha256: String::new() };
        let sha256 = note.hash().map_err(CommandError::Failed)?;
        Ok(Self { sha256, ..note })
    }

    /// Of everything but itself.
    fn hash(&self) -> Result<String, String> {
        let text =
            serde_json::to_string(&(&self.request, &self.outputs)).map_err(|error| error.to_string())?;
        Ok(checkpoint::hex(&checkpoint::fingerprint(&text)))
    }

    /// Writes it into `folder`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), CommandError> {
        let text =
            serde_json::to_string_pretty(self).map_err(|error| CommandError::Failed(error.to_string()))?;
        paths::write_whole(&folder.join(FILE), (text + "\n").as_bytes())
    }

    /// The note of a folder.
    ///
    /// # Errors
    /// With what is wrong with it.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(FILE);
        let wrong = |found: String| format!("{}: {found}", path.display());
        let text = files::read_text(&path).map_err(|error| wrong(error.to_string()))?;
        let found: Self = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if found.hash().as_ref() != Ok(&found.sha256) {
            return Err(wrong("it was changed: its SHA-256 does not match its content".to_owned()));
        }
        Ok(found)
    }
}
