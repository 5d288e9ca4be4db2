//! The arguments of the command `synfire`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// Simulates neuromorphic chips that learn on the chip: exact bits, and what they cost in time and energy.
#[derive(Debug, Parser)]
#[command(name = "synfire", version, about)]
pub struct Arguments {
    /// What to do; without it, the help is printed.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run an experiment: a file, or one that the program carries (`digits`, `superspike`, ...)
    Run {
        /// Experiment file or name
        experiment: String,
        /// Options
        #[command(flatten)]
        options: RunOptions,
        /// Which model says how long steps take, in place of the chip file's `timing.model`: `analytic`, a formula;
        /// `cycle`, cores and network cycle by cycle; `both`, and where they differ
        #[arg(long, value_name = "MODEL")]
        time_model: Option<TimeModelOption>,
        /// A placement file: where neurons sit, in place of the network files' `placement`
        #[arg(long, value_name = "FILE")]
        placement: Option<PathBuf>,
        /// Changes
        #[command(flatten)]
        changes: ChangeOptions,
    },
    /// Check an experiment, network, chip or sweep file without running it
    Check {
        /// File
        file: String,
        /// Chip that a network file is checked against (preset or path)
        #[arg(long, default_value = "small")]
        chip: String,
        /// A placement file: where neurons sit, in place of the network file's `placement`
        #[arg(long, value_name = "FILE")]
        placement: Option<PathBuf>,
        /// Changes
        #[command(flatten)]
        changes: ChangeOptions,
    },
    /// List what the program carries, or print one of it
    Presets {
        /// Name of a chip preset, experiment or network
        name: Option<String>,
    },
    /// Go on with an interrupted run
    Resume {
        /// Its output folder
        folder: PathBuf,
        /// Experiment file, where it was moved without the folder
        #[arg(long, value_name = "FILE")]
        experiment: Option<String>,
        /// Threads
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
        threads: Option<u16>,
        /// Print JSON lines instead of tables
        #[arg(long)]
        json: bool,
    },
    /// Show what a learning rule reads, writes and stores, declared and measured; all rules without a name
    Audit {
        /// Rule (`random-feedback`, `dcll`, `superspike`, ...)
        rule: Option<String>,
        /// Print JSON lines instead of tables
        #[arg(long)]
        json: bool,
    },
    /// Measure how well the rules of an experiment agree with the gradient, and a chip with its float form
    Gradient {
        /// Experiment file or name, with labelled samples or spike trains
        #[arg(default_value = "gradient")]
        experiment: String,
        /// Options
        #[command(flatten)]
        options: RunOptions,
        /// Changes
        #[command(flatten)]
        changes: ChangeOptions,
    },
    /// Train an experiment's first row off the chip, by back-propagation through time, and deploy it
    Bptt {
        /// Experiment file or name, with labelled samples; one with a validation part compares settings on it
        #[arg(default_value = "digits")]
        experiment: String,
        /// Options
        #[command(flatten)]
        options: RunOptions,
        /// Changes
        #[command(flatten)]
        changes: ChangeOptions,
    },
    /// Show what a network takes of a chip, and look for a placement with less traffic or shorter steps
    Map(MapOptions),
    /// Drive the network between the cores alone: latency and accepted rate over offered load
    Noc {
        /// Experiment file or name whose task is `Traffic`
        #[arg(default_value = "noc")]
        experiment: String,
        /// Options
        #[command(flatten)]
        options: RunOptions,
        /// Changes
        #[command(flatten)]
        changes: ChangeOptions,
    },
    /// Write the memories of an experiment's chip as images, with what comes in, for a hardware bench
    Export(ExportOptions),
    /// Build a chip from exported images and run what comes in; writes spikes and weights
    Import(ImportOptions),
    /// Draw random networks and programs that reach every rule of the contract, and hold the chip to the plain reference in each
    Vectors(VectorsOptions),
    /// Fit a chip's prices to its `measured` rows, into a new chip file
    Calibrate(CalibrateOptions),
    /// Print what is predicted of published chips (ODIN, ReckOn) beside what was measured of them
    Silicon {
        /// Other chips with `measured` rows (presets or paths)
        chips: Vec<String>,
        /// Print JSON lines instead of tables
        #[arg(long)]
        json: bool,
    },
    /// Compare two retire traces: the first step, register and place in which they part, with both values
    Diff(DiffOptions),
    /// Show registers of a retire trace as waves: VCD or FST, for GTKWave and Surfer
    Trace(TraceOptions),
    /// Run many points of an experiment, and find those that no other beats; goes on where it was interrupted
    Sweep(SweepArguments),
    /// Set finished runs, and points of sweeps, side by side: what differs, by what ratio, and whether intervals overlap
    CompareRuns(CompareRunsOptions),
    /// Compare rules, tasks and weight stores: every carried experiment that lists `stores`, or those named
    Compare(CompareOptions),
    /// Try the paper's claims as experiments, and print a verdict on each
    Claims {
        /// Options
        #[command(flatten)]
        options: RunOptions,
    },
    /// Compare the simulator's hot paths with bare loops over the same memory
    Bench {
        /// Print JSON lines instead of a table
        #[arg(long)]
        json: bool,
        /// Fewer repetitions
        #[arg(long)]
        quick: bool,
    },
}

