//! `synfire sweep` as its users meet it: what every row says, what runs again and what does not, what is refused and where.

use super::folder::Folder;
use insta::assert_snapshot;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A sweep over a rate and the mesh, with two seeds, and everything asked that a training has.
pub const SWEEP: &str = r#"(
    format: "synfire-sweep/1",
    title: "Rates and meshes",
    experiment: "two-classes.ron",
    seeds: [3, 4],
    axes: [
        (name: "shift", values: {"network.projections[hidden_readout].learning.shift": List([13, 14])}),
        (name: "mesh", values: {"chip.mesh.columns": List([2, 4]), "chip.mesh.rows": List([2, 1])}),
    ],
    objectives: [
        (of: Accuracy), (of: InferenceEnergy), (of: InferenceTime), (of: TrainingEnergy),
        (of: Area), (of: BusiestLink), (of: MemoryBits), (of: StepTime),
    ],
)"#;

/// A folder with [`SWEEP`] in it.
pub fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("s.ron", SWEEP);
    folder
}

/// A CSV table: each line by its heads.
pub fn table(folder: &Folder, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.path(name)).expect("a table");
    reader.deserialize().collect::<Result<_, _>>().expect("lines")
}

/// The tables of a sweep without what depends on the machine.
pub fn told(folder: &Folder, out: &str) -> BTreeMap<String, String> {
    fn without(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.remove("simulator");
                fields.values_mut().for_each(without);
            }
            Value::Array(all) => all.iter_mut().for_each(without),
            _ => {}
        }
    }
    let mut all = BTreeMap::new();
    for name in ["points.csv", "runs.csv", "front.csv", "sensitivity.csv"] {
        let mut lines = table(folder, &format!("{out}/{name}"));
        lines.iter_mut().for_each(|line| line.retain(|head, _| !head.starts_with("simulator.")));
        all.insert(name.to_owned(), format!("{lines:?}"));
    }
    let page = String::from_utf8(folder.read(&format!("{out}/report.html"))).expect("a text");
    all.insert("report.html".to_owned(), page);
    let mut json: Vec<String> = vec!["sweep.json".to_owned()];
    let results = std::fs::read_dir(folder.path(out).join("results")).expect("results");
    json.extend(results.map(|entry| format!("results/{}", entry.unwrap().file_name().to_string_lossy())));
    for name in json {
        let mut value: Value = serde_json::from_slice(&folder.read(&format!("{out}/{name}"))).expect("JSON");
        without(&mut value);
        all.insert(name, value.to_string());
    }
    all
}

fn number(line: &BTreeMap<String, String>, head: &str) -> f64 {
    line[head].parse().unwrap_or_else(|_| panic!("{head}: {line:?}"))
}

