//! Whom a command asks, and which secret it would send there, for options, variables and profiles.

use clap::Parser;

use super::*;
use crate::profile::Routes;

#[derive(Parser)]
struct Said {
    #[command(flatten)]
    whom: Whom,
}

const PROD: &str = "https://api.1password.com";
const DEV: &str = "http://127.0.0.1:8787";

fn profiles() -> Profiles {
    let of = |url: &str, name: &str| Profile {
        url: url.to_owned(),
        account: format!("{name}-account"),
        client_id: format!("{name}-client"),
        routes: Routes(Family::V1),
        rate: NonZeroU32::new(5),
        timeout: Some(7),
        ca_file: Some("prod.pem".into()),
        proxy: None,
        protected: vec!["break-glass@example.com".to_owned()],
        secret: Keeping::File,
    };
    let unkept = Profile { secret: Keeping::None, ..of(PROD, "unkept") };
    let all = [("prod", of(PROD, "prod")), ("unkept", unkept)];
    Profiles {
        default: Some("prod".parse().unwrap()),
        profiles: all.into_iter().map(|(name, is)| (name.parse().unwrap(), is)).collect(),
    }
}

/// As `rollcall dev` sets it.
fn dev() -> Environment {
    Environment {
        profile: None,
        url: Some(DEV.to_owned()),
        account: Some("dev-account".to_owned()),
        client_id: Some("dev-client".to_owned()),
        has_secret: true,
        ca_file: Some("dev.pem".into()),
    }
}

fn chosen(arguments: &str, environment: &Environment) -> Result<Chosen, Failure> {
    let words = std::iter::once("rollcall").chain(arguments.split_whitespace());
    let said = Said::try_parse_from(words).unwrap_or_else(|error| panic!("{error}"));
    choose(&said.whom, environment, || Ok(profiles()))
}

/// Whom it would ask, and with which secret.
fn asks(arguments: &str, environment: &Environment) -> (String, SecretFrom) {
    let chosen = chosen(arguments, environment).unwrap_or_else(|no| panic!("{}", no.what));
    let Identity { url, account, client_id } = chosen.identity;
    (format!("{url} {account} {client_id}"), chosen.secret_from)
}

fn refusal(arguments: &str, environment: &Environment) -> String {
    chosen(arguments, environment).map(|_| ()).unwrap_err().what
}

#[test]
fn the_variables_of_dev_work_as_they_are_whatever_profiles_there_are() {
    let asked = format!("{DEV} dev-account dev-client");
    assert_eq!(asks("", &dev()), (asked.clone(), SecretFrom::Environment));
    let chosen = chosen("", &dev()).unwrap();
    assert_eq!(chosen.ca_file, Some("dev.pem".into()));
    assert!(chosen.profile.is_none() && chosen.protected.is_empty() && chosen.rate.is_none());
    // Not even read: a broken file of profiles is in nobody's way.
    let said = Whom::default();
    let broken = || Err(Failure::failed("broken", "mend it"));
    assert_eq!(choose(&said, &dev(), broken).unwrap().identity.url, DEV);
}

#[test]
fn a_profile_has_all_of_it() {
    let nothing = Environment::default();
    let asked = format!("{PROD} prod-account prod-client");
    assert_eq!(asks("", &nothing), (asked.clone(), SecretFrom::Profile));
    let chosen = chosen("--rate 9", &nothing).unwrap();
    assert_eq!((chosen.rate, chosen.routes), (NonZeroU32::new(9), Family::V1));
    assert_eq!(chosen.timeout, Duration::from_secs(7));
    assert_eq!(chosen.protected, ["break-glass@example.com"]);
    assert_eq!(chosen.ca_file, Some("prod.pem".into()));
    // Named here and now, it goes alone: nothing of the variables is mixed in.
    assert_eq!(asks("--profile prod", &dev()), (asked, SecretFrom::Profile));
    let named = Environment { profile: Some("unkept".to_owned()), ..Environment::default() };
    assert_eq!(asks("", &named).0, format!("{PROD} unkept-account unkept-client"));
}

#[test]
fn a_profiles_secret_is_sent_to_its_own_server_alone() {
    let nothing = Environment::default();
    for elsewhere in ["--url https://evil.example", "--profile prod --url http://localhost:1"] {
        assert!(refusal(elsewhere, &nothing).contains("not sent elsewhere"), "{elsewhere}");
    }
    assert!(refusal("--client-id other", &nothing).contains("prod-client"));
    // One variable does not turn a profile to another server.
    let turned = Environment { url: Some("https://evil.example".to_owned()), ..nothing.clone() };
    assert!(refusal("", &turned).contains("no profile fills in"), "{}", refusal("", &turned));
    // The same server, spelt otherwise.
    assert_eq!(asks("--url https://API.1password.com/", &nothing).1, SecretFrom::Profile);
    let (asked, secret) = asks("--url https://other.example --secret-file f", &nothing);
    assert_eq!(asked, "https://other.example prod-account prod-client");
    assert_eq!(secret, SecretFrom::Said(SecretSource::File("f".into())));
}

#[test]
fn the_secret_of_the_environment_goes_where_its_variables_say() {
    let all = "--url https://other.example --account a --client-id c";
    assert!(refusal(all, &dev()).contains("ROLLCALL_CLIENT_SECRET belongs to"));
    assert!(refusal("--profile unkept", &dev()).contains("ROLLCALL_CLIENT_SECRET belongs to"));
    let alone = Environment { has_secret: true, ..Environment::default() };
    assert_eq!(asks(all, &alone).1, SecretFrom::Environment);
    assert_eq!(asks("--profile unkept", &alone).1, SecretFrom::Environment);
    assert_eq!(asks("", &alone).1, SecretFrom::Environment, "it goes before the profile's");
    assert_eq!(asks("--profile unkept", &Environment::default()).1, SecretFrom::Profile);
    assert!(refusal(all, &Environment::default()).contains("no client secret"));
    // Nor is another one's authority trusted.
    assert_eq!(chosen("--profile prod", &dev()).unwrap().ca_file, Some("prod.pem".into()));
}

#[test]
fn halves_are_not_put_together() {
    let half = Environment { client_id: None, ..dev() };
    assert!(refusal("", &half).starts_with("ROLLCALL_URL and ROLLCALL_ACCOUNT_ID alone"));
    let asked = format!("{DEV} dev-account c");
    assert_eq!(asks("--client-id c --secret-fd 3", &half).0, asked, "an option fills it in");
    let both = Environment { profile: Some("prod".to_owned()), ..dev() };
    assert!(refusal("", &both).starts_with("ROLLCALL_PROFILE says prod"));
    assert_eq!(asks("--profile prod", &both).1, SecretFrom::Profile);
}

#[test]
fn a_profile_that_is_not_there_is_said_with_those_that_are() {
    let no = chosen("--profile pord", &Environment::default()).map(|_| ()).unwrap_err();
    assert_eq!(no.what, "there is no profile pord");
    assert!(no.hint.unwrap().starts_with("there are: prod, unkept;"));
    let none = choose(&Whom::default(), &Environment::default(), || Ok(Profiles::default()));
    assert!(none.map(|_| ()).unwrap_err().hint.unwrap().contains("rollcall login"));
    let two = Profiles { default: None, ..profiles() };
    let which = choose(&Whom::default(), &Environment::default(), || Ok(two));
    assert!(which.map(|_| ()).unwrap_err().what.starts_with("which profile?"));
}
