-- One account leads every key, so that accounts never meet. Times are milliseconds since 1970.

create table accounts (
    account_id text primary key,
    name text not null,
    plan text not null,
    provisioning_automated boolean not null,
    epoch bigint not null,
    created bigint not null,
    audit_seq bigint not null,
    audit_hash bytea not null
) with (fillfactor = 20);

create table users (
    account_id text not null,
    created bigint not null,
    user_id text collate "C" not null,
    email text not null,
    email_key text not null,
    display_name text not null,
    state smallint not null,
    owner boolean not null,
    administrator boolean not null,
    security boolean not null,
    externally_managed boolean not null,
    epoch bigint not null,
    primary key (account_id, created, user_id)
) with (fillfactor = 80);

create unique index users_by_id on users (account_id, user_id);
create unique index users_by_email on users (account_id, email_key);
create index users_owners on users (account_id) where owner;
-- No index holds the state: then a suspension rewrites one row and no index (a HOT update).

-- Written once: to which account a client id belongs.
create table clients (
    application_id text primary key,
    account_id text not null
);

create table applications (
    account_id text not null,
    application_id text not null,
    name text not null,
    description text not null,
    redirect_url text not null,
    scopes smallint not null,
    created bigint not null,
    version bigint not null,
    primary key (account_id, application_id)
);

create table secrets (
    account_id text not null,
    application_id text not null,
    secret_id text not null,
    digest bytea not null,
    label text not null,
    created bigint not null,
    primary key (account_id, application_id, secret_id)
);

create table revocations (
    account_id text not null,
    token_id text not null,
    ends bigint not null,
    primary key (account_id, token_id)
);

create index revocations_by_end on revocations (account_id, ends);

create table passwords (
    account_id text not null,
    user_id text not null,
    phc text not null,
    primary key (account_id, user_id)
);

create table refusal_tallies (
    account_id text not null,
    application_id text not null,
    since bigint not null,
    recorded bigint not null,
    counted bigint not null,
    primary key (account_id, application_id)
);

create table audit (
    account_id text not null,
    seq bigint not null,
    act_id text not null,
    at bigint not null,
    kind text not null,
    by_application text,
    user_id text,
    application_id text,
    body text not null,
    hash bytea not null,
    primary key (account_id, seq)
);

create table mac_keys (
    key_id bigint primary key,
    sealed bytea not null,
    made bigint not null
);

create table meta (
    name text primary key,
    value text not null
);
