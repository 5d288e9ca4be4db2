//! Walks RON text to the place a field path names, without building a value.
//!
//! `populations[1].neuron.threshold` leads to the token of that threshold. A variant name is a step that stays
//! where it is (`third_factor.Feedback.shift`), `Some(..)` is looked through, comments and strings are skipped.
//!
//! Promises: total on any text, without recursion; `None` where the path leads nowhere. On text that `ron`
//! accepts, the range is exactly the value's.
//! Absent on purpose: meaning, types, error messages.

use std::ops::Range;

/// Where a value stands, and the name in front of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::files) struct Node {
    /// The field name; `None` for the whole text and for list elements.
    pub key: Option<Range<usize>>,
    /// The value.
    pub value: Range<usize>,
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Segment<'a> {
    Name(&'a str),
    Index(usize),
}

/// The node that `path` names.
pub(in crate::files) fn find(text: &str, path: &str) -> Option<Node> {
    let walker = Walker { text };
    let start = walker.skip_attributes(0);
    let mut node = Node { key: None, value: start..walker.value_end(start)? };
    for segment in segments(path) {
        node = walker.step(node, segment?)?;
    }
    Some(node)
}

/// The path of the innermost value that holds the byte at `at`, or that ends where only space stands before it.
///
/// Total on text that `ron` refuses: as far down as the text before `at` can be walked.
pub(in crate::files) fn path_at(text: &str, at: usize) -> String {
    let walker = Walker { text };
    let start = walker.skip_attributes(0);
    let mut value = start..walker.value_end(start).unwrap_or(text.len());
    let mut path = String::new();
    loop {
        let (name, bracket) = opening(text, &value);
        if bracket.is_none_or(|(_, inside)| at < inside) || value.end <= at {
            return path;
        }
        let before = |(_, entry): &(usize, Node)| entry.key.as_ref().unwrap_or(&entry.value).start <= at;
        let Some((index, entry)) = walker.entries(&value).enumerate().take_while(before).last() else {
            return path;
        };
        // The name of a choice is a step; that of the whole text, and `Some`, are none.
        if !path.is_empty() && !name.is_empty() && name != "Some" {
            path.extend([".", name]);
        }
        match &entry.key {
            Some(key) => path.extend([if path.is_empty() { "" } else { "." }, &text[key.clone()]]),
            None if name.is_empty() || walker.entries(&value).nth(1).is_some() => {
                path.push_str(&format!("[{index}]"));
            }
            None => {}
        }
        value = entry.value;
    }
}

/// The innermost structure, list, tuple or map around the byte at `at`: its opening bracket, or its field's name.
pub(in crate::files) fn owner_at(text: &str, at: usize) -> Option<Range<usize>> {
    let walker = Walker { text };
    let start = walker.skip_attributes(0);
    let mut node = Node { key: None, value: start..walker.value_end(start)? };
    loop {
        let inner = walker.entries(&node.value).find(|entry| {
            let inside = opening(text, &entry.value).1;
            inside.is_some_and(|(_, inside)| inside <= at) && at < entry.value.end
        });
        match inner {
            Some(inner) => node = inner,
            None => return Some(node.key.unwrap_or(node.value.start..node.value.start + 1)),
        }
    }
}

/// The entries of the struct, list, tuple or map at `value`.
pub(in crate::files) fn entries(text: &str, value: &Range<usize>) -> Vec<Node> {
    Walker { text }.entries(value).collect()
}

/// The name in front of the value at `value`, and its bracket with the offset behind it, where it has them.
pub(in crate::files) fn opening<'t>(text: &'t str, value: &Range<usize>) -> (&'t str, Option<(u8, usize)>) {
    let walker = Walker { text };
    let word = walker.identifier_end(value.start);
    let open = if word > value.start { walker.skip_space(word) } else { word };
    let bracket = walker.byte(open).filter(|byte| matches!(byte, b'(' | b'[' | b'{') && open < value.end);
    (&text[value.start..word], bracket.map(|bracket| (bracket, open + 1)))
}

/// The offset behind the comma that follows the value which ends at `end`; `end` where none does.
pub(in crate::files) fn after_comma(text: &str, end: usize) -> usize {
    let walker = Walker { text };
    let next = walker.skip_space(end);
    if walker.byte(next) == Some(b',') { next + 1 } else { end }
}

/// The end of the value that begins at or after `at`; its start.
pub(in crate::files) fn value_at(text: &str, at: usize) -> Option<Range<usize>> {
    let walker = Walker { text };
    let start = walker.skip_space(at);
    let end = walker.value_end(start)?;
    (end > start).then_some(start..end)
}

/// The path without its last step; `None` for the empty path.
pub(in crate::files) fn parent(path: &str) -> Option<&str> {
    if path.is_empty() {
        return None;
    }
    Some(&path[..path.rfind(['.', '[']).unwrap_or(0)])
}

fn segments(path: &str) -> impl Iterator<Item = Option<Segment<'_>>> {
    path.split(['.', '[']).filter(|part| !part.is_empty()).map(|part| match part.strip_suffix(']') {
        Some(index) => index.parse().ok().map(Segment::Index),
        None => Some(Segment::Name(part)),
    })
}

struct Walker<'a> {
    text: &'a str,
}

