//! A tree of random generators that grows from one number.
//!
//! Each thing that needs chance has a branch of its own, found by its label: SHA-256 of the parent's
//! key and the label is the key of the branch, and the key seeds ChaCha20. So one more draw in one
//! place never shifts what another place gets. (One shared generator would: add a person, and every
//! id and secret after them is a new one.)

use std::fmt;

use aws_lc_rs::digest;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const KEY_BYTES: usize = 32;

/// Keeps these streams apart from anything else that is ever made from a small number.
const ROOT_LABEL: &[u8] = b"rollcall seed 1";

#[derive(Clone)]
pub struct SeedStream {
    key: [u8; KEY_BYTES],
    generator: ChaCha20Rng,
}

impl SeedStream {
    pub fn new(seed_number: u64) -> Self {
        Self::from_digest_of(ROOT_LABEL, &seed_number.to_le_bytes())
    }

    /// The stream of that label: the same one whatever was drawn here before.
    pub fn branch(&self, label: &str) -> Self {
        Self::from_digest_of(&self.key, label.as_bytes())
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.generator.fill_bytes(&mut bytes);
        bytes
    }

    /// A number below `n`, each as likely as the other to one part in 2^64 times `n`.
    pub fn pick(&mut self, n: usize) -> usize {
        assert!(n > 0, "a choice needs something to choose from");
        let scaled = u128::from(self.generator.next_u64()) * (n as u128);
        usize::try_from(scaled >> 64).expect("a number below n fits where n did")
    }

    fn from_digest_of(first: &[u8], second: &[u8]) -> Self {
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(first);
        hash.update(second);
        let key: [u8; KEY_BYTES] =
            hash.finish().as_ref().try_into().expect("SHA-256 gives 32 bytes");
        Self { key, generator: ChaCha20Rng::from_seed(key) }
    }
}

/// The key gives every secret below it, so it is not shown.
impl fmt::Debug for SeedStream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SeedStream(***)")
    }
}

/// Two streams are the same when they stand at the same place of the same tree.
impl PartialEq for SeedStream {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for SeedStream {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_and_labels_give_the_same_bytes() {
        let draw = || SeedStream::new(7).branch("account/0").branch("person").bytes::<16>();
        assert_eq!(draw(), draw());
    }

    #[test]
    fn another_number_or_label_gives_other_bytes() {
        let one = SeedStream::new(7).branch("a").bytes::<16>();
        assert_ne!(one, SeedStream::new(8).branch("a").bytes::<16>());
        assert_ne!(one, SeedStream::new(7).branch("b").bytes::<16>());
        assert_ne!(one, SeedStream::new(7).bytes::<16>());
    }

    #[test]
    fn drawing_here_does_not_shift_a_branch() {
        let mut parent = SeedStream::new(7);
        let before = parent.branch("child").bytes::<32>();
        parent.bytes::<100>();
        parent.pick(10);
        parent.branch("other").bytes::<8>();
        assert_eq!(before, parent.branch("child").bytes::<32>());
    }

    #[test]
    fn a_stream_goes_on_and_does_not_repeat_itself() {
        let mut stream = SeedStream::new(7);
        assert_ne!(stream.bytes::<16>(), stream.bytes::<16>());
    }

    #[test]
    fn a_pick_reaches_every_choice_and_no_other() {
        let mut stream = SeedStream::new(7);
        let mut seen = [0_usize; 5];
        for _ in 0..1_000 {
            seen[stream.pick(5)] += 1;
        }
        assert!(seen.iter().all(|times| *times > 100), "{seen:?}");
        assert_eq!(stream.pick(1), 0);
    }

    /// These bytes are in people's notes and test suites: a change here is a breaking change.
    #[test]
    fn the_bytes_stay_what_they_were() {
        let bytes = SeedStream::new(1).branch("account/0").bytes::<8>();
        assert_eq!(data_encoding::HEXLOWER.encode(&bytes), "9f66d7f422189c80");
    }

    #[test]
    fn a_stream_does_not_print_its_key() {
        assert_eq!(format!("{:?}", SeedStream::new(7)), "SeedStream(***)");
    }
}
