//! Profiles, listed and shown. What may be secret in them (a proxy's password) is masked.

use serde_json::{Value, json};
use url::Url;

use crate::failure::Failure;
use crate::printer::Printer;
use crate::profile::{Name, Place, Profile};
use crate::shown::shown;

pub fn list(place: &Place, as_json: bool, printer: &Printer) -> Result<(), Failure> {
    let profiles = place.read()?;
    let is_default = |name: &Name| profiles.default.as_ref() == Some(name);
    if as_json {
        let all = profiles.profiles.iter();
        let all: Vec<Value> =
            all.map(|(name, profile)| json(name, profile, is_default(name))).collect();
        printer.data(&Value::from(all).to_string());
        return Ok(());
    }
    if profiles.profiles.is_empty() {
        printer.say("There is no profile. `rollcall login` makes one.");
    }
    let width = profiles.profiles.keys().map(|name| name.as_str().len()).max().unwrap_or(0);
    for (name, profile) in &profiles.profiles {
        let mark = if is_default(name) { '*' } else { ' ' };
        printer.data(&format!(
            "{mark} {:<width$}  {}  account {}  secret {}",
            name.as_str(),
            shown(&profile.url),
            shown(&profile.account),
            profile.secret.word(),
        ));
    }
    Ok(())
}

pub fn one(
    place: &Place,
    name: Option<&Name>,
    as_json: bool,
    printer: &Printer,
) -> Result<(), Failure> {
    let profiles = place.read()?;
    let default = profiles.default.clone();
    let (name, profile) = profiles.pick(name)?;
    let is_default = default.as_ref() == Some(&name);
    if as_json {
        printer.data(&json(&name, &profile, is_default).to_string());
        return Ok(());
    }
    let or = |value: Option<String>, none: &str| value.unwrap_or_else(|| none.to_owned());
    let lines = [
        ("profile", format!("{name}{}", if is_default { " (the default)" } else { "" })),
        ("base URL", profile.url.clone()),
        ("routes", profile.routes.to_string()),
        ("account", profile.account.clone()),
        ("client ID", profile.client_id.clone()),
        ("secret", profile.secret.to_string()),
        ("rate", or(profile.rate.map(|rate| format!("{rate} a second")), "no limit")),
        ("timeout", or(profile.timeout.map(|seconds| format!("{seconds} s")), "30 s")),
        ("CA file", or(profile.ca_file.as_ref().map(|file| file.display().to_string()), "none")),
        ("proxy", or(profile.proxy.as_deref().map(masked), "as HTTPS_PROXY says")),
        (
            "protected",
            or(Some(profile.protected.join(", ")).filter(|all| !all.is_empty()), "nobody"),
        ),
        ("kept in", place.file().display().to_string()),
    ];
    for (label, what) in lines {
        printer.data(&format!("{label:<10} {}", shown(&what)));
    }
    Ok(())
}

fn json(name: &Name, profile: &Profile, is_default: bool) -> Value {
    json!({
        "profile": name.as_str(),
        "default": is_default,
        "base_url": profile.url,
        "routes": profile.routes.0.as_str(),
        "account_id": profile.account,
        "client_id": profile.client_id,
        "secret_kept": profile.secret.word(),
        "rate": profile.rate,
        "timeout": profile.timeout,
        "ca_file": profile.ca_file,
        "proxy": profile.proxy.as_deref().map(masked),
        "protected": profile.protected,
    })
}

fn masked(proxy: &str) -> String {
    match Url::parse(proxy) {
        Ok(mut url) if url.password().is_some() => {
            // Fails only for an address that can have no password.
            let _ = url.set_password(Some("***"));
            url.into()
        }
        Ok(url) if !url.cannot_be_a_base() => proxy.to_owned(),
        // Of another form: what is secret in it is not known.
        _ => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_password_is_masked() {
        assert_eq!(masked("http://me:hunter2@proxy:3128"), "http://me:***@proxy:3128/");
        assert_eq!(masked("http://proxy:3128"), "http://proxy:3128");
        assert_eq!(masked("me:hunter2@proxy"), "***");
    }
}
