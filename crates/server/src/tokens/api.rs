//! Token and revoke. Credentials come by HTTP Basic; in the body they are refused in words.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::tokens::{Claims, IssueToken, Issued, ProveClient, RevokeToken};
use rollcall_directory::world::TokenId;
use rollcall_wire::tokens::{OauthErrorCode as Code, SCOPE_OPENID, TokenResponse};

use super::form::{Form, is_form};
use crate::Rollcall;
use crate::edge::answer::{self, Dialect};
use crate::edge::asker::{self, Asker};
use crate::edge::at_work::{self, Turn};
use crate::edge::basic::{self, Basic};
use crate::edge::body;
use crate::router::Call;

pub(crate) async fn issue(rollcall: &Rollcall, call: Call) -> Response {
    let asker = Asker::of(&call);
    let from = asker.from;
    let (basic, form) = match read(rollcall, call.request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    let turn = match at_work::begin(rollcall, Dialect::Oauth) {
        Ok(turn) => turn,
        Err(answer) => return *answer,
    };
    let now = rollcall.store.world().now();
    if let Err(fault) = rollcall.store.issuer().admit(now) {
        return answer::fault(rollcall, Dialect::Oauth, &fault);
    }
    let issued = match basic.client {
        Some(client) => {
            let token = TokenId::from_bytes(rollcall.store.world().bytes());
            let secret = basic.secret;
            rollcall.store.read(&IssueToken { client, secret, from, now, token }).await
        }
        None => return wrong_client(rollcall, from, &basic, turn).await,
    };
    match issued {
        Ok(Ok(issued)) => {
            asker.used(rollcall, &issued.claims);
            grant(rollcall, &form, &issued)
        }
        Ok(Err(why)) => refused(rollcall, from, &basic, &why, turn).await,
        Err(fault) => answer::fault(rollcall, Dialect::Oauth, &fault),
    }
}

/// The client is who it says; now what it asks for.
fn grant(rollcall: &Rollcall, form: &Form, issued: &Issued) -> Response {
    match form.get("grant_type") {
        None => {
            return answer::oauth_bad_request(Code::InvalidRequest, "grant_type is missing.");
        }
        Some("client_credentials") => {}
        Some(_) => {
            let why = "The only grant_type here is client_credentials.";
            return answer::oauth_bad_request(Code::UnsupportedGrantType, why);
        }
    }
    if form.get("scope").is_some_and(|scope| scope != SCOPE_OPENID) {
        let why = "The only scope here is openid; what an application may do is set with the application.";
        return answer::oauth_bad_request(Code::InvalidScope, why);
    }
    let token = issued.claims.seal(&rollcall.store.keys());
    let body = TokenResponse {
        access_token: token.expose().to_owned(),
        token_type: rollcall.settings.token_type.as_str().to_owned(),
        expires_in: issued.life_seconds(),
        scope: SCOPE_OPENID.to_owned(),
    };
    let body = serde_json::to_vec(&body).expect("plain data becomes JSON");
    let mut response = answer::json(StatusCode::OK, body);
    let no_cache = axum::http::HeaderValue::from_static("no-cache");
    response.headers_mut().insert(axum::http::header::PRAGMA, no_cache);
    response
}

pub(crate) async fn revoke(rollcall: &Rollcall, call: Call) -> Response {
    let asker = Asker::of(&call);
    let from = asker.from;
    let (basic, form) = match read(rollcall, call.request).await {
        Ok(read) => read,
        Err(answer) => return *answer,
    };
    let turn = match at_work::begin(rollcall, Dialect::Oauth) {
        Ok(turn) => turn,
        Err(answer) => return *answer,
    };
    let Some(client) = basic.client else {
        return wrong_client(rollcall, from, &basic, turn).await;
    };
    let token = form.get("token").map(|text| Claims::open(text, &rollcall.store.keys()));
    let answered = match token {
        // Its own token, with a right MAC: only that is an act.
        Some(Ok(token)) if token.application == client => {
            let secret = basic.secret;
            let presented = Presented::ClientSecret { client, secret, from };
            rollcall.store.act(presented, token.account, RevokeToken { token }).await
        }
        _ => {
            let secret = basic.secret;
            let now = rollcall.store.world().now();
            rollcall.store.read(&ProveClient { client, secret, from, now }).await
        }
    };
    match answered {
        Ok(Ok(())) if form.get("token").is_none() => {
            answer::oauth_bad_request(Code::InvalidRequest, "token is missing.")
        }
        Ok(Ok(())) => answer::empty(StatusCode::OK),
        Ok(Err(why)) => refused(rollcall, from, &basic, &why, turn).await,
        Err(fault) => answer::fault(rollcall, Dialect::Oauth, &fault),
    }
}

/// The client's credentials and the form, or the answer to what cannot be read.
async fn read(rollcall: &Rollcall, request: Request) -> Result<(Basic, Form), Box<Response>> {
    let (parts, sent) = request.into_parts();
    let invalid = |why| Box::new(answer::oauth_bad_request(Code::InvalidRequest, why));
    if !is_form(&parts.headers) {
        return Err(invalid("The content type must be application/x-www-form-urlencoded."));
    }
    let sent =
        match body::read(&parts.headers, sent, body::FORM_MAX_BYTES, &rollcall.settings.limits)
            .await
        {
            Ok(sent) => sent,
            Err(body::Flaw::TooLarge) => return Err(invalid("The body is too large.")),
            Err(body::Flaw::Broken) => {
                return Err(invalid("The body broke off or did not come in time."));
            }
        };
    let form = Form::parse(&sent).map_err(invalid)?;
    let basic = credentials(&parts.headers, &form)?;
    Ok((basic, form))
}

fn credentials(headers: &HeaderMap, form: &Form) -> Result<Basic, Box<Response>> {
    let Some(basic) = basic::read(headers) else {
        let why = if form.get("client_secret").is_some() {
            "Send the client id and secret by HTTP Basic (client_secret_basic), not in the body."
        } else {
            "Send the client id and secret by HTTP Basic."
        };
        return Err(Box::new(answer::oauth(StatusCode::UNAUTHORIZED, Code::InvalidClient, why)));
    };
    // Some clients repeat their id in the body; a second way to prove it is one too many.
    let same =
        |id: &str| basic.client.is_some_and(|client| client.to_string().eq_ignore_ascii_case(id));
    let why = if form.get("client_secret").is_some() {
        "A client secret came in the body too: use HTTP Basic alone."
    } else if basic.client.is_some() && form.get("client_id").is_some_and(|id| !same(id)) {
        "The client_id in the body is another than that of HTTP Basic."
    } else {
        return Ok(basic);
    };
    Err(Box::new(answer::oauth_bad_request(Code::InvalidRequest, why)))
}

/// How late somebody is answered who was told to wait and did not. It costs us a timer, and it the
/// time; without it, a few guessers take the processor that right ones wait for.
const GUESSES_ON_AND_ON: Duration = Duration::from_millis(400);

/// On the wire a secret that does not work any more, or not from there, is a wrong one.
async fn refused(
    rollcall: &Rollcall,
    from: std::net::IpAddr,
    basic: &Basic,
    why: &Refusal,
    turn: Turn,
) -> Response {
    if let (Some(client), false) = (basic.client, *why == Refusal::ClientUnknown) {
        rollcall.instruments.refusal(why);
        asker::refused(client, why);
    }
    wrong_client(rollcall, from, basic, turn).await
}

/// Counted, and told that it is too often where it is.
async fn wrong_client(
    rollcall: &Rollcall,
    from: std::net::IpAddr,
    basic: &Basic,
    turn: Turn,
) -> Response {
    let instruments = &rollcall.instruments;
    match rollcall.quotas.failure(from, basic.client, rollcall.store.nodes()) {
        Ok(()) => {
            instruments.wrong_credentials.increment(1);
            answer::oauth(
                StatusCode::UNAUTHORIZED,
                Code::InvalidClient,
                "No application has this client id and secret.",
            )
        }
        Err(seconds) => {
            instruments.wrong_credentials_limited.increment(1);
            // Others may have its turn meanwhile.
            drop(turn);
            // Not all at the same time: those who came together would come again together.
            let [jitter] = rollcall.store.world().bytes::<1>();
            tokio::time::sleep(GUESSES_ON_AND_ON + Duration::from_millis(jitter.into())).await;
            let mut response = answer::oauth(
                StatusCode::TOO_MANY_REQUESTS,
                Code::TemporarilyUnavailable,
                "Too many wrong client credentials. Try again after the time in Retry-After.",
            );
            answer::retry_after(&mut response, seconds);
            response
        }
    }
}
