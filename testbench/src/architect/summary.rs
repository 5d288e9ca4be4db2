//! `summary.json`, format `synfire-summary/2`: what a run cost, as numbers that a reader can compute with.
//!
//! The figures of the whole run stand at the top, under the names that version 1 had; each *part* (a cell, or a trained
//! network in one of its forms on the chip) has the same figures, by stage too. Every time, energy, share and count that
//! a report prints follows from the parts. `docs/formats.md`, "Outputs", describes the fields.
//!
//! Promises: times, energies and counts are integers and exact; the whole run is the sum of its parts, a part the sum of
//! its stages (of longest steps the largest); what depends on the machine that simulates stands under `simulator`.
//! Absent on purpose: scores beyond one number a part (the report has them).

use super::figures::{Figures, figures, stages, together};
use super::placed;
use super::silicon;
use super::tables;
use crate::experiment::kind::Document;
use crate::experiment::pool::PoolError;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use synfire_chip::chip::{Chip, PowerClock, StaticPower};
use synfire_chip::cost::accesses::accesses;
use synfire_chip::cost::detail::Detail;
use synfire_chip::cost::memory::CoreMemory;
use synfire_chip::cost::stage::{Costs, Stage};
use synfire_core::ARITH_SPEC;

/// Name of the file.
pub const FILE: &str = "summary.json";

/// Format name of `summary.json`.
pub const FORMAT: &str = "synfire-summary/2";

/// What is written.
#[derive(Debug, Serialize)]
pub struct Summary {
    format: &'static str,
    title: String,
    contract: &'static str,
    chip: String,
    model: Value,
    #[serde(flatten)]
    about: BTreeMap<&'static str, Value>,
    cores: usize,
    #[serde(flatten)]
    whole: Figures,
    stages: BTreeMap<&'static str, Figures>,
    memory: Vec<BTreeMap<&'static str, u64>>,
    /// Area and leakage by structure, of the first part on a chip with a technology.
    #[serde(skip_serializing_if = "Option::is_none")]
    silicon: Option<Value>,
    parts: Vec<PartFigures>,
    simulator: Simulator,
}

#[derive(Debug, Serialize)]
struct PartFigures {
    name: String,
    seed: u32,
    /// Where it is another than at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    chip: Option<String>,
    /// The same.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Value>,
    cores: usize,
    presentations: Presentations,
    score: Option<f64>,
    #[serde(flatten)]
    whole: Figures,
    stages: BTreeMap<&'static str, Figures>,
}

#[derive(Debug, Serialize)]
struct Simulator {
    threads: usize,
    /// Of the parts on a chip, added; null where a part's is not known apart.
    wall_seconds: Option<f64>,
    /// The same of each part.
    parts_wall_seconds: Vec<Option<f64>>,
    synaptic_events_per_second: Option<f64>,
    steps_per_second: Option<f64>,
}

/// Presentations by stage; 0 where none is presented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Presentations {
    /// Learned from.
    pub training: u64,
    /// Of all scorings on the way.
    pub test: u64,
    /// At work.
    pub inference: u64,
}

/// A cell, or one of its forms on the chip.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// Row, with its store or form.
    pub name: String,
    /// Seed.
    pub seed: u32,
    /// The hardware.
    pub chip: &'a Chip,
    /// What it cost; nothing, where it ran on no chip.
    pub costs: Costs,
    /// Cores in use; 0 where it ran on no chip.
    pub cores: usize,
    /// Presentations.
    pub presentations: Presentations,
    /// Its score, 0..=1, where it has one.
    pub score: Option<f64>,
    /// Wall time of it in seconds, where it is known apart.
    pub wall_seconds: Option<f64>,
    /// What was seen of it in detail, where the report shows it.
    pub detail: Option<&'a Detail>,
}

/// What the summary of a run is made of.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    /// Title of the experiment.
    pub title: &'a str,
    /// The hardware of the experiment; parts can have another.
    pub chip: &'a Chip,
    /// The parts, in the order of the report.
    pub parts: Vec<Part<'a>>,
    /// Memory of each core that the report shows; empty: that of what is shown in detail.
    pub memory: &'a [CoreMemory],
    /// What only this kind of experiment says: fields of the top level.
    pub about: BTreeMap<&'static str, Value>,
    /// Threads of the pool.
    pub threads: usize,
}

/// A core and its memory, by field.
fn memory(of: &CoreMemory) -> BTreeMap<&'static str, u64> {
    let figures = of.figures().into_iter().map(|figure| (figure.field, figure.value));
    figures.chain([("core", u64::from(of.core))]).collect()
}

