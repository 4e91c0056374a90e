//! One run of the command, in a process group of its own, so that nothing it started outlives it.

use std::io;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rollcall_sandbox::exam::Ended;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;
use tokio::time::timeout;

use crate::commands::dev::watched::code;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    Shown,
    Dropped,
}

pub struct Ran {
    pub ended: Ended,
    pub took: Duration,
}

/// Ends its process group, also when the exam is broken off.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // Mostly there is nobody left in it.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

pub async fn run(
    command: &[String],
    environment: &[(&'static str, String)],
    time_limit: Duration,
    output: Output,
) -> io::Result<Ran> {
    let (program, arguments) =
        command.split_first().ok_or_else(|| io::Error::other("no command was given"))?;
    // Standard output is the report's.
    let stream = || match output {
        Output::Shown => Stdio::from(io::stderr()),
        Output::Dropped => Stdio::null(),
    };
    let started = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(stream())
        .stderr(stream())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let _group = Group(pid);
    let ended = match timeout(time_limit, child.wait()).await {
        Ok(ended) => Ended::By(code(ended?)),
        Err(_) => Ended::TimeLimit,
    };
    Ok(Ran { ended, took: started.elapsed() })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sh(script: &str, time_limit: Duration) -> Ended {
        let command = ["sh", "-c", script].map(str::to_owned);
        let environment = [("ROLLCALL_EXAM_TASK", "list".to_owned())];
        run(&command, &environment, time_limit, Output::Dropped).await.unwrap().ended
    }

    #[tokio::test]
    async fn it_ends_as_a_shell_says() {
        let limit = Duration::from_secs(30);
        assert_eq!(sh("exit 7", limit).await, Ended::By(7));
        assert_eq!(sh("test $ROLLCALL_EXAM_TASK = list", limit).await, Ended::By(0));
        assert_eq!(sh("kill -TERM $$", limit).await, Ended::By(128 + 15));
    }

    #[tokio::test]
    async fn at_the_time_limit_all_that_it_started_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("late");
        let script = format!("(sleep 2; touch {}) & sleep 30", file.display());
        assert_eq!(sh(&script, Duration::from_millis(300)).await, Ended::TimeLimit);
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        assert!(!file.exists(), "a process of it went on");
    }

    #[tokio::test]
    async fn what_is_no_program_is_an_error() {
        let command = ["rollcall-no-such-program".to_owned()];
        let ran = run(&command, &[], Duration::from_secs(1), Output::Dropped).await;
        assert!(ran.is_err());
    }
}
