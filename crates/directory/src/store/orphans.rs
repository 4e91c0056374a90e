//! Rows that hang on nothing. Neither database is told of the references between tables, since the
//! loop keeps them; here it is looked at whether it did. One text for both databases.

/// At most a hundred lines that say what was found.
pub(super) const ORPHANS: &str = "
    select 'user without an account: ' || user_id from users x
      where not exists (select 1 from accounts a where a.account_id = x.account_id)
    union all
    select 'secret without an application: ' || secret_id from secrets x
      where not exists (select 1 from applications p where p.account_id = x.account_id
                        and p.application_id = x.application_id)
    union all
    select 'password of nobody: ' || user_id from passwords x
      where not exists (select 1 from users u where u.account_id = x.account_id
                        and u.user_id = x.user_id)
    union all
    select 'session of nobody: ' || user_id from sessions x
      where not exists (select 1 from users u where u.account_id = x.account_id
                        and u.user_id = x.user_id)
    union all
    select 'link of nobody: ' || user_id from links x
      where not exists (select 1 from users u where u.account_id = x.account_id
                        and u.user_id = x.user_id)
    union all
    select 'a secret that is not there was seen: ' || secret_id from secrets_seen x
      where not exists (select 1 from secrets s where s.account_id = x.account_id
                        and s.application_id = x.application_id and s.secret_id = x.secret_id)
    union all
    select 'access to a vault that is not there: ' || vault_id from vault_access x
      where not exists (select 1 from vaults v where v.account_id = x.account_id
                        and v.vault_id = x.vault_id)
    union all
    select 'access to a vault of nobody: ' || user_id from vault_access x
      where not exists (select 1 from users u where u.account_id = x.account_id
                        and u.user_id = x.user_id)
    union all
    select 'item of a vault that is not there: ' || item_id from vault_items x
      where not exists (select 1 from vaults v where v.account_id = x.account_id
                        and v.vault_id = x.vault_id)
    limit 100";
