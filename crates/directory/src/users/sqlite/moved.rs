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

/// Puts somebody of these columns where they belong.
pub(crate) fn insert_sql(columns: &[String]) -> String {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    let at = |wanted: &str| columns.iter().position(|name| name == wanted).unwrap_or(columns.len());
    for (n, name) in columns.iter().enumerate() {
        let place = format!("?{}", n + 1);
        let (name, value) = match name.as_str() {
            "account_id" => {
                let sql = "select number from account_numbers where account_id";
                ("account", format!("({sql} = {place})"))
            }
            "email_key" => (name.as_str(), format!("nullif({place}, ?{})", at("email") + 1)),
            name => (name, place),
        };
        names.push(name);
        values.push(value);
    }
    format!("insert into people ({}) values ({})", names.join(", "), values.join(", "))
}
