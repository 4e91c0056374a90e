//! One application as text and as JSON. Fields of the JSON are only ever added.

use rollcall_directory::applications::{Application, LastUse, LiveSecret, Terms};
use rollcall_directory::world::{AccountId, Moment, SecretId};
use serde_json::{Value, json};

use crate::commands::admin::when::told;
use crate::shown::shown;

pub fn line(application: &Application) -> String {
    let secrets = match application.secrets.len() {
        1 => "1 secret ".to_owned(),
        count => format!("{count} secrets"),
    };
    format!("{}  {secrets}  {}  {}", application.id, scopes(application), shown(&application.name))
}

fn scopes(application: &Application) -> String {
    application.scopes.list().iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(",")
}

pub fn words<'a>(
    application: &Application,
    last_use: impl Fn(SecretId) -> Option<&'a LastUse>,
    now: Moment,
) -> String {
    let mut text = format!(
        "client id     {}\nname          {}\ndescription   {}\nredirect URL  {}\nscopes        {}\ncreated       {}",
        application.id,
        shown(&application.name),
        shown(&application.description),
        shown(&application.redirect_url),
        scopes(application),
        told(application.created, now),
    );
    if application.secrets.is_empty() {
        text.push_str("\n\nNo secret: it cannot call.");
    }
    for secret in &application.secrets {
        text.push_str("\n\n");
        text.push_str(&secret_words(secret, last_use(secret.id), now));
    }
    text
}

pub fn secret_words(secret: &LiveSecret, last: Option<&LastUse>, now: Moment) -> String {
    let ends = match secret.terms.ends {
        None => "never".to_owned(),
        Some(ends) if ends <= now => format!("{}: ended", told(ends, now)),
        Some(ends) => told(ends, now),
    };
    let last = match last {
        None => "not yet".to_owned(),
        Some(LastUse { at, address, agent }) if agent.is_empty() => {
            format!("{} from {address}", told(*at, now))
        }
        Some(LastUse { at, address, agent }) => {
            format!("{} from {address} by {}", told(*at, now), shown(agent))
        }
    };
    format!(
        "secret        {}\nlabel         {}\nmade          {}\nends          {ends}\nworks from    {}\nlast used     {last}",
        secret.id,
        shown(&secret.label),
        told(secret.created, now),
        works_from(&secret.terms),
    )
}

fn works_from(terms: &Terms) -> String {
    if terms.networks.list().is_empty() {
        "everywhere".to_owned()
    } else {
        terms.networks.to_string()
    }
}

pub fn as_json<'a>(
    account: AccountId,
    application: &Application,
    last_use: impl Fn(SecretId) -> Option<&'a LastUse>,
) -> Value {
    let secrets: Vec<Value> =
        application.secrets.iter().map(|s| secret_json(s, last_use(s.id))).collect();
    json!({
        "account_id": account,
        "client_id": application.id,
        "name": application.name,
        "description": application.description,
        "redirect_url": application.redirect_url,
        "scopes": application.scopes.list(),
        "create_time": application.created.rfc3339_seconds(),
        "secrets": secrets,
    })
}

pub fn secret_json(secret: &LiveSecret, last: Option<&LastUse>) -> Value {
    json!({
        "secret_id": secret.id,
        "label": secret.label,
        "create_time": secret.created.rfc3339_seconds(),
        "expire_time": secret.terms.ends.map(Moment::rfc3339_millis),
        "allow_from": secret.terms.networks.list(),
        "last_use": last.map(|last| json!({
            "time": last.at.rfc3339_millis(),
            "address": last.address,
            "agent": last.agent,
        })),
    })
}

#[cfg(test)]
mod tests {
    use rollcall_directory::applications::{ClientSecret, Networks, Scopes};
    use rollcall_directory::world::ApplicationId;

    use super::*;

    const NOW: Moment = Moment::from_seconds(1_800_000_000);

    fn an_application() -> Application {
        Application {
            id: ApplicationId::from_random([1; 16]),
            name: "SOAR\u{1b}[31m".to_owned(),
            description: String::new(),
            redirect_url: "https://soar.example/".to_owned(),
            scopes: Scopes::ALL,
            secrets: vec![LiveSecret {
                id: SecretId::from_bytes([2; 8]),
                digest: ClientSecret::from_random(&[3; 32]).digest(),
                label: "first".to_owned(),
                created: NOW,
                terms: Terms {
                    ends: Some(NOW),
                    networks: Networks::from_row("10.0.0.0/8 ::1/128").unwrap(),
                },
            }],
            created: NOW,
            made_by: None,
            version: 1,
        }
    }

    #[test]
    fn an_application_is_shown_with_its_secrets_and_obeyed_in_nothing() {
        let last = LastUse {
            at: NOW,
            address: "10.1.2.3".parse().unwrap(),
            agent: "curl\u{1b}]0;x".to_owned(),
        };
        let text = words(&an_application(), |_| Some(&last), NOW);
        assert!(!text.contains('\u{1b}'), "{text}");
        for line in [
            "ends          2027-01-15T08:00:00Z (just now): ended",
            "works from    10.0.0.0/8 ::1/128",
            "last used     2027-01-15T08:00:00Z (just now) from 10.1.2.3 by curl\\u{1b}]0;x",
        ] {
            assert!(text.lines().any(|said| said == line), "{line}\n{text}");
        }
        let unused = words(&an_application(), |_| None, NOW);
        assert!(unused.ends_with("last used     not yet"), "{unused}");
    }

    #[test]
    fn json_says_null_where_there_is_nothing() {
        let mut application = an_application();
        application.secrets[0].terms = Terms::default();
        let account = AccountId::from_bytes([1; 16]);
        let secret = &as_json(account, &application, |_| None)["secrets"][0];
        assert_eq!(secret["expire_time"], Value::Null);
        assert_eq!(secret["last_use"], Value::Null);
        assert_eq!(secret["allow_from"], json!([]));
    }
}
