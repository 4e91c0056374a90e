//! Vaults: whom they let in, what is kept in them, and under which keys.

use rollcall_directory::Fault;
use rollcall_directory::acting::Refusal;
use rollcall_directory::applications::shown::SecretsSeenBy;
use rollcall_directory::groups::Group;
use rollcall_directory::keys::RootKey;
use rollcall_directory::paging::At;
use rollcall_directory::sessions::SessionDigest;
use rollcall_directory::store::{Founding, MadeBy, Store};
use rollcall_directory::users::RemoveUser;
use rollcall_directory::vaults::shown::{ItemsOf, OneItem, OneVault, OwnVaults};
use rollcall_directory::vaults::{
    CreateVault, DeleteItem, DeleteVault, Field, FieldValue, HeldSecret, ItemText, Level, Place,
    RenameVault, RevealItem, SaveItem, SealedItem, ShareVault, Vault,
};
use rollcall_directory::world::{AccountId, ItemId, VaultId};

use crate::organisation::*;
use crate::sealed::beside;
use crate::signed_in::*;
use crate::stage::Stage;

on_both!(
    a_vault_is_made_shared_renamed_and_deleted,
    an_item_is_sealed_kept_revealed_and_deleted,
    a_writer_always_remains_while_they_are_there,
    a_suspension_ends_access_and_a_reactivation_does_not_revive_it,
    a_change_of_password_or_groups_leaves_access_alone,
    an_owner_takes_over_a_vault_that_nobody_may_write_to,
    a_saved_secret_must_be_the_live_one_and_who_reveals_it_has_seen_it,
    a_root_key_that_was_replaced_opens_the_vaults_no_more,
    items_come_in_pages,
    rows_that_hang_on_nothing_are_found,
);

pub(crate) fn vault_id(n: u8) -> VaultId {
    VaultId::from_bytes([n; 16])
}

pub(crate) fn item_id(n: u8) -> ItemId {
    ItemId::from_bytes([n; 16])
}

pub(crate) fn text(secret: &str) -> ItemText {
    let field = |label: &str, value: &str, concealed| Field {
        label: label.to_owned(),
        value: FieldValue::new(value.to_owned()),
        concealed,
    };
    ItemText {
        title: "A title that is nobody's business".to_owned(),
        fields: vec![field("Client ID", "an id", false), field("Client secret", secret, true)],
    }
}

pub(crate) fn create(store: &Store, account: AccountId, n: u8) -> CreateVault {
    let (vault, name) = (vault_id(n), format!("Vault {n}"));
    CreateVault { vault, name, key: store.new_vault_key(account, vault) }
}

fn seal(store: &Store, account: AccountId, vault: &Vault, n: u8, version: u32) -> SealedItem {
    let place = Place { account, vault: vault.id, item: item_id(n), version };
    store.seal_item(&vault.key, &place, &text("hush-hush")).unwrap()
}

pub(crate) async fn save(
    store: &Store,
    account: AccountId,
    session: SessionDigest,
    vault: &Vault,
    n: u8,
) -> Result<(), Refusal> {
    let sealed = seal(store, account, vault, n, 1);
    let act = SaveItem { vault: vault.id, item: item_id(n), over: 0, sealed, secret: None };
    by(store, account, session, act).await.map(|_| ())
}

