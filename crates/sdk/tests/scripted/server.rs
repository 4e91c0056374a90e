//! A server that answers by script and keeps what it heard. It speaks HTTP by hand, for most of what
//! it must do no HTTP library would: cutting a connection, holding an answer back, dropping bytes.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What it does when it is asked.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// The request is read, and the connection closed.
    Cut,
    /// Half of the body, and the connection is closed.
    Half(String),
    /// A byte of the body in each such time.
    Slow(String, Duration),
    /// Nothing, ever.
    Hold,
}

impl Reply {
    pub(crate) fn status(status: u16, body: Value) -> Self {
        Self::Answer { status, headers: vec![], body: body.to_string() }
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::Answer {
            status,
            headers: vec![("content-type", "text/html".to_owned())],
            body: body.to_owned(),
        }
    }

    /// A `google.rpc.Status`.
    pub(crate) fn no(status: u16, code: i32, word: &str) -> Self {
        Self::status(status, json!({"code": code, "message": word, "details": []}))
    }

    pub(crate) fn with(self, name: &'static str, value: &str) -> Self {
        match self {
            Self::Answer { status, mut headers, body } => {
                headers.push((name, value.to_owned()));
                Self::Answer { status, headers, body }
            }
            other => other,
        }
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// Method and target.
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn is_of_tokens(&self) -> bool {
        self.line.contains("/oauth")
    }
}

#[derive(Default)]
struct Script {
    tokens: VecDeque<Reply>,
    calls: VecDeque<Reply>,
    heard: Vec<Heard>,
    tokens_given: u32,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    script: Arc<Mutex<Script>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Answers calls in this order; after them, a 500 of its own. Tokens are given as they are asked for.
    pub(crate) async fn start(calls: impl IntoIterator<Item = Reply>) -> Self {
        Self::listen(calls, None).await
    }

    pub(crate) async fn start_with_tls(
        calls: impl IntoIterator<Item = Reply>,
        tls: tokio_rustls::TlsAcceptor,
    ) -> Self {
        Self::listen(calls, Some(tls)).await
    }

    async fn listen(
        calls: impl IntoIterator<Item = Reply>,
        tls: Option<tokio_rustls::TlsAcceptor>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::new(Mutex::new(Script {
            calls: calls.into_iter().collect(),
            ..Script::default()
        }));
        let for_calls = Arc::clone(&script);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (script, tls) = (Arc::clone(&for_calls), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &script).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &script).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, script, task }
    }

    /// Instead of giving the next tokens.
    pub(crate) fn answer_tokens(&self, replies: impl IntoIterator<Item = Reply>) {
        self.script.lock().unwrap().tokens.extend(replies);
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.script.lock().unwrap().heard.clone()
    }

    /// Method and target of all that was asked but tokens.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.heard()
            .iter()
            .filter(|heard| !heard.is_of_tokens())
            .map(|heard| heard.line.clone())
            .collect()
    }

    pub(crate) fn tokens(&self) -> usize {
        self.heard().iter().filter(|heard| heard.is_of_tokens()).count()
    }

    /// Nothing that was scripted is left.
    pub(crate) fn is_over(&self) -> bool {
        let script = self.script.lock().unwrap();
        script.calls.is_empty() && script.tokens.is_empty()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Script {
    fn reply(&mut self, heard: Heard) -> Reply {
        let of_tokens = heard.is_of_tokens();
        self.heard.push(heard);
        if !of_tokens {
            return self.calls.pop_front().unwrap_or_else(|| Reply::no(500, 13, "script_is_over"));
        }
        self.tokens.pop_front().unwrap_or_else(|| {
            self.tokens_given += 1;
            token(&format!("token-{}", self.tokens_given), json!(900))
        })
    }
}

pub(crate) fn token(token: &str, expires_in: Value) -> Reply {
    Reply::status(
        200,
        json!({"access_token": token, "token_type": "Bearer", "expires_in": expires_in}),
    )
}

async fn serve<S>(mut stream: S, script: &Mutex<Script>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let Some(heard) = read(&mut stream).await else { return };
    let reply = script.lock().unwrap().reply(heard);
    match reply {
        Reply::Answer { status, headers, body } => {
            let mut text = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                text += &format!("{name}: {value}\r\n");
            }
            text += &format!("connection: close\r\n\r\n{body}");
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Reply::Cut => {}
        Reply::Half(body) => {
            let text = format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.write_all(&body.as_bytes()[..body.len() / 2]).await;
        }
        Reply::Slow(body, each) => {
            let text = format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(text.as_bytes()).await;
            for byte in body.as_bytes() {
                tokio::time::sleep(each).await;
                if stream.write_all(&[*byte]).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
        }
        Reply::Hold => std::future::pending().await,
    }
    let _ = stream.shutdown().await;
}

async fn read<S: tokio::io::AsyncRead + Unpin>(stream: &mut S) -> Option<Heard> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut heard = Heard { line, headers, body: String::new() };
    let length: usize = heard.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    heard.body = String::from_utf8(body).unwrap();
    Some(heard)
}
