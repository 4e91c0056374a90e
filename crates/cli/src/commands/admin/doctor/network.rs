//! What the settings name: the ends of certificates, and whether the server answers where others are
//! told to look for it. Only addresses from the settings are asked.

use std::path::Path;
use std::time::Duration;

use reqwest::tls::TlsInfo;
use rollcall_directory::fault::with_causes;
use rollcall_directory::world::{Moment, World};
use rollcall_settings::Settings;
use serde_json::Value;
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::finding::Finding;

const ENDS_SOON: Duration = Duration::from_secs(14 * 86_400);
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
const METADATA: &str = "/.well-known/oauth-authorization-server";

pub(super) async fn look(settings: &Settings, offline: bool, world: &World) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(file) = &settings.tls.certificate {
        findings.push(match end_of(file) {
            Ok(ends) => certificate("certificate", ends, world.now(), READ_AGAIN),
            Err(why) => Finding::bad("certificate", format!("{}: {why}", file.display()))
                .do_this("a PEM file, the server's own certificate first"),
        });
    }
    if offline {
        return findings;
    }
    // Fails only where one is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = match reqwest::Client::builder().timeout(ANSWER_LIMIT).tls_info(true).build() {
        Ok(client) => client,
        Err(error) => {
            findings.push(Finding::warning("network", format!("nothing was asked: {error}")));
            return findings;
        }
    };
    if let Some(listen) = settings.admin.listen {
        findings.push(ready(&client, &format!("http://{listen}/readyz")).await);
    }
    match &settings.public_url {
        Some(url) => findings.extend(issuer(&client, url.as_str(), world.now()).await),
        None => findings.push(
            Finding::bad("public_url", "is not set, and without it `serve` does not start")
                .do_this("public_url = \"https://rollcall.example.com\""),
        ),
    }
    findings
}

fn end_of(file: &Path) -> Result<Moment, String> {
    let text = std::fs::read(file).map_err(|error| error.to_string())?;
    let pem = Pem::iter_from_buffer(&text).next().ok_or("no certificate in it")?;
    let pem = pem.map_err(|error| error.to_string())?;
    let certificate = pem.parse_x509().map_err(|error| error.to_string())?;
    Ok(not_after(&certificate))
}

fn not_after(certificate: &X509Certificate<'_>) -> Moment {
    Moment::from_seconds(certificate.validity().not_after.timestamp())
}

const READ_AGAIN: &str = "put the new one in its place: it is read again by itself";

fn certificate(check: &'static str, ends: Moment, now: Moment, way_out: &str) -> Finding {
    let what = format!("ends {}", ends.rfc3339_seconds());
    if ends <= now {
        return Finding::bad(check, what).do_this(way_out);
    }
    match ends <= now.plus(ENDS_SOON) {
        true => Finding::warning(check, what).do_this(way_out),
        false => Finding::good(check, what),
    }
}

/// The one that callers see: of a file, of an authority, or of the proxy that ends TLS.
fn certificate_served(answer: &reqwest::Response, now: Moment) -> Option<Finding> {
    let tls = answer.extensions().get::<TlsInfo>()?;
    let (_, seen) = X509Certificate::from_der(tls.peer_certificate()?).ok()?;
    let way_out =
        "it should have been renewed by now: the log says why it was not, or the proxy's does";
    Some(certificate("certificate served", not_after(&seen), now, way_out))
}

async fn ready(client: &reqwest::Client, url: &str) -> Finding {
    match client.get(url).send().await {
        Ok(answer) if answer.status().is_success() => {
            Finding::good("ready", format!("{url} says yes"))
        }
        Ok(answer) => Finding::bad("ready", format!("{url} answers {}", answer.status()))
            .do_this("the server runs and cannot serve: its log says why"),
        Err(error) => Finding::bad("ready", format!("{url}: {}", with_causes(&error)))
            .do_this("is the server running?"),
    }
}

async fn issuer(client: &reqwest::Client, public_url: &str, now: Moment) -> Vec<Finding> {
    let url = format!("{public_url}{METADATA}");
    let way_out =
        "public_url must be the address under which others reach this server, and lead to it";
    let answer = match client.get(&url).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let what = format!("{url}: {}", with_causes(&error));
            return vec![Finding::bad("public_url", what).do_this(way_out)];
        }
    };
    let status = answer.status();
    let served = certificate_served(&answer, now);
    let metadata: Value = answer.json().await.unwrap_or_default();
    let found = match metadata["issuer"].as_str() {
        Some(issuer) if issuer == public_url => {
            Finding::good("public_url", format!("{public_url} answers, and says so of itself"))
        }
        Some(issuer) => {
            Finding::bad("public_url", format!("{public_url} says that it is {issuer}"))
                .do_this(way_out)
        }
        None => Finding::bad("public_url", format!("{url} answers {status}, and no metadata"))
            .do_this(way_out),
    };
    served.into_iter().chain([found]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn a_certificate_is_warned_of_before_its_end_and_bad_at_it() {
        let now = Moment::from_seconds(1_800_000_000);
        let soon = now.plus(ENDS_SOON);
        let level = |ends| certificate("certificate", ends, now, READ_AGAIN).level;
        assert_eq!(level(now), Level::Bad);
        assert_eq!(level(now.plus(Duration::from_millis(1))), Level::Warning);
        assert_eq!(level(soon), Level::Warning);
        assert_eq!(level(soon.plus(Duration::from_millis(1))), Level::Good);
    }
}
