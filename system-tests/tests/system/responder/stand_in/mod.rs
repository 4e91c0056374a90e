//! A stand-in for the hosted service, written from its contract alone: no line of ours that serves
//! is in it. It answers what is documented, complains of what is not, and keeps everything that
//! arrived beside the true state of people. Bad days are played on it by a script.

mod account;
mod answers;
mod contract;
mod http;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub(in crate::responder) use account::{Account, Standing, people};
pub(in crate::responder) use answers::{CLIENT_ID, CLIENT_SECRET, Flavour, Service};
pub(in crate::responder) use contract::{Addresses, Kind, Meant};
pub(in crate::responder) use http::{Asked, Pace, Reply};

pub(in crate::responder) const ACCOUNT: &str = "STANDINACCOUNT234567ABCDEF";

/// What becomes of one request.
pub(in crate::responder) enum Play {
    /// It is answered as it should be.
    Answer(Pace),
    /// Nothing is done, and this is said.
    Instead(Reply),
    /// It is done as it should be, and this is said.
    DoneBut(Box<dyn FnOnce(Reply) -> Reply + Send>),
    /// Nothing is done, and the connection ends.
    Cut,
    /// It is done, and the connection ends.
    DoneThenCut,
    /// Nothing is done, and nothing is ever said.
    Silence,
}

impl Play {
    pub(in crate::responder) const GOOD: Self = Self::Answer(Pace::AtOnce);
}

/// Decides for each request, in the order in which they arrive.
pub(in crate::responder) type Script = Box<dyn FnMut(&Asked, &Meant) -> Play + Send>;

/// When something happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::responder) enum Moment {
    Arrived,
    /// Done, and not a byte of the answer is sent.
    Done,
    Answered,
}

pub(in crate::responder) type Watcher = Box<dyn FnMut(Moment, &Meant) + Send>;

/// A request, and what became of it.
#[derive(Clone, Debug)]
pub(in crate::responder) struct Arrival {
    pub(in crate::responder) asked: Asked,
    pub(in crate::responder) meant: Meant,
    /// The status of the answer that went out whole; nothing where none did.
    pub(in crate::responder) answered: Option<u16>,
}

/// Whoever knows the answers.
pub(in crate::responder) enum Behind {
    Service(Box<Service>),
    /// A real server, to which requests are passed on as they came.
    Rollcall {
        http: reqwest::Client,
        url: String,
    },
}

pub(in crate::responder) struct Inside {
    behind: Behind,
    script: Script,
    pub(in crate::responder) watcher: Watcher,
    pub(in crate::responder) arrivals: Vec<Arrival>,
    pub(in crate::responder) complaints: Vec<String>,
    /// Requests that are being answered.
    pub(in crate::responder) under_way: usize,
}

impl Inside {
    pub(in crate::responder) fn account(&self) -> &Account {
        match &self.behind {
            Behind::Service(service) => &service.account,
            Behind::Rollcall { .. } => panic!("the account is behind a real server"),
        }
    }

    pub(in crate::responder) fn count(&self, kind: Kind) -> usize {
        self.arrivals.iter().filter(|arrival| arrival.meant.kind == kind).count()
    }
}

pub(in crate::responder) struct StandIn {
    pub(in crate::responder) url: String,
    inside: Arc<Mutex<Inside>>,
    serving: JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl StandIn {
    pub(in crate::responder) async fn start(
        behind: Behind,
        addresses: Addresses,
        script: Script,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (arrivals, complaints) = (Vec::new(), Vec::new());
        let watcher: Watcher = Box::new(|_, _| {});
        let inside = Inside { behind, script, watcher, arrivals, complaints, under_way: 0 };
        let inside = Arc::new(Mutex::new(inside));
        let shared = Arc::clone(&inside);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inside = Arc::clone(&shared);
                tokio::spawn(serve(stream, inside, addresses));
            }
        });
        Self { url, inside, serving }
    }

    pub(in crate::responder) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    /// Nothing was asked that is not documented.
    #[track_caller]
    pub(in crate::responder) fn has_no_complaint(&self) {
        let inside = self.inside();
        assert!(inside.complaints.is_empty(), "{}", inside.complaints.join("\n"));
    }
}

