//! The lines for each place, and those that undo them.

use std::path::Path;

use rollcall_sandbox::tls::{HOSTED, Kept};

pub(super) struct Step {
    /// For scripts; never renamed.
    pub(super) id: &'static str,
    pub(super) place: &'static str,
    pub(super) lines: Vec<String>,
    pub(super) undo: Vec<String>,
}

/// At the end of the line in the hosts file, so that it is found again.
const MARK: &str = "# rollcall double";

pub(super) fn all(kept: &Kept, data: &Path) -> Vec<Step> {
    let file = quoted(&kept.authority.display().to_string());
    let (data, name) = (data.display().to_string(), quoted(&kept.authority_name));
    vec![
        hosts(&quoted(&data)),
        step(
            "debian",
            "Debian, Ubuntu: the system's authorities",
            &[
                format!(
                    "sudo install -m 0644 {file} /usr/local/share/ca-certificates/rollcall-double.crt"
                ),
                "sudo update-ca-certificates".to_owned(),
            ],
            &[
                "sudo rm /usr/local/share/ca-certificates/rollcall-double.crt".to_owned(),
                "sudo update-ca-certificates --fresh".to_owned(),
            ],
        ),
        step(
            "fedora",
            "Fedora, RHEL, Arch: the system's authorities",
            &[format!("sudo trust anchor --store {file}")],
            &[format!("sudo trust anchor --remove {file}")],
        ),
        step(
            "macos",
            "macOS",
            &[format!(
                "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain {file}"
            )],
            &[format!(
                "sudo security delete-certificate -c {name} /Library/Keychains/System.keychain"
            )],
        ),
        step(
            "windows",
            "Windows, as administrator",
            &[format!("certutil -addstore -f Root \"{}\"", kept.authority.display())],
            &[format!("certutil -delstore Root \"{}\"", kept.authority_name)],
        ),
        step(
            "nss",
            "Chromium on Linux, and Firefox with its profile's folder in the place of sql:…",
            &[format!("certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n rollcall-double -i {file}")],
            &["certutil -d sql:$HOME/.pki/nssdb -D -n rollcall-double".to_owned()],
        ),
        java(kept, &file),
        compose(kept, &data),
    ]
}

/// For a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn step(id: &'static str, place: &'static str, lines: &[String], undo: &[String]) -> Step {
    Step { id, place, lines: lines.to_vec(), undo: undo.to_vec() }
}

fn hosts(data: &str) -> Step {
    let names = HOSTED.join(" ");
    step(
        "hosts",
        "This machine, where no proxy is read: the names by /etc/hosts, and the port that they have",
        &[
            format!("echo '127.0.0.1 {names} {MARK}' | sudo tee -a /etc/hosts"),
            "sudo sysctl net.ipv4.ip_unprivileged_port_start=443".to_owned(),
            format!("rollcall dev --tls --data {data} --listen 127.0.0.1:443"),
        ],
        &[
            format!("sudo sed -i '/{MARK}$/d' /etc/hosts"),
            "sudo sysctl net.ipv4.ip_unprivileged_port_start=1024".to_owned(),
        ],
    )
}

fn java(kept: &Kept, file: &str) -> Step {
    let (alias, password) = (Kept::JAVA_ALIAS, Kept::JAVA_PASSWORD);
    let store = quoted(&kept.java_trust_store.display().to_string());
    step(
        "java",
        "Java: one program by its own trust store, or a whole Java",
        &[
            format!("java -Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStoreType=JKS …"),
            format!(
                "keytool -importcert -noprompt -cacerts -storepass {password} -alias {alias} -file {file}"
            ),
        ],
        &[format!("keytool -delete -cacerts -storepass {password} -alias {alias}")],
    )
}

/// The double listens on loopback, so the connector shares its loopback.
fn compose(kept: &Kept, data: &str) -> Step {
    let authority = format!("{}:/rollcall/authority.pem:ro", kept.authority.display());
    let mut lines: Vec<String> = [
        "services:",
        "  double:",
        "    image: IMAGE-WITH-ROLLCALL",
        "    command: rollcall dev --tls --data /double --listen 127.0.0.1:443",
    ]
    .map(str::to_owned)
    .to_vec();
    lines.push(format!("    volumes: [{:?}]", format!("{data}:/double")));
    lines.push("    extra_hosts:".to_owned());
    lines.extend(HOSTED.map(|host| format!("      - \"{host}:127.0.0.1\"")));
    lines.extend(
        ["  connector:", "    network_mode: \"service:double\"    # one loopback, one hosts file"]
            .map(str::to_owned),
    );
    lines.push(format!("    volumes: [{authority:?}]"));
    lines.push("    environment:".to_owned());
    for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
        lines.push(format!("      {name}: /rollcall/authority.pem"));
    }
    let undo = ["Take both out of the file, then:", "docker compose down"].map(str::to_owned);
    step("compose", "Docker Compose", &lines, &undo)
}
