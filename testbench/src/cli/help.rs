//! `synfire --help`, and bare `synfire`: the commands, grouped by what they are for.
//!
//! Promises: what is said of a command is what its own help begins with. Absent on purpose: options of commands.

use super::arguments::Arguments;
use super::error::CommandError;
use clap::{CommandFactory, FromArgMatches};

/// The groups, in order, and their commands.
pub const GROUPS: [(&str, &[&str]); 5] = [
    ("Run", &["run", "resume"]),
    ("Explore", &["presets", "map", "sweep", "compare-runs", "noc", "compare"]),
    ("Verify", &["check", "calibrate", "silicon", "audit", "vectors", "bench"]),
    ("Build hardware", &["export", "import", "diff", "trace"]),
    ("Study", &["gradient", "bptt", "claims"]),
];

/// Columns of the listing.
const WIDTH: usize = 80;
/// Columns before what is said of a command.
const INDENT: usize = 12;

/// The command line, with the grouped listing in its help.
#[must_use]
pub fn command() -> clap::Command {
    let command = Arguments::command();
    let listing: Vec<String> = GROUPS
        .iter()
        .map(|(group, names)| {
            let lines = names.iter().filter_map(|name| command.find_subcommand(name)).map(|command| {
                let about = command.get_about().map_or_else(String::new, ToString::to_string);
                line(command.get_name(), &about, INDENT)
            });
            format!("{group}:\n{}", lines.collect::<String>())
        })
        .collect();
    command.term_width(WIDTH).help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}\nOptions:\n{{options}}\n\n\
         `synfire COMMAND --help` shows what a command takes.\n",
        listing.join("\n")
    ))
}

/// What the command line says.
///
/// # Errors
/// When it says nothing that there is, or asks for the help.
pub fn parse() -> Result<Arguments, clap::Error> {
    Arguments::from_arg_matches(&command().try_get_matches()?)
}

/// A name and what it is, which begins at column `indent` and is folded there.
pub(super) fn line(name: &str, about: &str, indent: usize) -> String {
    let mut text = format!("  {name:<width$}", width = indent - 2);
    // A name that reaches that column has a line of its own.
    if name.chars().count() + 2 >= indent {
        text.push_str(&format!("\n{:indent$}", ""));
    }
    let mut column = indent;
    for word in about.split_whitespace() {
        let length = word.chars().count();
        if column > indent && column + 1 + length > WIDTH {
            text.push_str(&format!("\n{:indent$}", ""));
            column = indent;
        }
        if column > indent {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text + "\n"
}

/// Prints the help.
///
/// # Errors
/// When standard output cannot be written.
pub fn print() -> Result<(), CommandError> {
    match command().print_help() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CommandError::Failed(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}
