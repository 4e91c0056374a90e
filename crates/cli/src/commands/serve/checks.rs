//! What must be so before anything is opened: settings that could be read, and are still a danger
//! together.

use std::time::Duration;

use rollcall_directory::keys::KeyRing;
use rollcall_directory::keys::rotate::SIGNED_LIVES_MAX;
use rollcall_settings::{PublicUrl, Settings, Store};

use super::certificates;
use super::error::ServeError;
use crate::{database, logging, root_key};

/// A key must not be pushed out while what it signed is alive.
const ROTATE_MIN: Duration = Duration::from_secs(4 * 86_400);
const _: () = assert!(
    ROTATE_MIN.as_secs() > SIGNED_LIVES_MAX.as_secs() + KeyRing::SETTLES_IN.as_secs(),
    "two keys at a time must last for what they sign"
);

/// The first thing that forbids the start, or the address that the server is known by.
pub fn check(settings: &Settings) -> Result<&PublicUrl, ServeError> {
    match refusals(settings).into_iter().next() {
        Some(first) => Err(first),
        None => public_url(settings),
    }
}

/// Everything that forbids it and can be seen in the settings alone: nothing is opened or read.
pub fn refusals(settings: &Settings) -> Vec<ServeError> {
    let checked = [
        public_url(settings).map(|_| ()),
        is_encrypted(settings),
        keys_last(settings),
        certificates::check(&settings.tls.acme),
        store(&settings.store),
        root_key::is_named(&settings.root_key).map_err(ServeError::from),
        logging::filter(&settings.log).map(|_| ()).map_err(|what| {
            ServeError::settings(what, "write a level, or target=level: warn,rollcall::calls=info")
        }),
    ];
    checked.into_iter().filter_map(Result::err).collect()
}

fn public_url(settings: &Settings) -> Result<&PublicUrl, ServeError> {
    settings.public_url.as_ref().ok_or_else(|| {
        ServeError::settings(
            "no public_url: links and metadata are built from it, never from a request",
            "say how others reach this server: public_url = \"https://rollcall.example.com\", or --public-url",
        )
    })
}

fn keys_last(settings: &Settings) -> Result<(), ServeError> {
    if settings.keys.rotate_every.0.is_some_and(|every| every.0 < ROTATE_MIN) {
        return Err(ServeError::settings(
            "keys.rotate_every is too short: a key would be dropped while page tokens that it signed are alive (three days)",
            "write 4d or more, or never; `rollcall admin keys rotate` adds one at any time",
        ));
    }
    Ok(())
}

fn store(store: &Store) -> Result<(), ServeError> {
    database::check(store)?;
    if store.database.is_none() && store.data.as_os_str().is_empty() {
        return Err(ServeError::settings(
            "store.data is empty, so it names no folder",
            "name the folder of the store: data in [store], or --data DIR",
        ));
    }
    Ok(())
}

