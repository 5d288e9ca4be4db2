//! The section `noc` of a chip file: the network between the cores, as `router::network` simulates it.
//!
//! How many routers there are, and how many cores each has, is said by `mesh`; this section says what connects them. Its
//! conventions are those on which published simulators differ. `docs/formats.md`, "Network between cores".
//!
//! Promises: a chip that states nothing here has no such network; one that does has a network that can be built and is
//! not known to deadlock. Absent on purpose: energies and times (sections `energy`, `timing`), traffic.

use super::section::{is_unstated, section};
use crate::chip::{ClassCost, HostInterface, Mesh, Noc, PacketBits, Reach, Timing};
use crate::files::text::check::Check;
use crate::files::text::write::stated;
use serde::{Deserialize, Serialize};
use synfire_router::network::check::ConfigError;
use synfire_router::network::config::{
    Boundary, ChannelSet, Config, Conventions, LinkClass, Multicast, Pipeline, Seam,
};
use synfire_router::network::shape::{Shape, TileShape};

/// The most that a link adds to a hop: one second.
const MOST_HOP_PS: u64 = 1_000_000_000_000;

section! {
    /// Section `noc`.
    NocFile, "Noc" {
        /// What connects the tiles of the mesh; left out, `Mesh`.
        shape: TileShape,
        /// Bits of a flit.
        flit_bits: i64,
        /// Virtual channels of a port.
        channels: i64,
        /// Flits that a virtual channel buffers.
        depth: i64,
        /// Flits that a virtual channel of a core's arrival queue buffers; left out, `depth`.
        ejection_depth: i64,
        /// Stages of a router.
        pipeline: Pipeline,
        /// Links between routers.
        link: LinkClass,
        /// Links between a router and its cores; left out, as `link`.
        local: LinkClass,
        /// Further classes of links, for seams.
        link_classes: Vec<LinkClassFile>,
        /// Boundaries whose links are of another class.
        seams: Vec<SeamFile>,
        /// Bits of each kind of packet.
        packets: PacketBits,
        /// Virtual channels of each kind of packet; left out, all may use all.
        packet_channels: PacketChannelsFile,
        /// How a spike reaches several cores; left out, `Repeated`.
        multicast: Multicast,
        /// What simulators differ in; left out, as BookSim 2 has it.
        conventions: Conventions,
    }
}

/// A class of links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "NamedLink")]
pub struct LinkClassFile {
    /// Its name.
    pub name: String,
    /// Bits it carries in a cycle.
    pub bits: u32,
    /// Cycles of a flit on it.
    pub latency: u32,
    /// Cycles of a credit on the way back.
    pub credit_latency: u32,
    /// Where it leads: which price a bit over it has; left out, `Seam`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// What it adds to a hop of a way, picoseconds; left out, what its flits take longer than those of `link`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hop_ps: Option<i64>,
    /// The same in cycles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hop_cycles: Option<i64>,
}

/// A boundary whose links are of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Seam")]
pub struct SeamFile {
    /// Where it is.
    pub at: Boundary,
    /// Name of the class.
    pub class: String,
}

/// Virtual channels of each kind of packet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename = "PacketChannels")]
pub struct PacketChannelsFile {
    /// Of spikes.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub spike: Option<Vec<u32>>,
    /// Of errors and surrogate derivatives.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub error: Option<Vec<u32>>,
    /// Of targets.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub target: Option<Vec<u32>>,
    /// Of other control events.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub control: Option<Vec<u32>>,
    /// Of messages of a barrier.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub barrier: Option<Vec<u32>>,
}

