use synfire::report::json;
use synfire::report::model::{Block, Headline, Report, Table, TableCell, Text, Verdict};

#[test]
fn a_line_is_an_object_with_its_kind() {
    let mut report = Report { title: "t".into(), ..Report::default() };
    report.headlines.push(Headline {
        label: "accuracy".into(),
        text: "98.2 %".into(),
        number: Some(0.982),
        verdict: Verdict::Met,
        ..Headline::default()
    });
    let table = Table {
        title: "energy".into(),
        columns: vec!["part".into(), "pJ".into()],
        rows: vec![vec!["synapses".into(), TableCell::number(35.5, "35.5")]],
        notes: Vec::new(),
    };
    report.push(table);
    report.push(Text { title: "note \"quoted\"".into(), lines: vec!["a\nb".into()] });
    let mut out = Vec::new();
    json::write(&report, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            r#"{"kind":"report","title":"t","headlines":[{"label":"accuracy","text":"98.2 %","number":0.982,"note":"","verdict":"met"}],"intro":[]}"#,
            r#"{"kind":"table","title":"energy","columns":["part","pJ"],"rows":[[{"text":"synapses"},{"text":"35.5","number":35.5}]],"notes":[]}"#,
            r#"{"kind":"text","title":"note \"quoted\"","lines":["a\nb"]}"#,
        ]
    );
    let back: Block = serde_json::from_str(lines[1]).unwrap();
    assert_eq!(back, report.blocks[0]);
}
