//! The section `noc` of a chip file: what it means, and what is refused, shown at its field.

mod files_common;

use files_common::{chip, trimmed};
use std::path::Path;
use synfire_chip::chip::{Chip, Noc};
use synfire_chip::files::{Diagnostics, chip_from_text};
use synfire_router::network::config::{
    Boundary, ChannelSet, Conventions, LinkClass, Multicast, Pipeline, Seam,
};
use synfire_router::network::shape::Shape;

const MESH: &str = "mesh: (columns: 4, rows: 2, cores_per_tile: 3, io_tile: (1, 1))";
const NOC: &str =
    "flit_bits: 32, channels: 4, depth: 8, pipeline: (lookahead: true, speculative: false, traversal: 1),
    link: (bits: 32, latency: 1, credit_latency: 2),
    packets: (spike: 40, error: 64, target: 32, control: 16, barrier: 1)";

fn load(mesh: &str, noc: &str) -> Result<Chip, Diagnostics> {
    let text = format!("(format: \"synfire-chip/1\", extends: \"small\",\n  {mesh},\n  noc: ({noc}))");
    chip_from_text("chip.ron", &text, Path::new(""))
}

fn noc(more: &str) -> Noc {
    let chip = load(MESH, &format!("{NOC}, {more}"));
    chip.unwrap_or_else(|problems| panic!("{problems}")).noc.expect("a network")
}

#[test]
fn a_chip_that_states_nothing_has_no_network() {
    assert!(["paper", "small", "loihi"].iter().all(|preset| chip(preset).noc.is_none()));
}

