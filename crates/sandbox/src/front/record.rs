//! Writes down what goes by: bodies are copied as they are read, never held back. Whatever ends a
//! call ends its recording: the last byte of its answer, a cut, or a client that leaves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::Body as HttpBody;
use rollcall_directory::store::Store;
use rollcall_directory::world::Moment;
use rollcall_server::front::Cut;
use rollcall_wire::route::Route;

use super::behind::{Behind, Outcome};
use super::seen::{Seen, is_oauth};
use super::tee::{Tee, Watch};
use crate::double::Double;
use crate::faults::Fault;
use crate::journal::{
    Answered, Credential, Exchange, Journal, Known, Left, Meant, Sent, Text, Told, masking, told,
};

/// So much of a body is kept, of a request and of an answer.
const SENT_MAX_BYTES: usize = 16 * 1024;
const ANSWERED_MAX_BYTES: usize = 64 * 1024;
/// So much of an answer is read for what it says: four pages of a thousand people.
const READ_MAX_BYTES: usize = 1024 * 1024;

pub(super) fn begin(
    double: &Double,
    seen: &Seen,
    behind: &Behind<'_>,
    request: Request,
) -> (Request, Recording) {
    let (mut meant, known) = (seen.meant.clone(), &double.known);
    let (headers, misplaced) =
        masking::request_headers(known, request.headers(), &meant.credential);
    meant.misplaced.extend(misplaced);
    let copy = Arc::new(Mutex::new(Copied::up_to(SENT_MAX_BYTES)));
    let under_way = UnderWay {
        journal: double.journal.clone(),
        known: double.known.clone(),
        store: double.store.clone(),
        number: double.journal.next_number(),
        started: double.store.world().now(),
        began: Instant::now(),
        request_id: behind.request_id().to_owned(),
        is_head: request.method() == Method::HEAD,
        sent: Sent {
            method: masking::part(known, request.method().as_str()),
            target: seen.target.clone(),
            version: version(request.version()).to_owned(),
            secure: behind.is_secure(),
            headers: with_host(headers, &request),
            body: Text::default(),
        },
        meant,
        body: copy.clone(),
        played: None,
        outcome: behind.outcome(),
    };
    let request = request.map(|body| match HttpBody::is_end_stream(&body) {
        true => body,
        false => Tee::body(body, None, copy),
    });
    (request, Recording(Some(Box::new(under_way))))
}

/// HTTP/2 says it in the address.
fn with_host(headers: Vec<(String, String)>, request: &Request) -> Vec<(String, String)> {
    let Some(authority) = request.uri().authority() else { return headers };
    if headers.iter().any(|(name, _)| name == header::HOST.as_str()) {
        return headers;
    }
    // Without the name and password that may stand before it.
    let host = match authority.port() {
        Some(port) => format!("{}:{port}", authority.host()),
        None => authority.host().to_owned(),
    };
    [vec![(header::HOST.as_str().to_owned(), host)], headers].concat()
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        _ => "HTTP/1.1",
    }
}

/// One call under way. Dropped before it ended, its client has left: that is written down too.
pub(super) struct Recording(Option<Box<UnderWay>>);

struct UnderWay {
    journal: Arc<Journal>,
    known: Arc<Known>,
    store: Store,
    number: u64,
    started: Moment,
    began: Instant,
    request_id: String,
    is_head: bool,
    sent: Sent,
    meant: Meant,
    body: Arc<Mutex<Copied>>,
    played: Option<String>,
    outcome: Outcome,
}

impl Recording {
    pub(super) fn plays(&mut self, fault: Option<&Fault>) {
        if let Some(under_way) = &mut self.0 {
            under_way.played = fault.map(|fault| fault.name.clone());
        }
    }

    /// Faults on the people of a list, known once it is there.
    pub(super) fn played_on_list(&mut self, faults: Vec<String>) {
        if let Some(under_way) = &mut self.0
            && under_way.played.is_none()
        {
            under_way.played = faults.into_iter().next();
        }
    }

