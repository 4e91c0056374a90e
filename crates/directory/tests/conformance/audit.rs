//! The chain as it is stored: whole, extending every head that was kept, and found broken wherever
//! somebody was at the rows.

use rollcall_directory::audit::{Broken, Entry, Hash, Head, ReadAudit, VerifyAudit};
use rollcall_directory::store::Inspector;

use crate::before::version_7;
use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    a_chain_is_whole_and_extends_every_head_that_was_kept,
    a_head_that_is_not_on_the_chain_is_noticed,
    a_changed_record_is_found,
    a_cut_or_missing_record_is_found,
    a_rewritten_log_does_not_extend_the_kept_head,
    each_account_has_its_own_chain,
    a_log_is_read_in_stretches_and_between_times
);

async fn with_history(stage: &Stage) -> (rollcall_directory::store::Store, Organisation) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    for n in 3..=5 {
        operator(&store, org.account, org.suspend(n)).await;
    }
    (store, org)
}

async fn a_chain_is_whole_and_extends_every_head_that_was_kept(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let mut kept = vec![Head::start(), head(&store, org.account).await];
    for _ in 0..3 {
        operator(&store, org.account, org.suspend(3)).await;
        operator(&store, org.account, org.reactivate(3)).await;
        kept.push(head(&store, org.account).await);
    }
    for old in kept {
        let verified = verify(&store, org.account, Some(old)).await.unwrap();
        assert_eq!(verified.head, head(&store, org.account).await);
    }
    assert_eq!(verify(&store, org.account, None).await.unwrap().head.seq, 9);
    let nowhere = VerifyAudit { account: account_id(9), extends: None };
    assert_eq!(store.read_long(nowhere).await.unwrap(), None);
}

async fn a_head_that_is_not_on_the_chain_is_noticed(stage: &Stage) {
    let (store, org) = with_history(stage).await;
    let now = head(&store, org.account).await;
    let other = Head { seq: 2, hash: Hash::from_bytes([9; 32]) };
    let later = Head { seq: now.seq + 1, hash: now.hash };
    for kept in [other, later] {
        let found = verify(&store, org.account, Some(kept)).await;
        assert_eq!(found, Err(Broken::NotExtended(kept.seq)));
    }
}

async fn a_changed_record_is_found(stage: &Stage) {
    let (store, org) = with_history(stage).await;
    stage
        .raw("update audit set body = replace(body, 'user_suspended', 'user_reactivated') where seq = 5")
        .await;
    assert_eq!(verify(&store, org.account, None).await, Err(Broken::Changed(5)));
    stage
        .raw("update audit set body = replace(body, 'user_reactivated', 'user_suspended') where seq = 5")
        .await;
    assert!(verify(&store, org.account, None).await.is_ok());
    for change in [
        "kind = 'user_reactivated'".to_owned(),
        format!("user_id = '{}'", user_id(1)),
        format!("by_application = '{}'", org.application),
        "at = at + 1".to_owned(),
    ] {
        stage.raw(&format!("create table kept_aside as select * from audit where seq = 5; update audit set {change} where seq = 5")).await;
        assert_eq!(verify(&store, org.account, None).await, Err(Broken::Columns(5)), "{change}");
        stage
            .raw(
                "update audit set (kind, user_id, by_application, at) =
                     (select kind, user_id, by_application, at from kept_aside) where seq = 5;
                 drop table kept_aside",
            )
            .await;
    }
    assert!(verify(&store, org.account, None).await.is_ok());
}

async fn a_cut_or_missing_record_is_found(stage: &Stage) {
    let (store, org) = with_history(stage).await;
    stage.raw("delete from audit where seq = 6").await;
    assert_eq!(verify(&store, org.account, None).await, Err(Broken::Cut { expected: 6, found: 5 }));
    stage.raw("delete from audit where seq = 2").await;
    assert_eq!(
        verify(&store, org.account, None).await,
        Err(Broken::Missing { expected: 2, found: 3 })
    );
}

/// Whoever cuts the log and sets the account's head back leaves a whole chain, but not one that
/// extends what was kept elsewhere.
async fn a_rewritten_log_does_not_extend_the_kept_head(stage: &Stage) {
    let (store, org) = with_history(stage).await;
    let kept = head(&store, org.account).await;
    stage
        .raw(
            "delete from audit where seq = 6;
             update accounts set audit_seq = 5, audit_hash = (select hash from audit where seq = 5)",
        )
        .await;
    assert!(verify(&store, org.account, None).await.is_ok());
    let extends = verify(&store, org.account, Some(kept)).await;
    assert_eq!(extends, Err(Broken::NotExtended(6)));
    // The next record takes the free number: still not the kept one.
    operator(&store, org.account, org.reactivate(3)).await;
    assert!(verify(&store, org.account, None).await.is_ok());
    let extends = verify(&store, org.account, Some(kept)).await;
    assert_eq!(extends, Err(Broken::NotExtended(6)));
}

async fn each_account_has_its_own_chain(stage: &Stage) {
    let (store, org) = with_history(stage).await;
    let other = organisation(&store, 2).await;
    assert_eq!(head(&store, org.account).await.seq, 6);
    assert_eq!(head(&store, other.account).await.seq, 3);
    stage.raw(&format!("delete from audit where account_id = '{}'", other.account)).await;
    assert!(verify(&store, org.account, None).await.is_ok());
    assert!(verify(&store, other.account, None).await.is_err());
}

