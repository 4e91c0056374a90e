//! The two families of addresses, and the setting that says which of them a server answers.
//!
//! The documented family is to go one day; a server can already live without either.

use std::fmt;
use std::str::FromStr;

/// A family of addresses. The resources are the same in both; the OAuth paths differ in shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    V1beta1,
    V1,
}

impl Family {
    pub const ALL: &'static [Family] = &[Family::V1beta1, Family::V1];

    pub const fn as_str(self) -> &'static str {
        match self {
            Family::V1beta1 => "v1beta1",
            Family::V1 => "v1",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which families a server answers. Turning one off lets vendors rehearse the change-over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RoutesServed {
    #[default]
    Both,
    V1beta1,
    V1,
}

impl RoutesServed {
    pub const fn serves(self, family: Family) -> bool {
        match (self, family) {
            (RoutesServed::Both, _) => true,
            (RoutesServed::V1beta1, Family::V1beta1) | (RoutesServed::V1, Family::V1) => true,
            (RoutesServed::V1beta1, Family::V1) | (RoutesServed::V1, Family::V1beta1) => false,
        }
    }
}

impl fmt::Display for RoutesServed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RoutesServed::Both => "both",
            RoutesServed::V1beta1 => "v1beta1",
            RoutesServed::V1 => "v1",
        })
    }
}

impl FromStr for RoutesServed {
    type Err = UnknownRoutesServed;

    fn from_str(text: &str) -> Result<RoutesServed, UnknownRoutesServed> {
        match text {
            "both" => Ok(RoutesServed::Both),
            "v1beta1" => Ok(RoutesServed::V1beta1),
            "v1" => Ok(RoutesServed::V1),
            other => Err(UnknownRoutesServed(other.to_owned())),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRoutesServed(pub String);

impl fmt::Display for UnknownRoutesServed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} names no route family: write both, v1beta1 or v1", self.0)
    }
}

impl std::error::Error for UnknownRoutesServed {}
