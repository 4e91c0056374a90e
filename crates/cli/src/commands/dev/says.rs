//! What `dev` says: to people, to machines, to the command it runs.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use rollcall_sandbox::plant::{Credentials, Step};
use rollcall_sandbox::seed::Seed;
use serde_json::json;

use super::drop_in;
use crate::printer::Printer;
use crate::running_double::RunningDouble;
use crate::shown::shown;

pub struct About<'a> {
    pub url: &'a str,
    /// Where the owner signs in.
    pub console: &'a str,
    /// Where one sees what a client does.
    pub inspector: &'a str,
    pub running: &'a RunningDouble,
    pub place: &'a str,
    pub seed: &'a Seed,
    pub credentials: &'a Credentials,
    /// With TLS: how it is reached under the hosted name.
    pub drop_in: Option<&'a drop_in::Said>,
}

impl About<'_> {
    /// One line; fields are only ever added.
    pub fn json(&self) -> String {
        let who = self.credentials;
        let mut said = json!({
            "base_url": self.url,
            "account_id": who.account_id,
            "client_id": who.client_id,
            "client_secret": who.client_secret,
            "owner_email": who.owner_email,
            "owner_password": who.owner_password,
            "console_url": self.console,
            "sandbox_url": self.running.url,
            "sandbox_token": self.running.token,
            "inspector_url": self.inspector,
        });
        if let Some(drop_in) = self.drop_in {
            said["hosted_url"] = drop_in.hosted_url.into();
            said["proxy_url"] = drop_in.proxy_url.as_str().into();
            said["ca_file"] = drop_in.ca_file.as_str().into();
        }
        said.to_string()
    }

    pub fn environment(&self) -> [(&'static str, String); 10] {
        let who = self.credentials;
        [
            ("ROLLCALL_URL", self.url.to_owned()),
            ("ROLLCALL_ACCOUNT_ID", who.account_id.clone()),
            ("ROLLCALL_CLIENT_ID", who.client_id.clone()),
            ("ROLLCALL_CLIENT_SECRET", who.client_secret.clone()),
            ("ROLLCALL_OWNER_EMAIL", who.owner_email.clone()),
            ("ROLLCALL_OWNER_PASSWORD", who.owner_password.clone()),
            ("ROLLCALL_CONSOLE_URL", self.console.to_owned()),
            ("ROLLCALL_SANDBOX_URL", self.running.url.clone()),
            ("ROLLCALL_SANDBOX_TOKEN", self.running.token.clone()),
            ("ROLLCALL_INSPECTOR_URL", self.inspector.to_owned()),
        ]
    }

    pub fn words(&self) -> String {
        let who = self.credentials;
        format!(
            "Rollcall is listening: {people}, {place}, seed number {number}

  base URL        {url}
  console         {console}
  account         {account_id}  ({account_name})
  application     {application}
  client ID       {client_id}
  client secret   {client_secret}
  owner           {owner_email}
  owner password  {owner_password}
  control URL     {control}
  control token   {token}
  inspector       {inspector}
{drop_in}
Take a token, list people, suspend one:

{walk}

Ctrl-C ends it. `rollcall dev --help` has more.",
            people = people_in_words(self.seed),
            place = self.place,
            console = self.console,
            number = self.seed.number,
            url = self.url,
            account_id = who.account_id,
            account_name = shown(&who.account_name),
            application = shown(&who.application),
            client_id = who.client_id,
            client_secret = who.client_secret,
            owner_email = shown(&who.owner_email),
            owner_password = who.owner_password,
            control = self.running.url,
            token = self.running.token,
            inspector = self.inspector,
            drop_in = self.drop_in.map(drop_in_words).unwrap_or_default(),
            walk = self.walk(),
        )
    }

    fn walk(&self) -> String {
        let who = self.credentials;
        let (url, exports) = match self.drop_in {
            None => (self.url, String::new()),
            Some(drop_in) => (drop_in.hosted_url, exports(drop_in)),
        };
        let users = format!("{url}/v1beta1/accounts/{}/users", who.account_id);
        let somebody = who.somebody.as_deref().unwrap_or("USER");
        format!(
            "{exports}  TOKEN=$(curl -s --user '{}:{}' -d grant_type=client_credentials \\
    {url}/v1beta1/users/oauth2/token | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')
  curl -s -H \"Authorization: Bearer $TOKEN\" '{users}?max_page_size=2'
  curl -s -X POST -H \"Authorization: Bearer $TOKEN\" {users}/{somebody}:suspend",
            who.client_id, who.client_secret,
        )
    }
}

