//! What a network file, or a placement file beside it, may say of where neurons sit.
//!
//! A placement file, `format: "synfire-placement/1"`, has the fields of the network file's `placement`; a network file names
//! it there. Every run writes the placement that it used in this form.
//!
//! Promises: a field is declared once here, with its name, its type and its default. Absent on purpose: ranges and
//! references (`placement`).

use crate::files::text::decimal::Raw;
use crate::files::text::layer::LayerFile;
use crate::files::text::write::stated;
use crate::placing::Objective;
use serde::{Deserialize, Serialize};

/// `placement` of a network file, or a placement file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Placement", default)]
pub struct PlacementFile {
    /// What kind of file it is; must be stated in a file of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// A placement file that says everything in place of this field.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub file: Option<String>,
    /// Neurons, and where they sit.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub slices: Option<Vec<SliceFile>>,
    /// Inputs, and where their spikes begin.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub inputs: Option<Vec<InputPlaceFile>>,
    /// How neurons are placed that no slice states.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub rest: Option<RestFile>,
}

impl LayerFile for PlacementFile {
    const FORMAT: &'static str = "synfire-placement/1";
    const OWNER_DEPTH: usize = 1;

    fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }

    fn extends(&self) -> Option<&str> {
        None
    }
}

/// An element of `slices`: one of `core`, `cores`, `tile` and `row` says where; `core` may stand beside its `tile`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Slice")]
pub struct SliceFile {
    /// Name of the population.
    pub population: String,
    /// First neuron.
    #[serde(default)]
    pub first: i64,
    /// How many neurons; left out, all from the first on.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub count: Option<i64>,
    /// Number of the core that holds them all.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub core: Option<i64>,
    /// Numbers of cores that hold equal shares.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub cores: Option<Vec<i64>>,
    /// Tile (column, row): its next cores hold what they can.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub tile: Option<(i64, i64)>,
    /// Which core of the tile holds them all, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub place: Option<i64>,
    /// Row of tiles: its next cores hold what they can.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub row: Option<i64>,
}

/// An element of `inputs`: `cores` or `port`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "InputPlace")]
pub struct InputPlaceFile {
    /// Name of the input.
    pub input: String,
    /// Numbers of the cores that its channels sit on.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub cores: Option<Vec<i64>>,
    /// Name of the host's port that they enter by.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub port: Option<String>,
}

/// How neurons are placed that no slice states.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Rest", deny_unknown_fields)]
pub enum RestFile {
    /// In order, on the next cores that nobody names.
    #[default]
    InOrder,
    /// There must be none.
    Refused,
    /// In order, then load by load next to what it talks with.
    Greedy {
        /// What is lowered.
        #[serde(default)]
        objective: Objective,
        /// Spikes of a neuron in a step, by the name of its input or population.
        #[serde(default)]
        rates: Vec<(String, Raw)>,
    },
    /// In order, then by random exchanges.
    Anneal {
        /// What is lowered.
        #[serde(default)]
        objective: Objective,
        /// Seed of the exchanges.
        #[serde(default)]
        seed: i64,
        /// How many are tried; left out, as many as the loads ask for.
        #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
        moves: Option<i64>,
        /// Spikes of a neuron in a step, by the name of its input or population.
        #[serde(default)]
        rates: Vec<(String, Raw)>,
    },
}
