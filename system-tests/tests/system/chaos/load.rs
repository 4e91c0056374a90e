//! The clients: half of them take whichever node they like for each call, the others call one node
//! alone; none has a word with another, and all go on through whatever happens. What they do
//! follows from the seed; when, from the machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use rollcall_wire::route::Route;
use serde_json::Value;
use tokio::task::JoinSet;

use super::caller::{Caller, Told};
use super::history::{Call, Event};
use super::nodes::{Account, NODES};
use super::record::{Register, Token, Witness};

pub(super) const CLIENTS: usize = 8;
/// So many of them call whichever node they like; the others have one each.
const FREE: usize = 4;
/// Between two calls of one client, at most.
const PAUSE_MAX_MILLIS: u32 = 40;
/// After a call that was not answered well.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(250);
const TOKEN_KEPT_MICROS: u64 = 400_000_000;

pub(super) struct Scene {
    pub(super) accounts: Vec<Account>,
    pub(super) urls: Vec<String>,
    pub(super) witness: Witness,
    is_over: AtomicBool,
}

impl Scene {
    pub(super) fn new(accounts: Vec<Account>, urls: Vec<String>) -> Arc<Self> {
        let is_over = AtomicBool::new(false);
        Arc::new(Self { accounts, urls, witness: Witness::new(), is_over })
    }

    pub(super) fn all_stop(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// Whose register this is, and which of its people.
    pub(super) fn place_of(&self, account: usize, user: &str) -> Option<(Register, u8)> {
        let people = &self.accounts[account];
        if let Some(n) = people.owners.iter().position(|id| id == user) {
            return Some((Register { account, member: None }, n as u8));
        }
        let n = people.members.iter().position(|id| id == user)?;
        Some((Register { account, member: Some(n) }, 0))
    }
}

pub(super) fn start(scene: &Arc<Scene>, seed: u64) -> JoinSet<()> {
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let client = Client {
            number,
            home: (number >= FREE).then_some(number % NODES),
            scene: Arc::clone(scene),
            caller: Caller::of(&scene.urls),
            chance: ChaCha20Rng::seed_from_u64(seed ^ (number as u64 + 1) << 32),
            tokens: scene.accounts.iter().map(|_| None).collect(),
        };
        clients.spawn(client.go_on());
    }
    clients
}

struct Client {
    number: usize,
    /// The only node it calls, so that one that is silent does not keep it from the other.
    home: Option<usize>,
    scene: Arc<Scene>,
    caller: Caller,
    chance: ChaCha20Rng,
    /// Of each account, with when it was taken.
    tokens: Vec<Option<(u64, usize)>>,
}

impl Client {
    async fn go_on(mut self) {
        while !self.scene.is_over.load(Ordering::SeqCst) {
            let went_well = self.one_call().await;
            let pause = Duration::from_millis(self.below(PAUSE_MAX_MILLIS).into());
            tokio::time::sleep(if went_well { pause } else { PAUSE_AFTER_FAILURE }).await;
        }
    }

    fn below(&mut self, n: u32) -> u32 {
        self.chance.next_u32() % n
    }

    fn any_node(&mut self) -> usize {
        let any = self.below(NODES as u32) as usize;
        self.home.unwrap_or(any)
    }

    async fn one_call(&mut self) -> bool {
        let account = self.below(self.scene.accounts.len() as u32) as usize;
        let node = self.any_node();
        let Some(token) = self.token(account).await else { return false };
        match self.below(100) {
            0..38 => self.change_a_member(account, node, token).await,
            38..48 => self.change_an_owner(account, node, token).await,
            48..68 => self.get(account, node, token).await,
            68..76 => self.list(account, node, token).await,
            76..88 => self.revoke_one(account).await,
            _ => self.try_a_dead_one().await,
        }
    }

    /// One that is never revoked.
    async fn token(&mut self, account: usize) -> Option<usize> {
        let now = self.scene.witness.now();
        if let Some((taken, token)) = self.tokens[account]
            && now < taken + TOKEN_KEPT_MICROS
        {
            return Some(token);
        }
        let token = self.take_a_token(account).await;
        self.tokens[account] = token.map(|token| (now, token));
        token
    }

    async fn take_a_token(&mut self, account: usize) -> Option<usize> {
        let (node, taken) = (self.any_node(), self.scene.witness.now());
        let by = &self.scene.accounts[account].applications[self.number];
        let text = self.caller.token(node, by).await?;
        let token = Token::new(text, account, self.number, taken);
        Some(self.scene.witness.with(|record| record.token_taken(token)))
    }

