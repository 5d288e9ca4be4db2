//! Options of `calibrate` and `vectors`.

use clap::Args;
use std::path::PathBuf;

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
