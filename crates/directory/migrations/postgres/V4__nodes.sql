-- Which processes serve this database. Each writes its row again and again: that a standby has the
-- write shows that the machine which took it is still the one that takes writes. Times are the
-- database's, so that no node's clock counts. Rows of nodes that are gone are pruned.
create table nodes (
    name text primary key,
    version text not null,
    beats bigint not null,
    started timestamptz not null,
    seen timestamptz not null
) with (fillfactor = 50);

-- Which timelines of the cluster were seen, and when first: a new one begins with each promotion.
create table timelines (
    timeline bigint primary key,
    seen timestamptz not null
);
