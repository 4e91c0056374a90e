-- A secret may have an end, and a list of addresses from which alone it works.
alter table secrets add column ends bigint;
alter table secrets add column addresses text not null default '';

-- When a secret was last used, and from where: gathered in memory and written each second.
create table secret_uses (
    account_id text not null,
    application_id text not null,
    secret_id text not null,
    at bigint not null,
    address text not null,
    agent text not null,
    primary key (account_id, application_id, secret_id)
);

-- Under which root key a MAC key is sealed; empty where it was sealed before this was noted.
alter table mac_keys add column root_id text not null default '';

-- What the server itself must keep for all its processes, sealed under the root key: the account
-- at a certificate authority, certificates and their keys.
create table kept (
    name text primary key,
    sealed bytea not null,
    root_id text not null,
    changed bigint not null
);

-- Work that one process at a time does.
create table leases (
    name text primary key,
    holder text not null,
    ends bigint not null
);

-- Active owners are counted in every batch: nobody else is looked at for that.
drop index users_owners;
create index users_active_owners on users (account_id) where owner and state = 1;