/// A model of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimeModelOption {
    /// A formula.
    Analytic,
    /// Cycle by cycle.
    Cycle,
    /// Both.
    Both,
}

impl TimeModelOption {
    /// The change of the chip's file that it stands for.
    #[must_use]
    pub fn change(self) -> String {
        format!("chip.timing.model={self:?}")
    }
}

/// The change of the network's file that `--placement FILE` stands for: the file is the one here, wherever the network is.
#[must_use]
pub fn placement_change(file: &Path) -> String {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    format!("network.placement=(file: {:?})", file.to_string_lossy())
}

/// Changes to the files of an experiment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct ChangeOptions {
    /// Change a field of the chip's, network's or experiment's file: `chip.mesh.columns=8`,
    /// `network.projections[in_hidden].store.bits=6`, `experiment.task.epochs=3`; the value is RON, `None` removes.
    /// Repeatable
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
}

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
    /// Seed of the exchanges
    #[arg(long, default_value = "1")]
    pub seed: u32,
    /// Exchanges that are tried (default: 2000 a load, 1000000 at least)
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub moves: Option<u64>,
    /// Placements that are simulated at most, `--for time`
    #[arg(long, value_name = "NUMBER", default_value = "100", value_parser = clap::value_parser!(u32).range(1..))]
    pub simulations: u32,
    /// Steps of an experiment that are looked at
    #[arg(long, value_name = "NUMBER", default_value = "50", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub steps: u32,
    /// Spikes of an earlier run: its `populations.csv`
    #[arg(long, value_name = "FILE")]
    pub spikes: Option<PathBuf>,
    /// Spikes of a neuron in a step, of an input or a population: `hidden=0.05`. Repeatable
    #[arg(long, value_name = "NAME=SPIKES")]
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

/// Options of a calibration.
#[derive(Clone, Debug, Default, Args)]
pub struct CalibrateOptions {
    /// Chip (preset or path) that lists `measured` rows
    pub chip: String,
    /// The chip file to write; an existing one is never overwritten
    #[arg(long)]
    pub out: PathBuf,
    /// Price fields that get one ratio together: `synaptic_event,neuron_access`. Repeatable; without it all prices and
    /// static power are one group
    #[arg(long, value_name = "FIELD,FIELD")]
    pub group: Vec<String>,
    /// Print JSON lines instead of tables
    #[arg(long)]
    pub json: bool,
}

/// Options of waves.
#[derive(Clone, Debug, Default, Args)]
#[command(group = clap::ArgGroup::new("waves").required(true).multiple(true))]
pub struct TraceOptions {
    /// The trace, text or binary
    pub file: PathBuf,
    /// The VCD file to write
    #[arg(long, value_name = "OUT", group = "waves")]
    pub vcd: Option<PathBuf>,
    /// The FST file to write
    #[arg(long, value_name = "OUT", group = "waves")]
    pub fst: Option<PathBuf>,
    /// Registers, by the names of the trace's header (default: all of neurons): `U,S,W`
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub registers: Vec<String>,
    /// Populations and projections, by name (default: all)
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub of: Vec<String>,
    /// Neurons, also as postsynaptic ones of synapses (default: all): `3,8..16`
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub neurons: Vec<String>,
    /// Steps (default: all): `100..200`
    #[arg(long, value_name = "RANGE")]
    pub steps: Option<String>,
}

