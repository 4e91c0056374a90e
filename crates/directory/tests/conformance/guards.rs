//! A change is written only over the version that it was decided on. Nobody gets between an act's
//! look and its write while the account is locked; so a trigger does it here, or a second
//! connection from within the decision, and the write must notice.

use std::sync::Arc;

use rollcall_directory::Fault;
use rollcall_directory::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Presented};
use rollcall_directory::applications::{EditApplication, Scope, Scopes};
use rollcall_directory::store::Store;

use crate::organisation::*;
use crate::stage::{Database, Stage};

on_both!(
    a_person_is_written_over_the_epoch_that_was_loaded,
    an_application_is_written_over_the_version_that_was_loaded
);

/// Decides as the act within does, after somebody else has changed the row that it saw.
struct Meddled<A> {
    act: A,
    meddle: Arc<dyn Fn() + Send + Sync>,
}

impl<A: Act> Act for Meddled<A> {
    const NAME: &'static str = A::NAME;
    type Done = A::Done;

    fn demand(&self) -> Demand {
        self.act.demand()
    }

    fn needs(&self, needs: &mut Needs) {
        self.act.needs(needs);
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<A::Done> {
        (self.meddle)();
        self.act.decide(by, facts, given)
    }
}

/// What the act is answered when `sql` runs between its look and its write.
async fn meddled<A: Act>(
    stage: &Stage,
    store: &Store,
    org: &Organisation,
    act: A,
    sql: &'static str,
) -> Answer<A::Done> {
    match &stage.database {
        Database::Sqlite(_) => {
            // Who are shown there as users.
            let sql = sql.replace("users", "people");
            let trigger =
                format!("create trigger meddle after update on accounts begin {sql}; end");
            stage.raw(&trigger).await;
            let answer = store.act(Presented::Operator, org.account, act).await;
            stage.raw("drop trigger meddle").await;
            answer
        }
        Database::Postgres(database) => {
            let address = database.address();
            let meddle = Arc::new(move || {
                let address = address.clone();
                let meddling = std::thread::spawn(move || {
                    let runtime =
                        tokio::runtime::Builder::new_current_thread().enable_all().build();
                    runtime.unwrap().block_on(async {
                        let connecting = tokio_postgres::connect(&address, tokio_postgres::NoTls);
                        let (db, connection) = connecting.await.unwrap();
                        tokio::spawn(connection);
                        db.batch_execute(sql).await.unwrap();
                    });
                });
                meddling.join().unwrap();
            });
            store.act(Presented::Operator, org.account, Meddled { act, meddle }).await
        }
    }
}

async fn a_person_is_written_over_the_epoch_that_was_loaded(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let before = head(&store, org.account).await;
    let sql = "update users set epoch = epoch + 1";
    let suspended = meddled(stage, &store, &org, org.suspend(3), sql).await;
    assert!(
        matches!(suspended, Err(Fault::Inconsistent { table: "users", column: "epoch", .. })),
        "{suspended:?}"
    );
    let groups = meddled(stage, &store, &org, set_groups(3, owners()), sql).await;
    assert!(matches!(groups, Err(Fault::Inconsistent { table: "users", .. })), "{groups:?}");
    let found = stored_user(&store, org.account, user_id(3)).await.unwrap();
    assert!(!found.is_suspended() && !found.groups.owner);
    assert_eq!(head(&store, org.account).await, before, "no record without its act");
    assert!(operator(&store, org.account, org.suspend(3)).await.is_suspended());
}

async fn an_application_is_written_over_the_version_that_was_loaded(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let before = head(&store, org.account).await;
    let sql = "update applications set version = version + 1";
    let act = EditApplication::scopes(org.application, Scopes::of(&[Scope::GetUser]));
    let edited = meddled(stage, &store, &org, act, sql).await;
    let delete = rollcall_directory::applications::DeleteApplication { id: org.application };
    let deleted = meddled(stage, &store, &org, delete, sql).await;
    for fault in [edited.map(|_| ()), deleted.map(|_| ())] {
        let Err(Fault::Inconsistent { table, column, .. }) = fault else { panic!("{fault:?}") };
        assert_eq!((table, column), ("applications", "version"));
    }
    let found = stored_application(&store, org.account, org.application).await.unwrap();
    assert_eq!(found.scopes, Scopes::ALL);
    assert_eq!(head(&store, org.account).await, before, "no record without its act");
    assert!(issue(&store, org.application, org.secret).await.is_ok());
}
