//! An account for one scenario of an exam. Its ids follow from the scenario's key, so that two runs
//! of an exam can be compared line by line.

use super::draws::AccountDraws;
use super::people::create_time_seconds;
use super::{People, Plan, Scope, SeedAccount, SeedPerson};

/// A person as an exam needs one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExamPerson {
    pub(crate) email: &'static str,
    pub(crate) display_name: &'static str,
    pub(crate) owner: bool,
    pub(crate) suspended: bool,
    pub(crate) externally_managed: bool,
    /// As which of all people they came; nothing: in the order of the list.
    pub(crate) joined: Option<usize>,
}

impl ExamPerson {
    pub(crate) const fn new(email: &'static str, display_name: &'static str) -> Self {
        let (owner, suspended, externally_managed, joined) = (false, false, false, None);
        Self { email, display_name, owner, suspended, externally_managed, joined }
    }
}

impl SeedAccount {
    /// `plain`: so many made-up people beside those by name. Nobody has a password.
    pub(crate) fn exam(key: &str, people: Vec<ExamPerson>, plain: usize, scopes: &[Scope]) -> Self {
        let draws = AccountDraws::exam(key);
        let listed = people.iter().enumerate().map(|(position, person)| SeedPerson {
            id: draws.person_id(person.email),
            email: person.email.to_owned(),
            display_name: person.display_name.to_owned(),
            suspended: person.suspended,
            owner: person.owner,
            administrator: false,
            security: false,
            externally_managed: person.externally_managed,
            create_time_seconds: create_time_seconds(person.joined.unwrap_or(position)),
            password: None,
        });
        let listed = listed.collect();
        let application = draws.whole_application(
            "Exam",
            format!("The command that is examined, in {key}."),
            "https://exam.rollcall.example/callback",
            scopes,
        );
        Self {
            id: draws.account_id(),
            name: format!("Exam: {key}"),
            plan: Plan::Business,
            provisioning_automated: false,
            applications: vec![application],
            people: People::new(listed, plain, draws),
            scenarios: false,
        }
    }
}
