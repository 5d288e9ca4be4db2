//! Damaged texts: `check` accepts or refuses, and never panics.

use super::folder::{EXPERIMENT, Folder, NETWORK};

fn cut(folder: &Folder, name: &str, text: &str, pieces: usize) {
    for piece in 0..pieces {
        let mut end = text.len() * piece / pieces;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        folder.write(name, &text[..end]);
        let ended = folder.run(&["check", name]);
        assert!(matches!(ended.code, Some(0 | 2)), "cut at {end}: {ended:?}");
        assert_eq!(ended.code == Some(2), ended.err.contains("exit status 2"), "cut at {end}: {ended:?}");
    }
}

#[test]
fn truncated_texts() {
    let folder = Folder::new();
    let digits = folder.succeeds(&["presets", "digits"]);
    cut(&folder, "digits.ron", &digits, 40);
    let chip = folder.succeeds(&["presets", "small"]);
    cut(&folder, "small.ron", &chip, 20);
    let network = String::from_utf8(folder.read(NETWORK)).expect("a text");
    cut(&folder, NETWORK, &network, 40);
}

#[test]
fn texts_with_a_line_missing_or_doubled() {
    let folder = Folder::new();
    for name in [EXPERIMENT, NETWORK] {
        let text = String::from_utf8(folder.read(name)).expect("a text");
        let lines: Vec<&str> = text.lines().collect();
        for copies in [0, 2] {
            for changed in (0..lines.len()).step_by(3) {
                let copies = |index| if index == changed { copies } else { 1 };
                let damaged: Vec<&str> = (0..lines.len()).flat_map(|i| vec![lines[i]; copies(i)]).collect();
                folder.write("damaged.ron", damaged.join("\n"));
                let ended = folder.run(&["check", "damaged.ron"]);
                assert!(matches!(ended.code, Some(0 | 2)), "{name}:{}: {ended:?}", changed + 1);
            }
        }
    }
}

#[test]
fn bytes_that_are_no_text() {
    let folder = Folder::new();
    folder.write("bytes.ron", [0xff, 0xfe, 0, 1, 2]);
    folder.write("empty.ron", "");
    folder.write("deep.ron", "(".repeat(100_000));
    folder.write("nested.ron", format!("(format: \"synfire-network/1\", inputs: {}", "[".repeat(100_000)));
    for name in ["bytes.ron", "empty.ron", "deep.ron", "nested.ron", "."] {
        folder.refuses(&["check", name]);
    }
}
