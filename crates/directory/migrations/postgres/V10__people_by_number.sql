-- Only the embedded store writes a person's account as a number.
select 1;
