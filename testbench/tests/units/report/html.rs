use synfire::report::html::*;
use synfire::report::model::Headline;
use synfire::report::model::Matrix;
use synfire::report::model::Report;
use synfire::report::model::Table;
use synfire::report::model::Verdict;
use synfire::report::model::{Bar, Bars, Group, TableCell, Text};

fn report() -> Report {
    let mut report =
        Report { title: "a < b & \"c\"".into(), intro: vec!["what".into()], ..Report::default() };
    report.headlines.push(Headline {
        label: "accuracy".into(),
        text: "98.2 %".into(),
        verdict: Verdict::Missed,
        ..Headline::default()
    });
    report.push(Text { title: "Section".into(), lines: vec!["<script>".into()] });
    report.push(Table {
        columns: (0..5).map(|c| format!("c{c}")).collect(),
        rows: vec![vec!["x".into(), TableCell::count(1234)]],
        ..Table::default()
    });
    report.push(Bars {
        title: "Energy".into(),
        bars: vec![Bar { name: "soma".into(), value: 1.0, text: "1 pJ".into(), ..Bar::default() }],
        ..Bars::default()
    });
    report
}

#[test]
fn text_is_escaped() {
    let page = render(&report()).unwrap();
    assert!(page.contains("<title>a &lt; b &amp; &quot;c&quot;</title>"));
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
}

#[test]
fn the_page_stands_alone() {
    let page = render(&report()).unwrap();
    let outside = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!outside.contains("http") && !outside.contains("src=") && !outside.contains("@import"));
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("<svg "));
}

#[test]
fn key_figures_come_before_blocks() {
    let page = render(&report()).unwrap();
    let at = |text: &str| page.find(text).unwrap();
    assert!(at("98.2&nbsp;%") < at("Section") && at("Section") < at("1,234"));
    assert!(page.contains("<div class=\"tile missed\">"));
}

#[test]
fn rows_are_filled_and_numbers_marked() {
    let page = render(&report()).unwrap();
    assert!(page.contains("<td>x</td><td class=\"number\">1,234</td><td></td><td></td><td></td></tr>"));
    assert!(page.contains("<th scope=\"col\" class=\"number\">c1</th>"));
}

#[test]
fn groups_of_a_matrix_span_their_columns() {
    let mut report = report();
    report.push(Matrix {
        groups: vec![
            Group { name: "a & b".into(), columns: vec!["float".into(), "8 bits".into()] },
            Group { name: "c".into(), columns: vec!["16 bits".into()] },
        ],
        rows: vec![vec![
            "rule".into(),
            TableCell::number(0.9, "90"),
            TableCell::number(0.8, "80"),
            "".into(),
        ]],
        ..Matrix::default()
    });
    let page = render(&report).unwrap();
    assert!(page.contains("<th scope=\"colgroup\" colspan=\"2\" class=\"first\">a &amp; b</th>"));
    let row = "<tr><th scope=\"row\">rule</th><td class=\"number first\">90</td><td class=\"number\">80</td>\
               <td class=\"number first\"></td></tr>";
    assert!(page.contains(row));
}

#[test]
fn elements_are_closed() {
    let page = render(&report()).unwrap();
    for element in ["html", "main", "header", "section", "table", "div", "dl", "svg", "style", "tr"] {
        let open =
            page.matches(&format!("<{element}>")).count() + page.matches(&format!("<{element} ")).count();
        assert_eq!(open, page.matches(&format!("</{element}>")).count(), "{element}");
    }
}

#[test]
fn ends_stand_below_their_figure_and_units_beside_it() {
    let mut report = Report::default();
    report.headlines.push(Headline { text: "2.74 mJ (956 uJ to 4.91 mJ)".into(), ..Headline::default() });
    report.headlines.push(Headline { text: "12 seeds".into(), ..Headline::default() });
    let page = render(&report).unwrap();
    let ends = "<dd>2.74&nbsp;mJ <span class=\"ends\">(956&nbsp;uJ to 4.91&nbsp;mJ)</span></dd>";
    assert!(page.contains(ends) && page.contains("<dd>12 seeds</dd>"), "{page}");
}

#[test]
fn what_is_no_number_stands_where_numbers_stand() {
    let mut report = Report::default();
    let rows = vec![
        vec!["a".into(), "-".into(), TableCell::count(1), "-".into()],
        vec!["b".into(), "-".into(), "-".into(), "words".into()],
    ];
    let columns = ["", "none", "some", "words"].map(str::to_owned).to_vec();
    report.push(Table { columns, rows, ..Table::default() });
    let page = render(&report).unwrap();
    let none = "<td class=\"number\">-</td>";
    assert!(page.contains(&format!("<td>a</td>{none}<td class=\"number\">1</td><td>-</td>")), "{page}");
    assert!(page.contains(&format!("<td>b</td>{none}{none}<td>words</td>")), "{page}");
    assert!(page.contains("<th scope=\"col\" class=\"number\">none</th>"), "{page}");
}
