//! One MAC key, several uses: each use has a key of its own, derived by HKDF under its own label,
//! so that a page token can never be taken for an access token.

use aws_lc_rs::{hkdf, hmac};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    AccessToken,
    PageToken,
    /// Binds a form to the session that it was shown to.
    Form,
    /// The cookie of a machine on which somebody has signed in.
    KnownMachine,
}

impl Use {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::AccessToken => b"rollcall/mac/access-token/v1",
            Self::PageToken => b"rollcall/mac/page-token/v1",
            Self::Form => b"rollcall/mac/form/v1",
            Self::KnownMachine => b"rollcall/mac/known-machine/v1",
        }
    }
}

/// The keys derived from one MAC key.
pub struct MacKey {
    access_token: hmac::Key,
    page_token: hmac::Key,
    form: hmac::Key,
    known_machine: hmac::Key,
}

impl MacKey {
    #[must_use]
    pub fn derive(secret: &[u8; 32]) -> Self {
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(secret);
        let key = |purpose: Use| {
            let info = [purpose.label()];
            hmac::Key::from(
                extracted
                    .expand(&info, hmac::HMAC_SHA256)
                    .expect("32 bytes are within what HKDF can give"),
            )
        };
        Self {
            access_token: key(Use::AccessToken),
            page_token: key(Use::PageToken),
            form: key(Use::Form),
            known_machine: key(Use::KnownMachine),
        }
    }

    fn of(&self, purpose: Use) -> &hmac::Key {
        match purpose {
            Use::AccessToken => &self.access_token,
            Use::PageToken => &self.page_token,
            Use::Form => &self.form,
            Use::KnownMachine => &self.known_machine,
        }
    }

    #[must_use]
    pub fn sign(&self, purpose: Use, message: &[u8]) -> [u8; 32] {
        let tag = hmac::sign(self.of(purpose), message);
        tag.as_ref().try_into().expect("HMAC-SHA256 gives 32 bytes")
    }

    /// In constant time.
    #[must_use]
    pub fn verify(&self, purpose: Use, message: &[u8], tag: &[u8]) -> bool {
        hmac::verify(self.of(purpose), message, tag).is_ok()
    }
}
