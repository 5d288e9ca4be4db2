//! Edited words, damaged files, foreign folders.

use super::folder::{export_to, run};
use super::random::case;
use crate::plain::case::Case;
use std::fs;
use std::path::{Path, PathBuf};
use synfire::hardware::import::import;
use synfire::hardware::layout::Layout;
use synfire::hardware::manifest::{FILE, Image, Manifest};
use synfire_chip::run::machine::Machine;
use tempfile::TempDir;

/// A network with fixed and plastic dense weights.
const NETWORK: u32 = 3;

struct Fixture {
    folder: TempDir,
    case: Case,
    machine: Machine,
    manifest: Manifest,
}

impl Fixture {
    fn new(seed: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (case, machine) = case(seed);
        let layout = Layout::open("synfire").unwrap();
        let manifest = export_to(folder.path(), &case.network, &machine, &case.program, &layout).unwrap();
        Self { folder, case, machine, manifest }
    }

    fn image(&self, memory: &str) -> (&Image, PathBuf) {
        let image = self.manifest.images.iter().find(|image| image.memory == memory && image.words > 1);
        let image = image.unwrap_or_else(|| panic!("no {memory}"));
        (image, self.folder.path().join(&image.listed.file))
    }

    /// Puts another text in a line of a file, from 1.
    fn edit(&self, path: &Path, line: usize, text: &str) {
        let content = fs::read_to_string(path).unwrap();
        let mut lines: Vec<&str> = content.lines().collect();
        lines[line - 1] = text;
        fs::write(path, lines.join("\n") + "\n").unwrap();
    }

    /// Why the folder is refused.
    fn refused(&self, edited: bool) -> String {
        match import(self.folder.path(), edited) {
            Ok(_) => panic!("it was taken"),
            Err(error) => error.to_string(),
        }
    }

    fn expect(&self, edited: bool, parts: &[&str]) {
        let refused = self.refused(edited);
        for part in parts {
            assert!(refused.contains(part), "no `{part}` in {refused}");
        }
    }
}

/// One word of weights differs after the run as it differed before, where nothing learns; and nothing else does.
#[test]
fn an_edited_weight_is_that_weight() {
    let seed = (0..200).find(|seed| {
        let (case, machine) = case(*seed);
        let fixed = case.network.projections.iter().all(|projection| projection.learning.is_none());
        let dense = machine.nodes.iter().flat_map(|node| &node.core.blocks);
        fixed
            && dense
                .filter(|block| block.memory.layout.listed().is_none())
                .any(|block| block.memory.weights.len() > 4)
    });
    let mut fixture = Fixture::new(seed.expect("a network that does not learn"));
    let dense =
        fixture.manifest.images.iter().find(|image| image.memory == "weights" && image.index.len() == 2);
    let image = dense.expect("dense weights").clone();
    let path = fixture.folder.path().join(&image.listed.file);
    let before = fs::read_to_string(&path).unwrap();
    let old = i64::from_str_radix(before.lines().nth(3).unwrap(), 16).unwrap();
    let digits = before.lines().next().unwrap().len();
    fixture.edit(&path, 4, &format!("{:0digits$x}", old ^ 1));
    fixture.expect(false, &[&image.listed.file, "SHA-256", "--edited", &image.listed.sha256]);

    let mut imported = import(fixture.folder.path(), true).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(imported.edited, std::slice::from_ref(&image.listed.file));
    run(&mut imported.machine, &fixture.case.program);
    run(&mut fixture.machine, &fixture.case.program);
    let mut differences = Vec::new();
    for projection in 0..fixture.case.network.projections.len() {
        let own = fixture.machine.weights(&fixture.case.network, projection);
        let other = imported.machine.weights(&fixture.case.network, projection);
        let pairs = own.iter().zip(&other).enumerate().filter(|(_, (a, b))| a != b);
        differences.extend(pairs.map(|(at, (a, b))| (projection, at, a ^ b)));
    }
    let [(projection, _, changed)] = differences[..] else { panic!("{differences:?}") };
    assert_eq!(Some(&fixture.case.network.projections[projection].name), image.of.as_ref());
    assert_eq!(changed, 1);
}

