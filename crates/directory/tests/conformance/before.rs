//! A store of today made into what an older version left, in the middle of a case.

/// People by the letters of their account.
pub(crate) fn version_9() -> String {
    let (_, stretches) = include_str!("../../migrations/sqlite/V9__stretch_counts.sql")
        .split_once("drop table people_stretches;")
        .unwrap();
    format!(
        "create table users_before (
             account_id text not null, created integer not null, user_id text not null,
             email text not null, email_key text not null, display_name text not null,
             state integer not null, owner integer not null, administrator integer not null,
             security integer not null, externally_managed integer not null,
             epoch integer not null, suspensions integer not null default 0,
             primary key (account_id, created, user_id)
         ) without rowid;
         insert into users_before select * from users;
         drop view users;
         drop table people;
         drop table people_stretches;
         drop table stretch_counts;
         alter table users_before rename to users;
         create unique index users_by_id on users (account_id, user_id);
         create unique index users_by_email on users (account_id, email_key);
         create index users_by_name on users (account_id, lower(display_name), user_id);
         create index users_active_owners on users (account_id) where owner = 1 and state = 1;
         {stretches}
         drop trigger account_numbered;
         create trigger account_numbered after insert on accounts begin
             insert into account_numbers (account_id) values (new.account_id);
         end;
         delete from rollcall_migrations where version >= 10;"
    )
}

/// The log by account and number, the counts beside the keys of their stretches.
pub(crate) fn version_7() -> String {
    let (_, stretches) = include_str!("../../migrations/sqlite/V7__people_stretches.sql")
        .split_once("drop index users_suspended;")
        .unwrap();
    format!(
        "{}
         create table audit_before (
             account_id text not null, seq integer not null, act_id text not null,
             at integer not null, kind text not null, by_application text, user_id text,
             application_id text, body text not null, hash blob not null, by_person text,
             primary key (account_id, seq)
         ) without rowid;
         insert into audit_before select account_id, seq, act_id, at, kind, by_application, user_id,
             application_id, body, hash, by_person from audit;
         drop table audit;
         alter table audit_before rename to audit;
         drop trigger account_numbered;
         drop table account_numbers;
         drop trigger people_added; drop trigger people_removed; drop trigger people_suspended;
         drop table people_stretches;
         drop table stretch_counts;
         {stretches}
         delete from rollcall_migrations where version >= 8;",
        version_9()
    )
}

/// The suspended by an index.
pub(crate) fn version_6() -> String {
    format!(
        "{}
         drop trigger people_added; drop trigger people_removed; drop trigger people_suspended;
         drop table people_stretches;
         create index users_suspended on users (account_id, created, user_id) where state = 2;
         delete from rollcall_migrations where version >= 7;",
        version_7()
    )
}

/// The log with the indexes of versions 1 and 3.
pub(crate) fn version_5() -> String {
    let (_, indexes) = include_str!("../../migrations/sqlite/V3__console.sql")
        .split_once("-- For the log read backwards")
        .unwrap();
    format!(
        "{}
         drop table audit_blocks; delete from rollcall_migrations where version >= 6;
         --{indexes}",
        version_6()
    )
}
