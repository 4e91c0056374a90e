-- Only SQLite is searched by summaries of the log: it has one writer, who wrote to each index.
select 1;
