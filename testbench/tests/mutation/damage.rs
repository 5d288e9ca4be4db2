//! Damage to a file: to its bytes, and to what its text is made of (numbers, names, strings, lines).
//!
//! Tokens are cut by classes of bytes alone, so that RON, JSON, CSV and the header of an array are damaged alike.

use super::random::Random;
use std::ops::Range;

/// Numbers at and beyond the edges of every type that a file can state.
const EXTREMES: [&str; 40] = [
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "3",
    "31",
    "32",
    "63",
    "64",
    "255",
    "256",
    "1000",
    "32767",
    "32768",
    "65535",
    "65536",
    "1000000",
    "16777215",
    "16777216",
    "16777217",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "0.0",
    "-0.5",
    "1e308",
    "-1e308",
    "1e-308",
    "1e999",
    "NaN",
    "inf",
    "-inf",
    "0xffff_ffff",
];

/// Texts that parsers of nested or quoted forms stumble over.
const STUMBLES: [&str; 12] =
    ["(", ")", "[", "]", "\"", "'", "r#\"", "/*", "//", "Some(", "\\u{0}", "#![enable(implicit_some)]"];

/// What may be done to a file beside its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// All of it is text.
    Text,
    /// A text of so many bytes after so many, then numbers.
    Header { from: usize, len: usize },
    /// Numbers in bytes.
    Bytes,
}

/// A token: where it stands, and whether it is a number, a word or a string.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    at: Range<usize>,
    class: Class,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Number,
    Word,
    String,
    Mark,
}

/// Damages `bytes` once to four times; `other` is a file of the same kind, of which parts may be taken. What was done.
pub fn damage(bytes: &mut Vec<u8>, form: Form, other: &[u8], random: &mut Random) -> String {
    let times = *random.pick(&[1, 1, 1, 1, 1, 2, 2, 3, 4]);
    let mut done = Vec::new();
    for _ in 0..times {
        done.push(match form {
            Form::Text if random.chance(70) => text(bytes, 0..bytes.len(), other, random),
            Form::Header { from, len } if random.chance(60) => {
                let end = (from + len).min(bytes.len());
                let done = text(bytes, from.min(end)..end, other, random);
                if random.chance(70) {
                    format!("{done}, length made good{}", refit(bytes, from, len))
                } else {
                    done
                }
            }
            _ => raw(bytes, other, random),
        });
    }
    done.join("; ")
}

/// Writes the length that a header of `len` bytes at `from` has now in front of it, as version 1 of `.npy` does. Later
/// damage takes the length that it had, which is damage too.
fn refit(bytes: &mut [u8], from: usize, len: usize) -> String {
    let end = bytes.iter().skip(from).position(|byte| *byte == b'\n').map_or(len, |at| at + 1);
    match u16::try_from(end) {
        Ok(end) if from >= 2 && bytes.len() >= from => {
            bytes[from - 2..from].copy_from_slice(&end.to_le_bytes());
            format!(" ({end})")
        }
        _ => String::new(),
    }
}

/// Damage that knows no form.
fn raw(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) -> String {
    let at = random.below(bytes.len());
    let span = at..(at + 1 + random.below(40)).min(bytes.len());
    match random.below(9) {
        0 if at < bytes.len() => {
            bytes[at] ^= 1 << random.below(8);
            format!("bit of byte {at} flipped")
        }
        1 if at < bytes.len() => {
            bytes[at] = *random.pick(&[0, 1, 0x7f, 0x80, 0xff, b'-', b'9', random_byte(at)]);
            format!("byte {at} set to {}", bytes[at])
        }
        2 => {
            bytes.drain(span.clone());
            format!("bytes {span:?} deleted")
        }
        3 => {
            let copy = bytes[span.clone()].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, copy);
            format!("bytes {span:?} again at {to}")
        }
        4 => {
            bytes.truncate(at);
            format!("cut at {at}")
        }
        5 => {
            let from = random.below(other.len());
            let part = &other[from..(from + 1 + random.below(200)).min(other.len())];
            bytes.splice(span.clone(), part.iter().copied());
            format!("bytes {span:?} from another file's {from}")
        }
        6 => {
            // The largest number of a variable-length encoding; small ones and words of 64 bits lie in it too.
            let number = [0xff; 10].map(|byte: u8| byte);
            let len = 1 + random.below(number.len());
            let mut number = number[..len].to_vec();
            *number.last_mut().expect("a byte") = 1;
            bytes.splice(at..at, number);
            format!("a number of {len} bytes at {at}")
        }
        7 => {
            let len = *random.pick(&[1, 8, 1000, 100_000]);
            bytes.splice(at..at, std::iter::repeat_n(0, len));
            format!("{len} zeros at {at}")
        }
        _ => {
            let len = *random.pick(&[1, 8, 1000, 100_000]);
            bytes.extend(std::iter::repeat_n(random_byte(at), len));
            format!("{len} bytes more")
        }
    }
}

fn random_byte(at: usize) -> u8 {
    (at.wrapping_mul(0x9e37) >> 3) as u8
}