#[test]
fn what_is_damaged_is_refused_at_its_place() {
    let fixture = Fixture::new(NETWORK);
    let (image, path) = fixture.image("thresholds");
    let whole = fs::read_to_string(&path).unwrap();
    let name = path.display().to_string();
    let digits = image.word_bits.div_ceil(4);
    let bits = format!("a word of {} bits", image.word_bits);
    let last = format!("line {}", image.words + 1);

    for (line, text, parts) in [
        (2, "xyz".to_owned(), vec!["line 2", "`xyz`", &bits]),
        (1, "f".repeat(digits + 1), vec!["line 1", &bits]),
        (2, format!("{:x}", 1u64 << (image.word_bits - 1)), vec!["line 2", "value -", "0..=", "in lane 0"]),
    ] {
        fixture.edit(&path, line, &text);
        fixture.expect(true, &[&[name.as_str()], &parts[..]].concat());
        fs::write(&path, &whole).unwrap();
    }
    fs::write(&path, whole.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    fixture.expect(true, &[&name, "the end after", &format!("{} words", image.words)]);
    fs::write(&path, format!("{whole}0\n")).unwrap();
    fixture.expect(true, &[&name, "a word after the last", &last]);
    fs::write(&path, format!("// a comment\n\n{whole}")).unwrap();
    import(fixture.folder.path(), true).unwrap_or_else(|error| panic!("{error}"));
    fs::remove_file(&path).unwrap();
    fixture.expect(true, &[&name, "cannot read"]);
    fs::write(&path, &whole).unwrap();

    let (_, path) = fixture.image("address_axons");
    let whole = fs::read_to_string(&path).unwrap();
    let (image, starts) = fixture.image("address_starts");
    fixture.edit(&starts, 1, "1");
    fixture.expect(true, &[&starts.display().to_string(), "line 1", "found 1", "0..=0"]);
    assert!(image.words > 1 && !whole.is_empty());
}

/// Two synapses of one name would share every random word: a row that learns reaches a neuron once.
#[test]
fn a_plastic_pair_is_listed_once() {
    let learns = |case: &Case, projection: u32| {
        let projection = &case.network.projections[projection as usize];
        projection.learning.is_some() && projection.synapses.kernel().is_none()
    };
    // A row of two entries or more whose neurons differ.
    let wide = |machine: &Machine, case: &Case| {
        machine.memories().cores.into_iter().find_map(|core| {
            core.blocks.into_iter().enumerate().find_map(|(part, block)| {
                let (_, posts) = block.rows.layout.listed()?;
                let rows = (0..block.rows.axons).map(|axon| block.rows.row(axon));
                let at = rows.filter(|row| row.len() > 1).map(|row| row.start).next()?;
                let found = learns(case, block.projection) && posts[at] < posts[at + 1];
                found.then_some((core.core.0, part, at))
            })
        })
    };
    let seed = (0..200).find(|seed| {
        let (case, machine) = case(*seed);
        wide(&machine, &case).is_some()
    });
    let fixture = Fixture::new(seed.expect("a plastic projection that lists its synapses"));
    let (core, block, at) = wide(&fixture.machine, &fixture.case).unwrap();
    let of = |image: &&Image| {
        image.memory == "row_neurons" && image.core == Some(core) && image.block == Some(block)
    };
    let image = fixture.manifest.images.iter().find(of).unwrap();
    let path = fixture.folder.path().join(&image.listed.file);
    let text = fs::read_to_string(&path).unwrap();
    fixture.edit(&path, at + 2, text.lines().nth(at).unwrap());
    let line = format!("line {}", at + 2);
    fixture.expect(true, &[&path.display().to_string(), &line, "a neuron once in a row that learns"]);
}

#[test]
fn another_contract_and_foreign_folders_are_refused() {
    let fixture = Fixture::new(NETWORK);
    let path = fixture.folder.path().join(FILE);
    let whole = fs::read_to_string(&path).unwrap();
    let contract = format!("\"contract\": \"{}\"", fixture.manifest.contract);
    assert!(whole.contains(&contract));
    for (text, parts) in [
        (
            whole.replace(&contract, "\"contract\": \"99.0\""),
            ["arithmetic contract 99.0", "the same major version"],
        ),
        (whole.replace("synfire-images/1", "synfire-images/7"), ["synfire-images/7", "synfire-images/1"]),
        (whole[..whole.len() / 2].to_owned(), ["EOF", "a manifest as"]),
        ("hello".to_owned(), ["line 1", "a manifest as"]),
        (whole.replacen("\"words\": ", "\"words\": 9", 1), ["files of", "banks of"]),
        (
            whole.replacen("\"signed\": true", "\"signed\": false", 1),
            ["an image {", "as layout `synfire` has it"],
        ),
        (
            whole.replacen("\"word_bits\": ", "\"word_bits\": 1", 1),
            ["an image {", "as layout `synfire` has it"],
        ),
        (
            whole.replacen("\"format\": \"u", "\"format\": \"s", 1),
            ["an image {", "as layout `synfire` has it"],
        ),
        (whole.replacen("\"of\": \"", "\"of\": \"not_", 1), ["an image {", "as layout `synfire` has it"]),
        (whole.replacen("\"slot\": 0", "\"slot\": 7", 1), ["\"slot\":7", "as its memories have it"]),
        (
            whole.replacen("\"parameters\": {}", "\"parameters\": {\"CORES\": 1}", 1),
            ["parameters of an RTL", "`Blocks`"],
        ),
    ] {
        assert_ne!(text, whole, "{parts:?}");
        fs::write(&path, text).unwrap();
        fixture.expect(true, &[&[FILE], &parts[..]].concat());
    }
    fs::write(&path, &whole).unwrap();
    let configuration = fixture.folder.path().join(&fixture.manifest.configuration.file);
    fs::write(&configuration, fs::read_to_string(&configuration).unwrap() + " ").unwrap();
    fixture.expect(true, &["configuration.json", "SHA-256"]);
    let empty = tempfile::tempdir().unwrap();
    let refused = import(empty.path(), false).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains(FILE) && refused.contains("cannot read"), "{refused}");
}