async fn a_vault_is_made_shared_renamed_and_deleted(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let maker = sign_in(&store, org.account, user_id(3)).await;
    let reader = sign_in(&store, org.account, user_id(4)).await;
    let stranger = sign_in(&store, org.account, user_id(5)).await;
    let act = create(&store, org.account, 1);
    let vault = by(&store, org.account, maker, act.clone()).await.unwrap();
    let again = by(&store, org.account, maker, act).await;
    assert_eq!(again, Err(Refusal::Exists("vault")));
    let share = |user, level| ShareVault { vault: vault.id, user: user_id(user), level };
    by(&store, org.account, maker, share(4, Some(Level::Read))).await.unwrap();
    by(&store, org.account, maker, share(4, Some(Level::Read))).await.unwrap();
    save(&store, org.account, maker, &vault, 1).await.unwrap();
    let own = asks(&store, org.account, reader, OwnVaults).await.unwrap().answer;
    assert_eq!(own.len(), 1);
    assert_eq!((own[0].level, own[0].people, own[0].vault.items), (Level::Read, 2, 1));
    let one = OneVault { vault: vault.id };
    let shown = asks(&store, org.account, reader, one).await.unwrap().answer;
    let people: Vec<_> = shown.people.iter().map(|(user, level)| (user.id, *level)).collect();
    assert_eq!(people, [(user_id(3), Level::Write), (user_id(4), Level::Read)]);
    // Who was not let in learns nothing.
    let not_there = Err(Refusal::NoSuchVault);
    assert_eq!(asks(&store, org.account, stranger, one).await.map(|_| ()), not_there);
    assert!(asks(&store, org.account, stranger, OwnVaults).await.unwrap().answer.is_empty());
    let nobodys = OneVault { vault: vault_id(9) };
    assert_eq!(asks(&store, org.account, maker, nobodys).await.map(|_| ()), not_there);
    let rename = |name: &str| RenameVault { vault: vault.id, name: name.to_owned() };
    for (session, why) in [(reader, Refusal::VaultReadOnly), (stranger, Refusal::NoSuchVault)] {
        let refused = by(&store, org.account, session, rename("Other")).await;
        assert_eq!(refused, Err(why.clone()));
        let refused = by(&store, org.account, session, share(5, Some(Level::Write))).await;
        assert_eq!(refused, Err(why.clone()));
        let refused = save(&store, org.account, session, &vault, 2).await;
        assert_eq!(refused, Err(why.clone()));
        let delete = DeleteVault { vault: vault.id };
        assert_eq!(by(&store, org.account, session, delete).await, Err(why.clone()));
        let delete = DeleteItem { vault: vault.id, item: item_id(1) };
        assert_eq!(by(&store, org.account, session, delete).await, Err(why));
    }
    assert_eq!(by(&store, org.account, maker, rename("Other")).await.unwrap().version, 2);
    assert!(by(&store, org.account, maker, rename(" ")).await.is_err());
    // A reader may go by themselves.
    by(&store, org.account, reader, share(4, None)).await.unwrap();
    assert!(asks(&store, org.account, reader, OwnVaults).await.unwrap().answer.is_empty());
    by(&store, org.account, maker, DeleteVault { vault: vault.id }).await.unwrap();
    for table in ["vaults", "vault_access", "vault_items"] {
        let left = stage.texts(&format!("select vault_id from {table}")).await;
        assert!(left.is_empty(), "{table}: {left:?}");
    }
    verify(&store, org.account, None).await.unwrap();
}

async fn an_item_is_sealed_kept_revealed_and_deleted(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    let vault = by(&store, org.account, session, create(&store, org.account, 1)).await.unwrap();
    save(&store, org.account, session, &vault, 1).await.unwrap();
    let one = OneItem { vault: vault.id, item: item_id(1) };
    let shown = asks(&store, org.account, session, one).await.unwrap().answer;
    let place =
        |version| Place { account: org.account, vault: vault.id, item: item_id(1), version };
    let overview = store.open_overview(&shown.vault.key, &place(1), &shown.item.sealed).unwrap();
    assert_eq!(overview, text("hush-hush").overview());
    // Over the version that it was, once.
    let update = |over, version| SaveItem {
        vault: vault.id,
        item: item_id(1),
        over,
        sealed: seal(&store, org.account, &vault, 1, version),
        secret: None,
    };
    assert_eq!(by(&store, org.account, session, update(1, 2)).await.unwrap().version, 2);
    let late = by(&store, org.account, session, update(1, 2)).await.map(|_| ());
    assert_eq!(late, Err(Refusal::ChangedMeanwhile));
    let reveal = RevealItem { vault: vault.id, item: item_id(1) };
    let revealed = by(&store, org.account, session, reveal).await.unwrap();
    let opened = store.open_item(&revealed.vault.key, &place(2), &revealed.item.sealed).unwrap();
    assert_eq!(opened, text("hush-hush"));
    let elsewhere = store.open_item(&revealed.vault.key, &place(1), &revealed.item.sealed);
    assert!(matches!(elsewhere, Err(Fault::Inconsistent { .. })), "{elsewhere:?}");
    let kinds = stage.records(org.account).await;
    assert_eq!(kinds.last().unwrap(), "item_revealed");
    by(&store, org.account, session, DeleteItem { vault: vault.id, item: item_id(1) })
        .await
        .unwrap();
    let gone = by(&store, org.account, session, reveal).await.map(|_| ());
    assert_eq!(gone, Err(Refusal::NoSuchItem));
    assert_eq!(asks(&store, org.account, session, one).await.map(|_| ()), Err(Refusal::NoSuchItem));
}

