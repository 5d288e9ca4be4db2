//! The sweep file: which experiment, what is moved in it, what is asked of each point.
//!
//! Fields, units and defaults are described in `docs/formats.md`, "Sweep file". Promises: unknown fields are errors; what
//! parses is written again to an equal value. Absent on purpose: what values come of an axis (`axes`), whether a path
//! leads anywhere (`opened`).

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;
use synfire_chip::files::schema::Raw;

/// Format name that every sweep file states.
pub const FORMAT: &str = "synfire-sweep/1";

/// A sweep file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Sweep")]
pub struct SweepFile {
    /// [`FORMAT`].
    pub format: String,
    /// Title of the tables.
    pub title: String,
    /// Experiment file or carried name.
    pub experiment: String,
    /// The experiment's short form.
    #[serde(default)]
    pub quick: bool,
    /// The row that is judged; `None`: the first.
    #[serde(default)]
    pub row: Option<String>,
    /// Changes of every point, before those of the axes.
    #[serde(default)]
    pub set: Entries<Raw>,
    /// What is moved. The points are every value of each with every value of the others.
    pub axes: Vec<Axis>,
    /// How many times values are drawn for the axes that draw, and how; needed where one does.
    #[serde(default)]
    pub samples: Option<Samples>,
    /// What must hold of a point; the others are no points.
    #[serde(default)]
    pub constraints: Vec<Constraint>,
    /// Each point is run with each of them; empty: with the experiment's own.
    #[serde(default)]
    pub seeds: Vec<u32>,
    /// What is asked of each point.
    pub objectives: Vec<Objective>,
}

/// Names and values in the order of the file, written as a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries<T>(pub Vec<(String, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// One knob, or several that move together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// Its name in constraints and tables.
    pub name: String,
    /// Paths, as `--set` takes them, and the values of each: as many of every one.
    pub values: Entries<Values>,
}

/// Values of a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub enum Values {
    /// These.
    List(Vec<Raw>),
    /// Evenly from one number to the other, both included. Between whole numbers all are whole, each once.
    Linear {
        /// The first.
        from: Raw,
        /// The last.
        to: Raw,
        /// How many.
        count: u32,
    },
    /// The same with equal ratios, above zero.
    Log {
        /// The first.
        from: Raw,
        /// The last.
        to: Raw,
        /// How many.
        count: u32,
    },
    /// Drawn between two numbers, as often as `samples` says. Between whole numbers all are whole.
    Uniform {
        /// The lowest.
        from: Raw,
        /// The highest.
        to: Raw,
    },
    /// The same evenly in the logarithm, above zero.
    LogUniform {
        /// The lowest.
        from: Raw,
        /// The highest.
        to: Raw,
    },
    /// One of these.
    OneOf(Vec<Raw>),
}

/// How values are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Samples {
    /// How many times.
    pub count: u32,
    /// What decides them, with the axes' names.
    #[serde(default)]
    pub seed: u64,
    /// How draws of one axis keep away from each other.
    #[serde(default)]
    pub method: Method,
}

/// How draws of one axis keep away from each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Method {
    /// Not at all.
    #[default]
    Independent,
    /// Each of `count` equal parts of an axis has one: a Latin hypercube.
    Latin,
}

/// A product that is compared with another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// Factors: numbers, names of axes that move one path, or paths that an axis moves.
    pub left: Vec<Raw>,
    /// What the left product must be to the right one.
    pub is: Relation,
    /// Factors.
    pub right: Vec<Raw>,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Relation {
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `>`
    Above,
    /// `=`
    Equal,
    /// Not `=`.
    Unequal,
}

/// What is asked of each point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Which figure of a run.
    pub of: Quantity,
    /// What is better; `None`: more accuracy, less of anything else.
    #[serde(default)]
    pub best: Option<Best>,
    /// The least that a point of the front may have.
    #[serde(default)]
    pub at_least: Option<f64>,
    /// The most that a point of the front may have.
    #[serde(default)]
    pub at_most: Option<f64>,
    /// Whether figures without some unpublished price or time are compared all the same.
    #[serde(default)]
    pub lower_bounds: bool,
}

/// A figure of a run. All follow from `summary.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Quantity {
    /// The score, 0 to 1.
    Accuracy,
    /// Energy of the stage `inference`, by its presentations; the whole stage where nothing is presented.
    InferenceEnergy,
    /// Simulated time of the same.
    InferenceTime,
    /// Energy of the stage `training`.
    TrainingEnergy,
    /// Area of the chip.
    Area,
    /// Packets over the most loaded link, in its fullest step.
    BusiestLink,
    /// Memory of all cores in use.
    MemoryBits,
    /// Simulated time of a step, in the mean.
    StepTime,
}

/// What is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Best {
    /// Less.
    Least,
    /// More.
    Most,
}

impl<T: Serialize> Serialize for Entries<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for All<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("paths and values, such as {\"chip.mesh.columns\": List([2, 4])}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(All(PhantomData))
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Entries<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("EntriesOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let value = generator.subschema_for::<T>();
        schemars::json_schema!({
            "type": "object",
            "propertyNames": { "pattern": "^(chip|network|experiment)\\." },
            "additionalProperties": value,
        })
    }
}

/// The JSON schema of sweep files.
#[cfg(feature = "schemars")]
#[must_use]
pub fn json_schema() -> schemars::Schema {
    schemars::schema_for!(SweepFile)
}
