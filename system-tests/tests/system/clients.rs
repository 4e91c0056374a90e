//! Clients that nobody here wrote, each against a server of its own: the `oauth2` crate, two Python
//! libraries, two JavaScript libraries and replays of two shipped connectors.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, RevocationUrl, Scope,
    StandardRevocableToken, TokenResponse as _, TokenUrl,
};
use rollcall_system_tests::{RunningServer, Store, note_secret, repository, setting};
use rollcall_wire::route::{Family, Route};
use tokio::process::Command;
use tokio::time::timeout;

/// The walk by `curl` starts an interpreter for each look at an answer, and machines are busy.
const WALK_TIME_MAX: Duration = Duration::from_secs(300);

/// Runs a program as `dev -- COMMAND` would, and gives what it said when it ended well.
pub(crate) async fn run_foreign(
    program: &str,
    arguments: &[&str],
    server: &RunningServer,
) -> String {
    let mut command = Command::new(program);
    command.args(arguments).envs(server.credentials.environment()).kill_on_drop(true);
    command.stdin(Stdio::null()).env("PATH", path_with_our_interpreter());
    let output = timeout(WALK_TIME_MAX, command.output()).await;
    let output = output.expect("it ends in time").unwrap_or_else(|error| {
        panic!("{program}: {error}: run the tests by `cargo xtask test`");
    });
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}\n{said}{complained}",
        output.status
    );
    said
}

/// Where `python3` may be a wrapper that takes longer to find the interpreter than it then runs,
/// the one of the clients comes first.
fn path_with_our_interpreter() -> std::ffi::OsString {
    let ours = PathBuf::from(setting("ROLLCALL_CLIENTS")).join("python/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(ours).chain(std::env::split_paths(&path))).unwrap()
}

#[tokio::test]
async fn the_oauth2_crate_takes_uses_and_revokes_a_token() {
    for store in [Store::Sqlite, Store::Postgres] {
        let server = RunningServer::start(store).await;
        for &family in Family::ALL {
            let api = server.api(family);
            let address = |route| format!("{}{}", api.credentials.base_url, api.path(route, ""));
            let client = BasicClient::new(ClientId::new(api.credentials.client_id.clone()))
                .set_client_secret(ClientSecret::new(api.credentials.client_secret.clone()))
                .set_auth_type(AuthType::BasicAuth)
                .set_token_uri(TokenUrl::new(address(Route::Token)).unwrap());
            // It refuses to revoke over plain HTTP, so that request is sent by its own builder
            // with the scheme put back on the way.
            let revocation = address(Route::Revoke).replacen("http:", "https:", 1);
            let client = client.set_revocation_url(RevocationUrl::new(revocation).unwrap());
            let http = |request| send(reqwest_client(), request);

            let request = client.exchange_client_credentials();
            let taken = request.add_scope(Scope::new("openid".to_owned())).request_async(&http);
            let taken = taken.await.unwrap();
            let token = taken.access_token().secret().clone();
            note_secret(&token);
            assert_eq!(taken.expires_in().map(|life| life.as_secs()), Some(900));
            assert_eq!(taken.token_type().as_ref(), "bearer");
            assert_eq!(api.list(&token, "").await.page().0.len(), 25);

            let revocable = StandardRevocableToken::AccessToken(taken.access_token().clone());
            client.revoke_token(revocable).unwrap().request_async(&http).await.unwrap();
            api.list(&token, "").await.refuses(401, 16, "token_invalid");

            let wrong = client.set_client_secret(ClientSecret::new("wrong".to_owned()));
            let refused = wrong.exchange_client_credentials().request_async(&http).await;
            let refused = refused.unwrap_err().to_string();
            assert!(refused.contains("Server returned error response"), "{refused}");
        }
    }
}

fn reqwest_client() -> reqwest::Client {
    let builder =
        rollcall_system_tests::http_client().no_proxy().redirect(reqwest::redirect::Policy::none());
    builder.build().unwrap()
}

async fn send(
    client: reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, reqwest::Error> {
    let (parts, body) = request.into_parts();
    let address = parts.uri.to_string().replacen("https:", "http:", 1);
    let request = client.request(parts.method, address).headers(parts.headers).body(body);
    let answer = request.send().await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = HttpResponse::new(answer.bytes().await?.to_vec());
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    Ok(response)
}

#[tokio::test]
async fn requests_oauthlib_walks() {
    python("walk_requests_oauthlib.py").await;
}

#[tokio::test]
async fn authlib_walks() {
    python("walk_authlib.py").await;
}

async fn python(script: &str) {
    let python = format!("{}/python/bin/python", setting("ROLLCALL_CLIENTS"));
    let script = repository().join("system-tests/clients/python").join(script);
    let server = RunningServer::start(Store::Sqlite).await;
    // Without its cache of compiled scripts, which would lie in the repository.
    run_foreign(&python, &["-B", script.to_str().unwrap()], &server).await;
}

#[tokio::test]
async fn openid_client_walks() {
    javascript("openid-client").await;
}

#[tokio::test]
async fn simple_oauth2_walks() {
    javascript("simple-oauth2").await;
}

#[tokio::test]
async fn the_kibana_connector_walks() {
    javascript("kibana").await;
}

#[tokio::test]
async fn the_probo_driver_walks() {
    javascript("probo").await;
}

async fn javascript(client: &str) {
    setting("ROLLCALL_CLIENTS");
    let script = repository().join("system-tests/clients/javascript/walk.mjs");
    let server = RunningServer::start(Store::Sqlite).await;
    let said = run_foreign("node", &[script.to_str().unwrap(), client], &server).await;
    for family in Family::ALL {
        let line = format!("{client} {family}: the whole walk");
        assert!(said.lines().any(|said| said == line), "{line} is not in:\n{said}");
    }
}
