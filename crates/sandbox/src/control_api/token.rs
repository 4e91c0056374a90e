//! The word that `dev` prints for whoever may speak to the control API.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64URL_NOPAD;

/// Made anew by each run.
#[derive(Clone)]
pub struct ControlToken(String);

impl ControlToken {
    #[must_use]
    pub fn from_random(bytes: &[u8; 24]) -> Self {
        Self(format!("sbx_{}", BASE64URL_NOPAD.encode(bytes)))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Compared in constant time.
    pub(super) fn is(&self, presented: &str) -> bool {
        verify_slices_are_equal(self.0.as_bytes(), presented.as_bytes()).is_ok()
    }
}

impl fmt::Debug for ControlToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