impl PacketChannelsFile {
    /// Each kind of packet, in the order of [`PacketBits::kinds`].
    fn kinds(&self) -> [(&'static str, &Option<Vec<u32>>); 5] {
        [
            ("spike", &self.spike),
            ("error", &self.error),
            ("target", &self.target),
            ("control", &self.control),
            ("barrier", &self.barrier),
        ]
    }
}

/// Resolves the section.
pub(super) fn noc(check: &mut Check<'_>, file: &NocFile, mesh: &Mesh) -> Option<Noc> {
    if is_unstated(file) {
        return None;
    }
    let before = check.count();
    let mut number = |field: &str, found: Option<i64>| {
        check.stated(&format!("noc.{field}"), found, 0..=i64::from(u32::MAX)) as u32
    };
    let (flit_bits, channels) = (number("flit_bits", file.flit_bits), number("channels", file.channels));
    let depth = number("depth", file.depth);
    let ejection_depth = file.ejection_depth.map_or(depth, |found| number("ejection_depth", Some(found)));
    let instead = LinkClass { bits: 1, latency: 1, credit_latency: 1 };
    let link = check.required("noc.link", file.link, instead);
    let none = PacketBits { spike: 1, error: 1, target: 1, control: 1, barrier: 1 };
    let packets = check.required("noc.packets", file.packets, none);
    for (kind, bits) in packets.kinds() {
        check.integer(&format!("noc.packets.{kind}"), i64::from(bits), 1..=1 << 16);
    }
    let listed = file.link_classes.as_deref().unwrap_or(&[]);
    let link_classes: Vec<String> =
        std::iter::once("link".to_owned()).chain(listed.iter().map(|class| class.name.clone())).collect();
    let further = listed.iter().map(|LinkClassFile { bits, latency, credit_latency, .. }| LinkClass {
        bits: *bits,
        latency: *latency,
        credit_latency: *credit_latency,
    });
    let config = Config {
        shape: shape(check, file.shape.unwrap_or(TileShape::Mesh), mesh),
        cores_per_router: u32::from(mesh.cores_per_tile),
        io_routers: mesh.routers_of(&HostInterface::default().ports_on(mesh)),
        flit_bits,
        channels,
        depth,
        ejection_depth,
        pipeline: check.required("noc.pipeline", file.pipeline, Pipeline::TWO),
        links: std::iter::once(link).chain(further).collect(),
        local: file.local.unwrap_or(link),
        seams: seams(check, file.seams.as_deref().unwrap_or(&[]), &link_classes),
        classes: classes(check, file.packet_channels.as_ref(), channels),
        multicast: file.multicast.unwrap_or(Multicast::Repeated),
        conventions: file.conventions.unwrap_or_default(),
        may_deadlock: false,
    };
    if check.count() > before {
        return None;
    }
    let spike = config.flits(packets.spike);
    match config.check().and_then(|()| config.check_copies(spike)) {
        Ok(()) => Some(Noc { config, link_classes, class_costs: Vec::new(), packets }),
        Err(error) => {
            refuse(check, file, &error);
            None
        }
    }
}

/// What bits and hops over links of each class cost. A chip with a clock states cycles, one without picoseconds.
pub(super) fn class_costs(check: &mut Check<'_>, file: &NocFile, timing: &Timing) -> Vec<ClassCost> {
    let mut costs = vec![ClassCost::default()];
    for (index, class) in file.link_classes.iter().flatten().enumerate() {
        let (other, field, found, unit) = match timing.clock_ps {
            Some(clock) => (class.hop_ps.map(|_| "hop_ps"), "hop_cycles", class.hop_cycles, clock),
            None => (class.hop_cycles.map(|_| "hop_cycles"), "hop_ps", class.hop_ps, 1),
        };
        if let Some(other) = other {
            let clock = if timing.clock_ps.is_some() { "with" } else { "without" };
            let path = format!("noc.link_classes[{index}].{other}");
            let problem = check
                .at(&path, format!("`{other}` on a chip {clock} a clock"))
                .labelled(format!("write `{field}`"));
            check.push(problem);
        }
        let path = format!("noc.link_classes[{index}].{field}");
        let most = (MOST_HOP_PS / unit) as i64;
        let hop_ps = found.map(|found| check.integer(&path, found, 0..=most) as u64 * unit);
        costs.push(ClassCost { reach: class.reach.unwrap_or_default(), hop_ps });
    }
    costs
}

/// The router's word on a configuration, at the field of the file that it is about.
fn refuse(check: &mut Check<'_>, file: &NocFile, error: &ConfigError) {
    let ConfigError { field, found, allowed, reason } = error;
    let mut found = found.clone();
    let path = match field.split_once(['.', '[']).map_or(field.as_str(), |(first, _)| first) {
        "shape" => match field.as_str() {
            "shape.columns" | "shape.routers" => "mesh.columns".to_owned(),
            "shape.rows" => "mesh.rows".to_owned(),
            _ => field.replace("shape", "noc.shape"),
        },
        "cores_per_router" => "mesh.cores_per_tile".to_owned(),
        "io_routers" => "mesh.io_tile".to_owned(),
        "links" => link_field(field),
        // What a file does not state, it has of all channels.
        "classes" if packet_channels(file, field).is_none() => {
            found = file.channels.map_or_else(String::new, |channels| channels.to_string());
            "noc.channels".to_owned()
        }
        "classes" => packet_channels_field(field),
        "local" if file.local.is_none() => field.replace("local", "noc.link"),
        "ejection_depth" if file.ejection_depth.is_none() => "noc.depth".to_owned(),
        "seams" => format!("noc.{}", field.replace(".boundary.", ".at.")),
        _ => format!("noc.{field}"),
    };
    let mut problem = check
        .at(&path, format!("`{path}` is not possible in a network"))
        .labelled(format!("found {found}"))
        .noted("allowed", allowed.clone());
    if let Some(reason) = reason {
        problem = problem.noted("why", *reason);
    }
    check.push(problem);
}

/// `links[2].bits` of a configuration is `noc.link_classes[1].bits` of a file.
fn link_field(field: &str) -> String {
    let index = field.strip_prefix("links[").and_then(|rest| rest.split_once(']'));
    match index.and_then(|(index, rest)| Some((index.parse::<usize>().ok()?, rest))) {
        Some((0, rest)) => format!("noc.link{rest}"),
        Some((index, rest)) => format!("noc.link_classes[{}]{rest}", index - 1),
        None => "noc.link_classes".to_owned(),
    }
}

/// `classes[1]` of a configuration is `noc.packet_channels.error` of a file.
fn packet_channels_field(field: &str) -> String {
    let none = PacketChannelsFile::default();
    let kind = class_index(field).and_then(|index| none.kinds().map(|(kind, _)| kind).get(index).copied());
    kind.map_or_else(|| "noc.packet_channels".to_owned(), |kind| format!("noc.packet_channels.{kind}"))
}

/// The channels that a file states of `classes[1]` of a configuration.
fn packet_channels<'f>(file: &'f NocFile, field: &str) -> Option<&'f Vec<u32>> {
    let (_, stated) = file.packet_channels.as_ref()?.kinds().into_iter().nth(class_index(field)?)?;
    stated.as_ref()
}

