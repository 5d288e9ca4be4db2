use proptest::prelude::*;
use synfire::report::model::Bars;
use synfire::report::model::Block;
use synfire::report::model::Confusion;
use synfire::report::model::Curves;
use synfire::report::model::Headline;
use synfire::report::model::Matrix;
use synfire::report::model::Raster;
use synfire::report::model::Report;
use synfire::report::model::Table;
use synfire::report::model::Verdict;
use synfire::report::model::{Bar, Group, Reference, Series, TableCell};
use synfire::report::terminal::*;

const PLAIN: Style = Style { width: 60, bold: false };

#[test]
fn numbers_stand_to_the_right() {
    let table = Table {
        columns: vec!["component".into(), "pJ".into()],
        rows: vec![
            vec!["synapses".into(), TableCell::number(1234.0, "1,234")],
            vec!["soma".into(), TableCell::number(5.0, "5")],
            vec!["short row".into()],
        ],
        notes: vec!["prices: table 2".into()],
        ..Table::default()
    };
    let expected = "\
───────────────────
 component      pJ
═══════════════════
 synapses    1,234
 soma            5
 short row
───────────────────
prices: table 2
";
    assert_eq!(block(&table.into(), PLAIN), expected);
}

#[test]
fn a_group_of_a_matrix_is_a_table_of_what_it_has() {
    let group = |name: &str, columns: &[&str]| Group {
        name: name.into(),
        columns: columns.iter().map(|c| (*c).into()).collect(),
    };
    let matrix = Matrix {
        groups: vec![group("digits", &["float", "8"]), group("evidence", &["16"])],
        rows: vec![
            vec!["DCLL".into(), TableCell::number(0.9, "90.0"), TableCell::number(0.8, "80.0"), "".into()],
            vec!["e-prop".into(), "".into(), "".into(), TableCell::number(0.7, "70.0")],
        ],
        notes: vec!["percent".into()],
        ..Matrix::default()
    };
    let expected = "\
───────────────────────
 digits   float      8
═══════════════════════
 DCLL      90.0   80.0
───────────────────────
─────────────────
 evidence     16
═════════════════
 e-prop     70.0
─────────────────
percent
";
    assert_eq!(block(&matrix.into(), PLAIN), expected);
}

#[test]
fn headlines_come_first() {
    let mut report = Report { title: "digits".into(), intro: vec!["one two".into()], ..Report::default() };
    report.headlines.push(Headline {
        label: "accuracy".into(),
        text: "98.2 %".into(),
        note: "linear 96.4 %".into(),
        verdict: Verdict::Met,
        number: Some(0.982),
    });
    let text = render(&report, PLAIN);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "digits");
    assert_eq!(lines[3], " accuracy   98.2 %   met   linear 96.4 %");
    assert_eq!(lines.last(), Some(&"one two"));
    assert!(!text.contains('\x1b'));
    assert!(render(&report, Style { bold: true, ..PLAIN }).starts_with("\x1b[1mdigits\x1b[0m\n"));
}

#[test]
fn a_curve_is_a_line() {
    let points = (0..200).map(|i| (f64::from(i), f64::from(i) / 2.0)).collect();
    let curves = Curves {
        x_label: "epoch".into(),
        y_label: "accuracy / %".into(),
        series: vec![Series { name: "chip".into(), points }, Series::default()],
        references: vec![Reference { name: "linear".into(), y: 96.4 }],
        ..Curves::default()
    };
    let text = block(&curves.into(), PLAIN);
    assert_eq!(
        text,
        "accuracy / % over epoch\nchip    ▁▁▂▂▃▃▄▄▅▅▆▆▇▇  first 0  last 99.50\nlinear  96.40\n".replace(
            "▁▁▂▂▃▃▄▄▅▅▆▆▇▇",
            &sparkline(&(0..200).map(f64::from).collect::<Vec<_>>(), 0.0, 199.0, 14)
        )
    );
    assert!(text.lines().all(|l| l.chars().count() <= 60));
}

#[test]
fn zeros_do_not_hide_mistakes() {
    let confusion = Confusion {
        classes: vec!["0".into(), "1".into()],
        counts: vec![vec![5, 0], vec![1, 4]],
        ..Confusion::default()
    };
    let text = block(&confusion.into(), PLAIN);
    assert!(text.contains("5   ·"), "{text}");
    assert!(text.ends_with("9 of 10 right (90.0 %)\n"), "{text}");
}

#[test]
fn bars_are_proportional() {
    let bar =
        |name: &str, value: f64| Bar { name: name.into(), value, text: value.to_string(), ..Bar::default() };
    let bars =
        Bars { x_label: "pJ".into(), bars: vec![bar("synapse", 8.0), bar("hop", 2.0)], ..Bars::default() };
    let text = block(&bars.into(), Style { width: 29, bold: false });
    assert_eq!(
        text,
        "pJ\nsynapse  8  ████████████████▉\nhop      2  ████▎\n"
            .replace("████████████████▉", &"█".repeat(17))
    );
}

