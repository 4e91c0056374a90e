//! A certificate from an authority: obtained, shared by the servers of one database, and there
//! again after a restart that meets no authority.

use super::*;

struct Pebble {
    process: Child,
    directory: String,
    management: SocketAddr,
    own: Made,
}

impl Pebble {
    async fn start(folder: &Path, proved_at: SocketAddr) -> Self {
        let (listen, management, own) = (a_free_address(), a_free_address(), made("127.0.0.1"));
        let path = |name: &str| folder.join(name);
        write(&path("authority.pem"), &own.chain);
        write(&path("authority.key"), &own.key);
        write(&path("authority.ca"), &own.root);
        let config = serde_json::json!({ "pebble": {
            "listenAddress": listen.to_string(),
            "managementListenAddress": management.to_string(),
            "certificate": path("authority.pem"),
            "privateKey": path("authority.key"),
            "tlsPort": proved_at.port(),
            "httpPort": a_free_address().port(),
        }});
        write(&path("pebble.json"), &config.to_string());
        let process = Command::new("pebble")
            .arg("-config")
            .arg(path("pebble.json"))
            .env("PEBBLE_VA_NOSLEEP", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("pebble is there: `cargo xtask test` installs it");
        let began = Instant::now();
        while tokio::net::TcpStream::connect(management).await.is_err() {
            assert!(began.elapsed() < PATIENCE, "pebble does not listen");
            sleep(Duration::from_millis(20)).await;
        }
        Self { process, directory: format!("https://{listen}/dir"), management, own }
    }

    /// The root under which it signs, in this run.
    async fn root(&self) -> String {
        let root = reqwest::Certificate::from_pem(self.own.root.as_bytes()).unwrap();
        let client = http_client().no_proxy().tls_certs_only([root]).build().unwrap();
        let url = format!("https://{}/roots/0", self.management);
        client.get(url).send().await.unwrap().text().await.unwrap()
    }

    fn arguments(&self, folder: &Path) -> Vec<String> {
        let ca = folder.join("authority.ca").display().to_string();
        [
            "--tls-acme-terms-agreed",
            &format!("--tls-acme-domains={NAME}"),
            &format!("--tls-acme-directory={}", self.directory),
            &format!("--tls-acme-ca-file={ca}"),
        ]
        .map(str::to_owned)
        .to_vec()
    }
}

on_both_stores!(a_certificate_is_obtained_and_there_again_after_a_restart);

async fn a_certificate_is_obtained_and_there_again_after_a_restart(store: Store) {
    let (folder, database) = (TempDir::new().unwrap(), Database::fresh(store).await);
    let listen = a_free_address();
    let mut pebble = Pebble::start(folder.path(), listen).await;
    let more = pebble.arguments(folder.path());
    let server = Serving::start(folder.path(), listen, &database, &more).await;
    let root = pebble.root().await;
    server.is_reached(&root, folder.path()).await;
    if store == Store::Postgres {
        // Another server, whose port no authority ever looks at.
        let beside = TempDir::new().unwrap();
        let elsewhere = "127.0.0.1:0".parse().unwrap();
        let second = Serving::start(beside.path(), elsewhere, &database, &more).await;
        assert_eq!(second.call(&root).await.unwrap(), 200);
        second.stop().await;
    }
    server.stop().await;
    pebble.process.kill().await.unwrap();
    let server = Serving::start(folder.path(), listen, &database, &more).await;
    assert_eq!(server.call(&root).await.unwrap(), 200, "from its first moment");
    server.stop().await;
}
