-- The log is written with each act and seldom searched: of each 256 records it is kept who and what
-- they are about, instead of five indexes that each record was written to.
drop index audit_by_user;
drop index audit_by_person;
drop index audit_of_application;
drop index audit_by_application;
drop index audit_by_kind;

-- With a rowid: a summary is longer than what a tree of keys holds in one piece.
create table audit_blocks (
    account_id text not null,
    block integer not null,
    words blob not null,
    primary key (account_id, block)
);
