//! After each fault and at the end: nothing acknowledged is lost, nothing revoked works, the chains
//! are whole and go on from where they ended, owners remain, what each client saw of each person can
//! be put into one order, and the audit log tells of the same acts as the answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use rollcall_directory::world::World;
use rollcall_wire::route::Route;
use serde_json::Value;
use tokio::task::JoinSet;

use super::caller::{Caller, Told};
use super::faults::Ground;
use super::history::{Call, Event, NEVER, People, unexplained};
use super::load::{Scene, seen_in, try_token};
use super::nodes::NODES;
use super::record::Register;

/// An act that was not answered is done by then, or never: longer than any limit of a node's.
pub(super) const LATE: Duration = Duration::from_secs(40);
/// Between the clock of the records, in milliseconds, and ours.
const TOLERANCE_MICROS: i64 = 30_000;

/// What the audit logs said so far.
pub(super) struct Books {
    accounts: Vec<Log>,
    /// Microseconds since 1970 at the beginning of our clock.
    began: i64,
    /// Whose history is told to be wrong already.
    broken: BTreeSet<Register>,
}

#[derive(Default)]
struct Log {
    last: u64,
    head: Option<String>,
    changes: Vec<Change>,
    revocations: BTreeMap<usize, u64>,
}

/// A record of a suspension or a reactivation.
struct Change {
    client: usize,
    register: Register,
    call: Call,
    at: i64,
}

impl Books {
    pub(super) fn open(scene: &Scene) -> Self {
        let now = World::system().now().millis() * 1000;
        let began = now - i64::try_from(scene.witness.now()).expect("a run ends some day");
        Self {
            accounts: scene.accounts.iter().map(|_| Log::default()).collect(),
            began,
            broken: BTreeSet::new(),
        }
    }

    /// Everything but what only the end can show.
    pub(super) async fn look(&mut self, ground: &Ground) -> Vec<String> {
        let mut found = Vec::new();
        let asked = ground.scene.witness.now();
        for account in 0..self.accounts.len() {
            self.read_the_log(ground, account, &mut found).await;
        }
        let histories = ground.scene.witness.with(|record| record.registers.clone());
        for (register, mut events) in histories {
            if self.broken.contains(&register) {
                continue;
            }
            let settled = asked.saturating_sub(LATE.as_micros() as u64);
            self.settle(register, &mut events, settled, &mut found);
            let people = if register.member.is_none() { People::Owners } else { People::Member };
            if let Some(why) = unexplained(people, 0, &events) {
                self.broken.insert(register);
                found.push(format!("{register:?}: {why}"));
            }
        }
        found
    }

    async fn read_the_log(&mut self, ground: &Ground, account: usize, found: &mut Vec<String>) {
        let (log, id) = (&mut self.accounts[account], &ground.scene.accounts[account].id);
        let mut verify = vec!["audit", "verify", "--json", "--account", id];
        if let Some(head) = &log.head {
            verify.extend(["--extends", head]);
        }
        let verified = ground.nodes.admin(&verify).run().await;
        let said: Value = serde_json::from_str(&verified.stdout).unwrap_or(Value::Null);
        if said["whole"] != true {
            found.push(format!("the audit log of {id}: {}{}", verified.stdout, verified.stderr));
            return;
        }
        log.head =
            Some(format!("{}:{}", said["records"], said["hash"].as_str().unwrap_or_default()));
        let after = log.last.to_string();
        let export = ["audit", "export", "--account", id, "--after", &after];
        let exported = ground.nodes.admin(&export).run().await;
        if exported.status.code() != Some(0) {
            found.push(format!("the export of the audit log of {id}: {}", exported.stderr));
        }
        for line in exported.stdout.lines() {
            let record: Value = serde_json::from_str(line).expect("a record is JSON");
            log.last = record["seq"].as_u64().expect("records have numbers");
            let body = record["body"].as_str().expect("a record has a text");
            let body: Value = serde_json::from_str(body).expect("the text is JSON");
            log.enter(&ground.scene, account, &body, found);
        }
    }

    /// Acts that nobody answered: those of which there is a record may have happened at any time
    /// since they were asked; of the others, once it is late, it is known that they never did.
    fn settle(
        &self,
        register: Register,
        events: &mut Vec<Event>,
        settled: u64,
        found: &mut Vec<String>,
    ) {
        let changes = &self.accounts[register.account].changes;
        let mut open: Vec<&Change> =
            changes.iter().filter(|change| change.register == register).collect();
        let mut take = |event: &Event, until: i64| {
            let from = self.began + event.asked as i64 - TOLERANCE_MICROS;
            let is_its = |change: &&Change| {
                change.client == event.client
                    && change.call == event.call
                    && (from..=until).contains(&change.at)
            };
            open.iter().position(is_its).map(|n| open.remove(n)).is_some()
        };
        for event in events.iter().filter(|event| event.answered != NEVER && event.call.changes()) {
            take(event, self.began + event.answered as i64 + TOLERANCE_MICROS);
        }
        events.retain(|event| {
            if event.answered != NEVER || !event.call.changes() {
                return true;
            }
            let gave_up = event.gave_up.unwrap_or(u64::MAX / 4);
            let is_recorded = take(event, self.began + gave_up as i64 + LATE.as_micros() as i64);
            is_recorded || gave_up > settled
        });
        for change in open {
            let at = (change.at - self.began) as f64 / 1e6;
            let (call, client) = (change.call, change.client);
            found.push(format!("{register:?}: {call:?} by client {client} is recorded at {at:.3} s, and nobody asked for it"));
        }
    }

