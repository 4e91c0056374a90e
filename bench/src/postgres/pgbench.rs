//! The floor: `pgbench` with prepared statements, as many clients and the same durability, on a table
//! like that of people. Nothing is proved there and nothing recorded.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::Cluster;
use crate::machine::{Watch, childrens_seconds, family_seconds};
use crate::report::Disturbance;
use crate::shot::{Shot, Spread};

/// People who are changed: as many as ours.
const TURNED: usize = 4_000;

/// Written from the table of people, with ids that pgbench can make out of a number.
const TABLE: &str = "create schema floor;
    create table floor.users (like public.users including all) with (fillfactor = 80);
    insert into floor.users
    select 'A', n, lpad(n::text, 26, '0'), n || email, n || email_key, display_name, 1, false,
           administrator, security, externally_managed, epoch, suspensions
    from (select u.*, row_number() over (order by created, user_id) n from public.users u) u;";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Floor {
    Update,
    Get,
    Page,
}

impl Floor {
    fn script(self, users: usize) -> String {
        let columns = "user_id, email, display_name, state, owner, administrator, security, \
                       externally_managed, created, epoch, suspensions";
        match self {
            Self::Update => format!(
                "\\set n {} * random(1, {TURNED})\nupdate floor.users set state = 3 - state, epoch = epoch + 1 where account_id = 'A' and user_id = lpad(:n::text, 26, '0');\n",
                users / TURNED
            ),
            Self::Get => format!(
                "\\set n random(1, {users})\nselect {columns} from floor.users where account_id = 'A' and user_id = lpad(:n::text, 26, '0');\n"
            ),
            Self::Page => format!(
                "\\set n random(1, {users} - 30)\nselect {columns} from floor.users where account_id = 'A' and (created, user_id) > (:n, '') and state <> 3 order by created, user_id limit 26;\n"
            ),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Reached {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Of the nodes and the database; not of who calls.
    pub(crate) cpu_micros: f64,
}

impl Reached {
    pub(crate) fn of(shot: &Shot) -> Self {
        Self {
            per_second: shot.per_second(),
            p50_ms: shot.percentile_ms(0, 50),
            p99_ms: shot.percentile_ms(0, 99),
            cpu_micros: shot.server_cpu_micros_per_call(),
        }
    }

    pub(crate) fn spread(all: &[Self], value: fn(&Self) -> f64) -> Spread {
        Spread::of(all.iter().map(value))
    }
}

/// The table that the floor reads and changes.
pub(crate) fn make_table(cluster: &Cluster) -> Result<()> {
    cluster.sql(TABLE)?;
    cluster.sql("vacuum analyze")?;
    Ok(())
}

pub(crate) fn shoot(
    cluster: &Cluster,
    floor: Floor,
    (clients, seconds, users): (usize, u64, usize),
    noise: &mut Disturbance,
) -> Result<Reached> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("script"), floor.script(users))?;
    let mut reached = None;
    noise.shoot(|| {
        let processes = [cluster.id()];
        let (watch, before) = (Watch::start(&processes)?, childrens_seconds());
        let began = std::time::Instant::now();
        let cpu = family_seconds(cluster.id());
        let (mut found, calls) = pgbench(cluster, folder.path(), clients, seconds)?;
        found.cpu_micros = (family_seconds(cluster.id()) - cpu) * 1e6 / calls;
        reached = Some(found);
        let took = began.elapsed().as_secs_f64();
        let used = childrens_seconds() - before;
        let mut seen = watch.end(&processes, took)?;
        // It is not one of the watched processes, for it is gone by now.
        seen.foreign = (seen.foreign - used / took).max(0.0);
        Ok(Shot::noise_alone(seen))
    })?;
    reached.context("pgbench was not run")
}

/// And how many transactions that were.
fn pgbench(
    cluster: &Cluster,
    folder: &Path,
    clients: usize,
    seconds: u64,
) -> Result<(Reached, f64)> {
    for entry in std::fs::read_dir(folder)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("log.") {
            std::fs::remove_file(entry.path())?;
        }
    }
    let threads = clients.min(2).to_string();
    let output = cluster
        .program("pgbench")
        .args(["-n", "-M", "prepared", "-c", &clients.to_string(), "-j", &threads])
        .args(["-T", &seconds.to_string(), "-f"])
        .arg(folder.join("script"))
        // A part of them, so that writing it down costs little.
        .args(["-l", "--sampling-rate=0.25", "--log-prefix"])
        .arg(folder.join("log"))
        .output()
        .context("pgbench")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let number = |name: &str| {
        let said = said.lines().find_map(|line| line.strip_prefix(name)?.split(['/', ' ']).next());
        said.and_then(|number| number.parse::<f64>().ok())
            .with_context(|| format!("pgbench does not say {name}"))
    };
    let mut micros = Vec::new();
    for entry in std::fs::read_dir(folder)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("log.") {
            let text = std::fs::read_to_string(entry.path())?;
            let third = |line: &str| line.split_whitespace().nth(2)?.parse::<u32>().ok();
            micros.extend(text.lines().filter_map(third));
        }
    }
    micros.sort_unstable();
    let percentile = |percent: usize| {
        let at = micros.len().saturating_sub(1) * percent / 100;
        micros.get(at).map(|micros| f64::from(*micros) / 1e3)
    };
    let reached = Reached {
        per_second: number("tps = ")?,
        cpu_micros: 0.0,
        p50_ms: percentile(50).context("pgbench logged nothing")?,
        p99_ms: percentile(99).context("pgbench logged nothing")?,
    };
    Ok((reached, number("number of transactions actually processed: ")?))
}
