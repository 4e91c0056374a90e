//! What the store says of itself: its version and maker, its keys, its clock, and who in it wants a
//! hand.

use std::time::Duration;

use rollcall_directory::Fault;
use rollcall_directory::health::{Contents, ContentsOf, WantsAHand};
use rollcall_directory::keys::rotate::KeyFacts;
use rollcall_directory::store::{Inspector, MacKeys, MadeBy, NEWEST_MIGRATION};
use rollcall_directory::world::{Moment, World};
use rollcall_settings::{RootKey, Settings};

use super::finding::Finding;
use crate::root_key;

const WANTING_MAX: u16 = 20;
const DAY: Duration = Duration::from_secs(86_400);
/// Where nothing is said of how often keys are replaced.
const KEY_AGE_WANTED: Duration = Duration::from_secs(400 * 86_400);
const CLOCK_STEP_MAX: Duration = Duration::from_secs(2);

/// `named`: the options that name this store to another command.
pub(super) async fn look(
    store: &Inspector,
    root: Option<&RootKey>,
    settings: Option<&Settings>,
    named: &str,
    world: &World,
) -> Vec<Finding> {
    let now = world.now();
    let mut findings = Vec::new();
    match store.ask(&ContentsOf).await {
        Err(fault) => return vec![unreadable("store", &fault)],
        Ok(contents) => {
            findings.extend([version(&contents), maker(&contents), clock(&contents, now)]);
            if contents.migration < NEWEST_MIGRATION {
                return findings;
            }
        }
    }
    match store.ask(&MacKeys).await {
        Err(fault) => findings.push(unreadable("keys", &fault)),
        Ok(keys) => findings.push(age(&keys, settings, named, now)),
    }
    if let Some(root) = root {
        findings.push(opens(store, root, now).await);
    }
    match store.ask(&WantsAHand { now, limit: WANTING_MAX }).await {
        Err(fault) => findings.push(unreadable("owners", &fault)),
        Ok(wanting) => {
            findings.extend(wanting.ownerless.iter().map(|account| {
                Finding::bad("owners", format!("{account} has no active owner")).do_this(format!(
                    "rollcall admin recover {named} --account {account} --email ADDRESS (for \
                         somebody new also --name NAME)"
                ))
            }));
            if wanting.ownerless.is_empty() {
                findings
                    .push(Finding::good("owners", "every account with people has an active owner"));
            }
            let of_secret = |secret| secret_wants(secret, now);
            findings.extend(wanting.secrets.iter().map(of_secret));
            if wanting.secrets.is_empty() {
                findings.push(Finding::good("secrets", "all are in use, and none ends soon"));
            }
        }
    }
    findings
}

fn unreadable(check: &'static str, fault: &Fault) -> Finding {
    Finding::bad(check, fault.to_string())
        .do_this("`rollcall admin integrity` looks at the database itself")
}

fn version(contents: &Contents) -> Finding {
    let Contents { migration, accounts, people, applications, records, .. } = contents;
    let what = format!(
        "migration {migration}, {accounts} accounts, {people} people, {applications} applications, {records} audit records"
    );
    match *migration < NEWEST_MIGRATION {
        false => Finding::good("store", what),
        true => Finding::warning("store", what)
            .do_this("older than this program; its server brings it up to date at its next start"),
    }
}

fn maker(contents: &Contents) -> Finding {
    match contents.made_by {
        Some(MadeBy::Serve) => Finding::good("made by", "an organisation's own server"),
        Some(MadeBy::Dev { .. }) => {
            Finding::bad("made by", "dev: everybody can work out its secrets")
                .do_this("use it for tests only; `rollcall serve` makes its own in another place")
        }
        None => Finding::bad("made by", "nobody yet, or it is being moved")
            .do_this("start its server: it founds the store, or says where it moved"),
    }
}

/// A clock that went back stops the issuing of tokens.
fn clock(contents: &Contents, now: Moment) -> Finding {
    let ahead = contents.newest_record.map_or(Duration::ZERO, |newest| newest.since(now));
    if ahead > CLOCK_STEP_MAX {
        return Finding::bad(
            "clock",
            format!("the newest audit record is {} s ahead of it", ahead.as_secs()),
        )
        .do_this("set the clock by NTP: with a clock that went back no tokens are issued");
    }
    Finding::good("clock", format!("{}, behind no audit record", now.rfc3339_seconds()))
}

fn age(keys: &[KeyFacts], settings: Option<&Settings>, named: &str, now: Moment) -> Finding {
    let Some(newest) = keys.iter().map(|key| key.made).max() else {
        return Finding::bad("keys", "there is no MAC key: nothing can be signed")
            .do_this("the store was not founded, or somebody removed it: restore a backup");
    };
    let root = if settings.is_some() { "" } else { " --root-key-file FILE" };
    let ahead = newest.since(now);
    if ahead > CLOCK_STEP_MAX {
        return Finding::bad(
            "keys",
            format!(
                "one was made {} s ahead of the clock: no token is issued until then",
                ahead.as_secs()
            ),
        )
        .do_this(format!(
            "if the clock is wrong, set it by NTP; if it was, put another key in that one's place, \
             which ends the tokens of before: rollcall admin keys rotate --drop-old {named}{root}"
        ));
    }
    let age = now.since(newest);
    let what =
        format!("{} MAC keys, the newest {} days old", keys.len(), age.as_secs() / DAY.as_secs());
    let every = settings.and_then(|settings| settings.keys.rotate_every.0);
    // A server that runs adds one in time.
    let wanted = every.map_or(KEY_AGE_WANTED, |every| every.0 + DAY);
    match age > wanted {
        false => Finding::good("keys", what),
        true => Finding::warning("keys", what)
            .do_this(format!("rollcall admin keys rotate {named}{root}")),
    }
}

async fn opens(store: &Inspector, from: &RootKey, now: Moment) -> Finding {
    let roots = match root_key::read(from).await {
        Ok(roots) => roots,
        Err(error) => {
            let finding = Finding::bad("root key", error.to_string());
            return match error.hint_where_sealed() {
                Some(hint) => finding.do_this(hint),
                None => finding.do_this("run it as the server's user, in the server's environment"),
            };
        }
    };
    for root in &roots {
        if store.opens_with(root, now).await.is_ok() {
            let id = root.id().0;
            return Finding::good("root key", format!("{id} opens every sealed key"));
        }
    }
    Finding::bad("root key", "does not open what is sealed here")
        .do_this("name the one that this store was founded with, or was sealed under since")
}

fn secret_wants(secret: &rollcall_directory::health::SecretSeen, now: Moment) -> Finding {
    let name = format!("{} of {} ({})", secret.secret, secret.application, secret.account);
    let retire = "`rollcall admin secret` retires it, or adds another before its end";
    match (secret.ends, secret.last_used) {
        (Some(ends), _) if ends <= now => {
            Finding::warning("secrets", format!("{name} ended {}", ends.rfc3339_seconds()))
                .do_this(retire)
        }
        (Some(ends), _) if ends <= now.plus(WantsAHand::ENDS_SOON) => {
            Finding::warning("secrets", format!("{name} ends {}", ends.rfc3339_seconds()))
                .do_this(retire)
        }
        (_, Some(used)) => {
            Finding::warning("secrets", format!("{name} was last used {}", used.rfc3339_seconds()))
                .do_this(retire)
        }
        (_, None) => {
            let made = secret.created.rfc3339_seconds();
            Finding::warning("secrets", format!("{name}, made {made}, was never used"))
                .do_this(retire)
        }
    }
}
