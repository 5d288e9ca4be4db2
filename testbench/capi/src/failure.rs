//! What a call answers: a status, and a text for whoever wants to know why.
//!
//! Promises: [`answer`] returns whatever happens inside, a panic too; the text is that of the calling thread's last failure.
//! Absent on purpose: what can go wrong (whoever finds it says so).

use std::cell::RefCell;
use std::ffi::CString;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Status of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    /// Done; of a check: equal.
    Ok = 0,
    /// A check found a difference.
    Differs = 1,
    /// The handle is not that of a live model.
    NoModel = 2,
    /// A pointer, text, index or value that cannot be; nothing was done.
    Argument = 3,
    /// The files, or what they describe, are refused.
    Refused = 4,
    /// A bug in the model. It broke off; only freeing it is left.
    Fault = 5,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub status: Status,
    pub text: String,
}

impl Failure {
    pub fn argument(text: impl Display) -> Self {
        Self { status: Status::Argument, text: text.to_string() }
    }

    pub fn refused(text: impl Display) -> Self {
        Self { status: Status::Refused, text: text.to_string() }
    }

    pub fn differs(text: impl Display) -> Self {
        Self { status: Status::Differs, text: text.to_string() }
    }

    /// `found` where there are `count`.
    pub fn index(what: &str, found: u32, count: usize) -> Self {
        Self::argument(format_args!("no {what} {found}: there are {count}"))
    }
}

thread_local! {
    static LAST: RefCell<CString> = RefCell::default();
}

/// Calls `body`; its failure, or its panic, becomes a status and the thread's last error.
pub fn answer(body: impl FnOnce() -> Result<(), Failure>) -> i32 {
    // What a panic leaves half done is behind a lock, and the lock then says so.
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return Status::Ok as i32,
        Ok(Err(failure)) => failure,
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word");
            Failure { status: Status::Fault, text: format!("a bug in the model, which broke off: {said}") }
        }
    };
    remember(failure.text);
    failure.status as i32
}

fn remember(text: String) {
    let text = CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default();
    // A thread that ends has nobody left to ask.
    let _ = LAST.try_with(|last| last.replace(text));
}

/// The calling thread's last error, empty before the first.
pub fn last<T>(read: impl FnOnce(&CString) -> T) -> Option<T> {
    LAST.try_with(|last| last.try_borrow().ok().map(|last| read(&last))).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What C would call.
    extern "C" fn panics() -> i32 {
        answer(|| panic!("forced {}", 1))
    }

    #[test]
    fn a_panic_is_a_status_and_a_text() {
        assert_eq!(panics(), Status::Fault as i32);
        assert!(
            last(|text| text.to_str().is_ok_and(|text| text.ends_with("forced 1"))).is_some_and(|said| said)
        );
        assert_eq!(answer(|| Err(Failure::argument("a\0b"))), Status::Argument as i32);
        assert_eq!(last(|text| text.to_bytes().to_vec()), Some("a\u{fffd}b".as_bytes().to_vec()));
    }
}