fn class_index(field: &str) -> Option<usize> {
    field.strip_prefix("classes[")?.split_once(']')?.0.parse().ok()
}

fn shape(check: &mut Check<'_>, shape: TileShape, mesh: &Mesh) -> Shape {
    let (columns, rows) = (u32::from(mesh.columns), u32::from(mesh.rows));
    shape.over((columns, rows), u32::from(mesh.cores_per_tile)).unwrap_or_else(|misfit| {
        let problem = check
            .at("mesh", misfit.title)
            .labelled(format!("found {columns} columns and {rows} rows of tiles"))
            .noted("allowed", misfit.allowed);
        check.push(problem);
        Shape::Mesh { columns, rows }
    })
}

fn seams(check: &mut Check<'_>, seams: &[SeamFile], link_classes: &[String]) -> Vec<Seam> {
    let mut known = Vec::new();
    for (index, SeamFile { at, class }) in seams.iter().enumerate() {
        match link_classes.iter().position(|name| name == class) {
            Some(position) => known.push(Seam { boundary: *at, class: position as u8 }),
            None => {
                let names: Vec<String> = link_classes.iter().map(|name| format!("\"{name}\"")).collect();
                let problem = check
                    .at(&format!("noc.seams[{index}].class"), "unknown class of links")
                    .labelled(format!("found \"{class}\""))
                    .noted("allowed", names.join(", "));
                check.push(problem);
            }
        }
    }
    known
}

/// Channels of each kind of packet, in the order of [`PacketBits::kinds`].
fn classes(check: &mut Check<'_>, file: Option<&PacketChannelsFile>, channels: u32) -> Vec<ChannelSet> {
    let none = PacketChannelsFile::default();
    let file = file.unwrap_or(&none);
    let mut set = |(kind, stated): (&str, &Option<Vec<u32>>)| {
        let Some(list) = stated else { return ChannelSet::first(channels) };
        let mut set = 0u16;
        for (index, channel) in list.iter().enumerate() {
            let path = format!("noc.packet_channels.{kind}[{index}]");
            let last = i64::from(channels.clamp(1, 16)) - 1;
            set |= 1 << check.integer(&path, i64::from(*channel), 0..=last);
        }
        ChannelSet(set)
    };
    file.kinds().map(&mut set).to_vec()
}
