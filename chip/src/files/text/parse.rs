//! RON text to a value, and the parser's errors to problems a reader can act on.
//!
//! The first pass over a file: syntax, spelling and types. It stops at the first problem. Ranges and references
//! are the second pass (`check`). `parse` serves every file of the tool, the experiment file included.
//!
//! Promises: a problem names the place, what was found, what is allowed and the nearest allowed name.
//! Absent on purpose: defaults, inheritance, any knowledge of a particular file.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::source::SourceText;
use super::spelling::{did_you_mean, listing};
use super::walk;
use ron::error::{Error, SpannedError};
use ron::extensions::Extensions;
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::sync::Arc;

/// Parses RON text. `file_name` is what problems are reported under.
///
/// Optional fields need no `Some(..)`.
///
/// # Errors
/// At the first thing that is not RON, not spelt right or not of the right type.
pub fn parse<T: DeserializeOwned>(file_name: &str, text: &str) -> Result<T, Diagnostics> {
    parse_source(&Arc::new(SourceText::new(file_name, text))).map_err(Diagnostics::from)
}

/// Parses a whole text.
pub(in crate::files) fn parse_source<T: DeserializeOwned>(source: &Arc<SourceText>) -> Result<T, Diagnostic> {
    parse_part(source, 0..source.text.len())
}

/// Parses the value at `part` of a text.
pub(in crate::files) fn parse_part<T: DeserializeOwned>(
    source: &Arc<SourceText>,
    part: Range<usize>,
) -> Result<T, Diagnostic> {
    let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    let text = &source.text[part.clone()];
    let explain = |error: &SpannedError| {
        // The parser counts lines and columns from the start of the part.
        let local = SourceText::new("", text);
        let start = part.start + local.offset(error.span.start.line, error.span.start.col);
        let end = part.start + local.offset(error.span.end.line, error.span.end.col);
        explain(source, &part, &error.code, start..end.max(start))
    };
    let mut deserializer =
        ron::Deserializer::from_str_with_options(text, &options).map_err(|error| explain(&error))?;
    let value =
        T::deserialize(&mut deserializer).map_err(|error| explain(&deserializer.span_error(error)))?;
    deserializer.end().map_err(|error| explain(&deserializer.span_error(error)))?;
    Ok(value)
}

fn explain(source: &Arc<SourceText>, part: &Range<usize>, error: &Error, span: Range<usize>) -> Diagnostic {
    let text = &source.text[part.clone()];
    let at = span.start - part.start;
    match error {
        Error::NoSuchStructField { expected, found, outer } => {
            let known = if expected.is_empty() { "it has no fields".to_owned() } else { sorted(expected) };
            Diagnostic::new(format!("unknown field `{found}`{}", inside(outer.as_deref())))
                .at(source, span)
                .labelled(did_you_mean(found, expected.iter().copied()))
                .noted("allowed", known)
        }
        Error::NoSuchEnumVariant { expected, found, outer } => {
            let kind = outer.as_ref().map_or_else(String::new, |outer| format!(" for `{outer}`"));
            Diagnostic::new(format!("unknown choice `{found}`{kind}"))
                .at(source, span)
                .labelled(did_you_mean(found, expected.iter().copied()))
                .noted("allowed", listing(expected.iter().copied()))
        }
        Error::MissingStructField { field, outer } => {
            // The name of the field that holds the structure, or else its opening bracket.
            let owner = walk::owner_at(text, at).map(|name| name.start + part.start..name.end + part.start);
            Diagnostic::new(format!("missing field `{field}`{}", inside(outer.as_deref())))
                .at(source, owner.unwrap_or(span))
                .labelled(format!("`{field}` must be stated here"))
        }
        Error::DuplicateStructField { field, outer } => {
            Diagnostic::new(format!("field `{field}` is stated twice{}", inside(outer.as_deref())))
                .at(source, span)
                .labelled("the second time")
        }
        _ => explain_token(source, &walk::path_at(text, at), error, span),
    }
}

