//! One read transaction, and what is known of those who call in it. What the rows said of a caller
//! is kept for as long as the database is the one that said it: `pragma data_version` tells, in the
//! snapshot of each answer and whoever has written, by the same check that empties SQLite's own page
//! cache. So nothing is believed that the rows of this snapshot would not say again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

use rusqlite::Connection;

use super::AskSqlite;
use crate::Fault;
use crate::acting::{CallerFacts, ClientFacts};
use crate::tokens::Claims;
use crate::world::{AccountId, ApplicationId, SecretId, TokenId};

/// Who is more than this many is looked up again.
const CALLERS_MAX: usize = 1024;

type CallerKey = (AccountId, ApplicationId, SecretId, TokenId);

/// By one connection, of one version of the database.
#[derive(Default)]
pub(super) struct Known {
    version: Option<i64>,
    callers: HashMap<CallerKey, Rc<CallerFacts>>,
    clients: HashMap<ApplicationId, Rc<ClientFacts>>,
}

impl Known {
    fn forget_unless(&mut self, version: i64) {
        if self.version.replace(version) != Some(version) {
            self.callers.clear();
            self.clients.clear();
        }
    }
}

/// A connection within a read transaction.
pub struct Snapshot<'a> {
    db: &'a Connection,
    known: &'a RefCell<Known>,
}

impl Deref for Snapshot<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.db
    }
}

impl Snapshot<'_> {
    /// What the rows say of a token's bearer.
    pub(crate) fn caller(
        &self,
        token: &Claims,
        look: impl FnOnce(&Connection) -> Result<CallerFacts, Fault>,
    ) -> Result<Rc<CallerFacts>, Fault> {
        let key = (token.account, token.application, token.secret, token.token);
        if let Some(facts) = self.known.borrow().callers.get(&key) {
            return Ok(Rc::clone(facts));
        }
        let facts = Rc::new(look(self.db)?);
        note(&mut self.known.borrow_mut().callers, key, &facts);
        Ok(facts)
    }

    /// What they say of a client id. One that nobody has is not noted: there are too many of those.
    pub(crate) fn client(
        &self,
        id: ApplicationId,
        look: impl FnOnce(&Connection) -> Result<Option<ClientFacts>, Fault>,
    ) -> Result<Option<Rc<ClientFacts>>, Fault> {
        if let Some(facts) = self.known.borrow().clients.get(&id) {
            return Ok(Some(Rc::clone(facts)));
        }
        let Some(facts) = look(self.db)?.map(Rc::new) else { return Ok(None) };
        note(&mut self.known.borrow_mut().clients, id, &facts);
        Ok(Some(facts))
    }
}

fn note<Key: Eq + std::hash::Hash, Facts>(
    known: &mut HashMap<Key, Rc<Facts>>,
    key: Key,
    facts: &Rc<Facts>,
) {
    if known.len() >= CALLERS_MAX {
        known.clear();
    }
    known.insert(key, Rc::clone(facts));
}

/// The first statement takes the snapshot, and keeps it until it is reset after the answer.
pub(in crate::store) fn within_one_snapshot<Q: AskSqlite>(
    db: &Connection,
    question: &Q,
) -> Result<Q::Answer, Fault> {
    with_known(db, &RefCell::default(), question)
}

