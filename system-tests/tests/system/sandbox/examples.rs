//! The six clients of `examples/`: each lists, suspends and reactivates, over plain HTTP and over
//! TLS, and comes through every bad day of the scenario account as a right client does.

use std::process::Stdio;
use std::time::Duration;

use rollcall_system_tests::{Control, Ended, Example, Rollcall, RunningServer, Store, note_secret};
use serde_json::Value;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::timeout;

macro_rules! each_example {
    ($($name:ident: $example:ident),+ $(,)?) => {
        $(mod $name {
            use rollcall_system_tests::Example;
            #[tokio::test]
            async fn lists_suspends_and_reactivates() { super::a_good_day(Example::$example).await; }
            #[tokio::test]
            async fn comes_through_bad_days() { super::bad_days(Example::$example).await; }
            #[tokio::test]
            async fn speaks_tls() { super::over_tls(Example::$example).await; }
        })+
        #[test]
        fn none_is_left_out() {
            assert_eq!(Example::ALL, [$(Example::$example),+]);
        }
    };
}

each_example!(
    rust: Rust,
    python: Python,
    javascript: JavaScript,
    go: Go,
    ruby: Ruby,
    shell: Shell,
);

/// One of them waits for an answer that never comes, as long as its time limit.
const TIME_MAX: Duration = Duration::from_secs(120);

/// How somebody runs one: with these words, as this application of this account.
#[derive(Clone)]
struct Run {
    example: Example,
    environment: Vec<(String, String)>,
}

impl Run {
    fn of(example: Example, server: &RunningServer) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { example, environment: server.credentials.environment().iter().map(own).collect() }
    }

    fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.environment.push((name.to_owned(), value.to_owned()));
        other
    }

    async fn ends(&self, words: &[&str]) -> Ended {
        let command = self.example.command();
        let mut run = Command::new(&command[0]);
        run.args(&command[1..]).args(words).envs(self.environment.iter().cloned());
        run.stdin(Stdio::null()).kill_on_drop(true);
        let output = timeout(TIME_MAX, run.output()).await.expect("it ends in time");
        let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        Ended { status: output.status, stdout, stderr }
    }

    async fn lists(&self) -> Vec<String> {
        let ended = self.ends(&["list"]).await.well();
        ended.stdout.lines().map(str::to_owned).collect()
    }

    /// What it was told is done.
    async fn does(&self, verb: &str, email: &str) {
        let ended = self.ends(&[verb, email]).await;
        assert_eq!(ended.code(), 0, "{:?} {verb} {email}: {}", self.example, ended.stderr);
        let after = if verb == "suspend" { "SUSPENDED" } else { "ACTIVE" };
        let start = format!("{after}\t{email}\t");
        assert!(ended.stdout.starts_with(&start), "{:?}: {}", self.example, ended.stdout);
        assert_eq!(ended.stdout.lines().count(), 1, "{:?}: {}", self.example, ended.stdout);
    }

    /// It was refused, says why, and ends as nobody takes for success.
    async fn is_refused(&self, words: &[&str], why: &str) {
        let ended = self.ends(words).await;
        let what = format!("{:?} {words:?}: {}{}", self.example, ended.stdout, ended.stderr);
        assert!(ended.code() != 0 && ended.stdout.is_empty(), "{what}");
        assert!(ended.stderr.contains("refused") && ended.stderr.contains(why), "{what}");
    }
}

async fn a_good_day(example: Example) {
    let server = RunningServer::start(Store::Sqlite).await;
    let run = Run::of(example, &server);
    let people = run.lists().await;
    assert_eq!(people.len(), 50, "{people:?}");
    let active = people.iter().rfind(|line| line.starts_with("ACTIVE\t"));
    let email = active.unwrap().split('\t').nth(1).unwrap();
    run.does("suspend", email).await;
    assert!(
        run.lists().await.iter().any(|line| line.starts_with(&format!("SUSPENDED\t{email}\t")))
    );
    run.does("suspend", email).await;
    run.does("reactivate", email).await;

    let exam = run.with("ROLLCALL_EXAM_TASK", "suspend").with("ROLLCALL_EXAM_USER_EMAIL", email);
    let ended = exam.ends(&[]).await.well();
    assert!(ended.stdout.starts_with("SUSPENDED\t"), "{}", ended.stdout);
    assert_eq!(
        run.with("ROLLCALL_EXAM_TASK", "list").ends(&[]).await.well().stdout.lines().count(),
        50
    );

    run.is_refused(&["suspend", "nobody@rollcall.example"], "nobody has the address").await;
    run.with("ROLLCALL_CLIENT_SECRET", "wrong").is_refused(&["list"], "401").await;
    let elsewhere = run.with("ROLLCALL_ACCOUNT_ID", "AAAAAAAAAAAAAAAAAAAAAAAAAA");
    elsewhere.is_refused(&["list"], "403").await;
    assert_ne!(run.ends(&["sing"]).await.code(), 0);
    assert_ne!(run.ends(&[]).await.code(), 0);
}