/// An error about one token: of another type, out of its type's range, or not RON at all.
fn explain_token(source: &Arc<SourceText>, path: &str, error: &Error, span: Range<usize>) -> Diagnostic {
    let number = number_around(&source.text, span.start);
    let expected = match error {
        Error::ExpectedInteger | Error::IntegerOutOfBounds | Error::InvalidIntegerDigit { .. } => {
            "an integer"
        }
        Error::ExpectedFloat => "a number",
        Error::ExpectedBoolean => "`true` or `false`",
        Error::ExpectedString | Error::ExpectedStringEnd => "a string in double quotes",
        Error::ExpectedArray => "a list in `[ ]`",
        Error::ExpectedMap => "a map in `{ }`",
        Error::ExpectedNamedStructLike(_) | Error::ExpectedStructLike => "fields in `( )`",
        Error::ExpectedOption => "`None` or a value",
        Error::ExpectedIdentifier => "a name",
        // A bare value where a structure's first field should be.
        Error::SuggestRawIdentifier(_) => "a field as `name: value`",
        // An integer was read up to the decimal point of a real number.
        Error::ExpectedComma | Error::ExpectedStructLikeEnd if number.is_some() => "an integer",
        _ => "",
    };
    let field = path.trim_end_matches(['?', '.']);
    if expected.is_empty() {
        let label = if matches!(error, Error::ExpectedComma) { "before this" } else { "here" };
        let title = match error {
            Error::Message(text) if field.is_empty() => text.clone(),
            Error::Message(text) => format!("`{field}`: {text}"),
            Error::ExpectedComma => "a comma or the closing bracket is missing".to_owned(),
            Error::TrailingCharacters => "there is text after the end of the value".to_owned(),
            Error::Eof => "the file ends inside a value".to_owned(),
            other => lower_first(&other.to_string()),
        };
        let end = if span.is_empty() { next_boundary(&source.text, span.start) } else { span.end };
        return Diagnostic::new(title).at(source, span.start..end).labelled(label);
    }
    // Where a number was cut off, the parser's path ends above the field.
    let field = number.as_ref().and_then(|number| key_before(&source.text, number.start)).unwrap_or(field);
    let token = number
        .or_else(|| walk::value_at(&source.text, span.start))
        .unwrap_or_else(|| span.start..next_boundary(&source.text, span.start).max(span.end));
    // A sign that was read before the digits is part of what was found.
    let signed =
        matches!(error, Error::IntegerOutOfBounds) && source.text[..token.start].ends_with(['-', '+']);
    let token = token.start - usize::from(signed)..token.end;
    let target = if field.is_empty() { String::new() } else { format!(" for `{field}`") };
    let found = first_line(&source.text[token.clone()]);
    let token = token.start..token.start + found.len();
    let out_of_bounds = matches!(error, Error::IntegerOutOfBounds);
    let label = if out_of_bounds { "this integer is too large or too small" } else { "" };
    let found = if found.is_empty() { "the end of the file" } else { found };
    Diagnostic::new(format!("expected {expected}{target}, found `{found}`")).at(source, token).labelled(label)
}

/// The number with a decimal point or exponent that `at` stands inside of.
fn number_around(text: &str, at: usize) -> Option<Range<usize>> {
    if !matches!(text.as_bytes().get(at)?, b'.' | b'e' | b'E') {
        return None;
    }
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_');
    let start = at - text[..at].chars().rev().take_while(|c| part(*c)).count();
    let end = at + text[at..].chars().take_while(|c| part(*c)).count();
    text[start..].starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+').then_some(start..end)
}

/// The field name in front of the value that begins at `at`.
fn key_before(text: &str, at: usize) -> Option<&str> {
    let before = text[..at].trim_end().strip_suffix(':')?.trim_end();
    let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    before.get(start..).filter(|name| !name.is_empty())
}

fn inside(outer: Option<&str>) -> String {
    outer.map_or_else(String::new, |outer| format!(" in `{outer}`"))
}

fn sorted(names: &[&'static str]) -> String {
    let mut names = names.to_vec();
    names.sort_unstable();
    listing(names)
}

fn first_line(text: &str) -> &str {
    let line = text.lines().next().unwrap_or("");
    line.char_indices().nth(40).map_or(line, |(end, _)| &line[..end])
}

fn next_boundary(text: &str, at: usize) -> usize {
    at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
