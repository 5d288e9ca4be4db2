//! The command `synfire`.

use std::process::ExitCode;
use synfire::cli::arguments::{Arguments, Command, TimeModelOption, change_placement};
use synfire::cli::error::CommandError;
use synfire::cli::interrupt::Interrupt;
use synfire::cli::progress::say;
use synfire::cli::{
    audit, bptt, calibrate, check, claims, compare, compare_runs, diff, export, gradient, help, import, map,
    noc, output, resume, run, silicon, sweep, trace, vectors,
};

fn main() -> ExitCode {
    let as_json = std::env::args_os().any(|argument| argument == "--json");
    let arguments = match help::parse() {
        Ok(arguments) => arguments,
        Err(error) if as_json && error.use_stderr() => {
            let text = error.to_string();
            return refuse(&CommandError::Usage(text.trim_start_matches("error: ").to_owned()), true);
        }
        Err(error) => error.exit(),
    };
    let interrupt = Interrupt::on_signals();
    match dispatch(arguments, &interrupt) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error, as_json),
    }
}

/// Says on standard error why the command ended, and ends it with that status.
fn refuse(error: &CommandError, as_json: bool) -> ExitCode {
    if as_json {
        say(&error.json());
    } else {
        say(error.to_string().trim_end());
        if error.is_input() {
            say("   = nothing was run; exit status 2");
        }
    }
    ExitCode::from(error.status())
}

fn dispatch(arguments: Arguments, interrupt: &Interrupt) -> Result<(), CommandError> {
    match arguments.command {
        None => help::print(),
        Some(Command::Run { experiment, mut options, time_model, placement, tables, mut changes }) => {
            options.tables = tables.form()?;
            changes.set.extend(time_model.map(TimeModelOption::change));
            change_placement(&mut changes.set, placement.as_deref())?;
            run::run(&experiment, &options, &changes, interrupt)
        }
        Some(Command::Check { file, chip, placement, mut changes }) => {
            change_placement(&mut changes.set, placement.as_deref())?;
            check::check(&file, &chip, &changes)
        }
        Some(Command::Presets { name }) => check::presets(name.as_deref()),
        Some(Command::Resume { folder, experiment, threads, json }) => {
            resume::resume(&folder, experiment, threads, json, interrupt)
        }
        Some(Command::Audit { rule, json }) => audit::audit(rule.as_deref(), json),
        Some(Command::Map(options)) => map::map(&options),
        Some(Command::Noc { experiment, mut options, tables, changes }) => {
            options.tables = tables.form()?;
            noc::noc(&experiment, &options, &changes, interrupt)
        }
        Some(Command::Gradient { experiment, options, changes }) => {
            gradient::gradient(&experiment, &options, &changes, interrupt)
        }
        Some(Command::Bptt { experiment, options, changes }) => {
            bptt::bptt(&experiment, &options, &changes, interrupt)
        }
        Some(Command::Export(options)) => export::export(&options),
        Some(Command::Import(options)) => import::import(&options, interrupt),
        Some(Command::Vectors(options)) => vectors::vectors(&options, interrupt),
        Some(Command::Calibrate(options)) => calibrate::calibrate(&options),
        Some(Command::Silicon { chips, json }) => silicon::silicon(&chips, json),
        Some(Command::Diff(options)) => diff::diff(&options),
        Some(Command::Trace(options)) => trace::trace(&options),
        Some(Command::Sweep(arguments)) => sweep::sweep(arguments, interrupt),
        Some(Command::Compare(options)) => compare::compare(&options, None, interrupt),
        Some(Command::CompareRuns(options)) => compare_runs::compare_runs(&options),
        Some(Command::Claims { options }) => claims::claims(&options, interrupt),
        Some(Command::Bench { json, quick }) => output::print(&synfire::bench::run(quick), json),
    }
}
