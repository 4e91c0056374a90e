//! `serve` with a browser in front of it, over TLS: at the address that its settings say, because
//! a form is believed only when it was sent from there.

use std::net::TcpListener;

use rcgen::{CertificateParams, KeyPair};
use rollcall_system_tests::{Browser, Ground, Looks, RunningServe, Store, Theme, note_secret};
use serde_json::Value;

pub(super) struct Served {
    pub(super) serve: RunningServe,
    pub(super) browser: Browser,
    /// `https://localhost:PORT`.
    pub(super) origin: String,
}

/// An account's first owner, as the operator made them.
pub(super) struct FirstOwner {
    pub(super) account: String,
    pub(super) address: String,
    pub(super) code: String,
}

impl Served {
    pub(super) async fn start(store: Store) -> Self {
        let ground = Ground::fresh(store).await;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (origin, listen) = (format!("https://localhost:{port}"), format!("127.0.0.1:{port}"));
        let tls = certificate(&ground);
        ground.write_settings_for(&origin, &listen, &tls);
        let serve = RunningServe::start_on(ground, &[]).await;
        let browser = Browser::start().await;
        browser.look(Looks { theme: Theme::Light, width: Looks::WIDE }).await;
        Self { serve, browser, origin }
    }

    pub(super) async fn founds_an_account(&self) -> FirstOwner {
        let ground = &self.serve.ground;
        let file = ground.text_of("setup-link");
        let create = ["--name", "First Example Ltd", "--owner-email", "ann@example.com"];
        let create = [&create[..], &["--owner-name", "Ann Arbor", "--setup-link", &file]].concat();
        let create = [&create[..], &["--json"]].concat();
        let made = ground.admin(&["account", "create"], &create).run().await.well().stdout;
        let made: Value = serde_json::from_str(&made).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let [address, code] = &text.lines().collect::<Vec<_>>()[..] else { panic!("two lines") };
        note_secret(code);
        std::fs::remove_file(&file).unwrap();
        FirstOwner {
            account: made["account_id"].as_str().unwrap().to_owned(),
            address: (*address).to_owned(),
            code: (*code).to_owned(),
        }
    }

    /// Opens the link, types the code, and chooses a password.
    pub(super) async fn uses_the_link(&self, owner: &FirstOwner, password: &str) {
        let Self { browser, .. } = self;
        note_secret(password);
        browser.open(&owner.address).await;
        browser.fill("Code", &owner.code).await;
        browser.fill("New password", password).await;
        browser.fill("New password again", password).await;
        browser.press("Set password and sign in").await;
    }

    pub(super) fn at(&self, account: &str, page: &str) -> String {
        format!("{}/console/{account}/{page}", self.origin)
    }
}

/// One that signed itself, for nobody but this browser.
fn certificate(ground: &Ground) -> String {
    use std::os::unix::fs::OpenOptionsExt as _;
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    for (name, text) in [("own.pem", own.pem()), ("own.key", key.serialize_pem())] {
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(ground.file(name));
        std::io::Write::write_all(&mut file.unwrap(), text.as_bytes()).unwrap();
    }
    let (certificate, key) = (ground.text_of("own.pem"), ground.text_of("own.key"));
    format!("[tls]\ncertificate = {certificate:?}\nkey = {key:?}\n")
}
