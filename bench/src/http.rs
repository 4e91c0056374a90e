//! As much of HTTP/1.1 as a load generator needs: where an answer ends and what its status is.
//! Small, because what it costs is taken from the same machine as the server.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context as _, Result, bail, ensure};

/// An answer that is there whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) status: u16,
    pub(crate) body_starts: usize,
    pub(crate) ends: usize,
}

/// `None`: there is more to come.
pub(crate) fn whole(bytes: &[u8]) -> Result<Option<Whole>> {
    let Some(head_ends) = find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let head = &bytes[..head_ends];
    let status = head.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    let status = status.context("an answer without a status")?;
    let body_starts = head_ends + 4;
    let ends = if let Some(length) = header(head, b"content-length") {
        let length = std::str::from_utf8(length)?.trim();
        Some(body_starts + length.parse::<usize>().context("a content-length that is no number")?)
    } else if header(head, b"transfer-encoding").is_some() {
        // The last chunk has no length and no trailers with any server measured here.
        find(&bytes[body_starts..], b"\r\n0\r\n\r\n").map(|at| body_starts + at + 7)
    } else {
        bail!("an answer whose end cannot be told")
    };
    Ok(ends.filter(|ends| *ends <= bytes.len()).map(|ends| Whole { status, body_starts, ends }))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn header<'a>(head: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    head.split(|byte| *byte == b'\n').find_map(|line| {
        let (found, value) = line.split_at_checked(name.len())?;
        found.eq_ignore_ascii_case(name).then_some(())?;
        value.strip_prefix(b":")
    })
}

/// One call at a time on one connection: for setting up and for walking.
pub(crate) struct Caller {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Caller {
    pub(crate) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// The status and the body.
    pub(crate) fn call(&mut self, request: &[u8]) -> Result<(u16, &[u8])> {
        self.stream.write_all(request)?;
        self.read.clear();
        let mut some = [0; 65_536];
        loop {
            let count = self.stream.read(&mut some)?;
            ensure!(count > 0, "the server hung up");
            self.read.extend_from_slice(&some[..count]);
            if let Some(whole) = whole(&self.read)? {
                return Ok((whole.status, &self.read[whole.body_starts..whole.ends]));
            }
        }
    }

    /// The bytes of the last answer, head and body.
    pub(crate) fn answer_bytes(&self) -> usize {
        self.read.len()
    }

    /// What the last answer said under this name, each time it said it.
    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        let head = find(&self.read, b"\r\n\r\n").map_or(&self.read[..], |at| &self.read[..at]);
        let lines = head.split(|byte| *byte == b'\n');
        let values = lines.filter_map(|line| header(line, name.as_bytes()));
        values.map(|value| String::from_utf8_lossy(value).trim().to_owned()).collect()
    }

    /// A call that must go well; its body.
    pub(crate) fn body(&mut self, request: &[u8]) -> Result<&[u8]> {
        let (status, body) = self.call(request)?;
        ensure!(
            (200..300).contains(&status),
            "{} was answered {status}: {}",
            String::from_utf8_lossy(request.split(|byte| *byte == b'\r').next().unwrap_or(b"")),
            String::from_utf8_lossy(body)
        );
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_last_byte_is_there() {
        let answer = b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(
            whole(answer).unwrap(),
            Some(Whole { status: 201, body_starts: 43, ends: answer.len() })
        );
        for cut in 0..answer.len() {
            assert_eq!(whole(&answer[..cut]).unwrap(), None, "cut at {cut}");
        }
    }

    #[test]
    fn chunks_end_with_an_empty_one() {
        let answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        assert_eq!(whole(answer).unwrap().unwrap().ends, answer.len());
        assert_eq!(whole(&answer[..answer.len() - 1]).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_counted_is_an_error() {
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(whole(b"HTTP/1.1 xyz OK\r\ncontent-length: 0\r\n\r\n").is_err());
    }
}