/// The scenario account, and its applications by their scenario.
struct BadDays {
    run: Run,
    applications: Vec<Value>,
    people: Vec<Value>,
}

impl BadDays {
    async fn of(example: Example, server: &RunningServer, control: &Control) -> Self {
        let scenarios = control.done("GET", "/scenarios").await;
        let account = &scenarios["accounts"][0];
        let applications = account["applications"].as_array().unwrap().clone();
        for application in &applications {
            note_secret(application["client_secret"].as_str().unwrap());
        }
        let id = account["account_id"].as_str().unwrap();
        let run = Run::of(example, server).with("ROLLCALL_ACCOUNT_ID", id);
        Self { run, applications, people: account["people"].as_array().unwrap().clone() }
    }

    fn as_application(&self, scenario: &str) -> Run {
        let found = self.applications.iter().find(|one| one["scenario"] == scenario);
        let text = |name: &str| found.unwrap()[name].as_str().unwrap();
        self.run
            .with("ROLLCALL_CLIENT_ID", text("client_id"))
            .with("ROLLCALL_CLIENT_SECRET", text("client_secret"))
    }

    fn person(&self, scenario: &str, field: &str) -> String {
        let found = self.people.iter().find(|one| one["scenario"] == scenario);
        found.unwrap_or_else(|| panic!("no {scenario}"))[field].as_str().unwrap().to_owned()
    }
}

async fn bad_days(example: Example) {
    let server = RunningServer::start(Store::Sqlite).await;
    let control = Control::of(&server);
    let days = BadDays::of(example, &server, &control).await;
    let full = days.as_application("full-access");

    for application in ["full-access", "token-ends-mid-walk", "empty-pages", "unknown-fields"] {
        let people = days.as_application(application).lists().await;
        assert_eq!(people.len(), 60, "{example:?} as {application}");
    }
    days.as_application("secret-retired").is_refused(&["list"], "401").await;
    days.as_application("only-get-user").is_refused(&["list"], "scope_missing").await;
    // Alone: who begins another list brings this person back.
    let vanishes = days.person("vanishes-between-pages", "email");
    full.is_refused(&["suspend", &vanishes], "404").await;

    let mut acts = JoinSet::new();
    for scenario in [
        "rate-limited",
        "fails-once",
        "bad-gateway",
        "never-answers",
        "slow",
        "trickled",
        "cut-after-act",
        "listed-stale",
        "already-suspended",
        "awkward-name",
    ] {
        let (run, email) = (full.clone(), days.person(scenario, "email"));
        acts.spawn(async move { run.does("suspend", &email).await });
    }
    for (scenario, why) in [
        ("last-owner", "no_owner_remain"),
        ("externally-managed", "user_externally_managed"),
        ("gone-on-get", "404"),
    ] {
        let (run, email) = (full.clone(), days.person(scenario, "email"));
        acts.spawn(async move { run.is_refused(&["suspend", &email], why).await });
    }
    acts.join_all().await;

    // How often the act was sent: once where it was done, again only where it was not.
    let journal = control.done("GET", "/journal").await;
    for scenario in
        ["token-ends-mid-walk", "empty-pages", "unknown-fields", "secret-retired", "slow"]
    {
        let mut exchanges = journal["exchanges"].as_array().unwrap().iter();
        let is_met = exchanges.any(|one| one["played"].to_string().contains(scenario));
        assert!(is_met, "{example:?} did not meet {scenario}");
    }
    let sent = |scenario: &str| {
        let id = days.person(scenario, "id");
        let acts =
            journal["exchanges"].as_array().unwrap().iter().filter(|one| {
                one["meant"]["operation"] == "SuspendUser" && one["meant"]["user"] == id
            });
        acts.count()
    };
    for (scenario, times) in [
        ("never-answers", 1),
        ("cut-after-act", 1),
        ("last-owner", 1),
        ("fails-once", 2),
        ("bad-gateway", 2),
        ("rate-limited", 3),
    ] {
        assert_eq!(sent(scenario), times, "{example:?}: {scenario}");
    }
}

/// By this machine's name, and under the hosted one through the proxy. Node's `fetch` reads no
/// proxy from its environment before version 24.
async fn over_tls(example: Example) {
    let address =
        if example == Example::JavaScript { "ROLLCALL_URL" } else { "ROLLCALL_HOSTED_URL" };
    let script =
        format!("export ROLLCALL_URL=\"${address}\"; echo $ROLLCALL_URL; exec \"$@\" list");
    let start = ["dev", "--tls", "--listen", "127.0.0.1:0", "--proxy-listen", "127.0.0.1:0", "--"];
    let around = start.iter().copied().chain(["sh", "-c", &script, "sh"]).map(str::to_owned);
    let ended = Rollcall::new(around.chain(example.command())).run().await.well();
    assert!(ended.stdout.starts_with("https://"), "{}", ended.stdout);
    assert_eq!(ended.stdout.lines().count(), 51, "{}", ended.stdout);
}
