//! Options of `map`, `compare-runs` and `compare`. A sweep has a file of its own.

use super::run::ChangeOptions;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How a placement is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HowOption {
    /// Load by load.
    Greedy,
    /// By exchanges, worse ones less and less often.
    Anneal,
}

/// What a placement is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GoalOption {
    /// Fewest hops.
    #[default]
    Hops,
    /// The least packets over the most loaded link.
    Link,
    /// The shortest steps.
    Time,
}

/// Options of a placement.
#[derive(Clone, Debug, Default, Args)]
pub struct MapOptions {
    /// Network file; or an experiment, whose first steps say who fires and how long steps take
    pub file: String,
    /// Chip of a network file (preset or path; default: small)
    #[arg(long)]
    pub chip: Option<String>,
    /// Row of the experiment (default: the first)
    #[arg(long)]
    pub row: Option<String>,
    /// A placement file: where neurons sit, in place of the network file's `placement`
    #[arg(long, value_name = "FILE")]
    pub placement: Option<PathBuf>,
    /// Look for another placement: `greedy`, load by load; `anneal`, by exchanges. Slices that are stated stay
    #[arg(long, value_name = "HOW")]
    pub place: Option<HowOption>,
    /// What it is looked for: `hops`; `link`, the most loaded link; `time`, steps of an experiment by the cycle model
    #[arg(long = "for", value_name = "GOAL", default_value = "hops")]
    pub goal: GoalOption,
    /// Keep what has less traffic though its steps take longer, `--for hops` and `--for link`
    #[arg(long, requires = "place")]
    pub slower: bool,
    /// Seed of the exchanges
    #[arg(long, default_value = "1")]
    pub seed: u32,
    /// Exchanges that are tried (default: 2000 a load, 1000000 at least)
    #[arg(long, value_name = "NUMBER", requires = "place", value_parser = clap::value_parser!(u64).range(1..))]
    pub moves: Option<u64>,
    /// Placements of an experiment that are simulated at most, the one in order first; who fires is measured before
    #[arg(long, value_name = "NUMBER", default_value = "100", value_parser = clap::value_parser!(u32).range(1..))]
    pub simulations: u32,
    /// Steps of an experiment that are looked at
    #[arg(long, value_name = "NUMBER", default_value = "50", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub steps: u32,
    /// Spikes of an earlier run: its `populations.csv`, or `NAME=FILE`, spikes of single neurons of an input or a
    /// population (`hidden.spikes.npy`, `hidden.spikes.csv`). Repeatable
    #[arg(long, visible_alias = "traffic", value_name = "FILE", requires = "place")]
    pub spikes: Vec<String>,
    /// Spikes of a neuron in a step, of an input or a population: `hidden=0.05`. Repeatable
    #[arg(long, value_name = "NAME=SPIKES", requires = "place")]
    pub rate: Vec<String>,
    /// The placement file to write; an existing one is never overwritten
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Threads (default: all processors). Never changes a result
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// Print JSON lines instead of tables
    #[arg(long)]
    pub json: bool,
    /// Changes
    #[command(flatten)]
    pub changes: ChangeOptions,
}

/// Options of a comparison of finished runs.
#[derive(Clone, Debug, Default, Args)]
pub struct CompareRunsOptions {
    /// Folders of finished runs, or FOLDER:POINT of sweeps; or chips (presets or paths); the first is what others are
    /// compared with
    #[arg(value_name = "RUN", num_args = 2.., required = true)]
    pub runs: Vec<String>,
    /// The row that is compared (default: every row that all have, or the first of each)
    #[arg(long, value_name = "ROW")]
    pub row: Option<String>,
    /// Print JSON lines instead of tables
    #[arg(long)]
    pub json: bool,
}

/// Options of a comparison.
#[derive(Clone, Debug, Default, Args)]
pub struct CompareOptions {
    /// Experiment files or names (default: all that the program carries)
    pub tasks: Vec<String>,
    /// Changes to each of them
    #[command(flatten)]
    pub changes: ChangeOptions,
    /// Output folder (default: target/synfire/compare)
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Threads (default: all processors). Never changes a result
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// The experiments' short forms
    #[arg(long)]
    pub quick: bool,
    /// Print JSON lines instead of tables
    #[arg(long)]
    pub json: bool,
    /// Remove what another run wrote in the output folder, by its list; nothing else is removed
    #[arg(long)]
    pub overwrite: bool,
}
