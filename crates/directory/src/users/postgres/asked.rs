//! The two questions of applications, each by itself: one statement, whose tagged first row is the
//! proof of who asks.

use std::sync::Arc;

use tokio_postgres::Row;

use super::user;
use crate::Fault;
use crate::acting::{CallerFacts, Refusal};
use crate::store::postgres::{AskPostgres, Connection, together};
use crate::tokens::Claims;
use crate::tokens::postgres::{
    CallerRow, beside_sql, listed_columns, person_columns, proof_of_list_sql, proof_sql,
};
use crate::users::list::Texts;
use crate::users::{GetUser, ListUsers, Listed, Page, State, StateFilter, User};
use crate::world::Moment;

impl AskPostgres for GetUser {
    type Reply = Result<User, Refusal>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let id = self.user.map(|id| id.to_string()).unwrap_or_default();
        let sql = concat!(proof_sql!(), beside_sql!(person_columns!()), "and user_id = $5)");
        let keys = CallerRow::keys(&self.token);
        let rows = db.query(sql, &[&keys[0], &keys[1], &keys[2], &keys[3], &id]).await?;
        let (mut caller, mut found) = (CallerFacts::default(), None);
        for row in &rows {
            match row.get::<_, i32>(0) {
                0 => caller = CallerRow::read(row, &self.token)?,
                _ => found = Some(user(row, CallerRow::TAG_WIDTH)?),
            }
        }
        Ok(self.decide(&caller, found))
    }

    async fn ask_beside_others(&self, db: &Arc<Connection>) -> Result<Self::Reply, Fault> {
        together::ask(self, db).await
    }
}

impl ListUsers {
    /// Behind whom the page begins.
    pub(super) fn begin(&self) -> (i64, String) {
        self.after.map_or((i64::MIN, String::new()), |after| {
            (after.created.millis(), after.id.to_string())
        })
    }
}

impl AskPostgres for ListUsers {
    type Reply = Result<Page, Refusal>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let (created, id) = self.begin();
        let keys = CallerRow::keys(&self.token);
        let rows = db
            .query(
                page_sql(self.filter),
                &[&keys[0], &keys[1], &keys[2], &keys[3], &created, &id, &self.rows_wanted()],
            )
            .await?;
        let (caller, found) = proof_and_listed(&rows, &self.token)?;
        Ok(self.decide(&caller, found))
    }

    async fn ask_beside_others(&self, db: &Arc<Connection>) -> Result<Self::Reply, Fault> {
        together::ask(self, db).await
    }
}

/// Where a person's row in a list says when they were made.
const CREATED: usize = CallerRow::TAG_WIDTH + 4;

/// Where a person stands in a list.
fn place(row: &Row) -> (i64, &str) {
    (row.get(CREATED), row.get(CallerRow::TAG_WIDTH))
}

fn listed(row: &Row) -> Result<Listed, Fault> {
    let from = CallerRow::TAG_WIDTH;
    let id: &str = row.get(from);
    Ok(Listed {
        id: id.parse().map_err(|_| Fault::inconsistent("users", "user_id", id))?,
        texts: Texts::of(id, row.get(from + 1), row.get(from + 2)),
        state: State::from_row(row.get(from + 3))
            .ok_or_else(|| Fault::inconsistent("users", "state", id))?,
        created: Moment::from_millis(row.get(CREATED)),
    })
}

/// The tagged first row is the caller's proof; its place is not promised, so it is looked for.
fn proof_and_listed(rows: &[Row], token: &Claims) -> Result<(CallerFacts, Vec<Listed>), Fault> {
    let mut caller = CallerFacts::default();
    let mut people = Vec::with_capacity(rows.len());
    for row in rows {
        match row.get::<_, i32>(0) {
            0 => caller = CallerRow::read_of_list(row, token)?,
            _ => people.push(row),
        }
    }
    Ok((caller, in_order(people)?))
}

/// Sorted here: the parts of a union come in no promised order.
pub(super) fn in_order(mut people: Vec<&Row>) -> Result<Vec<Listed>, Fault> {
    people.sort_by(|one, other| place(one).cmp(&place(other)));
    people.into_iter().map(listed).collect()
}

/// Whom an application's list is of, as text: a statement of its own for each filter.
macro_rules! by_state {
    ($filter:expr, $sql:ident) => {
        match $filter {
            StateFilter::All => $sql!("and state <> 3"),
            StateFilter::Active => $sql!("and state = 1"),
            StateFilter::Suspended => $sql!("and state = 2"),
        }
    };
}
pub(super) use by_state;

const fn page_sql(filter: StateFilter) -> &'static str {
    macro_rules! page {
        ($state:literal) => {
            concat!(
                proof_of_list_sql!(),
                beside_sql!(listed_columns!()),
                "and (created, user_id) > ($5, $6) ",
                $state,
                " order by created, user_id limit $7)"
            )
        };
    }
    by_state!(filter, page)
}
