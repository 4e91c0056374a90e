//! What must be so before anything is opened: settings that could be read, and are still a danger
//! together.

use std::time::Duration;

use rollcall_directory::keys::KeyRing;
use rollcall_directory::keys::rotate::SIGNED_LIVES_MAX;
use rollcall_settings::{PublicUrl, Settings};

use super::error::ServeError;

/// A key must not be pushed out while what it signed is alive.
const ROTATE_MIN: Duration = Duration::from_secs(4 * 86_400);
const _: () = assert!(
    ROTATE_MIN.as_secs() > SIGNED_LIVES_MAX.as_secs() + KeyRing::SETTLES_IN.as_secs(),
    "two keys at a time must last for what they sign"
);

pub fn check(settings: &Settings) -> Result<&PublicUrl, ServeError> {
    let public_url = settings.public_url.as_ref().ok_or_else(|| {
        ServeError::settings(
            "no public_url: links and metadata are built from it, never from a request",
            "say how others reach this server: public_url = \"https://rollcall.example.com\", or --public-url",
        )
    })?;
    is_encrypted(settings)?;
    if settings.keys.rotate_every.0.is_some_and(|every| every.0 < ROTATE_MIN) {
        return Err(ServeError::settings(
            "keys.rotate_every is too short: a key would be dropped while page tokens that it signed are alive (three days)",
            "write 4d or more, or never; `rollcall admin keys rotate` adds one at any time",
        ));
    }
    Ok(public_url)
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
        let text = format!("public_url = \"https://rollcall.example.com\"\n{more}");
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
            format!("{everywhere}[tls.acme]\ndomains = [\"rollcall.example.com\"]"),
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
}
