//! What becomes of each table when a store moves to another database. A new table is decided on
//! here, or the tests fail: nothing is left behind by forgetting it.

/// A table whose rows are facts and move, all of them.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) struct Table {
    pub name: &'static str,
    /// Its primary key, in order: pages go along it.
    pub key: &'static [&'static str],
}

const fn table(name: &'static str, key: &'static [&'static str]) -> Table {
    Table { name, key }
}

/// In the order in which they are copied. No table refers to another in the database's own terms.
pub(in crate::store) const MOVING: &[Table] = &[
    table("mac_keys", &["key_id"]),
    table("kept", &["name"]),
    table("accounts", &["account_id"]),
    table("users", &["account_id", "created", "user_id"]),
    table("clients", &["application_id"]),
    table("applications", &["account_id", "application_id"]),
    table("secrets", &["account_id", "application_id", "secret_id"]),
    table("secret_uses", &["account_id", "application_id", "secret_id"]),
    table("secrets_seen", &["account_id", "application_id", "secret_id", "user_id"]),
    table("revocations", &["account_id", "token_id"]),
    table("passwords", &["account_id", "user_id"]),
    table("sessions", &["account_id", "session"]),
    table("links", &["account_id", "user_id"]),
    table("vaults", &["account_id", "vault_id"]),
    table("vault_access", &["account_id", "vault_id", "user_id"]),
    table("vault_items", &["account_id", "vault_id", "item_id"]),
    table("refusal_tallies", &["account_id", "caller"]),
    table("audit", &["account_id", "seq"]),
];

/// What stays, and why. `meta` is written by the move itself: it is where the move is noted.
pub(in crate::store) const STAYING: &[(&str, &str)] = &[
    ("meta", "says of a database who made it; the move writes it at its end"),
    ("leases", "held by a process over the old database"),
    ("audit_blocks", "of SQLite alone; made anew when the store is opened to be served"),
    ("people_stretches", "of SQLite alone; made anew when the store is opened to be served"),
    ("stretch_counts", "of SQLite alone; made anew when the store is opened to be served"),
    ("people", "of SQLite alone: its `users` is made of them, and moves"),
    ("account_numbers", "of SQLite alone; an account gets one when it is copied"),
    ("nodes", "processes that served the old database"),
    ("timelines", "of the old database's machines"),
    ("rollcall_migrations", "what was done to the old database; the new one has its own"),
    ("rollcall_migrating", "a lock of the old database"),
];

pub(in crate::store) fn is_decided(name: &str) -> bool {
    MOVING.iter().any(|table| table.name == name) || STAYING.iter().any(|(stays, _)| *stays == name)
}
