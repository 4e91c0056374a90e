//! Finds the double that is meant, and calls its control API.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use reqwest::{Certificate, Method};
use serde_json::Value;
use url::Url;

use crate::exit_status::ExitStatus;
use crate::running_double::{self, RunningDouble};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than the longest wait for the journal.
const SILENCE_MAX: Duration = Duration::from_secs(90);
const START_ONE: &str = "start one with `rollcall dev`, or name one by --url and --token";

/// Which double.
#[derive(Args, Clone, Debug, Default)]
pub struct Where {
    /// The control URL of the double, as `rollcall dev` prints it
    #[arg(long, global = true, value_name = "URL", env = "ROLLCALL_SANDBOX_URL")]
    pub url: Option<String>,

    /// Its control token, as `rollcall dev` prints it
    #[arg(
        long,
        global = true,
        value_name = "TOKEN",
        env = "ROLLCALL_SANDBOX_TOKEN",
        hide_env_values = true
    )]
    pub token: Option<String>,

    /// Print the answer as one line of JSON
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    #[error("no double is running")]
    NoDouble,
    #[error("the double at {url} has ended")]
    Ended { url: String },
    #[error("several doubles are running: {}", urls.join(", "))]
    Several { urls: Vec<String> },
    #[error("{what}")]
    WrongUse { what: String, hint: String },
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
    #[error("{url} cannot be reached: {why}")]
    Unreachable { url: String, why: String },
    /// The double said no.
    #[error("{error}")]
    Refused { status: u16, error: String, hint: String },
    #[error("{url} answered something that is not the control API's: {why}")]
    NotIt { url: String, why: String },
}

impl ReachError {
    pub fn status(&self) -> ExitStatus {
        match self {
            Self::WrongUse { .. } | Self::Several { .. } | Self::Refused { status: 400, .. } => {
                ExitStatus::WrongUse
            }
            _ => ExitStatus::Failed,
        }
    }

    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::NoDouble | Self::Ended { .. } | Self::Unreachable { .. } => Some(START_ONE),
            Self::Several { .. } => Some("say which by --url"),
            Self::WrongUse { hint, .. } | Self::Refused { hint, .. } => Some(hint),
            Self::NotIt { .. } => Some("give the control URL as `rollcall dev` prints it"),
            Self::Io { .. } => None,
        }
    }
}

/// A double that can be called.
pub struct Reach {
    http: reqwest::Client,
    /// Ends in `/sandbox/v1`.
    pub url: String,
    pub token: String,
}

impl Reach {
    pub fn find(at: &Where) -> Result<Self, ReachError> {
        Self::find_in(at, &running_double::folder())
    }

    fn find_in(at: &Where, folder: &Path) -> Result<Self, ReachError> {
        let found = match (&at.url, &at.token) {
            (Some(url), Some(token)) => {
                let url = url.trim_end_matches('/').to_owned();
                // Its certificate is where its file says, if it has one.
                let authority = written(folder)
                    .unwrap_or_default()
                    .into_iter()
                    .find(|(_, double)| double.url == url)
                    .and_then(|(_, double)| double.authority)
                    .or_else(|| std::env::var_os("SSL_CERT_FILE").map(PathBuf::from));
                RunningDouble { url, token: token.clone(), authority, pid: 0 }
            }
            (Some(url), None) => {
                let url = url.trim_end_matches('/');
                let all = written(folder)?;
                let known = all.into_iter().find(|(_, double)| double.url == url);
                let (_, known) = known.ok_or_else(|| ReachError::WrongUse {
                    what: format!("the token of {url} is not known here"),
                    hint: "give it by --token; `rollcall dev` prints it".to_owned(),
                })?;
                known
            }
            (None, _) => {
                let one = the_only_one(folder)?;
                let token = at.token.clone().unwrap_or(one.token);
                RunningDouble { token, ..one }
            }
        };
        Self::to(found)
    }

    fn to(double: RunningDouble) -> Result<Self, ReachError> {
        let wrong = |what: String| ReachError::WrongUse {
            what,
            hint: "give the control URL as `rollcall dev` prints it".to_owned(),
        };
        let address = Url::parse(&double.url)
            .map_err(|error| wrong(format!("{} is not an address: {error}", double.url)))?;
        // A proxy that the environment names is for the hosted names, not for this machine's own.
        let mut http = reqwest::Client::builder()
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(SILENCE_MAX);
        if address.scheme() == "https" {
            let file = double.authority.ok_or_else(|| ReachError::WrongUse {
                what: format!("the certificate authority of {} is not known here", double.url),
                hint: "set SSL_CERT_FILE to the certificate that `rollcall dev --tls` names"
                    .to_owned(),
            })?;
            let io = |source| ReachError::Io { what: file.display().to_string(), source };
            let pem = std::fs::read(&file).map_err(io)?;
            let roots = Certificate::from_pem_bundle(&pem)
                .map_err(|error| wrong(format!("{}: {error}", file.display())))?;
            http = http.tls_certs_only(roots);
        }
        let unreachable = |error: reqwest::Error| unreachable(&double.url, &error);
        let http = http.build().map_err(unreachable)?;
        Ok(Self { http, url: double.url, token: double.token })
    }

