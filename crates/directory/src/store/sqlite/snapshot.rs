//! One read transaction, and what is known of those who call in it. What the rows said of a caller
//! is kept for as long as the database is the one that said it: SQLite tells by its data version, in
//! the snapshot of each answer and whoever has written, by the same check that empties its own page
//! cache. So nothing is believed that the rows of this snapshot would not say again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::quality::RandomState;
use rusqlite::{Connection, DEFAULT_NAME, FileControl};

use super::AskSqlite;
use crate::Fault;
use crate::accounts;
use crate::acting::{CallerFacts, ClientFacts};
use crate::tokens::Claims;
use crate::users::whereabouts::Whereabouts;
use crate::world::{AccountId, ApplicationId, SecretId, TokenId};

/// Who is more than this many is looked up again.
const CALLERS_MAX: usize = 1024;

type Map<Key, Value> = HashMap<Key, Value, RandomState>;
type CallerKey = (AccountId, ApplicationId, SecretId, TokenId);

/// What one connection knows beside the rows that it reads.
#[derive(Default)]
pub(super) struct Known {
    whereabouts: Arc<Whereabouts>,
    of_callers: RefCell<OfCallers>,
    numbers: RefCell<Map<AccountId, Number>>,
}

impl Known {
    pub(super) fn beside(whereabouts: Arc<Whereabouts>) -> Self {
        Self { whereabouts, ..Self::default() }
    }
}

/// An account's number, and the version of the database that had it last.
#[derive(Clone, Copy)]
struct Number {
    number: Option<i64>,
    version: u32,
}

/// Of one version of the database.
#[derive(Default)]
struct OfCallers {
    version: Option<u32>,
    callers: Map<CallerKey, Rc<CallerFacts>>,
    clients: Map<ApplicationId, Rc<ClientFacts>>,
}

impl OfCallers {
    fn forget_unless(&mut self, version: u32) {
        if self.version.replace(version) != Some(version) {
            self.callers.clear();
            self.clients.clear();
        }
    }
}

/// A connection within a read transaction. A statement that is under way keeps it open: one of the
/// question's own where it says so ([`AskSqlite::HOLDS_ITS_SNAPSHOT`]), or else one beside it.
pub struct Snapshot<'a> {
    db: &'a Connection,
    known: &'a Known,
}

impl Deref for Snapshot<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.db
    }
}

impl Snapshot<'_> {
    /// One snapshot for all that is asked here, whether or not its statements are under way.
    pub(crate) fn held<Answer>(
        &self,
        ask: impl FnOnce() -> Result<Answer, Fault>,
    ) -> Result<Answer, Fault> {
        // Of all statements that take a snapshot the one with the least to do.
        let mut holding = self.db.prepare_cached("pragma data_version")?;
        let mut open = holding.query([])?;
        open.next()?;
        ask()
    }

    /// Where to look first for whom.
    pub(crate) fn whereabouts(&self) -> &Whereabouts {
        &self.known.whereabouts
    }

    fn version(&self) -> Result<u32, Fault> {
        let mut version = 0;
        self.db.file_control(DEFAULT_NAME, FileControl::DataVersion(&mut version))?;
        Ok(version)
    }

    fn forget_what_is_old(&self) -> Result<(), Fault> {
        self.known.of_callers.borrow_mut().forget_unless(self.version()?);
        Ok(())
    }

    /// An account's number as it was last seen, to begin with. A copy that was put back may have given
    /// it to another account: what was read by it counts only where [`Self::number`] says the same.
    pub(crate) fn number_before(&self, account: AccountId) -> Option<i64> {
        self.known.numbers.borrow().get(&account)?.number
    }

    /// An account's number. Only while a statement of this snapshot is under way.
    pub(crate) fn number(&self, account: AccountId) -> Result<Option<i64>, Fault> {
        let version = self.version()?;
        if let Some(known) = self.known.numbers.borrow().get(&account)
            && known.version == version
        {
            return Ok(known.number);
        }
        let number = accounts::sqlite::number(self.db, &account.text())?;
        let mut numbers = self.known.numbers.borrow_mut();
        note(&mut numbers, account, Number { number, version });
        Ok(number)
    }

    /// What the rows say of a token's bearer. Only while a statement of this snapshot is under way.
    pub(crate) fn caller(
        &self,
        token: &Claims,
        look: impl FnOnce(&Connection) -> Result<CallerFacts, Fault>,
    ) -> Result<Rc<CallerFacts>, Fault> {
        self.forget_what_is_old()?;
        let key = (token.account, token.application, token.secret, token.token);
        if let Some(facts) = self.known.of_callers.borrow().callers.get(&key) {
            return Ok(Rc::clone(facts));
        }
        let facts = Rc::new(look(self.db)?);
        note(&mut self.known.of_callers.borrow_mut().callers, key, Rc::clone(&facts));
        Ok(facts)
    }

    /// What they say of a client id, in the same way. One that nobody has is not noted: there are too
    /// many of those.
    pub(crate) fn client(
        &self,
        id: ApplicationId,
        look: impl FnOnce(&Connection) -> Result<Option<ClientFacts>, Fault>,
    ) -> Result<Option<Rc<ClientFacts>>, Fault> {
        self.forget_what_is_old()?;
        if let Some(facts) = self.known.of_callers.borrow().clients.get(&id) {
            return Ok(Some(Rc::clone(facts)));
        }
        let Some(facts) = look(self.db)?.map(Rc::new) else { return Ok(None) };
        note(&mut self.known.of_callers.borrow_mut().clients, id, Rc::clone(&facts));
        Ok(Some(facts))
    }
}