    fn text(&self, token: usize) -> String {
        self.scene.witness.with(|record| record.tokens[token].text.clone())
    }

    async fn change_a_member(&mut self, account: usize, node: usize, token: usize) -> bool {
        let member = self.below(self.scene.accounts[account].members.len() as u32) as usize;
        let user = self.scene.accounts[account].members[member].clone();
        self.change(account, node, token, &user).await
    }

    async fn change_an_owner(&mut self, account: usize, node: usize, token: usize) -> bool {
        let owner = self.below(self.scene.accounts[account].owners.len() as u32) as usize;
        let user = self.scene.accounts[account].owners[owner].clone();
        self.change(account, node, token, &user).await
    }

    async fn change(&mut self, account: usize, node: usize, token: usize, user: &str) -> bool {
        let scene = Arc::clone(&self.scene);
        let (register, who) = scene.place_of(account, user).expect("one of the account's people");
        let suspends = self.below(2) == 0;
        let (route, call) = match suspends {
            true => (Route::SuspendUser, Call::Suspend(who)),
            false => (Route::ReactivateUser, Call::Reactivate(who)),
        };
        let text = self.text(token);
        let id = &scene.accounts[account].id;
        let at = scene.witness.asks(register, node, self.number, call);
        let told = self.caller.bearer(node, route, id, user, &text).await;
        let now = scene.witness.now();
        scene.witness.with(|record| {
            let event = record.event(register, at);
            match &told {
                Told::Done(body) => {
                    event.answered = now;
                    let asked = event.asked;
                    let shown = body["state"] == if suspends { "SUSPENDED" } else { "ACTIVE" };
                    if !shown {
                        record.violation(format!("{call:?} was answered 200 with {body}"));
                    }
                    record.acknowledged[node].push((asked, now));
                    record.count(if suspends { "suspends" } else { "reactivates" });
                    true
                }
                Told::Refused(403, word) if word == "no_owner_remain" => {
                    event.answered = now;
                    event.call = Call::RefusedAsLast(who);
                    record.count("refused as the last owner");
                    true
                }
                Told::Refused(status, word) => {
                    let asked = event.asked;
                    (event.answered, event.call) = (now, Call::Nothing);
                    record.count(&format!("refused: {status} {word}"));
                    if *status == 401 {
                        record.token_was_refused(token, node, asked, now);
                    }
                    false
                }
                Told::NotReached => {
                    (event.answered, event.call) = (now, Call::Nothing);
                    record.count("node not reached");
                    false
                }
                Told::Unknown => {
                    event.gave_up = Some(now);
                    record.count("acts of unknown outcome");
                    false
                }
            }
        })
    }

    async fn get(&mut self, account: usize, node: usize, token: usize) -> bool {
        let people = &self.scene.accounts[account];
        let all = people.owners.len() + people.members.len();
        let n = self.below(all as u32) as usize;
        let people = &self.scene.accounts[account];
        let user = people.owners.iter().chain(&people.members).nth(n).expect("one of them").clone();
        let (register, who) = self.scene.place_of(account, &user).expect("one of the account's");
        let (text, asked) = (self.text(token), self.scene.witness.now());
        let told = self.caller.bearer(node, Route::GetUser, &people.id, &user, &text).await;
        let call = match &told {
            Told::Done(body) => Some(Call::SawOne(who, body["state"] == "SUSPENDED")),
            Told::Refused(..) | Told::NotReached | Told::Unknown => None,
        };
        self.saw(
            token,
            node,
            asked,
            &told,
            "gets",
            call.map(|call| (register, call)).into_iter().collect(),
        )
    }

    async fn list(&mut self, account: usize, node: usize, token: usize) -> bool {
        let (text, asked) = (self.text(token), self.scene.witness.now());
        let id = &self.scene.accounts[account].id;
        let told = self.caller.bearer(node, Route::ListUsers, id, "", &text).await;
        let seen = match &told {
            Told::Done(body) => seen_in(&self.scene, account, body),
            Told::Refused(..) | Told::NotReached | Told::Unknown => Vec::new(),
        };
        self.saw(token, node, asked, &told, "listings", seen)
    }

