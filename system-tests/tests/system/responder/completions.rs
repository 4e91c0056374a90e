//! Completions, in a real bash: commands and options as everywhere, and names that only this machine
//! knows.

use rollcall_system_tests::{Rollcall, rollcall_binary};
use tokio::process::Command;

use super::desk::{Desk, plain};

const PROFILES: &str = "
[profiles.prod-eu]
url = 'https://api.1password.eu'
account = 'A'
client_id = 'c'
secret = { kept = 'none' }

[profiles.prod-us]
url = 'https://api.1password.com'
account = 'A'
client_id = 'c'
secret = { kept = 'none' }
";

/// What bash offers behind this line.
async fn offered(desk: &Desk, line: &str) -> Vec<String> {
    let script = r#"
        source <(rollcall completions bash)
        read -ra COMP_WORDS <<< "$LINE"
        [[ "$LINE" == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
        COMP_TYPE=9
        _clap_complete_rollcall rollcall "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let binary = rollcall_binary();
    let folder = binary.parent().expect("a binary is in a folder");
    let path = format!("{}:{}", plain(folder), std::env::var("PATH").expect("there is a PATH"));
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", script]).env("PATH", path).env("LINE", line);
    bash.env("HOME", desk.path("")).env("ROLLCALL_RUNS", desk.path("runs"));
    bash.env_remove("XDG_CONFIG_HOME").env_remove("ROLLCALL_PROFILES").current_dir(desk.path(""));
    let output = bash.output().await.expect("bash is there");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let text = String::from_utf8(output.stdout).expect("text");
    text.split_whitespace().map(str::to_owned).collect()
}

#[tokio::test]
async fn bash_knows_commands_profiles_and_runs() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.kept()).expect("a folder");
    std::fs::write(desk.kept().join("profiles.toml"), PROFILES).expect("a file");
    let run = desk.path("runs/2026-11-26-inc-4711-ab12cd");
    std::fs::create_dir_all(&run).expect("a folder");
    std::fs::write(run.join("plan.json"), "{}").expect("a file");
    std::fs::write(desk.path("plan.json"), "{}").expect("a file");

    assert_eq!(offered(&desk, "rollcall who").await, ["whoami"]);
    assert_eq!(offered(&desk, "rollcall whoami --profile ").await, ["prod-eu", "prod-us"]);
    assert_eq!(offered(&desk, "rollcall users list --profile prod-e").await, ["prod-eu"]);
    assert_eq!(offered(&desk, "rollcall profiles use prod-u").await, ["prod-us"]);
    for command in ["show", "undo", "status"] {
        let line = format!("rollcall contain {command} ");
        let names = offered(&desk, &line).await;
        assert!(names.iter().any(|name| name == "2026-11-26-inc-4711-ab12cd"), "{line}: {names:?}");
    }
    assert_eq!(offered(&desk, "rollcall contain apply pla").await, ["plan.json"]);
    assert_eq!(offered(&desk, "rollcall contain apply 2026").await, ["2026-11-26-inc-4711-ab12cd"]);
}

#[tokio::test]
async fn every_shell_has_its_script() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = Rollcall::new(["completions", shell]).run().await.well().stdout;
        assert!(script.contains("ROLLCALL_COMPLETE"), "{shell}: {script}");
    }
}