fn note<Key: Eq + std::hash::Hash, Facts>(known: &mut Map<Key, Facts>, key: Key, facts: Facts) {
    if known.len() >= CALLERS_MAX {
        known.clear();
    }
    known.insert(key, facts);
}

pub(in crate::store) fn within_one_snapshot<Q: AskSqlite>(
    db: &Connection,
    question: &Q,
) -> Result<Q::Answer, Fault> {
    with_known(db, &Known::default(), question)
}

pub(super) fn with_known<Q: AskSqlite>(
    db: &Connection,
    known: &Known,
    question: &Q,
) -> Result<Q::Answer, Fault> {
    let snapshot = Snapshot { db, known };
    if Q::HOLDS_ITS_SNAPSHOT {
        return question.ask(&snapshot);
    }
    snapshot.held(|| question.ask(&snapshot))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::acting::stories::a_token;
    use crate::store::sqlite::an_empty_file;
    use crate::store::sqlite::open::connect_to_read;

    /// Runs this in the snapshot, which it holds itself or not.
    struct Asking<Run, const HOLDS: bool = false>(Run);

    impl<Answer, Run: Fn(&Snapshot<'_>) -> Answer + Sync, const HOLDS: bool> AskSqlite
        for Asking<Run, HOLDS>
    {
        type Answer = Answer;
        const HOLDS_ITS_SNAPSHOT: bool = HOLDS;

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
        known: Known,
    }

    fn set_up() -> Stage {
        let (folder, place, writer) = an_empty_file();
        writer.execute_batch("create table t (n integer); insert into t values (0)").unwrap();
        let reader = connect_to_read(&place).unwrap();
        Stage { _folder: folder, writer: writer.into(), reader, known: Known::default() }
    }

    #[test]
    fn all_statements_of_a_question_see_one_snapshot_and_the_next_question_a_newer_one() {
        let stage = set_up();
        let twice: Asking<_> = Asking(|db: &Snapshot<'_>| {
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
        let ask: Asking<_> = Asking(|db: &Snapshot<'_>| {
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
            Asking::<_>(move |db: &Snapshot<'_>| {
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
    fn a_question_whose_statement_is_under_way_holds_its_snapshot_by_that() {
        let stage = set_up();
        set(&stage.writer.lock().unwrap(), 1);
        let ask = Asking::<_, true>(|db: &Snapshot<'_>| {
            let mut statement = db.prepare_cached("select n from t").unwrap();
            let mut rows = statement.query([]).unwrap();
            let first: u32 = rows.next().unwrap().unwrap().get(0).unwrap();
            set(&stage.writer.lock().unwrap(), first + 1);
            let look = |db: &Connection| {
                let token_is_revoked = number(db) % 2 == 1;
                Ok(CallerFacts { token_is_revoked, ..CallerFacts::default() })
            };
            let caller = db.caller(&a_token(), look).unwrap();
            assert_eq!(caller.token_is_revoked, first % 2 == 1);
            first
        });
        for n in 1..5 {
            assert_eq!(with_known(&stage.reader, &stage.known, &ask).unwrap(), n);
        }
        assert!(stage.reader.is_autocommit());
    }

    #[test]
    fn no_more_callers_are_known_than_a_thread_has_room_for() {
        let stage = set_up();
        let ask: Asking<_> = Asking(|db: &Snapshot<'_>| {
            for n in 0..5_000_u64 {
                let mut token = a_token();
                token.token = TokenId::from_bytes(token_bytes(n));
                db.caller(&token, |_| Ok(CallerFacts::default())).unwrap();
                db.client(a_token().application, |_| Ok(None)).unwrap();
            }
        });
        with_known(&stage.reader, &stage.known, &ask).unwrap();
        assert!(stage.known.of_callers.borrow().callers.len() <= CALLERS_MAX);
        assert!(stage.known.of_callers.borrow().clients.is_empty());
    }

    fn token_bytes(n: u64) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&n.to_be_bytes());
        bytes
    }
}