async fn serve(mut stream: TcpStream, inside: Arc<Mutex<Inside>>, addresses: Addresses) {
    let _ = stream.set_nodelay(true);
    let mut rest = Vec::new();
    loop {
        let asked = match http::read(&mut stream, &mut rest).await {
            Ok(Some(asked)) => asked,
            Ok(None) => return,
            Err(what) => {
                // Whoever is killed in the middle of a request leaves half of one.
                if !what.starts_with("half") {
                    inside.lock().unwrap().complaints.push(what);
                }
                return;
            }
        };
        if !exchange(&mut stream, &inside, asked, addresses).await {
            return;
        }
    }
}

/// One request; whether the connection goes on.
async fn exchange(
    stream: &mut TcpStream,
    inside: &Mutex<Inside>,
    asked: Asked,
    addresses: Addresses,
) -> bool {
    let goes_on = answer_one(stream, inside, asked, addresses).await;
    inside.lock().unwrap().under_way -= 1;
    goes_on
}

async fn answer_one(
    stream: &mut TcpStream,
    inside: &Mutex<Inside>,
    asked: Asked,
    addresses: Addresses,
) -> bool {
    let meant = Meant::read(&asked, addresses);
    let (number, play) = {
        let mut now = inside.lock().unwrap();
        now.complaints.extend(contract::complaints(&asked, &meant));
        let arrival = Arrival { asked: asked.clone(), meant: meant.clone(), answered: None };
        now.arrivals.push(arrival);
        now.under_way += 1;
        (now.watcher)(Moment::Arrived, &meant);
        let play = (now.script)(&asked, &meant);
        (now.arrivals.len() - 1, play)
    };
    let (reply, pace) = match play {
        Play::Instead(reply) => (reply, Pace::AtOnce),
        Play::Cut => return false,
        Play::Silence => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            return false;
        }
        Play::Answer(pace) => (answer(inside, &asked, &meant).await, pace),
        Play::DoneBut(change) => (change(answer(inside, &asked, &meant).await), Pace::AtOnce),
        Play::DoneThenCut => {
            answer(inside, &asked, &meant).await;
            return false;
        }
    };
    let goes_on = http::write(stream, &reply, pace).await;
    let mut now = inside.lock().unwrap();
    if goes_on {
        now.arrivals[number].answered = Some(reply.status);
        (now.watcher)(Moment::Answered, &meant);
    }
    goes_on
}

async fn answer(inside: &Mutex<Inside>, asked: &Asked, meant: &Meant) -> Reply {
    let upstream = match &inside.lock().unwrap().behind {
        Behind::Service(_) => None,
        Behind::Rollcall { http, url } => Some((http.clone(), url.clone())),
    };
    let reply = match upstream {
        Some((http, url)) => pass_on(&http, &url, asked).await,
        None => match &mut inside.lock().unwrap().behind {
            Behind::Service(service) => service.answer(asked, meant),
            Behind::Rollcall { .. } => panic!("what is behind does not change"),
        },
    };
    (inside.lock().unwrap().watcher)(Moment::Done, meant);
    reply
}

async fn pass_on(http: &reqwest::Client, url: &str, asked: &Asked) -> Reply {
    let method = asked.method.parse().unwrap();
    let mut request = http.request(method, format!("{url}{}", asked.target));
    for (name, value) in &asked.headers {
        if !["host", "content-length", "connection"].contains(&name.to_lowercase().as_str()) {
            request = request.header(name, value);
        }
    }
    let answer = request.body(asked.body.clone()).send().await.expect("the real server answers");
    let status = answer.status().as_u16();
    let hop = ["content-length", "connection", "transfer-encoding", "date"];
    let headers = answer.headers().iter().filter(|(name, _)| !hop.contains(&name.as_str()));
    let headers = headers
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
        .collect();
    let body = answer.bytes().await.expect("an answer is read to its end").to_vec();
    Reply { status, headers, body }
}
