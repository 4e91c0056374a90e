//! The answer of the token endpoint, read leniently where that does no harm.

use std::time::Duration;

use reqwest::header::HeaderValue;
use rollcall_wire::secret_text::SecretText;
use rollcall_wire::tokens::TOKEN_LIFE_SECONDS;
use serde::Deserialize;
use tokio::time::Instant;

use crate::credentials::is_token;
use crate::token_keeper::Taken;

/// Longer lives are taken for this.
const LIFE_MAX: Duration = Duration::from_secs(24 * 3600);
/// It is renewed so long before its end, or a fifth of its life.
const MARGIN_MAX: Duration = Duration::from_secs(30);

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    token_type: String,
    expires_in: Option<Seconds>,
}

/// A number; some servers write it as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(f64),
    Text(String),
}

/// What a body holds, or what is wrong about it: without a letter of it, for it may hold the token.
/// `asked` is when it was asked for, so that the life is never taken to be longer than it is.
pub(crate) fn read(body: &[u8], asked: Instant) -> Result<Taken, &'static str> {
    let said: TokenAnswer = serde_json::from_slice(body).map_err(|_| "without a token")?;
    let token = SecretText::from(said.access_token);
    let life = match said.expires_in {
        // RFC 6749 only recommends it. The API's tokens live so long, and one that ends before is
        // refused once and renewed.
        None => Duration::from_secs(TOKEN_LIFE_SECONDS),
        Some(seconds) => seconds.read().ok_or("with an expires_in that is no number of seconds")?,
    };
    if token.expose().is_empty() || !is_token(&said.token_type) {
        return Err("with a token that cannot stand in a header");
    }
    let mut authorization =
        HeaderValue::from_str(&format!("{} {}", said.token_type, token.expose()))
            .map_err(|_| "with a token that cannot stand in a header")?;
    authorization.set_sensitive(true);
    let renew_at = asked + (life - MARGIN_MAX.min(life / 5));
    Ok(Taken { token, authorization, renew_at })
}

impl Seconds {
    fn read(&self) -> Option<Duration> {
        let seconds = match self {
            Self::Number(seconds) => *seconds,
            Self::Text(text) => text.trim().parse().ok()?,
        };
        if seconds.is_nan() {
            return None;
        }
        Duration::try_from_secs_f64(seconds.clamp(0.0, LIFE_MAX.as_secs_f64())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(body: &str) -> Result<f64, &'static str> {
        let now = Instant::now();
        read(body.as_bytes(), now).map(|taken| (taken.renew_at - now).as_secs_f64())
    }

    fn with(expires_in: &str) -> Result<f64, &'static str> {
        life(&format!(r#"{{"access_token":"t","token_type":"Bearer","expires_in":{expires_in}}}"#))
    }

    #[test]
    fn a_token_is_renewed_before_its_end() {
        assert_eq!(with("900"), Ok(870.0));
        assert_eq!(with("10"), Ok(8.0));
        assert_eq!(with("0"), Ok(0.0));
    }

    #[test]
    fn a_life_is_a_number_or_the_text_of_one() {
        assert_eq!(with(r#""900""#), Ok(870.0));
        assert_eq!(with("10.0"), Ok(8.0));
        assert_eq!(with("-5"), Ok(0.0));
        assert_eq!(with("1e300"), Ok(24.0 * 3600.0 - 30.0));
        assert_eq!(with("null"), Ok(870.0), "as long as the API's tokens live");
        assert_eq!(life(r#"{"access_token":"t","token_type":"Bearer"}"#), Ok(870.0));
        for wrong in [r#""soon""#, r#""NaN""#] {
            assert_eq!(with(wrong), Err("with an expires_in that is no number of seconds"));
        }
    }

    #[test]
    fn the_scheme_is_what_the_server_says() {
        let body = br#"{"access_token":"abc","token_type":"bearer","expires_in":900}"#;
        let taken = read(body, Instant::now()).unwrap();
        assert_eq!(taken.authorization.to_str().unwrap(), "bearer abc");
        assert!(!format!("{taken:?}").contains("abc"));
    }

    #[test]
    fn what_cannot_stand_in_a_header_is_no_token() {
        for body in [
            r#"{"access_token":"","token_type":"Bearer"}"#,
            r#"{"access_token":"a\nb","token_type":"Bearer"}"#,
            r#"{"access_token":"t","token_type":""}"#,
            r#"{"access_token":"t","token_type":"Bearer x"}"#,
        ] {
            assert_eq!(life(body), Err("with a token that cannot stand in a header"), "{body}");
        }
        for body in ["", "[]", r#"{"access_token":"t"}"#, r#""a-token-as-text""#] {
            assert_eq!(life(body), Err("without a token"), "{body}");
        }
    }
}
