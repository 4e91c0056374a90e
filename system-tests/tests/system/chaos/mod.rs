//! A cluster of real machines' programs, two nodes, clients that write down what they were told, and
//! everything that happens to machines. The tests run the short form: a primary killed, a primary
//! that comes back from the past, a node killed. `cargo xtask chaos --minutes 30` is the long one,
//! with every fault there is.

mod caller;
mod checks;
mod cluster;
mod faults;
mod history;
mod history_tests;
mod load;
mod machines;
mod nodes;
mod process;
mod proxy;
mod record;
mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rollcall_directory::world::World;

use checks::{Books, LATE};
use cluster::{Cluster, PATIENCE};
use faults::{Fault, Ground, shuffled};
use load::{CLIENTS, Scene};
use machines::Disks;
use nodes::{NAMES, NODES, Nodes};
use report::{Service, Survived};

const ACCOUNTS: usize = 2;
const MEMBERS: usize = 10;
/// Of load before the first fault and after the last.
const CALM: Duration = Duration::from_secs(4);

struct Plan {
    seed: u64,
    /// Until no new fault is begun; nothing: each of `faults` once.
    minutes: Option<u64>,
    faults: Vec<Fault>,
}

impl Plan {
    fn from_environment() -> Self {
        let number = |name: &str| {
            let text = std::env::var(name).ok()?;
            Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
        };
        let seed = number("ROLLCALL_CHAOS_SEED")
            .unwrap_or_else(|| u64::from_le_bytes(World::system().bytes()) % 1_000_000_000);
        let minutes = number("ROLLCALL_CHAOS_MINUTES");
        let names = |name: &str| {
            let text = std::env::var(name).unwrap_or_default();
            let names: Vec<String> = text.split(',').map(str::to_owned).collect();
            names
                .iter()
                .filter(|name| !name.is_empty())
                .map(|name| fault_of(name))
                .collect::<Vec<_>>()
        };
        let (only, without) = (names("ROLLCALL_CHAOS_ONLY"), names("ROLLCALL_CHAOS_WITHOUT"));
        let faults = match (only.is_empty(), minutes) {
            (false, _) => only,
            (true, Some(_)) => Fault::ALL.to_vec(),
            (true, None) => vec![Fault::KillPrimary, Fault::PausePrimary, Fault::KillNode],
        };
        let faults = faults.into_iter().filter(|fault| !without.contains(fault)).collect();
        Self { seed, minutes, faults }
    }
}

