//! `/sandbox/v1`: resets, the clock, faults, snapshots, accounts, the journal, the report. Only for
//! whoever has the token that `dev` prints, on this machine, and from no foreign page.

use std::fmt;
use std::net::IpAddr;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;

use crate::double::Double;

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
}

impl fmt::Debug for ControlToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

pub(crate) async fn answer(_double: &Double, _from: IpAddr, _request: Request) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
