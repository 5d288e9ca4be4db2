use serde_json::Value;
use synfire::report::explorer::*;
use synfire::report::model::Report;

fn points() -> Explorer {
    let axis = |values: &[&str]| Axis::of("a", "chip.a", values.iter().map(|value| (*value).to_owned()));
    Explorer {
        axes: vec![axis(&["</script><b>", "8", "8"])],
        quantities: vec![Quantity { mean: vec![Some(1.5), None, Some(0.1 + 0.2)], ..Quantity::default() }],
        standing: vec![Standing::Sure, Standing::Beaten, Standing::Possible],
        counts: vec![true, false, true],
        commands: Commands::of(["run x --set a='<b>'", "run x --set a=8", ""].into_iter().map(str::to_owned)),
        ..Explorer::default()
    }
}

/// The data that the page's script reads.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").expect("data");
    serde_json::from_str(rest.split_once("</script>").expect("its end").0).expect("JSON")
}

#[test]
fn no_text_ends_the_script_that_holds_it() {
    let page = render(&Report::default(), &points()).unwrap();
    assert_eq!((page.matches("<script").count(), page.matches("</script>").count()), (2, 2));
    assert_eq!(data(&page)["axes"][0]["values"], serde_json::json!(["</script><b>", "8"]));
    assert_eq!(data(&page)["axes"][0]["at"], serde_json::json!([0, 1, 1]));
}

#[test]
fn figures_and_commands_are_in_the_page_as_they_were_given() {
    let data = data(&render(&Report::default(), &points()).unwrap());
    assert_eq!(data["quantities"][0]["mean"], serde_json::json!([1.5, null, 0.1 + 0.2]));
    assert_eq!(data["standing"], serde_json::json!(["sure", "", "possible"]));
    let word = |at: &Value| data["commands"]["words"][at.as_u64().unwrap() as usize].as_str().unwrap();
    let command = |point: usize| {
        let words = data["commands"]["of"][point].as_array().unwrap().iter();
        words.map(word).collect::<Vec<_>>().join(" ")
    };
    assert_eq!([0, 1, 2].map(command), ["run x --set a='<b>'", "run x --set a=8", ""]);
}

#[test]
fn the_page_stands_alone() {
    let page = render(&Report::default(), &points()).unwrap();
    assert!(!page.contains("http") && !page.contains("src=") && !page.contains("@import"));
}