/// Runs the command of a row as a shell does, and reads its summary.
pub fn repeat(folder: &Folder, command: &str) -> Value {
    let program = Path::new(env!("CARGO_BIN_EXE_synfire"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", command]).env("PATH", path).current_dir(folder.path("."));
    let ended = shell.output().expect("a shell");
    assert!(ended.status.success(), "{command}: {}", String::from_utf8_lossy(&ended.stderr));
    let out = command.rsplit(' ').next().unwrap();
    serde_json::from_slice(&folder.read(&format!("{out}/summary.json"))).expect("a summary")
}

#[cfg(unix)]
#[test]
fn every_number_of_a_row_is_what_its_command_writes() {
    let folder = folder();
    folder.succeeds(&["sweep", "s.ron", "--out", "out"]);
    let (runs, points) = (table(&folder, "out/runs.csv"), table(&folder, "out/points.csv"));
    assert_eq!((runs.len(), points.len()), (8, 4));
    for line in [&runs[1], &runs[6]] {
        let summary = repeat(&folder, &line["command"]);
        let part = &summary["parts"][0];
        let stage = |name: &str| part["stages"][name].clone();
        let float = |value: &Value| value.as_f64().unwrap();
        assert_eq!(
            (part["seed"].to_string(), part["name"].as_str()),
            (line["seed"].clone(), Some("learned"))
        );
        assert_eq!(number(line, "accuracy"), float(&part["score"]));
        let presented = float(&part["presentations"]["inference"]);
        let each = |field: &str| float(&stage("inference")["energy"][field]) / presented;
        assert_eq!(number(line, "inference_energy_aj"), each("total_aj"));
        assert_eq!(number(line, "inference_energy_aj_low"), each("low_aj"));
        assert_eq!(number(line, "inference_energy_aj_high"), each("high_aj"));
        assert_eq!(number(line, "training_energy_aj"), float(&stage("training")["energy"]["total_aj"]));
        let time = float(&stage("inference")["time"]["total_ps"]) / presented;
        assert_eq!(number(line, "inference_time_ps"), time);
        let step = float(&part["time"]["total_ps"]) / float(&part["steps"]);
        assert_eq!(number(line, "step_time_ps"), step);
        assert_eq!(number(line, "busiest_link_packets"), float(&part["busiest_link_packets"]));
        assert_eq!(number(line, "area_nm2"), float(&summary["silicon"]["chip"]["area_nm2"]["nominal"]));
        let bits = |core: &Value| {
            let fields = core.as_object().unwrap().iter();
            let bits =
                fields.filter(|(name, _)| !["core", "neurons", "axons", "synapses"].contains(&name.as_str()));
            bits.map(|(_, bits)| bits.as_u64().unwrap()).sum::<u64>()
        };
        let memory: u64 = summary["memory"].as_array().unwrap().iter().map(bits).sum();
        assert_eq!(number(line, "memory_bits"), memory as f64);
    }
    // A point is the mean of its seeds.
    let of: Vec<f64> = runs[2..4].iter().map(|line| number(line, "inference_energy_aj")).collect();
    let point = &points[1];
    assert_eq!(number(point, "inference_energy_aj"), (of[0] + of[1]) / 2.0);
    assert_eq!(number(point, "inference_energy_aj_worst"), of[0].max(of[1]));
    // Of two the standard error is half of what lies between them.
    let error = number(point, "inference_energy_aj_se");
    assert!((error - (of[0] - of[1]).abs() / 2.0).abs() <= 1e-9 * error, "{error} {of:?}");
    assert_eq!(point["command"], format!("{}; {}", runs[2]["command"], runs[3]["command"]));
    the_page_has_the_table(&folder, &points);
}

/// The page's data is `points.csv`.
fn the_page_has_the_table(folder: &Folder, points: &[BTreeMap<String, String>]) {
    let page = String::from_utf8(folder.read("out/report.html")).expect("a text");
    let (_, rest) = page.split_once("id=\"data\">").expect("data");
    let data: Value = serde_json::from_str(rest.split_once("</script>").expect("its end").0).expect("JSON");
    for (at, line) in points.iter().enumerate() {
        for of in data["quantities"].as_array().unwrap() {
            let heads = line.keys().filter(|head| head.ends_with("_se"));
            let own = heads
                .map(|head| head.trim_end_matches("_se"))
                .find(|head| head.replace('_', " ").starts_with(of["name"].as_str().unwrap()));
            assert_eq!(of["mean"][at].as_f64(), Some(number(line, own.expect("a column"))));
        }
        assert_eq!(data["standing"][at].as_str(), Some(line["front"].as_str()));
        let words = data["commands"]["of"][at].as_array().unwrap().iter();
        let words =
            words.map(|word| data["commands"]["words"][word.as_u64().unwrap() as usize].as_str().unwrap());
        assert_eq!(words.collect::<Vec<_>>().join(" "), line["command"]);
        let mesh = &data["axes"][1];
        let value = mesh["values"][mesh["at"][at].as_u64().unwrap() as usize].as_str().unwrap();
        assert_eq!(
            value,
            format!("{}\u{a0}\u{d7}\u{a0}{}", line["chip.mesh.columns"], line["chip.mesh.rows"])
        );
    }
}

#[test]
fn a_finished_trial_never_runs_again_and_what_is_lost_does() {
    let folder = folder();
    folder.succeeds(&["sweep", "s.ron", "--out", "out"]);
    let told_once = told(&folder, "out");
    let names: Vec<&String> = told_once.keys().filter(|name| name.starts_with("results/")).collect();
    let whole = |name: &str| folder.read(&format!("out/{name}"));
    let before: Vec<Vec<u8>> = names.iter().map(|name| whole(name)).collect();
    std::fs::remove_file(folder.path("out").join(names[2])).expect("a result");
    // Objectives may change: they are asked of what is there.
    folder.edit("s.ron", "(of: StepTime),", "(of: StepTime, at_most: 1.0),");
    folder.succeeds(&["sweep", "s.ron", "--out", "out", "--threads", "1"]);
    for (index, name) in names.iter().enumerate().filter(|(index, _)| *index != 2) {
        assert_eq!(whole(name), before[index], "wall times of {name} are those of its only run");
    }
    let front = table(&folder, "out/front.csv");
    assert!(front.is_empty(), "no point is within the bound");
    folder.edit("s.ron", "(of: StepTime, at_most: 1.0),", "(of: StepTime),");
    folder.succeeds(&["sweep", "s.ron", "--out", "out"]);
    assert_eq!(told(&folder, "out"), told_once);
}

/// Draws of few values are often the same: one trial, however many points have it, on two threads and in shards.
#[test]
fn points_of_equal_values_are_one_trial() {
    let folder = Folder::new();
    let sweep = SWEEP.replace("seeds: [3, 4]", "seeds: [3], samples: (count: 12, seed: 2)");
    let sweep = sweep.replace("List([13, 14])", "OneOf([13, 14])");
    folder.write(
        "s.ron",
        sweep.replace("List([2, 4]), \"chip.mesh.rows\": List([2, 1])", "Uniform(from: 4, to: 3)"),
    );
    let ended = folder.run(&["sweep", "s.ron", "--threads", "2", "--out", "out"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let points = table(&folder, "out/points.csv");
    let names: BTreeSet<&String> = points.iter().map(|point| &point["hash"]).collect();
    assert!(points.len() == 12 && names.len() <= 4, "{names:?}");
    assert!(ended.err.starts_with(&format!("{} trials\n", names.len())), "{}", ended.err);
    let columns: BTreeSet<&str> = points.iter().map(|point| point["chip.mesh.columns"].as_str()).collect();
    assert_eq!(columns.into_iter().collect::<Vec<_>>(), ["3", "4"]);
    for shard in ["1/2", "2/2"] {
        folder.succeeds(&["sweep", "s.ron", "--out", "many", "--least-seconds", "0", "--shard", shard]);
    }
    let of = |shard: &str| {
        std::fs::read_dir(folder.path(&format!("many/shards/{shard}/results"))).unwrap().count()
    };
    assert_eq!(of("1-of-2") + of("2-of-2"), names.len());
}

/// Each value is good by itself; cores of 4 neurons do not hold the network on one tile.
#[test]
fn a_point_that_fails_is_recorded_and_the_sweep_goes_on() {
    let folder = Folder::new();
    let sweep = SWEEP.replace("List([2, 4])", "List([1, 4])").replace("List([2, 1])", "List([1, 4])");
    let sweep = sweep
        .replace("network.projections[hidden_readout].learning.shift", "chip.limits.neurons")
        .replace("List([13, 14])", "List([4])")
        .replace("[3, 4]", "[3]");
    folder.write("s.ron", sweep);
    let ended = folder.run(&["sweep", "s.ron", "--out", "out"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let last = ended.err.lines().last().unwrap();
    assert_eq!(last, "error: of 2 points 1 failed, 0 lack an objective, 0 are missing: points.csv says why");
    let points = table(&folder, "out/points.csv");
    assert_eq!([&points[0]["status"], &points[1]["status"]], ["failed", "done"]);
    let error = &points[0]["error"];
    assert!(
        error.starts_with("more neurons than chip `small` holds") && error.contains("; allowed 4"),
        "{error}"
    );
    let name = format!("out/results/{}.json", points[0]["hash"].split(' ').next().unwrap());
    let kept: Value = serde_json::from_slice(&folder.read(&name)).expect("a result");
    let failure = &kept["outcome"]["Failed"];
    assert!(failure["file"].is_string() && failure["field"].is_string(), "{failure}");
}

/// A value that no point can have is the sweep's mistake; one that only some cannot is theirs.
#[test]
fn a_value_that_no_point_can_have_is_refused_before_anything_runs() {
    assert_snapshot!(refused("List([2, 4])", "List([2, 0])"), @r#"
    error: `mesh.columns` is out of range
     --> s.ron:8:63
      |
    8 |         (name: "mesh", values: {"chip.mesh.columns": List([2, 0]), "chip.mesh.rows": List([2, 1])}),
      |                                                               ^ found 0
      |
      = allowed: 1..=256
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(refused("List([13, 14])", "Linear(from: 13, to: 99, count: 3)"), @r#"
    error: `projections[1].learning.shift` is out of range
     --> s.ron:7:88
      |
    7 |         (name: "shift", values: {"network.projections[hidden_readout].learning.shift": Linear(from: 13, to: 99, count: 3)}),
      |                                                                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 56: found 56
      |
      = allowed: 0..=31
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(refused("seeds: [3, 4]", "set: {\"chip.limits.weight_bits\": 17}, seeds: [3, 4]"), @r#"
    error: `limits.weight_bits` is out of range
     --> s.ron:5:38
      |
    5 |     set: {"chip.limits.weight_bits": 17}, seeds: [3, 4],
      |                                      ^^ found 17
      |
      = allowed: 1..=16
       = nothing was run; exit status 2
    "#);
    // The port of the host: on the chip as it is there is such a tile, on none of these meshes.
    let port = "(name: \"port\", values: {\"chip.mesh.io_tile\": List([(0, 3), (0, 0)])}),\n        (name: \"shift\"";
    assert_snapshot!(refused("(name: \"shift\"", port), @r#"
    error: `mesh.io_tile[1]` is out of range
     --> s.ron:7:64
      |
    7 |         (name: "port", values: {"chip.mesh.io_tile": List([(0, 3), (0, 0)])}),
      |                                                                ^ found 3
      |
      = allowed: 0..=0
       = nothing was run; exit status 2
    "#);
    // On one of them there is.
    let folder = folder();
    folder.edit("s.ron", "(name: \"shift\"", &port.replace("(0, 3)", "(0, 1)"));
    folder.succeeds(&["sweep", "s.ron", "--list"]);
}

#[test]
fn what_no_run_could_answer_is_refused_before_anything_runs() {
    for (from, to, wanted) in [
        ("(of: Area)", "(of: Area, at_least: NaN)", "`at_least` is no number"),
        ("(of: Area)", "(of: Area, at_least: 5, at_most: 1)", "no figure is within these bounds"),
        ("two-classes.ron", "noc", "an experiment of this kind has no figures"),
        (
            "objectives: [",
            "constraints: [(left: [\"mesh\"], is: Above, right: [20])], objectives: [",
            "axis `mesh` moves 2 paths",
        ),
    ] {
        let said = refused(from, to);
        assert!(said.contains(wanted) && said.contains("s.ron:"), "no `{wanted}`: {said}");
    }
    let folder = Folder::new();
    folder.write("layers.ron", folder.read("two-classes.ron"));
    let said = folder.refuses(&["sweep", "layers.sweep", "--list"]);
    assert!(said.contains("a file `layers.ron` hides the carried experiment of that name"), "{said}");
}

#[test]
fn a_sweep_that_is_not_there_is_told_with_those_that_are() {
    let folder = Folder::new();
    assert_snapshot!(folder.refuses(&["sweep", "digit-widths"]), @r#"
    error: no file `digit-widths`
     |
     = help: did you mean the carried file `digits-widths.sweep`?
     = allowed: a path, or a carried sweep, such as digits-widths.sweep, layers.sweep, million-synapses.sweep, digits-rules-energy.sweep (all of them: synfire presets)
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(folder.refuses(&["sweep", "layers"]), @r#"
    error: unknown format `synfire-experiment/1`
     --> layers.ron:4:13
      |
    4 |     format: "synfire-experiment/1",
      |             ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: did you mean the carried sweep `layers.sweep`?
      = allowed: synfire-sweep/1
       = nothing was run; exit status 2
    "#);
}

#[test]
fn an_objective_without_a_figure_is_said() {
    let folder = Folder::new();
    let sweep =
        SWEEP.replace("two-classes.ron\"", "two-classes.ron\", set: {\"experiment.chip\": \"paper-events\"}");
    let sweep = sweep.replace("List([13, 14])", "List([13])").replace("seeds: [3, 4]", "seeds: [3]");
    folder.write("s.ron", sweep);
    let ended = folder.run(&["sweep", "s.ron", "--out", "out"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let points = table(&folder, "out/points.csv");
    assert_eq!(points[0]["status"], "incomplete");
    let error = &points[0]["error"];
    assert!(
        error.starts_with("inference_energy_aj: no published price of core_static: the total is a lower"),
        "{error}"
    );
    assert!(error.contains("; area_nm2: the chip states prices of events"), "{error}");
    assert!(table(&folder, "out/front.csv").is_empty());
}

/// What is said of a sweep after `from` became `to`.
fn refused(from: &str, to: &str) -> String {
    let folder = folder();
    folder.edit("s.ron", from, to);
    let said = folder.refuses(&["sweep", "s.ron", "--out", "out"]);
    assert!(!folder.path("out").exists(), "nothing is begun");
    said
}

#[test]
fn what_is_wrong_with_a_sweep_is_shown_in_its_file() {
    assert_snapshot!(refused("chip.mesh.columns", "chip.mesh.colums"), @r#"
    error: unknown field `colums` in `Mesh`
     --> s.ron:8:44
      |
    8 |         (name: "mesh", values: {"chip.mesh.colums": List([2, 4]), "chip.mesh.rows": List([2, 1])}),
      |                                            ^^^^^^ did you mean `columns`?
      |
      = allowed: addressing, columns, cores_per_tile, io_tile, keys_in, numbering, rows
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(refused("hidden_readout", "hiden_readout"), @r#"
    error: `projections` has no element `hiden_readout`
     --> s.ron:7:55
      |
    7 |         (name: "shift", values: {"network.projections[hiden_readout].learning.shift": List([13, 14])}),
      |                                                       ^^^^^^^^^^^^^ did you mean `hidden_readout`?
      |
      = allowed: pixels_hidden, hidden_readout
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(refused("objectives: [", "constraints: [(left: [\"shift\"], is: Above, right: [20])], objectives: ["), @r#"
    error: the constraints leave none of 4 points
      --> s.ron:10:18
       |
    10 |     constraints: [(left: ["shift"], is: Above, right: [20])], objectives: [
       |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = allowed: constraints that some values of the axes hold together
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(refused("objectives: [", "constraints: [(left: [\"shft\", 2], is: Above, right: [20])], objectives: ["), @r#"
    error: no axis `shft`
      --> s.ron:10:27
       |
    10 |     constraints: [(left: ["shft", 2], is: Above, right: [20])], objectives: [
       |                           ^^^^^^ did you mean `shift`?
       |
       = allowed: a number, or one of shift, network.projections[hidden_readout].learning.shift, chip.mesh.columns, chip.mesh.rows
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(refused("\"chip.mesh.rows\": List([2, 1])", "\"chip.mesh.rows\": List([2, 1, 3])"), @r#"
    error: `chip.mesh.rows` has 3 values and moves with `chip.mesh.columns`
     --> s.ron:8:86
      |
    8 |         (name: "mesh", values: {"chip.mesh.columns": List([2, 4]), "chip.mesh.rows": List([2, 1, 3])}),
      |                                                                                      ^^^^^^^^^^^^^^^
      |
      = allowed: 2 values, as of the first
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(refused("List([13, 14])", "Log(from: 0, to: 14, count: 3)"), @r#"
    error: `from` is no end of a range
     --> s.ron:7:98
      |
    7 |         (name: "shift", values: {"network.projections[hidden_readout].learning.shift": Log(from: 0, to: 14, count: 3)}),
      |                                                                                                  ^ found 0
      |
      = allowed: a number above 0
       = nothing was run; exit status 2
    "#);
    for end in ["0", "-3", "-0.0", "true", "NaN"] {
        let said = refused("List([13, 14])", &format!("LogUniform(from: 1, to: {end})"));
        let shown = "`to` is no end of a range\n --> s.ron:7:";
        assert!(said.contains(shown) && said.contains(&format!("^ found {end}\n")), "{said}");
        assert!(said.contains("allowed: a number above 0"), "{said}");
    }
    assert_snapshot!(refused("List([13, 14])", "Uniform(from: 12, to: 14)"), @r#"
    error: values are drawn, and nothing says how often
     --> s.ron:7:88
      |
    7 |         (name: "shift", values: {"network.projections[hidden_readout].learning.shift": Uniform(from: 12, to: 14)}),
      |                                                                                        ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = allowed: `samples: (count: 100)` beside `axes`
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(refused("(of: Area)", "(of: Are)"), @r#"
    error: unknown choice `Are` for `Quantity`
      --> s.ron:12:14
       |
    12 |         (of: Are), (of: BusiestLink), (of: MemoryBits), (of: StepTime),
       |              ^^^ did you mean `Area`?
       |
       = allowed: Accuracy, InferenceEnergy, InferenceTime, TrainingEnergy, Area, BusiestLink, MemoryBits, StepTime
       = nothing was run; exit status 2
    "#);
    assert!(refused("(of: Area)", "(of: Accuracy)").contains("`Accuracy` is asked twice"));
    assert_snapshot!(refused("two-classes.ron", "two-clases.ron"), @r#"
    error: no file `two-clases.ron`
     --> s.ron:4:17
      |
    4 |     experiment: "two-clases.ron",
      |                 ^^^^^^^^^^^^^^^^
      |
      = allowed: a path, or a carried experiment, such as cues, layers, yin-yang, noc, digits (all of them: synfire presets)
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(refused("seeds: [3, 4]", "row: \"lerned\", seeds: [3, 4]"), @r#"
    error: unknown row `lerned`
     --> s.ron:5:10
      |
    5 |     row: "lerned", seeds: [3, 4],
      |          ^^^^^^^^
      |
      = help: did you mean `learned`?
      = allowed: learned, frozen
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_folder_holds_one_sweep_of_one_program() {
    let folder = Folder::new();
    let small = SWEEP.replace("List([13, 14])", "List([13])").replace("seeds: [3, 4]", "seeds: [3]");
    folder.write("s.ron", &small);
    folder.write("other.ron", small.replace("List([13])", "List([14])"));
    folder.succeeds(&["sweep", "s.ron", "--out", "out"]);
    assert_snapshot!(folder.refuses(&["sweep", "other.ron", "--out", "out"]), @r#"
    error: `out` holds another sweep: `Rates and meshes`, 2 trials of two-classes.ron
       = allowed: another folder (`--out`), or `--grow`, which keeps the results that both have
       = nothing was run; exit status 2
    "#);
    // Nothing is lost by that.
    folder.succeeds(&["sweep", "s.ron", "--out", "out"]);
    std::fs::create_dir(folder.path("full")).expect("a folder");
    folder.write("full/file", "text");
    assert_snapshot!(folder.refuses(&["sweep", "s.ron", "--out", "full"]), @r#"
    error: `full` is no folder of a sweep
       = allowed: a new or empty folder (`--out`)
       = nothing was run; exit status 2
    "#);
    let manifest = String::from_utf8(folder.read("out/manifest.json")).expect("a text");
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    folder.write("out/manifest.json", manifest.replacen(&version, "\"version\":\"0.0.9\"", 1));
    let said = folder.refuses(&["sweep", "s.ron", "--out", "out"]);
    assert!(
        said.contains("written by synfire 0.0.9") && said.contains("allowed: a folder of its own"),
        "{said}"
    );
    folder.write("out/manifest.json", &manifest);
    let lock = std::fs::File::open(folder.path("out/sweep.lock")).expect("a lock");
    fs4::FileExt::try_lock(&lock).expect("nobody is at work");
    let said = folder.refuses(&["sweep", "s.ron", "--out", "out"]);
    assert!(said.contains("another sweep is at work in `out`"), "{said}");
    drop(lock);
    let result = std::fs::read_dir(folder.path("out/results")).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&result).expect("a result");
    std::fs::write(&result, text.replacen("\"steps\":", "\"steps\":1", 1)).expect("a result");
    let said = folder.refuses(&["sweep", "s.ron", "--out", "out"]);
    assert!(said.contains("its SHA-256 does not match its content") && said.contains("delete it"), "{said}");
}

#[test]
fn points_are_listed_without_running() {
    let folder = Folder::new();
    folder.write(
        "s.ron",
        SWEEP.replace(
            "objectives: [",
            "constraints: [(left: [\"chip.mesh.rows\", \"shift\"], \
        is: AtMost, right: [26])], objectives: [",
        ),
    );
    let listed = folder.succeeds(&["sweep", "s.ron", "--list"]);
    let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split(',').take(5).collect()).collect();
    assert_eq!(
        lines[1..],
        [
            ["0", "13", "2", "2", "3"],
            ["0", "13", "2", "2", "4"],
            ["1", "13", "4", "1", "3"],
            ["1", "13", "4", "1", "4"],
            ["2", "14", "4", "1", "3"],
            ["2", "14", "4", "1", "4"]
        ]
    );
    assert!(!folder.path("target").exists());
}

#[test]
fn shards_joined_are_the_sweep_of_one_machine() {
    let folder = folder();
    folder.succeeds(&["sweep", "s.ron", "--out", "one"]);
    folder.succeeds(&["sweep", "plan", "s.ron", "--out", "many"]);
    for shard in ["1/3", "3/3"] {
        folder.succeeds(&["sweep", "s.ron", "--out", "many", "--least-seconds", "0", "--shard", shard]);
    }
    let ended = folder.run(&["sweep", "merge", "many"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("missing: point ") && ended.err.contains("are missing: points.csv"),
        "{}",
        ended.err
    );
    // The command that it says runs what is missing, and nothing else.
    folder.run(&["sweep", "merge", "many", "--out", "all"]);
    let again = folder.run(&["sweep", "merge", "all"]).err;
    let missing = again.matches("missing: point ").count();
    let line = again.lines().find_map(|line| line.strip_prefix("what is missing is run by: synfire "));
    let words: Vec<&str> =
        line.expect("a command").split(';').next().unwrap_or_default().split(' ').collect();
    assert_eq!(words, ["sweep", "s.ron", "--out", "all"]);
    let filled = folder.run(&words);
    assert_eq!(filled.code, Some(0), "{}", filled.err);
    assert!(missing > 0 && filled.err.contains(&format!("{missing} trials (")), "{missing}: {}", filled.err);
    assert_eq!(told(&folder, "all"), told(&folder, "one"));
    let mut second =
        folder.command(&["sweep", "s.ron", "--out", "many", "--least-seconds", "0", "--shard", "/3"]);
    let second = second.env("SLURM_ARRAY_TASK_ID", "2").output().expect("the command");
    assert!(second.status.success());
    folder.succeeds(&["sweep", "merge", "many", "--out", "joined"]);
    assert_eq!(told(&folder, "joined"), told(&folder, "one"));
    // Where a plan knows that all is done in a moment, one task does it.
    let ended = folder.run(&["sweep", "s.ron", "--out", "many", "--shard", "2/3"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), "task 2 of 3: nothing to do, 1 tasks are enough"));
    assert_snapshot!(folder.refuses(&["sweep", "s.ron", "--out", "many", "--shard", "4/3"]), @r#"
    error: no shard `4/3`: 4 is none of 1..=3
       = allowed: I/N with I of 1..=N; `/N` takes I from SLURM_ARRAY_TASK_ID, PBS_ARRAY_INDEX, LSB_JOBINDEX or SGE_TASK_ID of an array 1-N
       = nothing was run; exit status 2
    "#);
    let mut beyond = folder.command(&["sweep", "s.ron", "--out", "many", "--shard", "/3"]);
    let beyond = folder.ended(beyond.env("SGE_TASK_ID", "4").output().expect("the command"));
    assert_eq!(beyond.code, Some(2));
    assert!(beyond.err.contains("SGE_TASK_ID=4 is none of 1..=3"), "{}", beyond.err);
}
