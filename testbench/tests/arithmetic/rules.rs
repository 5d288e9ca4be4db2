//! The points of random vectors (`hardware/vectors/observe`) against the rules of sections 2 to 10 of the document: none
//! without the other, and a comparison for each comparison.

use std::collections::BTreeMap;
use synfire::hardware::vectors::observe::points;
use synfire::hardware::vectors::points::{COMPARED, ENDS, NOT_BELOW, ROUNDED, SIGN};

/// Rules without a point of their own, and why.
const ELSEWHERE: [(&str, &str); 11] = [
    ("step 5", "section 4"),
    ("step 6", "sections 5 and 6"),
    ("step 7", "sections 7 and 8"),
    ("step 8", "section 9"),
    ("2.5", "widths of what other rules form"),
    ("3.3", "another program's names for options of 3.2"),
    ("5.3", "rows alone"),
    ("9.4", "rows alone"),
    ("10.6", "what an experiment draws before a step begins"),
    ("step 1", "1.1 and 1.2"),
    ("step 3", "3.1 and 3.2"),
];

/// Rules with a comparison that is told by other sides, or elsewhere.
const OTHERWISE: [(&str, &str); 6] = [
    ("9.7 line 1", "the width of a sum is no operation"),
    ("10.5", "how many bits there are is no operation"),
    ("step 2.0", "whether there is an interval is told by name"),
    ("step 3.2", "overflow is that of 2.4"),
    ("step 4.1", "both ways are told by names"),
    ("step 4.4", "how R goes on is told by names"),
];

/// Every rule with its text, by its place.
fn rules(document: &str) -> BTreeMap<String, String> {
    let (_, from) = document.split_once("\n## 2. ").expect("a section 2");
    let (text, _) = from.split_once("\n## 11. ").expect("a section 11");
    let text = format!("## 2. {text}");
    let mut rules: BTreeMap<String, String> = BTreeMap::new();
    let (mut section, mut rule, mut worked) = (String::new(), String::new(), false);
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        // Worked rows are no rules.
        worked = line.starts_with("<!-- rows:") || worked && line.starts_with('|');
        if worked {
            continue;
        }
        let number = |line: &str| -> Option<String> {
            let number: String = line.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            let rest = line[number.len()..].starts_with(' ');
            (!number.is_empty() && rest).then(|| number.trim_end_matches('.').to_owned())
        };
        if line.starts_with('#') {
            section = number(line.trim_start_matches('#').trim_start()).expect("a numbered section");
            rule = section.clone();
        } else if let Some(own) = line.strip_prefix("- ").and_then(number).filter(|_| section == "3") {
            rule = format!("step {own}");
        } else if let Some(own) = line.strip_prefix("**").and_then(number).filter(|_| section == "3") {
            rule = format!("step {own}");
        } else if let Some(own) = number(line).filter(|own| own.len() == 1 && line[1..].starts_with(". ")) {
            rule = format!("{section} line {own}");
        } else if line.starts_with('|') {
            let heads = lines.get(at + 1).is_some_and(|next| next.starts_with("| ---"));
            let name = line.split('|').nth(1).unwrap_or_default().trim();
            let name = name.split(" (").next().unwrap_or_default();
            if !heads && !name.starts_with("---") {
                rule = format!("{section} {name}");
            }
        } else if line.is_empty() {
            rule.clone_from(&section);
        }
        rules.entry(rule.clone()).or_default().push_str(line);
    }
    rules
}

fn document() -> BTreeMap<String, String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/arithmetic.md");
    rules(&std::fs::read_to_string(path).expect("the contract"))
}

/// Whether a rule is stated to be elsewhere, itself or as a part of its section.
fn elsewhere(rule: &str) -> bool {
    ELSEWHERE.iter().any(|(own, _)| rule == *own || rule.starts_with(&format!("{own} ")))
}

#[test]
fn every_rule_has_a_point_and_every_point_a_rule() {
    let (rules, points) = (document(), points());
    let has = |rule: &str| {
        let inside = [format!("{rule} "), format!("{rule}.")];
        points.iter().any(|point| point.rule == rule || inside.iter().any(|of| point.rule.starts_with(of)))
    };
    let missing: Vec<&String> = rules.keys().filter(|rule| !has(rule) && !elsewhere(rule)).collect();
    assert!(missing.is_empty(), "rules without a point: {missing:?}");
    let unknown: Vec<&str> =
        points.iter().map(|point| point.rule).filter(|rule| !rules.contains_key(*rule)).collect();
    assert!(unknown.is_empty(), "points of no rule: {unknown:?}");
    let kept: Vec<&str> =
        ELSEWHERE.iter().map(|(rule, _)| *rule).filter(|rule| !rules.contains_key(*rule)).collect();
    assert!(kept.is_empty(), "no rules of the document: {kept:?}");
    assert!(rules.len() > 80, "{} rules", rules.len());
}

#[test]
fn every_comparison_is_told_from_both_sides() {
    let points = points();
    let compares = |text: &str| {
        let words = ["sat(", "sat_", "sat32(", "clamp(", "min(", "max(", " < ", " > ", " >= ", "overflow("];
        words.iter().any(|word| text.contains(word))
    };
    let told = |rule: &str| {
        let own = points.iter().filter(|point| point.rule == rule);
        own.clone().any(|point| [COMPARED, ENDS, NOT_BELOW, SIGN, ROUNDED].contains(&point.sides))
    };
    let rules = document();
    let own = rules.iter().filter(|(rule, _)| points.iter().any(|point| point.rule == rule.as_str()));
    let silent: Vec<&String> = own
        .filter(|(rule, text)| compares(text) && !told(rule))
        .map(|(rule, _)| rule)
        .filter(|rule| OTHERWISE.iter().all(|(own, _)| own != rule))
        .collect();
    assert!(silent.is_empty(), "rules that compare, without both sides: {silent:?}");
    let idle: Vec<&str> = OTHERWISE
        .iter()
        .map(|(rule, _)| *rule)
        .filter(|rule| told(rule) || !compares(&rules[*rule]))
        .collect();
    assert!(idle.is_empty(), "told after all, or compare nothing: {idle:?}");
    for point in &points {
        let twice = points.iter().filter(|own| (own.rule, own.what) == (point.rule, point.what)).count();
        assert!(twice == 1 && point.sides.len() > 1, "{} {}", point.rule, point.what);
    }
}

/// The laws above can be broken: a rule more, or a point less, is seen.
#[test]
fn a_rule_more_is_seen() {
    let text = "\n## 2. Operations\n\n### 2.9 New\n\n1. `x = sat(y)`\n\n## 11. End\n";
    let rules = rules(text);
    assert_eq!(rules.keys().collect::<Vec<_>>(), ["2", "2.9", "2.9 line 1"]);
    assert!(rules.keys().all(|rule| points().iter().all(|point| point.rule != rule.as_str())));
}