    /// When nobody calls any more: each node shows everybody, each revoked token is tried on each
    /// node, and then all the rest.
    pub(super) async fn look_at_the_end(&mut self, ground: &Ground) -> Vec<String> {
        let (scene, mut found) = (&ground.scene, Vec::new());
        let shown = read_everybody(scene, &mut found).await;
        try_all_dead_tokens(scene).await;
        found.extend(self.look(ground).await);
        for (account, log) in self.accounts.iter().enumerate() {
            log.ends_with(account, &shown, &mut found);
            log.has_each_revocation(scene, account, &mut found);
        }
        found
    }
}

impl Log {
    fn enter(&mut self, scene: &Scene, account: usize, body: &Value, found: &mut Vec<String>) {
        let by = body["by"]["application"].as_str();
        let applications = &scene.accounts[account].applications;
        let client = applications.iter().position(|application| Some(&*application.id) == by);
        let user = body["entry"]["user"].as_str().unwrap_or_default();
        let call: fn(u8) -> Call = match body["entry"]["kind"].as_str() {
            Some("user_suspended") => Call::Suspend,
            Some("user_reactivated") => Call::Reactivate,
            Some("token_revoked") => {
                *self.revocations.entry(client.unwrap_or(usize::MAX)).or_default() += 1;
                return;
            }
            _ => return,
        };
        match (client, scene.place_of(account, user)) {
            (Some(client), Some((register, who))) => {
                let at = body["at"].as_i64().expect("a record has a time") * 1000;
                self.changes.push(Change { client, register, call: call(who), at });
            }
            _ => found.push(format!("a record of an act of nobody's: {body}")),
        }
    }

    /// Records of one person take turns, and the last one is what everybody sees.
    fn ends_with(&self, account: usize, shown: &BTreeMap<Register, u8>, found: &mut Vec<String>) {
        let mut values: BTreeMap<Register, u8> = BTreeMap::new();
        for change in &self.changes {
            let value = values.entry(change.register).or_default();
            let before = *value;
            match change.call {
                Call::Suspend(who) => *value |= 1 << who,
                Call::Reactivate(who) => *value &= !(1 << who),
                Call::RefusedAsLast(_) | Call::Saw(_) | Call::SawOne(..) | Call::Nothing => {}
            }
            if *value == before {
                found.push(format!(
                    "{:?}: a record without a change, {:?}",
                    change.register, change.call
                ));
            }
            if change.register.member.is_none() && *value == 0b11 {
                found.push(format!("account {account}: by its log no owner was left"));
            }
        }
        for (register, value) in shown.iter().filter(|(register, _)| register.account == account) {
            let logged = values.get(register).copied().unwrap_or_default();
            if logged != *value {
                found.push(format!("{register:?}: {value:b} is shown, and {logged:b} is logged"));
            }
        }
    }

    fn has_each_revocation(&self, scene: &Scene, account: usize, found: &mut Vec<String>) {
        let mut promised: BTreeMap<usize, u64> = BTreeMap::new();
        scene.witness.with(|record| {
            let acknowledged = record.tokens.iter().filter(|token| token.acknowledged);
            for token in acknowledged.filter(|token| token.account == account) {
                *promised.entry(token.client).or_default() += 1;
            }
        });
        for (client, promised) in promised {
            let logged = self.revocations.get(&client).copied().unwrap_or_default();
            if logged < promised {
                found.push(format!(
                    "account {account}: client {client} was acknowledged {promised} revocations, {logged} are logged"
                ));
            }
        }
    }
}

/// As both nodes show them, which must be the same when nobody changes anybody.
async fn read_everybody(scene: &Scene, found: &mut Vec<String>) -> BTreeMap<Register, u8> {
    let caller = Caller::of(&scene.urls);
    let mut shown: BTreeMap<Register, u8> = BTreeMap::new();
    for (account, people) in scene.accounts.iter().enumerate() {
        for node in 0..NODES {
            let Some(token) = caller.token(node, &people.applications[0]).await else {
                found.push(format!("node {node} gives no token at the end"));
                continue;
            };
            let asked = scene.witness.now();
            let told = caller.bearer(node, Route::ListUsers, &people.id, "", &token).await;
            let Told::Done(body) = told else {
                found.push(format!("node {node} lists nobody at the end: {told:?}"));
                continue;
            };
            let answered = scene.witness.now();
            for (register, call) in seen_in(scene, account, &body) {
                let event = Event { asked, answered, node, client: 0, gave_up: None, call };
                scene.witness.with(|record| record.saw(register, event));
                if let Call::Saw(value) = call {
                    let other = *shown.entry(register).or_insert(value);
                    if other != value {
                        found.push(format!(
                            "{register:?}: one node shows {other:b}, the other {value:b}"
                        ));
                    }
                    if register.member.is_none() && value == 0b11 {
                        found.push(format!("account {account}: no owner is left"));
                    }
                }
            }
        }
    }
    shown
}

async fn try_all_dead_tokens(scene: &Arc<Scene>) {
    let now = scene.witness.now();
    let dead = scene.witness.with(|record| record.dead_tokens(now));
    let mut tries = JoinSet::new();
    for (n, part) in dead.chunks(dead.len().div_ceil(4).max(1)).enumerate() {
        let (scene, part) = (Arc::clone(scene), part.to_vec());
        tries.spawn(async move {
            let caller = Caller::of(&scene.urls);
            for (m, token) in part.into_iter().enumerate() {
                for node in 0..NODES {
                    try_token(&scene, &caller, token, (node + n + m) % NODES).await;
                }
            }
        });
    }
    tries.join_all().await;
}
