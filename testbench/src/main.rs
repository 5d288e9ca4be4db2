//! The command `synfire`.

use clap::Parser;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use synfire::cli::arguments::{Arguments, Command};
use synfire::cli::error::CommandError;
use synfire::cli::progress::say;
use synfire::cli::{audit, bptt, check, claims, compare, gradient, output, resume, run};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let interrupt = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupt);
    // The first signal asks for a checkpoint; the second ends the program.
    let handler = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(1);
        }
        say("stopping; a checkpoint follows");
    });
    if let Err(error) = handler {
        say(&format!(
            "warning: no Ctrl-C handler ({error}); an interrupt loses work since the last checkpoint"
        ));
    }
    match dispatch(arguments, &interrupt) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(error.to_string().trim_end());
            if error.is_input() {
                say("   = nothing was run; exit status 2");
            }
            error.exit_code()
        }
    }
}

fn dispatch(arguments: Arguments, interrupt: &AtomicBool) -> Result<(), CommandError> {
    match arguments.command {
        None => run::run("digits", &arguments.options, interrupt),
        Some(Command::Run { experiment, options }) => run::run(&experiment, &options, interrupt),
        Some(Command::Check { file, chip }) => check::check(&file, &chip),
        Some(Command::Presets { name }) => check::presets(name.as_deref()),
        Some(Command::Resume { folder, threads, json }) => resume::resume(&folder, threads, json, interrupt),
        Some(Command::Audit { rule, json }) => audit::audit(rule.as_deref(), json),
        Some(Command::Gradient { experiment, options }) => {
            gradient::gradient(&experiment, &options, interrupt)
        }
        Some(Command::Bptt { experiment, options }) => bptt::bptt(&experiment, &options, interrupt),
        Some(Command::Compare(options)) => compare::compare(&options, interrupt),
        Some(Command::Claims { options }) => claims::claims(&options, interrupt),
        Some(Command::Bench { json, quick }) => output::print(&synfire::bench::run(quick), json),
    }
}
