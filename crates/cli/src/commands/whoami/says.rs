//! What `whoami` found out, in words and as JSON.

use serde_json::{Value, json};

use super::Found;
use super::server::Server;
use super::tried::Came;
use crate::shown::shown;

const NOT_TRIED: &str = "not tried: it would change somebody";

pub fn words(found: &Found<'_>) -> String {
    let chosen = found.chosen;
    let mut lines = Vec::new();
    if let Some((name, _)) = &chosen.profile {
        lines.push(("profile", name.to_string()));
    }
    lines.push(("base URL", shown(&chosen.identity.url)));
    lines.push(("routes", chosen.routes.to_string()));
    lines.push(("account", shown(&chosen.identity.account)));
    lines.push(("client ID", shown(&chosen.identity.client_id)));
    lines.push(("secret", shown(&chosen.to_string())));
    if chosen.profile.is_some() {
        lines.push(("protected", protected(&chosen.protected)));
    }
    lines.push(("server", server(found.server).to_owned()));
    match &found.tried {
        Ok(tried) => {
            lines.push(("token", "given".to_owned()));
            lines.push(("list", came(&tried.list)));
            lines.push(("get", came(&tried.get)));
            lines.push(("suspend", NOT_TRIED.to_owned()));
            lines.push(("reactivate", NOT_TRIED.to_owned()));
        }
        Err(_) => lines.push(("works", "no".to_owned())),
    }
    let lines: Vec<String> =
        lines.iter().map(|(label, what)| format!("{label:<11} {what}")).collect();
    lines.join("\n")
}

fn protected(addresses: &[String]) -> String {
    match addresses {
        [] => "nobody".to_owned(),
        some => shown(&some.join(", ")),
    }
}

fn server(server: Server) -> &'static str {
    match server {
        Server::Rollcall => "Rollcall, by its metadata document",
        Server::Another => "not Rollcall: it has another metadata document, or none",
        Server::Unknown => "not known: it did not answer for its metadata document",
    }
}

fn came(came: &Came) -> String {
    match came {
        Came::Allowed => "allowed".to_owned(),
        Came::Refused(why) => format!("refused: {}", shown(why)),
        Came::Unclear(why) => format!("not clear: {}", shown(why)),
    }
}

pub fn json(found: &Found<'_>) -> String {
    let chosen = found.chosen;
    let of = |came: &Came| match came {
        Came::Allowed => "allowed",
        Came::Refused(_) => "refused",
        Came::Unclear(_) => "unclear",
    };
    let not_tried = json!("not_tried");
    let tried = |name: fn(&super::Tried) -> &Came| match &found.tried {
        Ok(tried) => json!(of(name(tried))),
        Err(_) => not_tried.clone(),
    };
    let object = json!({
        "works": found.tried.is_ok(),
        "profile": chosen.profile.as_ref().map(|(name, _)| name.as_str()),
        "base_url": chosen.identity.url,
        "routes": chosen.routes.as_str(),
        "account_id": chosen.identity.account,
        "client_id": chosen.identity.client_id,
        "secret_from": chosen.to_string(),
        "protected": chosen.protected,
        "server": match found.server {
            Server::Rollcall => json!("rollcall"),
            Server::Another => json!("another"),
            Server::Unknown => Value::Null,
        },
        "list": tried(|tried| &tried.list),
        "get": tried(|tried| &tried.get),
        "suspend": not_tried,
        "reactivate": not_tried,
    });
    object.to_string()
}
