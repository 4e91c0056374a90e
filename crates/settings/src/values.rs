//! Values as people write them: how long, how often, and the server's own address.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use url::{Host, Url};

/// A time span: a whole number and its unit, such as `250ms`, `30s`, `15m`, `12h` or `30d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

const UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
const SPAN_MAX: Duration = Duration::from_secs(3_660 * 86_400);
const SPAN_SHAPE: &str = "a time is a whole number with its unit, more than 0 and up to ten years: 250ms, 30s, 15m, 12h or 30d";

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let millis = UNITS
            .iter()
            .find(|(name, _)| *name == unit.trim_start())
            .and_then(|(_, millis)| number.parse::<u64>().ok()?.checked_mul(*millis));
        millis
            .map(Duration::from_millis)
            .filter(|span| !span.is_zero() && *span <= SPAN_MAX)
            .map(Self)
            .ok_or_else(|| SPAN_SHAPE.to_owned())
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        let fits = |unit: &&(&str, u64)| millis.is_multiple_of(unit.1);
        let (name, unit) = UNITS.iter().rev().find(fits).unwrap_or(&UNITS[0]);
        write!(f, "{}{name}", millis / unit)
    }
}

/// How often something is done by itself, or `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every(pub Option<Span>);

impl Every {
    #[must_use]
    pub const fn after(span: Duration) -> Self {
        Self(Some(Span(span)))
    }
}

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "never" => Ok(Self(None)),
            span => {
                span.parse().map(|span| Self(Some(span))).map_err(|why| format!("{why}; or never"))
            }
        }
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(span) => span.fmt(f),
            None => f.write_str("never"),
        }
    }
}

/// The address of the server as everybody else knows it: HTTPS, or plain HTTP on this machine only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// Without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = |what: &str| {
            format!("{what}: write the server's own address, such as https://rollcall.example.com")
        };
        let url = Url::parse(text).map_err(|error| shape(&error.to_string()))?;
        let here = url.host().is_some_and(|host| is_this_machine(&host));
        match url.scheme() {
            "https" => {}
            "http" if here => {}
            "http" => {
                return Err(shape(
                    "secrets would cross the network unencrypted: http is for this machine alone (localhost)",
                ));
            }
            _ => return Err(shape("neither https nor http")),
        }
        let has_more = url.query().is_some() || url.fragment().is_some();
        if has_more || !url.username().is_empty() || url.password().is_some() {
            return Err(shape("it has no user, query or fragment"));
        }
        Ok(Self(url))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Read from and written as text, and described as text.
macro_rules! as_text {
    ($($name:ident: $format:expr),+ $(,)?) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'_, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $format
            }
        }
    )+};
}

as_text!(
    Span: json_schema!({ "type": "string", "pattern": "^[0-9]+ ?(ms|s|m|h|d)$" }),
    Every: json_schema!({ "type": "string", "pattern": "^([0-9]+ ?(ms|s|m|h|d)|never)$" }),
    PublicUrl: json_schema!({ "type": "string", "format": "uri" }),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_people_write_it_and_written_the_same() {
        for (text, millis) in [
            ("250ms", 250),
            ("30s", 30_000),
            ("15m", 900_000),
            ("12h", 43_200_000),
            ("30d", 2_592_000_000),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!((span.0.as_millis(), span.to_string()), (millis, text.to_owned()));
        }
        assert_eq!("90 s".parse::<Span>().unwrap().to_string(), "90s");
        assert_eq!("120s".parse::<Span>().unwrap().to_string(), "2m");
        for wrong in
            ["", "30", "s", "0s", "-1s", "1.5h", "1w", "30 days", "99999999999999999999d", "4000d"]
        {
            assert!(wrong.parse::<Span>().is_err(), "{wrong:?}");
        }
        assert_eq!("never".parse(), Ok(Every(None)));
    }

    #[test]
    fn the_public_address_is_encrypted_or_this_machine() {
        for right in [
            "https://rollcall.example.com",
            "https://rollcall.example.com/people/",
            "http://localhost:8787",
            "http://127.0.0.1:1",
            "http://[::1]:1",
        ] {
            let url: PublicUrl = right.parse().unwrap();
            assert_eq!(url.as_str(), right.trim_end_matches('/'));
        }
        for wrong in [
            "rollcall.example.com",
            "http://rollcall.example.com",
            "http://localhost.example.com",
            "http://10.0.0.1",
            "ftp://localhost",
            "https://user@rollcall.example.com",
            "https://rollcall.example.com?x=y",
            "https://rollcall.example.com/#x",
            "",
        ] {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong:?}");
        }
    }
}
