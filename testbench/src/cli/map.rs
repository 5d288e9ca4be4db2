//! `synfire map`: what a network takes of a chip, and placements of it by traffic.

use super::arguments::{GoalOption, HowOption, MapOptions, change_placement};
use super::cells::{self, threads};
use super::check::format_of;
use super::error::CommandError;
use super::output;
use super::paths;
use super::progress::SearchProgress;
use crate::architect::placed;
use crate::experiment::file::FORMAT;
use crate::experiment::kind::{Kind, Narrowed, Plan, Registry, Visit};
use crate::experiment::names;
use crate::experiment::portable::Taken;
use crate::experiment::reference::{self, Opened};
use crate::explore::map::expected::Expected;
use crate::explore::map::fit::{Fit, changes_that_do, limits_that_do};
use crate::explore::map::search::{self, Goal, How, Search};
use crate::explore::map::told;
use crate::explore::map::trial::Trial;
use crate::report::model::Report;
use crate::tasks;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::{self, Diagnostic, Diagnostics, NetworkOverrides, Root};
use synfire_chip::network::Network;
use synfire_chip::place::keys;
use synfire_chip::place::mapping::{self, Mapping, MappingError};
use synfire_chip::run::program::StepEvents;
use synfire_chip::warnings::warnings;

/// Maps a network, or that of an experiment.
///
/// # Errors
/// [`CommandError`].
pub fn map(options: &MapOptions) -> Result<(), CommandError> {
    let mut set = options.changes.set.clone();
    change_placement(&mut set, options.placement.as_deref())?;
    if let Some(out) = options.out.as_deref().filter(|out| out.exists()) {
        let text = format!("`{}` is there already\n   = allowed: a new file (`--out`)", out.display());
        return Err(CommandError::Usage(text));
    }
    let mut opened = reference::open(&options.file)?;
    let and = |more: &[String]| [&set[..], more].concat();
    if format_of(&opened).is_some_and(|format| format.starts_with("synfire-network/")) {
        opened.changes = opened.arguments(&set)?;
        opened.expect(&[Root::Chip, Root::Network])?;
        let chip = chip_of_network(options, &opened)?;
        let fits = |more: &[String]| {
            let mut opened = opened.clone();
            let changed = opened.arguments(&and(more)).and_then(|changes| {
                opened.changes = changes;
                let chip = chip_of_network(options, &opened)?;
                Ok((network_for(&opened, &chip)?, chip))
            });
            changed.is_ok_and(|(network, chip)| {
                mapping::in_order(&network, &chip)
                    .and_then(|placed| keys::check(&network, &chip, &placed))
                    .is_ok()
            })
        };
        return of_network(options, &opened, &chip).map_err(|error| advised(error, &chip, &fits));
    }
    if let Some(format) = format_of(&opened).filter(|format| *format != FORMAT) {
        let problem = Diagnostic::new(format!("a file of format `{format}` has no network to map"));
        let problem = match opened.source.locate("format") {
            Some(span) => problem.at(&opened.source, span),
            None => problem,
        };
        let allowed = format!("a network file, or an experiment (`{FORMAT}`), which names one");
        return Err(Diagnostics::from(problem.noted("allowed", allowed)).into());
    }
    let (file, opened) = tasks::open_changed(&options.file, &set)?;
    let chip = reference::chip(&file.chip, &opened)?;
    let fits = |more: &[String]| {
        let changed = tasks::open_changed(&options.file, &and(more)).and_then(|(file, opened)| {
            let chip = reference::chip(&file.chip, &opened)?;
            Ok((file, opened, chip))
        });
        let row = options.row.as_deref();
        changed.is_ok_and(|(file, opened, chip)| file.task.accept(Fits { chip, opened, row }))
    };
    let of = OfExperiment { options, chip: chip.clone(), opened };
    file.task.accept(of).map_err(|error| advised(error, &chip, &fits))
}

/// What does not fit, with the changes of the chip that would do, where nobody said them.
fn advised(error: CommandError, chip: &Chip, fits: &dyn Fn(&[String]) -> bool) -> CommandError {
    let CommandError::Input(problems) = error else { return error };
    let is_said = |problem: &Diagnostic| problem.notes.iter().any(|(name, _)| *name == WOULD_DO);
    if problems.problems().iter().any(is_said) {
        return CommandError::Input(problems);
    }
    let would_do = changes_that_do(chip, fits);
    let count = problems.problems().len();
    let mut at = 0;
    // One list of them, behind the last problem.
    CommandError::Input(problems.each(|problem| {
        at += 1;
        let own = if at == count { &would_do[..] } else { &[] };
        own.iter().fold(problem, |problem, text| problem.noted(WOULD_DO, text))
    }))
}

