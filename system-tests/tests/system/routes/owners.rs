//! An active owner remains, whoever is suspended through however many nodes at once. The rule on
//! one process, thousands of times, is tested in the directory; here it is two servers, by HTTP.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use rollcall_directory::groups::Groups;
use rollcall_directory::users::{AddUser, NewPerson, State};
use rollcall_directory::world::UserId;
use rollcall_system_tests::{Beside, TwoNodes};

const ROUNDS: usize = 60;
/// With the one that every organisation begins with.
const OWNERS: usize = 4;

async fn another_owner(beside: &Beside, n: usize) {
    let world = beside.store.world();
    let person = NewPerson {
        id: UserId::from_bytes(world.bytes()),
        email: format!("owner.{n}@example.com"),
        display_name: format!("Owner {n}"),
        state: State::Active,
        groups: Groups { owner: true, ..Groups::default() },
        externally_managed: false,
        created: world.now(),
    };
    beside.act(AddUser { person }).await;
}

#[tokio::test]
async fn of_owners_suspended_through_two_nodes_at_once_one_remains() {
    let nodes = TwoNodes::start().await;
    let beside = nodes.first.beside().await;
    for n in 1..OWNERS {
        another_owner(&beside, n).await;
    }
    let apis = nodes.apis();
    // The other member takes no part.
    let token = apis[0].token().await;
    let all = apis[1].list_all(&token, "").await;
    let ids = all.iter().map(|user| user["id"].as_str().unwrap().to_owned());
    let owners: Vec<String> = ids.filter(|id| *id != nodes.first.member).collect();
    assert_eq!(owners.len(), OWNERS);
    let mut remained = BTreeSet::new();
    for round in 0..ROUNDS {
        let calls = owners.iter().enumerate().map(|(n, owner)| {
            let (api, token) = (&apis[(n + round) % 2], &token);
            async move { (owner, api.suspend(token, owner).await) }
        });
        let answers = join_all(calls).await;
        let (done, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|(_, answer)| answer.status == 200);
        assert_eq!((done.len(), refused.len()), (OWNERS - 1, 1), "round {round}");
        let (left, answer) = &refused[0];
        answer.refuses(403, 7, "no_owner_remain");
        // Each node shows the same: it is active, and all others are not.
        for api in &apis {
            let active = api.list_all(&token, "filter=user.isActive()").await;
            let active: BTreeSet<&str> =
                active.iter().map(|user| user["id"].as_str().unwrap()).collect();
            let expected = BTreeSet::from([left.as_str(), nodes.first.member.as_str()]);
            assert_eq!(active, expected, "round {round}");
        }
        remained.insert((*left).clone());
        for (n, (owner, _)) in done.iter().enumerate() {
            assert_eq!(apis[n % 2].reactivate(&token, owner).await.status, 200);
        }
    }
    println!(
        "{} of {OWNERS} owners were the one that remained, in {ROUNDS} rounds",
        remained.len()
    );
    let verified = nodes.first.ground.admin(&["audit", "verify"], &[]).run().await;
    verified.well();
}
