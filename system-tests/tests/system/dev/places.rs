//! Where the double is kept: the same place gives the same people and credentials again, a place
//! belongs to one server at a time, and its files are for nobody else.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rollcall_system_tests::{Rollcall, RunningServer, Store};
use rollcall_wire::route::Family;
use tempfile::TempDir;

use super::admin::{admin, head};

on_both_stores!(a_place_that_was_seeded_before_is_gone_on_with, another_seed_is_refused);

async fn a_place_that_was_seeded_before_is_gone_on_with(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (before, api) = (server.credentials.clone(), server.api(Family::V1));
    let token = api.token().await;
    let (people, _) = api.list(&token, "filter=user.isActive()").await.page();
    assert_eq!(api.suspend(&token, people[20]["id"].as_str().unwrap()).await.status, 200);
    let everybody = api.list_all(&token, "max_page_size=1000").await;
    let head_before = head(server.database()).await;

    let mut database = server.stop().await;
    for again in [&[][..], &["--seed-number", "1"], &["--users", "50"]] {
        let server = RunningServer::start_on(database, again).await;
        let now = &server.credentials;
        assert_eq!(now.account_id, before.account_id);
        assert_eq!(
            (&now.client_id, &now.client_secret),
            (&before.client_id, &before.client_secret)
        );
        assert_eq!(
            (&now.owner_email, &now.owner_password),
            (&before.owner_email, &before.owner_password)
        );
        let api = server.api(Family::V1);
        assert_eq!(api.list_all(&token, "max_page_size=1000").await, everybody);
        assert_eq!(head(server.database()).await, head_before, "nothing was added");
        database = server.stop().await;
    }
}

async fn another_seed_is_refused(store: Store) {
    let database = RunningServer::with_one_account(store).await.stop().await;
    let head_before = head(&database).await;
    for other in [&["--seed-number", "2"][..], &["--users", "60"]] {
        let [option, place] = database.arguments();
        let place = ["dev", "--listen", "127.0.0.1:0", &option, &place];
        let ended = Rollcall::new([&place, other, &["--", "true"]].concat()).run().await;
        assert_eq!(ended.code(), 2, "{other:?}");
        ended.says("seed number 1");
    }
    assert_eq!(head(&database).await, head_before);
    assert!(admin(&["audit", "verify"], &database, &[]).await.status.success());
}

#[tokio::test]
async fn the_same_seed_number_gives_the_same_credentials_everywhere() {
    let one = RunningServer::start(Store::Sqlite).await.credentials.clone();
    let same = RunningServer::start(Store::Postgres).await.credentials.clone();
    assert_ne!(one.base_url, same.base_url);
    assert_ne!(one.sandbox_token, same.sandbox_token, "of this run, and not of the seed");
    assert_eq!(one.of_the_seed(), same.of_the_seed());
    let other = RunningServer::start_with(Store::Sqlite, &["--seed-number", "2"]).await;
    let other = &other.credentials;
    assert_ne!(other.account_id, one.account_id);
    assert_ne!(other.client_id, one.client_id);
    assert_ne!(other.client_secret, one.client_secret);
    assert_ne!(other.owner_password, one.owner_password);
}

#[tokio::test]
async fn a_folder_is_served_by_one_server_at_a_time() {
    let server = RunningServer::start(Store::Sqlite).await;
    let folder = server.database().folder();
    let arguments =
        ["dev", "--listen", "127.0.0.1:0", "--data", folder.to_str().unwrap(), "--", "true"];
    let ended = Rollcall::new(arguments).run().await;
    assert_eq!((ended.code(), &*ended.stdout), (1, ""));
    ended.says("is being served by another process");
    let api = server.api(Family::V1);
    assert_eq!(api.list(&api.token().await, "").await.status, 200, "the first one did not notice");
}

#[tokio::test]
async fn files_and_folder_are_for_the_owner_alone() {
    let server = RunningServer::start(Store::Sqlite).await;
    let api = server.api(Family::V1);
    let token = api.token().await;
    assert_eq!(api.revoke(&token).await.status, 200);
    let folder = server.database().folder();
    assert_eq!(mode(&folder), 0o700);
    let inside = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect()
    };
    let (folders, mut files): (Vec<_>, Vec<_>) =
        inside(&folder).into_iter().partition(|path| path.is_dir());
    assert_eq!(folders, [folder.join("copies")]);
    assert_eq!(mode(&folders[0]), 0o700);
    files.extend(inside(&folders[0]));
    for wanted in ["-wal", "copies/seed.sqlite", "copies/seed.json"] {
        assert!(files.iter().any(|file| file.to_str().unwrap().ends_with(wanted)), "{files:?}");
    }
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[tokio::test]
async fn a_folder_in_a_folder_is_made_and_a_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let deep = folder.path().join("a/b/c");
    let dev = |place: &Path| {
        let place = place.to_str().unwrap().to_owned();
        Rollcall::new(["dev", "--listen", "127.0.0.1:0", "--data", &place, "--", "true"])
    };
    dev(&deep).run().await.well();
    assert_eq!(mode(&deep), 0o700);
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    let ended = dev(&file).run().await;
    assert_eq!(ended.code(), 1);
    ended.says("file");
}
