use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
use synfire::data::nmnist::Nmnist;
use synfire::experiment::file::Data;
use synfire::experiment::labelled;
use synfire::experiment::origin::Origin;
use synfire::experiment::reference::Opened;
use synfire::experiment::shared::{MOST_BYTES, Shared};
use synfire_chip::files::{ReadLog, read_text};

#[test]
fn files_are_loaded_once_while_they_are_what_they_were() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    std::fs::write(&path, "one").expect("a file");
    let (shared, loads) = (Shared::keeping(), Cell::new(0));
    let of = [path.clone()];
    let get = |shared: &Shared, name: &str| {
        shared.get(name, &of, || {
            loads.set(loads.get() + 1);
            read_text(&path)
        })
    };
    let first = get(&shared, "a").expect("a text");
    let log = ReadLog::begin();
    let again = get(&shared, "a").expect("a text");
    assert!(Arc::ptr_eq(&first, &again) && loads.get() == 1);
    assert_eq!(log.files(), of, "who logs what is read hears of what is taken again");
    // Another name is another load; so is one of whoever shares nothing.
    get(&shared, "b").expect("a text");
    get(&Shared::default(), "a").expect("a text");
    get(&Shared::default(), "a").expect("a text");
    assert_eq!(loads.get(), 4);
    // As long, and edited; put in its place; gone.
    std::fs::write(&path, "two").expect("a file");
    assert_eq!((get(&shared, "a").expect("a text").as_str(), first.as_str()), ("two", "one"));
    std::fs::write(folder.path().join("b"), "six").expect("a file");
    std::fs::rename(folder.path().join("b"), &path).expect("a file");
    assert_eq!(get(&shared, "a").expect("a text").as_str(), "six");
    std::fs::remove_file(&path).expect("a file");
    get(&shared, "a").expect_err("it is gone");
    get(&shared, "a").expect_err("no error is kept");
    assert_eq!(loads.get(), 8);
}

/// A file that is edited while it is read may be half of each.
#[test]
fn what_was_edited_meanwhile_is_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    std::fs::write(&path, "one").expect("a file");
    let (shared, of) = (Shared::keeping(), [path.clone()]);
    let torn = shared.get("a", &of, || {
        let text = read_text(&path)?;
        std::fs::write(&path, "three").map(|()| text)
    });
    assert_eq!(torn.expect("a text").as_str(), "one");
    assert_eq!(shared.get("a", &of, || read_text(&path)).expect("a text").as_str(), "three");
}

#[test]
fn what_was_asked_for_longest_ago_is_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    let (shared, loads) = (Shared::keeping(), Cell::new(0));
    let path = |name: &str| folder.path().join(name);
    // Sparse: three of them are more than is kept.
    for name in ["a", "b", "c"] {
        std::fs::File::create(path(name)).and_then(|file| file.set_len(MOST_BYTES / 5 * 2)).expect("a file");
    }
    let get = |name: &str| {
        let load = || {
            loads.set(loads.get() + 1);
            Ok::<_, std::io::Error>(())
        };
        shared.get(name, &[path(name)], load).expect("nothing");
        loads.get()
    };
    assert_eq!(["a", "b", "a", "c", "a", "b"].map(get), [1, 2, 2, 3, 3, 4]);
}

/// What an experiment names, at a place that shares what it loads.
fn place(shared: &Shared, folder: &std::path::Path) -> Origin {
    let opened = Opened::new("e.ron", "", Some(folder.to_owned()));
    Origin::new(&Opened { shared: shared.clone(), ..opened })
}

#[test]
fn data_sets_are_shared_until_a_file_of_them_is_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    };
    for name in ["Train/3/1.bin", "Test/7/1.bin"] {
        write(name, &[1, 2, 0, 0, 9]);
    }
    let settings = Nmnist { folder: String::new(), bin_us: 1000, steps: 100, margin: 0, downsample: 0 };
    let shared = Shared::keeping();
    let load = |data: &Data, shared: &Shared| {
        labelled::load(data, &place(shared, folder.path())).expect("a data set").expect("one of files")
    };
    let nmnist = Data::Nmnist(settings.clone());
    let first = load(&nmnist, &shared);
    assert!(Arc::ptr_eq(&first, &load(&nmnist, &shared)));
    assert!(!Arc::ptr_eq(&first, &load(&nmnist, &Shared::default())));
    assert!(!Arc::ptr_eq(&first, &load(&Data::Nmnist(Nmnist { bin_us: 500, ..settings }), &shared)));
    assert!(Arc::ptr_eq(&load(&Data::Digits, &shared), &load(&Data::Digits, &shared)));
    // A recording more is another data set.
    write("Test/7/2.bin", &[3, 2, 0, 0, 9]);
    let more = load(&nmnist, &shared);
    assert_eq!((first.labels(), more.labels()), (&[3, 7][..], &[3, 7, 7][..]));
    assert_ne!(first.fingerprint(), more.fingerprint());
    let files: Vec<PathBuf> = Nmnist::files(folder.path()).expect("recordings");
    assert_eq!(files.len(), 3);
}
