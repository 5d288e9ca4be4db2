//! The worked example of `docs/hardware.md`: what the page says in text, what it says in bytes, what the program writes.

use std::path::Path;
use synfire::formats::trace::header::{TraceForm, TraceTables};
use synfire::formats::trace::reader::TraceReader;
use synfire::formats::trace::step::{Step, TracedStep};
use synfire::formats::trace::writer::TraceWriter;

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/hardware.md")).unwrap()
}

/// The block of the page under a comment.
fn block(name: &str) -> String {
    let page = page();
    let (_, after) = page.split_once(&format!("<!-- trace: {name} -->\n```text\n")).unwrap();
    after.split_once("```").unwrap().0.to_owned()
}

/// Bytes as the page has them.
fn bytes(block: &str) -> Vec<u8> {
    let words = block.lines().flat_map(|line| line.split('|').next().unwrap().split_whitespace());
    words.map(|word| u8::from_str_radix(word, 16).unwrap()).collect()
}

fn read(path: &Path) -> (TraceReader, Vec<Step>) {
    let mut reader = TraceReader::open(path).unwrap();
    let (mut steps, mut step) = (Vec::new(), Step::default());
    while reader.read(&mut step).unwrap() {
        steps.push(step.clone());
    }
    (reader, steps)
}

#[test]
fn the_page_says_twice_what_the_program_writes() {
    let folder = tempfile::tempdir().unwrap();
    let [text, binary] = ["page.trace", "page.trace.bin"].map(|name| folder.path().join(name));
    std::fs::write(&text, block("text")).unwrap();
    std::fs::write(&binary, bytes(&block("binary"))).unwrap();
    let ((of_text, steps), (of_binary, others)) = (read(&text), read(&binary));
    assert_eq!((of_text.form(), of_binary.form()), (TraceForm::Text, TraceForm::Binary));
    assert_eq!(of_text.header(), of_binary.header());
    assert_eq!(steps, others);
    // By hand.
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[0].registers, [vec![-17, 300], vec![0, 1]]);
    assert_eq!((&steps[0].axons[0], &steps[1].traces[0]), (&vec![[4, 1], [9, 2]], &vec![15, 239]));
    assert_eq!((steps[0].changed[0][0].synapse, steps[0].changed[0][0].lane), ([4, 1, 1], -8));

    let tables = TraceTables {
        axons: vec![vec![[4, 1], [9, 2]]],
        synapses: vec![vec![[4, 0, 1], [4, 1, 1], [9, 1, 2]]],
    };
    assert_eq!(of_binary.tables(), Some(&tables));
    for (path, form) in [(&text, TraceForm::Text), (&binary, TraceForm::Binary)] {
        let own = folder.path().join("own");
        let mut writer = TraceWriter::create(&own, form, of_text.header().clone(), tables.clone()).unwrap();
        for (step, changed) in steps.iter().zip([[vec![(1, -8)]], [Vec::new()]]) {
            let Step { step, registers, traces, .. } = step;
            writer.step(&TracedStep { step: *step, registers, traces, changed: &changed }).unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(std::fs::read(&own).unwrap(), std::fs::read(path).unwrap(), "{form:?}");
    }
}
