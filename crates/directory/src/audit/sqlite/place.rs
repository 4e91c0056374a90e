//! Where records lie on SQLite: the number of their account, and behind it, in 40 bits, their own.

use std::ops::Range;

use super::COLUMNS;
use crate::Fault;
use crate::accounts::sqlite::{noted_number, number_of};
use crate::store::sqlite::{Connection, has_table, texts};

const SEQ_BITS: u32 = 40;
/// A log has no more. The fastest rate of acts that was measured fills it in a year and a half.
const SEQ_END: u64 = 1 << SEQ_BITS;
/// No account has it.
const NOBODYS: i64 = 0;

/// An account's log as rows of the table.
#[derive(Clone, Copy, Debug)]
pub(in crate::audit) enum Log {
    ByPlace {
        number: i64,
    },
    /// Of a copy that a program before version 8 made: by account and number; and before version 3
    /// without persons, who did nothing yet.
    OfBefore {
        has_persons: bool,
    },
}

impl Log {
    /// To write: the store is of today.
    pub(in crate::audit) fn to_write(db: &Connection, account: &str) -> Result<Self, Fault> {
        Ok(Self::ByPlace { number: number_of(db, account)? })
    }

    pub(in crate::audit) fn to_read(db: &Connection, account: &str) -> Result<Self, Fault> {
        match has_table(db, "account_numbers")? {
            true => Ok(Self::ByPlace { number: noted_number(db, account)?.unwrap_or(NOBODYS) }),
            false => {
                let sql = "select 1 from pragma_table_info('audit') where name = 'by_person'";
                Ok(Self::OfBefore { has_persons: db.prepare_cached(sql)?.exists([])? })
            }
        }
    }

    /// What a statement says of the rows that it reads: `?1` is the account, `?2` and `?3` are from
    /// [`Self::within`].
    pub(in crate::audit) const fn rows(self) -> &'static str {
        match self {
            Self::ByPlace { .. } => "?1 is not null and place >= ?2 and place < ?3",
            Self::OfBefore { .. } => "account_id = ?1 and seq >= ?2 and seq < ?3",
        }
    }

    /// The query for those rows of which `and` holds, in their order; `rest` is what stands behind it.
    pub(in crate::audit) fn records(self, and: &str, rest: &str) -> String {
        let rows = self.rows();
        let order = match self {
            Self::ByPlace { .. } => "place",
            Self::OfBefore { .. } => "seq",
        };
        let columns = match self {
            Self::OfBefore { has_persons: false } => COLUMNS.replace("by_person", "null"),
            Self::ByPlace { .. } | Self::OfBefore { .. } => COLUMNS.to_owned(),
        };
        format!("select {columns} from audit where {rows} {and} order by {order} {rest}")
    }

    /// These numbers of the account's records, as far as there can be any.
    pub(in crate::audit) fn within(self, seqs: &Range<u64>) -> Range<i64> {
        self.place(seqs.start)..self.place(seqs.end)
    }

    /// Of a record that is written.
    pub(in crate::audit) fn to_fill(self, seq: u64) -> Result<i64, Fault> {
        match seq < SEQ_END {
            true => Ok(self.place(seq)),
            false => Err(Fault::Statement("the account's audit log is full".to_owned())),
        }
    }

    fn place(self, seq: u64) -> i64 {
        let seq = i64::try_from(seq.min(SEQ_END)).unwrap_or(i64::MAX);
        match self {
            Self::ByPlace { number } => (number << SEQ_BITS) + seq,
            Self::OfBefore { .. } => seq,
        }
    }
}

/// Records at a number that no account has, and logs whose account is gone: nobody would walk them.
pub(crate) fn of_no_account(db: &Connection) -> Result<Vec<String>, Fault> {
    let sql = format!(
        "select distinct 'records of no account: number ' || (place >> {SEQ_BITS}) from audit
         where place >> {SEQ_BITS} not in (select number from account_numbers)
         union all
         select 'records of an account that is not there: ' || account_id from account_numbers
         where account_id not in (select account_id from accounts)
         and exists (select 1 from audit where place > number << {SEQ_BITS}
                     and place < (number + 1) << {SEQ_BITS})
         limit 100"
    );
    texts(db, &sql)
}

/// When the last record of any account was made, in milliseconds.
pub(crate) fn newest(db: &Connection) -> Result<Option<i64>, Fault> {
    let sql = match has_table(db, "account_numbers")? {
        true => format!(
            "select max(r.at) from accounts a join account_numbers n on n.account_id = a.account_id
             join audit r on r.place = (n.number << {SEQ_BITS}) + a.audit_seq"
        ),
        false => "select max(r.at) from accounts a
                  join audit r on r.account_id = a.account_id and r.seq = a.audit_seq"
            .to_owned(),
    };
    Ok(db.query_row(&sql, [], |row| row.get(0))?)
}

/// Records of every account, in the order of account and number, from behind `?1, ?2` on: a page.
pub(crate) fn page_sql(columns: &[String], limit: usize) -> String {
    let of = |name: &String| match name.as_str() {
        "account_id" => "n.account_id".to_owned(),
        name => format!("r.{name}"),
    };
    let columns = columns.iter().map(of).collect::<Vec<_>>().join(", ");
    format!(
        "select {columns} from account_numbers n cross join audit r
           on r.place > (n.number << {SEQ_BITS}) + iif(n.account_id = ?1, ?2, 0)
           and r.place < (n.number + 1) << {SEQ_BITS}
         where n.account_id >= ?1 order by n.account_id, r.place limit {limit}"
    )
}

