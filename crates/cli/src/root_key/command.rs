//! A program that prints the root key, such as one that asks a vault. It has a time limit, its output
//! a size, and what it says of its own errors goes where ours go. Whoever stops waiting for it ends it.

use std::process::{ExitStatus, Stdio};
use std::sync::Once;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::runtime::Builder;
use zeroize::Zeroizing;

use crate::commands::users::interrupt::Interrupt;

/// Long enough for a vault in another country, or for somebody who types a word.
const LIMIT: Duration = Duration::from_secs(60);
/// Some sixty keys, one a line.
pub(super) const OUTPUT_MAX_BYTES: usize = 4096;
/// As a shell says it of what Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// What it prints, or in words why that is not to be had.
pub(super) async fn printed(
    program: &str,
    arguments: &[String],
) -> Result<Zeroizing<String>, String> {
    printed_within(LIMIT, program, arguments).await
}

async fn printed_within(
    limit: Duration,
    program: &str,
    arguments: &[String],
) -> Result<Zeroizing<String>, String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    // Also where this future is dropped because a signal came.
    command.kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let ended = match tokio::time::timeout(limit, output(&mut child)).await {
        Ok(ended) => ended,
        Err(_) => Err(format!("no answer within {} s", limit.as_secs())),
    };
    if ended.is_err() {
        // Waited for, so that none is left behind by a server that goes on.
        let _ = child.kill().await;
    }
    let (status, bytes) = ended?;
    if !status.success() {
        return Err(format!("it ended with {status}"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| "not text".to_owned())?;
    Ok(Zeroizing::new(text.to_owned()))
}

async fn output(child: &mut Child) -> Result<(ExitStatus, Zeroizing<Vec<u8>>), String> {
    // Reserved at once: a buffer that grows leaves copies of the key behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * OUTPUT_MAX_BYTES));
    if let Some(stdout) = child.stdout.take() {
        let mut most = stdout.take(OUTPUT_MAX_BYTES as u64 + 1);
        most.read_to_end(&mut bytes).await.map_err(|error| error.to_string())?;
    }
    if bytes.len() > OUTPUT_MAX_BYTES {
        return Err("it printed more than 4 KiB, and a root key is one short line".to_owned());
    }
    Ok((child.wait().await.map_err(|error| error.to_string())?, bytes))
}

/// Once listened to, a signal never has its old effect again, and what comes after the program may
/// take long: so a thread of its own gives it that effect, in the middle of work as before.
#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "in the place of the system, which did it before"
)]
pub(super) fn signals_end_the_process() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::thread::spawn(|| {
            let Ok(runtime) = Builder::new_current_thread().enable_io().build() else { return };
            runtime.block_on(async {
                if let Ok(mut told) = Interrupt::hear() {
                    told.comes().await;
                    std::process::exit(INTERRUPTED);
                }
            });
        });
    });
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    async fn said(limit: Duration, script: &str) -> Result<String, String> {
        let arguments = ["-c".to_owned(), script.to_owned()];
        printed_within(limit, "sh", &arguments).await.map(|text| text.to_string())
    }

    #[tokio::test]
    async fn it_is_read_up_to_its_size_and_no_further() {
        let whole = said(LIMIT, "head -c 4096 /dev/zero | tr '\\0' x").await.unwrap();
        assert_eq!(whole.len(), OUTPUT_MAX_BYTES);
        for endless in ["head -c 4097 /dev/zero", "exec yes"] {
            let why = said(LIMIT, endless).await.unwrap_err();
            assert!(why.contains("more than 4 KiB"), "{why}");
        }
        assert_eq!(said(LIMIT, "printf '\\377'").await.unwrap_err(), "not text");
    }

    #[tokio::test]
    async fn one_that_takes_too_long_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        let script = format!("echo $$ > {}; exec sleep 600", path.display());
        let began = Instant::now();
        let why = said(Duration::from_secs(1), &script).await.unwrap_err();
        assert_eq!(why, "no answer within 1 s");
        assert!(began.elapsed() < Duration::from_secs(60));
        let pid = std::fs::read_to_string(path).unwrap();
        assert!(!std::path::Path::new("/proc").join(pid.trim()).exists(), "it is still there");
    }
}
