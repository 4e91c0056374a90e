//! The two questions of applications, many at a time: in one statement, each bearer proved once and
//! in the same snapshot as all the answers.

use tokio_postgres::Row;

use super::asked::{by_state, in_order};
use super::user;
use crate::Fault;
use crate::acting::CallerFacts;
use crate::store::postgres::Connection;
use crate::store::postgres::together::{Answer, AskTogether, Waiting};
use crate::tokens::Claims;
use crate::tokens::postgres::{
    CallerRow, listed_columns, person_columns, proof_columns, proof_of_list_columns, proofs_sql,
};
use crate::users::{GetUser, ListUsers, StateFilter};
use crate::world::AccountId;

impl AskTogether for ListUsers {
    type Common = (AccountId, StateFilter);

    fn common(&self) -> Self::Common {
        (self.token.account, self.filter)
    }

    fn rows(&self) -> usize {
        usize::from(self.page_size) + 1
    }

    async fn ask_all(asked: &[Self], db: &Connection) -> Result<Vec<Answer<Self>>, Fault> {
        let Some(first) = asked.first() else { return Ok(Vec::new()) };
        let bearers = Bearers::of(asked.iter().map(|question| &question.token));
        let after = asked.iter().map(Self::begin);
        let (created, ids): (Vec<i64>, Vec<String>) = after.unzip();
        let limits: Vec<i64> = asked.iter().map(Self::rows_wanted).collect();
        let (account, keys) = (first.token.account.to_string(), CallerRow::keys_of_all(&bearers.0));
        let rows = db
            .query(
                pages_sql(first.filter),
                &[&account, &keys[0], &keys[1], &keys[2], &created, &ids, &limits],
            )
            .await?;
        let (callers, found) = apart(&rows, &bearers, asked.len(), CallerRow::read_of_list)?;
        let answer = |(question, people): (&Self, _)| {
            let caller = bearers.facts(&callers, &question.token)?;
            Ok(question.decide(&caller, in_order(people)?))
        };
        Ok(asked.iter().zip(found).map(answer).collect())
    }

    fn waiting(db: &Connection) -> &Waiting<Self> {
        &db.waiting.lists
    }
}

impl AskTogether for GetUser {
    type Common = AccountId;

    fn common(&self) -> Self::Common {
        self.token.account
    }

    fn rows(&self) -> usize {
        1
    }

    async fn ask_all(asked: &[Self], db: &Connection) -> Result<Vec<Answer<Self>>, Fault> {
        let Some(first) = asked.first() else { return Ok(Vec::new()) };
        let bearers = Bearers::of(asked.iter().map(|question| &question.token));
        let id = |question: &Self| question.user.map(|id| id.to_string()).unwrap_or_default();
        let ids: Vec<String> = asked.iter().map(id).collect();
        let sql = concat!(
            proofs_sql!(proof_columns!()),
            " union all
             select w.n::int, u.* from unnest($5::text[]) with ordinality w(user_id, n)
             cross join lateral (select ",
            person_columns!(),
            " from users where account_id = $1 and users.user_id = w.user_id limit 1) u"
        );
        let (account, keys) = (first.token.account.to_string(), CallerRow::keys_of_all(&bearers.0));
        let rows = db.query(sql, &[&account, &keys[0], &keys[1], &keys[2], &ids]).await?;
        let (callers, found) = apart(&rows, &bearers, asked.len(), CallerRow::read)?;
        let answer = |(question, person): (&Self, Vec<&Row>)| {
            let person = person.first().map(|row| user(row, CallerRow::TAG_WIDTH)).transpose()?;
            Ok(question.decide(&bearers.facts(&callers, &question.token)?, person))
        };
        Ok(asked.iter().zip(found).map(answer).collect())
    }

    fn waiting(db: &Connection) -> &Waiting<Self> {
        &db.waiting.people
    }
}

const fn pages_sql(filter: StateFilter) -> &'static str {
    macro_rules! pages {
        ($state:literal) => {
            concat!(
                proofs_sql!(proof_of_list_columns!()),
                " union all
                 select w.n::int, u.* from unnest($5::bigint[], $6::text[], $7::bigint[])
                        with ordinality w(created, user_id, wanted, n)
                 cross join lateral (select ",
                listed_columns!(),
                " from users where account_id = $1
                        and (users.created, users.user_id) > (w.created, w.user_id) ",
                $state,
                " order by users.created, users.user_id limit w.wanted) u"
            )
        };
    }
    by_state!(filter, pages)
}

/// Who asks, each once, however many questions they have.
struct Bearers<'a>(Vec<&'a Claims>);

impl<'a> Bearers<'a> {
    fn of(tokens: impl Iterator<Item = &'a Claims>) -> Self {
        let mut bearers: Vec<&Claims> = Vec::new();
        for token in tokens {
            if !bearers.contains(&token) {
                bearers.push(token);
            }
        }
        Self(bearers)
    }

    /// What the rows say of this one: without a row, nothing, which no rule grants anything on.
    fn facts(&self, of_all: &[Proof], token: &Claims) -> Proof {
        let at = self.0.iter().position(|bearer| *bearer == token);
        at.and_then(|at| of_all.get(at).cloned()).unwrap_or_else(|| Ok(CallerFacts::default()))
    }
}

type Proof = Result<CallerFacts, Fault>;
type ReadProof = fn(&Row, &Claims) -> Proof;

/// By their tags: the proof of each bearer, and the rows of each question.
fn apart<'a>(
    rows: &'a [Row],
    bearers: &Bearers<'_>,
    questions: usize,
    read: ReadProof,
) -> Result<(Vec<Proof>, Vec<Vec<&'a Row>>), Fault> {
    let mut callers = vec![Ok(CallerFacts::default()); bearers.0.len()];
    let mut found = vec![Vec::new(); questions];
    for row in rows {
        let tag: i32 = row.get(0);
        let unknown = || Fault::Unavailable(format!("a row of nobody's question: {tag}"));
        let at = usize::try_from(tag.unsigned_abs()).ok().and_then(|at| at.checked_sub(1));
        let at = at.ok_or_else(unknown)?;
        if tag < 0 {
            let token = bearers.0.get(at).ok_or_else(unknown)?;
            *callers.get_mut(at).ok_or_else(unknown)? = read(row, token);
        } else {
            found.get_mut(at).ok_or_else(unknown)?.push(row);
        }
    }
    Ok((callers, found))
}
