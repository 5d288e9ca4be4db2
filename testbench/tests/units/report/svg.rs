use synfire::report::model::Block;
use synfire::report::model::{
    Band, Bar, Bars, Confusion, Curves, Histogram, Lane, Mark, Plan, PlanWay, Raster, Reference, Series,
    Spot, Timeline,
};
use synfire::report::svg::canvas::{WIDTH, cut};
use synfire::report::svg::palette::Ink;
use synfire::report::svg::*;

fn svg(block: impl Into<Block>) -> String {
    let document = chart(&block.into()).unwrap().unwrap();
    assert!(document.starts_with("<svg ") && document.trim_end().ends_with("</svg>"), "{document}");
    assert!(!document.contains("NaN") && !document.contains("inf"), "{document}");
    document
}

fn curves(points: Vec<(f64, f64)>) -> Curves {
    Curves {
        x_label: "epoch".into(),
        y_label: "accuracy / %".into(),
        series: vec![Series { name: "chip <1>".into(), points }],
        references: vec![Reference { name: "linear".into(), y: 96.4 }],
        ..Curves::default()
    }
}

#[test]
fn curves_have_labels_legend_and_line() {
    let document = svg(curves(vec![(1.0, 90.0), (2.0, 97.0), (3.0, f64::NAN)]));
    for text in ["epoch", "accuracy / %", "chip &lt;1&gt;", "linear", "<polyline", "<circle"] {
        assert!(document.contains(text), "{text}: {document}");
    }
    assert_eq!(document.matches("<circle").count(), 2, "a point that is not finite is left out");
}

#[test]
fn whole_epochs_have_whole_numbers() {
    let epochs = |last: u32| svg(curves((1..=last).map(|epoch| (epoch.into(), 96.0)).collect()));
    for last in 2..=7 {
        let document = epochs(last);
        (1..=last).for_each(|epoch| assert!(document.contains(&format!("\n{epoch}\n")), "{epoch} of {last}"));
        assert!(!document.contains("\n1.2\n") && !document.contains("\n1.5\n"), "{last}: {document}");
    }
    let between = svg(curves(vec![(1.0, 96.0), (1.5, 96.0), (2.0, 96.0)]));
    assert!(between.contains("\n1.2\n"), "{between}");
}

/// Two lines of one colour are told apart by dashes: a whole line is one path, a dashed one has a path a dash.
#[test]
fn lines_beyond_the_colours_are_dashed() {
    let one = curves(vec![(0.0, 0.0), (1.0, 1.0)]);
    let lines = |series: usize| {
        let series = vec![one.series[0].clone(); series];
        svg(Curves { series, ..one.clone() }).matches("<polyline").count()
    };
    assert_eq!(lines(6) - lines(5), 1);
    assert!(lines(7) - lines(6) > 5);
}

#[test]
fn degenerate_curves_are_drawn() {
    for points in [
        vec![],
        vec![(0.0, 0.0)],
        vec![(1.0, f64::INFINITY)],
        vec![(5.0, 1e15), (5.0, 1e15 + 0.125)],
        vec![(-1e300, 1e300), (1.0, -1e199), (2.0, 1e199)],
        vec![(1e-320, 1e-320), (2e-320, 3e-320)],
    ] {
        svg(curves(points));
    }
}

#[test]
fn long_curves_are_thinned_without_losing_extremes() {
    let points = (0..100_000).map(|i| (f64::from(i), if i == 70_001 { 500.0 } else { 96.0 })).collect();
    let document = svg(curves(points));
    assert!(document.len() < 40_000, "{}", document.len());
    assert!(document.contains("\n500\n"), "the peak is on the axis");
}

