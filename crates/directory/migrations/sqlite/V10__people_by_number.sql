-- A person's row has the number of the account for its 26 letters, which stood in four trees, and the
-- address once where it is written as it is looked up: a third less to read, to keep and to move.
insert into account_numbers (account_id)
select distinct account_id from users where account_id not in (select account_id from account_numbers);

-- Whoever is of no account keeps a number, and is told of when the store is checked.
drop trigger account_numbered;
create trigger account_numbered after insert on accounts begin
    insert or ignore into account_numbers (account_id) values (new.account_id);
end;

create table people (
    -- Of account_numbers.
    account integer not null,
    created integer not null,
    user_id text not null,
    email text not null,
    -- By which the address is looked up, where that is not the address itself.
    email_key text,
    display_name text not null,
    state integer not null,
    owner integer not null,
    administrator integer not null,
    security integer not null,
    externally_managed integer not null,
    epoch integer not null,
    suspensions integer not null default 0,
    primary key (account, created, user_id)
) without rowid;

insert into people
select n.number, u.created, u.user_id, u.email, nullif(u.email_key, u.email), u.display_name, u.state,
       u.owner, u.administrator, u.security, u.externally_managed, u.epoch, u.suspensions
from account_numbers n cross join users u on u.account_id = n.account_id
order by n.number, u.created, u.user_id;

-- With the triggers that counted.
drop table users;

create unique index people_by_id on people (account, user_id);
create unique index people_by_email on people (account, ifnull(email_key, email));
create index people_by_name on people (account, lower(display_name), user_id);
create index people_active_owners on people (account) where owner = 1 and state = 1;

-- As they are on PostgreSQL, for all that is not asked often.
create view users as
select n.account_id, p.created, p.user_id, p.email, ifnull(p.email_key, p.email) as email_key,
       p.display_name, p.state, p.owner, p.administrator, p.security, p.externally_managed, p.epoch,
       p.suspensions
from account_numbers n cross join people p on p.account = n.number;

-- Made anew when the store is opened to be served.
drop table people_stretches;
delete from stretch_counts;
create table people_stretches (
    account integer not null,
    created integer not null,
    user_id text not null,
    stretch integer not null,
    primary key (account, created, user_id)
) without rowid;

create trigger stretch_gone after delete on people_stretches begin
    delete from stretch_counts where stretch = old.stretch;
end;

create trigger people_added after insert on people begin
    update stretch_counts set people = people + 1, suspended = suspended + (new.state = 2)
    where stretch = (
        select s.stretch from people_stretches s
        where s.account = new.account and (s.created, s.user_id) <= (new.created, new.user_id)
        order by s.created desc, s.user_id desc limit 1);
end;

create trigger people_removed after delete on people begin
    update stretch_counts set people = people - 1, suspended = suspended - (old.state = 2)
    where stretch = (
        select s.stretch from people_stretches s
        where s.account = old.account and (s.created, s.user_id) <= (old.created, old.user_id)
        order by s.created desc, s.user_id desc limit 1);
end;

create trigger people_suspended after update of state on people
when (old.state = 2) <> (new.state = 2) begin
    update stretch_counts set suspended = suspended + (new.state = 2) - (old.state = 2)
    where stretch = (
        select s.stretch from people_stretches s
        where s.account = new.account and (s.created, s.user_id) <= (new.created, new.user_id)
        order by s.created desc, s.user_id desc limit 1);
end;
