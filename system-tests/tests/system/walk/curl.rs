//! The walk as a newcomer pastes it, by the script of `clients/curl`, which walks both families.

use rollcall_system_tests::{RunningServer, Store, repository};

use crate::clients::run_foreign;

on_both_stores!(the_walk_by_curl);

async fn the_walk_by_curl(store: Store) {
    let server = RunningServer::start(store).await;
    let script = repository().join("system-tests/clients/curl/walk.sh");
    let said = run_foreign("bash", &[script.to_str().unwrap()], &server).await;
    for family in ["v1beta1", "v1"] {
        let last_step = format!("curl {family}: the same call is refused");
        assert!(said.lines().any(|line| line == last_step), "{family} was not walked:\n{said}");
    }
}
