//! A log of several blocks is searched: by whom, what and which kind, there and back, and found is
//! what a look at every record finds. On SQLite whatever of it is summarised; summaries that are
//! missing are made before the store is served, and wrong ones are told of.

use std::collections::BTreeSet;

use rollcall_directory::acting::Presented;
use rollcall_directory::audit::activity::Activity;
use rollcall_directory::audit::{ReadAudit, Record};
use rollcall_directory::paging::At;
use rollcall_directory::sessions::SessionDigest;
use rollcall_directory::store::sqlite::Place;
use rollcall_directory::store::{CopyName, Inspector, Integrity, Store};
use rollcall_directory::world::{AccountId, ApplicationId, Randomness, ReplayedRandomness, UserId};

use crate::before::version_5;
use crate::organisation::*;
use crate::signed_in::*;
use crate::stage::Stage;

on_both!(whatever_is_asked_for_is_found);

const BLOCK: u64 = 256;
const RECORDS: u64 = 5 * BLOCK + 40;

struct Log {
    store: Store,
    account: AccountId,
    session: SessionDigest,
    applications: [ApplicationId; 2],
    /// The oldest first.
    records: Vec<Record>,
}

impl Log {
    /// Acts at random, in stretches in which only some people are met and only some act.
    async fn of(stage: &Stage, seed: u64) -> Self {
        let store = stage.open().await;
        let org = organisation(&store, 1).await;
        let second = operator(&store, org.account, register(8)).await.id;
        let session = sign_in(&store, org.account, user_id(1)).await;
        let (first_token, second_token) =
            (org.token(&store).await, issue(&store, second, a_secret(8)).await.unwrap());
        let callers = [
            Presented::Operator,
            Presented::Session(session),
            Presented::Session(sign_in(&store, org.account, user_id(2)).await),
            by_token(first_token),
            by_token(second_token),
        ];
        let chance = ReplayedRandomness::from_seed(seed);
        while head(&store, org.account).await.seq < RECORDS {
            let [caller, other, whom] = dice(&chance);
            let (caller, other, whom) = (&callers[caller % 5], &callers[other % 5], 3 + whom % 4);
            for _ in 0..3 {
                let asked = (0..40).map(|_| {
                    let [act, by, about] = dice(&chance);
                    let by = if by % 8 == 0 { other } else { caller }.clone();
                    let whom = u8::try_from(if about % 16 == 0 { 6 } else { whom }).unwrap();
                    match act % 2 {
                        0 => ask(&store, by, org.account, org.suspend(whom)),
                        _ => ask(&store, by, org.account, org.reactivate(whom)),
                    }
                });
                for act in asked.collect::<Vec<_>>() {
                    // Refused or not, it is in the log.
                    let _ = act.await.unwrap();
                }
            }
        }
        let mut log = Self {
            store,
            account: org.account,
            session,
            applications: [org.application, second],
            records: Vec::new(),
        };
        log.records = log.every_record().await;
        log
    }

    async fn every_record(&self) -> Vec<Record> {
        let up_to = head(&self.store, self.account).await.seq;
        let (account, since, until) = (self.account, None, None);
        let mut records = Vec::new();
        while (records.len() as u64) < up_to {
            let after = records.len() as u64;
            let question = ReadAudit { account, after, up_to, since, until, limit: 1_000 };
            records.extend(self.store.read(&question).await.unwrap());
        }
        records
    }

    /// What a look at every record finds, the newest first.
    fn expected(&self, asked: &Activity) -> Vec<u64> {
        let holds = |record: &&Record| {
            let by = |id: UserId| record.user == Some(id) || record.by_person == Some(id);
            let with = |id| record.application == Some(id) || record.by == Some(id);
            asked.person.is_none_or(by)
                && asked.application.is_none_or(with)
                && asked.kind.as_ref().is_none_or(|kind| record.kind == *kind)
        };
        self.records.iter().rev().filter(holds).map(|record| record.seq).collect()
    }

    async fn page(&self, asked: &Activity, at: At<u64>) -> (Vec<u64>, [Option<At<u64>>; 2]) {
        let asked = Activity { at, ..asked.clone() };
        let page = asks(&self.store, self.account, self.session, asked).await.unwrap().answer;
        let numbers = page.rows.iter().map(|told| told.record.seq).collect();
        (numbers, [page.previous, page.next])
    }

