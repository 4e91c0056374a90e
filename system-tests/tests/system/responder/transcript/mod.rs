//! The incident of the guide: its commands are run as they stand there, and it must say what they
//! say today. And the picture in the README: the same commands on a terminal. `cargo xtask
//! transcript` writes both anew.

mod guide;
mod picture;
mod plain;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use rollcall_system_tests::{
    PATIENCE, RunningServer, Store, Terminal, repository, rollcall_binary,
};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

use guide::{Piece, Step};
pub(super) use plain::Plain;

const GUIDE: &str = "docs/guide/incident.md";
const PICTURE: &str = "docs/pictures/contain.svg";
const COLUMNS: u16 = 104;

/// Where the story happens: a double, a folder with the alert in it, and nothing else.
struct Scene {
    server: RunningServer,
    folder: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let server = RunningServer::with_one_account(Store::Sqlite).await;
        let folder = tempfile::tempdir().expect("a folder");
        let alert = repository().join("examples/alerts.csv");
        fs::copy(alert, folder.path().join("alerts.csv")).expect("the alert");
        Self { server, folder }
    }

    fn environment(&self) -> Vec<(&str, String)> {
        let mut all: Vec<(&str, String)> = self
            .server
            .credentials
            .environment()
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        let programs = rollcall_binary().parent().expect("a folder").display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        all.push(("PATH", format!("{programs}:{path}")));
        all.push(("HOME", self.folder.path().display().to_string()));
        all.push(("LANG", "C.UTF-8".to_owned()));
        all
    }

    fn plain(&self) -> Plain {
        let home = self.folder.path().display().to_string();
        Plain::new(&[
            (&self.server.credentials.base_url, "http://127.0.0.1:8787"),
            (&home, "/home/ann"),
        ])
    }
}

#[tokio::test]
async fn the_guide_says_what_the_commands_say() {
    let scene = Scene::new().await;
    let mut plain = scene.plain();
    let path = repository().join(GUIDE);
    let written = fs::read_to_string(&path).expect("the guide");
    let mut pieces = guide::cut(&written);
    let mut count = 0;
    for piece in &mut pieces {
        let Piece::Console(steps) = piece else { continue };
        for Step { command, said } in steps {
            *said = plain.text(&both_streams(&scene, command).await);
            count += 1;
        }
    }
    assert!(count > 5, "the guide has no commands");
    held(&path, &written, &guide::together(&pieces));
}

/// As somebody at a terminal sees them.
async fn both_streams(scene: &Scene, command: &str) -> String {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let mut shell = Command::new("bash");
    shell.args(["-c", command]).env_clear().envs(scene.environment());
    shell.current_dir(scene.folder.path()).kill_on_drop(true);
    shell.stdin(Stdio::null()).stdout(writer.try_clone().expect("its other end")).stderr(writer);
    let mut child = shell.spawn().expect("there is bash");
    // Its ends of the pipe go with it: the reader would wait for itself.
    drop(shell);
    let text = tokio::task::spawn_blocking(move || std::io::read_to_string(&mut reader));
    timeout(PATIENCE, child.wait()).await.expect("it ends by itself").expect("its end is known");
    text.await.expect("it is read").expect("it prints UTF-8")
}

/// The words that `contain apply` asks for, and the two commands of the picture.
const SESSION: &str = r#"
typed() { printf '\033[1m$ %s\033[0m\n' "$1"; bash -c "$1"; }
typed "rollcall contain plan --from alerts.csv --reason 'stolen session cookies' --ticket INC-4711"
echo
typed "rollcall contain apply plan.json"
"#;

#[tokio::test]
async fn the_picture_shows_what_a_terminal_shows() {
    let scene = Scene::new().await;
    fs::write(scene.folder.path().join("session"), SESSION).expect("the session");
    let environment = scene.environment();
    let environment: Vec<_> = environment.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let mut terminal = Terminal::start("bash session", COLUMNS, scene.folder.path(), &environment);
    terminal.wait_for("anything else to leave it").await;
    terminal.type_text("suspend 6\r").await;
    let (status, shown) = terminal.end().await;
    // One is refused, which the exit status says.
    assert_eq!(status.code(), Some(5), "{}", String::from_utf8_lossy(&shown));
    let mut plain = scene.plain();
    let lines = picture::screen(&shown, COLUMNS);
    let lines: Vec<String> = lines.iter().map(|line| plain.text(line)).collect();
    let path = repository().join(PICTURE);
    let kept = fs::read_to_string(&path).unwrap_or_default();
    held(&path, &kept, &picture::drawn(&lines));
}

/// The same as the file has, or written to it where that was asked for.
#[track_caller]
fn held(path: &Path, kept: &str, today: &str) {
    if std::env::var_os("ROLLCALL_WRITE_TRANSCRIPT").is_some() {
        return fs::write(path, today).expect("the file is written");
    }
    let differs = kept.lines().zip(today.lines()).find(|(kept, today)| kept != today);
    assert!(
        kept == today,
        "{} is not what the commands say today; `cargo xtask transcript` writes it anew. \
         First difference: {differs:#?}",
        path.display()
    );
}