async fn a_log_is_read_in_stretches_and_between_times(stage: &Stage) {
    let (store, org) = with_history(stage).await;
    organisation(&store, 2).await;
    let later = crate::stage::NOW.plus(std::time::Duration::from_secs(60));
    stage.clock.set(later);
    operator(&store, org.account, org.reactivate(3)).await;
    let up_to = head(&store, org.account).await.seq;
    let all =
        ReadAudit { account: org.account, after: 0, up_to, since: None, until: None, limit: 1_000 };
    let read = async |question: ReadAudit| {
        let records = store.read(&question).await.unwrap();
        records.iter().map(|record| record.seq).collect::<Vec<_>>()
    };
    assert_eq!(read(all).await, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(read(ReadAudit { limit: 3, ..all }).await, [1, 2, 3]);
    assert_eq!(read(ReadAudit { limit: 3, after: 3, ..all }).await, [4, 5, 6]);
    assert_eq!(read(ReadAudit { up_to: 6, after: 4, ..all }).await, [5, 6]);
    assert_eq!(read(ReadAudit { since: Some(later), ..all }).await, [7]);
    assert_eq!(read(ReadAudit { until: Some(later), ..all }).await, [1, 2, 3, 4, 5, 6]);
    assert!(read(ReadAudit { account: account_id(9), ..all }).await.is_empty());
    let last = store.read(&ReadAudit { after: 6, ..all }).await.unwrap().remove(0);
    let told = last.told().unwrap();
    assert_eq!((told.account, told.seq, told.at), (org.account, 7, later));
    assert_eq!(told.entry, Entry::UserReactivated { user: user_id(3), why: None });
}

/// As an older program left it: read where it stands, as a backup is, and the same when it is served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_of_before_is_read_and_goes_on() {
    let stage = Stage::sqlite();
    let (store, org) = with_history(&stage).await;
    let other = organisation(&store, 2).await;
    operator(&store, other.account, other.suspend(3)).await;
    let heads = [head(&store, org.account).await, head(&store, other.account).await];
    let log = "select concat_ws(' ', account_id, seq, act_id, at, kind, by_application, user_id,
                                application_id, by_person, body, hex(hash))
               from audit order by account_id, seq";
    let records = stage.texts(log).await;
    assert_eq!(records.len(), 10);
    store.close().await;
    stage.raw(&version_7()).await;
    assert_eq!(stage.texts(log).await, records);

    let copy = Inspector::sqlite(&stage.place()).unwrap();
    let whole = copy.check_whole().await.unwrap();
    assert_eq!(whole.contents.newest_record, Some(crate::stage::NOW));
    let up_to = heads[0].seq;
    let all =
        ReadAudit { account: org.account, after: 1, up_to, since: None, until: None, limit: 2 };
    let read = copy.ask(&all).await.unwrap();
    assert_eq!(read.iter().map(|record| record.seq).collect::<Vec<_>>(), [2, 3]);
    stage.raw("update audit set kind = 'refused' where seq = 4").await;
    let verified = copy.ask(&VerifyAudit { account: org.account, extends: None }).await.unwrap();
    assert_eq!(verified, Some(Err(Broken::Columns(4))));
    stage.raw("update audit set kind = 'user_suspended' where seq = 4").await;
    drop(copy);

    let store = stage.open().await;
    assert_eq!(stage.texts(log).await, records);
    for (org, head) in [(&org, heads[0]), (&other, heads[1])] {
        assert_eq!(verify(&store, org.account, Some(head)).await.unwrap().head, head);
        operator(&store, org.account, org.reactivate(3)).await;
        assert!(verify(&store, org.account, Some(head)).await.is_ok());
    }
    let third = organisation(&store, 7).await;
    assert!(verify(&store, third.account, None).await.is_ok());
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
}

/// Its records are evidence too: the store is not brought up to date without them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_of_an_account_that_is_not_there_are_not_left_behind() {
    let stage = Stage::sqlite();
    let (store, org) = with_history(&stage).await;
    store.close().await;
    drop(store);
    let stray = account_id(9);
    let sql = format!(
        "{}; insert into audit select '{stray}', seq, act_id, at, kind, by_application, user_id,
             application_id, body, hash, by_person from audit",
        version_7()
    );
    stage.raw(&sql).await;
    let refused = stage.try_open(&stage.founding()).await.err().expect("records are in the way");
    assert!(refused.to_string().contains(&stray.to_string()), "{refused}");
    stage.raw(&format!("delete from audit where account_id = '{stray}'")).await;
    verify(&stage.open().await, org.account, None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_cannot_even_be_read_is_named() {
    for broken in ["hash = x'00'", "at = 'soon'", "act_id = x'00'", "body = x'ff'", "kind = x'ff'"]
    {
        let stage = Stage::sqlite();
        let (store, org) = with_history(&stage).await;
        stage.raw(&format!("update audit set {broken} where seq = 3")).await;
        let found = verify(&store, org.account, None).await.unwrap_err();
        assert!(matches!(found, Broken::Columns(3) | Broken::Changed(3)), "{broken}: {found}");
    }
}

/// A program that knows nothing of places would write into another account's log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_know_of_places_cannot_write() {
    let stage = Stage::sqlite();
    let (store, org) = with_history(&stage).await;
    store.close().await;
    let db = rusqlite::Connection::open(stage.file()).unwrap();
    let of_before = format!(
        "insert into audit (account_id, seq, act_id, at, kind, body, hash)
         select '{}', 7, act_id, at, kind, body, hash from audit where seq = 6",
        org.account
    );
    let refused = db.execute(&of_before, []).unwrap_err().to_string();
    assert!(refused.contains("generated column"), "{refused}");
}
