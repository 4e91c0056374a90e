//! Plays a fault on one call. Whatever the client is to see, an act is done by the server itself
//! and by nothing else; a client that hangs up does not undo it.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use rollcall_directory::acting::Presented;
use rollcall_directory::applications::{FindApplication, RetireSecret};
use rollcall_directory::tokens::Claims;
use rollcall_directory::world::{AccountId, ApplicationId};
use rollcall_server::front::Cut;
use rollcall_wire::problem::Word;

use super::behind::Behind;
use super::seen::Seen;
use super::{ANSWER_MAX_BYTES, lists, made_up};
use crate::double::Double;
use crate::faults::{Chosen, Effect, Fault};

/// A silent connection is kept so long: longer than any client waits.
const SILENCE: Duration = Duration::from_secs(600);
const BEFORE_THE_CUT: Duration = Duration::from_millis(20);

/// The server behind what is played: its own answers, with the people of a list as faults have them.
struct Served<'a> {
    next: Behind<'a>,
    seen: &'a Seen,
    on_list: Vec<Fault>,
    played: &'a mut Vec<String>,
}

impl Served<'_> {
    async fn answer(&mut self, request: Request) -> Response {
        let response = self.next.answer(request).await;
        let list = self.seen.list.as_ref();
        let (response, played) = lists::with_people_changed(response, list, &self.on_list).await;
        self.played.extend(played);
        response
    }
}

/// `played`: which faults on the people of a list did anything.
pub(super) async fn play(
    double: &Double,
    chosen: Chosen,
    seen: &Seen,
    next: Behind<'_>,
    request: Request,
    played: &mut Vec<String>,
) -> Result<Response, Cut> {
    let mut served = Served { next, seen, on_list: chosen.on_list, played };
    let Some(fault) = chosen.fault else { return Ok(served.answer(request).await) };
    match fault.effect {
        effect @ Effect::Answer { .. } => {
            let answer = made_up::answer(&served.next, seen.is_oauth(), &effect);
            let Some(answer) = answer else { return Ok(served.answer(request).await) };
            made_up::read(request).await;
            Ok(answer)
        }
        Effect::Slow { millis } => {
            let response = served.answer(request).await;
            tokio::time::sleep(Duration::from_millis(millis)).await;
            Ok(response)
        }
        Effect::Trickle { bytes, every_millis } => {
            let every = Duration::from_millis(every_millis);
            trickled(served.answer(request).await, bytes, every).await
        }
        Effect::Silence { cut_after_millis } => {
            drop(served.answer(request).await);
            tokio::time::sleep(cut_after_millis.map_or(SILENCE, Duration::from_millis)).await;
            Err(Cut)
        }
        Effect::CutAfterAct {} => {
            drop(served.answer(request).await);
            Err(Cut)
        }
        Effect::CutBefore {} => Err(Cut),
        Effect::CutBody { after_bytes } => {
            broken_off(served.answer(request).await, after_bytes).await
        }
        // On a list both are among `on_list`; on a person only the first is anything.
        Effect::Vanish {} => {
            made_up::read(request).await;
            Ok(served.next.says(Word::UserNotFound))
        }
        Effect::ListedAs { .. } => Ok(served.answer(request).await),
        Effect::EmptyPage {} => {
            let response = served.answer(request).await;
            let (claims, list) = (seen.claims.as_ref(), seen.list.as_ref());
            Ok(lists::emptied(double, claims, list, response).await)
        }
        Effect::ExtraFields {} => Ok(lists::with_extra_fields(served.answer(request).await).await),
        Effect::TokenEnds { .. } => {
            made_up::read(request).await;
            Ok(served.next.says(Word::TokenInvalid))
        }
        Effect::RetireSecret {} => {
            retire_secrets(double, seen).await;
            Ok(served.answer(request).await)
        }
    }
}

/// A few bytes at a time. The length is told first, as for a body that comes at once.
async fn trickled(response: Response, bytes: usize, every: Duration) -> Result<Response, Cut> {
    let (parts, whole) = taken_apart(response).await?;
    let pieces = stream::unfold((whole, true), move |(mut rest, is_first)| async move {
        if rest.is_empty() {
            return None;
        }
        if !is_first {
            tokio::time::sleep(every).await;
        }
        let piece = rest.split_to(bytes.clamp(1, rest.len()));
        Some((Ok::<Bytes, Infallible>(piece), (rest, false)))
    });
    Ok(Response::from_parts(parts, Body::from_stream(pieces)))
}

/// The first bytes, and then the end of the connection where more was promised.
async fn broken_off(response: Response, after_bytes: usize) -> Result<Response, Cut> {
    let (parts, mut whole) = taken_apart(response).await?;
    whole.truncate(after_bytes);
    let first = stream::iter((!whole.is_empty()).then_some(Ok(whole)));
    // What was given is sent first; told of the end at once, it would stay behind.
    let end = stream::once(async {
        tokio::time::sleep(BEFORE_THE_CUT).await;
        Err(io::Error::new(io::ErrorKind::ConnectionAborted, Cut))
    });
    let pieces = first.chain(end);
    Ok(Response::from_parts(parts, Body::from_stream(pieces)))
}

async fn taken_apart(response: Response) -> Result<(axum::http::response::Parts, Bytes), Cut> {
    let (mut parts, body) = response.into_parts();
    // The server's own answers are in memory and far shorter: this cannot fail for a client's sake.
    let whole = to_bytes(body, ANSWER_MAX_BYTES).await.map_err(|_| Cut)?;
    parts.headers.insert(header::CONTENT_LENGTH, whole.len().into());
    Ok((parts, whole))
}

/// Really, by an act with its record: what the server answers afterwards is its own.
async fn retire_secrets(double: &Double, seen: &Seen) {
    let Some((account, application)) = application_of(seen) else { return };
    let found = double.store.read(&FindApplication { account, id: application }).await;
    let secrets = match found {
        Ok(Some(shown)) => shown.application.secrets,
        Ok(None) => return,
        Err(fault) => return tracing::error!(%fault, "the application could not be looked up"),
    };
    for secret in secrets {
        let retire = RetireSecret { application, secret: secret.id };
        match double.store.act(Presented::Operator, account, retire).await {
            Ok(Ok(_)) => {}
            Ok(Err(refusal)) => tracing::error!(%refusal, "a secret could not be retired"),
            Err(fault) => tracing::error!(%fault, "a secret could not be retired"),
        }
    }
}

fn application_of(seen: &Seen) -> Option<(AccountId, ApplicationId)> {
    if let Some(Claims { account, application, .. }) = &seen.claims {
        return Some((*account, *application));
    }
    let asked = seen.asked();
    Some((asked.account?.parse().ok()?, asked.client_id?.parse().ok()?))
}
