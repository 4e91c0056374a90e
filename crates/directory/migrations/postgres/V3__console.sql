-- How often somebody was suspended: access to a vault is given under one number and is gone with it.
alter table users add column suspensions bigint not null default 0;

-- For a search by how an address or a name begins. ASCII letters are the same in either case.
create index users_by_address on users (account_id, email_key collate "C");
create index users_by_name on users (account_id, (translate(display_name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')) collate "C", user_id);

-- What a cookie stands for, by the SHA-256 of it.
create table sessions (
    account_id text not null,
    session bytea not null,
    user_id text not null,
    user_epoch bigint not null,
    began bigint not null,
    seen bigint not null,
    primary key (account_id, session)
);

create index sessions_by_user on sessions (account_id, user_id);
create index sessions_by_seen on sessions (account_id, seen);

-- Setup, invitation, reset: a person has one at most.
create table links (
    account_id text not null,
    user_id text not null,
    link bytea not null,
    user_epoch bigint not null,
    purpose smallint not null,
    made_by text,
    made bigint not null,
    ends bigint not null,
    primary key (account_id, user_id)
);

create unique index links_by_link on links (account_id, link);

alter table applications add column made_by text;

-- Who has seen which client secret, and when first.
create table secrets_seen (
    account_id text not null,
    application_id text not null,
    secret_id text not null,
    user_id text not null,
    at bigint not null,
    primary key (account_id, application_id, secret_id, user_id)
);

create index secrets_seen_by_user on secrets_seen (account_id, user_id);

-- Sealed: keys and items. Clear: names of vaults, and which client secret an item holds.
create table vaults (
    account_id text not null,
    vault_id text not null,
    name text not null,
    sealed_key bytea not null,
    root_id text not null,
    created bigint not null,
    created_by text not null,
    version bigint not null,
    primary key (account_id, vault_id)
);

create table vault_access (
    account_id text not null,
    vault_id text not null,
    user_id text not null,
    level smallint not null,
    suspensions bigint not null,
    given bigint not null,
    primary key (account_id, vault_id, user_id)
);

create index vault_access_by_user on vault_access (account_id, user_id);

create table vault_items (
    account_id text not null,
    vault_id text not null,
    item_id text not null,
    version bigint not null,
    sealed_key bytea not null,
    overview bytea not null,
    details bytea not null,
    application_id text,
    secret_id text,
    created bigint not null,
    changed bigint not null,
    changed_by text not null,
    primary key (account_id, vault_id, item_id)
);

-- Not only applications are refused.
alter table refusal_tallies rename column application_id to caller;

alter table audit add column by_person text;

-- For the log read backwards, of one person, one application or one kind.
create index audit_by_user on audit (account_id, user_id, seq) where user_id is not null;
create index audit_by_person on audit (account_id, by_person, seq) where by_person is not null;
create index audit_of_application on audit (account_id, application_id, seq)
    where application_id is not null;
create index audit_by_application on audit (account_id, by_application, seq)
    where by_application is not null;
create index audit_by_kind on audit (account_id, kind, seq);
