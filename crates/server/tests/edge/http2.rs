//! HTTP/2, in its own frames: a call, calls that are taken back as fast as they are made, headers
//! without an end, and a server that stops.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::stage::{Client, PATIENCE, Stage, patient};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const CANCEL: [u8; 4] = [0, 0, 0, 8];
/// GET / over http at the authority "x", as HPACK writes it.
const REQUEST: &[u8] = &[0x82, 0x84, 0x86, 0x41, 1, b'x'];
/// `:status 404` of the static table.
const NOT_FOUND: u8 = 0x8d;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

struct Frame {
    kind: u8,
    payload: Vec<u8>,
}

async fn open(stage: &Stage) -> Client {
    let mut client = stage.connect().await;
    client.send([PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await;
    client
}

/// The next frame; nothing where the connection ended.
async fn next(client: &mut Client) -> Option<Frame> {
    let mut head = [0; 9];
    timeout(PATIENCE, client.0.read_exact(&mut head)).await.expect("a frame or an end").ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    client.0.read_exact(&mut payload).await.ok()?;
    Some(Frame { kind: head[3], payload })
}

/// Frames up to the first of this kind; nothing where the connection ended before.
async fn first(client: &mut Client, kind: u8) -> Option<Frame> {
    loop {
        let frame = next(client).await?;
        if frame.kind == kind {
            return Some(frame);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_answered_and_the_end_is_said() {
    let mut stage = Stage::with(patient()).await;
    let mut client = open(&stage).await;
    client.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, REQUEST)).await;
    let answer = first(&mut client, HEADERS).await.expect("an answer");
    assert_eq!(answer.payload.first(), Some(&NOT_FOUND));
    let stopping = tokio::spawn(stage.serving.take().unwrap().stop(PATIENCE));
    assert!(first(&mut client, GOAWAY).await.is_some(), "the client is told");
    client.end().await;
    stopping.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_back_its_calls_without_end_is_sent_away() {
    let stage = Stage::with(patient()).await;
    let mut client = open(&stage).await;
    let mut sent = 0;
    'sending: for burst in 0..200_u32 {
        let mut frames = Vec::new();
        for nth in 0..100 {
            let stream = 1 + 2 * (burst * 100 + nth);
            frames.extend(frame(HEADERS, END_HEADERS | END_STREAM, stream, REQUEST));
            frames.extend(frame(RST_STREAM, 0, stream, &CANCEL));
        }
        if client.0.write_all(&frames).await.is_err() {
            break 'sending;
        }
        sent += 100;
    }
    let told = first(&mut client, GOAWAY).await.map(|frame| frame.payload[4..8].to_vec());
    println!("{sent} calls made and taken back; the last word: {told:?}");
    assert!(told.is_some() || sent < 20_000, "nothing was said, and all was taken");
    client.end().await;
    // Nobody else notices.
    assert!(!stage.token().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_without_an_end_end_the_connection() {
    let stage = Stage::with(patient()).await;
    let mut client = open(&stage).await;
    client.send(frame(HEADERS, END_STREAM, 1, REQUEST)).await;
    // A field without index, of 8 KiB, again and again.
    let mut field = vec![0, 1, b'y', 0x7f, 0x81, 0x3f];
    field.extend(vec![b'z'; 8192]);
    let more = frame(CONTINUATION, 0, 1, &field);
    let mut sent = 0;
    while client.0.write_all(&more).await.is_ok() {
        sent += 1;
        assert!(sent < 10_000, "80 MB of headers are taken");
    }
    client.end().await;
    assert!(!stage.token().await.is_empty());
}
