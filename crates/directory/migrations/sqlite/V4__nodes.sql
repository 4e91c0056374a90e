-- An embedded store is served by one process, on one disk: there are no nodes to know of.
select 1;