/// The cost model and what it was set to.
fn model(chip: &Chip) -> Value {
    let technology = chip
        .technology
        .as_ref()
        .map(|of| json!({ "name": of.technology.name, "node_nm": of.nm, "voltage_uv": of.voltage }));
    let names = |clock: &PowerClock, unused_gated: bool| {
        let clock = match clock {
            PowerClock::Wall => "wall",
            PowerClock::Busy => "busy",
        };
        (clock, if unused_gated { "gated" } else { "powered" })
    };
    let power = match &chip.energy.core_static {
        StaticPower::Stated { microwatts, clock, unused_gated, .. } => {
            let (clock, unused) = names(clock, *unused_gated);
            json!({ "microwatts": microwatts.nominal, "clock": clock, "unused_cores": unused })
        }
        // The leakage of a technology depends on the network's words: the bill of a part has it.
        _ => chip.technology.as_ref().map_or(Value::Null, |of| {
            let (clock, unused) = names(&of.clock, of.unused_gated);
            json!({ "microwatts": null, "clock": clock, "unused_cores": unused })
        }),
    };
    json!({
        "name": chip.time_model.name(),
        "settings": {
            "clock_ps": chip.timing.clock_ps,
            "tick_ps": chip.timing.tick_ps,
            "learning_clock_gated": chip.learning_gated,
            "row_service": chip.service.rows,
            "update_style": chip.service.updates,
            "static_power": power,
            "technology": technology,
        },
    })
}

impl Presentations {
    /// All of them in the one stage that took place.
    #[must_use]
    pub fn of_all(costs: &Costs, count: u64) -> Self {
        let of = |stage| if costs.of(stage).elapsed.steps > 0 { count } else { 0 };
        Self { training: of(Stage::Training), test: of(Stage::Test), inference: of(Stage::Inference) }
    }
}

impl<'a> Parts<'a> {
    /// Of a run without parts.
    #[must_use]
    pub fn new(title: &'a str, chip: &'a Chip, threads: usize) -> Self {
        Self { title, chip, parts: Vec::new(), memory: &[], about: BTreeMap::new(), threads }
    }

    /// `summary.json`, and the tables and the placement of the part that is shown in detail.
    ///
    /// # Errors
    /// When one cannot be put into words.
    pub fn documents(&self) -> Result<Vec<Document>, PoolError> {
        let mut documents = vec![self.document()?];
        let detailed = self.parts.iter().find_map(|part| Some((part.detail?, part.chip)));
        if let Some((detail, chip)) = detailed {
            documents.extend(tables::documents(detail, chip));
            documents.push(Document::text(placed::FILE, placed::of_run(detail, chip)));
        }
        Ok(documents)
    }

    /// `summary.json`.
    ///
    /// # Errors
    /// When it cannot be put into words.
    fn document(&self) -> Result<Document, PoolError> {
        let text = serde_json::to_string_pretty(&self.summary());
        let text = text.map_err(|error| PoolError::Run(error.to_string()))?;
        Ok(Document::text(FILE, text + "\n"))
    }

    /// Memory of each core of the part that the report shows.
    fn shown_memory(&self) -> impl Iterator<Item = &CoreMemory> {
        let detail = self.parts.iter().find_map(|part| part.detail).filter(|_| self.memory.is_empty());
        let cores = detail.into_iter().flat_map(|detail| &detail.cores);
        self.memory.iter().chain(cores.map(|core| &core.memory))
    }

    /// The whole summary.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let cores = self.parts.iter().map(|part| part.cores).find(|cores| *cores > 0).unwrap_or(0);
        let on_chip = self.parts.iter().filter(|part| part.cores > 0);
        let wall_seconds: Option<f64> = on_chip.map(|part| part.wall_seconds).sum();
        let a_second = |count: u64| wall_seconds.map(|seconds| count as f64 / seconds.max(1e-9));
        let part = |part: &Part<'_>| PartFigures {
            name: part.name.clone(),
            seed: part.seed,
            cores: part.cores,
            presentations: part.presentations,
            score: part.score,
            chip: (part.chip != self.chip).then(|| part.chip.name.clone()),
            model: (part.chip != self.chip).then(|| model(part.chip)),
            whole: figures(part.chip, &part.costs.whole(), part.cores),
            stages: stages(part.chip, &part.costs, part.cores),
        };
        let first = self.parts.iter().find(|part| part.cores > 0);
        let silicon = first.and_then(|part| {
            let widths = part.costs.whole().widths;
            let core = part.chip.priced_core(&widths)?;
            let mut value = silicon::value(part.chip, &core, &widths);
            value["accesses"] = json!(accesses(part.chip, &part.costs.whole().counts, &widths));
            Some(value)
        });
        let parts: Vec<PartFigures> = self.parts.iter().map(part).collect();
        let whole = together(parts.iter().map(|part| &part.whole));
        let stage = |name: &'static str| {
            let of = || parts.iter().filter_map(move |part| part.stages.get(name));
            of().next().map(|_| (name, together(of())))
        };
        let stages = ["training", "test", "inference"].into_iter().filter_map(stage).collect();
        Summary {
            format: FORMAT,
            title: self.title.to_owned(),
            contract: ARITH_SPEC,
            chip: self.chip.name.clone(),
            model: model(self.chip),
            about: self.about.clone(),
            cores,
            stages,
            memory: self.shown_memory().map(memory).collect(),
            simulator: Simulator {
                threads: self.threads,
                wall_seconds,
                parts_wall_seconds: self.parts.iter().map(|part| part.wall_seconds).collect(),
                synaptic_events_per_second: a_second(whole.counts.synaptic_events()),
                steps_per_second: a_second(whole.steps),
            },
            whole,
            silicon,
            parts,
        }
    }
}
