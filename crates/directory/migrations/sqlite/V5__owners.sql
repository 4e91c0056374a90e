-- Only PostgreSQL has something to gain from another index of owners.
select 1;
