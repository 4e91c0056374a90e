//! A run of a thousand by the engine in this process, with its journal and without, in turn.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use rollcall_contain::apply::{End, Halt, Options, Surroundings, apply, apply_unrecorded};
use rollcall_contain::plan::{Finding, Line, Making, Person, Plan};
use rollcall_contain::run_folder::Runs;
use rollcall_sdk::{Act, Client, Credentials, Filter, Page, Product};
use tokio::sync::watch;

use super::{ADDRESSES, AT_ONCE};
use crate::server::Server;

/// Seconds of each round: with the journal, and without.
pub(super) fn measure(
    server: &Server,
    folder: &Path,
    rounds: usize,
) -> Result<(Vec<f64>, Vec<f64>)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = client(server)?;
        let people = people(&client).await?;
        let (mut recorded, mut unrecorded) = (Vec::new(), Vec::new());
        for round in 0..=rounds {
            let suspend = plan(&client, Act::Suspend, &people);
            let reactivate = plan(&client, Act::Reactivate, &people);
            let runs = Runs::new(folder.join(format!("runs-{round}")));
            let (mut with, mut without) = (0.0, 0.0);
            // In turn, and in the next round the other one first.
            for turn in 0..2 {
                if (round + turn) % 2 == 0 {
                    with = with_journal(&runs, &suspend, &client).await?;
                } else {
                    without = without_journal(&suspend, &client).await?;
                }
                without_journal(&reactivate, &client).await?;
            }
            // The first warms up.
            if round > 0 {
                recorded.push(with);
                unrecorded.push(without);
            }
        }
        Ok((recorded, unrecorded))
    })
}

async fn with_journal(runs: &Runs, plan: &Plan, client: &Client) -> Result<f64> {
    let run = runs.make(plan)?;
    let began = Instant::now();
    let end = apply(&run, plan, client, &options()?, surroundings()).await?;
    let took = began.elapsed();
    ensure!(end == End::Finished, "a run ended early: {end:?}");
    ensure!(run.progress(plan)?.is_finished(), "a journal is not whole");
    Ok(took.as_secs_f64())
}

async fn without_journal(plan: &Plan, client: &Client) -> Result<f64> {
    let began = Instant::now();
    let end = apply_unrecorded(plan, client, &options()?, surroundings()).await?;
    ensure!(end == End::Finished, "a run ended early: {end:?}");
    Ok(began.elapsed().as_secs_f64())
}

fn client(server: &Server) -> Result<Client> {
    let credentials = Credentials::new(server.told("client_id")?, server.told("client_secret")?);
    let product = Product::new("Rollcall-bench", env!("CARGO_PKG_VERSION"))?;
    let (url, account) = (server.told("base_url")?, server.told("account_id")?);
    Ok(Client::builder(url, account, credentials, product).build()?)
}

/// Beyond the first, who are special; nobody who is suspended.
async fn people(client: &Client) -> Result<Vec<Person>> {
    let listing = client.list(Filter::Active);
    let first: Page = listing.page(None).await?;
    let token = first.next_page_token.context("one page has everybody")?;
    let second = listing.page(Some(&token)).await?;
    let people: Vec<Person> = second.results.iter().map(Person::of).take(ADDRESSES).collect();
    ensure!(people.len() == ADDRESSES, "too few people");
    Ok(people)
}

fn plan(client: &Client, act: Act, people: &[Person]) -> Plan {
    let lines = (1..).zip(people).map(|(number, person)| Line {
        number,
        given: person.id.clone(),
        finding: Finding::ToDo { person: person.clone() },
    });
    Plan::new(Making {
        act,
        made_at: Timestamp::UNIX_EPOCH,
        base_url: client.base_url().to_owned(),
        account: client.account().to_owned(),
        reason: "bench".to_owned(),
        ticket: None,
        undoes: None,
        lines: lines.collect(),
    })
}

fn options() -> Result<Options> {
    let at_once = NonZeroUsize::new(AT_ONCE).context("some at once")?;
    Ok(Options { at_once, ..Options::default() })
}

fn surroundings() -> Surroundings<'static> {
    // The sender may go: nobody says stop.
    let (_, halt) = watch::channel(Halt::GoOn);
    Surroundings { clock: Arc::new(|| Timestamp::UNIX_EPOCH), halt, events: &|_| {} }
}
