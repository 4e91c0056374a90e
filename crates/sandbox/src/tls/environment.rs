//! What a client must be told so that it meets the double under the hosted name: by variables that
//! clients read themselves, without a changed line, a changed file or a right of the administrator.

use std::net::SocketAddr;
use std::path::Path;

use super::names::HOSTED_URL;

/// Where a running double with TLS is reached, and what vouches for it.
#[derive(Clone, Copy, Debug)]
pub struct Reached<'a> {
    pub proxy: SocketAddr,
    /// In PEM.
    pub authority: &'a Path,
    pub java_trust_store: &'a Path,
}

/// Read as a file of authorities in place of the system's, or beside them (`NODE_EXTRA_CA_CERTS`,
/// `DENO_CERT`).
const AUTHORITY: [&str; 7] = [
    "ROLLCALL_CA_FILE",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "DENO_CERT",
    "PERL_LWP_SSL_CA_FILE",
];

const PROXY: [&str; 3] = ["ROLLCALL_PROXY_URL", "HTTPS_PROXY", "https_proxy"];

const DIRECT: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// All that is set: a list from outside could name the hosted API.
const LOOPBACK: &str = "localhost,127.0.0.1,::1";

/// `java_options`: what `JAVA_TOOL_OPTIONS` says already, which holds beside ours.
#[must_use]
pub fn environment(
    reached: Reached<'_>,
    java_options: Option<&str>,
) -> Vec<(&'static str, String)> {
    let authority = reached.authority.display().to_string();
    let proxy = format!("http://{}", reached.proxy);
    let mut variables = vec![("ROLLCALL_HOSTED_URL", HOSTED_URL.to_owned())];
    variables.extend(AUTHORITY.map(|name| (name, authority.clone())));
    variables.extend(PROXY.map(|name| (name, proxy.clone())));
    variables.extend(DIRECT.map(|name| (name, LOOPBACK.to_owned())));
    // Node reads the proxy's variables only where it is told to, from 22.21 and 24.5 on.
    variables.push(("NODE_USE_ENV_PROXY", "1".to_owned()));
    variables.push(("JAVA_TOOL_OPTIONS", java(reached, java_options)));
    variables
}

fn java(reached: Reached<'_>, before: Option<&str>) -> String {
    let store = reached.java_trust_store.display();
    let ours = format!(
        "-Dhttps.proxyHost={} -Dhttps.proxyPort={} \"-Djavax.net.ssl.trustStore={store}\" -Djavax.net.ssl.trustStoreType=JKS",
        reached.proxy.ip(),
        reached.proxy.port(),
    );
    // The last word is ours.
    before.map_or_else(|| ours.clone(), |before| format!("{before} {ours}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(java_options: Option<&str>) -> Vec<(&'static str, String)> {
        let reached = Reached {
            proxy: "127.0.0.1:8788".parse().unwrap(),
            authority: Path::new("/a b/authority.pem"),
            java_trust_store: Path::new("/a b/authority.jks"),
        };
        environment(reached, java_options)
    }

    #[test]
    fn each_is_set_once_and_both_spellings_agree() {
        let all = set(None);
        let value = |name: &str| {
            let found: Vec<_> = all.iter().filter(|(is, _)| *is == name).collect();
            assert_eq!(found.len(), 1, "{name}");
            found[0].1.clone()
        };
        assert_eq!(value("HTTPS_PROXY"), "http://127.0.0.1:8788");
        assert_eq!(value("https_proxy"), value("HTTPS_PROXY"));
        assert_eq!(value("no_proxy"), value("NO_PROXY"));
        assert_eq!(value("SSL_CERT_FILE"), "/a b/authority.pem");
        assert!(!value("NO_PROXY").contains("1password") && !value("NO_PROXY").contains('*'));
    }

    #[test]
    fn what_java_was_told_before_holds_beside_ours() {
        let options = |before| set(before).pop().unwrap().1;
        assert!(options(None).starts_with("-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8788 "));
        assert!(options(Some("-Xmx1g")).starts_with("-Xmx1g -Dhttps.proxyHost="));
        assert!(options(None).contains("\"-Djavax.net.ssl.trustStore=/a b/authority.jks\""));
    }
}
