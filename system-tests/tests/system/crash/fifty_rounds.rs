//! Fifty times: many clients act as fast as they can, the server is killed in the middle of it,
//! and the next one, on the same folder, must show what was promised. Whoever was answered finds
//! their act and its record; an act that was not answered is there whole or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use rollcall_system_tests::{Api, Beside, Database, Rollcall, RunningServer, Store};
use rollcall_wire::route::Family;
use serde_json::Value;
use tokio::task::JoinSet;

use super::caller::{Caller, word};
use super::chance;
use super::evidence::Evidence;
use super::journal::{Journal, Unanswered};

const ROUNDS: usize = 50;
const CLIENTS: usize = 12;
const PEOPLE: &[&str] = &["--users", "200", "--no-scenarios"];
const UNTIL_KILLED_MS: std::ops::RangeInclusive<u32> = 50..=400;

#[derive(Default)]
struct Tally {
    revocations: u64,
    unanswered: u64,
    unanswered_and_committed: u64,
    unanswered_revocations_committed: u64,
}

#[tokio::test]
async fn what_was_answered_is_there_after_each_of_fifty_kills() {
    let (seed, mut chance) = chance();
    println!("ROLLCALL_CRASH_SEED={seed}");
    let mut database = Database::fresh(Store::Sqlite).await;
    let mut journals = Vec::new();
    let mut promised = Vec::new();
    let mut tally = Tally::default();
    let mut head = None;
    for round in 0..=ROUNDS {
        let server = RunningServer::start_on(database, PEOPLE).await;
        let evidence = Evidence::read(&server.database().folder());
        if journals.is_empty() {
            journals = divide(&evidence, &mut chance);
        }
        evidence.shows_no_half_act();
        is_shown_by_the_list(&evidence, &server).await;
        for journal in &mut journals {
            settle_people(journal, &evidence, &mut tally);
            settle_tokens(journal, &server, &mut tally).await;
            promised.append(&mut journal.revoked);
        }
        let revocations = tally.revocations + tally.unanswered_revocations_committed;
        assert_eq!(evidence.tokens_revoked.len() as u64, revocations, "in round {round}");
        head = Some(is_sound_and_goes_on(&server, head).await);
        if round == ROUNDS {
            are_all_recorded(&promised, &evidence, &server.beside().await);
            break;
        }
        (journals, database) = load_and_kill(server, journals, &mut chance).await;
    }
    let answered = |count: fn(&Journal) -> u64| journals.iter().map(count).sum::<u64>();
    let changes = answered(|journal| journal.answered.changes);
    let repeats = answered(|journal| journal.answered.repeats);
    println!(
        "{ROUNDS} rounds, {CLIENTS} clients: {} acts answered ({changes} suspended or reactivated, \
         {repeats} found so already, {} revoked); {} cut off, of which {} were committed",
        changes + repeats + tally.revocations,
        tally.revocations,
        tally.unanswered,
        tally.unanswered_and_committed,
    );
    assert!(changes > ROUNDS as u64 && repeats > 0 && tally.revocations > ROUNDS as u64);
    assert!(tally.unanswered > 0, "no kill came in the middle of anything");
}

/// Everybody belongs to one client, so that the order of what happens to them is known.
fn divide(evidence: &Evidence, chance: &mut ChaCha20Rng) -> Vec<Journal> {
    let mut shares: Vec<Vec<_>> = (0..CLIENTS).map(|_| Vec::new()).collect();
    for (at, person) in evidence.may_be_suspended().into_iter().enumerate() {
        shares[at % CLIENTS].push(person);
    }
    let mut own = || ChaCha20Rng::seed_from_u64(chance.next_u64());
    shares.into_iter().map(|people| Journal::new(people, own())).collect()
}

async fn load_and_kill(
    server: RunningServer,
    journals: Vec<Journal>,
    chance: &mut ChaCha20Rng,
) -> (Vec<Journal>, Database) {
    let is_killed = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for journal in journals {
        let caller = Caller::new(&server.credentials);
        clients.spawn(journal.act_until_killed(caller, Arc::clone(&is_killed)));
    }
    let spread = UNTIL_KILLED_MS.end() - UNTIL_KILLED_MS.start() + 1;
    let until_killed = UNTIL_KILLED_MS.start() + chance.next_u32() % spread;
    tokio::time::sleep(Duration::from_millis(until_killed.into())).await;
    is_killed.store(true, Ordering::SeqCst);
    let database = server.kill().await;
    (clients.join_all().await, database)
}

/// Each person stands where the last answer left them, or one whole act further.
fn settle_people(journal: &mut Journal, evidence: &Evidence, tally: &mut Tally) {
    for (at, person) in journal.people.iter_mut().enumerate() {
        let unanswered = match journal.unanswered {
            Some(Unanswered::Change { person, to }) if person == at => Some(to),
            Some(Unanswered::Change { .. } | Unanswered::Revocation { .. }) | None => None,
        };
        let (promised, found) = (person.standing, evidence.people[&person.id].standing);
        let further = unanswered.map(|to| promised.after(to));
        assert!(
            found == promised || Some(found) == further,
            "{}: answered {promised:?}, not answered {further:?}, found {found:?}",
            person.id
        );
        tally.unanswered += u64::from(unanswered.is_some());
        tally.unanswered_and_committed += u64::from(found != promised);
        person.standing = found;
    }
}

/// A token is dead from the answer on; of the one that was not answered, either may be true.
async fn settle_tokens(journal: &mut Journal, server: &RunningServer, tally: &mut Tally) {
    let api = server.api(Family::V1);
    for token in &journal.revoked {
        api.list(token, "max_page_size=1").await.refuses(401, 16, "token_invalid");
    }
    tally.revocations += journal.revoked.len() as u64;
    if let Some(Unanswered::Revocation { token }) = journal.unanswered.take() {
        tally.unanswered += 1;
        if api.list(&token, "max_page_size=1").await.status == 401 {
            tally.unanswered_and_committed += 1;
            tally.unanswered_revocations_committed += 1;
        }
    }
}

/// The API tells the same story as the rows.
async fn is_shown_by_the_list(evidence: &Evidence, server: &RunningServer) {
    let api: Api = server.api(Family::V1beta1);
    let listed = api.list_all(&api.token().await, "max_page_size=1000").await;
    assert_eq!(listed.len(), evidence.people.len());
    for user in listed {
        let row = &evidence.people[user["id"].as_str().unwrap()];
        assert_eq!(user["state"], word(row.standing.state), "{user}");
    }
}

/// The database is sound, the chain is whole, and it goes on from where it ended the last time.
async fn is_sound_and_goes_on(server: &RunningServer, head: Option<String>) -> String {
    let [data, folder] = server.database().arguments();
    Rollcall::new(["admin", "integrity", &data, &folder]).run().await.well();
    let mut verify = vec!["admin", "audit", "verify", "--json", &data, &folder];
    if let Some(head) = &head {
        verify.extend(["--extends", head]);
    }
    let verified = Rollcall::new(verify).run().await.well().stdout;
    let verified: Value = serde_json::from_str(&verified).expect("one account, one line");
    assert_eq!(verified["whole"], true, "{verified}");
    format!("{}:{}", verified["records"], verified["hash"].as_str().unwrap())
}

/// By the ids that only the server's keys can read out of the tokens.
fn are_all_recorded(promised: &[String], evidence: &Evidence, beside: &Beside) {
    for token in promised {
        let id = beside.claims(token).token.to_string();
        assert!(evidence.revocations_recorded.binary_search(&id).is_ok(), "{id} has no record");
    }
}
