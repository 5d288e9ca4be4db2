//! `synfire export`: an experiment's chip as images for a hardware bench.

use super::arguments::ExportOptions;
use super::cells::warn;
use super::error::CommandError;
use super::progress::say;
use crate::experiment::kind::{Kind, Narrowed, Registry, Visit};
use crate::experiment::names;
use crate::experiment::portable::{Portable, Taken};
use crate::experiment::reference::{self, Opened};
use crate::hardware::export::{self, Exported};
use crate::hardware::layout::Layout;
use crate::hardware::manifest::{About, Manifest};
use crate::hardware::staging::Staging;
use crate::tasks;
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostic, Diagnostics};

/// Writes the images of an experiment's chip.
///
/// # Errors
/// [`CommandError`].
pub fn export(options: &ExportOptions) -> Result<(), CommandError> {
    let layout = Layout::open(&options.layout)?;
    let (file, opened) = tasks::open_changed(&options.experiment, &options.changes.set)?;
    let chip = reference::chip(&file.chip, &opened)?;
    let manifest = file.task.accept(Whole { options, layout, title: file.title, chip, opened })?;
    let words: usize = manifest.images.iter().map(|image| image.words).sum();
    say(&format!(
        "{}: {} images of {words} words, {} cores, {} steps, layout `{}`: {}",
        options.out.display(),
        manifest.images.len(),
        manifest.cores.len(),
        manifest.about.steps,
        manifest.layout.name,
        manifest.about.stimulus
    ));
    Ok(())
}

/// An experiment of whatever kind from its file to its images.
struct Whole<'a> {
    options: &'a ExportOptions,
    layout: Layout,
    title: String,
    chip: Chip,
    opened: Opened,
}

impl Visit for Whole<'_> {
    type Answer = Result<Manifest, CommandError>;

    fn visit<K: Kind>(self, mut settings: K::Settings) -> Self::Answer {
        let Self { options, layout, title, chip, opened } = self;
        let name = opened.name().to_owned();
        K::shorten(&mut settings, Narrowed { quick: options.quick, seed: options.seed });
        let experiment = K::load(settings, chip, opened, options.seed)?;
        let plan = experiment.plan();
        warn(&plan.warned());
        let row = match &options.row {
            None => 0,
            Some(row) => {
                let known = plan.rows.iter().position(|own| own == row);
                known.ok_or_else(|| {
                    let rows = plan.rows.iter().map(String::as_str).collect();
                    Diagnostics::from(names::unknown("row", row, rows))
                })?
            }
        };
        let staging = Staging::begin(&options.out, options.overwrite)?;
        let seed = plan.seeds[0];
        let what = Taken { presentations: options.samples, trained: options.trained };
        let Some(portable) = experiment.portable(row, seed, what)? else {
            let problem = Diagnostic::new(format!("{name}: an experiment of this kind cannot be exported"));
            let allowed = "an experiment that runs a chip: of any task but `Traffic`";
            return Err(Diagnostics::from(problem.noted("allowed", allowed)).into());
        };
        let Portable { network, machine, steps, mut events, stimulus } = portable;
        let about = About { experiment: title, row: plan.rows[row].clone(), seed, steps, stimulus };
        let exported = Exported { network: &network, machine: &machine, events: &mut events, about };
        let manifest = export::export(staging.path(), exported, &layout)?;
        staging.publish(&manifest.published([]))?;
        Ok(manifest)
    }
}
