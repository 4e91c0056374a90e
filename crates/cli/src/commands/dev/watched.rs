//! Running a command around the double: signals are passed on, its end is our end.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus as Ended;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use crate::exit_status::ExitStatus;
use crate::printer::Printer;

const NOT_FOUND: u8 = 127;
const NOT_EXECUTABLE: u8 = 126;

pub struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
}

impl Signals {
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    pub async fn any(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.terminate.recv() => Signal::TERM,
            _ = self.hang_up.recv() => Signal::HUP,
            _ = self.quit.recv() => Signal::QUIT,
        }
    }
}

pub async fn run(
    command: &[String],
    environment: &[(&str, String)],
    signals: &mut Signals,
    printer: &Printer,
) -> ExitStatus {
    let Some((program, arguments)) = command.split_first() else { return ExitStatus::WrongUse };
    let variables = environment.iter().map(|(name, value)| (name, value));
    let spawned = Command::new(program).args(arguments).envs(variables).kill_on_drop(true).spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => {
            printer.error(&format!("{program}: {error}"), None);
            let not_found = error.kind() == io::ErrorKind::NotFound;
            return ExitStatus::Passed(if not_found { NOT_FOUND } else { NOT_EXECUTABLE });
        }
    };
    // A terminal sends Ctrl-C and Ctrl-\ to the command itself; twice would mean "at once" to many.
    let at_terminal = io::IsTerminal::is_terminal(&io::stdin());
    loop {
        tokio::select! {
            ended = child.wait() => return passed(ended, printer),
            signal = signals.any() => {
                let heard_itself = at_terminal && matches!(signal, Signal::INT | Signal::QUIT);
                let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
                if let Some(pid) = pid.filter(|_| !heard_itself) {
                    // It may have ended meanwhile: then the next turn says so.
                    let _ = kill_process(pid, signal);
                }
            }
        }
    }
}

pub fn ended_by(signal: Signal) -> ExitStatus {
    ExitStatus::Passed(u8::try_from(128 + signal.as_raw()).unwrap_or(1))
}

/// As a shell has it: the code, or 128 and the signal.
pub fn code(ended: Ended) -> i32 {
    ended.code().or_else(|| Some(128 + ended.signal()?)).unwrap_or(1)
}

fn passed(ended: io::Result<Ended>, printer: &Printer) -> ExitStatus {
    match ended {
        Ok(ended) => ExitStatus::Passed(u8::try_from(code(ended)).unwrap_or(1)),
        Err(error) => {
            printer.error(&error, None);
            ExitStatus::Failed
        }
    }
}
