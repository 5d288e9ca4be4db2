//! Options of what a hardware team gets and gives: `export`, `import`, `diff`, `trace`.

use super::run::ChangeOptions;
use clap::Args;
use std::path::PathBuf;

/// Options of an export.
#[derive(Clone, Debug, Default, Args)]
pub struct ExportOptions {
    /// Experiment file or name, of any task that runs a chip
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
    #[arg(long, value_name = "FILE", conflicts_with = "export")]
    pub placement: Option<PathBuf>,
    /// An exported folder: names the core, and the path in the RTL that its layout states
    #[arg(long, value_name = "DIR")]
    pub export: Option<PathBuf>,
    /// Print a line of JSON instead of text
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
