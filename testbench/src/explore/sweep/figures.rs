//! What a run left, as numbers: read from its `summary.json`, so that they are what a run writes.
//!
//! Promises: integers, exact, of the judged row alone; an energy has its ends; what has no published price or time is
//! named. Absent on purpose: what is made of them (`objectives`).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a trial left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Name of the judged row.
    pub row: String,
    /// The judged row with each of its seeds.
    pub parts: Vec<PartFigures>,
    /// Bits of all cores in use; of the experiment's first row.
    pub memory_bits: Option<u64>,
    /// Square nanometres of the chip, where its technology knows: nominal, low, high; of the experiment's first row.
    pub area_nm2: Option<Ends>,
}

/// A number between two ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// As stated.
    pub nominal: u128,
    /// Lower end.
    pub low: u128,
    /// Upper end.
    pub high: u128,
}

/// A row with a seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartFigures {
    /// The seed.
    pub seed: u32,
    /// 0 to 1, where it has one.
    pub score: Option<f64>,
    /// Cores in use.
    pub cores: u64,
    /// The whole run.
    pub whole: StageFigures,
    /// Stages that took place: `training`, `test`, `inference`.
    pub stages: BTreeMap<String, StageFigures>,
}

/// What some steps cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageFigures {
    /// Steps.
    pub steps: u64,
    /// Presentations, of a stage; 0 where nothing is presented.
    pub presentations: u64,
    /// Picoseconds of simulated time.
    pub time_ps: u128,
    /// Attojoules.
    pub energy_aj: Ends,
    /// Packets over the most loaded link in its fullest step.
    pub busiest_link_packets: u64,
    /// Operations that took part without a published price.
    pub unpriced: Vec<String>,
    /// The same without a published time.
    pub untimed: Vec<String>,
}

/// What of `summary.json` is read.
#[derive(Deserialize)]
struct Summary {
    parts: Vec<Part>,
    memory: Vec<BTreeMap<String, u64>>,
    silicon: Option<Silicon>,
}

#[derive(Deserialize)]
struct Part {
    name: String,
    seed: u32,
    score: Option<f64>,
    cores: u64,
    presentations: Presentations,
    steps: u64,
    time: Time,
    energy: Energy,
    busiest_link_packets: u64,
    unpublished: Vec<Unpublished>,
    stages: BTreeMap<String, Stage>,
}

#[derive(Deserialize)]
struct Presentations {
    training: u64,
    test: u64,
    inference: u64,
}

#[derive(Deserialize)]
struct Stage {
    steps: u64,
    time: Time,
    energy: Energy,
    busiest_link_packets: u64,
    unpublished: Vec<Unpublished>,
}

#[derive(Deserialize)]
struct Time {
    total_ps: u128,
}

#[derive(Deserialize)]
struct Energy {
    total_aj: u128,
    low_aj: u128,
    high_aj: u128,
}

#[derive(Deserialize)]
struct Unpublished {
    what: String,
    field: String,
}

#[derive(Deserialize)]
struct Silicon {
    chip: Area,
}

#[derive(Deserialize)]
struct Area {
    area_nm2: Ends,
}

/// What a core's memory is listed with that is no memory.
const NO_BITS: [&str; 4] = ["core", "neurons", "axons", "synapses"];

impl Figures {
    /// Those of the part `row` of a summary; without one, of the first.
    ///
    /// # Errors
    /// When the text is no summary, or has no such part.
    pub fn of_summary(text: &str, row: Option<&str>) -> Result<Self, String> {
        let summary: Summary =
            serde_json::from_str(text).map_err(|error| format!("summary.json: {error}"))?;
        let first = summary.parts.first().map(|part| part.name.clone()).unwrap_or_default();
        let row = row.unwrap_or(&first);
        let mut names: Vec<&str> = summary.parts.iter().map(|part| part.name.as_str()).collect();
        names.dedup();
        if !names.contains(&row) {
            return Err(format!("the run has no row `{row}` (allowed: {})", names.join(", ")));
        }
        let bits = |core: &BTreeMap<String, u64>| {
            core.iter()
                .filter(|(name, _)| !NO_BITS.contains(&name.as_str()))
                .map(|(_, bits)| bits)
                .sum::<u64>()
        };
        let known = row == first;
        let memory_bits =
            (known && !summary.memory.is_empty()).then(|| summary.memory.iter().map(bits).sum());
        let area_nm2 = summary.silicon.filter(|_| known).map(|silicon| silicon.chip.area_nm2);
        let row = row.to_owned();
        let parts =
            summary.parts.into_iter().filter(|part| part.name == row).map(PartFigures::from).collect();
        Ok(Self { row, parts, memory_bits, area_nm2 })
    }
}

impl From<Part> for PartFigures {
    fn from(part: Part) -> Self {
        let Presentations { training, test, inference } = part.presentations;
        let presented = |name: &str| match name {
            "training" => training,
            "test" => test,
            _ => inference,
        };
        let stages = part.stages.into_iter().map(|(name, of)| {
            let presentations = presented(&name);
            (name, stage(of, presentations))
        });
        let stages = stages.collect();
        let whole = Stage {
            steps: part.steps,
            time: part.time,
            energy: part.energy,
            busiest_link_packets: part.busiest_link_packets,
            unpublished: part.unpublished,
        };
        let presentations = training + test + inference;
        Self {
            seed: part.seed,
            score: part.score,
            cores: part.cores,
            whole: stage(whole, presentations),
            stages,
        }
    }
}

fn stage(of: Stage, presentations: u64) -> StageFigures {
    let fields = |what: &str| {
        let own = of.unpublished.iter().filter(|one| one.what == what);
        own.map(|one| one.field.clone()).collect()
    };
    StageFigures {
        steps: of.steps,
        presentations,
        time_ps: of.time.total_ps,
        energy_aj: Ends { nominal: of.energy.total_aj, low: of.energy.low_aj, high: of.energy.high_aj },
        busiest_link_packets: of.busiest_link_packets,
        unpriced: fields("price"),
        untimed: fields("time"),
    }
}
