//! A rule that panics (a bug of ours) takes nobody with it: its own act is told that its outcome is
//! not known, nothing of it is stored, and the next act of the same account goes through.

use super::a_place::{ACCOUNT, a_database, founding};
use crate::Fault;
use crate::accounts::{CreateAccount, Plan, SetAccount};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Presented};
use crate::audit::HeadOf;
use crate::store::postgres;
use crate::store::{Store, sqlite};
use crate::world::World;

struct Panics;

impl Act for Panics {
    const NAME: &'static str = "panics";
    type Done = ();

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn decide(&self, _by: &Caller, _facts: &Facts, _given: &Given) -> Decision<()> {
        panic!("a bug in a rule");
    }
}

async fn others_go_on(store: &Store) {
    let name = "Account".to_owned();
    let account =
        CreateAccount { id: ACCOUNT, name, plan: Plan::Business, provisioning_automated: false };
    store.act(Presented::Operator, ACCOUNT, account).await.unwrap().unwrap();
    for _ in 0..3 {
        let told = store.act(Presented::Operator, ACCOUNT, Panics).await;
        assert!(matches!(told, Err(Fault::OutcomeUnknown(_))), "{told:?}");
    }
    let change = SetAccount { name: None, plan: Some(Plan::Other), provisioning_automated: None };
    let done = store.act(Presented::Operator, ACCOUNT, change).await.unwrap().unwrap();
    assert_eq!(done.plan, Plan::Other);
    let head = store.read(&HeadOf { account: ACCOUNT }).await.unwrap().unwrap();
    assert_eq!(head.seq, 2, "made and changed, and nothing of what panicked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_stops_nobody_else_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let place = sqlite::Place::new(folder.path());
    others_go_on(&sqlite::open(&place, &founding(), World::system()).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_stops_nobody_else_on_postgres() {
    let address = a_database().await;
    others_go_on(&postgres::open(&address, &founding(), World::system()).await.unwrap()).await;
}
