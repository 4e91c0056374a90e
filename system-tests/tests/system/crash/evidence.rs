//! What the rows say, read beside a server that runs: where everybody stands, what is recorded of
//! them, which tokens are revoked. An act is whole when its row and its record are both there.
//! Never read while no server runs, for then this reader would be the one that recovers the log.

use std::collections::BTreeMap;
use std::path::Path;

use rollcall_directory::store::sqlite::Connection;
use rollcall_directory::users::State;
use serde_json::Value;

use super::journal::{Person, Standing};

pub(super) struct Evidence {
    pub(super) people: BTreeMap<String, Row>,
    /// Of each person, oldest first: the states that records say they were brought into.
    pub(super) records: BTreeMap<String, Vec<State>>,
    /// Each sorted.
    pub(super) tokens_revoked: Vec<String>,
    pub(super) revocations_recorded: Vec<String>,
    pub(super) people_imported: u64,
    /// Whose password was set, which raises their epoch as well.
    passwords_set: BTreeMap<String, u64>,
}

pub(super) struct Row {
    pub(super) standing: Standing,
    /// An owner may be the last one, and who is managed elsewhere is not changed here.
    may_be_suspended: bool,
}

impl Evidence {
    pub(super) fn read(folder: &Path) -> Self {
        let db = Connection::open(folder.join("rollcall.sqlite")).unwrap();
        // One snapshot for all of it.
        db.execute_batch("pragma query_only = true; begin deferred").unwrap();
        let mut evidence = Self {
            people: people(&db),
            records: BTreeMap::new(),
            tokens_revoked: tokens_revoked(&db),
            revocations_recorded: Vec::new(),
            people_imported: 0,
            passwords_set: BTreeMap::new(),
        };
        evidence.read_records(&db);
        evidence.revocations_recorded.sort();
        evidence
    }

    fn read_records(&mut self, db: &Connection) {
        let mut statement =
            db.prepare("select kind, user_id, body from audit order by seq").unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let (kind, user): (String, Option<String>) = (row.get(0).unwrap(), row.get(1).unwrap());
            let body: Value = serde_json::from_str(&row.get::<_, String>(2).unwrap()).unwrap();
            let entry = &body["entry"];
            assert_eq!(entry["kind"], kind, "a record's column and its body");
            let mut of_user = |state| {
                let user = user.clone().expect("a record about somebody says whom");
                assert_eq!(entry["user"], user, "a record's column and its body");
                self.records.entry(user).or_default().push(state);
            };
            match &*kind {
                "user_suspended" => of_user(State::Suspended),
                "user_reactivated" => of_user(State::Active),
                "token_revoked" => {
                    self.revocations_recorded.push(entry["token"].as_str().unwrap().to_owned());
                }
                "people_imported" => self.people_imported += entry["count"].as_u64().unwrap(),
                "password_set" => *self.passwords_set.entry(user.unwrap()).or_default() += 1,
                // The double's owner makes its first vault.
                "account_created"
                | "application_registered"
                | "signed_in"
                | "vault_created"
                | "signed_out" => {}
                // A seed that is taken up again asks for some of what is there.
                "refused" => assert_eq!(body["by"], "operator", "{body}"),
                other => panic!("nobody did anything that is recorded as {other}"),
            }
        }
    }

    /// Everything that is there in a row is there in a record, and the other way round.
    #[track_caller]
    pub(super) fn shows_no_half_act(&self) {
        for id in self.records.keys() {
            assert!(self.people.contains_key(id), "{id} is recorded and is not there");
        }
        for (id, row) in &self.people {
            let records = self.records.get(id).map(Vec::as_slice).unwrap_or_default();
            let Standing { state, epoch } = row.standing;
            let raised = records.len() as u64 + self.passwords_set.get(id).unwrap_or(&0);
            assert_eq!(epoch, 1 + raised, "{id}: the epoch counts the records");
            assert!(
                records.last().is_none_or(|last| *last == state),
                "{id}: {records:?}, {state:?}"
            );
            let stays = records.windows(2).any(|two| two[0] == two[1]);
            assert!(!stays, "{id}: a record without a change in {records:?}");
        }
        assert_eq!(self.tokens_revoked, self.revocations_recorded);
        let twice = self.tokens_revoked.windows(2).any(|two| two[0] == two[1]);
        assert!(!twice, "a token is revoked once");
    }

    pub(super) fn may_be_suspended(&self) -> Vec<Person> {
        let may = self.people.iter().filter(|(_, row)| row.may_be_suspended);
        may.map(|(id, row)| Person { id: id.clone(), standing: row.standing }).collect()
    }
}

fn people(db: &Connection) -> BTreeMap<String, Row> {
    let sql = "select user_id, state, epoch, owner or externally_managed from users";
    let mut statement = db.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut people = BTreeMap::new();
    while let Some(row) = rows.next().unwrap() {
        let state = State::from_row(row.get(1).unwrap()).expect("one of two states");
        let standing = Standing { state, epoch: row.get(2).unwrap() };
        let may_be_suspended = !row.get::<_, bool>(3).unwrap();
        people.insert(row.get(0).unwrap(), Row { standing, may_be_suspended });
    }
    people
}

fn tokens_revoked(db: &Connection) -> Vec<String> {
    let mut statement = db.prepare("select token_id from revocations order by token_id").unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}
