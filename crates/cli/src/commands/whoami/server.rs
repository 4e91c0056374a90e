//! Whether a server is Rollcall's own: by what it says of itself, without credentials.

use rollcall_wire::metadata::Metadata;
use rollcall_wire::route::RoutesServed;

use crate::connect::Chosen;
use crate::failure::Failure;

const METADATA: &str = "/.well-known/oauth-authorization-server";
const METADATA_MAX_BYTES: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    Rollcall,
    /// It answers, and not as ours do.
    Another,
    /// It did not answer this.
    Unknown,
}

pub async fn ask(chosen: &Chosen) -> Server {
    match text(chosen).await {
        Ok(Some(text)) => of(&text),
        Ok(None) => Server::Another,
        Err(_) => Server::Unknown,
    }
}

/// The document that stands there, if one does.
async fn text(chosen: &Chosen) -> Result<Option<Vec<u8>>, Failure> {
    let failed = |error: reqwest::Error| Failure::failed(error.without_url().to_string(), "");
    let mut client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(chosen.timeout)
        .user_agent(concat!("Rollcall/", env!("CARGO_PKG_VERSION")));
    if let Some(proxy) = &chosen.proxy {
        client = client.proxy(reqwest::Proxy::all(proxy).map_err(failed)?);
    }
    if let Some(pem) = chosen.authorities()? {
        for authority in reqwest::Certificate::from_pem_bundle(&pem).map_err(failed)? {
            client = client.add_root_certificate(authority);
        }
    }
    let client = client.build().map_err(failed)?;
    let address = format!("{}{METADATA}", chosen.identity.url);
    let mut answer = client.get(address).send().await.map_err(failed)?;
    if answer.status() != 200 {
        return Ok(None);
    }
    let mut text = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        text.extend_from_slice(&chunk);
        if text.len() > METADATA_MAX_BYTES {
            return Ok(None);
        }
    }
    Ok(Some(text))
}

/// Ours says exactly what ours would say.
fn of(text: &[u8]) -> Server {
    let Ok(said) = serde_json::from_slice::<Metadata>(text) else { return Server::Another };
    let served = [RoutesServed::Both, RoutesServed::V1beta1, RoutesServed::V1];
    match served.iter().any(|served| Metadata::new(&said.issuer, *served) == said) {
        true => Server::Rollcall,
        false => Server::Another,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_known_by_all_that_it_says_of_itself() {
        let ours = Metadata::new("https://rollcall.example", RoutesServed::V1);
        assert_eq!(of(&serde_json::to_vec(&ours).unwrap()), Server::Rollcall);
        let other = Metadata { token_endpoint: "https://idp.example/token".to_owned(), ..ours };
        assert_eq!(of(&serde_json::to_vec(&other).unwrap()), Server::Another);
        assert_eq!(of(b"<html>"), Server::Another);
    }
}
