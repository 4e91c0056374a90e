//! PostgreSQL over TLS: the right authority and name, and what happens with a wrong one; and the
//! password from a file. On the tests' own cluster, which is given a certificate and a rule while it
//! runs; everybody else goes on without.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rollcall_system_tests::{Database, Ground, RunningServe, Store};
use tokio_postgres::Client;

/// The user that the cluster runs as when we are root.
const NOBODY: u32 = 65534;

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    fn certify(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

/// Gives the cluster a certificate for this name, and waits until it is used.
async fn give(db: &Client, folder: &Path, authority: &Authority, name: &str) {
    let (certificate, key) = authority.certify(name);
    let file = |end: &str, text: &str| -> PathBuf {
        let path = folder.join(format!("{name}.{end}"));
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        // Fails where we are not root; then the cluster runs as we do.
        let _ = std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY));
        path
    };
    for (setting, path) in
        [("ssl_cert_file", file("crt", &certificate)), ("ssl_key_file", file("key", &key))]
    {
        db.batch_execute(&format!("alter system set {setting} = '{}'", path.display()))
            .await
            .unwrap();
    }
    db.batch_execute("alter system set ssl = on").await.unwrap();
    reload(db).await;
}

async fn reload(db: &Client) {
    db.batch_execute("select pg_reload_conf()").await.unwrap();
    // The postmaster reads it soon; a new connection has what it read.
    db.batch_execute("select pg_sleep(1)").await.unwrap();
}

/// Asks one user of the cluster for a password; everybody else is let in as before.
async fn ask_for_a_password(db: &Client, user: &str, password: &str) {
    let rules = format!(
        "array['host all {user} all scram-sha-256', 'local all all trust',
               'host all all 127.0.0.1/32 trust', 'host all all ::1/128 trust']"
    );
    let file: String = db.query_one("show hba_file", &[]).await.unwrap().get(0);
    db.batch_execute(&format!(
        "create role {user} superuser login password '{password}';
         copy (select unnest({rules})) to '{file}'"
    ))
    .await
    .unwrap();
    reload(db).await;
}

#[tokio::test]
async fn the_password_comes_from_a_file() {
    let ground = Ground::fresh(Store::Postgres).await;
    let Database::Postgres(fresh) = &ground.database else { unreachable!("asked for") };
    let db = fresh.connect().await;
    let (user, password) = ("asked_for_a_password", "correct-horse-battery-staple");
    rollcall_system_tests::note_secret(password);
    ask_for_a_password(&db, user, password).await;
    let address = fresh.address().replace("rollcall@", &format!("{user}@"));
    let file = |name: &str, text: &str| {
        std::fs::write(ground.file(name), text).unwrap();
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(ground.file(name), private).unwrap();
        ground.text_of(name)
    };
    let (right, wrong) = (file("right", &format!("{password}\n")), file("wrong", "wrong\n"));
    let ended = ground.serve(&["--database", &address]).run().await;
    assert_eq!(ended.code(), 1);
    ended.says("password");
    let ended =
        ground.serve(&["--database", &address, "--database-password-file", &wrong]).run().await;
    assert_eq!(ended.code(), 1);
    ended.says("28P01");
    let more = ["--database", &address, "--database-password-file", &right];
    let server = RunningServe::start_on(ground, &more).await;
    server.api().token().await;
    // Neither its arguments nor its log hold it.
    let arguments = std::fs::read(format!("/proc/{}/cmdline", server.pid())).unwrap();
    assert!(!String::from_utf8_lossy(&arguments).contains(password));
    assert!(!server.log().contains(password));
    let Database::Postgres(fresh) = &server.ground.database else { unreachable!("asked for") };
    let owned = format!("reassign owned by {user} to rollcall; drop role {user}");
    fresh.connect().await.batch_execute(&owned).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn verified_or_refused_and_never_in_the_clear() {
    let ground = Ground::fresh(Store::Postgres).await;
    let Database::Postgres(fresh) = &ground.database else { unreachable!("asked for") };
    let db = fresh.connect().await;
    let address =
        |tls: &str| format!("{}?sslmode={tls}", fresh.address().replace("127.0.0.1", "localhost"));
    std::fs::set_permissions(
        ground.config().parent().unwrap(),
        std::fs::Permissions::from_mode(0o755),
    )
    .unwrap();

    // A server without TLS is not spoken to in the clear instead.
    db.batch_execute("alter system set ssl = off").await.unwrap();
    reload(&db).await;
    let (ours, another) = (Authority::new("Ours"), Authority::new("Another"));
    std::fs::write(ground.file("ours.pem"), &ours.pem).unwrap();
    std::fs::write(ground.file("another.pem"), &another.pem).unwrap();
    let (ours_file, another_file) = (ground.text_of("ours.pem"), ground.text_of("another.pem"));
    let verified = address("verify-full");
    let refused = |ca: &str| ground.serve(&["--database", &verified, "--database-ca-file", ca]);
    let ended = refused(&ours_file).run().await;
    assert_eq!(ended.code(), 1);
    ended.says("does not support TLS");

    give(&db, ground.config().parent().unwrap(), &ours, "db.example").await;
    let ended = refused(&ours_file).run().await;
    assert_eq!(ended.code(), 1, "another name");
    ended.says("not valid for name");

    give(&db, ground.config().parent().unwrap(), &ours, "localhost").await;
    let ended = refused(&another_file).run().await;
    assert_eq!(ended.code(), 1, "another authority");
    ended.says("UnknownIssuer");

    let text = std::fs::read_to_string(ground.config()).unwrap();
    let with_tls = format!("database = {verified:?}\ndatabase_ca_file = {ours_file:?}");
    let plain = format!("database = {:?}", fresh.address());
    std::fs::write(ground.config(), text.replace(&plain, &with_tls)).unwrap();
    let server = RunningServe::start_on(ground, &[]).await;
    assert_eq!(server.said["store"], "PostgreSQL over TLS");
    let api = server.api();
    let token = api.token().await;
    assert_eq!(api.suspend(&token, &server.member).await.status, 200);
    // Every one of the server's connections, as PostgreSQL sees them.
    let sql = "select count(*) filter (where ssl), count(*) filter (where not ssl)
               from pg_stat_ssl join pg_stat_activity using (pid)
               where datname = current_database() and application_name = 'rollcall'";
    let seen = db.query_one(sql, &[]).await.unwrap();
    assert!(seen.get::<_, i64>(0) > 0);
    assert_eq!(seen.get::<_, i64>(1), 0);
    server.ground.admin(&["audit", "head"], &[]).run().await.well();
    for setting in ["ssl", "ssl_cert_file", "ssl_key_file"] {
        db.batch_execute(&format!("alter system reset {setting}")).await.unwrap();
    }
    reload(&db).await;
    server.stop().await;
}
