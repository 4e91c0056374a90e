//! HTTP/1.1 by hand, so that every byte of a request is seen and every way to answer badly is there.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// More than any request of a client of this API.
const REQUEST_MAX_BYTES: usize = 64 * 1024;

#[derive(Clone, Debug)]
pub(in crate::responder) struct Asked {
    pub(in crate::responder) method: String,
    /// As it stood in the request line.
    pub(in crate::responder) target: String,
    pub(in crate::responder) version: String,
    pub(in crate::responder) headers: Vec<(String, String)>,
    pub(in crate::responder) body: Vec<u8>,
    pub(in crate::responder) at: Instant,
}

impl Asked {
    pub(in crate::responder) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(in crate::responder) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(in crate::responder) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

#[derive(Clone, Debug)]
pub(in crate::responder) struct Reply {
    pub(in crate::responder) status: u16,
    pub(in crate::responder) headers: Vec<(String, String)>,
    pub(in crate::responder) body: Vec<u8>,
}

impl Reply {
    pub(in crate::responder) fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::of(status, "application/json", body)
    }

    pub(in crate::responder) fn of(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Self { status, headers, body: body.into() }
    }

    pub(in crate::responder) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// How an answer goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::responder) enum Pace {
    AtOnce,
    /// In so many pieces, with a pause before each.
    Pieces(usize, Duration),
    /// The head says more than comes: half of the body, then the end of the connection.
    HalfThenCut,
}

/// The next request of a connection, or nothing where the client has ended it.
pub(super) async fn read(
    stream: &mut TcpStream,
    rest: &mut Vec<u8>,
) -> Result<Option<Asked>, String> {
    let head_ends = loop {
        if let Some(at) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if !more(stream, rest).await? {
            return if rest.is_empty() { Ok(None) } else { Err("half a head".to_owned()) };
        }
    };
    let head = std::str::from_utf8(&rest[..head_ends]).map_err(|_| "a head that is not UTF-8")?;
    let mut lines = head.split("\r\n");
    let first: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let [method, target, version] = first[..] else {
        return Err(format!("the request line {first:?}"));
    };
    let mut headers = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or_else(|| format!("the line {line:?}"))?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let (method, target, version) = (method.to_owned(), target.to_owned(), version.to_owned());
    let mut asked = Asked { method, target, version, headers, body: vec![], at: Instant::now() };
    if asked.header("transfer-encoding").is_some() {
        return Err("a body in chunks, for a request that has none or a short one".to_owned());
    }
    let length = match asked.header("content-length") {
        None => 0,
        Some(text) => text.parse::<usize>().map_err(|error| format!("{text:?}: {error}"))?,
    };
    while rest.len() < head_ends + 4 + length {
        if !more(stream, rest).await? {
            return Err("half a body".to_owned());
        }
    }
    asked.body = rest[head_ends + 4..head_ends + 4 + length].to_vec();
    rest.drain(..head_ends + 4 + length);
    Ok(Some(asked))
}

async fn more(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Result<bool, String> {
    if rest.len() > REQUEST_MAX_BYTES {
        return Err("a request that is too long".to_owned());
    }
    // A client that was killed resets its connections, which is no fault of its requests.
    Ok(stream.read_buf(rest).await.is_ok_and(|bytes| bytes > 0))
}

/// Whether the connection goes on.
pub(super) async fn write(stream: &mut TcpStream, reply: &Reply, pace: Pace) -> bool {
    let mut head = format!("HTTP/1.1 {} Answer\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", reply.body.len()));
    let mut bytes = head.into_bytes();
    match pace {
        Pace::AtOnce => {
            bytes.extend_from_slice(&reply.body);
            stream.write_all(&bytes).await.is_ok()
        }
        Pace::Pieces(count, pause) => {
            bytes.extend_from_slice(&reply.body);
            for piece in bytes.chunks(bytes.len().div_ceil(count.max(1))) {
                tokio::time::sleep(pause).await;
                if stream.write_all(piece).await.is_err() {
                    return false;
                }
            }
            true
        }
        Pace::HalfThenCut => {
            bytes.extend_from_slice(&reply.body[..reply.body.len() / 2]);
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            false
        }
    }
}
