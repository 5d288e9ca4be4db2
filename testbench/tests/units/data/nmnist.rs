use synfire::data::events::Event;
use synfire::data::nmnist::*;
use synfire::data::set::Content;
use synfire::data::set::DataSet;
use synfire::data::set::OwnParts;
use synfire::formats::ArrayError;

fn bytes(x: u8, y: u8, polarity: u8, time: u32) -> [u8; 5] {
    let [_, high, middle, low] = time.to_be_bytes();
    [x, y, polarity << 7 | high, middle, low]
}

fn settings(margin: u32, downsample: u32) -> Nmnist {
    Nmnist { folder: String::new(), bin_us: 1000, steps: 100, margin, downsample }
}

fn folder(events: &[[u8; 5]]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (part, digit) in [("Train", "3"), ("Test", "7")] {
        let digit = folder.path().join(part).join(digit);
        std::fs::create_dir_all(&digit).expect("a folder");
        std::fs::write(digit.join("00001.bin"), events.concat()).expect("a file");
    }
    folder
}

fn load(settings: &Nmnist, events: &[[u8; 5]]) -> Result<(Vec<Event>, DataSet), ArrayError> {
    let folder = folder(events);
    let set = settings.load(folder.path())?;
    let Content::Events(samples) = &set.content else { panic!("events") };
    Ok((samples.sample(0).to_vec(), set))
}

#[test]
fn an_event_is_five_bytes() {
    let events = [bytes(33, 2, 1, 70_123), bytes(0, 0, 0, 999), bytes(0, 0, 0, 5), bytes(4, 4, 1, 100_000)];
    let (found, set) = load(&settings(0, 0), &events).unwrap();
    let twice = Event { count: 2, ..Event::once(0, 0) };
    assert_eq!(found, [twice, Event::once(70, (34 + 2) * 34 + 33)], "the last one is late");
    assert_eq!(set.labels(), [3, 7]);
    assert_eq!(set.own, Some(OwnParts { train: 0..1, validation: 0..0, test: 1..2 }));
    assert!(set.notes[0].contains("2 events after the last step"), "{:?}", set.notes);
    assert_eq!(set.linear_view().row(0)[0], 2);
}

#[test]
fn edges_are_cut_and_squares_are_channels() {
    let events =
        [bytes(0, 9, 0, 0), bytes(1, 1, 0, 0), bytes(2, 2, 0, 0), bytes(32, 32, 1, 0), bytes(33, 3, 0, 0)];
    let (found, set) = load(&settings(1, 1), &events).unwrap();
    // 32 pixels are 16 squares: pixels 1 and 2 are square 0, pixel 32 is square 15.
    let twice = Event { count: 2, ..Event::once(0, 0) };
    assert_eq!(found, [twice, Event::once(0, 511)]);
    assert_eq!(set.width(), 512);
}

#[test]
fn bad_files_are_named() {
    let error = load(&settings(0, 0), &[bytes(34, 0, 0, 0)]).unwrap_err().to_string();
    assert!(error.ends_with("00001.bin: event 0: x is 34, allowed 0..=33"), "{error}");
    let place = folder(&[bytes(1, 1, 0, 0)]);
    std::fs::write(place.path().join("Test/7/00002.bin"), [1, 2, 3]).expect("a file");
    let error = settings(0, 0).load(place.path()).unwrap_err().to_string();
    assert!(error.ends_with("found 3 bytes, allowed five bytes an event"), "{error}");
    std::fs::remove_dir_all(place.path().join("Test")).expect("gone");
    let error = settings(0, 0).load(place.path()).unwrap_err().to_string();
    assert!(error.contains("Test: found no such folder"), "{error}");
}