/// The note that says what would do.
const WOULD_DO: &str = "help";

fn chip_of_network(options: &MapOptions, opened: &Opened) -> Result<Chip, Diagnostics> {
    let chip = options.chip.as_deref().unwrap_or("small");
    files::load_changed_chip(chip, Path::new("."), &opened.changes)
}

fn network_for(opened: &Opened, chip: &Chip) -> Result<Network, Diagnostics> {
    let overrides = NetworkOverrides { changes: opened.changes.clone(), ..NetworkOverrides::default() };
    let folder = opened.folder.clone().unwrap_or_default();
    files::network_from_text(opened.name(), opened.text(), &folder, chip, &overrides)
}

/// Whether an experiment of whatever kind loads, and the cell of the row that is mapped, with the first seed, fits.
struct Fits<'a> {
    chip: Chip,
    opened: Opened,
    row: Option<&'a str>,
}

impl Visit for Fits<'_> {
    type Answer = bool;

    fn visit<K: Kind>(self, mut settings: K::Settings) -> bool {
        K::shorten(&mut settings, Narrowed::default());
        let Ok(loaded) = K::load(settings, self.chip, self.opened, None) else { return false };
        let plan = loaded.plan();
        mapped_row(&plan, self.row).is_ok_and(|row| loaded.of_row(row, plan.seeds[0]).is_ok())
    }
}

/// The row of an experiment that is mapped: the first, where none is asked for.
fn mapped_row(plan: &Plan<'_>, asked: Option<&str>) -> Result<usize, Diagnostics> {
    let Some(asked) = asked else { return Ok(0) };
    let rows = || plan.rows.iter().map(String::as_str);
    rows().position(|row| row == asked).ok_or_else(|| names::unknown("row", asked, rows().collect()).into())
}

fn of_network(options: &MapOptions, opened: &Opened, chip: &Chip) -> Result<(), CommandError> {
    if options.row.is_some() {
        let text = "a network file has no rows\n   = allowed: `--row` beside an experiment";
        return Err(CommandError::Usage(text.to_owned()));
    }
    let network = network_for(opened, chip)?;
    cells::warn(&warnings(&network));
    let refused = |error: &MappingError| {
        let place = opened.misplaced(&opened.changes, error);
        CommandError::from(Diagnostics::from(error.diagnostic(place)))
    };
    mapped(options, (&network, chip), None, &refused)
}

/// An experiment of whatever kind: its network, and its first steps.
struct OfExperiment<'a> {
    options: &'a MapOptions,
    chip: Chip,
    opened: Opened,
}

impl Visit for OfExperiment<'_> {
    type Answer = Result<(), CommandError>;

    fn visit<K: Kind>(self, mut settings: K::Settings) -> Self::Answer {
        let Self { options, chip, opened } = self;
        let name = opened.name().to_owned();
        if options.chip.is_some() {
            let text = "an experiment names its chip\n   = allowed: `--chip` beside a network file";
            return Err(CommandError::Usage(text.to_owned()));
        }
        K::shorten(&mut settings, Narrowed::default());
        let experiment = K::load(settings, chip, opened, None)?;
        let plan = experiment.plan();
        cells::warn(&plan.warned());
        let row = mapped_row(&plan, options.row.as_deref())?;
        let seed = plan.seeds[0];
        // A sample has a step at least.
        let what = Taken { presentations: options.steps.min(MOST_SAMPLES), trained: false };
        let Some(mut portable) = experiment.portable(row, seed, what)? else {
            let problem =
                Diagnostic::new(format!("{name}: an experiment of this kind has no steps to look at"));
            let allowed = "an experiment of another kind, whose task is no `Traffic`, or a network file";
            return Err(Diagnostics::from(problem.noted("allowed", allowed)).into());
        };
        let steps = portable.steps.min(options.steps.into());
        let program: Vec<StepEvents> = (0..steps).map(|step| (portable.events)(step)).collect();
        let chip = portable.machine.chip.clone();
        let refused = |error: &MappingError| CommandError::from(Diagnostics::from(error.diagnostic(None)));
        mapped(options, (&portable.network, &chip), Some(program), &refused)
    }
}