fn drop_in_words(drop_in: &drop_in::Said) -> String {
    format!(
        "
Under the hosted name, for a client that has it written in:

  hosted URL      {}  (and .ca, .eu)
  proxy           {}
  authority       {}  (until {})
",
        drop_in.hosted_url,
        drop_in.proxy_url,
        shown(&drop_in.ca_file),
        drop_in.ends,
    )
}

fn exports(drop_in: &drop_in::Said) -> String {
    let file = drop_in.ca_file.replace('\'', "'\\''");
    format!("  export HTTPS_PROXY={} CURL_CA_BUNDLE='{file}'\n", drop_in.proxy_url)
}

fn people(seed: &Seed) -> usize {
    seed.accounts.iter().map(|account| account.people.len()).sum()
}

/// Those of the scenarios apart: nobody asked for so many.
fn people_in_words(seed: &Seed) -> String {
    let scenarios = seed.accounts.iter().filter(|account| account.scenarios);
    match scenarios.map(|account| account.people.len()).sum() {
        0 => format!("{} people", people(seed)),
        some => format!("{} people, {some} more for scenarios", people(seed) - some),
    }
}

/// How far the seed is planted; shown to people who look, and only when it takes a while.
pub struct Progress {
    bar: ProgressBar,
}

const WORTH_SHOWING: usize = 20_000;
const TICK: Duration = Duration::from_millis(100);

impl Progress {
    pub fn new(printer: &Printer, seed: &Seed) -> Self {
        let people = people(seed);
        let bar = if printer.is_watched && people >= WORTH_SHOWING {
            ProgressBar::new(people as u64)
        } else {
            ProgressBar::hidden()
        };
        let progress = Self { bar };
        progress.show("adding people {bar:30} {human_pos}/{human_len} {eta} left");
        progress
    }

    pub fn at(&self, step: Step) {
        match step {
            Step::People(people) => self.bar.set_position(people),
            Step::Indexes => {
                self.show("indexing {human_len} people {spinner}");
                self.bar.enable_steady_tick(TICK);
            }
        }
    }

    fn show(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }

    pub fn done(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_shows_what_a_run_says() {
        let seed = Seed::default_with(1, rollcall_sandbox::seed::USERS_DEFAULT).unwrap();
        let credentials = rollcall_sandbox::plant::credentials(&seed).unwrap();
        let (url, place) = ("http://127.0.0.1:8787", "SQLite in a temporary folder");
        let console = format!("http://localhost:8787/console/{}", credentials.account_id);
        let token = "sbx_qOm1Uo5aXrA9Cz0W7hT3yLkfBdE2nVJs".to_owned();
        let inspector = &format!("http://localhost:8787/sandbox/#token={token}");
        let control = format!("{url}/sandbox/v1");
        let running = &RunningDouble { url: control, token, authority: None, pid: 1 };
        let (seed, credentials, console) = (&seed, &credentials, &console);
        let drop_in = None;
        let about = About { url, console, inspector, running, place, seed, credentials, drop_in };
        let words = about.words();
        let readme = include_str!("../../../../../README.md");
        assert!(readme.contains(&words), "the README's picture of a run is not this:\n{words}");
    }
}
