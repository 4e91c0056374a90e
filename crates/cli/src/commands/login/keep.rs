//! Keeps a profile and its secret. The secret first: a profile that points to nothing is worse than
//! a secret that nothing points to.

use super::Gathered;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::profile::kept::Owner;
use crate::profile::{Keeping, Place, Profile};

/// Whether it is the default one now.
pub fn keep(
    place: &Place,
    gathered: &mut Gathered,
    make_default: bool,
    printer: &Printer,
) -> Result<bool, Failure> {
    place.change(|profiles| {
        let name = gathered.name.clone();
        let before = profiles.profiles.get(&name).cloned();
        keep_secret(place, gathered, printer)?;
        profiles.profiles.insert(name.clone(), gathered.profile.clone());
        if make_default || profiles.default.is_none() {
            profiles.default = Some(name.clone());
        }
        if let Some(before) = before.filter(|before| is_elsewhere(before, &gathered.profile)) {
            let forgotten = Owner { place, name: &name, profile: &before }.forget();
            if let Err(failure) = forgotten {
                printer.say(&format!("What was kept before stays: {}", failure.what));
            }
        }
        Ok(profiles.default.as_ref() == Some(&name))
    })
}

fn keep_secret(place: &Place, gathered: &mut Gathered, printer: &Printer) -> Result<(), Failure> {
    let Some(secret) = &gathered.secret else { return Ok(()) };
    let name = &gathered.name;
    let first = Owner { place, name, profile: &gathered.profile }.keep(secret);
    match first {
        Err(failure) if gathered.may_fall_back => {
            gathered.profile.secret = Keeping::File;
            Owner { place, name, profile: &gathered.profile }.keep(secret)?;
            printer.say(&format!(
                "{}: the secret is in {}, which only you can read.",
                failure.what,
                place.secrets().join(name.as_str()).display()
            ));
            Ok(())
        }
        other => other,
    }
}

/// The secret from before is not where the new one was put.
fn is_elsewhere(before: &Profile, now: &Profile) -> bool {
    let is_keyring = before.secret == Keeping::Keyring;
    let is_other = before.url != now.url || before.client_id != now.client_id;
    before.secret.word() != now.secret.word() || (is_keyring && is_other)
}
