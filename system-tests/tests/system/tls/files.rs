//! Certificate and key from files.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

fn named(folder: &Path) -> [String; 4] {
    let path = |name: &str| folder.join(name).display().to_string();
    ["--tls-certificate".to_owned(), path("chain.pem"), "--tls-key".to_owned(), path("key.pem")]
}

fn put(folder: &Path, made: &Made) {
    write(&folder.join("chain.pem"), &made.chain);
    write(&folder.join("key.pem"), &made.key);
}

#[tokio::test]
async fn a_replaced_pair_is_served_by_itself_and_at_once_on_a_signal() {
    let (folder, database) = (TempDir::new().unwrap(), Database::fresh(Store::Sqlite).await);
    let pairs = [made(NAME), made(NAME), made(NAME)];
    put(folder.path(), &pairs[0]);
    let listen = "127.0.0.1:0".parse().unwrap();
    let server = Serving::start(folder.path(), listen, &database, &named(folder.path())).await;
    assert_eq!(server.call(&pairs[0].root).await.unwrap(), 200);
    assert!(server.call(&pairs[1].root).await.is_err());
    // By itself, when the files have stood still.
    put(folder.path(), &pairs[1]);
    server.is_reached(&pairs[1].root, folder.path()).await;
    assert!(server.call(&pairs[0].root).await.is_err());
    put(folder.path(), &pairs[2]);
    server.signal("HUP").await;
    server.is_reached(&pairs[2].root, folder.path()).await;
    server.stop().await;
}

/// Whoever renews it: the doctor looks at the one that callers see.
#[tokio::test]
async fn the_doctor_says_when_the_certificate_ends_that_callers_see() {
    let (folder, database) = (TempDir::new().unwrap(), Database::fresh(Store::Sqlite).await);
    let pair = made(NAME);
    put(folder.path(), &pair);
    write(&folder.path().join("root.pem"), &pair.root);
    let listen = a_free_address();
    let server = Serving::start(folder.path(), listen, &database, &named(folder.path())).await;
    let settings = format!("public_url = \"https://{NAME}:{}\"\n", listen.port());
    write(&folder.path().join("rollcall.toml"), &settings);
    let config = folder.path().join("rollcall.toml").display().to_string();
    let doctor = async |trusting: &str| {
        let asked = ["admin", "doctor", "--json", "--config", &config];
        let asked = Rollcall::new(asked).env("SSL_CERT_FILE", folder.path().join(trusting));
        let findings: Vec<Value> = serde_json::from_str(&asked.run().await.stdout).unwrap();
        let of = |check: &str| findings.iter().find(|finding| finding["check"] == check).cloned();
        (of("certificate served"), of("public_url").unwrap())
    };
    let (served, _) = doctor("root.pem").await;
    let served = served.expect("it is looked at");
    assert_eq!(served["level"], "good", "{served}");
    assert!(served["what"].as_str().unwrap().starts_with("ends "), "{served}");
    // By another authority: nothing is said of when it ends.
    write(&folder.path().join("other.pem"), &made(NAME).root);
    let (served, url) = doctor("other.pem").await;
    assert_eq!((served, url["level"].as_str()), (None, Some("bad")));
    server.stop().await;
}

#[tokio::test]
async fn it_does_not_start_with_a_key_that_others_can_read_or_that_is_not_the_certificates() {
    let (folder, database) = (TempDir::new().unwrap(), Database::fresh(Store::Sqlite).await);
    put(folder.path(), &made(NAME));
    let key = folder.path().join("key.pem");
    let start = async || {
        let listen = "127.0.0.1:0".parse().unwrap();
        let mut all = arguments(folder.path(), listen, &database);
        all.extend(named(folder.path()));
        Rollcall::new(all).run().await
    };
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ended = start().await;
    assert_eq!(ended.code(), 2);
    ended.says("chmod 0600");
    write(&key, &made(NAME).key);
    let ended = start().await;
    assert_eq!(ended.code(), 2);
    ended.says("not that of the certificate");
}
