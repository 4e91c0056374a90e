//! The log for people who read it, in PostgreSQL.

use tokio_postgres::Row;

use super::{Activity, Told};
use crate::Fault;
use crate::audit::postgres::record;
use crate::paging::At;
use crate::sessions::postgres::{VISIT_WIDTH, visit_facts, visit_sql};
use crate::sessions::{Visit, VisitFacts};
use crate::store::postgres::Connection;

/// By which of its indexes the log is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Number,
    Person,
    Application,
    Kind,
}

impl By {
    /// A person has the fewest records, an application fewer than there are.
    const fn of(asked: &Activity) -> Self {
        match (asked.person, asked.application, &asked.kind) {
            (Some(_), _, _) => Self::Person,
            (None, Some(_), _) => Self::Application,
            (None, None, Some(_)) => Self::Kind,
            (None, None, None) => Self::Number,
        }
    }
}

/// Records before that number, or behind it.
fn begin(asked: &Activity) -> i64 {
    asked.at.key().map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX))
}

/// The columns of a record.
const RECORD_WIDTH: usize = 10;

macro_rules! stretch {
    ($which:literal, $from:literal, $order:literal) => {
        concat!(
            "select * from (select seq, act_id, at, kind, by_application, user_id, application_id, body, hash,
                     by_person
              from audit where account_id = $1 and seq ",
            $from,
            " $3 and ",
            $which,
            " and ($5::text is null or user_id = $5 or by_person = $5)
              and ($6::text is null or application_id = $6 or by_application = $6)
              and ($7::text is null or kind = $7)
              order by seq ",
            $order,
            " limit $4) stretch"
        )
    };
}

/// Two stretches of two indexes, each in order, put together: who acted, and whom it is about.
macro_rules! activity_sql {
    ($from:literal, $order:literal, $one:literal $(, $other:literal)?) => {
        visit_sql!(
            "select r.*, coalesce(bp.display_name, ba.name) as by_name,
                    ou.display_name as user_name, oa.name as application_name
             from (",
            stretch!($one, $from, $order),
            $(" union ", stretch!($other, $from, $order),)?
            " order by seq ", $order, " limit $4) r
             left join users bp on bp.account_id = $1 and bp.user_id = r.by_person
             left join applications ba on ba.account_id = $1
                 and ba.application_id = r.by_application
             left join users ou on ou.account_id = $1 and ou.user_id = r.user_id
             left join applications oa on oa.account_id = $1
                 and oa.application_id = r.application_id";
            " order by p.seq ", $order
        )
    };
}

const fn sql(by: By, back: bool) -> &'static str {
    macro_rules! both_ways {
        ($($which:literal),+) => {
            if back { activity_sql!(">", "asc", $($which),+) } else { activity_sql!("<", "desc", $($which),+) }
        };
    }
    match by {
        By::Number => both_ways!("true"),
        By::Person => both_ways!("user_id = $5", "by_person = $5"),
        By::Application => both_ways!("application_id = $6", "by_application = $6"),
        By::Kind => both_ways!("kind = $7"),
    }
}

pub(super) async fn read(
    asked: &Activity,
    db: &Connection,
    visit: &Visit,
) -> Result<(VisitFacts, Vec<Told>), Fault> {
    let (account, session) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let person = asked.person.map(|id| id.to_string());
    let application = asked.application.map(|id| id.to_string());
    let limit = At::<u64>::rows_wanted(asked.size);
    let rows = db
        .query(
            sql(By::of(asked), asked.at.is_before()),
            &[&account, &session, &begin(asked), &limit, &person, &application, &asked.kind()],
        )
        .await?;
    let there = |row: &&Row| row.get::<_, Option<i64>>(VISIT_WIDTH).is_some();
    let found = rows.iter().filter(there).map(|row| {
        let mut told = Told::of(record(row, VISIT_WIDTH)?)?;
        told.by_name = row.get(VISIT_WIDTH + RECORD_WIDTH);
        told.user_name = row.get(VISIT_WIDTH + RECORD_WIDTH + 1);
        told.application_name = row.get(VISIT_WIDTH + RECORD_WIDTH + 2);
        Ok(told)
    });
    let found = found.collect::<Result<Vec<_>, Fault>>()?;
    Ok((visit_facts(&rows, visit)?, found))
}
