//! The cookie of a machine on which somebody has signed in: a random name for it, bound to their
//! account and address by a MAC. It opens nothing; it only says whose guesses are counted where.

use data_encoding::BASE64URL_NOPAD;
use rollcall_directory::keys::{KeyRing, Use};

use super::stamp;

pub(crate) type Machine = [u8; 16];

pub(crate) fn cookie(keys: &KeyRing, target: &[u8; 16], machine: &Machine) -> String {
    let stamp = stamp::stamp(keys, Use::KnownMachine, &[target, machine]);
    format!("{}.{stamp}", BASE64URL_NOPAD.encode(machine))
}

/// The machine, if the cookie was made for this person.
pub(crate) fn read(keys: &KeyRing, target: &[u8; 16], cookie: &str) -> Option<Machine> {
    let (machine, stamp) = cookie.split_once('.')?;
    let machine: Machine = BASE64URL_NOPAD.decode(machine.as_bytes()).ok()?.try_into().ok()?;
    stamp::holds(keys, Use::KnownMachine, &[target, &machine], stamp).then_some(machine)
}

#[cfg(test)]
mod tests {
    use rollcall_directory::keys::{KeyId, RootKey, SealedKey};
    use rollcall_directory::world::Moment;

    use super::*;

    #[test]
    fn a_machine_is_known_to_the_person_it_was_made_for() {
        let root = RootKey::from_bytes([1; 32]);
        let made = Moment::from_seconds(0);
        let key = SealedKey::seal(&root, KeyId(7), &[2; 32], [3; 12], made);
        let keys = KeyRing::open(&root, &[key], made).unwrap();
        let cookie = cookie(&keys, &[1; 16], &[9; 16]);
        assert_eq!(read(&keys, &[1; 16], &cookie), Some([9; 16]));
        assert_eq!(read(&keys, &[2; 16], &cookie), None);
        for other in ["", ".", "a.b", &cookie.replacen('C', "D", 1), &cookie[1..]] {
            assert_eq!(read(&keys, &[1; 16], other), None, "{other}");
        }
    }
}
