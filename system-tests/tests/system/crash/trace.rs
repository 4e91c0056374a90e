//! Reads the system calls of a server, as `strace -f -ttt -y` writes them, and says whether each
//! act was on the disk before it was answered: between the answer before and its own, something
//! was written to the log of the database, and after the last such write a sync of that same log
//! began and succeeded. Pure; it knows neither the server nor the time.
//!
//! The server also writes of its own accord, when secrets were last used, about once a second. Such
//! a write may have begun between an act's sync and its answer; how often that may be is told.

use std::collections::HashMap;

/// What was seen when an answer began to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Answer {
    /// Writes to the log since the answer before.
    writes: u64,
    /// Of those, how many a sync has covered.
    covered: u64,
    /// Of all writes so far, those that no sync had covered.
    unsynced: u64,
}

/// The last `acts` answers of the trace are those of acts, each asked for after the answer before.
/// At most `others_max` of them may come while a write of the server's own is not yet synced.
pub(super) fn check(trace: &str, log: &str, acts: usize, others_max: usize) -> Result<(), String> {
    let mut others_left = others_max;
    let answers = Watch::over(trace, log);
    let before = answers.len().checked_sub(acts);
    let before = before.ok_or_else(|| format!("{} answers to {acts} acts", answers.len()))?;
    for (number, answer) in (1..).zip(&answers[before..]) {
        match answer {
            Answer { writes: 0, .. } => return Err(format!("act {number}: nothing was written")),
            Answer { unsynced: 0, .. } => {}
            Answer { covered: 1.., .. } if others_left > 0 => others_left -= 1,
            Answer { unsynced, .. } => {
                return Err(format!("act {number}: answered before {unsynced} writes were synced"));
            }
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    Write,
    Sync,
    Answer,
}

#[derive(Default)]
struct Watch {
    begun: u64,
    ended: u64,
    /// How many writes had ended when the last sync that succeeded began.
    synced: u64,
    begun_at_last_answer: u64,
    /// By thread: the call it is in, and how many writes had ended when it began.
    within: HashMap<String, (Option<Call>, u64)>,
    answers: Vec<Answer>,
}

impl Watch {
    fn over(trace: &str, log: &str) -> Vec<Answer> {
        let mut watch = Self::default();
        for line in trace.lines() {
            watch.line(line, log);
        }
        watch.answers
    }

    /// `THREAD TIME CALL(ARGUMENTS) = RESULT`; a call during which another thread was seen comes
    /// in two lines, the first with `<unfinished ...>`, the second with `<... CALL resumed>`.
    fn line(&mut self, line: &str, log: &str) {
        let Some((thread, rest)) = line.split_once(' ') else { return };
        let Some((_time, text)) = rest.trim_start().split_once(' ') else { return };
        if !text.starts_with("<... ") {
            let call = call(text, log);
            self.within.insert(thread.to_owned(), (call, self.ended));
            self.begins(call);
        }
        if text.ends_with("<unfinished ...>") {
            return;
        }
        if let Some((call, ended_before)) = self.within.remove(thread) {
            let succeeded = text
                .rsplit_once(" = ")
                .is_some_and(|(_, result)| result.trim().parse::<u64>().is_ok());
            self.ends(call, ended_before, succeeded);
        }
    }

    fn begins(&mut self, call: Option<Call>) {
        match call {
            Some(Call::Write) => self.begun += 1,
            Some(Call::Answer) => {
                let writes = self.begun - self.begun_at_last_answer;
                let covered = self.synced.saturating_sub(self.begun_at_last_answer);
                self.begun_at_last_answer = self.begun;
                let unsynced = self.begun - self.synced;
                self.answers.push(Answer { writes, covered, unsynced });
            }
            Some(Call::Sync) | None => {}
        }
    }

    fn ends(&mut self, call: Option<Call>, ended_before: u64, succeeded: bool) {
        match call {
            Some(Call::Write) => self.ended += 1,
            Some(Call::Sync) if succeeded => self.synced = self.synced.max(ended_before),
            Some(Call::Sync | Call::Answer) | None => {}
        }
    }
}

/// `NAME(NUMBER<FILE>, …`
fn call(text: &str, log: &str) -> Option<Call> {
    let (name, arguments) = text.split_once('(')?;
    let (_number, named) = arguments.split_once('<')?;
    let (file, rest) = named.split_once('>')?;
    let is_socket = file.starts_with("socket:") || file.starts_with("TCP");
    match name {
        "write" | "writev" | "pwrite64" | "pwritev" if file == log => Some(Call::Write),
        "fsync" | "fdatasync" if file == log => Some(Call::Sync),
        "write" | "writev" | "sendto" | "sendmsg"
            if is_socket && rest.contains("\"HTTP/1.1 200 ") =>
        {
            Some(Call::Answer)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "/d/rollcall.sqlite-wal";
    const WRITE: &str = r#"pwrite64(13</d/rollcall.sqlite-wal>, "\n\0 = \1"..., 4096, 32) = 4096"#;
    const SYNC: &str = "fdatasync(13</d/rollcall.sqlite-wal>) = 0";
    const ANSWER: &str =
        r#"writev(20<socket:[7]>, [{iov_base="HTTP/1.1 200 OK\r\nx"..., iov_len=9}], 1) = 9"#;

    /// All by one thread, unless a line names another.
    fn trace(lines: &[&str]) -> String {
        let with_thread = |line: &&str| match line.split_once(": ") {
            Some((thread, call)) => format!("{thread} 1795490610.500971 {call}\n"),
            None => format!("10    1795490610.500971 {line}\n"),
        };
        lines.iter().map(with_thread).collect()
    }

    #[track_caller]
    fn is_good(lines: &[&str], acts: usize) {
        assert_eq!(check(&trace(lines), LOG, acts, 0), Ok(()));
    }

    #[track_caller]
    fn is_bad(lines: &[&str], acts: usize, why: &str) {
        assert_eq!(check(&trace(lines), LOG, acts, 0), Err(why.to_owned()));
    }

    #[test]
    fn written_synced_answered_is_good() {
        is_good(&[WRITE, WRITE, SYNC, ANSWER, WRITE, SYNC, ANSWER], 2);
        is_good(&[ANSWER, WRITE, SYNC.replace("fdata", "f").as_str(), ANSWER], 1);
        is_good(
            &[WRITE, SYNC, &ANSWER.replace("writev(20<socket:[7]>", "sendto(9<TCP:[1->2]>")],
            1,
        );
    }

    #[test]
    fn without_a_sync_is_bad() {
        is_bad(&[WRITE, ANSWER], 1, "act 1: answered before 1 writes were synced");
        is_bad(
            &[WRITE, SYNC, ANSWER, WRITE, WRITE, ANSWER],
            2,
            "act 2: answered before 2 writes were synced",
        );
    }

    #[test]
    fn a_sync_before_the_last_write_or_after_the_answer_is_bad() {
        let why = "act 1: answered before 1 writes were synced";
        is_bad(&[WRITE, SYNC, WRITE, ANSWER], 1, why);
        is_bad(&[WRITE, ANSWER, SYNC], 1, why);
    }

    #[test]
    fn a_write_of_the_servers_own_after_the_sync_is_good_as_often_as_was_said() {
        let lines = trace(&[WRITE, SYNC, WRITE, ANSWER, SYNC, WRITE, SYNC, WRITE, ANSWER]);
        assert_eq!(check(&lines, LOG, 2, 2), Ok(()));
        let why = "act 2: answered before 1 writes were synced";
        assert_eq!(check(&lines, LOG, 2, 1), Err(why.to_owned()));
        let never = trace(&[WRITE, WRITE, ANSWER]);
        let why = "act 1: answered before 2 writes were synced";
        assert_eq!(check(&never, LOG, 1, 1), Err(why.to_owned()));
    }

    #[test]
    fn a_sync_of_another_file_is_bad() {
        let why = "act 1: answered before 1 writes were synced";
        is_bad(&[WRITE, "fdatasync(12</d/rollcall.sqlite>) = 0", ANSWER], 1, why);
        is_bad(&[WRITE, "fdatasync(12</e/rollcall.sqlite-wal>) = 0", ANSWER], 1, why);
    }

    #[test]
    fn a_sync_that_failed_is_bad() {
        let failed = "fdatasync(13</d/rollcall.sqlite-wal>) = -1 EIO (Input/output error)";
        is_bad(&[WRITE, failed, ANSWER], 1, "act 1: answered before 1 writes were synced");
    }

    #[test]
    fn nothing_written_is_bad_and_so_is_no_answer() {
        is_bad(&[ANSWER], 1, "act 1: nothing was written");
        is_bad(&[WRITE, SYNC, ANSWER, ANSWER], 2, "act 2: nothing was written");
        is_bad(&[WRITE, SYNC, ANSWER], 2, "1 answers to 2 acts");
        let elsewhere = WRITE.replace("-wal", "");
        is_bad(&[&elsewhere, SYNC, ANSWER], 1, "act 1: nothing was written");
    }

    #[test]
    fn what_is_no_answer_does_not_count_as_one() {
        let refused = ANSWER.replace("200 OK", "503 No");
        let to_a_file = ANSWER.replace("socket:[7]", "/d/log");
        is_good(&[WRITE, &refused, &to_a_file, SYNC, ANSWER], 1);
    }

    #[test]
    fn a_call_in_two_lines_ends_where_its_second_line_is() {
        let begins = "10: fdatasync(13</d/rollcall.sqlite-wal> <unfinished ...>";
        let ends = "10: <... fdatasync resumed>) = 0";
        let other = format!("11: {ANSWER}");
        is_good(&[WRITE, begins, "11: <... read resumed>\"\", 9) = 0", ends, &other], 1);
        is_bad(&[WRITE, begins, &other, ends], 1, "act 1: answered before 1 writes were synced");
    }

    #[test]
    fn a_sync_does_not_cover_a_write_that_had_not_ended_when_it_began() {
        let begins = "11: pwrite64(13</d/rollcall.sqlite-wal>, \"\"..., 24, 32 <unfinished ...>";
        let ends = "11: <... pwrite64 resumed>) = 24";
        let why = "act 1: answered before 1 writes were synced";
        is_bad(&[begins, SYNC, ends, ANSWER], 1, why);
        is_good(&[begins, ends, SYNC, ANSWER], 1);
    }
}
