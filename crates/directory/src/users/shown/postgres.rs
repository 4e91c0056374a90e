//! People for the console, in PostgreSQL.

use tokio_postgres::Row;

use super::{
    Begin, BrowsePeople, OnePerson, OnePersonShown, PersonShown, Search, alive_since, name_range,
};
use crate::paging::At;
use crate::sessions::postgres::{VISIT_WIDTH, visit_facts, visit_sql};
use crate::sessions::{Visit, VisitFacts};
use crate::store::postgres::{AskPostgres, Connection};
use crate::users::postgres::user;
use crate::users::{Named, Person, User};
use crate::world::UserId;
use crate::{Fault, links};

const USER_WIDTH: usize = 11;

/// A person's columns.
macro_rules! columns {
    () => {
        "u.user_id, u.email, u.display_name, u.state, u.owner, u.administrator, u.security,
         u.externally_managed, u.created, u.epoch, u.suspensions"
    };
}

pub(super) async fn browse(
    asked: &BrowsePeople,
    db: &Connection,
    visit: &Visit,
) -> Result<(VisitFacts, (At<UserId>, Vec<PersonShown>)), Fault> {
    // Before the snapshot of the answer: by what a person is found never changes.
    let beside = match asked.at.key() {
        Some(id) => Person { account: visit.account, who: Named::Id(id) }.ask(db).await?,
        None => None,
    };
    let at = asked.at(beside.as_ref());
    let rows = match asked.search() {
        Some(search) => {
            let begin = BrowsePeople::begin(&search, beside.as_ref());
            searched(asked, db, visit, &search, &begin, at.is_before()).await?
        }
        None => listed(asked, db, visit, beside.as_ref(), at.is_before()).await?,
    };
    let there = |row: &&Row| row.get::<_, Option<&str>>(VISIT_WIDTH).is_some();
    let shown = rows.iter().filter(there).map(|row| user(row, VISIT_WIDTH).map(PersonShown::of));
    let shown = shown.collect::<Result<Vec<_>, Fault>>()?;
    Ok((visit_facts(&rows, visit)?, (at, shown)))
}

async fn listed(
    asked: &BrowsePeople,
    db: &Connection,
    visit: &Visit,
    beside: Option<&User>,
    back: bool,
) -> Result<Vec<Row>, Fault> {
    macro_rules! page {
        ($from:literal, $order:literal) => {
            visit_sql!(
                "select ",
                columns!(),
                " from users u where u.account_id = $1 and (u.created, u.user_id) ",
                $from,
                " ($3, $4) and ($5::smallint = 0 or u.state = $5) order by u.created ",
                $order,
                ", u.user_id ",
                $order,
                " limit $6";
                " order by p.created ",
                $order,
                ", p.user_id ",
                $order
            )
        };
    }
    let sql = if back { page!("<", "desc") } else { page!(">", "asc") };
    let (created, id) =
        beside.map_or((i64::MIN, String::new()), |u| (u.created.millis(), u.id.to_string()));
    let (account, session) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let (state, limit) = (asked.state_row(), At::<UserId>::rows_wanted(asked.size));
    db.query(sql, &[&account, &session, &created, &id, &state, &limit]).await
}

/// As the index on names has it.
macro_rules! name_key {
    () => {
        "translate(u.display_name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') \
         collate \"C\""
    };
}

async fn searched(
    asked: &BrowsePeople,
    db: &Connection,
    visit: &Visit,
    search: &Search,
    begin: &Begin,
    back: bool,
) -> Result<Vec<Row>, Fault> {
    macro_rules! page {
        ($from:literal, $order:literal) => {
            visit_sql!(
                "select * from (
                   (select ", columns!(), ", 1 as part, u.email_key collate \"C\" as found
                    from users u where u.account_id = $1
                    and u.email_key collate \"C\" >= $3 and u.email_key collate \"C\" < $4
                    and u.email_key collate \"C\" ", $from, " $5
                    and ($6::smallint = 0 or u.state = $6)
                    order by u.email_key collate \"C\" ", $order, " limit $7)
                   union all
                   (select ", columns!(), ", 2 as part, ", name_key!(), " as found
                    from users u where u.account_id = $1
                    and ", name_key!(), " >= $8 and ", name_key!(), " <= $9
                    and (", name_key!(), ", u.user_id) ", $from, " ($10, $11)
                    and not (u.email_key collate \"C\" >= $3 and u.email_key collate \"C\" < $4)
                    and ($6::smallint = 0 or u.state = $6)
                    order by ", name_key!(), " ", $order, ", u.user_id ", $order, " limit $7)
                 ) both_parts order by part ", $order, ", found ", $order, ", user_id ", $order,
                " limit $7";
                " order by p.part ", $order, ", p.found ", $order, ", p.user_id ", $order
            )
        };
    }
    let sql = if back { page!("<", "desc") } else { page!(">", "asc") };
    let (account, session) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let (state, limit) = (asked.state_row(), At::<UserId>::rows_wanted(asked.size));
    let (name_from, name_end) = name_range(search, begin, back);
    db.query(
        sql,
        &[
            &account,
            &session,
            &search.address.from,
            &search.address.end,
            &begin.address,
            &state,
            &limit,
            &name_from,
            &name_end,
            &begin.name,
            &begin.id,
        ],
    )
    .await
}

pub(super) async fn one(
    asked: &OnePerson,
    db: &Connection,
    visit: &Visit,
) -> Result<(VisitFacts, Option<OnePersonShown>), Fault> {
    let sql = visit_sql!(
        "select u.user_id, u.email, u.display_name, u.state, u.owner, u.administrator, u.security,
                u.externally_managed, u.created, u.epoch, u.suspensions,
                exists (select 1 from passwords w
                        where w.account_id = u.account_id and w.user_id = u.user_id),
                (select count(*) from sessions o where o.account_id = u.account_id
                 and o.user_id = u.user_id and o.user_epoch = u.epoch and o.began > $4
                 and o.seen > $5),
                l.link, l.user_id as link_of, l.user_epoch, l.purpose, l.made_by, l.made, l.ends
         from users u
         left join links l on l.account_id = u.account_id and l.user_id = u.user_id
         where u.account_id = $1 and u.user_id = $3"
    );
    let (account, session) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let (began, seen) = alive_since(visit);
    let rows = db.query(sql, &[&account, &session, &asked.user.to_string(), &began, &seen]).await?;
    let there = |row: &&Row| row.get::<_, Option<&str>>(VISIT_WIDTH).is_some();
    let found = rows.iter().find(there).map(|row| {
        let behind = VISIT_WIDTH + USER_WIDTH;
        let sessions: i64 = row.get(behind + 1);
        let link = match row.get::<_, Option<&[u8]>>(behind + 2) {
            Some(_) => Some(links::postgres::link(row, behind + 2)?),
            None => None,
        };
        Ok::<_, Fault>(OnePersonShown {
            user: user(row, VISIT_WIDTH)?,
            has_password: row.get(behind),
            link,
            sessions: u64::try_from(sessions)
                .map_err(|_| Fault::inconsistent("sessions", "count", sessions))?,
        })
    });
    Ok((visit_facts(&rows, visit)?, found.transpose()?))
}
