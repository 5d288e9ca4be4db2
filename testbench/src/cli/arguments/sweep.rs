//! Options of `sweep`, and of what is done with a sweep beside running it: `plan`, `merge`, `serve`.

use super::run::TablesOption;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// A sweep, or a part of one.
#[derive(Clone, Debug, Default, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct SweepArguments {
    /// What else than running it
    #[command(subcommand)]
    pub command: Option<SweepCommand>,
    /// Options
    #[command(flatten)]
    pub options: SweepOptions,
}

/// What is done with a sweep, beside running it.
#[derive(Clone, Debug, Subcommand)]
pub enum SweepCommand {
    /// Write the manifest of a sweep for many machines, and say how many tasks it is worth
    Plan(PlanOptions),
    /// Join what shards and machines left, check every hash, say what is missing, write the tables
    Merge(MergeOptions),
    /// Answer whoever searches: values of axes in, objectives out, a line of JSON each, until standard input ends
    Serve(ServeOptions),
}

/// Options of a sweep.
#[derive(Clone, Debug, Default, Args)]
pub struct SweepOptions {
    /// Sweep file or name
    #[arg(value_name = "SWEEP", required = true)]
    pub file: Option<String>,
    /// Print the points as CSV; nothing is run
    #[arg(long)]
    pub list: bool,
    /// Output folder (default: target/synfire/NAME)
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Threads, each with a point of its own (default: all processors). Never changes a result
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// Run one task's part of a planned sweep: `3/8`, or `/8` with the number that Slurm, PBS, LSF or SGE gives
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
    /// Seconds that a task lasts at least, where the plan measured: fewer tasks get trials then
    #[arg(long, value_name = "SECONDS", default_value = "60", requires = "shard")]
    pub least_seconds: f64,
    /// In which form the tables are written; `sweep.json` is always there
    #[arg(long, value_name = "FORM", default_value = "csv")]
    pub tables: TablesOption,
    /// Take the place of another sweep in the folder, and keep the results that both have
    #[arg(long)]
    pub grow: bool,
    /// Print JSON lines instead of tables
    #[arg(long)]
    pub json: bool,
}

/// Options of a plan.
#[derive(Clone, Debug, Default, Args)]
pub struct PlanOptions {
    /// Sweep file or name
    #[arg(value_name = "SWEEP")]
    pub file: String,
    /// Output folder (default: target/synfire/NAME)
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Trials that are run now, to know how long one takes; their results are kept
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    pub measure: u32,
    /// Take the place of another sweep in the folder, and keep the results that both have
    #[arg(long)]
    pub grow: bool,
}

/// Options of a sweep that is asked.
#[derive(Clone, Debug, Default, Args)]
pub struct ServeOptions {
    /// Sweep file or name
    #[arg(value_name = "SWEEP")]
    pub file: String,
    /// Folder that keeps results (default: target/synfire/NAME)
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Threads, each with a point of its own (default: all processors). Never changes a result
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// Take the place of another sweep in the folder, and keep the results that both have
    #[arg(long)]
    pub grow: bool,
}

/// Options of a merge.
#[derive(Clone, Debug, Default, Args)]
pub struct MergeOptions {
    /// Folders of the sweep; shards below them are theirs
    #[arg(value_name = "DIR", required = true)]
    pub folders: Vec<PathBuf>,
    /// Output folder (default: the first one)
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// In which form the tables are written; `sweep.json` is always there
    #[arg(long, value_name = "FORM", default_value = "csv")]
    pub tables: TablesOption,
    /// Print JSON lines instead of tables
    #[arg(long)]
    pub json: bool,
}