async fn a_writer_always_remains_while_they_are_there(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let one = sign_in(&store, org.account, user_id(3)).await;
    let other = sign_in(&store, org.account, user_id(4)).await;
    by(&store, org.account, one, create(&store, org.account, 1)).await.unwrap();
    let share = |user, level| ShareVault { vault: vault_id(1), user: user_id(user), level };
    for level in [None, Some(Level::Read)] {
        let why = by(&store, org.account, one, share(3, level)).await;
        assert_eq!(why, Err(Refusal::NoWriterRemains));
    }
    by(&store, org.account, one, share(4, Some(Level::Write))).await.unwrap();
    // Both leave at once: one batch, and one of them stays.
    let held = stage.hold(org.account).await;
    let leave = |session, user| {
        let by = rollcall_directory::acting::Presented::Session(session);
        ask(&store, by, org.account, share(user, None))
    };
    let (first, second) = (leave(one, 3), leave(other, 4));
    held.let_go().await;
    let left = [first.await.unwrap(), second.await.unwrap()];
    assert_eq!(left.iter().filter(|answer| answer.is_ok()).count(), 1, "{left:?}");
    assert!(left.contains(&Err(Refusal::NoWriterRemains)));
}

async fn a_suspension_ends_access_and_a_reactivation_does_not_revive_it(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let maker = sign_in(&store, org.account, user_id(3)).await;
    by(&store, org.account, maker, create(&store, org.account, 1)).await.unwrap();
    let share = |user, level| ShareVault { vault: vault_id(1), user: user_id(user), level };
    by(&store, org.account, maker, share(4, Some(Level::Write))).await.unwrap();
    operator(&store, org.account, org.suspend(4)).await;
    let one = OneVault { vault: vault_id(1) };
    let people = || asks(&store, org.account, maker, one);
    assert_eq!(people().await.unwrap().answer.people.len(), 1);
    // The suspended one does not count as one who remains, nor is given anything.
    let why = by(&store, org.account, maker, share(3, None)).await;
    assert_eq!(why, Err(Refusal::NoWriterRemains));
    let why = by(&store, org.account, maker, share(4, Some(Level::Read))).await;
    assert_eq!(why, Err(Refusal::PersonSuspended(user_id(4))));
    operator(&store, org.account, org.reactivate(4)).await;
    let back = sign_in(&store, org.account, user_id(4)).await;
    assert!(asks(&store, org.account, back, OwnVaults).await.unwrap().answer.is_empty());
    let reveal = RevealItem { vault: vault_id(1), item: item_id(1) };
    let why = by(&store, org.account, back, reveal).await.map(|_| ());
    assert_eq!(why, Err(Refusal::NoSuchVault));
    assert_eq!(people().await.unwrap().answer.people.len(), 1);
    // Given again, it works again.
    by(&store, org.account, maker, share(4, Some(Level::Read))).await.unwrap();
    assert_eq!(asks(&store, org.account, back, OwnVaults).await.unwrap().answer.len(), 1);
}

