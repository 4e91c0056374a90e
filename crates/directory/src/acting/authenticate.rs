//! The only place that says whether a credential still works and what its bearer may do. Acts
//! call it on their batch's facts, reads on facts of the same snapshot as their answer. So
//! whatever was taken away is refused on the next call.

mod person;

use std::net::IpAddr;

use super::{
    Caller, CallerFacts, ClientFacts, ClientSecretFacts, Demand, Facts, Presented, Refusal,
};
use crate::accounts::entitled;
use crate::applications::{Scopes, SecretDigest};
use crate::tokens::Claims;
use crate::world::Moment;

pub(crate) use person::{link_works, visitor};

/// For a read by an application: who it is, and whether it may.
pub fn application(
    token: &Claims,
    from: IpAddr,
    demand: Demand,
    facts: &CallerFacts,
    now: Moment,
) -> Result<Caller, Refusal> {
    let scopes = token_works(token, from, facts, now)?;
    may_use_the_api(token, scopes, demand, facts)?;
    Ok(Caller::Application(token.application))
}

/// For an act: who it is. What they may do is the second question, [`may`], because a refusal of
/// somebody known is evidence and a stranger's is not.
pub(crate) fn who(presented: &Presented, facts: &Facts, now: Moment) -> Result<Caller, Refusal> {
    match presented {
        Presented::Operator => Ok(Caller::Operator),
        Presented::Token { token, from } => {
            token_works(token, *from, &facts.caller_facts(token), now)?;
            Ok(Caller::Application(token.application))
        }
        Presented::ClientSecret { client: id, secret, from } => {
            client(facts.client_facts(*id).as_ref(), secret, *from, now)?;
            Ok(Caller::Application(*id))
        }
        Presented::Session(id) => {
            let session = facts.session(id);
            let user = facts.user(session.map(|session| session.user));
            let (_, user) = person::session_works(session, user, now)?;
            Ok(Caller::Person(user.id))
        }
        Presented::Password { user, hash } => {
            person::password_works(facts.user(Some(*user)), facts.password(*user), hash)?;
            Ok(Caller::Person(*user))
        }
        Presented::Link(id) => {
            let link = facts.link(id);
            let (_, user) = person::link_works(link, facts.user(link.map(|link| link.user)), now)?;
            Ok(Caller::Person(user.id))
        }
        Presented::Stranger => Ok(Caller::Stranger),
    }
}

pub(crate) fn may(presented: &Presented, demand: Demand, facts: &Facts) -> Result<(), Refusal> {
    match (presented, demand) {
        (Presented::Operator, _)
        | (Presented::ClientSecret { .. }, Demand::Client)
        | (Presented::Password { .. }, Demand::Password)
        | (Presented::Link(_), Demand::Link)
        | (Presented::Stranger, Demand::Anybody) => Ok(()),
        (Presented::Session(id), _) => {
            let user = facts.session(id).map(|session| session.user);
            person::may(facts.user(user), demand, facts)
        }
        (Presented::Token { token, .. }, Demand::Scope { .. }) => {
            let facts = facts.caller_facts(token);
            may_use_the_api(token, facts.scopes.unwrap_or_default(), demand, &facts)
        }
        (
            Presented::Token { .. }
            | Presented::ClientSecret { .. }
            | Presented::Password { .. }
            | Presented::Link(_)
            | Presented::Stranger,
            Demand::Scope { .. }
            | Demand::Client
            | Demand::Operator
            | Demand::Person(_)
            | Demand::Password
            | Demand::Link
            | Demand::Anybody,
        ) => Err(Refusal::OperatorOnly),
    }
}