/// Does TLS end here? Otherwise somebody must have said where.
fn is_encrypted(settings: &Settings) -> Result<(), ServeError> {
    let tls = &settings.tls;
    match (&tls.certificate, &tls.key, tls.acme.is_on()) {
        (Some(_), Some(_), false) | (None, None, true) => return Ok(()),
        (None, None, false) => {}
        (Some(_), None, _) | (None, Some(_), _) => {
            return Err(ServeError::settings(
                "tls.certificate and tls.key belong together, and one of them is not set",
                "name both files in [tls]",
            ));
        }
        (Some(_), Some(_), true) => {
            return Err(ServeError::settings(
                "the certificate comes from files or by ACME, and both are set",
                "take certificate and key out of [tls], or domains out of [tls.acme]",
            ));
        }
    }
    let proxied = settings.proxy.ends_tls && !settings.proxy.trusted.is_empty();
    if settings.listen.ip().is_loopback() || proxied {
        return Ok(());
    }
    Err(ServeError::settings(
        format!(
            "{} can be reached from other machines, and secrets would cross the network unencrypted",
            settings.listen
        ),
        "name certificate and key in [tls]; or, where a proxy ends TLS, say so: ends_tls = true and trusted = [\"ITS ADDRESS\"] in [proxy]; or listen on 127.0.0.1",
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rollcall_settings::{Loaded, Told};

    use super::*;

    fn checked(more: &str) -> Result<String, (String, String)> {
        let text =
            format!("public_url = \"https://rollcall.example.com\"\nroot_key.file = \"k\"\n{more}");
        let loaded = Loaded::of_text(Path::new("x"), &text, &Told::default()).unwrap();
        match check(&loaded.settings) {
            Ok(url) => Ok(url.as_str().to_owned()),
            Err(error) => Err((error.to_string(), error.hint().unwrap())),
        }
    }

    #[test]
    fn plain_http_needs_this_machine_or_a_proxy_by_name() {
        let everywhere = "listen = \"0.0.0.0:80\"\n";
        for right in [
            "".to_owned(),
            "listen = \"[::1]:80\"".to_owned(),
            format!("{everywhere}[proxy]\nends_tls = true\ntrusted = [\"10.0.0.1/32\"]"),
            format!("{everywhere}[tls]\ncertificate = \"c\"\nkey = \"k\""),
            format!(
                "{everywhere}[tls.acme]\ndomains = [\"rollcall.example.com\"]\nterms_agreed = true"
            ),
        ] {
            assert!(checked(&right).is_ok(), "{right}");
        }
        for wrong in [
            everywhere.to_owned(),
            "listen = \"[::]:80\"".to_owned(),
            format!("{everywhere}[proxy]\nends_tls = true"),
            format!("{everywhere}[proxy]\ntrusted = [\"10.0.0.1/32\"]"),
        ] {
            let (what, hint) = checked(&wrong).unwrap_err();
            assert!(what.contains("unencrypted") && hint.contains("ends_tls"), "{what} {hint}");
        }
    }

    #[test]
    fn half_a_certificate_and_two_ways_to_one_are_refused() {
        for wrong in [
            "[tls]\ncertificate = \"c\"",
            "[tls]\nkey = \"k\"",
            "[tls]\ncertificate = \"c\"\nkey = \"k\"\nacme.domains = [\"a.example\"]",
            "[tls]\nkey = \"k\"\nacme.domains = [\"a.example\"]",
        ] {
            assert!(checked(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_public_address_is_needed_and_keys_last() {
        let none = check(&Settings::default()).unwrap_err();
        assert!(none.to_string().starts_with("no public_url"));
        for (every, right) in
            [("4d", true), ("never", true), ("30d", true), ("3d", false), ("1h", false)]
        {
            let checked = checked(&format!("[keys]\nrotate_every = \"{every}\""));
            assert_eq!(checked.is_ok(), right, "{every}");
        }
    }

    #[test]
    fn all_that_forbids_a_start_is_said_at_once() {
        let said = |text: &str| -> Vec<String> {
            let loaded = Loaded::of_text(Path::new("x"), text, &Told::default()).unwrap();
            refusals(&loaded.settings).iter().map(ToString::to_string).collect()
        };
        let words = said(
            "listen = \"0.0.0.0:1\"\nstore.database = \"postgres://u:hunter2@127.0.0.1/x\"\nlog.filter = \"a=zz\"\nkeys.rotate_every = \"3d\"",
        );
        let expected = [
            "no public_url",
            "unencrypted",
            "too short",
            "a password",
            "no root key",
            "log.filter",
        ];
        assert_eq!(words.len(), expected.len(), "{words:?}");
        for (words, expected) in words.iter().zip(expected) {
            assert!(words.contains(expected) && !words.contains("hunter2"), "{words}");
        }
        let right = "public_url = \"https://x.example\"\nroot_key.file = \"k\"\n";
        for (store, wrong) in [
            ("data = \"\"", Some("names no folder")),
            ("database = \"postgres://me@db.example/x\"\ndatabase_ca_file = \"ca.pem\"", None),
            ("database = \"host=db.example user=me\"", None),
            ("database = \"host=db.example password=hunter2\"", Some("a password")),
            ("database = \"mysql://me@db.example/x\"", Some("not a PostgreSQL address")),
        ] {
            let words = said(&format!("{right}[store]\n{store}"));
            assert_eq!(words.len(), usize::from(wrong.is_some()), "{store}: {words:?}");
            assert!(wrong.is_none_or(|wrong| words[0].contains(wrong)), "{words:?}");
        }
    }
}
