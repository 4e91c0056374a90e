//! Where a soak runs: a folder with a root key, a certificate, settings and a store that was
//! filled by the same commands as an operator's, and the server in it.

use std::fs::{File, Permissions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use serde_json::Value;

use super::caller::Seen;
use super::certificates::Authority;
use crate::server::{beside_this, on_the_servers_core};

pub(super) struct Place {
    folder: tempfile::TempDir,
    server: Child,
    authority: Authority,
    certificate: CertificateDer<'static>,
    pub(super) address: SocketAddr,
    pub(super) account: String,
    pub(super) client: String,
    pub(super) secret: String,
}

const SCOPES: [&str; 4] = ["list_users", "get_user", "suspend_users", "reactivate_users"];

impl Place {
    pub(super) fn set_up(users: usize, log: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        write_private(&at("root.key"), &format!("{:064x}\n", 0x5eed))?;
        let authority = Authority::make()?;
        let certificate = authority.write(&at("tls.pem"), &at("tls.key"))?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let settings = format!(
            "public_url = \"https://localhost:{}\"\nlisten = \"{address}\"\n[store]\ndata = \"{}\"\n[root_key]\nfile = \"{}\"\n[tls]\ncertificate = \"{}\"\nkey = \"{}\"\n[log]\nfilter = \"warn\"\n",
            address.port(),
            at("data").display(),
            at("root.key").display(),
            at("tls.pem").display(),
            at("tls.key").display(),
        );
        std::fs::write(at("rollcall.toml"), settings)?;
        let server = serve(&at("rollcall.toml"), log)?;
        let mut place = Self {
            folder,
            server,
            authority,
            certificate,
            address,
            account: String::new(),
            client: String::new(),
            secret: String::new(),
        };
        place.wait()?;
        place.fill(users)?;
        Ok(place)
    }

    /// Until it says that it serves: a port that takes connections is there before the store is.
    fn wait(&mut self) -> Result<()> {
        let stdout = self.server.stdout.take().context("its standard output is a pipe")?;
        let mut said = String::new();
        BufReader::new(stdout).read_line(&mut said)?;
        ensure!(!said.is_empty(), "the server did not start; its log says why");
        Ok(())
    }

    fn fill(&mut self, users: usize) -> Result<()> {
        let link = self.at("setup-link").display().to_string();
        let owner = ["--owner-email", "ann@example.com", "--owner-name", "Ann Arbor"];
        let owner = [&owner[..], &["--setup-link", &link]].concat();
        let made =
            self.admin_json(&[&["account", "create", "--name", "Soak"][..], &owner].concat())?;
        self.account = text(&made, "account_id")?;
        let file = self.at("people.csv");
        let mut people = std::io::BufWriter::new(File::create(&file)?);
        writeln!(people, "email,display_name")?;
        for number in 1..users {
            writeln!(people, "person{number}@example.com,Person {number}")?;
        }
        people.flush()?;
        let file = file.display().to_string();
        self.admin(&["people", "import", &file, "--apply"])?;
        let mut create = vec!["application", "create", "--name", "Soak"];
        create.extend(SCOPES.iter().flat_map(|scope| ["--scope", scope]));
        let made = self.admin_json(&create)?;
        (self.client, self.secret) = (text(&made, "client_id")?, text(&made, "client_secret")?);
        Ok(())
    }

    pub(super) fn trusted(&self) -> Result<Arc<ClientConfig>> {
        self.authority.trusted()
    }

    pub(super) fn server(&self) -> u32 {
        self.server.id()
    }

    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.server.try_wait(), Ok(None))
    }

    pub(super) fn rotate_keys(&self) -> Result<String> {
        let config = self.at("rollcall.toml").display().to_string();
        let output = rollcall(&["admin", "keys", "rotate", "--config", &config])?;
        Ok(format!("keys rotated ({})", output.lines().next().unwrap_or_default()))
    }

    pub(super) fn replace_certificate(&mut self) -> Result<String> {
        self.certificate = self.authority.write(&self.at("tls.pem"), &self.at("tls.key"))?;
        // At once, rather than when it looks again by itself.
        let told = Command::new("kill").args(["-HUP", &self.server().to_string()]).status()?;
        ensure!(told.success(), "SIGHUP could not be sent");
        Ok("certificate replaced".to_owned())
    }

    pub(super) fn back_up(&self) -> Result<String> {
        let began = Instant::now();
        let file = self.at("backup.db");
        self.admin(&["backup", "--to", &file.display().to_string()])?;
        let bytes = file.metadata()?.len();
        Ok(format!(
            "backup made, {} MiB in {:.1} s",
            bytes / 1024 / 1024,
            began.elapsed().as_secs_f64()
        ))
    }

    pub(super) fn certificate_seen_last(&self, seen: &Seen) -> bool {
        seen.certificate.as_ref() == Some(&self.certificate)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn admin(&self, arguments: &[&str]) -> Result<String> {
        let data = self.at("data").display().to_string();
        rollcall(&[&["admin"][..], arguments, &["--data", &data]].concat())
    }

    fn admin_json(&self, arguments: &[&str]) -> Result<Value> {
        let said = self.admin(&[arguments, &["--json"]].concat())?;
        serde_json::from_str(&said).with_context(|| said.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.server.id().to_string()).status();
        let _ = self.server.wait();
    }
}

fn serve(settings: &Path, log: &Path) -> Result<Child> {
    on_the_servers_core(&beside_this("rollcall")?)
        .args(["serve", "--json", "--config"])
        .arg(settings)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(log)?)
        .spawn()
        .context("rollcall serve")
}

fn rollcall(arguments: &[&str]) -> Result<String> {
    let output = Command::new(beside_this("rollcall")?).args(arguments).output()?;
    ensure!(
        output.status.success(),
        "rollcall {} ended with {}: {}",
        arguments.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

fn text(value: &Value, name: &str) -> Result<String> {
    let found = value.get(name).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no {name} in {value}"))?.to_owned())
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text)?;
    private(path)
}

pub(super) fn private(path: &Path) -> Result<()> {
    Ok(std::fs::set_permissions(path, Permissions::from_mode(0o600))?)
}
