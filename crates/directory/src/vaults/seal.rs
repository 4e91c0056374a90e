//! Seals an item for its place in the rows. Pure: chance is given, and the same chance gives the
//! same bytes.

use zeroize::Zeroizing;

use super::keys::{Key, Part, Place};
use super::{ItemText, SealedItem};

/// Chance for one version of an item, used once.
pub(crate) struct Chance {
    pub key: [u8; 32],
    pub nonces: [[u8; 12]; 3],
}

/// The part labels end in the version of this format, so that nothing is a prefix of another.
pub(crate) fn seal(vault: &Key, place: &Place, text: &ItemText, chance: &Chance) -> SealedItem {
    let key = Key::from_bytes(chance.key);
    let [wraps, shows, hides] = chance.nonces;
    let overview = json(&text.overview());
    let details = json(text);
    SealedItem {
        key: vault.seal_key(&place.label(Part::Key), wraps, &key),
        overview: key.seal(&place.label(Part::Overview), shows, &overview),
        details: key.seal(&place.label(Part::Details), hides, &details),
    }
}

fn json(text: &impl serde::Serialize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(serde_json::to_vec(text).expect("plain data becomes JSON"))
}
