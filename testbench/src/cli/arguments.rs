//! The arguments of the command `synfire`: its commands here, their options in a file for each group of the help.

mod explore;
mod hardware;
mod run;
mod sweep;
mod verify;

pub use explore::{CompareOptions, CompareRunsOptions, GoalOption, HowOption, MapOptions};
pub use hardware::{DiffOptions, ExportOptions, ImportOptions, TraceOptions};
pub use run::{ChangeOptions, RunOptions, TablesOption, TimeModelOption, change_placement, expect_form};
pub use sweep::{MergeOptions, PlanOptions, ServeOptions, SweepArguments, SweepCommand, SweepOptions};
pub use verify::{CalibrateOptions, VectorsOptions};

use clap::{Parser, Subcommand};
use std::path::PathBuf;

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
        /// In which form the tables beside the report are written
        #[arg(long, value_name = "FORM", default_value = "csv")]
        tables: TablesOption,
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
        /// In which form the tables beside the report are written
        #[arg(long, value_name = "FORM", default_value = "csv")]
        tables: TablesOption,
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
    /// Set finished runs, points of sweeps, or chips side by side: what differs, by what ratio, and whether intervals overlap
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
