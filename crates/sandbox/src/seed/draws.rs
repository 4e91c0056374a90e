//! Everything that an account of a seed gets by chance, each under a label of its own.
//!
//! The labels are the promise "the same seed gives the same ids and secrets": renaming one changes
//! what every existing seed means. An account is found by its position, a generated person by index,
//! a listed person by address, an application by name; so adding one of them changes no other.

use uuid::Builder;

use super::{Scope, SeedApplication, SeedStream};

/// One live secret of an application.
pub(super) struct DrawnSecret {
    pub(super) id: [u8; 8],
    pub(super) bytes: [u8; 32],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AccountDraws {
    account: SeedStream,
    /// Kept, so that a person costs one digest and not two: there may be millions.
    people: SeedStream,
}

impl AccountDraws {
    pub(super) fn new(seed_number: u64, position: usize) -> Self {
        Self::of(SeedStream::new(seed_number).branch(&format!("account/{position}")))
    }

    /// Of the `n`-th account that is made while the double runs.
    pub(super) fn isolated(seed_number: u64, n: u64) -> Self {
        Self::of(SeedStream::new(seed_number).branch(&format!("isolated account/{n}")))
    }

    /// Of a scenario of an exam.
    pub(super) fn exam(key: &str) -> Self {
        Self::of(SeedStream::new(1).branch(&format!("exam/{key}")))
    }

    fn of(account: SeedStream) -> Self {
        let people = account.branch("person");
        Self { account, people }
    }

    pub(super) fn account_id(&self) -> [u8; 16] {
        self.account.branch("id").bytes()
    }

    /// `key` is the index of a person made up here, or the lower-case address of a listed one.
    pub(super) fn person_id(&self, key: &str) -> [u8; 16] {
        self.people.branch(key).bytes()
    }

    /// 120 random bits, in four groups that a person can read aloud.
    pub(super) fn password(&self, key: &str) -> String {
        let bytes: [u8; 15] = self.people.branch(key).branch("password").bytes();
        let text = data_encoding::BASE32_NOPAD.encode(&bytes).to_ascii_lowercase();
        let groups: Vec<&str> = [0..6, 6..12, 12..18, 18..24].map(|group| &text[group]).to_vec();
        groups.join("-")
    }

    pub(super) fn client_id(&self, application: &str) -> [u8; 16] {
        let random = self.application(application).branch("client-id").bytes();
        Builder::from_random_bytes(random).into_uuid().into_bytes()
    }

    pub(super) fn secret(&self, application: &str, position: usize) -> DrawnSecret {
        let secret = self.application(application).branch(&format!("secret/{position}"));
        DrawnSecret { id: secret.branch("id").bytes(), bytes: secret.branch("bytes").bytes() }
    }

    /// With one live secret.
    pub(super) fn whole_application(
        &self,
        name: &str,
        description: String,
        redirect_url: &str,
        scopes: &[Scope],
    ) -> SeedApplication {
        let secret = self.secret(name, 0);
        SeedApplication {
            client_id: self.client_id(name),
            name: name.to_owned(),
            description,
            redirect_url: redirect_url.to_owned(),
            scopes: scopes.to_vec(),
            secret_bytes: vec![secret.bytes],
            secret_ids: vec![secret.id],
        }
    }

    fn application(&self, name: &str) -> SeedStream {
        self.account.branch("application").branch(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_draw_has_its_own_place() {
        let draws = AccountDraws::new(1, 0);
        assert_ne!(draws.person_id("1"), draws.person_id("11"));
        assert_ne!(draws.person_id("1"), AccountDraws::new(1, 1).person_id("1"));
        assert_ne!(draws.person_id("1"), AccountDraws::new(2, 0).person_id("1"));
        assert_ne!(draws.secret("A", 0).bytes, draws.secret("A", 1).bytes);
        assert_ne!(draws.secret("A", 0).bytes, draws.secret("B", 0).bytes);
        assert_ne!(draws.secret("A", 0).id, draws.secret("A", 1).id);
    }

    #[test]
    fn a_client_id_is_a_random_uuid() {
        let id = uuid::Uuid::from_bytes(AccountDraws::new(1, 0).client_id("Containment"));
        assert_eq!(id.get_version_num(), 4);
        assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
    }

    #[test]
    fn a_password_is_four_groups_of_six() {
        let password = AccountDraws::new(1, 0).password("0");
        assert!(password.split('-').all(|group| group.len() == 6), "{password}");
        assert_eq!(password.len(), 27);
    }
}
