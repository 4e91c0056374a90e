//! One connection becomes a TLS connection, or an error says that it is over. An authority that
//! proves a name (TLS-ALPN-01) is answered here, before a certificate is needed; plain HTTP that
//! lost its way is told so. The listener limits how long all of it may take.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::server::{Acceptor, ClientHello};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::Tls;
use crate::acme::PROOF_PROTOCOL;

/// The first byte of TLS: a record of the handshake.
const HANDSHAKE_RECORD: u8 = 0x16;
const PLAIN_ANSWER: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: 33\r\nconnection: close\r\n\r\nthis port speaks HTTPS, not HTTP\n";
/// How much of a plain request is read before the connection is closed, so that its sender sees
/// the answer and not a connection that was cut.
const PLAIN_READ_BYTES: u64 = 64 * 1024;
const PLAIN_READ_TIMEOUT: Duration = Duration::from_secs(1);

impl Tls {
    /// The handshake. Why it failed is worth a line at most where somebody looks for it.
    pub async fn accept(&self, mut stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let mut first = [0];
        if stream.peek(&mut first).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if first[0] != HANDSHAKE_RECORD {
            if first[0].is_ascii_uppercase() {
                answer_plain(&mut stream).await?;
            }
            return Err(io::Error::new(io::ErrorKind::InvalidData, "this is not TLS"));
        }
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let hello = start.client_hello();
        let proof = match &self.0.answers {
            Some(answers) if asks_for_proof(&hello) => {
                let name = hello.server_name().unwrap_or_default().to_owned();
                answers.by_tls(&name).await?
            }
            Some(_) | None => None,
        };
        // Where no proof is open, it hears that this protocol is not spoken here.
        let Some(proof) = proof else {
            return start.into_stream(Arc::clone(&self.0.config)).await;
        };
        let mut done = start.into_stream(proof).await?;
        // The handshake was the answer; nothing is spoken over it.
        done.shutdown().await?;
        Err(io::Error::new(io::ErrorKind::ConnectionAborted, "an authority was answered"))
    }
}

fn asks_for_proof(hello: &ClientHello<'_>) -> bool {
    hello.alpn().is_some_and(|mut offered| offered.any(|protocol| protocol == PROOF_PROTOCOL))
}

async fn answer_plain(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(PLAIN_ANSWER).await?;
    stream.shutdown().await?;
    let mut rest = tokio::io::sink();
    let mut unread = stream.take(PLAIN_READ_BYTES);
    let _ = timeout(PLAIN_READ_TIMEOUT, tokio::io::copy(&mut unread, &mut rest)).await;
    Ok(())
}
