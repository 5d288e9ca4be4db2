//! `SourceText::locate` finds what a path names, in any text that is RON, and never panics on text that is not.

mod files_common;

use files_common::{DIGITS, load};
use proptest::prelude::*;
use std::ops::Range;
use synfire_chip::files::SourceText;

/// A value to be written, with blanks and comments between its tokens.
#[derive(Clone, Debug)]
enum Value {
    Token(String),
    List(Vec<Value>),
    Struct(Option<String>, Vec<(String, Value)>),
    Maybe(Box<Value>),
}

fn values() -> impl Strategy<Value = Value> {
    let token = prop_oneof![
        any::<i32>().prop_map(|number| number.to_string()),
        Just("-1.5e3".to_owned()),
        Just("true".to_owned()),
        Just(r#""a (b] \" , c""#.to_owned()),
        Just(r##"r#"raw " ["#"##.to_owned()),
        Just("'('".to_owned()),
        Just("b\"x)\"".to_owned()),
        Just("Unit".to_owned()),
        Just("Pair(1, (2, 3))".to_owned()),
        Just("{ \"k\": 1, 2: [3] }".to_owned()),
    ];
    token.prop_map(Value::Token).prop_recursive(4, 40, 4, |inner| {
        let field = ("[a-e][a-z_]{0,5}", inner.clone());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            (prop::option::of("[A-Z][a-z]{0,4}x"), prop::collection::vec(field, 0..4))
                .prop_map(|(name, fields)| Value::Struct(name, distinct(fields))),
            inner.prop_map(|value| Value::Maybe(Box::new(value))),
        ]
    })
}

fn distinct(fields: Vec<(String, Value)>) -> Vec<(String, Value)> {
    fields.into_iter().enumerate().map(|(at, (name, value))| (format!("{name}{at}"), value)).collect()
}

/// Writes values and remembers where each went.
struct Writer {
    text: String,
    blanks: Vec<u8>,
    spans: Vec<(String, Range<usize>)>,
}

impl Writer {
    fn blank(&mut self) {
        let choice = self.blanks.pop().unwrap_or(0);
        self.text +=
            ["", " ", "\n  ", "/* [ ( \" */", "// ) ]\n", "/* a /* b */ c */"][usize::from(choice) % 6];
    }

    fn token(&mut self, text: &str) {
        self.text += text;
        self.blank();
    }

    fn write(&mut self, path: &str, value: &Value) {
        let start = self.text.len();
        match value {
            Value::Token(token) => self.text += token,
            Value::Maybe(inner) => {
                self.token("Some");
                self.token("(");
                // What is inside is reached by the same path; only its own parts are looked up.
                let known = self.spans.len();
                self.write(path, inner);
                self.spans.retain({
                    let mut at = 0;
                    move |(own, _)| {
                        at += 1;
                        at <= known || own != path
                    }
                });
                self.blank();
                self.text.push(')');
            }
            Value::List(items) => {
                self.token("[");
                for (at, item) in items.iter().enumerate() {
                    self.write(&format!("{path}[{at}]"), item);
                    self.blank();
                    self.token(",");
                }
                self.text.push(']');
            }
            Value::Struct(name, fields) => {
                if let Some(name) = name {
                    self.token(name);
                }
                self.token("(");
                for (name, field) in fields {
                    self.token(name);
                    self.token(":");
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.write(&path, field);
                    self.blank();
                    self.token(",");
                }
                self.text.push(')');
            }
        }
        self.spans.push((path.to_owned(), start..self.text.len()));
    }
}

proptest! {
    #[test]
    fn every_path_leads_to_its_value(value in values(), blanks in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut writer = Writer { text: String::new(), blanks, spans: Vec::new() };
        writer.blank();
        writer.write("", &value);
        let source = SourceText::new("generated", writer.text.clone());
        for (path, span) in &writer.spans {
            let found = source.locate(path);
            prop_assert_eq!(found.as_ref(), Some(span), "{} in {}", path, writer.text);
        }
        prop_assert_eq!(source.locate("zzz"), None);
        prop_assert_eq!(source.locate("[99].q"), None);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}", path in "[a-c.\\[\\]0-9]{0,12}") {
        let _ = SourceText::new("any", text).locate(&path);
    }

    /// A network with a piece cut out or replaced: an error or a network, never a panic, and errors render.
    #[test]
    fn no_network_panics(start in 0..DIGITS.len(), len in 0usize..40, put in "[(){}\\[\\]:,\"a-z0-9. ]{0,6}") {
        let end = (start + len).min(DIGITS.len());
        let text = format!("{}{put}{}", &DIGITS[..start], &DIGITS[end..]);
        if let Err(problems) = load(&text) {
            prop_assert!(problems.to_string().starts_with("error: "));
        }
    }
}

#[test]
fn paths_of_the_digits_network() {
    let source = SourceText::new("net.ron", DIGITS);
    let at = |path: &str| source.locate(path).map(|span| &DIGITS[span]);
    assert_eq!(at("populations[1].neuron.spiking"), Some("false"));
    assert_eq!(at("populations[0].learning.third_factor.Feedback.shift"), Some("1"));
    assert_eq!(at("projections[0].weights.Uniform.high"), Some("0.08"));
    assert_eq!(at("inputs[0].name"), Some("\"pixels\""));
    assert_eq!(at("populations[2]"), None);
    let key = source.locate_key("projections[1].store").map(|span| &DIGITS[span]);
    assert_eq!(key, Some("store"));
    let span = source.locate("seed").expect("a seed");
    assert_eq!(source.line_column(span.start), (4, 11));
}

#[test]
fn attributes_and_maps_are_walked() {
    let text = "#![enable(implicit_some)]\n{ \"first\": (x: 1), \"second\": [4, 5] }";
    let source = SourceText::new("map", text);
    assert_eq!(source.locate("second[1]").map(|span| &text[span]), Some("5"));
    assert_eq!(source.locate("first.x").map(|span| &text[span]), Some("1"));
}

#[test]
fn scraps_of_text_are_errors() {
    for text in [
        "",
        " ",
        "(",
        ")",
        "\u{feff}",
        "\u{e9}",
        "(format:",
        "#!",
        "#![",
        "\"",
        "/*",
        "(format: \"synfire-network/1\"",
    ] {
        let problems = load(text).expect_err("no network");
        assert!(problems.to_string().starts_with("error: "), "{text}");
    }
    let deep = "[".repeat(100_000);
    assert!(load(&deep).is_err() && load(&format!("(format: {deep}")).is_err());
}
