use std::io::{Error, ErrorKind};
use std::path::PathBuf;
use synfire::cli::error::*;
use synfire::formats::ArrayError;
use synfire::hardware::error::HardwareError;

/// Whatever kind of file it is.
#[test]
fn an_array_that_cannot_be_written_is_no_wrong_input() {
    let array = |action| ArrayError::Io {
        path: PathBuf::from("weights.npy"),
        action,
        source: Error::from(ErrorKind::StorageFull),
    };
    let status = |action| CommandError::from(HardwareError::from(array(action))).status();
    assert_eq!(["create", "write", "open", "read"].map(status), [1, 1, 2, 2]);
}
