//! A server in memory whose every answer can be scripted, and a disk that knows what is synced.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use rollcall_sdk::{Act, Acted, Error, How, Refusal, State, StrangeAnswer, User};
use tokio::sync::watch;

use crate::apply::{End, Event, Halt, Options, Surroundings, go_on};
use crate::directory::Directory;
use crate::journal::{Disk, Journal, NotWritten, Record};
use crate::plan::Plan;
use crate::progress::Progress;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Call {
    Look,
    Act,
}

/// What the server does on one call.
#[derive(Clone, Debug)]
pub(super) enum Does {
    Fine,
    /// 403 with this word, or 404, 401.
    Says(u16, &'static str),
    /// Nothing reached it.
    Away,
    /// It did it, and its answer was lost and could not be read back.
    LosesAnswer,
    /// It did it, its answer was lost, and the client read back.
    ReadBack,
}

type Script = Box<dyn Fn(Call, &str, usize) -> Does + Send + Sync>;

pub(super) struct Fake {
    pub(super) people: Mutex<BTreeMap<String, State>>,
    /// Every call that reached it.
    pub(super) calls: Mutex<Vec<(Call, String)>>,
    /// Acts on people who were so already.
    pub(super) hit_twice: Mutex<Vec<String>>,
    script: Script,
    at_once: Mutex<(usize, usize)>,
    /// What a call waits for.
    pub(super) pace: Duration,
    /// Whether each act's intent was on disk when it came.
    disk: Option<Memory>,
}

pub(super) fn refused(status: u16, word: &str) -> Error {
    Error::Refused(Refusal {
        status,
        code: 7,
        message: word.to_owned(),
        details: Vec::new(),
        // As the SDK tells them apart.
        to_caller: status == 401 || word == "scope_missing",
        request_id: Some("req-1".to_owned()),
        retry_after: None,
    })
}

fn away() -> Error {
    Error::Strange(StrangeAnswer {
        status: 502,
        content_type: None,
        why: "a proxy's page".to_owned(),
        request_id: None,
        retry_after: None,
    })
}

impl Fake {
    pub(super) fn of(names: &[&str]) -> Self {
        let people = names.iter().map(|name| (name.to_uppercase(), State::Active)).collect();
        Self {
            people: Mutex::new(people),
            calls: Mutex::new(Vec::new()),
            hit_twice: Mutex::new(Vec::new()),
            script: Box::new(|_, _, _| Does::Fine),
            at_once: Mutex::new((0, 0)),
            pace: Duration::ZERO,
            disk: None,
        }
    }

    /// `script(call, person, how often before)`.
    pub(super) fn does(
        mut self,
        script: impl Fn(Call, &str, usize) -> Does + Send + Sync + 'static,
    ) -> Self {
        self.script = Box::new(script);
        self
    }

    pub(super) fn watching(mut self, disk: &Memory) -> Self {
        self.disk = Some(disk.clone());
        self
    }

    pub(super) fn set(&self, person: &str, state: State) {
        self.people.lock().unwrap().insert(person.to_owned(), state);
    }

    pub(super) fn state(&self, person: &str) -> State {
        self.people.lock().unwrap()[person].clone()
    }

    pub(super) fn count(&self, call: Call, person: &str) -> usize {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|(one, of)| *one == call && of == person).count()
    }

    pub(super) fn all(&self, call: Call) -> usize {
        self.calls.lock().unwrap().iter().filter(|(one, _)| *one == call).count()
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.at_once.lock().unwrap().1
    }

    async fn call(&self, call: Call, person: &str) -> Does {
        let before = self.count(call, person);
        self.calls.lock().unwrap().push((call, person.to_owned()));
        {
            let mut at_once = self.at_once.lock().unwrap();
            at_once.0 += 1;
            at_once.1 = at_once.1.max(at_once.0);
        }
        if self.pace.is_zero() {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(self.pace).await;
        }
        self.at_once.lock().unwrap().0 -= 1;
        (self.script)(call, person, before)
    }
}

impl Directory for Fake {
    async fn look(&self, id: &str) -> Result<State, Error> {
        match self.call(Call::Look, id).await {
            Does::Says(status, word) => Err(refused(status, word)),
            Does::Away | Does::LosesAnswer => Err(away()),
            Does::Fine | Does::ReadBack => {
                let people = self.people.lock().unwrap();
                people.get(id).cloned().ok_or_else(|| refused(404, "user_not_found"))
            }
        }
    }

