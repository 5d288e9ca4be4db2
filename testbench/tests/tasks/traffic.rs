//! The network between the cores alone, as its users meet it: what stands in `curve.csv`, and what is refused.

use crate::folder::Folder;
use std::collections::{BTreeMap, BTreeSet};

const CHIP: &str = "(
    format: \"synfire-chip/1\",
    extends: \"small\",
    name: \"mesh 4x4\",
    noc: (
        flit_bits: 32,
        channels: 1,
        depth: 8,
        pipeline: (lookahead: true, speculative: true, traversal: 1),
        link: (bits: 32, latency: 1, credit_latency: 1),
        packets: (spike: 32, error: 64, target: 32, control: 32, barrier: 32),
    ),
)";

const EXPERIMENT: &str = "(
    format: \"synfire-experiment/1\",
    title: \"Traffic\",
    chip: \"mesh.ron\",
    task: Traffic((
        loads: [0.0002, 0.2, 1.0],
        refine: 0.05,
        warm_up: 500,
        sample: 2000,
        drain: 4000,
        seeds: [1, 2],
        rows: [
            (name: \"uniform\", pattern: Uniform),
            (name: \"spot\", pattern: HotSpot(core: 5, share: 0.5), flits: 2),
            (name: \"lookahead only\", pattern: Transpose, set: {\"chip.noc.pipeline\": (lookahead: true, speculative: false, traversal: 1)}),
        ],
    )),
)";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("mesh.ron", CHIP);
    folder.write("traffic.ron", EXPERIMENT);
    folder
}

type Line = BTreeMap<String, String>;

fn lines(text: &[u8]) -> Vec<Line> {
    let mut reader = csv::Reader::from_reader(text);
    reader.deserialize().map(|line| line.expect("a line")).collect()
}

fn real(line: &Line, column: &str) -> f64 {
    line[column].parse().unwrap_or_else(|_| panic!("{column}: {}", line[column]))
}

/// `2 + r(h + 1) + L h + 1 + (s - 1)` cycles, with links of one cycle, mean over pairs of a 4x4 mesh.
fn alone(router_cycles: i32, flits: i32, pairs: impl Iterator<Item = (i32, i32)>) -> f64 {
    let hops = |(from, to): (i32, i32)| (from % 4 - to % 4).abs() + (from / 4 - to / 4).abs();
    let latencies: Vec<i32> =
        pairs.map(hops).map(|hops| 2 + router_cycles * (hops + 1) + hops + 1 + flits - 1).collect();
    f64::from(latencies.iter().sum::<i32>()) / latencies.len() as f64
}

#[test]
fn what_the_table_says_is_so_on_any_number_of_threads() {
    let folder = folder();
    let printed = folder.succeeds(&["noc", "traffic.ron", "--threads", "1", "--out", "one"]);
    folder.succeeds(&["run", "traffic.ron", "--threads", "3", "--out", "three"]);
    let text = folder.read("one/curve.csv");
    assert_eq!(text, folder.read("three/curve.csv"));
    let lines = lines(&text);
    // The third pattern saturates below 0.2, all between listed loads.
    assert!(lines.len() > 3 * 2 * 3 + 2 * 3, "{} lines", lines.len());
    let all = || (0..16).flat_map(|from| (0..16).map(move |to| (from, to)));
    let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-9, "{found}, not {wanted}");
    for line in &lines {
        match &line["row"][..] {
            "uniform" => near(real(line, "alone_latency"), alone(2, 1, all())),
            // Half go to one core, half to any.
            "spot" => near(
                real(line, "alone_latency"),
                (alone(2, 2, all()) + alone(2, 2, (0..16).map(|from| (from, 5)))) / 2.0,
            ),
            _ => {
                let pairs = (0..16).map(|from| (from, from % 4 * 4 + from / 4));
                near(real(line, "alone_latency"), alone(3, 1, pairs));
            }
        }
        assert!(real(line, "accepted_least") <= real(line, "accepted_mean"));
        assert!(real(line, "accepted_mean") <= real(line, "accepted_most"));
        assert!(real(line, "accepted_most") <= 1.0 && real(line, "busiest_utilisation") <= 1.0);
        assert!(real(line, "latency_p50") <= real(line, "latency_p99"));
        assert!(real(line, "latency_p99") <= real(line, "latency_worst"));
    }
    let at = |row: &str, load: &str| {
        lines.iter().find(|line| line["row"] == row && line["load"] == load).expect("a line").clone()
    };
    // Fewer packets than times of the sample: nothing is known, and nothing is full.
    let rare = at("uniform", "0.0002");
    assert_eq!(rare["answer"], "not converged");
    assert!(real(&rare, "packets") < 20.0 && rare["waiting"] == "0", "{rare:?}");
    let usual = at("uniform", "0.2");
    assert_eq!((&usual["answer"][..], &usual["waiting"][..]), ("converged", "0"));
    assert!((real(&usual, "accepted_mean") - 0.2).abs() < 0.01, "{usual:?}");
    // Core 5 takes one flit a cycle of the 16 (1/2 + 1/32) / 2 packets of two flits that are offered to it.
    let full = at("spot", "1");
    assert_eq!((&full["answer"][..], &full["most_core"][..]), ("saturated", "5"));
    assert!(real(&full, "accepted_most") > 0.9 && real(&full, "accepted_mean") < 0.3, "{full:?}");
    assert!(real(&full, "stalls_ejection") > 0.0 && full["busiest_link"].contains('>'));
    assert!(printed.contains("uniform: saturation load"), "{printed}");
}