impl Walker<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn rest(&self, at: usize) -> &str {
        self.text.get(at..).unwrap_or("")
    }

    /// Past white space and comments.
    fn skip_space(&self, mut at: usize) -> usize {
        loop {
            let rest = self.rest(at);
            let next = if rest.starts_with("//") {
                at + rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                at + block_comment(rest)
            } else {
                at + (rest.len() - rest.trim_start().len())
            };
            if next == at {
                return at;
            }
            at = next;
        }
    }

    /// Past `#![enable(..)]`.
    fn skip_attributes(&self, at: usize) -> usize {
        let mut at = self.skip_space(at);
        while self.rest(at).starts_with("#!") {
            at = self.skip_space(at + 2);
            at = self.skip_space(self.brackets_end(at).unwrap_or(self.text.len()));
        }
        at
    }

    /// Past an identifier, or `at` where there is none.
    fn identifier_end(&self, at: usize) -> usize {
        let rest = self.rest(at);
        let raw = if rest.starts_with("r#") && !rest.starts_with("r#\"") { 2 } else { 0 };
        let body = &rest[raw..];
        if !body.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return at;
        }
        at + raw + body.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(body.len())
    }

    /// Past a string or character literal, or `at` where there is none.
    fn literal_end(&self, at: usize) -> usize {
        let rest = self.rest(at);
        let prefix = rest.len() - rest.trim_start_matches(['b', 'r']).len();
        let tail = &rest[prefix..];
        let hashes = tail.len() - tail.trim_start_matches('#').len();
        let raw = rest[..prefix].contains('r');
        let body = &tail[hashes..];
        if prefix > 2 || (hashes > 0 && !raw) {
            return at;
        }
        let open = prefix + hashes + 1;
        if body.starts_with('"') && raw {
            let close = format!("\"{}", "#".repeat(hashes));
            return at + rest[open..].find(&close).map_or(rest.len(), |end| open + end + close.len());
        }
        let quote = if body.starts_with('"') {
            b'"'
        } else if body.starts_with('\'') && !raw {
            b'\''
        } else {
            return at;
        };
        let mut end = open;
        while let Some(byte) = rest.as_bytes().get(end) {
            end += if *byte == b'\\' { 2 } else { 1 };
            if *byte == quote {
                break;
            }
        }
        at + end.min(rest.len())
    }

    /// Past the bracket that closes the one at `at`.
    fn brackets_end(&self, mut at: usize) -> Option<usize> {
        let mut depth = 0usize;
        loop {
            at = self.skip_space(at);
            let literal = self.literal_end(at);
            if literal > at {
                at = literal;
                continue;
            }
            match self.byte(at)? {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {
                    let word = self.identifier_end(at);
                    at = if word > at { word } else { at + self.char_len(at) };
                    continue;
                }
            }
            at += 1;
        }
    }

    fn char_len(&self, at: usize) -> usize {
        self.rest(at).chars().next().map_or(1, char::len_utf8)
    }

    /// Past the value that begins at `at`.
    fn value_end(&self, at: usize) -> Option<usize> {
        let literal = self.literal_end(at);
        if literal > at {
            return Some(literal);
        }
        if matches!(self.byte(at)?, b'(' | b'[' | b'{') {
            return self.brackets_end(at);
        }
        let word = self.identifier_end(at);
        if word > at {
            let after = self.skip_space(word);
            return if self.byte(after) == Some(b'(') { self.brackets_end(after) } else { Some(word) };
        }
        let rest = self.rest(at);
        let stop = |c: char| c.is_whitespace() || matches!(c, ',' | ')' | ']' | '}' | ':' | '/');
        Some(at + rest.find(stop).unwrap_or(rest.len()))
    }

    /// The name in front of the value.
    fn name(&self, value: &Range<usize>) -> &str {
        opening(self.text, value).0
    }

    fn step(&self, node: Node, segment: Segment<'_>) -> Option<Node> {
        let mut value = node.value.clone();
        while self.name(&value) == "Some" {
            let inner = self.entries(&value).next()?;
            value = inner.value;
        }
        let found = match segment {
            Segment::Index(index) => self.entries(&value).nth(index),
            Segment::Name(name) => self.entries(&value).find(|entry| {
                let key = entry.key.clone().map(|key| &self.text[key]);
                key.is_some_and(|key| key.trim_matches('"').trim_start_matches("r#") == name)
            }),
        };
        match (found, segment) {
            (Some(found), _) => Some(found),
            (None, Segment::Name(name)) if self.name(&value) == name => Some(node),
            (None, _) => None,
        }
    }

    /// The entries of a struct, list, tuple or map.
    fn entries(&self, value: &Range<usize>) -> impl Iterator<Item = Node> {
        let mut at = opening(self.text, value).1.map_or(value.end, |(_, inside)| inside);
        std::iter::from_fn(move || {
            at = self.skip_space(at);
            if matches!(self.byte(at)?, b')' | b']' | b'}') {
                return None;
            }
            let (mut start, mut end) = (at, self.value_end(at)?);
            let mut key = None;
            let colon = self.skip_space(end);
            if self.byte(colon) == Some(b':') && self.byte(colon + 1) != Some(b':') {
                key = Some(start..end);
                start = self.skip_space(colon + 1);
                end = self.value_end(start)?;
            }
            let next = self.skip_space(end);
            let after = if self.byte(next) == Some(b',') { next + 1 } else { next };
            if after <= at {
                return None;
            }
            at = after;
            Some(Node { key, value: start..end })
        })
    }
}

/// Length of the (nested) block comment that `rest` begins with.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < rest.len() {
        let tail = &rest.as_bytes()[at..];
        if tail.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}
