//! A backup of a store that is written to meanwhile, and what is made of it: whole, with a record
//! of it in every log, and nothing that was issued before works on it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rollcall_directory::Fault;
use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::audit::{Entry, ReadAudit};
use rollcall_directory::keys::RootKey;
use rollcall_directory::links::{LinkDigest, LookAtLink, MakeLink};
use rollcall_directory::store::sqlite::restore::{Restored, Restoring};
use rollcall_directory::store::sqlite::{self, Place, backup};
use rollcall_directory::store::{Founding, Inspector, KeysFault, MadeBy, NotWhole, Store};
use rollcall_directory::tokens::Claims;
use rollcall_directory::vaults::shown::OwnVaults;
use rollcall_directory::vaults::{CreateVault, Level};
use rollcall_directory::world::VaultId;

use crate::organisation::*;
use crate::signed_in::*;
use crate::stage::Stage;

/// What the stage's stores are founded with.
const ROOT: RootKey = RootKey::from_bytes([1; 32]);

fn backup_of(stage: &Stage) -> PathBuf {
    let file = stage.place().folder().parent().unwrap().join("backup.sqlite");
    fs::File::create(&file).unwrap();
    backup::copy(&stage.place(), &file, &mut |_| {}).unwrap();
    file
}

fn new_place(stage: &Stage) -> Place {
    Place::new(stage.place().folder().parent().unwrap().join("restored"))
}

fn restore(stage: &Stage, file: &Path) -> (Store, Restored) {
    let place = new_place(stage);
    let restored =
        Restoring::begin(file, &place, &[ROOT], &stage.world()).unwrap().finish().unwrap();
    (sqlite::open(&place, &stage.founding(), stage.world()).unwrap(), restored)
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_links_die_with_a_restore_and_vaults_live_on() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    let link = LinkDigest::from_row([5; 32]);
    operator(&store, org.account, MakeLink { user: user_id(4), link }).await;
    let vault = VaultId::from_bytes([1; 16]);
    let key = store.new_vault_key(org.account, vault);
    let create = CreateVault { vault, name: "Kept".to_owned(), key };
    by(&store, org.account, session, create).await.unwrap();
    let file = backup_of(&stage);
    let (anew, _) = restore(&stage, &file);
    assert_eq!(who(&anew, org.account, session).await, Err(Refusal::SessionDead));
    let look = LookAtLink { account: org.account, link, now: anew.world().now() };
    assert_eq!(anew.read(&look).await.unwrap().map(|_| ()), Err(Refusal::LinkDead));
    let again = sign_in_again(&anew, org.account, user_id(3)).await.unwrap();
    let own = asks(&anew, org.account, again, OwnVaults).await.unwrap().answer;
    assert_eq!((own.len(), own[0].level), (1, Level::Write));
    assert_eq!(anew.integrity().await.unwrap(), Vec::<String>::new());
}

