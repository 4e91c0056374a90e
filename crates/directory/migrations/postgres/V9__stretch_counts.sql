-- Only the embedded store counts the suspended by stretches.
select 1;