async fn a_change_of_password_or_groups_leaves_access_alone(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let maker = sign_in(&store, org.account, user_id(3)).await;
    by(&store, org.account, maker, create(&store, org.account, 1)).await.unwrap();
    operator(&store, org.account, set_groups(3, in_group(Group::Security))).await;
    let again = sign_in(&store, org.account, user_id(3)).await;
    let own = asks(&store, org.account, again, OwnVaults).await.unwrap().answer;
    assert_eq!((own.len(), own[0].level), (1, Level::Write));
}

async fn an_owner_takes_over_a_vault_that_nobody_may_write_to(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let maker = sign_in(&store, org.account, user_id(3)).await;
    let reader = sign_in(&store, org.account, user_id(4)).await;
    let owner = sign_in(&store, org.account, user_id(1)).await;
    by(&store, org.account, maker, create(&store, org.account, 1)).await.unwrap();
    let share = |user, level| ShareVault { vault: vault_id(1), user: user_id(user), level };
    by(&store, org.account, maker, share(4, Some(Level::Read))).await.unwrap();
    let one = OneVault { vault: vault_id(1) };
    let not_there = Err(Refusal::NoSuchVault);
    assert_eq!(asks(&store, org.account, owner, one).await.map(|_| ()), not_there);
    assert_eq!(
        by(&store, org.account, owner, share(1, Some(Level::Write))).await,
        Err(Refusal::NoSuchVault)
    );
    operator(&store, org.account, RemoveUser { user: user_id(3), why: None }).await;
    let seen = asks(&store, org.account, owner, one).await.unwrap().answer;
    assert_eq!((seen.level, seen.people.len()), (None, 1));
    // Not by a reader, not for somebody else, not to read only.
    let why = by(&store, org.account, reader, share(4, Some(Level::Write))).await;
    assert_eq!(why, Err(Refusal::VaultReadOnly));
    for (user, level) in [(2, Level::Write), (1, Level::Read)] {
        let why = by(&store, org.account, owner, share(user, Some(level))).await;
        assert_eq!(why, Err(Refusal::NoSuchVault));
    }
    by(&store, org.account, owner, share(1, Some(Level::Write))).await.unwrap();
    let seen = asks(&store, org.account, owner, one).await.unwrap().answer;
    assert_eq!(seen.level, Some(Level::Write));
    let bodies = stage.texts("select body from audit where kind = 'vault_shared'").await;
    let taken = bodies.iter().filter(|body| body.contains("\"taken_over\":true")).count();
    assert_eq!(taken, 1, "{bodies:?}");
}

async fn a_saved_secret_must_be_the_live_one_and_who_reveals_it_has_seen_it(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let owner = sign_in(&store, org.account, user_id(1)).await;
    let reader = sign_in(&store, org.account, user_id(4)).await;
    let vault = by(&store, org.account, owner, create(&store, org.account, 1)).await.unwrap();
    let save = |digest| SaveItem {
        vault: vault.id,
        item: item_id(1),
        over: 0,
        sealed: seal(&store, org.account, &vault, 1, 1),
        secret: Some(HeldSecret { application: org.application, secret: org.secret_id, digest }),
    };
    let wrong = by(&store, org.account, owner, save(a_secret(99))).await.map(|_| ());
    assert_eq!(wrong, Err(Refusal::NoSuchSecret));
    by(&store, org.account, owner, save(org.secret)).await.unwrap();
    let level = Some(Level::Read);
    let share = ShareVault { vault: vault.id, user: user_id(4), level };
    by(&store, org.account, owner, share).await.unwrap();
    let seen = SecretsSeenBy { user: user_id(4) };
    assert!(asks(&store, org.account, owner, seen).await.unwrap().answer.is_empty());
    let reveal = RevealItem { vault: vault.id, item: item_id(1) };
    by(&store, org.account, reader, reveal).await.unwrap();
    let first = asks(&store, org.account, owner, seen).await.unwrap().answer;
    assert_eq!((first.len(), first[0].secret), (1, org.secret_id));
    stage.clock.advance(std::time::Duration::from_secs(60));
    by(&store, org.account, reader, reveal).await.unwrap();
    assert_eq!(asks(&store, org.account, owner, seen).await.unwrap().answer, first);
    // A later version without the secret is still one that held it.
    let update = SaveItem { over: 1, secret: None, ..save(org.secret) };
    let item = by(&store, org.account, owner, update).await.unwrap();
    assert_eq!(item.secret, Some((org.application, org.secret_id)));
}

