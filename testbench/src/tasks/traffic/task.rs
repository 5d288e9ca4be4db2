//! A traffic experiment, checked: every row has a network that can carry its traffic.

use super::check;
use super::file::{MILLION, PatternFile, Traffic, TrafficRow};
use super::replay::{self, Replay};
use crate::experiment::origin::Origin;
use crate::experiment::reference::{self, Opened};
use crate::formats::packets::{self, Limits, Packet};
use synfire_chip::chip::{Chip, Noc};
use synfire_chip::files::{Diagnostics, Root};
use synfire_router::network::check::ConfigError;
use synfire_router::network::open::{self, Open, Pattern};
use synfire_router::network::plan::Plan;
use synfire_router::network::traffic::Offer;

/// Most flits of a packet.
const MOST_FLITS: u32 = 1 << 16;

/// A traffic experiment with what it refers to.
pub struct Task {
    /// The file's settings.
    pub settings: Traffic,
    /// The network of each row.
    pub networks: Vec<RowNetwork>,
}

/// The network of a row.
pub struct RowNetwork {
    /// Name of its chip.
    pub chip: String,
    /// What the chip describes.
    pub noc: Noc,
    /// Flits of a packet.
    pub flits: u32,
    /// Packets of a list, ascending by cycle; none where they are drawn.
    pub recorded: Vec<Packet>,
}

/// What the cores of a row send.
pub enum Sent {
    /// Packets drawn by chance.
    Drawn(Box<Open>),
    /// Those of a list.
    Recorded(Replay),
}

impl Sent {
    /// Arrivals that a packet will make.
    #[must_use]
    pub fn ends(&self, offer: &Offer) -> u64 {
        match self {
            Self::Drawn(_) => 1,
            Self::Recorded(replay) => replay.ends(offer),
        }
    }

    /// The next packet of a core.
    pub fn draw(&mut self, endpoint: u32) -> Option<Offer> {
        match self {
            Self::Drawn(open) => open.draw(endpoint),
            Self::Recorded(replay) => replay.draw(endpoint),
        }
    }
}

impl Task {
    /// Checks the file's numbers, and that each row's network can carry its traffic.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(settings: Traffic, chip: Chip, origin: &Opened) -> Result<Self, Diagnostics> {
        origin.expect(&[Root::Chip, Root::Experiment])?;
        let place = Origin::new(origin);
        check::numbers(&settings, &place)?;
        let mut networks = Vec::new();
        for (index, row) in settings.rows.iter().enumerate() {
            let chip = row_chip(row, index, &chip, origin, &place)?;
            let Some(noc) = chip.noc else {
                let title = format!("chip `{}` describes no network between its cores", chip.name);
                let problem = place.at(&format!("rows[{index}].name"), title);
                return Err(problem.noted("allowed", "a chip file with a section `noc`").into());
            };
            let flits = row.flits.unwrap_or_else(|| noc.config.flits(noc.packets.spike));
            let recorded = match &row.pattern {
                PatternFile::Recorded { file } => {
                    let cores = noc.config.shape.leaves() * noc.config.cores_per_router;
                    let limits =
                        Limits { cores, cycles: check::MOST_CYCLES.into(), flits, most_flits: MOST_FLITS };
                    packets::read(&place.path(file), limits).map_err(|error| {
                        place.array(&format!("rows[{index}].pattern.Recorded.file"), error)
                    })?
                }
                _ => Vec::new(),
            };
            let network = RowNetwork { chip: chip.name, noc, flits, recorded };
            network.traffic(row, settings.loads[0], 0).map_err(|error| {
                // What the network calls a node is a core of the chip.
                let field = error.field.replace("node", "core");
                let title = format!("row `{}`: its network cannot carry this `{field}`", row.name);
                let problem = place.at(&format!("rows[{index}].{field}"), title);
                problem.labelled(format!("found {}", error.found)).noted("allowed", error.allowed)
            })?;
            networks.push(network);
        }
        Ok(Self { settings, networks })
    }
}

impl RowNetwork {
    /// The plan of its network, and the traffic of `row` at a load.
    ///
    /// # Errors
    /// What the network cannot carry.
    pub fn traffic(&self, row: &TrafficRow, load: f64, seed: u32) -> Result<(Plan, Sent), ConfigError> {
        let mut plan = Plan::new(self.noc.config.clone())?;
        let Some(pattern) = pattern(&row.pattern) else {
            let replay = Replay::new(&mut plan, &self.recorded)?;
            return Ok((plan, Sent::Recorded(replay)));
        };
        let traffic = open::Traffic {
            pattern,
            load: ((load * f64::from(MILLION)).round() as u64, u64::from(MILLION)),
            flits: self.flits,
            class: 0,
            seed: u64::from(seed),
        };
        let open = Open::new(&plan, &traffic, 0)?;
        Ok((plan, Sent::Drawn(Box::new(open))))
    }

    /// Cores that can send.
    #[must_use]
    pub fn cores(&self) -> u32 {
        self.noc.config.shape.leaves() * self.noc.config.cores_per_router
    }

    /// What is run of `settings`: of a list, the list itself, at the load that it has.
    #[must_use]
    pub fn settings(&self, settings: &Traffic) -> Traffic {
        let Some(last) = self.recorded.last() else { return settings.clone() };
        let cycles = last.cycle + 1;
        let load = replay::flits(&self.recorded) as f64 / (cycles as f64 * f64::from(self.cores()));
        Traffic {
            loads: vec![load],
            refine: None,
            warm_up: 0,
            sample: u32::try_from(cycles).unwrap_or(u32::MAX),
            ..settings.clone()
        }
    }
}

/// A pattern as the network has it.
///
/// A list has none: each of its packets says where it goes.
pub(super) fn pattern(file: &PatternFile) -> Option<Pattern> {
    Some(match file {
        PatternFile::Uniform => Pattern::Uniform,
        PatternFile::UniformOthers => Pattern::UniformOthers,
        PatternFile::Transpose => Pattern::Transpose,
        PatternFile::Neighbour => Pattern::Neighbour,
        PatternFile::BitComplement => Pattern::BitComplement,
        PatternFile::HotSpot { core, share } => {
            let part = (share * f64::from(MILLION)).round() as u32;
            Pattern::HotSpot { node: *core, part, whole: MILLION }
        }
        PatternFile::Recorded { .. } => return None,
    })
}

/// The chip of a row, with its changes.
fn row_chip(
    row: &TrafficRow,
    index: usize,
    common: &Chip,
    origin: &Opened,
    place: &Origin,
) -> Result<Chip, Diagnostics> {
    let changes = row.set.changes(place, &format!("rows[{index}].set"), &row.name)?;
    for change in &changes {
        change.within(&[Root::Chip])?;
    }
    if row.chip.is_none() && changes.is_empty() {
        return Ok(common.clone());
    }
    let reference = row.chip.clone().map_or_else(|| origin.chip(), Ok)?;
    reference::chip_with(&reference, origin, changes)
}
