-- With the state in an index's condition, every suspension wrote to each index of the table. In none
-- of them it rewrites one row and no index (a HOT update). An account has few owners: those of them
-- who are active are counted by looking at each.
drop index users_active_owners;
create index users_owners on users (account_id) where owner;