/// A list of packets: each takes what the formula says where none meets another, and what is wrong is shown in its line.
#[test]
fn recorded_packets_are_sent_as_they_were() {
    let folder = folder();
    let row = "(name: \"list\", pattern: Recorded(file: \"packets.csv\"))";
    let text =
        EXPERIMENT.split("rows: [").next().expect("a head").to_owned() + "rows: [" + row + "],\n    )),\n)";
    folder.write("list.ron", text.replace("seeds: [1, 2]", "seeds: [1]"));
    // Three hops, none, and one packet to two cores: 2 + 2 (h + 1) + h + 1 cycles, the second copy a cycle later.
    folder.write("packets.csv", "cycle,from,to\n100,5,5\n0,0,3\n200,0,1 2\n");
    folder.succeeds(&["noc", "list.ron", "--out", "out"]);
    let lines = lines(&folder.read("out/curve.csv"));
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!((&line["packets"][..], &line["waiting"][..], &line["latency_worst"][..]), ("4", "0", "14"));
    let alone = |hops: f64| 2.0 + 2.0 * (hops + 1.0) + hops + 1.0;
    let mean = (alone(3.0) + alone(0.0) + alone(1.0) + alone(2.0)) / 4.0;
    assert_eq!((real(line, "alone_latency"), real(line, "latency_mean")), (mean, mean + 0.25));
    assert_eq!(real(line, "load"), 4.0 / (16.0 * 201.0));
    for (packets, wrong) in [
        ("0,0,16\n", "line 1: `to` is out of range"),
        ("cycle,from,to\n0,0,3\n1,2\n", "line 3: the line has another number of fields"),
        ("cycle,from\n", "line 1: these are not its columns"),
        ("0,0,1,0\n", "line 1: `flits` is out of range"),
        ("0,0,\n", "line 1: `to` is out of range"),
        ("# nothing\n", "`packets.csv` is not what it should be"),
    ] {
        folder.write("packets.csv", packets);
        let refused = folder.refuses(&["check", "list.ron"]);
        assert!(refused.contains(wrong), "{packets:?}: {refused}");
    }
}

/// What waits at a link waits in one of its channels; what waits for it holds one, or is a head that waits for any.
fn channels_add_up(link: &Line, channels: &[&Line]) {
    let of = |column: &str| channels.iter().map(|channel| real(channel, column)).collect::<Vec<f64>>();
    let (peaks, peak) = (of("peak_flits"), real(link, "peak_flits"));
    assert!(
        peaks.iter().all(|own| *own <= peak) && peaks.iter().sum::<f64>() >= peak,
        "{link:?} {channels:?}"
    );
    for cause in ["no_credit", "no_channel", "arbitration", "ejection", "link_busy"] {
        let column = format!("stalls_{cause}");
        let (sum, whole) = (of(&column).iter().sum::<f64>(), real(link, &column));
        // Between routers a head has no credit to wait for and no link yet.
        let alone = link["kind"] == "link" && ["no_credit", "link_busy"].contains(&cause);
        assert!(if alone { sum == whole } else { sum <= whole }, "{cause}: {link:?} {channels:?}");
    }
    assert!(of("stalls_no_channel").iter().all(|cycles| *cycles == 0.0), "{channels:?}");
}