/// The client's secret that this is, compared in constant time with each live one, and then held
/// to its terms.
pub(crate) fn client<'a>(
    facts: Option<&'a ClientFacts>,
    presented: &SecretDigest,
    from: IpAddr,
    now: Moment,
) -> Result<(&'a ClientFacts, &'a ClientSecretFacts), Refusal> {
    let facts = facts.ok_or(Refusal::ClientUnknown)?;
    let mut found = None;
    for secret in &facts.secrets {
        if secret.digest.matches(presented) {
            found = Some(secret);
        }
    }
    let secret = found.ok_or(Refusal::ClientUnknown)?;
    secret.terms.hold(from, now)?;
    Ok((facts, secret))
}

fn token_works(
    token: &Claims,
    from: IpAddr,
    facts: &CallerFacts,
    now: Moment,
) -> Result<Scopes, Refusal> {
    let account = facts.account.as_ref().ok_or(Refusal::TokenDead)?;
    let scopes = facts.scopes.ok_or(Refusal::TokenDead)?;
    let secret = facts.secret.as_ref().ok_or(Refusal::TokenDead)?;
    if now >= token.ends || facts.token_is_revoked || account.epoch != token.epoch {
        return Err(Refusal::TokenDead);
    }
    secret.hold(from, now)?;
    Ok(scopes)
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
    use crate::applications::{ClientSecret, Networks, Scope, Terms};
    use crate::world::{AccountId, SecretId};

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    fn working() -> CallerFacts {
        CallerFacts {
            account: Some(Rights {
                plan: Plan::Business,
                provisioning_automated: false,
                epoch: a_token().epoch,
            }),
            scopes: Some(Scopes::of(&[Scope::ListUsers])),
            secret: Some(Terms::default()),
            token_is_revoked: false,
        }
    }

    fn list(facts: &CallerFacts, now: Moment) -> Result<Caller, Refusal> {
        let account = Some(a_token().account);
        let demand = Demand::Scope { account, scope: Scope::ListUsers };
        application(&a_token(), HERE, demand, facts, now)
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
        assert_eq!(with(|f| f.secret = None), Refusal::TokenDead);
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
            let refused = application(&a_token(), HERE, demand, &facts, a_token().issued);
            assert_eq!(refused, Err(Refusal::AccountMismatch));
        }
    }

    fn on(ends: Option<Moment>, networks: &str) -> CallerFacts {
        let networks = Networks::from_row(networks).unwrap();
        CallerFacts { secret: Some(Terms { ends, networks }), ..working() }
    }

    #[test]
    fn a_token_is_held_to_the_terms_of_its_secret() {
        let now = a_token().issued;
        let after = Moment::from_millis(now.millis() + 1);
        assert!(list(&on(Some(after), "192.0.2.0/24"), now).is_ok());
        assert_eq!(list(&on(Some(now), ""), now), Err(Refusal::SecretEnded));
        assert_eq!(list(&on(None, "198.51.100.0/24"), now), Err(Refusal::AddressNotAllowed));
    }

    #[test]
    fn a_client_is_held_to_the_terms_of_the_secret_that_it_shows_and_no_other() {
        let digest = |n| ClientSecret::from_random(&[n; 32]).digest();
        let secret = |n: u8, terms| ClientSecretFacts {
            id: SecretId::from_bytes([n; 8]),
            digest: digest(n),
            terms,
        };
        let now = a_token().issued;
        let ended = Terms { ends: Some(now), ..Terms::default() };
        let elsewhere =
            Terms { ends: None, networks: Networks::from_row("198.51.100.0/24").unwrap() };
        let facts = ClientFacts {
            account: a_token().account,
            epoch: 1,
            secrets: vec![secret(1, ended), secret(2, elsewhere), secret(3, Terms::default())],
        };
        let shows = |n| client(Some(&facts), &digest(n), HERE, now).map(|(_, secret)| secret.id);
        assert_eq!(shows(1), Err(Refusal::SecretEnded));
        assert_eq!(shows(2), Err(Refusal::AddressNotAllowed));
        assert_eq!(shows(3), Ok(SecretId::from_bytes([3; 8])));
        assert_eq!(shows(4), Err(Refusal::ClientUnknown));
    }
}