    fn saw(
        &self,
        token: usize,
        node: usize,
        asked: u64,
        told: &Told,
        what: &str,
        seen: Vec<(Register, Call)>,
    ) -> bool {
        let (answered, client) = (self.scene.witness.now(), self.number);
        self.scene.witness.with(|record| {
            for (register, call) in seen {
                record.saw(register, Event { asked, answered, node, client, gave_up: None, call });
            }
            match told {
                Told::Done(_) => {
                    record.token_worked(token, node, asked);
                    record.count(what);
                    true
                }
                Told::Refused(status, word) => {
                    record.count(&format!("refused: {status} {word}"));
                    if *status == 401 {
                        record.token_was_refused(token, node, asked, answered);
                    }
                    false
                }
                Told::NotReached => {
                    record.count("node not reached");
                    false
                }
                Told::Unknown => {
                    record.count("questions without an answer");
                    false
                }
            }
        })
    }

    /// Taken on one node, used on another, revoked on a third choice, and tried everywhere at once.
    async fn revoke_one(&mut self, account: usize) -> bool {
        let Some(token) = self.take_a_token(account).await else { return false };
        let node = self.any_node();
        if !self.list(account, node, token).await {
            return false;
        }
        let (node, text, scene) = (self.any_node(), self.text(token), Arc::clone(&self.scene));
        let by = &scene.accounts[account].applications[self.number];
        let asked = scene.witness.now();
        scene.witness.with(|record| record.revocation_asked(token, asked));
        let told = self.caller.revoke(node, by, &text).await;
        let now = scene.witness.now();
        let is_acknowledged = matches!(told, Told::Done(_));
        scene.witness.with(|record| {
            if is_acknowledged {
                record.revoked(token, now);
                record.count("revocations");
            } else {
                record.count("revocations of unknown outcome");
            }
        });
        for node in (0..NODES).filter(|node| self.home.is_none_or(|home| home == *node)) {
            self.try_token(token, node).await;
        }
        is_acknowledged
    }

    async fn try_a_dead_one(&mut self) -> bool {
        let now = self.scene.witness.now();
        let dead = self.scene.witness.with(|record| record.dead_tokens(now));
        if dead.is_empty() {
            return true;
        }
        // Mostly one of the newest, of which a machine from the past knows least.
        let back = match self.below(4) {
            0 => dead.len(),
            _ => dead.len().min(30),
        };
        let token = dead[dead.len() - 1 - self.below(back as u32) as usize];
        let node = self.any_node();
        self.try_token(token, node).await;
        true
    }

    async fn try_token(&self, token: usize, node: usize) {
        try_token(&self.scene, &self.caller, token, node).await;
    }
}

/// One question with it, whatever it is answered.
pub(super) async fn try_token(scene: &Scene, caller: &Caller, token: usize, node: usize) {
    let (text, account) = scene
        .witness
        .with(|record| (record.tokens[token].text.clone(), record.tokens[token].account));
    let user = &scene.accounts[account].members[0];
    let asked = scene.witness.now();
    let told = caller.bearer(node, Route::GetUser, &scene.accounts[account].id, user, &text).await;
    let now = scene.witness.now();
    scene.witness.with(|record| match told {
        Told::Done(_) => {
            record.count("tries of a token that worked");
            record.token_worked(token, node, asked);
        }
        Told::Refused(401, _) => {
            record.count("tries of a dead token");
            record.token_was_refused(token, node, asked, now);
        }
        Told::Refused(status, word) => record.count(&format!("refused: {status} {word}")),
        Told::NotReached | Told::Unknown => record.count("questions without an answer"),
    });
}

/// What a list says of each register: all at one moment, but registers do not depend on each other.
pub(super) fn seen_in(scene: &Scene, account: usize, body: &Value) -> Vec<(Register, Call)> {
    let people = body["results"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (mut owners, mut seen) = (0, Vec::new());
    for person in people {
        let id = person["id"].as_str().unwrap_or_default();
        let (register, who) = scene.place_of(account, id).expect("one of the account's people");
        let suspended = u8::from(person["state"] == "SUSPENDED");
        match register.member {
            None => owners |= suspended << who,
            Some(_) => seen.push((register, Call::Saw(suspended))),
        }
    }
    let all = &scene.accounts[account];
    let missing = (all.owners.len() + all.members.len()).saturating_sub(people.len());
    if missing > 0 {
        let what = format!("a list of account {account} has {missing} people too few");
        scene.witness.with(|record| record.violation(what));
    }
    seen.push((Register { account, member: None }, Call::Saw(owners)));
    seen
}