#[test]
fn a_heat_map_has_its_numbers() {
    let document = svg(Confusion {
        classes: vec!["zero".into(), "one".into()],
        counts: vec![vec![51, 2], vec![0, 47]],
        ..Confusion::default()
    });
    for number in ["51", "2", "47", "96.2 %", "100.0 %"] {
        assert!(document.contains(&format!("\n{number}\n")), "{number}: {document}");
    }
    let many = 300;
    svg(Confusion {
        classes: (0..many).map(|c| c.to_string()).collect(),
        counts: vec![vec![1; many]; many],
        ..Confusion::default()
    });
    svg(Confusion { classes: vec!["a".into()], counts: vec![vec![1, 2, 3], vec![]], ..Confusion::default() });
}

#[test]
fn a_raster_is_bounded_by_its_pixels() {
    let spikes = (0..500_u64).flat_map(|s| (0..2000_u32).map(move |n| (s, n))).collect();
    let bands = vec![Band { name: "hidden".into(), first: 0, neurons: 2000 }];
    let document = svg(Raster { steps: 500, neurons: 2000, spikes, bands, ..Raster::default() });
    assert!(document.len() < 60_000, "{}", document.len());
    assert!(document.contains("1,000,000 spikes of 2000 neurons"));
    let beyond = vec![(u64::MAX, 0), (0, u32::MAX), (3, 3)];
    let document = svg(Raster { steps: 10, neurons: 10, spikes: beyond, ..Raster::default() });
    assert_eq!(document.matches("#2F6DB5").count(), 1);
    svg(Raster {
        steps: u64::MAX,
        neurons: u32::MAX,
        spikes: vec![(u64::MAX - 1, u32::MAX - 1)],
        ..Raster::default()
    });
}

#[test]
fn bars_start_at_zero() {
    let bar = |value| Bar { name: "synapses".into(), value, text: "5 pJ".into(), ..Bar::default() };
    let document = svg(Bars { bars: vec![bar(1.0), bar(0.0), bar(-3.0), bar(f64::NAN)], ..Bars::default() });
    assert_eq!(document.matches("width=\"0\"").count(), 3);
    svg(Bars::default());
}

#[test]
fn ends_of_a_bar_are_drawn_and_make_room() {
    let bar = |ends| Bar { name: "soma".into(), value: 4.0, text: "4 pJ".into(), ends };
    let width = |ends| {
        let document = svg(Bars { bars: vec![bar(ends)], ..Bars::default() });
        let rect =
            document.split("fill=\"#2F6DB5\"").next().unwrap().rsplit("<rect").next().unwrap().to_owned();
        rect.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse::<u32>().unwrap()
    };
    let (alone, bounded) = (width(None), width(Some((2.0, 8.0))));
    assert!(bounded.abs_diff(alone / 2) <= 1, "{alone}, {bounded}: the upper end is the longest");
    svg(Bars { bars: vec![bar(Some((f64::NAN, f64::INFINITY)))], ..Bars::default() });
}

fn spot(tile: (u32, u32), value: f64) -> Spot {
    Spot { tile, value, name: "core".into(), text: "7 %".into(), ..Spot::default() }
}

#[test]
fn a_plan_is_bounded_by_its_pixels() {
    let plan = |side: u32| Plan {
        columns: side,
        rows: side,
        places: 1,
        spots: (0..side * side).map(|at| spot((at % side, at / side), f64::from(at))).collect(),
        ways: (0..side).map(|at| PlanWay { from: (at, 0), to: (at + 1, 0), ..PlanWay::default() }).collect(),
        ..Plan::default()
    };
    let small = svg(plan(3));
    assert_eq!(small.matches("#2F6DB5").count(), 9 + 6, "nine places and the scale");
    assert!(svg(plan(256)).len() < 1_500_000);
    // Values that cannot be drawn, tiles that are not there.
    svg(Plan { spots: vec![spot((9, 9), f64::NAN), spot((0, 0), f64::INFINITY)], ..Plan::default() });
}

