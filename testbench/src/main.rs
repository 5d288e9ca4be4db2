//! The command `synfire`.

use clap::Parser;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use synfire::cli::arguments::{Arguments, Command};
use synfire::cli::progress::say;
use synfire::cli::run::{self, CommandError};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let interrupt = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupt);
    // The first signal asks for a checkpoint; the second, if that hangs, ends the program.
    let handler = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(1);
        }
    });
    if let Err(error) = handler {
        say(&format!(
            "warning: no Ctrl-C handler ({error}); an interrupt loses work since the last checkpoint"
        ));
    }
    let result = match arguments.command {
        None => run::run("digits", &arguments.options, &interrupt),
        Some(Command::Run { experiment, options }) => run::run(&experiment, &options, &interrupt),
        Some(_) => Err(CommandError::Failed("not yet".to_owned())),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error.to_string());
            ExitCode::from(match error {
                CommandError::Input(_) | CommandError::Usage(_) => 2,
                CommandError::Failed(_) | CommandError::Interrupted(_) => 1,
            })
        }
    }
}