#[test]
fn empty_and_odd_blocks_do_not_fail() {
    let blocks: [Block; 6] = [
        Table::default().into(),
        Curves::default().into(),
        Confusion::default().into(),
        Raster::default().into(),
        Bars::default().into(),
        Raster {
            steps: u64::MAX,
            neurons: u32::MAX,
            spikes: vec![(u64::MAX, 1), (9, u32::MAX)],
            ..Raster::default()
        }
        .into(),
    ];
    blocks.iter().for_each(|b| assert!(block(b, Style { width: 0, bold: false }).len() < 10_000));
}

#[test]
fn a_raster_shows_where_spikes_are() {
    let spikes = (0..10).map(|s| (s, s as u32)).collect();
    let raster = Raster { steps: 10, neurons: 10, spikes, ..Raster::default() };
    let text = block(&raster.into(), PLAIN);
    assert_eq!(text.lines().next(), Some("       0 #"));
    assert_eq!(text.lines().nth(9), Some("       9          #"));
    let below = "neurons down, steps 0..10 to the right; 10 spikes, darkest cell 1";
    assert_eq!(text.lines().skip(10).collect::<Vec<_>>().join(" "), below);
}

#[test]
fn long_lines_are_folded_at_spaces() {
    let mut out = String::new();
    wrapped("aaa bbb  ccc", 7, &mut out);
    assert_eq!(out, "aaa bbb\nccc\n");
}

/// Words of a name, of any length.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,12}( [a-z]{1,12}){0,3}",
        1 => "[a-z_,/]{30,200}",
        1 => "[a-z]{1,90}( [a-z]{1,90}){0,6}",
    ]
}

/// A number as a report shows it, or a text in its place.
fn cell() -> impl Strategy<Value = TableCell> {
    let number = (-1e12..1e12_f64, 0_usize..4)
        .prop_map(|(value, places)| TableCell::number(value, format!("{value:.places$}")));
    prop_oneof![4 => number, 1 => name().prop_map(|name| name.as_str().into()), 1 => Just("".into())]
}

fn long_table() -> impl Strategy<Value = Table> {
    let rows =
        |columns: usize| prop::collection::vec((name(), prop::collection::vec(cell(), 0..=columns)), 0..6);
    let parts = prop::collection::vec(name(), 0..30)
        .prop_flat_map(move |columns| (rows(columns.len()), Just(columns)));
    (parts, name()).prop_map(|((rows, names), note)| Table {
        columns: std::iter::once("row".to_owned()).chain(names).collect(),
        rows: rows.into_iter().map(|(name, cells)| [vec![name.as_str().into()], cells].concat()).collect(),
        notes: vec![note.chars().take(80).collect()],
        ..Table::default()
    })
}

/// The longest line, in characters.
fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

proptest! {
    /// However many columns and however long the names: no line is wider than the terminal, no number is folded.
    #[test]
    fn no_table_is_wider_than_the_terminal(table in long_table(), width in 80_u16..=160) {
        let numbers: Vec<String> =
            table.rows.iter().flatten().filter(|cell| cell.number.is_some()).map(|cell| cell.text.clone()).collect();
        let columns = table.columns.len();
        let named = Matrix {
            groups: vec![Group { name: table.columns[0].clone(), columns: table.columns[1..].to_vec() }],
            rows: table.rows.iter().filter(|row| row.len() == columns).cloned().collect(),
            ..Matrix::default()
        };
        let text = block(&table.into(), Style { width, bold: false });
        prop_assert!(widest(&text) <= usize::from(width), "{} of {width}\n{text}", widest(&text));
        for number in numbers {
            prop_assert!(text.split_whitespace().any(|word| word == number), "{number} is folded\n{text}");
        }
        let text = block(&named.into(), Style { width, bold: false });
        prop_assert!(widest(&text) <= usize::from(width), "{} of {width}\n{text}", widest(&text));
    }

    /// The same of key figures, curves, confusion matrices and bars.
    #[test]
    fn no_chart_is_wider_than_the_terminal(
        names in prop::collection::vec(name(), 1..20),
        values in prop::collection::vec(-1e9..1e9_f64, 1..200),
        width in 80_u16..=160,
    ) {
        let style = Style { width, bold: false };
        let points: Vec<(f64, f64)> = values.iter().enumerate().map(|(x, y)| (x as f64, *y)).collect();
        let series = names.iter().map(|name| Series { name: name.clone(), points: points.clone() });
        let label: String = names[0].chars().take(70).collect();
        let curves = Curves { x_label: label.clone(), series: series.collect(), ..Curves::default() };
        let counts = vec![vec![7_654_321; names.len()]; names.len()];
        let confusion = Confusion { classes: names.clone(), counts, ..Confusion::default() };
        let bar = |(name, value): (&String, &f64)| Bar { name: name.clone(), value: *value, text: format!("{value:.1} pJ"), ..Bar::default() };
        let bars = Bars { x_label: label, bars: names.iter().zip(&values).map(bar).collect(), ..Bars::default() };
        let mut report = Report { blocks: vec![curves.into(), confusion.into(), bars.into()], ..Report::default() };
        report.headlines = names
            .iter()
            .map(|name| Headline { label: name.clone(), text: "98.2 %".into(), note: name.clone(), ..Headline::default() })
            .collect();
        let text = render(&report, style);
        prop_assert!(widest(&text) <= usize::from(width), "{} of {width}\n{text}", widest(&text));
    }
}
