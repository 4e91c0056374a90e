//! One person, by id. A read: one question, one snapshot, no way to write.

use std::net::IpAddr;

use super::User;
use crate::acting::{CallerFacts, Demand, Refusal, authenticate};
use crate::applications::Scope;
use crate::tokens::Claims;
use crate::world::{AccountId, Moment, UserId};

#[derive(Clone, Debug)]
pub struct GetUser {
    pub token: Claims,
    pub from: IpAddr,
    pub account: Option<AccountId>,
    pub user: Option<UserId>,
    pub now: Moment,
}

impl GetUser {
    pub(crate) fn decide(
        &self,
        caller: &CallerFacts,
        found: Option<User>,
    ) -> Result<User, Refusal> {
        let demand = Demand::Scope { account: self.account, scope: Scope::GetUser };
        authenticate::application(&self.token, self.from, demand, caller, self.now)?;
        found.filter(|user| !user.is_invited()).ok_or(Refusal::NoSuchUser)
    }
}