/// Most samples that the steps of a classification come from.
const MOST_SAMPLES: u32 = 64;

/// Maps, looks for a placement where one is asked for, reports, writes.
fn mapped(
    options: &MapOptions,
    (network, chip): (&Network, &Chip),
    program: Option<Vec<StepEvents>>,
    refused: &dyn Fn(&MappingError) -> CommandError,
) -> Result<(), CommandError> {
    let start =
        if options.place.is_some() { mapping::in_order(network, chip) } else { mapping::map(network, chip) };
    let start = start.map_err(|error| match refused(&error) {
        CommandError::Input(problems) if matches!(error, MappingError::TooFewCores { .. }) => {
            let would_do = limits_that_do(network, chip);
            let noted = |problem: Diagnostic| {
                would_do.iter().fold(problem, |problem, text| problem.noted(WOULD_DO, text))
            };
            CommandError::Input(problems.each(noted))
        }
        other => other,
    })?;
    let legal = mapping::check(network, chip, &start).and_then(|()| keys::check(network, chip, &start));
    legal.map_err(|error| refused(&error))?;
    let mut report = Report { title: format!("{} on {}", network.name, chip.name), ..Report::default() };
    let fit = Fit::of(network, chip, &start);
    report.headlines = fit.headlines();
    report.push(fit.table());
    let Some(how) = options.place else {
        return written(options, &report, &placed::of_mapping(network, &start, chip));
    };
    let search = Search {
        how: if how == HowOption::Greedy { How::Greedy } else { How::Anneal },
        goal: match options.goal {
            GoalOption::Hops => Goal::Hops,
            GoalOption::Link => Goal::Link,
            GoalOption::Time => Goal::Time,
        },
        seed: options.seed,
        moves: options.moves,
        simulations: options.simulations,
        slower: options.slower,
    };
    if search.goal == Goal::Time && program.is_none() {
        let text = "a network alone has no steps whose time could be looked at\n   = allowed: `--for time` beside an \
                    experiment that runs it; `--for hops` or `--for link`";
        return Err(CommandError::Usage(text.to_owned()));
    }
    let trial = program.map(|program| Trial::new(network, chip, program, threads(options.threads)));
    let expected = expected(options, network, trial.as_ref(), &start)?;
    let bar = SearchProgress::new();
    let found = search::look((network, chip, &start), &expected, trial.as_ref(), search, &mut |progress| {
        bar.tell(&progress);
    });
    bar.close();
    let found = found.map_err(CommandError::Failed)?;
    report.intro = told::intro(&found, &search);
    report.headlines.push(told::headline(&found, &search));
    report.push(told::table(&found, &expected, trial.as_ref().map_or(0, Trial::steps)));
    written(options, &report, &placed::of_mapping(network, &found.mapping, chip))
}

/// How often neurons fire: what the options say of them, else as in the trial, else all alike.
fn expected(
    options: &MapOptions,
    network: &Network,
    trial: Option<&Trial<'_>>,
    start: &Mapping,
) -> Result<Expected, CommandError> {
    let mut expected = match trial {
        Some(trial) => trial.spikes(start).map_err(CommandError::Failed)?,
        None => Expected::alike(network),
    };
    options.rate.iter().try_for_each(|rate| expected.state(network, rate))?;
    let is_table = |text: &&String| Path::new(text).is_file() || !text.contains('=');
    let (tables, named): (Vec<&String>, Vec<&String>) = options.spikes.iter().partition(is_table);
    for (name, file) in named.into_iter().filter_map(|text| text.split_once('=')) {
        expected.of_spikes(network, name, Path::new(file))?;
    }
    for table in &tables {
        expected.of_run(network, Path::new(table))?;
    }
    match expected.unsaid(network) {
        // Who is measured beside who is not would be a sum of two things.
        Some(name) if !tables.is_empty() && trial.is_none() => {
            let text = format!(
                "`{}` does not say how often `{name}` fires\n   = allowed: `--rate {name}=SPIKES` or `--spikes {name}=FILE` \
                 beside it",
                tables[0]
            );
            Err(CommandError::Usage(text))
        }
        _ => Ok(expected),
    }
}

fn written(options: &MapOptions, report: &Report, placement: &str) -> Result<(), CommandError> {
    if let Some(out) = &options.out {
        paths::write_out(out, placement.as_bytes())?;
    }
    output::print(report, options.json)
}
