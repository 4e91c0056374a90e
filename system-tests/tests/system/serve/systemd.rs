//! What systemd gives and is told: credentials, and a socket for what becomes of the server.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rollcall_system_tests::{Ground, PATIENCE, RunningServe, Store, send_signal};
use tokio::net::UnixDatagram;
use tokio::time::timeout;

#[tokio::test]
async fn a_root_key_comes_from_any_of_its_sources() {
    let server = RunningServe::start(Store::Sqlite).await;
    let (expected, credentials) = (server.said["root_key"].clone(), server.credentials.clone());
    let mut ground = server.stop().await;
    let path = ground.text_of("root.key");
    let key = std::fs::read_to_string(&path).unwrap();
    let folder = ground.text_of("credentials");
    std::fs::create_dir(&folder).unwrap();
    // As systemd leaves it for a user of its own: an access list shows as the group's part.
    let credential = Path::new(&folder).join("root-key");
    std::fs::write(&credential, &key).unwrap();
    std::fs::set_permissions(&credential, std::fs::Permissions::from_mode(0o440)).unwrap();
    let by_path = credential.to_str().unwrap().to_owned();
    std::fs::remove_file(&path).unwrap();
    let command = format!("[\"cat\", {by_path:?}]");
    for (more, environment) in [
        (["--root-key-command", &command], ("UNUSED", "")),
        (["--root-key-credential", "root-key"], ("CREDENTIALS_DIRECTORY", &*folder)),
        (["--root-key-file", &by_path], ("CREDENTIALS_DIRECTORY", &*folder)),
        (["--root-key-environment", "THE_KEY"], ("THE_KEY", key.trim())),
    ] {
        let server = RunningServe::again_in(ground, &credentials, "", &more, &[environment]).await;
        assert_eq!(server.said["root_key"], expected, "{more:?}");
        server.api().token().await;
        ground = server.stop().await;
    }
}

#[tokio::test]
async fn it_says_when_it_is_ready_lives_reloads_and_stops() {
    let ground = Ground::fresh(Store::Sqlite).await;
    let path = ground.text_of("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let environment = [("NOTIFY_SOCKET", &*path), ("WATCHDOG_USEC", "400000")];
    let server = RunningServe::start_in(ground, &[], &environment).await;
    heard(&socket, "READY=1").await;
    heard(&socket, "WATCHDOG=1").await;
    heard(&socket, "WATCHDOG=1").await;
    send_signal(server.pid(), "HUP").await;
    heard(&socket, "RELOADING=1").await;
    heard(&socket, "READY=1").await;
    server.stop().await;
    heard(&socket, "STOPPING=1").await;
}

/// Sooner or later this is said; what else is said before does not matter.
async fn heard(socket: &UnixDatagram, wanted: &str) {
    let said = async {
        let mut buffer = [0; 4096];
        loop {
            let length = socket.recv(&mut buffer).await.unwrap();
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if text.lines().any(|line| line == wanted) {
                return;
            }
        }
    };
    timeout(PATIENCE, said).await.unwrap_or_else(|_| panic!("{wanted} was never said"));
}