async fn a_root_key_that_was_replaced_opens_the_vaults_no_more(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    let vault = by(&store, org.account, session, create(&store, org.account, 1)).await.unwrap();
    save(&store, org.account, session, &vault, 1).await.unwrap();
    let (old, new) = (RootKey::from_bytes([1; 32]), RootKey::from_bytes([2; 32]));
    beside(stage).await.rotate_root(&old, &new).await.unwrap();
    // Sealed before it knew.
    let why = by(&store, org.account, session, create(&store, org.account, 2)).await;
    assert_eq!(why, Err(Refusal::RootKeyReplaced));
    let one = OneItem { vault: vault.id, item: item_id(1) };
    let shown = asks(&store, org.account, session, one).await.unwrap().answer;
    let place = Place { account: org.account, vault: vault.id, item: item_id(1), version: 1 };
    let closed = store.open_overview(&shown.vault.key, &place, &shown.item.sealed);
    assert!(matches!(closed, Err(Fault::Unavailable(_))), "{closed:?}");
    store.reload_keys(|| vec![new.clone()]).await.unwrap();
    assert!(store.open_overview(&shown.vault.key, &place, &shown.item.sealed).is_ok());
    by(&store, org.account, session, create(&store, org.account, 2)).await.unwrap();
    store.close().await;
    // Opened again under the new root key, nothing is lost; under the old one it does not open.
    assert!(stage.try_open(&stage.founding()).await.is_err());
    let founding = Founding::fresh(new, MadeBy::Serve, &stage.world());
    let store = stage.try_open(&founding).await.unwrap();
    let revealed =
        by(&store, org.account, session, RevealItem { vault: vault.id, item: item_id(1) });
    let revealed = revealed.await.unwrap();
    let opened = store.open_item(&revealed.vault.key, &place, &revealed.item.sealed).unwrap();
    assert_eq!(opened, text("hush-hush"));
}

async fn rows_that_hang_on_nothing_are_found(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(1)).await;
    let vault = by(&store, org.account, session, create(&store, org.account, 1)).await.unwrap();
    save(&store, org.account, session, &vault, 1).await.unwrap();
    by(&store, org.account, session, register(7)).await.unwrap();
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    stage.raw("delete from vaults; delete from secrets where secret_id like '07%'").await;
    let found = store.integrity().await.unwrap();
    assert_eq!(found.len(), 3, "{found:?}");
    stage.raw("delete from users").await;
    let found = store.integrity().await.unwrap();
    assert!(found.iter().any(|line| line.starts_with("session of nobody")), "{found:?}");
}

async fn items_come_in_pages(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    let vault = by(&store, org.account, session, create(&store, org.account, 1)).await.unwrap();
    for n in 1..=5 {
        save(&store, org.account, session, &vault, n).await.unwrap();
    }
    let (mut seen, mut at) = (Vec::new(), Some(At::Start));
    let mut back = None;
    while let Some(here) = at {
        let question = ItemsOf { vault: vault.id, at: here, size: 2 };
        let page = asks(&store, org.account, session, question).await.unwrap().answer.items;
        seen.extend(page.rows.iter().map(|item| item.id));
        back = page.previous;
        at = page.next;
    }
    let mut ids: Vec<_> = (1..=5).map(item_id).collect();
    ids.sort_by_key(ToString::to_string);
    assert_eq!(seen, ids);
    let question = ItemsOf { vault: vault.id, at: back.unwrap(), size: 2 };
    let page = asks(&store, org.account, session, question).await.unwrap().answer.items;
    assert_eq!(page.rows.iter().map(|item| item.id).collect::<Vec<_>>(), ids[2..4]);
}