/// Damage to the text in `part` of `bytes`.
fn text(bytes: &mut Vec<u8>, part: Range<usize>, other: &[u8], random: &mut Random) -> String {
    let tokens = tokens(&bytes[part.clone()], part.start);
    let of = |class: Class| tokens.iter().filter(|token| token.class == class).cloned().collect::<Vec<_>>();
    let choice = random.below(12);
    let (token, new): (Token, Vec<u8>) = match choice {
        // Numbers decide most: they are hit most often.
        0..=4 => {
            let numbers = of(Class::Number);
            if numbers.is_empty() {
                return raw(bytes, other, random);
            }
            let token = random.pick(&numbers).clone();
            let number = number(&bytes[token.at.clone()], random);
            (token, number.into_bytes())
        }
        5 | 6 => {
            // Another name or text of the same file, or of another.
            let class = if choice == 5 { Class::Word } else { Class::String };
            let (own, others) = (of(class), self::tokens(other, 0));
            let others: Vec<Token> = others.into_iter().filter(|token| token.class == class).collect();
            if own.is_empty() {
                return raw(bytes, other, random);
            }
            let token = random.pick(&own).clone();
            let new = if others.is_empty() || random.chance(70) {
                bytes[random.pick(&own).at.clone()].to_vec()
            } else {
                other[random.pick(&others).at.clone()].to_vec()
            };
            (token, new)
        }
        7 if !tokens.is_empty() => (random.pick(&tokens).clone(), Vec::new()),
        8 if !tokens.is_empty() => {
            let token = random.pick(&tokens).clone();
            let new = [&bytes[token.at.clone()], b", ", &bytes[token.at.clone()]].concat();
            (token, new)
        }
        9 if !tokens.is_empty() => {
            let token = random.pick(&tokens).clone();
            let times = *random.pick(&[1, 1, 1, 2, 200, 20_000]);
            (token, random.pick(&STUMBLES).repeat(times).into_bytes())
        }
        10 if !tokens.is_empty() => return swapped(bytes, &tokens, random),
        _ => return lines(bytes, part, random),
    };
    let shown = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
    let done =
        format!("`{}` at {} became `{}`", shown(&bytes[token.at.clone()]), token.at.start, shown(&new));
    bytes.splice(token.at, new);
    done
}

/// A number in place of `found`: an extreme, or one near it.
fn number(found: &[u8], random: &mut Random) -> String {
    let whole = std::str::from_utf8(found).ok().and_then(|text| text.replace('_', "").parse::<i128>().ok());
    match whole {
        Some(whole) if random.chance(50) => {
            let near = [whole + 1, whole - 1, 2 * whole, whole / 2, 10 * whole, 1000 * whole, -whole];
            random.pick(&near).to_string()
        }
        _ => (*random.pick(&EXTREMES)).to_owned(),
    }
}

/// Two tokens change places.
fn swapped(bytes: &mut Vec<u8>, tokens: &[Token], random: &mut Random) -> String {
    let (a, b) = (random.below(tokens.len()), random.below(tokens.len()));
    let (first, second) = (tokens[a.min(b)].at.clone(), tokens[a.max(b)].at.clone());
    let (one, two) = (bytes[first.clone()].to_vec(), bytes[second.clone()].to_vec());
    if a != b {
        bytes.splice(second.clone(), one);
        bytes.splice(first.clone(), two);
    }
    format!("tokens at {} and {} changed places", first.start, second.start)
}

/// A line is deleted, or comes again, once or many times.
fn lines(bytes: &mut Vec<u8>, part: Range<usize>, random: &mut Random) -> String {
    let at = part.start + random.below(part.len());
    let start = bytes[part.start..at]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(part.start, |n| part.start + n + 1);
    let end =
        bytes[start..part.end].iter().position(|byte| *byte == b'\n').map_or(part.end, |n| start + n + 1);
    let line = bytes[start..end].to_vec();
    let times = *random.pick(&[0, 0, 2, 2, 3, 300]);
    bytes.splice(start..end, line.repeat(times));
    format!("line at {start} {times} times")
}

fn tokens(bytes: &[u8], offset: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let run = |part: &dyn Fn(u8) -> bool| rest.iter().take_while(|byte| part(**byte)).count().max(1);
        let signed = rest[0] == b'-' && rest.get(1).is_some_and(u8::is_ascii_digit);
        let (class, len) = match rest[0] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            // A comment says nothing that could be wrong.
            b'/' if rest.get(1) == Some(&b'/') => {
                at += run(&|byte| byte != b'\n');
                continue;
            }
            byte if byte.is_ascii_digit() || signed => {
                let number = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
                (Class::Number, run(&number))
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                (Class::Word, run(&|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
            }
            quote @ (b'"' | b'\'') => {
                let end = rest[1..].iter().position(|byte| *byte == quote);
                (Class::String, end.map_or(1, |end| end + 2))
            }
            _ => (Class::Mark, 1),
        };
        tokens.push(Token { at: offset + at..offset + at + len, class });
        at += len;
    }
    tokens
}
