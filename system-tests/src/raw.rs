//! Bytes as they are, for what no library would send: a header twice, a body that is not UTF-8.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::PATIENCE;

#[derive(Debug)]
pub struct RawAnswer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Sends one request and reads the answer to the end of the connection, so the request says
/// `Connection: close`. `lines` are the request line and the headers, without their line ends.
pub async fn raw(authority: &str, lines: &[&str], body: &[u8]) -> RawAnswer {
    let mut request = lines.join("\r\n").into_bytes();
    request.extend_from_slice(b"\r\nConnection: close\r\n\r\n");
    request.extend_from_slice(body);
    let exchange = async {
        let mut stream = TcpStream::connect(authority).await.expect("the server accepts");
        stream.write_all(&request).await.expect("the server reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("the server answers");
        String::from_utf8(answer).expect("answers are UTF-8")
    };
    let answer = timeout(PATIENCE, exchange).await.expect("the server answers in time");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    RawAnswer { status: status.expect("a status"), head: head.to_owned(), body: body.to_owned() }
}
