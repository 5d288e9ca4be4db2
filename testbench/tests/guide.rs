//! The worked example of `docs/guide/your-own-network.md`: its files are taken out of the page and run. And what
//! `docs/formats.md` says of experiment files: its example parses, and no field is missing.
//!
//! The example needs `python3` with NumPy. Without them it says so and passes, unless the variable `CI` is set.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use synfire::tasks::ExperimentFile;
use synfire_chip::files;

/// A file of the repository.
fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

/// The blocks of a page under a fence of `language`.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap().to_owned() + "\n").collect()
}

fn run(program: impl AsRef<std::ffi::OsStr>, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).current_dir(folder).output().unwrap()
}

fn must(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn has_numpy() -> bool {
    let import = Command::new("python3").args(["-c", "import numpy"]).output();
    import.is_ok_and(|output| output.status.success())
}

/// Writes the page's files into a folder; where the run's outputs will be.
fn write_files(folder: &Path) -> PathBuf {
    let page = page("docs/guide/your-own-network.md");
    let (python, ron) = (blocks(&page, "python"), blocks(&page, "ron"));
    assert_eq!((python.len(), ron.len()), (1, 2), "a script, a network, an experiment");
    std::fs::write(folder.join("make.py"), &python[0]).unwrap();
    std::fs::write(folder.join("network.ron"), &ron[0]).unwrap();
    std::fs::write(folder.join("experiment.ron"), &ron[1]).unwrap();
    folder.join("result")
}

#[test]
fn the_chip_fires_as_the_script_does() {
    if !has_numpy() {
        assert!(std::env::var_os("CI").is_none(), "CI is set, but python3 has no NumPy");
        eprintln!("NOT TESTED: the worked example of the guide needs python3 with NumPy, which is not here");
        return;
    }
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    let result = write_files(folder);
    must(&run("python3", folder, &["make.py"]));
    must(&run(env!("CARGO_BIN_EXE_synfire"), folder, &["check", "experiment.ron"]));
    must(&run(env!("CARGO_BIN_EXE_synfire"), folder, &["run", "experiment.ron", "--out", "result"]));
    // NumPy itself reads what the chip wrote, and says whether it is what the script computed.
    let compare = "import numpy as np\n\
                   want, got = np.load('expected.npy'), np.load('result/hidden.spikes.npy')\n\
                   assert want.shape == got.shape == (200, 100) and want.dtype == got.dtype\n\
                   assert 500 < want.sum() < 10000, 'the example would show nothing'\n\
                   assert np.array_equal(want, got), np.argwhere(want != got)[:3]\n\
                   listed = np.loadtxt('result/hidden.spikes.csv', delimiter=',', skiprows=1, dtype=int)\n\
                   assert np.array_equal(np.argwhere(want), listed)\n\
                   assert np.load('result/hidden.membrane.npy').shape == (200, 3)";
    must(&run("python3", folder, &["-c", compare]));
    assert!(result.join("summary.json").is_file());
}

#[test]
fn the_experiment_of_the_formats_page_parses() {
    let page = page("docs/formats.md");
    let mut examples = 0;
    for block in blocks(&page, "ron").iter().filter(|block| block.contains("synfire-experiment/1")) {
        files::parse::<ExperimentFile>("formats.md", block).unwrap_or_else(|problems| panic!("{problems}"));
        examples += 1;
    }
    assert_eq!(examples, 1);
}

/// Every field that an experiment file may state stands on the page, between the headings.
#[test]
fn every_field_of_an_experiment_is_described() {
    let formats = page("docs/formats.md");
    let section = formats.split_once("\n## Experiment file").unwrap().1.split_once("\n## Outputs").unwrap().0;
    let kinds = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tasks");
    let kinds = std::fs::read_dir(kinds).unwrap().map(|entry| entry.unwrap().path().join("file.rs"));
    let kinds: Vec<PathBuf> = kinds.filter(|file| file.is_file()).collect();
    assert!(kinds.len() >= 5, "{kinds:?}");
    let shared =
        ["file.rs", "file/data.rs"].map(|file| page(&format!("testbench/src/experiment/{file}"))).concat();
    let kinds: String = kinds.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let source = shared + &kinds;
    let mut fields = 0;
    for field in source.lines().filter_map(field) {
        let spelt = [format!("`{field}`"), format!("{field}: "), format!("`{field},")];
        assert!(spelt.iter().any(|form| section.contains(form)), "`{field}` is not described");
        fields += 1;
    }
    assert!(fields > 50, "{fields} fields found: is this the right file?");
}

/// The field that a line of a structure or variant declares.
fn field(line: &str) -> Option<&str> {
    let (name, _) = line.trim_start().split_once(": ")?;
    let name = name.strip_prefix("pub ").unwrap_or(name);
    let spelt = |c: char| c.is_ascii_lowercase() || c == '_';
    (line.starts_with("    ") && !name.is_empty() && name.chars().all(spelt)).then_some(name)
}