/// Puts a record of these columns where it belongs, and none where its account is not there; the
/// account and the number are among them.
pub(crate) fn insert_sql(columns: &[String]) -> String {
    let value = |wanted: &str| {
        let at = columns.iter().position(|name| name == wanted).unwrap_or(columns.len());
        format!("?{}", at + 1)
    };
    let kept: Vec<&str> =
        columns.iter().map(String::as_str).filter(|name| !READ.contains(name)).collect();
    let values: Vec<String> = kept.iter().map(|name| value(name)).collect();
    format!(
        "insert into audit (place, {}) select (number << {SEQ_BITS}) + {}, {} from account_numbers
         where account_id = {}",
        kept.join(", "),
        value("seq"),
        values.join(", "),
        value("account_id"),
    )
}

/// Columns that are read from the record and its place, and not written.
const READ: [&str; 2] = ["account_id", "seq"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::{an_empty_file, migrated};
    use crate::world::{AccountId, ActId};

    #[test]
    fn logs_lie_one_behind_the_other() {
        let log = |number| Log::ByPlace { number };
        assert_eq!(log(1).place(1), (1 << 40) + 1);
        assert_eq!(log(1).within(&(0..u64::MAX)), log(1).place(0)..log(2).place(0));
        assert_eq!(Log::OfBefore { has_persons: true }.within(&(3..9)), 3..9);
        let last = log(0x3f_ffff);
        assert!(last.within(&(0..u64::MAX)).end > last.place(SEQ_END - 1));
        assert_eq!(log(1).to_fill(SEQ_END - 1).unwrap() + 1, log(2).place(0));
        assert!(log(1).to_fill(SEQ_END).is_err());
    }

    #[test]
    fn a_log_of_the_first_version_is_read_as_it_is() {
        let (_folder, _, db) = an_empty_file();
        db.execute_batch(include_str!("../../../migrations/sqlite/V1__directory.sql")).unwrap();
        let account = AccountId::from_bytes([1; 16]).to_string();
        let act = ActId::from_bytes([2; 16]).to_string();
        let add = "insert into audit (account_id, seq, act_id, at, kind, body, hash)
                   values (?1, 1, ?2, 5, 'account_created', '{}', zeroblob(32))";
        db.execute(add, [&account, &act]).unwrap();
        let log = Log::to_read(&db, &account).unwrap();
        let Range { start, end } = log.within(&(0..u64::MAX));
        let mut statement = db.prepare(&log.records("", "")).unwrap();
        let mut rows = statement.query((account, start, end)).unwrap();
        let record = super::super::record(rows.next().unwrap().unwrap()).unwrap();
        assert_eq!((record.seq, record.by_person), (1, None));
    }

    /// As a store is moved: page by page, and each record put where it belongs.
    #[test]
    fn records_of_all_accounts_are_copied_in_order() {
        let (_folder, db) = migrated();
        let (_other_folder, other) = migrated();
        // Their numbers are not in the order of their names.
        let accounts = ["C", "A", "B"];
        let add = "insert into accounts values (?1, '', '', 0, 0, 0, 0, x'')";
        for account in accounts {
            db.execute(add, [account]).unwrap();
        }
        for account in ["A", "B", "C"] {
            other.execute(add, [account]).unwrap();
        }
        let columns = ["account_id", "act_id", "at", "body", "hash", "kind", "seq"];
        let columns = columns.map(str::to_owned);
        let insert = insert_sql(&columns);
        let put = |db: &Connection, account: &str, seq: i64| {
            let body = format!("{}{account}", " ".repeat(24));
            let row = rusqlite::params![account, "", 0, body, [0_u8; 2], "", seq];
            db.execute(&insert, row).unwrap();
        };
        for account in accounts {
            (1..=5).for_each(|seq| put(&db, account, seq));
        }
        let (mut at, mut met) = ((String::new(), 0), Vec::new());
        loop {
            let mut page = db.prepare(&page_sql(&columns, 2)).unwrap();
            let rows = page.query_map((&at.0, at.1), |row| Ok((row.get(0)?, row.get(6)?))).unwrap();
            let rows: Vec<(String, i64)> = rows.map(Result::unwrap).collect();
            let Some(last) = rows.last() else { break };
            at = last.clone();
            rows.iter().for_each(|(account, seq)| put(&other, account, *seq));
            met.extend(rows);
        }
        let wanted = ["A", "B", "C"].iter().flat_map(|a| (1..=5).map(|n| ((*a).to_owned(), n)));
        assert_eq!(met, wanted.collect::<Vec<_>>());
        for account in accounts {
            let Range { start, end } = Log::to_read(&other, account).unwrap().within(&(0..99));
            let sql = "select count(*) from audit where place >= ?1 and place < ?2
                       and account_id = ?3";
            let there: i64 = other.query_row(sql, (start, end, account), |row| row.get(0)).unwrap();
            assert_eq!(there, 5);
        }
    }
}
