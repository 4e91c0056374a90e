//! Guessers beside a client that knows its secret: they are told no, and late when they go on; it
//! gets its tokens. How much longer it waits meanwhile is printed, as ratios of the same run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use rollcall_system_tests::{PATIENCE, RunningServer, Store};
use rollcall_wire::route::Family;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::how_many;

/// Connections, nearly as many as one address may have.
const GUESSERS: usize = 900;
/// Guesses that each sends before it reads the answers.
const AT_ONCE: usize = 10;
const RIGHT_CALLS: usize = 300;

fn request(client: &str, secret: &str) -> String {
    let basic = BASE64.encode(format!("{client}:{secret}").as_bytes());
    format!(
        "POST /v1/oauth/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {basic}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 29\r\n\r\n\
         grant_type=client_credentials"
    )
}

/// Reads so many answers; how many of them begin with each status.
async fn answers(stream: &mut TcpStream, count: usize) -> Vec<u16> {
    let (mut read, mut statuses) = (Vec::new(), Vec::new());
    while statuses.len() < count {
        let more = timeout(PATIENCE, stream.read_buf(&mut read)).await;
        assert!(more.expect("answers come").unwrap() > 0, "the server hung up");
        while let Some((status, length)) = one_answer(&read) {
            statuses.push(status);
            read.drain(..length);
        }
    }
    statuses
}

fn one_answer(read: &[u8]) -> Option<(u16, usize)> {
    let end = read.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&read[..end]).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let whole = end + length.parse::<usize>().unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (read.len() >= whole).then_some((status, whole))
}

/// How long each token took a client that knows its secret, in order of length.
async fn right_calls(server: &RunningServer, request: &str) -> Vec<Duration> {
    let mut stream = TcpStream::connect(server.authority()).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut took = Vec::with_capacity(RIGHT_CALLS);
    for _ in 0..RIGHT_CALLS {
        let began = Instant::now();
        stream.write_all(request.as_bytes()).await.unwrap();
        assert_eq!(answers(&mut stream, 1).await, [200], "a right secret always passes");
        took.push(began.elapsed());
    }
    took.sort();
    took
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_wrong_secrets_lock_nobody_out() {
    let wrong_max = how_many(15_000, 100_000);
    let server = RunningServer::start(Store::Sqlite).await;
    let api = server.api(Family::V1);
    let (id, secret) = (api.credentials.client_id.clone(), api.credentials.client_secret.clone());
    let right = request(&id, &secret);
    let alone = right_calls(&server, &right).await;

    let (over, sent, limited) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), Arc::default());
    let asked = Arc::new(AtomicUsize::new(0));
    let mut guessers = Vec::new();
    for guesser in 0..GUESSERS {
        let (over, sent, asked) = (Arc::clone(&over), Arc::clone(&sent), Arc::clone(&asked));
        let limited: Arc<AtomicUsize> = Arc::clone(&limited);
        let (id, to) = (id.clone(), server.authority().to_owned());
        guessers.push(tokio::spawn(async move {
            let mut stream = TcpStream::connect(to).await.unwrap();
            while !over.load(Ordering::Relaxed) {
                let first = asked.fetch_add(AT_ONCE, Ordering::Relaxed);
                let guesses: String = (0..AT_ONCE)
                    .map(|n| request(&id, &format!("rcs_guess-{guesser}-{}", first + n)))
                    .collect();
                stream.write_all(guesses.as_bytes()).await.unwrap();
                for status in answers(&mut stream, AT_ONCE).await {
                    assert!(status == 401 || status == 429, "{status} for a guess");
                    limited.fetch_add(usize::from(status == 429), Ordering::Relaxed);
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            }
        }));
    }
    let began = Instant::now();
    let mut beside = Vec::new();
    while sent.load(Ordering::Relaxed) < wrong_max {
        assert!(began.elapsed() < 5 * PATIENCE, "the guessers have stopped");
        beside.extend(right_calls(&server, &right).await);
    }
    let took = began.elapsed();
    let guessed = sent.load(Ordering::Relaxed);
    over.store(true, Ordering::Relaxed);
    for guesser in guessers {
        guesser.await.unwrap();
    }
    beside.sort();
    let afterwards = right_calls(&server, &right).await;
    let at = |times: &[Duration], percent: usize| times[(times.len() - 1) * percent / 100];
    let ratio = |percent| at(&beside, percent).as_secs_f64() / at(&alone, percent).as_secs_f64();
    println!(
        "{guessed} wrong secrets in {took:?} ({} told 429); right ones, p50 and p99: alone {:?} {:?}, beside {:?} {:?} (x{:.1}, x{:.1}), afterwards {:?} {:?}",
        limited.load(Ordering::Relaxed),
        at(&alone, 50),
        at(&alone, 99),
        at(&beside, 50),
        at(&beside, 99),
        ratio(50),
        ratio(99),
        at(&afterwards, 50),
        at(&afterwards, 99),
    );
    assert!(limited.load(Ordering::Relaxed) > guessed / 2, "most were told to wait");
    assert!(at(&beside, 99) < Duration::from_secs(5), "right ones wait for the wrong ones");
}
