-- Only the embedded store writes its log in an order of its own; here it has its key.
select 1;