/// The token as a caller would send it: sealed by the one store, and read by the other.
fn opens_at(store: &Store, sealed_by: &Store, token: &Claims) -> bool {
    let sealed = token.seal(&sealed_by.keys());
    Claims::open(sealed.expose(), &store.keys()).is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_during_acts_has_all_that_was_answered_before_it_and_is_whole() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    organisation(&store, 2).await;
    let stop = Arc::new(AtomicBool::new(false));
    let acts = {
        let (store, stop) = (store.clone(), Arc::clone(&stop));
        let (account, suspend, reactivate) = (org.account, org.suspend(3), org.reactivate(3));
        tokio::spawn(async move {
            let mut count = 0;
            while !stop.load(Ordering::Relaxed) && count < 20_000 {
                operator(&store, account, suspend.clone()).await;
                operator(&store, account, reactivate.clone()).await;
                count += 2;
            }
            count
        })
    };
    for _ in 0..5 {
        operator(&store, org.account, org.suspend(4)).await;
        let before = head(&store, org.account).await;
        let file = backup_of(&stage);
        let whole = Inspector::backup(&file).unwrap().check_whole().await.unwrap();
        assert_eq!(whole.heads.len(), 2);
        let (_, kept) = whole.heads.iter().find(|(id, _)| *id == org.account).unwrap();
        assert!(kept.seq >= before.seq, "what was answered before it began is in it");
        verify(&store, org.account, Some(*kept)).await.unwrap();
        let names: Vec<_> = fs::read_dir(file.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| name.to_str().unwrap().starts_with("backup.sqlite"))
            .collect();
        assert_eq!(names, ["backup.sqlite"], "one file, with no log beside it");
        operator(&store, org.account, org.reactivate(4)).await;
    }
    stop.store(true, Ordering::Relaxed);
    assert!(acts.await.unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_issued_before_works_on_what_was_restored() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    organisation(&store, 2).await;
    operator(&store, org.account, org.suspend(5)).await;
    let old = org.token(&store).await;
    let was = stored_user(&store, org.account, user_id(3)).await.unwrap();
    let (kept, account) =
        (head(&store, org.account).await, stored_account(&store, org.account).await.unwrap());
    let file = backup_of(&stage);
    let (anew, restored) = restore(&stage, &file);
    assert_eq!(restored, Restored { accounts: 2, people: 2 * u64::from(PEOPLE) });

    assert!(opens_at(&store, &store, &old));
    assert!(!opens_at(&anew, &store, &old), "its key is gone");
    // Even with a key, the account's epoch says no.
    assert_eq!(org.get(&anew, &old, 3).await, Err(Refusal::TokenDead));
    let new = org.token(&anew).await;
    assert!(opens_at(&anew, &anew, &new));
    assert!(org.get(&anew, &new, 5).await.unwrap().is_suspended());

    let now = stored_account(&anew, org.account).await.unwrap();
    assert_eq!(now.epoch, account.epoch + 1);
    for n in 1..=PEOPLE {
        let before = stored_user(&store, org.account, user_id(n)).await.unwrap();
        let after = stored_user(&anew, org.account, user_id(n)).await.unwrap();
        assert_eq!(after.epoch, before.epoch + 1, "person {n}");
    }
    assert_eq!(was.epoch + 1, stored_user(&anew, org.account, user_id(3)).await.unwrap().epoch);

    // Its log goes on from the backup's, with one record more, which says of which file.
    let verified = verify(&anew, org.account, Some(kept)).await.unwrap();
    assert_eq!(verified.head.seq, kept.seq + 1);
    let question = ReadAudit {
        account: org.account,
        after: kept.seq,
        up_to: u64::from(u32::MAX),
        since: None,
        until: None,
        limit: 10,
    };
    let told = anew.read(&question).await.unwrap().remove(0).told().unwrap();
    let backup = backup::digest_of(&file).unwrap();
    let people = u64::from(PEOPLE);
    assert_eq!(told.entry, Entry::Restored { backup, epoch: now.epoch, people });
    // The next act meets the rows as they are.
    operator(&anew, org.account, org.reactivate(5)).await;
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = new_place(&stage).folder().to_owned();
    assert_eq!(mode(folder.clone()), 0o700);
    assert_eq!(mode(folder.join("rollcall.sqlite")), 0o600);
}

fn begin(stage: &Stage, file: &Path, root: &RootKey) -> Result<Restoring, KeysFault> {
    Restoring::begin(file, &new_place(stage), std::slice::from_ref(root), &stage.world())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_was_broken_off_leaves_nothing_that_opens() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    organisation(&store, 1).await;
    let file = backup_of(&stage);
    let place = new_place(&stage);
    let never_opens = || {
        let opened = sqlite::open(&place, &stage.founding(), stage.world());
        let Err(Fault::Unusable(why)) = opened else { panic!("half a restore was opened") };
        assert!(why.contains("not a store"), "{why}");
        assert!(Inspector::sqlite(&place).is_err());
    };
    // In the middle of its one transaction.
    let failing = place.folder().with_file_name("failing.sqlite");
    fs::copy(&file, &failing).unwrap();
    rusqlite::Connection::open(&failing)
        .unwrap()
        .execute_batch(
            "create trigger stop before update of epoch on accounts
             begin select raise(abort, 'broken off'); end",
        )
        .unwrap();
    assert!(begin(&stage, &failing, &ROOT).unwrap_err().to_string().contains("broken off"));
    assert!(!place.holds_a_store());
    // Killed before the last step: its file lies there, and a server does not take it.
    std::mem::forget(begin(&stage, &file, &ROOT).unwrap());
    never_opens();
    // Let go of: the lock that the kill would have dropped.
    let place_of_another = fs::remove_file(place.folder().join("serving.lock"));
    assert!(place_of_another.is_ok());
    drop(begin(&stage, &file, &ROOT).unwrap());
    assert!(!place.holds_a_store());
    let (anew, _) = restore(&stage, &file);
    anew.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_wants_an_empty_place_a_whole_backup_and_the_right_root_key() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    organisation(&store, 1).await;
    let file = backup_of(&stage);
    let wrong = begin(&stage, &file, &RootKey::from_bytes([2; 32])).unwrap_err();
    assert!(wrong.to_string().contains("root key does not open"), "{wrong}");
    assert!(!new_place(&stage).holds_a_store());

    let folder = new_place(&stage).folder().to_owned();
    fs::write(folder.join("notes.txt"), "somebody's own").unwrap();
    let taken = begin(&stage, &file, &ROOT).unwrap_err();
    assert!(taken.to_string().contains("has something in it"), "{taken}");
    fs::remove_file(folder.join("notes.txt")).unwrap();

    for text in ["", "no database at all"] {
        let other = folder.with_file_name("other.sqlite");
        fs::write(&other, text).unwrap();
        assert!(begin(&stage, &other, &ROOT).is_err(), "{text:?}");
        assert!(Inspector::backup(&other).is_err(), "{text:?}");
    }
    assert!(begin(&stage, &folder.with_file_name("nowhere"), &ROOT).is_err());
    // Alone it is whole, and what was answered last is in the log beside it.
    let own = stage.place().folder().join("rollcall.sqlite");
    let wrong = begin(&stage, &own, &ROOT).unwrap_err().to_string();
    assert!(wrong.contains("own file and not a backup"), "{wrong}");
    let Err(Fault::Unusable(wrong)) = Inspector::backup(&own) else { panic!("it was looked at") };
    assert!(wrong.contains("own file and not a backup"), "{wrong}");
    let (anew, _) = restore(&stage, &file);
    let again = begin(&stage, &file, &ROOT).unwrap_err();
    assert!(again.to_string().contains("has something in it"), "a store is never overwritten");
    anew.close().await;
    assert!(begin(&stage, &file, &ROOT).is_err(), "nor when nobody serves it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_is_found_and_a_copy_of_dev_is_refused() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let file = backup_of(&stage);
    let db = rusqlite::Connection::open(&file).unwrap();
    db.execute("update audit set body = replace(body, 'Business', 'Other') where seq = 2", [])
        .unwrap();
    db.execute("delete from audit where seq = 2", []).unwrap();
    drop(db);
    let found = Inspector::backup(&file).unwrap().check_whole().await.unwrap_err();
    assert!(matches!(found, NotWhole::AuditBroken(account, _) if account == org.account));

    let stage = Stage::sqlite();
    let dev = stage.founding_by(MadeBy::Dev { seed: "number 1".to_owned() });
    stage.try_open(&dev).await.unwrap().close().await;
    let refused = begin(&stage, &backup_of(&stage), &ROOT).unwrap_err();
    assert!(refused.to_string().contains("dev"), "{refused}");
}

/// The copy has the sealed keys, and they say nothing without the root key.
#[tokio::test(flavor = "multi_thread")]
async fn a_copied_database_without_the_root_key_forges_nothing() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let file = backup_of(&stage);
    let stolen = new_place(&stage);
    fs::create_dir_all(stolen.folder()).unwrap();
    fs::copy(&file, stolen.folder().join("rollcall.sqlite")).unwrap();
    let guess = Founding::fresh(RootKey::from_bytes([2; 32]), MadeBy::Serve, &stage.world());
    let Err(Fault::Unusable(why)) = sqlite::open(&stolen, &guess, stage.world()) else {
        panic!("opened without the root key")
    };
    assert!(why.contains("root key"), "{why}");
    // With the keys thrown away and others put in their place, it opens, and signs for itself only.
    let db = rusqlite::Connection::open(stolen.folder().join("rollcall.sqlite")).unwrap();
    db.execute_batch("delete from mac_keys; delete from meta").unwrap();
    drop(db);
    let thief = sqlite::open(&stolen, &guess, stage.world()).unwrap();
    let act = thief.act(Presented::Operator, org.account, org.suspend(3)).await.unwrap();
    assert!(act.is_ok(), "in the copy one may do anything");
    let forged = org.token(&thief).await;
    assert!(opens_at(&thief, &thief, &forged));
    assert!(!opens_at(&store, &thief, &forged), "and nothing of it is taken by the real one");
}
