//! A server that is Rollcall but for one thing: it passes each request on to a real one, and may
//! change what is asked and what is answered.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub(super) struct Asked {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

/// What the stand-in remembers between two requests.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) tokens: Vec<String>,
    pub(super) is_suspended: bool,
}

/// What it does differently.
#[derive(Clone, Copy)]
pub(super) struct Twist {
    /// May answer by itself.
    pub(super) before: fn(&mut Memory, &mut Asked) -> Option<Reply>,
    pub(super) after: fn(&mut Memory, &Asked, &mut Reply),
}

pub(super) struct StandIn {
    pub(super) url: String,
    serving: JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub(super) fn is_list(&self) -> bool {
        self.method == "GET" && self.path().ends_with("/users")
    }

    pub(super) fn is_get(&self) -> bool {
        self.method == "GET" && self.path().contains("/users/")
    }

    pub(super) fn is_token(&self) -> bool {
        self.path().ends_with("/token")
    }

    pub(super) fn is_revoke(&self) -> bool {
        self.path().ends_with("/revoke")
    }

    pub(super) fn replace(&mut self, from: &str, to: &str) {
        self.target = self.target.replace(from, to);
    }
}

impl Reply {
    pub(super) fn of(status: u16, body: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: body.to_owned() }
    }

    pub(super) fn change(&mut self, change: impl FnOnce(&mut Value)) {
        if let Ok(mut json) = serde_json::from_str(&self.body) {
            change(&mut json);
            self.body = json.to_string();
        }
    }

    /// Every person in it, in a list or alone.
    pub(super) fn each_user(&mut self, change: impl Fn(&mut Value)) {
        self.change(|json| {
            if let Some(users) = json.get_mut("results").and_then(Value::as_array_mut) {
                users.iter_mut().for_each(change);
            } else if json.get("email").is_some() {
                change(json);
            }
        });
    }

    pub(super) fn without(&mut self, header: &str) {
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(header));
    }
}

impl StandIn {
    pub(super) async fn before(upstream: &str, twist: Twist) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (upstream, memory) = (upstream.to_owned(), Arc::new(Mutex::new(Memory::default())));
        let http = rollcall_system_tests::http_client()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (http, upstream, memory) = (http.clone(), upstream.clone(), memory.clone());
                tokio::spawn(async move { answer(stream, &http, &upstream, twist, &memory).await });
            }
        });
        Self { url, serving }
    }
}

async fn answer(
    mut stream: TcpStream,
    http: &reqwest::Client,
    upstream: &str,
    twist: Twist,
    memory: &Mutex<Memory>,
) {
    let Some(mut asked) = read(&mut stream).await else { return };
    let own = (twist.before)(&mut memory.lock().unwrap(), &mut asked);
    let mut reply = match own {
        Some(reply) => reply,
        None => pass_on(http, upstream, &asked).await,
    };
    (twist.after)(&mut memory.lock().unwrap(), &asked, &mut reply);
    let mut text = format!("HTTP/1.1 {} Answer\r\nConnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n{}", reply.body.len(), reply.body));
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// One request; its body by its length, which is how the command sends one.
async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let head_ends = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_ends].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut asked = Asked { method, target, headers, body: String::new() };
    let length = asked.header("content-length").map_or(0, |text| text.parse::<usize>().unwrap());
    while bytes.len() < head_ends + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    asked.body = String::from_utf8(bytes[head_ends + 4..].to_vec()).unwrap();
    Some(asked)
}

async fn pass_on(http: &reqwest::Client, upstream: &str, asked: &Asked) -> Reply {
    let method = asked.method.parse().unwrap();
    let mut request = http.request(method, format!("{upstream}{}", asked.target));
    for (name, value) in &asked.headers {
        if !["host", "content-length", "connection"].contains(&name.to_lowercase().as_str()) {
            request = request.header(name, value);
        }
    }
    let answer = request.body(asked.body.clone()).send().await.unwrap();
    let status = answer.status().as_u16();
    let headers = answer.headers().iter().filter(|(name, _)| {
        !["content-length", "connection", "transfer-encoding", "date"].contains(&name.as_str())
    });
    let headers = headers
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
        .collect();
    Reply { status, headers, body: answer.text().await.unwrap() }
}
