//! The recipes of `docs/guide/ci.md`, as they stand there: the shell of each is taken out of the
//! document and run, with a connector beside it and `rollcall` on the path.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rollcall_system_tests::{repository, rollcall_binary};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

const TIME_MAX: Duration = Duration::from_secs(300);

/// What stands in fences of this language below a heading.
fn fenced(heading: &str, language: &str) -> String {
    let page = fs::read_to_string(repository().join("docs/guide/ci.md")).unwrap();
    let (_, below) = page.split_once(&format!("\n## {heading}\n")).expect("the heading");
    let below = below.split("\n## ").next().unwrap();
    let (_, inside) = below.split_once(&format!("```{language}\n")).expect("a fence");
    inside.split_once("\n```").expect("its end").0.to_owned()
}

/// The shell of each step of a workflow: `run: …`, or the block below `run: |`.
fn steps(workflow: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = workflow.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((before, body)) = line.split_once("run: ") else { continue };
        if body != "|" {
            found.push(body.to_owned());
            continue;
        }
        let deeper = |line: &str| line.trim().is_empty() || indent(line) > before.len();
        let mut block = String::new();
        while let Some(line) = lines.next_if(|line| deeper(line)) {
            block.push_str(line.trim_start());
            block.push('\n');
        }
        found.push(block);
    }
    found
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The lines of a job's `script`.
fn script(job: &str) -> String {
    let mut lines = job.lines().skip_while(|line| line.trim() != "script:").skip(1);
    let lines = lines.by_ref().map_while(|line| line.trim().strip_prefix("- "));
    lines.map(|line| format!("{line}\n")).collect()
}

/// A folder as a CI has it: the connector, and nothing of ours.
struct Job {
    folder: TempDir,
}

impl Job {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let connector = folder.path().join("connector");
        fs::copy(repository().join("examples/shell/users.sh"), &connector).unwrap();
        fs::set_permissions(&connector, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    async fn run(&self, shell: &[&str], body: &str) {
        let ours = rollcall_binary().parent().map(Path::to_owned).unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([ours].into_iter().chain(std::env::split_paths(&path)));
        fs::write(self.file("body.sh"), body).unwrap();
        let mut run = Command::new(shell[0]);
        run.args(&shell[1..]).arg("body.sh").current_dir(self.folder.path());
        run.env_clear()
            .env("PATH", path.unwrap())
            .env("HOME", self.folder.path())
            .env("CI", "true");
        run.stdin(Stdio::null()).kill_on_drop(true);
        let ended = timeout(TIME_MAX, run.output()).await.expect("it ends in time").unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (said, complained) = (text(&ended.stdout), text(&ended.stderr));
        assert!(ended.status.success(), "{}:\n{body}\n{said}\n{complained}", ended.status);
    }
}

#[tokio::test]
async fn github_actions() {
    let steps = steps(&fenced("GitHub Actions", "yaml"));
    assert_eq!(steps.len(), 2, "{steps:?}");
    let job = Job::new();
    for step in steps {
        job.run(&["bash", "--noprofile", "--norc", "-eo", "pipefail"], &step).await;
    }
    let sarif: Value = serde_json::from_str(&job.text("report.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(job.text("people.txt").lines().count(), 50);
    assert!(job.text("exam.xml").contains("<testsuites"));
}

#[tokio::test]
async fn gitlab_ci() {
    let script = script(&fenced("GitLab CI", "yaml"));
    assert_eq!(script.lines().count(), 2, "{script}");
    let job = Job::new();
    job.run(&["bash", "-e"], &script).await;
    for file in ["report.xml", "exam.xml"] {
        assert!(job.text(file).contains("<testsuites"), "{file}");
    }
    assert_eq!(job.text("people.txt").lines().count(), 50);
}

#[tokio::test]
async fn any_other_by_a_script() {
    let job = Job::new();
    job.run(&["sh"], &fenced("Any other", "sh")).await;
    for people in ["one.txt", "two.txt"] {
        assert_eq!(job.text(people).lines().count(), 30, "{people}");
    }
    // Each saw its own account.
    assert_ne!(job.text("one.txt"), job.text("two.txt"));
}

#[test]
fn a_step_is_one_line_or_a_block() {
    let workflow =
        "steps:\n  - run: one\n  - name: x\n    run: |\n      two\n\n      three\n    if: a";
    assert_eq!(steps(workflow), ["one", "two\n\nthree\n"]);
    assert_eq!(script("job:\n  script:\n    - one\n    - two\n  when: x"), "one\ntwo\n");
}