    async fn there(&self, asked: &Activity) -> Vec<u64> {
        let (mut met, mut at) = (Vec::new(), Some(At::Start));
        while let Some(here) = at {
            let (numbers, [_, next]) = self.page(asked, here).await;
            met.extend(numbers);
            at = next;
        }
        met
    }

    /// From the oldest record on.
    async fn back(&self, asked: &Activity) -> Vec<u64> {
        let (mut met, mut at) = (Vec::new(), Some(At::Before(0)));
        while let Some(here) = at {
            let (numbers, [previous, _]) = self.page(asked, here).await;
            met.splice(0..0, numbers);
            at = previous;
        }
        met
    }

    /// Everything that can be asked for, alone and together, and what nobody has.
    fn questions(&self) -> Vec<Activity> {
        let people = [None, Some(1), Some(2), Some(3), Some(5), Some(6), Some(99)];
        let nobodys = ApplicationId::from_random([99; 16]);
        let applications = self.applications.map(Some).into_iter().chain([None, Some(nobodys)]);
        let kinds: BTreeSet<&str> =
            self.records.iter().map(|record| record.kind.as_str()).collect();
        let kinds = kinds.into_iter().map(Some).chain([None, Some("no such kind")]);
        let kinds: Vec<Option<&str>> = kinds.collect();
        let mut questions = Vec::new();
        for application in applications {
            for person in people {
                questions.extend(kinds.iter().map(|kind| Activity {
                    person: person.map(user_id),
                    application,
                    kind: kind.map(str::to_owned),
                    at: At::Start,
                    size: 50,
                }));
            }
        }
        questions
    }

    async fn is_searched_rightly(&self, state: &str) {
        for asked in self.questions() {
            let expected = self.expected(&asked);
            assert_eq!(self.there(&asked).await, expected, "{state}, there: {asked:?}");
            assert_eq!(self.back(&asked).await, expected, "{state}, back: {asked:?}");
        }
        let of_one = Activity { size: 3, ..of_person(5) };
        let all = self.expected(&of_one);
        let last = self.records.len() as u64;
        for key in [0, 1, 254, 255, 256, 257, 511, 512, 600, last, last + 1, u64::MAX] {
            let older = all.iter().copied().filter(|seq| *seq < key).take(3);
            let (found, _) = self.page(&of_one, At::After(key)).await;
            assert_eq!(found, older.collect::<Vec<_>>(), "{state}, before record {key}");
            let newer = all.iter().copied().filter(|seq| *seq > key).collect::<Vec<_>>();
            let (found, _) = self.page(&of_one, At::Before(key)).await;
            let nearest = &newer[newer.len().saturating_sub(3)..];
            assert_eq!(found, nearest, "{state}, behind record {key}");
        }
    }
}

fn dice(chance: &ReplayedRandomness) -> [usize; 3] {
    let mut bytes = [0; 3];
    chance.fill(&mut bytes);
    bytes.map(usize::from)
}

fn of_person(n: u8) -> Activity {
    let person = Some(user_id(n));
    Activity { person, application: None, kind: None, at: At::Start, size: 50 }
}

const SUMMARIES: &str = "select account_id || ' ' || block || ' ' || hex(words) from audit_blocks
                         order by account_id, block";

