//! What is SQLite's own: one server at a time, private files, a command beside the server, and a
//! check after an unclean end that finds a damaged file.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rollcall_directory::Fault;
use rollcall_directory::acting::Presented;
use rollcall_directory::keys::RootKey;
use rollcall_directory::store::sqlite::{self, Place};
use rollcall_directory::store::{Founding, MadeBy};
use rollcall_directory::users::{ImportPeople, NewPerson};
use rollcall_directory::world::{ItemId, Moment, UserId};

use crate::organisation::*;
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_is_refused_while_the_first_serves() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let Err(Fault::Unusable(why)) = stage.try_open(&stage.founding()).await else {
        panic!("two servers at one folder")
    };
    assert!(why.contains("served by another process"), "{why}");
    store.close().await;
    assert!(stage.try_open(&stage.founding()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_beside_the_server_holds_on_the_next_call() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    assert!(!org.get(&store, &token, 3).await.unwrap().is_suspended());
    let beside = sqlite::open_beside(&stage.place(), &stage.founding(), stage.world()).unwrap();
    // Time enough for the server to hold a snapshot, which is then an old one.
    tokio::time::sleep(Duration::from_millis(20)).await;
    operator(&beside, org.account, org.suspend(3)).await;
    assert!(org.get(&store, &token, 3).await.unwrap().is_suspended());
    operator(&store, org.account, org.reactivate(3)).await;
    assert!(!org.get(&beside, &token, 3).await.unwrap().is_suspended());
    // Both write at once: SQLite's own locks keep their batches apart.
    let acts = (0..40_u8).map(|n| {
        let store = if n.is_multiple_of(2) { store.clone() } else { beside.clone() };
        let (suspend, account) = (org.suspend(3 + n % 3), org.account);
        let reactivate = org.reactivate(3 + n % 3);
        tokio::spawn(async move {
            store.act(Presented::Operator, account, suspend).await.unwrap().unwrap();
            store.act(Presented::Operator, account, reactivate).await.unwrap().unwrap();
        })
    });
    for act in acts.collect::<Vec<_>>() {
        act.await.unwrap();
    }
    verify(&store, org.account, None).await.unwrap();
    beside.close().await;
    assert!(unclean(stage.place().folder()).exists(), "the server is still there");
    store.close().await;
    assert!(!unclean(stage.place().folder()).exists());
}

/// What is written to a file that has no name, or whose name is another's, is written to nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_folder_is_taken_from_under_it_answers_nothing() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    let folder = stage.place().folder().to_owned();
    let elsewhere = folder.with_extension("elsewhere");
    fs::rename(&folder, &elsewhere).unwrap();
    let lost = |fault: Fault| assert!(fault.to_string().contains("moved or removed"), "{fault}");
    lost(store.act(Presented::Operator, org.account, org.suspend(3)).await.unwrap_err());
    lost(store.read(&org.list(&store, &token, 5)).await.unwrap_err());
    // Another one at the same place, and the first one's end, which is not its end.
    let other = stage.open().await;
    lost(store.act(Presented::Operator, org.account, org.suspend(3)).await.unwrap_err());
    store.close().await;
    assert!(unclean(&folder).exists(), "that one serves");
    other.close().await;

    fs::rename(&folder, folder.with_extension("other")).unwrap();
    fs::rename(&elsewhere, &folder).unwrap();
    let store = stage.open().await;
    fs::rename(&folder, &elsewhere).unwrap();
    lost(store.act(Presented::Operator, org.account, org.suspend(3)).await.unwrap_err());
    fs::rename(&elsewhere, &folder).unwrap();
    operator(&store, org.account, org.suspend(3)).await;
    assert!(org.get(&store, &token, 3).await.unwrap().is_suspended());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_is_refused_leaves_no_mark() {
    let stage = Stage::sqlite();
    stage.open().await.close().await;
    let other = Founding::fresh(RootKey::from_bytes([9; 32]), MadeBy::Serve, &stage.world());
    assert!(stage.try_open(&other).await.is_err());
    assert!(!unclean(stage.place().folder()).exists());
}

#[tokio::test]
async fn there_is_nothing_to_open_beside_where_no_store_is() {
    let stage = Stage::sqlite();
    let opened = sqlite::open_beside(&stage.place(), &stage.founding(), stage.world());
    assert!(matches!(opened, Err(Fault::Unusable(_))));
    assert!(!stage.place().folder().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_and_its_files_are_private() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    organisation(&store, 1).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let place = stage.place();
    assert_eq!(mode(place.folder()), 0o700);
    let mut names = Vec::new();
    for file in fs::read_dir(place.folder()).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    assert!(names.iter().any(|name| name.ends_with("-wal")), "{names:?}");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_came_back_readable_for_others_are_private_again() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    organisation(&store, 1).await;
    store.close().await;
    let readable =
        |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    readable(stage.place().folder());
    for file in fs::read_dir(stage.place().folder()).unwrap() {
        readable(&file.unwrap().path());
    }
    let store = stage.open().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(stage.place().folder()), 0o700);
    for file in fs::read_dir(stage.place().folder()).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    store.close().await;
}

fn unclean(folder: &Path) -> std::path::PathBuf {
    folder.join("unclean")
}

/// A copy of the folder as it lies there.
fn copy(stage: &Stage, to: &Path) -> Place {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(stage.place().folder()).unwrap() {
        let file = file.unwrap();
        match fs::copy(file.path(), to.join(file.file_name())) {
            Ok(_) => {}
            // The log of a closed store goes away with its last connection.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => panic!("{}: {error}", file.path().display()),
        }
    }
    Place::new(to)
}

/// Overwrites the middle of the file, where the people are. The log, which holds the same pages
/// until a later start writes over it, would hide that.
fn damage(place: &Place) {
    for log in ["rollcall.sqlite-wal", "rollcall.sqlite-shm"] {
        let _ = fs::remove_file(place.folder().join(log));
    }
    let file =
        fs::OpenOptions::new().write(true).open(place.folder().join("rollcall.sqlite")).unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    for page in pages / 3..pages / 3 + 4 {
        file.write_all_at(&[0xa5; 2048], page * 4096 + 8).unwrap();
    }
}

async fn full(stage: &Stage) -> rollcall_directory::store::Store {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let people = (0..5000_u64).map(|n| {
        let mut id = [9; 16];
        id[8..].copy_from_slice(&n.to_be_bytes());
        let mut person = a_person(9);
        person.id = rollcall_directory::world::UserId::from_bytes(id);
        person.email = format!("person{n}@crowd.example");
        person
    });
    operator(&store, org.account, ImportPeople { people: people.collect() }).await;
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_copy_of_an_unclean_folder_is_checked_and_opens() {
    let stage = Stage::sqlite();
    let store = full(&stage).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let place = copy(&stage, &elsewhere.path().join("copy"));
    assert!(unclean(place.folder()).exists());
    let opened = sqlite::open(&place, &stage.founding(), stage.world()).unwrap();
    verify(&opened, account_id(1), None).await.unwrap();
    assert!(opened.integrity().await.unwrap().is_empty());
    opened.close().await;
    assert!(!unclean(place.folder()).exists());
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_copy_is_refused_after_an_unclean_end() {
    let stage = Stage::sqlite();
    full(&stage).await.close().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let place = copy(&stage, &elsewhere.path().join("copy"));
    damage(&place);
    fs::write(unclean(place.folder()), "").unwrap();
    let opened = sqlite::open(&place, &stage.founding(), stage.world());
    let Err(fault) = opened else { panic!("a damaged store was opened") };
    assert!(
        matches!(&fault, Fault::Unusable(why) if why.contains("damaged")),
        "{fault:?} does not say what is the matter"
    );
    assert!(unclean(place.folder()).exists(), "the next start checks again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_by_command_finds_the_damage() {
    let stage = Stage::sqlite();
    full(&stage).await.close().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let place = copy(&stage, &elsewhere.path().join("copy"));
    damage(&place);
    // The folder looks cleanly closed: nothing is checked at the start.
    let Ok(store) = sqlite::open(&place, &stage.founding(), stage.world()) else { return };
    let found = store.integrity().await;
    assert!(found.is_err() || !found.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_database_is_refused() {
    let stage = Stage::sqlite();
    fs::create_dir_all(stage.place().folder()).unwrap();
    fs::write(stage.file(), "this is a letter and no database".repeat(200)).unwrap();
    assert!(stage.try_open(&stage.founding()).await.is_err());
}

/// Acts without a pause, some 300 MiB of the log in all: it is moved into the file meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_moved_into_the_file_under_a_steady_load() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let account = organisation(&store, 1).await.account;
    let import = |caller: u8, turn: u8| {
        let person = |n: u8| NewPerson {
            id: UserId::from_bytes(store.world().bytes()),
            email: format!("{}@example.com", ItemId::from_bytes(store.world().bytes())),
            created: Moment::from_millis(i64::from(n) * i64::from(turn)),
            ..a_person(caller)
        };
        ImportPeople { people: (0..100).map(person).collect() }
    };
    let log = stage.file().with_extension("sqlite-wal");
    let mut longest = 0;
    for turn in 0..60 {
        let acts: Vec<_> = (0..8)
            .map(|caller| ask(&store, Presented::Operator, account, import(caller, turn)))
            .collect();
        for act in acts {
            act.await.unwrap().unwrap();
        }
        longest = longest.max(fs::metadata(&log).unwrap().len());
    }
    assert!(longest < 160 << 20, "the log had {longest} bytes");
    store.close().await;
}