    pub async fn get(&self, path: &str) -> Result<Value, ReachError> {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Option<&Value>) -> Result<Value, ReachError> {
        self.call(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str) -> Result<Value, ReachError> {
        self.call(Method::PUT, path, None).await
    }

    pub async fn delete(&self, path: &str) -> Result<Value, ReachError> {
        self.call(Method::DELETE, path, None).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, ReachError> {
        let text = self.text(method, path, body).await?;
        serde_json::from_str(&text)
            .map_err(|error| ReachError::NotIt { url: self.url.clone(), why: error.to_string() })
    }

    /// The answer as it came, where it is a good one. `path`: below the control URL, with its query.
    pub async fn text(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<String, ReachError> {
        let mut request =
            self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let failed = |error: reqwest::Error| unreachable(&self.url, &error);
        let answer = request.send().await.map_err(failed)?;
        let status = answer.status();
        let text = answer.text().await.map_err(failed)?;
        if status.is_success() {
            return Ok(text);
        }
        let said: Value = serde_json::from_str(&text).unwrap_or_default();
        let field = |name: &str| said.get(name).and_then(Value::as_str).map(str::to_owned);
        match (field("error"), field("hint")) {
            (Some(error), Some(hint)) => {
                Err(ReachError::Refused { status: status.as_u16(), error, hint })
            }
            _ => Err(ReachError::NotIt { url: self.url.clone(), why: status.to_string() }),
        }
    }
}

fn unreachable(url: &str, error: &reqwest::Error) -> ReachError {
    let mut why = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        why = deeper.to_string();
        cause = deeper.source();
    }
    ReachError::Unreachable { url: url.to_owned(), why }
}

fn written(folder: &Path) -> Result<Vec<(PathBuf, RunningDouble)>, ReachError> {
    RunningDouble::all(folder)
        .map_err(|source| ReachError::Io { what: "the running doubles".to_owned(), source })
}

/// The one that runs. A file whose process has ended without removing it is removed here.
fn the_only_one(folder: &Path) -> Result<RunningDouble, ReachError> {
    let mut ended = None;
    let mut running = Vec::new();
    for (file, double) in written(folder)? {
        if answers(&double.url) {
            running.push(double);
        } else {
            let _ = std::fs::remove_file(file);
            ended = Some(double.url);
        }
    }
    match (running.pop(), ended) {
        (Some(one), _) if running.is_empty() => Ok(one),
        (Some(one), _) => {
            let urls = running.into_iter().chain([one]).map(|double| double.url).collect();
            Err(ReachError::Several { urls })
        }
        (None, Some(url)) => Err(ReachError::Ended { url }),
        (None, None) => Err(ReachError::NoDouble),
    }
}

/// Does anybody listen there?
fn answers(url: &str) -> bool {
    let address: Option<SocketAddr> = Url::parse(url).ok().and_then(|url| {
        let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
        (host, url.port_or_known_default()?).to_socket_addrs().ok()?.next()
    });
    address.is_some_and(|address| TcpStream::connect_timeout(&address, CONNECT_TIMEOUT).is_ok())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn double(pid: u32, port: u16) -> RunningDouble {
        let url = format!("http://127.0.0.1:{port}/sandbox/v1");
        RunningDouble { url, token: format!("sbx_{pid}"), authority: None, pid }
    }

    fn listening() -> (TcpListener, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, port)
    }

    fn found(at: &Where, folder: &Path) -> Result<(String, String), ReachError> {
        // As main does, once for all.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Reach::find_in(at, folder).map(|reach| (reach.url, reach.token))
    }

    #[test]
    fn the_one_that_runs_is_found_and_a_dead_one_is_told_of_and_forgotten() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("rollcall");
        let nothing_said = Where::default();
        assert!(matches!(found(&nothing_said, &folder), Err(ReachError::NoDouble)));
        let (listener, port) = listening();
        drop(listener);
        let dead = double(1, port);
        let dead_file = dead.write(&folder).unwrap();
        let ended = found(&nothing_said, &folder);
        assert!(matches!(ended, Err(ReachError::Ended { url }) if url == dead.url));
        drop(dead_file);
        assert!(matches!(found(&nothing_said, &folder), Err(ReachError::NoDouble)));

        let (_one, port) = listening();
        let one = double(2, port);
        let _one_file = one.write(&folder).unwrap();
        assert_eq!(found(&nothing_said, &folder).unwrap(), (one.url.clone(), one.token.clone()));

        let (_two, port) = listening();
        let two = double(3, port);
        let _two_file = two.write(&folder).unwrap();
        let several = found(&nothing_said, &folder);
        assert!(matches!(several, Err(ReachError::Several { urls }) if urls.len() == 2));
        let this = Where { url: Some(format!("{}/", two.url)), ..Where::default() };
        assert_eq!(found(&this, &folder).unwrap(), (two.url.clone(), two.token.clone()));
    }

    #[test]
    fn what_is_said_goes_before_what_is_found() {
        let place = tempfile::tempdir().unwrap();
        let said = Where {
            url: Some("http://127.0.0.1:1/sandbox/v1".to_owned()),
            token: Some("sbx_said".to_owned()),
            json: false,
        };
        assert_eq!(found(&said, place.path()).unwrap().1, "sbx_said");
        let unknown = Where { token: None, ..said };
        let folder = place.path().join("rollcall");
        assert!(matches!(found(&unknown, &folder), Err(ReachError::WrongUse { .. })));
    }
}