/// Options of a comparison of traces.
#[derive(Clone, Debug, Default, Args)]
pub struct DiffOptions {
    /// The trace that is right, text or binary
    pub expected: PathBuf,
    /// The trace that is compared with it, text or binary
    pub actual: PathBuf,
    /// Compare to the end, and count what differs by register
    #[arg(long)]
    pub all: bool,
    /// `manifest.json` of an exported folder: names the core, too
    #[arg(long, value_name = "FILE")]
    pub placement: Option<PathBuf>,
    /// Print a line of JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Options of an export.
#[derive(Clone, Debug, Default, Args)]
pub struct ExportOptions {
    /// Experiment file or name: a simulation, or a classification
    pub experiment: String,
    /// The folder to write: a new or an empty one
    #[arg(long)]
    pub out: PathBuf,
    /// How words lie in the images: a layout file, or `synfire` or `rtl`
    #[arg(long, value_name = "FILE", default_value = "synfire")]
    pub layout: String,
    /// Row of the experiment (default: the first)
    #[arg(long)]
    pub row: Option<String>,
    /// One seed instead of the experiment's first
    #[arg(long)]
    pub seed: Option<u32>,
    /// Of a classification, how many samples come in
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    pub samples: u32,
    /// Of a classification, train it first: its weights are then those at the end
    #[arg(long)]
    pub trained: bool,
    /// The experiment's short form
    #[arg(long)]
    pub quick: bool,
    /// Remove the export that the folder holds, by its manifest; nothing else is removed
    #[arg(long)]
    pub overwrite: bool,
    /// Changes
    #[command(flatten)]
    pub changes: ChangeOptions,
}

/// Options of vectors.
#[derive(Clone, Debug, Default, Args)]
pub struct VectorsOptions {
    /// Seed of the first; others have other networks
    #[arg(long, default_value = "1")]
    pub seed: u32,
    /// How many
    #[arg(long, default_value = "380", value_parser = clap::value_parser!(u32).range(1..))]
    pub count: u32,
    /// Write each into a folder of its own below this one, new or empty: images, what comes in, the expected trace
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// How words lie in the images: a layout file, or `synfire` or `rtl`
    #[arg(long, value_name = "FILE", default_value = "synfire", requires = "out")]
    pub layout: String,
    /// Print every bin, and how often it was reached
    #[arg(long)]
    pub bins: bool,
}

/// Options of an import.
#[derive(Clone, Debug, Default, Args)]
pub struct ImportOptions {
    /// Folder that `synfire export` wrote
    pub folder: PathBuf,
    /// Where spikes and weights are written, a new or an empty folder (default: FOLDER/imported)
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Take images and events that were edited after the export
    #[arg(long)]
    pub edited: bool,
    /// Threads (default: all processors). Never changes a result
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

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
    /// Print JSON lines instead of tables
    #[arg(long)]
    pub json: bool,
}

/// Options of a comparison of finished runs.
#[derive(Clone, Debug, Default, Args)]
pub struct CompareRunsOptions {
    /// Folders of finished runs, or FOLDER:POINT of sweeps; the first is what others are compared with
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

/// Options of a run.
#[derive(Clone, Debug, Default, Args)]
pub struct RunOptions {
    /// Output folder (default: target/synfire/NAME)
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Threads (default: all processors). Never changes a result
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// One seed instead of the experiment's
    #[arg(long)]
    pub seed: Option<u32>,
    /// The experiment's short form
    #[arg(long)]
    pub quick: bool,
    /// Print JSON lines instead of tables
    #[arg(long)]
    pub json: bool,
    /// Remove what another run wrote in the output folder, by its list; nothing else is removed
    #[arg(long)]
    pub overwrite: bool,
}
