-- Who is suspended changes with each act, at a random place of an index: instead it is counted for
-- each stretch of the list, of which fifty fit on a page. From its key on, to that of the next.
drop index users_suspended;

create table people_stretches (
    account_id text not null,
    created integer not null,
    user_id text not null,
    people integer not null,
    suspended integer not null,
    primary key (account_id, created, user_id)
) without rowid;

-- By triggers, so that whoever writes counts. An account that has no stretch yet gets all of them at
-- once; until then nothing is counted for it.
create trigger people_added after insert on users begin
    update people_stretches set people = people + 1, suspended = suspended + (new.state = 2)
    where account_id = new.account_id and (created, user_id) = (
        select s.created, s.user_id from people_stretches s
        where s.account_id = new.account_id and (s.created, s.user_id) <= (new.created, new.user_id)
        order by s.created desc, s.user_id desc limit 1);
end;

create trigger people_removed after delete on users begin
    update people_stretches set people = people - 1, suspended = suspended - (old.state = 2)
    where account_id = old.account_id and (created, user_id) = (
        select s.created, s.user_id from people_stretches s
        where s.account_id = old.account_id and (s.created, s.user_id) <= (old.created, old.user_id)
        order by s.created desc, s.user_id desc limit 1);
end;

create trigger people_suspended after update of state on users
when (old.state = 2) <> (new.state = 2) begin
    update people_stretches set suspended = suspended + (new.state = 2) - (old.state = 2)
    where account_id = new.account_id and (created, user_id) = (
        select s.created, s.user_id from people_stretches s
        where s.account_id = new.account_id and (s.created, s.user_id) <= (new.created, new.user_id)
        order by s.created desc, s.user_id desc limit 1);
end;
