//! What would come of each row: who is new, who is there already and the same, who is different.

use std::collections::HashMap;

use indicatif::{ProgressBar, ProgressStyle};
use rollcall_directory::Fault;
use rollcall_directory::store::Inspector;
use rollcall_directory::users::{PeopleWithEmails, User, email_key};
use rollcall_directory::world::AccountId;

use super::file::Row;
use crate::printer::Printer;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Add,
    /// There already, as the file has them.
    Unchanged,
    /// There already; the columns in which the file has something else. They stay as they are.
    Different(Vec<&'static str>),
}

#[derive(Debug)]
pub struct Checked {
    pub row: Row,
    pub outcome: Outcome,
    /// There already and suspended: they stay so.
    pub suspended: bool,
}

const WORTH_SHOWING: usize = 20_000;

pub async fn check(
    store: &Inspector,
    account: AccountId,
    rows: Vec<Row>,
    printer: &Printer,
) -> Result<Vec<Checked>, Fault> {
    let bar = match printer.is_watched && rows.len() >= WORTH_SHOWING {
        true => ProgressBar::new(rows.len() as u64),
        false => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("looking {bar:30} {human_pos}/{human_len}") {
        bar.set_style(style);
    }
    let mut checked = Vec::with_capacity(rows.len());
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<Row> = rows.by_ref().take(PeopleWithEmails::KEYS_MAX).collect();
        let keys = some.iter().map(|row| email_key(&row.email)).collect();
        let there = store.ask(&PeopleWithEmails { account, keys }).await?;
        let there: HashMap<String, User> =
            there.into_iter().map(|user| (email_key(&user.email), user)).collect();
        checked.extend(some.into_iter().map(|row| compare(row, &there)));
        bar.set_position(checked.len() as u64);
    }
    bar.finish_and_clear();
    Ok(checked)
}

fn compare(row: Row, there: &HashMap<String, User>) -> Checked {
    let Some(user) = there.get(&email_key(&row.email)) else {
        return Checked { row, outcome: Outcome::Add, suspended: false };
    };
    let mut different = Vec::new();
    let mut note = |name, is: bool| different.extend(Some(name).filter(|_| is));
    note("email", row.email != user.email);
    note("display_name", row.display_name != user.display_name);
    note("groups", row.groups != user.groups);
    note("externally_managed", row.externally_managed != user.externally_managed);
    let outcome = match different.is_empty() {
        true => Outcome::Unchanged,
        false => Outcome::Different(different),
    };
    Checked { row, outcome, suspended: user.is_suspended() }
}

#[cfg(test)]
mod tests {
    use rollcall_directory::groups::Groups;
    use rollcall_directory::users::State;
    use rollcall_directory::world::{Moment, UserId};

    use super::*;

    fn row() -> Row {
        Row {
            line: 2,
            email: "Ann@example.com".to_owned(),
            display_name: "Ann".to_owned(),
            groups: Groups::default(),
            externally_managed: false,
        }
    }

    fn there(state: State) -> HashMap<String, User> {
        let Row { email, display_name, groups, externally_managed, .. } = row();
        let (id, created) = (UserId::from_bytes([1; 16]), Moment::from_seconds(0));
        let key = email_key(&email);
        let user = User {
            id,
            email,
            display_name,
            state,
            groups,
            externally_managed,
            created,
            epoch: 1,
            suspensions: 0,
        };
        HashMap::from([(key, user)])
    }

    #[test]
    fn who_is_new_is_added_and_who_is_the_same_is_not() {
        assert_eq!(compare(row(), &HashMap::new()).outcome, Outcome::Add);
        let same = compare(row(), &there(State::Suspended));
        assert_eq!((same.outcome, same.suspended), (Outcome::Unchanged, true));
    }

    #[test]
    fn every_difference_is_named() {
        let groups = Groups { owner: true, ..Groups::default() };
        let other = Row {
            email: "ann@EXAMPLE.com".to_owned(),
            display_name: "Anne".to_owned(),
            groups,
            externally_managed: true,
            ..row()
        };
        let expected = vec!["email", "display_name", "groups", "externally_managed"];
        let outcome = compare(other, &there(State::Active)).outcome;
        assert_eq!(outcome, Outcome::Different(expected));
    }
}
