use synfire::experiment::hashed::*;

#[test]
fn a_file_that_is_missing_changed_or_no_file_is_at_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    std::fs::write(&path, b"bytes").expect("a file");
    let whole = HashedFile::new("a", &path).expect("a hash");
    assert_eq!(whole.fault(folder.path()), None);
    for (bytes, fault) in [(&b"bytez"[..], "its SHA-256"), (b"byte", "its SHA-256"), (b"", "its SHA-256")] {
        std::fs::write(&path, bytes).expect("a file");
        let found = whole.fault(folder.path()).expect("a fault");
        assert!(found.contains(fault), "{found}");
    }
    std::fs::remove_file(&path).expect("a file");
    assert!(whole.fault(folder.path()).is_some_and(|found| found.ends_with("a: it is missing")));
    std::fs::create_dir(&path).expect("a folder");
    assert!(whole.fault(folder.path()).is_some_and(|found| found.contains("it is a folder")));
}
