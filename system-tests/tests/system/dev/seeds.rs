//! Who is in the double: a seed file with its complaints, and as many made-up people as were asked
//! for.

use rollcall_system_tests::{Rollcall, RunningServer, Store, repository};
use rollcall_wire::route::Family;
use tempfile::TempDir;

#[tokio::test]
async fn the_example_of_a_seed_file_is_served() {
    let file = repository().join("examples/seed.toml");
    for store in [Store::Sqlite, Store::Postgres] {
        let server = RunningServer::start_with(store, &["--seed", file.to_str().unwrap()]).await;
        let api = server.api(Family::V1);
        let token = api.token().await;
        let everybody = api.list_all(&token, "max_page_size=7").await;
        assert_eq!(everybody.len(), 30);
        let sam = api.user(&token, "ROLLCALLEXAMPLEPERSONABCDE").await.json_of(200);
        assert_eq!(
            (&sam["state"], &sam["email"]),
            (&"SUSPENDED".into(), &"sam@example.org".into())
        );
        // Two owners: one may go, and then no other.
        let owners = ["ines.garcia@rollcall.example", "kofi.mensah@rollcall.example"];
        let first = api.id_of(&token, owners[0]).await;
        let second = api.id_of(&token, owners[1]).await;
        assert_eq!(api.suspend(&token, &first).await.status, 200);
        api.suspend(&token, &second).await.refuses(403, 7, "no_owner_remain");
        assert_eq!(api.reactivate(&token, &first).await.status, 200);
        assert_eq!(api.suspend(&token, &second).await.status, 200);
    }
}

/// The place keeps what the file said, so it goes on without it, and not with another one.
#[tokio::test]
async fn a_place_goes_on_without_its_seed_file() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("seed.toml");
    let example = std::fs::read_to_string(repository().join("examples/seed.toml")).unwrap();
    std::fs::write(&file, &example).unwrap();
    let with_file = ["--seed", file.to_str().unwrap()];
    for store in [Store::Sqlite, Store::Postgres] {
        std::fs::write(&file, &example).unwrap();
        let server = RunningServer::start_with(store, &with_file).await;
        let before = server.credentials.clone();
        let server = RunningServer::start_on(server.stop().await, &with_file).await;
        assert_eq!(server.credentials.client_secret, before.client_secret);
        std::fs::remove_file(&file).unwrap();
        let server = RunningServer::start_on(server.stop().await, &[]).await;
        assert_eq!(server.credentials.account_id, before.account_id);
        assert_eq!(server.credentials.owner_password, before.owner_password);

        let database = server.stop().await;
        std::fs::write(&file, example.replace("generate = 25", "generate = 26")).unwrap();
        let [option, place] = database.arguments();
        let place = ["dev", "--listen", "127.0.0.1:0", &option, &place];
        let ended = Rollcall::new([&place, &with_file[..], &["--", "true"]].concat()).run().await;
        assert_eq!(ended.code(), 2, "{store:?}");
        ended.says("seed.toml");
    }
}

#[tokio::test]
async fn what_is_wrong_in_a_seed_file_is_told_by_file_line_and_field() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("seed.toml");
    let good = std::fs::read_to_string(repository().join("examples/seed.toml")).unwrap();
    for (from, to, field) in [
        ("plan = \"other\"", "plan = \"gold\"", "accounts.plan"),
        ("groups = [\"security\"]", "groups = [\"security\", \"kings\"]", "accounts.people.groups"),
        ("secrets = 2", "secrets = 3", "accounts.applications.secrets"),
        ("state = \"suspended\"", "suspended = true", "accounts.people.suspended"),
    ] {
        let line = good[..good.find(from).unwrap()].lines().count() + 1;
        std::fs::write(&file, good.replacen(from, to, 1)).unwrap();
        let data = folder.path().join("data");
        let place = ["--data", data.to_str().unwrap(), "--seed", file.to_str().unwrap()];
        let arguments = [&["dev"][..], &place, &["--", "true"]].concat();
        let ended = Rollcall::new(arguments).run().await;
        assert_eq!((ended.code(), &*ended.stdout), (2, ""), "{field}");
        ended.says(&format!("{}:{line}: {field}: ", file.display()));
        assert!(!data.join("rollcall.sqlite").exists(), "a refusal has seeded nothing");
    }
    let missing = folder.path().join("missing.toml");
    let ended =
        Rollcall::new(["dev", "--seed", missing.to_str().unwrap(), "--", "true"]).run().await;
    assert_eq!(ended.code(), 2);
    ended.says("missing.toml");
}

#[tokio::test]
async fn too_few_people_and_options_that_exclude_each_other_are_refused() {
    for (arguments, words) in [
        (&["--users", "9"][..], "at least 10"),
        (&["--users", "many"], "--users"),
        (&["--users", "20", "--seed", "x.toml"], "--seed"),
        (&["--data", "x", "--database", "postgres://rollcall@127.0.0.1/x"], "--database"),
        (&["--routes", "v2"], "v1beta1"),
        (&["--calls-per-minute", "0"], "--calls-per-minute"),
        (&["--no-such-option"], "--no-such-option"),
    ] {
        let ended = Rollcall::new([&["dev"], arguments, &["--", "true"]].concat()).run().await;
        assert_eq!((ended.code(), &*ended.stdout), (2, ""), "{arguments:?}");
        ended.says(words);
    }
}
