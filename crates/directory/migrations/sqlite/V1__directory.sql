-- One account leads every key, so that accounts never meet. Times are milliseconds since 1970.

create table accounts (
    account_id text primary key,
    name text not null,
    plan text not null,
    provisioning_automated integer not null,
    epoch integer not null,
    created integer not null,
    audit_seq integer not null,
    audit_hash blob not null
) without rowid;

-- Clustered in the order of the list, so that a page is one stretch of the tree.
create table users (
    account_id text not null,
    created integer not null,
    user_id text not null,
    email text not null,
    email_key text not null,
    display_name text not null,
    state integer not null,
    owner integer not null,
    administrator integer not null,
    security integer not null,
    externally_managed integer not null,
    epoch integer not null,
    primary key (account_id, created, user_id)
) without rowid;

create unique index users_by_id on users (account_id, user_id);
create unique index users_by_email on users (account_id, email_key);
create index users_owners on users (account_id) where owner = 1;
-- The suspended are few and asked for alone.
create index users_suspended on users (account_id, created, user_id) where state = 2;

-- Written once: to which account a client id belongs.
create table clients (
    application_id text primary key,
    account_id text not null
) without rowid;

create table applications (
    account_id text not null,
    application_id text not null,
    name text not null,
    description text not null,
    redirect_url text not null,
    scopes integer not null,
    created integer not null,
    version integer not null,
    primary key (account_id, application_id)
) without rowid;

create table secrets (
    account_id text not null,
    application_id text not null,
    secret_id text not null,
    digest blob not null,
    label text not null,
    created integer not null,
    primary key (account_id, application_id, secret_id)
) without rowid;

create table revocations (
    account_id text not null,
    token_id text not null,
    ends integer not null,
    primary key (account_id, token_id)
) without rowid;

create index revocations_by_end on revocations (account_id, ends);

create table passwords (
    account_id text not null,
    user_id text not null,
    phc text not null,
    primary key (account_id, user_id)
) without rowid;

create table refusal_tallies (
    account_id text not null,
    application_id text not null,
    since integer not null,
    recorded integer not null,
    counted integer not null,
    primary key (account_id, application_id)
) without rowid;

create table audit (
    account_id text not null,
    seq integer not null,
    act_id text not null,
    at integer not null,
    kind text not null,
    by_application text,
    user_id text,
    application_id text,
    body text not null,
    hash blob not null,
    primary key (account_id, seq)
) without rowid;

create table mac_keys (
    key_id integer primary key,
    sealed blob not null,
    made integer not null
);

create table meta (
    name text primary key,
    value text not null
) without rowid;
