//! The only place that says whether a credential still works and what its bearer may do. Acts
//! call it on their batch's facts, reads on facts of the same snapshot as their answer. Nothing
//! is remembered between two calls, so whatever was taken away is refused on the next one.

use super::{Caller, CallerFacts, ClientFacts, Demand, Facts, Presented, Refusal};
use crate::accounts::entitled;
use crate::applications::{Scopes, SecretDigest};
use crate::tokens::Claims;
use crate::world::{Moment, SecretId};

/// For a read by an application: who it is, and whether it may.
pub fn application(
    token: &Claims,
    demand: Demand,
    facts: &CallerFacts,
    now: Moment,
) -> Result<Caller, Refusal> {
    let scopes = token_works(token, facts, now)?;
    may_use_the_api(token, scopes, demand, facts)?;
    Ok(Caller::Application(token.application))
}

/// For an act: who it is. What they may do is the second question, [`may`], because a refusal of
/// somebody known is evidence and a stranger's is not.
pub(crate) fn who(presented: &Presented, facts: &Facts, now: Moment) -> Result<Caller, Refusal> {
    match presented {
        Presented::Operator => Ok(Caller::Operator),
        Presented::Token(token) => {
            token_works(token, &facts.caller_facts(token), now)?;
            Ok(Caller::Application(token.application))
        }
        Presented::ClientSecret { client: id, secret } => {
            client(facts.client_facts(*id).as_ref(), secret)?;
            Ok(Caller::Application(*id))
        }
    }
}

pub(crate) fn may(presented: &Presented, demand: Demand, facts: &Facts) -> Result<(), Refusal> {
    match (presented, demand) {
        (Presented::Operator, _) | (Presented::ClientSecret { .. }, Demand::Client) => Ok(()),
        (Presented::Token(token), Demand::Scope { .. }) => {
            let facts = facts.caller_facts(token);
            may_use_the_api(token, facts.scopes.unwrap_or_default(), demand, &facts)
        }
        (Presented::Token(_), Demand::Client | Demand::Operator)
        | (Presented::ClientSecret { .. }, Demand::Scope { .. } | Demand::Operator) => {
            Err(Refusal::OperatorOnly)
        }
    }
}

/// The client's secret that this is, compared in constant time with each live one.
pub(crate) fn client<'a>(
    facts: Option<&'a ClientFacts>,
    presented: &SecretDigest,
) -> Result<(&'a ClientFacts, SecretId), Refusal> {
    let facts = facts.ok_or(Refusal::ClientUnknown)?;
    let mut found = None;
    for (id, digest) in &facts.secrets {
        if digest.matches(presented) {
            found = Some(*id);
        }
    }
    Ok((facts, found.ok_or(Refusal::ClientUnknown)?))
}

fn token_works(token: &Claims, facts: &CallerFacts, now: Moment) -> Result<Scopes, Refusal> {
    let account = facts.account.as_ref().ok_or(Refusal::TokenDead)?;
    let scopes = facts.scopes.ok_or(Refusal::TokenDead)?;
    let dead = now >= token.ends
        || facts.token_is_revoked
        || !facts.secret_is_live
        || account.epoch != token.epoch;
    if dead { Err(Refusal::TokenDead) } else { Ok(scopes) }
}

/// Another account first (whether it exists is not told), then the account, then the scope.
fn may_use_the_api(
    token: &Claims,
    scopes: Scopes,
    demand: Demand,
    facts: &CallerFacts,
) -> Result<(), Refusal> {
    let Demand::Scope { account, scope } = demand else { return Err(Refusal::OperatorOnly) };
    if account != Some(token.account) {
        return Err(Refusal::AccountMismatch);
    }
    entitled(facts.account.as_ref().ok_or(Refusal::TokenDead)?)?;
    if !scopes.holds(scope) {
        return Err(Refusal::ScopeMissing(scope));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{Plan, Rights};
    use crate::acting::stories::a_token;
    use crate::applications::Scope;
    use crate::world::AccountId;

    fn working() -> CallerFacts {
        CallerFacts {
            account: Some(Rights {
                plan: Plan::Business,
                provisioning_automated: false,
                epoch: a_token().epoch,
            }),
            scopes: Some(Scopes::of(&[Scope::ListUsers])),
            secret_is_live: true,
            token_is_revoked: false,
        }
    }

    fn list(facts: &CallerFacts, now: Moment) -> Result<Caller, Refusal> {
        let account = Some(a_token().account);
        application(&a_token(), Demand::Scope { account, scope: Scope::ListUsers }, facts, now)
    }

    #[test]
    fn a_working_token_with_the_scope_is_let_in() {
        assert!(list(&working(), a_token().issued).is_ok());
    }

    #[test]
    fn a_token_is_dead_at_its_end_without_grace() {
        let last = Moment::from_millis(a_token().ends.millis() - 1);
        assert!(list(&working(), last).is_ok());
        assert_eq!(list(&working(), a_token().ends), Err(Refusal::TokenDead));
    }

    #[test]
    fn whatever_was_taken_away_is_refused() {
        let now = a_token().issued;
        let with = |change: fn(&mut CallerFacts)| {
            let mut facts = working();
            change(&mut facts);
            list(&facts, now).unwrap_err()
        };
        assert_eq!(with(|f| f.token_is_revoked = true), Refusal::TokenDead);
        assert_eq!(with(|f| f.secret_is_live = false), Refusal::TokenDead);
        assert_eq!(with(|f| f.scopes = None), Refusal::TokenDead);
        assert_eq!(with(|f| f.account = None), Refusal::TokenDead);
        assert_eq!(with(|f| f.account.as_mut().unwrap().epoch += 1), Refusal::TokenDead);
        assert_eq!(
            with(|f| f.scopes = Some(Scopes::default())),
            Refusal::ScopeMissing(Scope::ListUsers)
        );
        assert_eq!(
            with(|f| f.account.as_mut().unwrap().plan = Plan::Other),
            Refusal::PlanNotEntitled
        );
        assert_eq!(
            with(|f| f.account.as_mut().unwrap().provisioning_automated = true),
            Refusal::ProvisioningAutomated
        );
    }

    #[test]
    fn another_account_is_refused_before_anything_is_told() {
        let mut facts = working();
        facts.scopes = Some(Scopes::default());
        let other = Some(AccountId::from_bytes([0xee; 16]));
        for account in [other, None] {
            let demand = Demand::Scope { account, scope: Scope::GetUser };
            let refused = application(&a_token(), demand, &facts, a_token().issued);
            assert_eq!(refused, Err(Refusal::AccountMismatch));
        }
    }
}
