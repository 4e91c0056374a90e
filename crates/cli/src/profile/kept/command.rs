//! A secret that a command prints, such as a password manager's. The line is split as a shell
//! splits it, and run without one: nothing in it is expanded.

use std::io::{self, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use rollcall_sdk::SecretText;
use zeroize::Zeroizing;

use super::{SECRET_MAX_BYTES, checked};
use crate::failure::Failure;

/// It may ask for a finger first.
const LIMIT: Duration = Duration::from_secs(60);

/// The program and its arguments.
pub fn words(line: &str) -> Result<Vec<String>, String> {
    match shlex::split(line) {
        Some(words) if !words.is_empty() => Ok(words),
        Some(_) => Err("a command has at least a name".to_owned()),
        None => Err("a quote in it has no end".to_owned()),
    }
}

pub fn read(line: &str) -> Result<SecretText, Failure> {
    read_within(line, LIMIT)
}

pub(super) fn read_within(line: &str, limit: Duration) -> Result<SecretText, Failure> {
    let words = words(line).map_err(|why| failed(line, why))?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(failed(line, "it has no name"));
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    // It is handed what it needs to find a secret, and not a secret of ours.
    command.env_remove("ROLLCALL_CLIENT_SECRET");
    let mut child = command.spawn().map_err(|error| failed(line, error))?;
    let printed = printed(&mut child, limit);
    if printed.is_err() {
        // It has ended, or is not waited for any longer.
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| failed(line, error))?;
    let printed = printed.map_err(|why| failed(line, why))?;
    if !status.success() {
        return Err(failed(line, format!("it ended with {status}")));
    }
    let text =
        std::str::from_utf8(&printed).map_err(|_| failed(line, "what it printed is no text"))?;
    checked(text).map_err(|why| failed(line, why))
}

/// All that it prints, up to its end.
fn printed(child: &mut Child, limit: Duration) -> Result<Zeroizing<Vec<u8>>, String> {
    let stdout = child.stdout.take().ok_or("its output cannot be read")?;
    let (tell, hear) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 * SECRET_MAX_BYTES as usize));
        // One more than there may be, so that too much is seen.
        let read = stdout.take(SECRET_MAX_BYTES + 2).read_to_end(&mut bytes);
        // Nobody hears it any longer where it took too long.
        let _ = tell.send(read.map(|_| bytes));
    });
    match hear.recv_timeout(limit) {
        Ok(Ok(bytes)) if bytes.len() as u64 > SECRET_MAX_BYTES + 1 => {
            Err("it is too long to be a secret".to_owned())
        }
        Ok(read) => read.map_err(|error: io::Error| error.to_string()),
        Err(RecvTimeoutError::Timeout) => Err(format!("no answer within {} s", limit.as_secs())),
        Err(RecvTimeoutError::Disconnected) => Err("its output cannot be read".to_owned()),
    }
}

fn failed(line: &str, why: impl std::fmt::Display) -> Failure {
    let program = words(line).ok().and_then(|words| words.into_iter().next());
    Failure::failed(
        format!("the command {} printed no secret: {why}", program.as_deref().unwrap_or(line)),
        format!("run it by hand: {line}"),
    )
}
