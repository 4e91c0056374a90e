//! The file of a plan: JSON for people, and a digest over what it says. The digest notices an
//! edit; it is no signature: who can write the file can make another plan.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Plan, VERSION, name};

/// SHA-256 of a plan as compact JSON.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest([u8; 32]);

const PREFIX: &str = "sha256:";

impl Digest {
    pub fn of(plan: &Plan) -> Self {
        // Text, numbers and lists: nothing in a plan that JSON cannot hold.
        let canonical = serde_json::to_vec(plan).expect("a plan can be written as JSON");
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, &canonical).as_ref());
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const NONE: &str = "no digest: sha256: and 64 hexadecimal digits";
        let hex = text.strip_prefix(PREFIX).ok_or(NONE)?;
        let bytes = HEXLOWER.decode(hex.as_bytes()).map_err(|_| NONE)?;
        Ok(Self(bytes.try_into().map_err(|_| NONE)?))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error("not a plan: {0}")]
    NotAPlan(String),
    #[error(
        "the plan is of form {found}, and this program knows {VERSION}: make the plan again, or use the program that made it"
    )]
    OtherVersion { found: u64 },
    #[error(
        "the plan was edited: its digest is {says}, and what it says now has {is}. Make a new plan instead"
    )]
    Edited { says: Digest, is: Digest },
    #[error(
        "the plan holds for account {plan:?} at {plan_url:?}, and this is account {here:?} at {here_url:?}"
    )]
    OtherPlace { plan: String, plan_url: String, here: String, here_url: String },
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    plan: &'a Plan,
    digest: Digest,
}

impl Plan {
    /// The same plan gives the same bytes.
    pub fn to_file(&self) -> Vec<u8> {
        let written = Written { plan: self, digest: Digest::of(self) };
        let mut bytes = serde_json::to_vec_pretty(&written).expect("a plan can be written as JSON");
        bytes.push(b'\n');
        bytes
    }

    /// Refuses whatever is not exactly what was written, spaces between the words apart.
    pub fn from_file(bytes: &[u8]) -> Result<Self, PlanError> {
        let no = |why: &dyn fmt::Display| PlanError::NotAPlan(why.to_string());
        let mut value: Value = serde_json::from_slice(bytes).map_err(|error| no(&error))?;
        let object = value.as_object_mut().ok_or_else(|| no(&"it is no JSON object"))?;
        let version = object.get("version").and_then(Value::as_u64);
        match version.ok_or_else(|| no(&"it has no version"))? {
            found if found == u64::from(VERSION) => {}
            found => return Err(PlanError::OtherVersion { found }),
        }
        let says = object.remove("digest").ok_or_else(|| no(&"it has no digest"))?;
        let says: Digest = serde_json::from_value(says).map_err(|error| no(&error))?;
        let plan = Plan::deserialize(&value).map_err(|error| no(&error))?;
        let is = Digest::of(&plan);
        if is != says {
            return Err(PlanError::Edited { says, is });
        }
        // A field that was passed over would be in neither digest.
        let read = serde_json::to_value(&plan).map_err(|error| no(&error))?;
        if read != value {
            return Err(no(&"it has fields that no plan has"));
        }
        if !name::is_run_name(&plan.run) {
            return Err(no(&"its run has no name that a folder may have"));
        }
        plan.each_person_once().map_err(|id| no(&format!("{id} is to be done twice")))?;
        Ok(plan)
    }

    pub fn holds_for(&self, base_url: &str, account: &str) -> Result<(), PlanError> {
        let bare = |url: &str| url.trim_end_matches('/').to_owned();
        if bare(&self.base_url) == bare(base_url) && self.account == account {
            return Ok(());
        }
        Err(PlanError::OtherPlace {
            plan: self.account.clone(),
            plan_url: self.base_url.clone(),
            here: account.to_owned(),
            here_url: base_url.to_owned(),
        })
    }

    fn each_person_once(&self) -> Result<(), &str> {
        let mut seen = std::collections::HashSet::new();
        match self.to_do().find(|(_, person)| !seen.insert(&person.id)) {
            Some((_, twice)) => Err(&twice.id),
            None => Ok(()),
        }
    }
}