    /// Written down now if nothing more comes, or else when its body ends.
    pub(super) fn end(mut self, answered: Result<Response, Cut>) -> Result<Response, Cut> {
        let Some(under_way) = self.0.take() else { return answered };
        let response = match answered {
            Ok(response) => response,
            Err(cut) => {
                under_way.without_answer(Left::Double);
                return Err(cut);
            }
        };
        let is_bare = under_way.is_head || HttpBody::is_end_stream(response.body());
        let (parts, body) = response.into_parts();
        let mut answer = Answer {
            under_way: Some(under_way),
            status: parts.status,
            headers: parts.headers.clone(),
            body: Copied::up_to(READ_MAX_BYTES),
        };
        if is_bare {
            answer.whole();
            return Ok(Response::from_parts(parts, body));
        }
        let length = parts.headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
        Ok(Response::from_parts(parts, Tee::body(body, length, answer)))
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Some(under_way) = self.0.take() {
            let by = if std::thread::panicking() { Left::Double } else { Left::Client };
            under_way.without_answer(by);
        }
    }
}

impl UnderWay {
    fn without_answer(self: Box<Self>, by: Left) {
        let acted = self.outcome.acted();
        self.write_down(Answered::Nothing { acted, by }, Told::default());
    }

    fn write_down(mut self: Box<Self>, answered: Answered, told: Told) {
        {
            let copied = self.body.lock().unwrap_or_else(PoisonError::into_inner);
            let revokes = self.meant.operation == Route::Revoke.operation_id();
            let (text, misplaced) = masking::request_body(&self.known, &copied.bytes, revokes);
            self.sent.body = Text { text, bytes: copied.length, is_cut: copied.is_cut() };
            self.meant.misplaced.extend(misplaced);
        }
        self.judge_the_secret(&answered);
        self.journal.push(Exchange {
            number: self.number,
            started: self.started,
            since_start: self.journal.since_start(self.began),
            took: self.began.elapsed(),
            request_id: self.request_id,
            sent: self.sent,
            meant: self.meant,
            answered,
            told,
            played: self.played,
        });
    }

    /// A secret that was made in the console is known to the server alone, and so is whether one
    /// was retired: what it answered says so, unless a fault answered for it.
    fn judge_the_secret(&mut self, answered: &Answered) {
        if !is_oauth(&self.meant) || self.played.is_some() {
            return;
        }
        let Credential::Client { is_right, .. } = &mut self.meant.credential else { return };
        match answered.status() {
            Some(200) => *is_right = true,
            Some(401) => *is_right = false,
            _ => {}
        }
    }
}

/// An answer on its way out.
struct Answer {
    under_way: Option<Box<UnderWay>>,
    status: StatusCode,
    headers: HeaderMap<HeaderValue>,
    body: Copied,
}

impl Answer {
    fn ended(&mut self, left: Option<Left>) {
        let Some(under_way) = self.under_way.take() else { return };
        let known = &under_way.known;
        let keys = under_way.store.keys();
        let (number, bytes) = (under_way.number, &self.body.bytes);
        // First: a token that it gives is known from here on, and has its name in the body.
        let told = told::read(known, &keys, number, &self.headers, bytes);
        let (text, is_cut) = masking::answer_body(known, bytes, ANSWERED_MAX_BYTES);
        let is_cut = is_cut || self.body.is_cut();
        let body = Text { text, bytes: self.body.length, is_cut };
        let mut headers = masking::answer_headers(known, &self.headers);
        headers.push(("x-request-id".to_owned(), under_way.request_id.clone()));
        let status = self.status.as_u16();
        let answered = match left {
            None => Answered::Whole { status, headers, body },
            Some(by) => Answered::Broken { status, headers, body, by },
        };
        under_way.write_down(answered, told);
    }
}

impl Watch for Answer {
    fn piece(&mut self, bytes: &Bytes) {
        self.body.piece(bytes);
    }

    fn whole(&mut self) {
        self.ended(None);
    }

    fn broken(&mut self) {
        self.ended(Some(Left::Double));
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.ended(Some(Left::Client));
    }
}

/// The first bytes of a body, and how long it was so far.
struct Copied {
    bytes: Vec<u8>,
    length: u64,
    max: usize,
}

impl Copied {
    const fn up_to(max: usize) -> Self {
        Self { bytes: Vec::new(), length: 0, max }
    }

    fn piece(&mut self, bytes: &Bytes) {
        let room = self.max.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.length = self.length.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    }

    fn is_cut(&self) -> bool {
        self.length > u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }
}

impl Watch for Arc<Mutex<Copied>> {
    fn piece(&mut self, bytes: &Bytes) {
        self.lock().unwrap_or_else(PoisonError::into_inner).piece(bytes);
    }

    fn whole(&mut self) {}

    fn broken(&mut self) {}
}
