//! A collector of traces: takes OpenTelemetry's protocol over HTTP, and reads of it what the tests
//! ask for. Protobuf is read as it is on the wire, by numbers of fields.

use rollcall_system_tests::PATIENCE;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

pub(crate) struct Collector {
    pub url: String,
    came: UnboundedReceiver<Span>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub service: String,
    pub name: String,
    pub trace: Vec<u8>,
    pub parent: Vec<u8>,
    pub attributes: Vec<(String, String)>,
    /// All that was sent, to look for what must not be in it.
    pub request: Vec<u8>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (told, came) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(collect(stream, told.clone()));
            }
        });
        Self { url, came }
    }

    pub(crate) async fn span(&mut self) -> Span {
        timeout(PATIENCE, self.came.recv()).await.expect("a span comes").unwrap()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.came.is_empty()
    }
}

async fn collect(mut stream: TcpStream, told: UnboundedSender<Span>) {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let Ok(byte) = stream.read_u8().await else { return };
            head.push(byte);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
        assert!(head.contains("content-type: application/x-protobuf"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        spans(&body).into_iter().for_each(|span| told.send(span).unwrap());
        let answer =
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

/// `ExportTraceServiceRequest`: resource_spans 1 { resource 1, scope_spans 2 { spans 2 } }.
fn spans(request: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    for group in messages(request, 1) {
        let service = messages(group, 1)
            .flat_map(attributes)
            .find_map(|(key, value)| (key == "service.name").then_some(value));
        for span in messages(group, 2).flat_map(|scope| messages(scope, 2)) {
            let bytes = |field| messages(span, field).next().unwrap_or_default().to_vec();
            found.push(Span {
                service: service.clone().unwrap_or_default(),
                name: String::from_utf8(bytes(5)).unwrap(),
                trace: bytes(1),
                parent: bytes(4),
                attributes: messages(span, 9).filter_map(key_value).collect(),
                request: request.to_vec(),
            });
        }
    }
    found
}

fn attributes(resource: &[u8]) -> Vec<(String, String)> {
    messages(resource, 1).filter_map(key_value).collect()
}

/// `KeyValue`: key 1, value 2 { string 1, int 3 }.
fn key_value(message: &[u8]) -> Option<(String, String)> {
    let key = String::from_utf8(messages(message, 1).next()?.to_vec()).unwrap();
    let value = messages(message, 2).next()?;
    let text = messages(value, 1).next().map(|text| String::from_utf8(text.to_vec()).unwrap());
    let number = fields(value).find_map(|field| match field {
        (3, Value::Number(number)) => Some(number.to_string()),
        _ => None,
    });
    Some((key, text.or(number)?))
}

enum Value<'a> {
    Number(u64),
    Message(&'a [u8]),
}

fn messages(of: &[u8], number: u64) -> impl Iterator<Item = &[u8]> {
    fields(of).filter_map(move |field| match field {
        (found, Value::Message(message)) if found == number => Some(message),
        _ => None,
    })
}

fn fields(mut left: &[u8]) -> impl Iterator<Item = (u64, Value<'_>)> {
    std::iter::from_fn(move || {
        let tag = (!left.is_empty()).then(|| varint(&mut left))?;
        let value = match tag & 7 {
            0 => Value::Number(varint(&mut left)),
            1 => Value::Message(take(&mut left, 8)),
            2 => {
                let length = usize::try_from(varint(&mut left)).unwrap();
                Value::Message(take(&mut left, length))
            }
            5 => Value::Message(take(&mut left, 4)),
            kind => panic!("protobuf has no kind {kind}"),
        };
        Some((tag >> 3, value))
    })
}

fn take<'a>(left: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, rest) = left.split_at(length);
    *left = rest;
    taken
}

fn varint(left: &mut &[u8]) -> u64 {
    let mut number = 0;
    for at in 0..10 {
        let byte = take(left, 1)[0];
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return number;
        }
    }
    panic!("a number without an end");
}
