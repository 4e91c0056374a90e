//! People as a store is moved: with their account's letters, in the order of the list.

/// From behind `?1, ?2, ?3` on: a page.
pub(crate) fn page_sql(columns: &[String], limit: usize) -> String {
    let of = |name: &String| match name.as_str() {
        "account_id" => "n.account_id".to_owned(),
        "email_key" => "ifnull(p.email_key, p.email)".to_owned(),
        name => format!("p.{name}"),
    };
    let columns = columns.iter().map(of).collect::<Vec<_>>().join(", ");
    format!(
        "select {columns} from account_numbers n cross join people p on p.account = n.number
           and (p.created, p.user_id)
               > (iif(n.account_id = ?1, ?2, {}), iif(n.account_id = ?1, ?3, ''))
         where n.account_id >= ?1 order by n.account_id, p.created, p.user_id limit {limit}",
        i64::MIN
    )
}

/// Puts somebody of these columns where they belong, and nobody where their account is not there.
pub(crate) fn insert_sql(columns: &[String]) -> String {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    let at = |wanted: &str| columns.iter().position(|name| name == wanted).unwrap_or(columns.len());
    for (n, name) in columns.iter().enumerate() {
        let place = format!("?{}", n + 1);
        let (name, value) = match name.as_str() {
            "account_id" => ("account", "number".to_owned()),
            "email_key" => (name.as_str(), format!("nullif({place}, ?{})", at("email") + 1)),
            name => (name, place),
        };
        names.push(name);
        values.push(value);
    }
    format!(
        "insert into people ({}) select {} from account_numbers where account_id = ?{}",
        names.join(", "),
        values.join(", "),
        at("account_id") + 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::{Connection, migrated};

    type Row = (String, i64, String, String, String);

    fn put(db: &Connection, insert: &str, (account, created, user, email, key): &Row) {
        let row = rusqlite::params![account, created, user, email, key, "", 1, 0, 0, 0, 0, 1, 0];
        db.execute(insert, row).unwrap();
    }

    #[test]
    fn people_of_all_accounts_are_copied_in_the_order_of_the_list() {
        let (_folder, db) = migrated();
        let (_other_folder, other) = migrated();
        let add = "insert into accounts values (?1, '', '', 0, 0, 0, 0, x'')";
        // Their numbers are not in the order of their names, and not the same on both sides.
        for account in ["C", "A", "B"] {
            db.execute(add, [account]).unwrap();
        }
        for account in ["A", "B", "C"] {
            other.execute(add, [account]).unwrap();
        }
        let columns = [
            "account_id",
            "created",
            "user_id",
            "email",
            "email_key",
            "display_name",
            "state",
            "owner",
            "administrator",
            "security",
            "externally_managed",
            "epoch",
            "suspensions",
        ]
        .map(str::to_owned);
        let insert = insert_sql(&columns);
        let person = |account: &str, n: i64| {
            // Two of each moment, the first from before 1970; every other address in capitals.
            let email = if n % 2 == 0 { format!("P{n}@x") } else { format!("p{n}@x") };
            (account.to_owned(), n / 2 - 1, format!("U{n}"), email, format!("p{n}@x"))
        };
        let all: Vec<Row> =
            ["A", "B", "C"].iter().flat_map(|a| (0..7).map(|n| person(a, n))).collect();
        all.iter().rev().for_each(|row| put(&db, &insert, row));
        for limit in [1, 2, 5, 100] {
            other.execute("delete from people", []).unwrap();
            let (mut at, mut met) = ((String::new(), 0, String::new()), Vec::new());
            loop {
                let mut page = db.prepare(&page_sql(&columns, limit)).unwrap();
                let rows: Vec<Row> = page
                    .query_map((&at.0, at.1, &at.2), |row| {
                        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
                    })
                    .unwrap()
                    .map(Result::unwrap)
                    .collect();
                let Some(last) = rows.last() else { break };
                at = (last.0.clone(), last.1, last.2.clone());
                rows.iter().for_each(|row| put(&other, &insert, row));
                met.extend(rows);
            }
            assert_eq!(met, all, "{limit} at a time");
            let there =
                "select count(*) from users u join accounts a on a.account_id = u.account_id
                         where u.email_key = lower(u.email)";
            let there: usize = other.query_row(there, [], |row| row.get(0)).unwrap();
            assert_eq!(there, all.len());
        }
        let kept = "select count(*) from people where email_key is null";
        assert_eq!(other.query_row(kept, [], |row| row.get::<_, i64>(0)).unwrap(), 9);
    }
}