pub(super) fn with_known<Q: AskSqlite>(
    db: &Connection,
    known: &RefCell<Known>,
    question: &Q,
) -> Result<Q::Answer, Fault> {
    let mut version = db.prepare_cached("pragma data_version")?;
    let mut open = version.query([])?;
    let row = open.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    known.borrow_mut().forget_unless(row.get(0)?);
    question.ask(&Snapshot { db, known })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::acting::stories::a_token;
    use crate::store::sqlite::an_empty_file;
    use crate::store::sqlite::open::connect_to_read;

    /// Runs this in the snapshot.
    struct Asking<Run>(Run);

    impl<Answer, Run: Fn(&Snapshot<'_>) -> Answer + Sync> AskSqlite for Asking<Run> {
        type Answer = Answer;

        fn ask(&self, db: &Snapshot<'_>) -> Result<Answer, Fault> {
            Ok((self.0)(db))
        }
    }

    fn number(db: &Connection) -> u32 {
        db.query_row("select n from t", [], |row| row.get(0)).unwrap()
    }

    fn set(db: &Connection, to: u32) {
        db.execute("update t set n = ?1", [to]).unwrap();
    }

    struct Stage {
        _folder: tempfile::TempDir,
        writer: std::sync::Mutex<Connection>,
        reader: Connection,
        known: RefCell<Known>,
    }

    fn set_up() -> Stage {
        let (folder, place, writer) = an_empty_file();
        writer.execute_batch("create table t (n integer); insert into t values (0)").unwrap();
        let reader = connect_to_read(&place).unwrap();
        Stage { _folder: folder, writer: writer.into(), reader, known: RefCell::default() }
    }

    #[test]
    fn all_statements_of_a_question_see_one_snapshot_and_the_next_question_a_newer_one() {
        let stage = set_up();
        let twice = Asking(|db: &Snapshot<'_>| {
            let first = number(db);
            set(&stage.writer.lock().unwrap(), first + 1);
            (first, number(db))
        });
        for n in 0..3 {
            let seen = with_known(&stage.reader, &stage.known, &twice).unwrap();
            assert_eq!(seen, (n, n));
        }
        assert!(stage.reader.is_autocommit());
    }

    #[test]
    fn a_caller_is_looked_up_once_until_anybody_has_written() {
        let stage = set_up();
        thread_local! { static LOOKS: Cell<u32> = const { Cell::new(0) } }
        let ask = Asking(|db: &Snapshot<'_>| {
            let look = |db: &Connection| {
                LOOKS.set(LOOKS.get() + 1);
                let token_is_revoked = number(db) == 1;
                Ok(CallerFacts { token_is_revoked, ..CallerFacts::default() })
            };
            db.caller(&a_token(), look).unwrap().token_is_revoked
        });
        let asked = || (with_known(&stage.reader, &stage.known, &ask).unwrap(), LOOKS.get());
        assert_eq!(asked(), (false, 1));
        assert_eq!(asked(), (false, 1));
        for (n, seen) in [(1, (true, 2)), (0, (false, 3)), (2, (false, 4))] {
            set(&stage.writer.lock().unwrap(), n);
            assert_eq!(asked(), seen);
            assert_eq!(asked(), seen);
        }
        // What was rolled back was never there.
        stage.writer.lock().unwrap().execute_batch("begin; update t set n = 1; rollback").unwrap();
        assert_eq!(asked(), (false, 4));
    }

    #[test]
    fn what_was_read_while_others_wrote_is_not_believed_by_the_next_question() {
        let stage = set_up();
        let ask = |write: bool| {
            let writer = &stage.writer;
            Asking(move |db: &Snapshot<'_>| {
                // After the snapshot was taken, before its rows are looked at.
                if write {
                    set(&writer.lock().unwrap(), 1);
                }
                let look = |db: &Connection| {
                    Ok(CallerFacts { token_is_revoked: number(db) == 1, ..CallerFacts::default() })
                };
                db.caller(&a_token(), look).unwrap().token_is_revoked
            })
        };
        assert!(!with_known(&stage.reader, &stage.known, &ask(true)).unwrap());
        assert!(with_known(&stage.reader, &stage.known, &ask(false)).unwrap());
    }

    #[test]
    fn no_more_callers_are_known_than_a_thread_has_room_for() {
        let stage = set_up();
        let ask = Asking(|db: &Snapshot<'_>| {
            for n in 0..5_000_u64 {
                let mut token = a_token();
                token.token = TokenId::from_bytes(token_bytes(n));
                db.caller(&token, |_| Ok(CallerFacts::default())).unwrap();
                db.client(a_token().application, |_| Ok(None)).unwrap();
            }
        });
        with_known(&stage.reader, &stage.known, &ask).unwrap();
        assert!(stage.known.borrow().callers.len() <= CALLERS_MAX);
        assert!(stage.known.borrow().clients.is_empty());
    }

    fn token_bytes(n: u64) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&n.to_be_bytes());
        bytes
    }
}
