use std::path::Path;
use synfire::formats::control_list::*;
use synfire_chip::files::{NetworkOverrides, load_chip, network_from_text};
use synfire_chip::run::program::Control;

fn read_text(text: &str) -> Result<Vec<(u32, Control)>, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("c.csv");
    std::fs::write(&path, text).expect("a file");
    let limits = Limits { steps: 10, targets: vec![Some(-8..=7), None, Some(0..=1)] };
    read(&path, &limits).map_err(|error| error.to_string())
}

#[test]
fn events_come_by_step_then_by_line() {
    let text =
        "step,event,channel,value\n4,learn,,1\n# comment\n0,clear,,\n4,target,0,-8\n4,shift_offset,,2\n";
    let (on, target) = (Control::Learn(true), Control::Target { channel: 0, value: -8 });
    let list = vec![(0, Control::Clear), (4, on), (4, target), (4, Control::ShiftOffset(2))];
    assert_eq!(read_text(text), Ok(list));
    assert_eq!(read_text("9,target,2,1\n"), Ok(vec![(9, Control::Target { channel: 2, value: 1 })]));
    assert_eq!(read_text(""), Ok(Vec::new()));
}

#[test]
fn what_is_no_event_is_refused_at_its_line() {
    for (line, parts) in [
        ("10,clear,,", ["step is 10", "0..=9"]),
        ("0,claer,,", ["event is claer", EVENTS]),
        ("0,clear,1,", ["channel is 1", "nothing"]),
        ("0,clear,,0", ["value is 0", "nothing"]),
        ("0,target,3,0", ["channel is 3", "0..=2"]),
        ("0,target,1,0", ["channel is 1", "a readout that has targets"]),
        ("0,target,0,8", ["value is 8", "-8..=7"]),
        ("0,target,2,-1", ["value is -1", "0..=1"]),
        ("0,target,0,", ["value is empty", "-8..=7"]),
        ("0,learn,,2", ["value is 2", "0..=1"]),
        ("0,learn,0,1", ["channel is 0", "nothing"]),
        ("0,shift_offset,,256", ["value is 256", "0..=255"]),
        ("0,clear", ["columns is 0,clear", "step,event,channel,value"]),
    ] {
        let refused = read_text(&format!("{line}\n")).expect_err(line);
        for part in parts.into_iter().chain(["line 1"]) {
            assert!(refused.contains(part), "{line}: no `{part}` in {refused}");
        }
    }
}

/// A layer that hands errors down reads no target: whoever states events has none for it, what was sent to it is sent again.
#[test]
fn a_target_is_a_lane_of_the_membrane() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments");
    let text = std::fs::read_to_string(folder.join("digits-alignment.network.ron")).expect("a network");
    let chip = load_chip("small", &folder).expect("a chip");
    let network = network_from_text("n", &text, &folder, &chip, &NetworkOverrides::default()).expect("good");
    assert_eq!(chip.datapath.state_width, 24);
    // Registers are symmetric: one lane fewer than their bits have.
    let lanes = Some(-8_388_607..=8_388_607);
    let (stated, sent) = (Limits::of(&network, 10), Limits::of_sent(&network, 10));
    for population in &network.populations {
        let Some(readout) = &population.readout else { continue };
        let first = usize::from(readout.first_channel);
        let unread = if population.name == "readout" { lanes.clone() } else { None };
        for channel in first..first + population.neurons as usize {
            assert_eq!((&stated.targets[channel], &sent.targets[channel]), (&unread, &lanes), "{channel}");
        }
    }
    assert_eq!((stated.targets.len(), sent.targets.len()), (network.channels(), network.channels()));
    assert!(stated.targets.contains(&None) && stated.targets.contains(&lanes));
}