#[test]
fn every_field_arrives() {
    let config = noc("").config;
    assert_eq!(config.shape, Shape::Mesh { columns: 4, rows: 2 });
    assert_eq!((config.cores_per_router, &config.io_routers[..]), (3, &[5][..]));
    assert_eq!((config.flit_bits, config.channels, config.depth, config.ejection_depth), (32, 4, 8, 8));
    assert_eq!(config.pipeline, Pipeline::THREE);
    let link = LinkClass { bits: 32, latency: 1, credit_latency: 2 };
    assert_eq!((&config.links[..], config.local), (&[link][..], link));
    assert_eq!(config.classes, [ChannelSet(0b1111); 5]);
    assert_eq!((config.multicast, config.conventions), (Multicast::Repeated, Conventions::default()));

    let more = "ejection_depth: 16, local: (bits: 64, latency: 2, credit_latency: 1), multicast: Tree,
        link_classes: [(name: \"off_chip\", bits: 8, latency: 20, credit_latency: 21)],
        seams: [(at: Columns(west: 1), class: \"off_chip\")], packet_channels: (error: [3], barrier: [0, 2]),
        conventions: (channel_free: CreditsBack, iterations: 2)";
    let Noc { config, link_classes, packets, .. } = noc(more);
    assert_eq!((config.ejection_depth, config.local.latency, config.multicast), (16, 2, Multicast::Tree));
    assert_eq!(link_classes, ["link", "off_chip"]);
    assert_eq!(config.links[1], LinkClass { bits: 8, latency: 20, credit_latency: 21 });
    assert_eq!(config.seams, [Seam { boundary: Boundary::Columns { west: 1 }, class: 1 }]);
    let all = ChannelSet(0b1111);
    assert_eq!(config.classes, [all, ChannelSet(0b1000), all, all, ChannelSet(0b0101)]);
    assert_eq!(config.conventions.iterations, 2);
    assert_eq!(config.conventions.allocation, Conventions::default().allocation);
    assert_eq!(packets.kinds().map(|(_, bits)| config.flits(bits)), [2, 2, 1, 1, 1]);
}

#[test]
fn a_shape_takes_the_tiles_of_the_mesh() {
    let shape = |mesh: &str, shape: &str| {
        let chip =
            load(mesh, &format!("{NOC}, shape: {shape}")).unwrap_or_else(|problems| panic!("{problems}"));
        chip.noc.expect("a network").config.shape
    };
    assert_eq!(shape(MESH, "Torus"), Shape::Torus { columns: 4, rows: 2 });
    assert_eq!(shape("mesh: (columns: 6, rows: 1)", "Ring"), Shape::Ring { routers: 6 });
    assert_eq!(shape("mesh: (columns: 1, rows: 1, cores_per_tile: 16)", "Crossbar"), Shape::Crossbar);
    let tree = Shape::Tree { arity: 2, levels: 4, parents: 2 };
    assert_eq!(shape(MESH, "Tree(arity: 2, levels: 4, parents: 2)"), tree);
}

#[test]
fn what_a_file_inherits_it_may_change_field_by_field() {
    let folder = tempfile::tempdir().expect("a folder");
    let base = format!("(format: \"synfire-chip/1\", extends: \"small\", {MESH}, noc: ({NOC}))");
    std::fs::write(folder.path().join("base.ron"), base).expect("written");
    let text = "(format: \"synfire-chip/1\", extends: \"base.ron\", noc: (depth: 16))";
    let chip =
        chip_from_text("chip.ron", text, folder.path()).unwrap_or_else(|problems| panic!("{problems}"));
    let config = chip.noc.expect("a network").config;
    assert_eq!((config.depth, config.ejection_depth, config.channels), (16, 16, 4));
}

/// The first line of a message, the found and the allowed.
fn refused(mesh: &str, noc: &str) -> [String; 3] {
    let shown = trimmed(&load(mesh, noc).expect_err("a bad network"));
    let line = |with: &str| {
        let found =
            shown.lines().find(|line| line.contains(with)).unwrap_or_else(|| panic!("no `{with}`: {shown}"));
        found[found.find(with).expect("found")..].to_owned()
    };
    [line("error: "), line("found "), line("allowed: ")]
}

#[test]
fn what_no_network_can_be_is_refused_at_its_field() {
    let changed = |from: &str, to: &str| {
        assert!(NOC.contains(from), "{from}");
        NOC.replace(from, to)
    };
    let depth = |depth: &str| refused(MESH, &changed("depth: 8", &format!("depth: {depth}")));
    for found in ["0", "257"] {
        let wanted = [
            "error: `noc.depth` is not possible in a network",
            &format!("found {found}"),
            "allowed: 1..=256",
        ];
        assert_eq!(depth(found), wanted);
    }
    let [title, ..] = refused(MESH, &changed("channels: 4", "channels: 17"));
    assert_eq!(title, "error: `noc.channels` is not possible in a network");
    let [title, found, allowed] = refused(MESH, &changed("latency: 1,", "latency: 65,"));
    assert_eq!(title, "error: `noc.link.latency` is not possible in a network");
    assert_eq!((&found[..], &allowed[..]), ("found 65", "allowed: 1..=64"));
    // What is stated is at fault: of no kind of packet, that all may use the one channel.
    let torus = format!("{}, shape: Torus", changed("channels: 4", "channels: 1"));
    let [title, found, allowed] = refused(MESH, &torus);
    assert_eq!(title, "error: `noc.channels` is not possible in a network");
    assert_eq!((&found[..], &allowed[..]), ("found 1", "allowed: at least 2 channels"));
    let [title, found, allowed] =
        refused(MESH, &format!("{NOC}, shape: Torus, packet_channels: (error: [2])"));
    assert_eq!(title, "error: `noc.packet_channels.error` is not possible in a network");
    assert_eq!((&found[..], &allowed[..]), ("found channels [2]", "allowed: at least 2 channels"));
    // What is allowed is what passes.
    let [_, found, allowed] = refused(MESH, &format!("{NOC}, shape: Torus, multicast: Path"));
    assert_eq!((&found[..], &allowed[..]), ("found Path", "allowed: Repeated"));
    let [_, found, allowed] = refused(MESH, &format!("{NOC}, shape: Torus, multicast: Tree"));
    assert_eq!((&found[..], &allowed[..]), ("found Tree", "allowed: Repeated"));
    let row = "mesh: (columns: 3, rows: 1)";
    let [_, found, allowed] = refused(row, &format!("{NOC}, shape: Ring, multicast: Path"));
    assert_eq!((&found[..], &allowed[..]), ("found Path", "allowed: Repeated, Tree"));
    let [title, found, _] =
        refused(MESH, &format!("{}, multicast: Tree", changed("spike: 40", "spike: 4000")));
    assert_eq!(title, "error: `noc.depth` is not possible in a network");
    assert!(found.starts_with("found 8 for packets of 125 flits"), "{found}");
    let [title, found, allowed] =
        refused(MESH, &format!("{NOC}, seams: [(at: Columns(west: 3), class: \"link\")]"));
    assert_eq!(title, "error: `noc.seams[0].at.west` is not possible in a network");
    assert_eq!((&found[..], &allowed[..]), ("found 3", "allowed: 0..=2"));
    let [title, found, allowed] =
        refused(MESH, &format!("{NOC}, seams: [(at: Columns(west: 1), class: \"of_chip\")]"));
    assert_eq!(title, "error: unknown class of links");
    assert_eq!((&found[..], &allowed[..]), ("found \"of_chip\"", "allowed: \"link\""));
    let [title, _, allowed] = refused("mesh: (columns: 3, rows: 2)", &format!("{NOC}, shape: Ring"));
    assert_eq!(title, "error: a ring has one row of tiles");
    assert_eq!(allowed, "allowed: `rows: 1, columns: 6`");
    let missing = trimmed(&load(MESH, "depth: 3").expect_err("fields are missing"));
    for field in ["flit_bits", "channels", "pipeline", "link", "packets"] {
        assert!(missing.contains(&format!("missing field `{field}` in `noc`")), "{field}: {missing}");
    }
}