#[test]
fn what_a_layout_cannot_say_is_refused() {
    for (text, parts) in [
        ("all: (lanes: 0)", ["`lanes` is 0", "1..=1024"]),
        ("all: (lane: 1)", ["unknown field `lane`", "lanes"]),
        ("memories: {\"weight\": (lanes: 2)}", ["unknown memory `weight`", "did you mean `weights`?"]),
        ("all: (file: \"../x\")", ["no path below the folder", "none of them `.` or `..`"]),
        ("all: (file: \"a//{memory}\")", ["no path below the folder", "divided by one `/`"]),
        ("all: (file: \"{nope}/{memory}\")", ["unknown `{nope}`", "{memory}, {place}"]),
        ("all: (fields: [(\"value\", 8)])", ["every memory at once", "in `memories`"]),
        ("memories: {\"synapses\": (lanes: 2)}", ["organisation `Blocks`", "weights"]),
        ("organisation: Cores, memories: {\"weights\": (lanes: 2)}", ["organisation `Cores`", "synapses"]),
        ("all: (banks: 2, file: \"{memory}\")", ["several banks in one file", "{bank}"]),
        ("registers: {\"V\": \"x\"}", ["unknown register `V` of neurons", "I, U, C, S"]),
        ("registers: {\"D01\": \"x\"}", ["unknown register `D01` of neurons", "`D0`, `D1`"]),
        ("registers: {\"U\": \"{bank}.u\"}", ["unknown `{bank}`", "{node}, {core}, {slot}"]),
        ("axon_registers: {\"U\": \"x\"}", ["unknown register `U` of axons", "V, Q, P"]),
        ("axon_registers: {\"Q\": \"{slot}\"}", ["unknown `{slot}`", "{block}, {axon}"]),
        ("synapse_registers: {\"Q\": \"x\"}", ["unknown register `Q` of synapses", "W, E1, E2, X, N"]),
    ] {
        let text = format!("(format: \"synfire-layout/1\", name: \"x\", {text})");
        let refused = Layout::parse("x.ron", &text).unwrap_err().to_string();
        for part in parts {
            assert!(refused.contains(part), "no `{part}` in {refused}");
        }
    }
    let (case, machine) = case(NETWORK);
    for (memories, parts) in [
        ("\"thresholds\": (fields: [(\"value\", 3)])", ["in 3 bits", "at least"]),
        ("\"thresholds\": (fields: [(\"level\", 30)])", ["field `level`", "value"]),
        ("\"thresholds\": (file: \"one.hex\")", ["`one.hex`, which another memory", "{place}"]),
        ("\"thresholds\": (file: \"stimulus.csv\")", ["`stimulus.csv`, which", "the export itself has"]),
    ] {
        let text = format!("(format: \"synfire-layout/1\", name: \"x\", memories: {{{memories}}})");
        let layout = Layout::parse("x.ron", &text).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let refused = export_to(folder.path(), &case.network, &machine, &case.program, &layout);
        let refused = refused.map(|_| ()).unwrap_err().to_string();
        for part in parts {
            assert!(refused.contains(part), "no `{part}` in {refused}");
        }
    }
}
