use synfire::experiment::decides::*;

#[test]
fn differences_name_parts_that_changed_came_or_went() {
    let of = |seed: u32| Decides::default().with("settings", &seed).with("chip", &"small");
    assert_eq!(of(1), of(1));
    assert_eq!(of(1).differences(&of(1)), [""; 0]);
    assert_eq!(of(1).differences(&of(2)), ["settings"]);
    assert_eq!(of(1).differences(&of(1).with("data", &7)), ["data"]);
    assert_eq!(of(1).with("data", &7).differences(&of(2)), ["settings"]);
    assert_eq!(of(1).with("chip", &"paper").differences(&of(2)), ["chip", "settings"]);
    let two = Decides::default().and_of("a", &of(1)).and_of("b", &of(1));
    let other = Decides::default().and_of("a", &of(1).with("data", &7)).and_of("b", &of(2).with("data", &7));
    assert_eq!(two.differences(&other), ["settings of b", "data of a"]);
    assert!(Decides::default().is_empty() && !two.is_empty());
}