/// The curve's columns about links follow from the table of links.
#[test]
fn links_add_up_to_the_curve() {
    let folder = folder();
    let several = EXPERIMENT.replace("flits: 2)", "flits: 2, set: {\"chip.noc.channels\": 2})");
    folder.write("traffic.ron", &several);
    folder.succeeds(&["noc", "traffic.ron", "--out", "out"]);
    let (curve, links) = (lines(&folder.read("out/curve.csv")), lines(&folder.read("out/links.csv")));
    assert!(links.iter().any(|link| link["kind"] == "ejection" && real(link, "stalls_ejection") > 0.0));
    let waits = |link: &Line| link["channel"] == "1" && real(link, "stalls_no_credit") > 0.0;
    assert!(links.iter().any(waits), "a channel that waits for credits");
    for point in &curve {
        let same =
            |link: &&Line| ["row", "seed", "load"].iter().all(|column| link[*column] == point[*column]);
        let own: Vec<&Line> = links.iter().filter(same).collect();
        let place = |link: &Line| ["kind", "from", "to"].map(|column| link[column].clone());
        let several: BTreeSet<_> =
            own.iter().filter(|link| link["channel"] == "all").map(|link| place(link)).collect();
        let whole = |link: &&Line| link["channel"] == "all" || !several.contains(&place(link));
        let (own, by_channel): (Vec<&Line>, Vec<&Line>) = own.into_iter().partition(whole);
        // A link's flits are those of its channels.
        for link in &own {
            let channels: Vec<&Line> =
                by_channel.iter().filter(|other| place(other) == place(link)).copied().collect();
            let flits: f64 = channels.iter().map(|link| real(link, "flits")).sum();
            let wanted = if link["channel"] == "all" { real(link, "flits") } else { 0.0 };
            assert_eq!(flits, wanted, "{link:?}");
            if link["channel"] == "all" {
                channels_add_up(link, &channels);
            }
        }
        for column in ["no_credit", "no_channel", "arbitration", "ejection", "link_busy"] {
            let column = format!("stalls_{column}");
            let sum: f64 = own.iter().map(|link| real(link, &column)).sum();
            assert_eq!(sum, real(point, &column), "{column}");
        }
        let between = || own.iter().filter(|link| link["kind"] == "link");
        let most = between().map(|link| real(link, "utilisation")).fold(0.0, f64::max);
        assert_eq!(most, real(point, "busiest_utilisation"));
        let named = |link: &&&Line| format!("{}>{}", link["from"], link["to"]) == point["busiest_link"];
        assert!(between().find(named).is_some_and(|link| real(link, "utilisation") == most), "{point:?}");
        // What the cores take left through their links.
        let taken: f64 =
            own.iter().filter(|link| link["kind"] == "ejection").map(|link| real(link, "flits")).sum();
        assert!(taken > 0.0 || real(point, "packets") == 0.0);
    }
}

#[test]
fn an_interrupted_curve_goes_on_where_it_was() {
    let folder = folder();
    folder.succeeds(&["noc", "traffic.ron", "--out", "whole", "--threads", "1"]);
    folder.succeeds(&["noc", "traffic.ron", "--out", "again", "--threads", "1"]);
    // As a kill leaves it: one cell is missing.
    std::fs::remove_file(folder.path("again/cells/uniform-2.json")).expect("a finished cell");
    folder.succeeds(&["resume", "again"]);
    assert_eq!(folder.read("whole/curve.csv"), folder.read("again/curve.csv"));
}

#[test]
fn what_no_network_carries_is_refused_at_its_place() {
    let refused = |from: &str, to: &str| {
        let folder = folder();
        folder.edit("traffic.ron", from, to);
        folder.refuses(&["noc", "traffic.ron"])
    };
    let shows = |shown: String, wanted: &[&str]| {
        wanted.iter().for_each(|part| assert!(shown.contains(part), "no `{part}`: {shown}"));
    };
    shows(
        refused("chip: \"mesh.ron\"", "chip: \"small\""),
        &["chip `small` describes no network", "allowed: a chip file with a section `noc`"],
    );
    shows(
        refused("0.0002", "0.0"),
        &["`loads` are out of range", "found 0", "allowed: above 0, at most 1 flit"],
    );
    shows(refused("0.0002", "0.3"), &["the loads do not ascend"]);
    shows(
        refused("core: 5", "core: 16"),
        &["cannot carry this `pattern.core`", "traffic.ron:14", "found 16", "allowed: 0..=15"],
    );
    shows(refused("share: 0.5", "share: 1.5"), &["`share` is out of range", "found 1.5", "allowed: 0..=1"]);
    shows(refused("HotSpot", "Hotspot"), &["unknown choice `Hotspot`", "did you mean `HotSpot`?"]);
    shows(refused("chip.noc.pipeline", "chip.noc.pipelin"), &["did you mean `pipeline`?"]);
    let folder = folder();
    let other = folder.refuses(&["noc", "digits"]);
    shows(other, &["drives no network between cores", "task is `Traffic`"]);
}
