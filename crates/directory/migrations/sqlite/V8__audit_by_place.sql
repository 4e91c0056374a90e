-- Records lie by one number, their account's and their own in it: they come at the end of a tree that
-- is as wide as its pages, where a key with an account's letters in each branch had eight to a page.
create table account_numbers (
    -- 22 bits are left for it.
    number integer primary key check (number between 1 and 4194303),
    account_id text not null unique
);

insert into account_numbers (account_id) select account_id from accounts order by created, account_id;

create trigger account_numbered after insert on accounts begin
    insert into account_numbers (account_id) values (new.account_id);
end;

create table audit_by_place (
    -- 40 bits for the number in the account. Who does not know of places cannot write here: the
    -- account and the number, which they would give, are read from the record and its place. By
    -- letters, not as JSON: SQLite reads both with each record that is written, too.
    place integer primary key,
    act_id text not null,
    at integer not null,
    kind text not null,
    by_application text,
    user_id text,
    application_id text,
    body text not null,
    hash blob not null,
    by_person text,
    account_id text generated always as (substr(body, 25, 26)) virtual,
    seq integer generated always as (place & 1099511627775) virtual
);

insert into audit_by_place
    (place, act_id, at, kind, by_application, user_id, application_id, body, hash, by_person)
select (n.number << 40) + r.seq, r.act_id, r.at, r.kind, r.by_application, r.user_id,
       r.application_id, r.body, r.hash, r.by_person
from account_numbers n cross join audit r on r.account_id = n.account_id
order by n.number, r.seq;

drop table audit;
alter table audit_by_place rename to audit;