#[test]
fn a_plan_shows_the_largest_of_what_falls_together() {
    let spots = vec![spot((0, 0), 1.0), spot((1, 1), 8.0), spot((2, 0), 4.0)];
    let document = svg(Plan { columns: 128, rows: 128, places: 4, spots, ..Plan::default() });
    let strengths = |part: &str| document.matches(&format!("opacity=\"{part}")).count();
    assert_eq!((strengths("0.6"), strengths("0.34")), (1 + 1, 1 + 1), "and in the scale: {document}");
}

#[test]
fn ways_around_the_edge_leave_on_the_far_side() {
    let way = |from, to| PlanWay { from, to, value: 1.0, text: "1".into() };
    let x = |ways| {
        let document = svg(Plan { columns: 4, rows: 1, places: 1, ways, ..Plan::default() });
        let rect =
            document.split("fill=\"#C2621B\"").next().unwrap().rsplit("<rect").next().unwrap().to_owned();
        rect.split("x=\"").nth(1).unwrap().split('"').next().unwrap().parse::<i32>().unwrap()
    };
    let [east, west, around] =
        [((1, 0), (2, 0)), ((1, 0), (0, 0)), ((3, 0), (0, 0))].map(|(from, to)| x(vec![way(from, to)]));
    assert!(west < east && east < around, "{west}, {east}, {around}");
}

#[test]
fn a_timeline_is_bounded_by_its_pixels_and_keeps_its_peak() {
    let steps: Vec<Vec<f64>> = (0..100_000).map(|at| vec![f64::from(at % 7), 1.0]).collect();
    let mut timeline = Timeline {
        parts: vec!["core".into(), "barrier".into()],
        steps,
        lanes: vec![Lane { name: "core 3".into(), steps: (0..100_000).step_by(2).collect() }],
        ..Timeline::default()
    };
    timeline.steps[60_001] = vec![499.0, 1.0];
    let document = svg(timeline);
    assert!(document.len() < 400_000, "{}", document.len());
    assert!(document.contains("\n500\n") && document.contains("\n50,000\n"), "the peak, the lane's steps");
    svg(Timeline::default());
    svg(Timeline { parts: vec!["a".into()], steps: vec![vec![f64::NAN], vec![]], ..Timeline::default() });
}

#[test]
fn a_histogram_shows_every_class_that_holds_something() {
    let mark = |name: &str, value| Mark { name: name.into(), value };
    let document = svg(Histogram {
        first: 8,
        width: 4,
        counts: vec![1, 0, 1_000_000, 3],
        marks: vec![mark("least", 8), mark("beyond", 1000)],
        ..Histogram::default()
    });
    let bars = document.matches("fill=\"#2F6DB5\"").count();
    assert_eq!(bars, 3, "{document}");
    for text in ["8", "24", "1.00 M", "least", "beyond"] {
        assert!(document.contains(&format!("\n{text}\n")), "{text}: {document}");
    }
    // However wide its letters, the number at the plot's end stays in the picture.
    let end = document.lines().zip(document.lines().skip(1)).find(|(_, text)| *text == "24").unwrap().0;
    assert!(end.contains("text-anchor=\"end\"") && end.contains(&format!("x=\"{WIDTH}\"")), "{end}");
    svg(Histogram::default());
    svg(Histogram { width: 1, counts: vec![7], marks: vec![mark("one", 0)], ..Histogram::default() });
}

#[test]
fn long_names_are_cut() {
    assert_eq!(cut("population", 1000), "population");
    assert_eq!(cut("population", 32), "pop\u{2026}");
    assert_eq!(cut("population", -3), "\u{2026}");
}

#[test]
fn every_ink_differs() {
    let inks: Vec<_> =
        [Ink::Text, Ink::Quiet, Ink::Grid].into_iter().chain((0..6).map(Ink::Series)).collect();
    for (i, a) in inks.iter().enumerate() {
        assert!(inks[i + 1..].iter().all(|b| a.color() != b.color()));
    }
    assert_eq!(palette::dark_rules(".x").lines().count(), 18);
}
