//! A command on a terminal of its own, with somebody who types: by `script`, which every Debian has.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::PATIENCE;
use crate::command::plain_environment;

pub struct Terminal {
    process: Child,
    keyboard: ChildStdin,
    screen: ChildStdout,
    shown: Vec<u8>,
    /// Up to where it was waited for.
    seen: usize,
}

impl Terminal {
    /// `line` is for the shell. The terminal is `columns` wide.
    pub fn start(line: &str, columns: u16, folder: &Path, environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new("script");
        let line = format!("stty cols {columns} rows 60; {line}");
        command.args(["--quiet", "--return", "--flush", "--command", &line, "/dev/null"]);
        command.env_clear().envs(plain_environment()).env("TERM", "xterm-256color");
        command.envs(environment.iter().copied()).env("SHELL", "/bin/bash").current_dir(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().expect("there is `script`");
        Self {
            keyboard: process.stdin.take().expect("a pipe"),
            screen: process.stdout.take().expect("a pipe"),
            process,
            shown: Vec::new(),
            seen: 0,
        }
    }

    /// Until these words are shown, behind those that were waited for before.
    pub async fn wait_for(&mut self, words: &str) {
        loop {
            let fresh = String::from_utf8_lossy(&self.shown[self.seen..]).into_owned();
            if fresh.contains(words) {
                self.seen = self.shown.len();
                return;
            }
            let more = timeout(PATIENCE, self.read()).await;
            let more = more.unwrap_or_else(|_| panic!("{words:?} did not come:\n{}", self.text()));
            assert!(more, "it ended without {words:?}:\n{}", self.text());
        }
    }

    /// As somebody types who has read what was asked: a question is shown before the keyboard is
    /// listened to key by key.
    pub async fn type_text(&mut self, text: &str) {
        tokio::time::sleep(Duration::from_millis(300)).await;
        self.keyboard.write_all(text.as_bytes()).await.expect("somebody reads the keyboard");
        self.keyboard.flush().await.expect("somebody reads the keyboard");
    }

    /// Everything that was shown, with the terminal's codes, and how it ended.
    pub async fn end(mut self) -> (ExitStatus, Vec<u8>) {
        while timeout(PATIENCE, self.read()).await.expect("it ends by itself") {}
        let status = timeout(PATIENCE, self.process.wait()).await.expect("it ends by itself");
        (status.expect("its end is known"), self.shown)
    }

    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown).into_owned()
    }

    async fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let count = self.screen.read(&mut bytes).await.unwrap_or_default();
        self.shown.extend_from_slice(&bytes[..count]);
        count > 0
    }
}
