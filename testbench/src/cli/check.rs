//! `synfire check` and `synfire presets`.

use super::arguments::ChangeOptions;
use super::cells;
use super::error::CommandError;
use super::help;
use crate::architect::measured;
use crate::experiment::embedded;
use crate::experiment::kind::{Kind, Narrowed, Registry, Visit};
use crate::experiment::reference::{self, Opened};
use crate::explore::sweep::opened as sweep;
use crate::hardware::layout::CARRIED;
use crate::tasks;
use std::io::Write;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::{self, Diagnostic, Diagnostics, NetworkOverrides, Root, SourceText};
use synfire_chip::run::machine::Machine;
use synfire_chip::warnings::{of_chip, warnings};

fn line(text: &str) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CommandError::Failed(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// The value of the field `format` of a RON text, whatever its comments say.
pub(super) fn format_of(opened: &Opened) -> Option<&str> {
    let span = SourceText::new(opened.name().to_owned(), opened.text().to_owned()).locate("format")?;
    Some(opened.text()[span].trim_matches('"'))
}

/// Checks a file of any kind, or what the program carries: everything that a run would check, mapping included.
///
/// # Errors
/// With what is wrong.
pub fn check(file: &str, chip: &str, changes: &ChangeOptions) -> Result<(), CommandError> {
    let mut opened = reference::open_any(file)?;
    opened.changes = opened.arguments(&changes.set)?;
    let folder = opened.folder.clone().unwrap_or_default();
    match format_of(&opened).unwrap_or_default() {
        format if format.starts_with("synfire-chip/") => {
            opened.expect(&[Root::Chip])?;
            let chip = files::changed_chip_from_text(opened.name(), opened.text(), &folder, &opened.changes)?;
            cells::warn(&of_chip(&chip).into_iter().collect::<Vec<_>>());
            for row in measured::lines(&chip) {
                line(&row)?;
            }
            line(&format!("{}: chip `{}`, {} cores: good", opened.name(), chip.name, chip.mesh.cores()))
        }
        format if format.starts_with("synfire-network/") => {
            opened.expect(&[Root::Chip, Root::Network])?;
            let chip = files::load_changed_chip(chip, Path::new("."), &opened.changes)?;
            let overrides =
                NetworkOverrides { changes: opened.changes.clone(), ..NetworkOverrides::default() };
            let network = files::network_from_text(opened.name(), opened.text(), &folder, &chip, &overrides)?;
            cells::warn(&warnings(&network));
            let machine = Machine::new(&network, &chip).map_err(|error| {
                let place = opened.misplaced(&opened.changes, &error);
                CommandError::from(Diagnostics::from(error.diagnostic(place)))
            })?;
            line(&format!(
                "{}: network `{}`, {} synapses on {} cores of `{}`: good",
                opened.name(),
                network.name,
                network.synapses(),
                machine.nodes.len(),
                chip.name
            ))
        }
        format if format.starts_with("synfire-sweep/") => {
            if !changes.set.is_empty() {
                let text = "a sweep states what it changes\n   = allowed: `set` in the sweep's file";
                return Err(CommandError::Usage(text.to_owned()));
            }
            let sweep = sweep::open(file)?;
            let (points, trials) = (sweep.points.len(), sweep.trials.len());
            line(&format!(
                "{}: sweep of {}, {points} points, {trials} trials: good",
                opened.name(),
                sweep.experiment
            ))
        }
        format if !format.is_empty() && !format.starts_with("synfire-experiment/") => {
            let problem = Diagnostic::new(format!("{}: unknown format `{format}`", opened.name()));
            let allowed = ["synfire-experiment/1", "synfire-network/1", "synfire-chip/1", "synfire-sweep/1"];
            let problem = match files::nearest(format, allowed) {
                Some(near) => problem.noted("help", format!("did you mean `{near}`?")),
                None => problem,
            };
            Err(Diagnostics::from(problem.noted("allowed", allowed.join(", "))).into())
        }
        _ => {
            let (experiment, opened) = tasks::open_changed(file, &changes.set)?;
            let chip = reference::chip(&experiment.chip, &opened)?;
            let name = opened.name().to_owned();
            experiment.task.accept(Loads { chip, opened })?;
            line(&format!("{name}: experiment `{}`: good", experiment.title))
        }
    }
}

/// Loads everything that an experiment of whatever kind refers to, without running it.
struct Loads {
    chip: Chip,
    opened: Opened,
}

impl Visit for Loads {
    type Answer = Result<(), Diagnostics>;

    fn visit<K: Kind>(self, mut settings: K::Settings) -> Self::Answer {
        let whole = Narrowed::default();
        K::shorten(&mut settings, whole);
        cells::warn(&K::load(settings, self.chip, self.opened, whole.seed)?.check()?);
        Ok(())
    }
}

/// Lists what the program carries, or prints one text.
///
/// # Errors
/// When there is nothing of that name.
pub fn presets(name: Option<&str>) -> Result<(), CommandError> {
    let Some(name) = name else {
        line("chips (for `chip:` in an experiment, and `extends:` in a chip file):")?;
        for (name, text) in files::presets() {
            listed(name, text)?;
        }
        line("experiments (synfire run NAME) and the files they use:")?;
        for (name, text) in embedded::FILES {
            listed(name.trim_end_matches(".ron"), text)?;
        }
        line("layouts (synfire export --layout NAME):")?;
        for (name, text) in CARRIED {
            listed(name, text)?;
        }
        return line("print one: synfire presets NAME");
    };
    let named = files::presets().iter().chain(&CARRIED);
    let preset = named.clone().find(|(preset, _)| *preset == name).map(|(_, text)| *text);
    match preset.or_else(|| embedded::find(name).map(|(_, text)| text)) {
        Some(text) => line(text.trim_end()),
        None => {
            let names: Vec<&str> = named
                .map(|(name, _)| *name)
                .chain(embedded::FILES.iter().map(|(name, _)| name.trim_end_matches(".ron")))
                .collect();
            Err(Diagnostics::from(crate::experiment::names::unknown("preset", name, names)).into())
        }
    }
}

/// A line of the listing, folded.
fn listed(name: &str, text: &str) -> Result<(), CommandError> {
    line(help::line(name, &first_comment(text), 31).trim_end())
}

/// The first sentence of a file's opening comment.
fn first_comment(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map_while(|l| l.strip_prefix("//")).map(str::trim).collect();
    let all = lines.join(" ");
    all.split_inclusive(". ").next().unwrap_or("").trim().to_owned()
}