fn fault_of(name: &str) -> Fault {
    let found = Fault::ALL.into_iter().find(|fault| fault.name() == name);
    found.unwrap_or_else(|| {
        let names: Vec<&str> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        panic!("{name} is no fault; there are {}", names.join(", "))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn machines_are_lost_and_nothing_that_was_acknowledged() {
    let plan = Plan::from_environment();
    let minutes = plan.minutes.unwrap_or_default();
    println!(
        "seed {}: `cargo xtask chaos --minutes {minutes} --seed {}` repeats its faults",
        plan.seed, plan.seed
    );
    let has_full_disk = plan.faults.contains(&Fault::FullDisk);
    let disks = if has_full_disk { Disks::Own } else { Disks::Folders };
    let logs = std::env::var_os("ROLLCALL_TEST_LOGS").map(PathBuf::from);
    let began = Instant::now();
    let mut ground = ready(Cluster::start(disks, logs).await).await;
    println!("ready after {:.1} s", began.elapsed().as_secs_f64());
    let clients = load::start(&ground.scene, plan.seed);
    let mut books = Books::open(&ground.scene);
    let survived = play(&plan, &mut ground, &mut books).await;
    let took = ground.scene.witness.now();
    ground.scene.all_stop();
    clients.join_all().await;
    is_settled(&ground).await;
    note(&ground, books.look_at_the_end(&ground).await);
    ground.scene.witness.with(|record| {
        report::print(plan.seed, took, &survived, record);
        if let Some(file) = std::env::var_os("ROLLCALL_CHAOS_REPORT") {
            let json = report::as_json(plan.seed, took, &survived, record);
            std::fs::write(file, json.to_string()).expect("the report can be written");
        }
        assert!(record.violations.is_empty(), "{:#?}", record.violations);
        for (node, acknowledged) in record.acknowledged.iter().enumerate() {
            assert!(acknowledged.len() > 100, "node {} did next to nothing", NAMES[node]);
        }
        let count = |what: &str| record.counts.get(what).copied().unwrap_or_default();
        assert!(count("revocations") > 10 && count("tries of a dead token") > 10);
    });
}

async fn ready(cluster: Cluster) -> Ground {
    let address = cluster.address_of_the_machine("postgres");
    let (client, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls)
        .await
        .expect("the cluster answers");
    tokio::spawn(connection);
    client.batch_execute("create database rollcall").await.unwrap();
    let nodes = Nodes::start(&cluster).await;
    let mut accounts = Vec::new();
    for n in 0..ACCOUNTS {
        accounts.push(nodes.account(&format!("account{n}"), MEMBERS, CLIENTS).await);
    }
    let urls = (0..NODES).map(|n| nodes.url(n)).collect();
    Ground { nodes, cluster, scene: Scene::new(accounts, urls) }
}

/// The faults one after the other.
async fn play(plan: &Plan, ground: &mut Ground, books: &mut Books) -> Vec<Survived> {
    let mut chance = ChaCha20Rng::seed_from_u64(plan.seed);
    let until = plan.minutes.map(|minutes| Duration::from_secs(60 * minutes));
    let (began, mut survived) = (Instant::now(), Vec::new());
    tokio::time::sleep(CALM).await;
    'all: loop {
        let order = match until {
            None => plan.faults.clone(),
            Some(_) => shuffled(&plan.faults, &mut chance),
        };
        for fault in order {
            if until.is_some_and(|until| began.elapsed() >= until) {
                break 'all;
            }
            match survive(fault, ground, &mut chance, books).await {
                Ok(one) => {
                    println!("{}", one.line());
                    survived.push(one);
                }
                Err(why) => {
                    let why = format!("{} was not survived: {why}", fault.name());
                    ground.scene.witness.with(|record| record.violation(why));
                    break 'all;
                }
            }
        }
        if until.is_none() {
            break;
        }
    }
    tokio::time::sleep(CALM).await;
    survived
}

/// Waits until whatever was asked and not answered has happened or never will.
async fn is_settled(ground: &Ground) {
    let last = ground
        .scene
        .witness
        .with(|record| record.registers.values().flatten().filter_map(|event| event.gave_up).max());
    let late = last.map_or(0, |last| last + LATE.as_micros() as u64 + 1_000_000);
    let wait = late.saturating_sub(ground.scene.witness.now());
    tokio::time::sleep(Duration::from_micros(wait)).await;
}

async fn survive(
    fault: Fault,
    ground: &mut Ground,
    chance: &mut ChaCha20Rng,
    books: &mut Books,
) -> Result<Survived, String> {
    let witness = |ground: &Ground| ground.scene.witness.now();
    let violations = |ground: &Ground| ground.scene.witness.with(|record| record.violations.len());
    let (at, before) = (witness(ground), violations(ground));
    let words = ground.strike(fault, chance).await?;
    ground.cluster.is_whole().await?;
    each_node_serves(ground, witness(ground)).await?;
    let whole = witness(ground);
    let found = books.look(ground).await;
    note(ground, found);
    let service = ground
        .scene
        .witness
        .with(|record| [0, 1].map(|n: usize| Service::of(&record.acknowledged[n], at, whole)));
    let violations = violations(ground) - before;
    Ok(Survived { fault, words, at, whole, service, violations })
}

/// Waits until each of them has acknowledged an act that was asked after this moment.
async fn each_node_serves(ground: &Ground, since: u64) -> Result<(), String> {
    let began = Instant::now();
    loop {
        let idle: Vec<&str> = ground.scene.witness.with(|record| {
            let serves =
                |n: &usize| record.acknowledged[*n].iter().any(|(asked, _)| *asked > since);
            (0..NODES).filter(|n| !serves(n)).map(|n| NAMES[n]).collect()
        });
        if idle.is_empty() {
            return Ok(());
        }
        if began.elapsed() >= PATIENCE {
            return Err(format!(
                "node {} acknowledges nothing, though the cluster is whole",
                idle.join(" and ")
            ));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn note(ground: &Ground, found: Vec<String>) {
    let scene: &Arc<Scene> = &ground.scene;
    scene.witness.with(|record| found.into_iter().for_each(|what| record.violation(what)));
}