async fn whatever_is_asked_for_is_found(stage: &Stage) {
    let log = Log::of(stage, 1).await;
    log.is_searched_rightly("as it was written").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_found_does_not_depend_on_summaries() {
    let stage = Stage::sqlite();
    let log = Log::of(&stage, 2).await;
    assert_eq!(stage.texts(SUMMARIES).await.len() as u64, (log.records.len() as u64 + 1) / BLOCK);
    for (state, which) in [
        ("one is missing", "block = 2"),
        ("the newest is missing as well", "block = 4"),
        ("the oldest is missing as well", "block = 0"),
        ("there is none", "true"),
    ] {
        stage.raw(&format!("delete from audit_blocks where {which}")).await;
        log.is_searched_rightly(state).await;
    }
}

/// Or else a search would be right, and read everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_block_whose_summary_lacks_it_is_not_read() {
    let stage = Stage::sqlite();
    let log = Log::of(&stage, 3).await;
    stage.raw("update audit_blocks set words = x'' where block in (0, 2)").await;
    for n in [1, 3, 5] {
        let expected = log.expected(&of_person(n)).into_iter();
        let expected = expected.filter(|seq| ![0, 2].contains(&(seq / BLOCK))).collect::<Vec<_>>();
        assert_eq!(log.there(&of_person(n)).await, expected);
        assert_eq!(log.back(&of_person(n)).await, expected);
    }
    let everything = Activity { person: None, ..of_person(1) };
    assert_eq!(log.there(&everything).await, log.expected(&everything));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn summaries_that_are_missing_are_made_before_it_is_served() {
    let stage = Stage::sqlite();
    let mut log = Log::of(&stage, 4).await;
    let small = organisation(&log.store, 2).await;
    let made = stage.texts(SUMMARIES).await;
    assert_eq!(made.len(), 5);
    for missing in ["true", "block >= 2", "block = 4"] {
        stage.raw(&format!("delete from audit_blocks where {missing}")).await;
        log.store.close().await;
        log.store = stage.open().await;
        assert_eq!(stage.texts(SUMMARIES).await, made, "{missing}");
    }
    // Whoever fills a block makes those before it too.
    stage.raw("delete from audit_blocks").await;
    let org = Organisation { account: log.account, ..small };
    while head(&log.store, log.account).await.seq + 1 < 6 * BLOCK {
        assert_eq!(stage.texts(SUMMARIES).await, Vec::<String>::new());
        operator(&log.store, log.account, org.suspend(3)).await;
        operator(&log.store, log.account, org.reactivate(3)).await;
    }
    let again = stage.texts(SUMMARIES).await;
    assert_eq!((again.len(), &again[..5]), (6, &made[..]));
    assert_eq!(log.store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_of_before_is_searched_like_any_other() {
    let stage = Stage::sqlite();
    let mut log = Log::of(&stage, 5).await;
    let made = stage.texts(SUMMARIES).await;
    log.store.close().await;
    stage.raw(&version_5()).await;
    assert_eq!(found_wrong(&stage.place()).await, Vec::<String>::new());
    log.store = stage.open().await;
    assert_eq!(stage.texts(SUMMARIES).await, made);
    let indexes = "select name from sqlite_schema where tbl_name = 'audit' and type = 'index'
                   and sql is not null";
    assert_eq!(stage.texts(indexes).await, Vec::<String>::new());
    log.is_searched_rightly("migrated").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_before_is_put_back_as_one_of_today() {
    let stage = Stage::sqlite();
    let mut log = Log::of(&stage, 7).await;
    let made = stage.texts(SUMMARIES).await;
    stage.raw(&version_5()).await;
    let name: CopyName = "before".parse().unwrap();
    log.store.keep_copy(&name, "").await.unwrap();
    log.store.close().await;
    log.store = stage.open().await;
    stage.raw("delete from audit_blocks").await;
    assert!(log.store.put_back(&name).await.unwrap());
    assert_eq!(stage.texts(SUMMARIES).await, made);
    log.is_searched_rightly("put back").await;
}

async fn found_wrong(place: &Place) -> Vec<String> {
    Inspector::sqlite(place).unwrap().ask(&Integrity).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_summary_that_is_not_of_its_records_is_told_of() {
    let stage = Stage::sqlite();
    let log = Log::of(&stage, 6).await;
    let place = stage.place();
    assert_eq!(found_wrong(&place).await, Vec::<String>::new());
    stage.raw("create table kept_aside as select * from audit_blocks").await;
    let told = format!("summary that is not of its records: block 1 of {}", log.account);
    for wrong in ["substr(words, 5)", "cast(words || x'ffffffff' as blob)", "x''", "1"] {
        stage.raw(&format!("update audit_blocks set words = {wrong} where block = 1")).await;
        assert_eq!(found_wrong(&place).await, [told.as_str()], "{wrong}");
        stage
            .raw("delete from audit_blocks; insert into audit_blocks select * from kept_aside")
            .await;
    }
    assert_eq!(found_wrong(&place).await, Vec::<String>::new());
}
