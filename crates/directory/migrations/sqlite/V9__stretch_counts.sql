-- Each act writes a count: by themselves those of a million people are on six pages, where with the
-- keys of their stretches they were on forty. All are made anew when the store is opened to be served.
drop trigger if exists people_added;
drop trigger if exists people_removed;
drop trigger if exists people_suspended;
drop table people_stretches;

create table stretch_counts (
    stretch integer primary key,
    people integer not null,
    suspended integer not null
);

create table people_stretches (
    account_id text not null,
    created integer not null,
    user_id text not null,
    stretch integer not null,
    primary key (account_id, created, user_id)
) without rowid;

create trigger stretch_gone after delete on people_stretches begin
    delete from stretch_counts where stretch = old.stretch;
end;

create trigger people_added after insert on users begin
    update stretch_counts set people = people + 1, suspended = suspended + (new.state = 2)
    where stretch = (
        select s.stretch from people_stretches s
        where s.account_id = new.account_id and (s.created, s.user_id) <= (new.created, new.user_id)
        order by s.created desc, s.user_id desc limit 1);
end;

create trigger people_removed after delete on users begin
    update stretch_counts set people = people - 1, suspended = suspended - (old.state = 2)
    where stretch = (
        select s.stretch from people_stretches s
        where s.account_id = old.account_id and (s.created, s.user_id) <= (old.created, old.user_id)
        order by s.created desc, s.user_id desc limit 1);
end;

create trigger people_suspended after update of state on users
when (old.state = 2) <> (new.state = 2) begin
    update stretch_counts set suspended = suspended + (new.state = 2) - (old.state = 2)
    where stretch = (
        select s.stretch from people_stretches s
        where s.account_id = new.account_id and (s.created, s.user_id) <= (new.created, new.user_id)
        order by s.created desc, s.user_id desc limit 1);
end;