    async fn act(&self, act: Act, id: &str) -> Result<Acted, Error> {
        if let Some(disk) = &self.disk {
            assert!(
                disk.has_synced(&format!("\"intent\",\"person\":\"{id}\"")),
                "no intent of {id}"
            );
        }
        if self.people.lock().unwrap().get(id) == Some(&act.leads_to()) {
            self.hit_twice.lock().unwrap().push(id.to_owned());
        }
        let how = match self.call(Call::Act, id).await {
            Does::Says(status, word) => return Err(refused(status, word)),
            Does::Away => {
                return Err(Error::Oauth(rollcall_sdk::OauthRefusal {
                    status: 503,
                    error: "unavailable".to_owned(),
                    description: "no token".to_owned(),
                    request_id: None,
                    retry_after: None,
                }));
            }
            Does::LosesAnswer => {
                self.set(id, act.leads_to());
                let (user, why) = (id.to_owned(), Box::new(away()));
                return Err(Error::OutcomeUnknown { act, user, why });
            }
            Does::ReadBack => How::ReadBack,
            Does::Fine => How::Answered,
        };
        self.set(id, act.leads_to());
        let user = User {
            id: id.to_owned(),
            email: String::new(),
            display_name: String::new(),
            state: act.leads_to(),
            create_time: String::new(),
            path: String::new(),
        };
        Ok(Acted { user, how })
    }
}

/// A disk in memory that may be full after so many bytes.
#[derive(Clone, Default)]
pub(super) struct Memory {
    pub(super) written: Arc<Mutex<Vec<u8>>>,
    pub(super) synced: Arc<Mutex<usize>>,
    pub(super) room: Option<usize>,
}

impl Memory {
    /// What a crash left, cut as a disk is opened.
    pub(super) fn left(bytes: &[u8]) -> (Journal, Self) {
        let journal = Journal::read(bytes).unwrap().unwrap();
        let whole = usize::try_from(journal.whole_bytes).unwrap();
        let disk = Self {
            written: Arc::new(Mutex::new(bytes[..whole].to_vec())),
            synced: Arc::new(Mutex::new(whole)),
            room: None,
        };
        (journal, disk)
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.written.lock().unwrap().clone()
    }

    pub(super) fn records(&self) -> Vec<Record> {
        let journal = Journal::read(&self.bytes()[..]).unwrap().unwrap();
        journal.entries.into_iter().map(|entry| entry.record).collect()
    }

    pub(super) fn progress(&self) -> Progress {
        Progress::fold(&Journal::read(&self.bytes()[..]).unwrap().unwrap().entries)
    }

    pub(super) fn has_synced(&self, text: &str) -> bool {
        let synced = *self.synced.lock().unwrap();
        let bytes = self.written.lock().unwrap();
        String::from_utf8_lossy(&bytes[..synced]).contains(text)
    }
}

impl Disk for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut written = self.written.lock().unwrap();
        let room = self.room.map_or(bytes.len(), |room| room.saturating_sub(written.len()));
        written.extend(&bytes[..room.min(bytes.len())]);
        if room < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        *self.synced.lock().unwrap() = self.written.lock().unwrap().len();
        Ok(())
    }
}

pub(super) fn options(at_once: usize) -> Options {
    Options { at_once: NonZeroUsize::new(at_once).unwrap(), ..Options::default() }
}

pub(super) fn clock() -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
    Arc::new(|| "2026-11-26T03:00:00Z".parse().unwrap())
}

/// An apply that goes on after what is on the disk.
pub(super) async fn apply_on(
    disk: &Memory,
    plan: &Plan,
    fake: &Fake,
    options: &Options,
    halt: watch::Receiver<Halt>,
    events: &(dyn Fn(Event<'_>) + Sync),
) -> Result<End, NotWritten> {
    let journal = Journal::read(&disk.bytes()[..]).unwrap().unwrap();
    let around = Surroundings { clock: clock(), halt, events };
    go_on(&journal, disk.clone(), plan, fake, options, around).await
}

pub(super) async fn apply(
    disk: &Memory,
    plan: &Plan,
    fake: &Fake,
    at_once: usize,
) -> Result<End, NotWritten> {
    let (_stay, halt) = watch::channel(Halt::GoOn);
    apply_on(disk, plan, fake, &options(at_once), halt, &|_| {}).await
}

/// Outcomes by person, by their word.
pub(super) fn words(disk: &Memory, plan: &Plan) -> HashMap<String, &'static str> {
    let progress = disk.progress();
    plan.to_do()
        .filter_map(|(_, person)| {
            let (outcome, _) = progress.of(&person.id)?.outcome.as_ref()?;
            Some((person.id.clone(), outcome.as_str()))
        })
        .collect()
}
