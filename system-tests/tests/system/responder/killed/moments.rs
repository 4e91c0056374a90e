//! Exact moments at which a run is killed.

use std::fmt;

use super::super::stand_in::Moment;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kill {
    /// Before the n-th of these system calls of one thread, on the journal.
    Journal(&'static str, usize),
    /// Before the n-th of these system calls of one thread, on any file.
    Folder(&'static str, usize),
    /// When the n-th call of the run has come so far at the server.
    Call(Moment, usize),
    /// After so many milliseconds.
    After(u64),
}

impl Kill {
    /// In which series of steps it counts.
    pub(super) fn series(self) -> String {
        match self {
            Self::Journal(call, _) => format!("before {call} of the journal"),
            Self::Folder(call, _) => format!("before {call} in the folder"),
            Self::Call(Moment::Arrived, _) => "when a call arrives".to_owned(),
            Self::Call(Moment::Done, _) => "when a call is done, not answered".to_owned(),
            Self::Call(Moment::Answered, _) => "when a call is answered".to_owned(),
            Self::After(_) => "after a time".to_owned(),
        }
    }

    /// What `strace` is told, where it is the one who kills.
    pub(super) fn tracer(self, journal: &str, trace: &str) -> Option<Vec<String>> {
        let (call, at) = match self {
            Self::Journal(call, at) => (call, at),
            Self::Folder("mkdir", at) => ("?mkdir,mkdirat", at),
            Self::Folder("rename", at) => ("?rename,?renameat,renameat2", at),
            Self::Folder(call, at) => (call, at),
            Self::Call(..) | Self::After(_) => return None,
        };
        let mut told: Vec<String> = ["-f", "-qq", "-o", trace].map(str::to_owned).to_vec();
        if matches!(self, Self::Journal(..)) {
            told.extend(["-P".to_owned(), journal.to_owned()]);
        }
        told.extend(["-e".to_owned(), format!("trace={call}")]);
        told.extend(["-e".to_owned(), format!("inject={call}:signal=KILL:when={at}")]);
        Some(told)
    }
}

impl fmt::Display for Kill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(_, at) | Self::Folder(_, at) | Self::Call(_, at) => {
                write!(f, "{}, number {at}", self.series())
            }
            Self::After(milliseconds) => write!(f, "after {milliseconds} ms"),
        }
    }
}
