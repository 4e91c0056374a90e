//! `rollcall admin account`: makes accounts, lists them, and changes their name, plan and
//! provisioning switch. In force on the next call.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rollcall_directory::accounts::{Account, CreateAccount, FoundAccount, Plan, SetAccount};
use rollcall_directory::links::{LinkDigest, Purpose};
use rollcall_directory::users::NewPerson;
use rollcall_directory::world::{AccountId, UserId, World};
use serde_json::{Value, json};

use super::error::allowed;
use super::new_link::{MadeLink, NewLink};
use super::people::{a_new_person, checked_address, checked_name};
use super::which_account::{some_accounts, the_account};
use super::{AdminError, Done, StoreArguments};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::shown::shown;

#[derive(Subcommand)]
pub enum Command {
    /// Make an account, and its first owner with it
    #[command(after_help = "\
The first owner sets their password by a one-time link, which works for 24 hours. Its address and
its code go to a new file that only you can read; hand it over in a way that nobody else sees.

Each run makes another account, also under the same name. With --id it is made once: where an
account of that id is there already, nothing is changed and the exit status is 1.

Exit status: 0 made, 1 refused or not possible, 2 wrong use.

Examples:
  rollcall admin account create --data ./data --name 'Example Ltd' \\
      --owner-email ann@example.com --owner-name 'Ann Arbor'
  rollcall admin account create --data ./data --name Test --plan other --json")]
    Create(Create),
    /// List the accounts, in the order of their ids
    #[command(after_help = "\
Exit status: 0 listed, 1 not possible, 2 wrong use.

Examples:
  rollcall admin account list --data ./data
  rollcall admin account list --data ./data --json")]
    List {
        #[command(flatten)]
        store: StoreArguments,
        /// Print JSON, one line for each account
        #[arg(long)]
        json: bool,
    },
    /// Change an account's name, plan or provisioning switch
    #[command(after_help = "\
What is so already is left as it is, and leaves no record. The plan `business` alone includes the
Users API; with provisioning on, people come from an identity provider and the Users API is closed.
Both are in force on the next call.

Exit status: 0 it is so now, 1 refused or not possible, 2 wrong use.

Examples:
  rollcall admin account set --data ./data --plan other
  rollcall admin account set --data ./data --account ACCOUNT --provisioning on --name 'New name'")]
    Set(Set),
}

#[derive(Args)]
pub struct Create {
    #[command(flatten)]
    store: StoreArguments,
    /// What the account is called, 1 to 200 characters
    #[arg(long)]
    name: String,
    /// Its plan; only `business` includes the Users API
    #[arg(long, value_name = "business|other", default_value = "business")]
    plan: Plan,
    /// Do people come from an identity provider? Then the Users API is closed
    #[arg(
        long,
        value_enum,
        hide_possible_values = true,
        value_name = "on|off",
        default_value = "off"
    )]
    provisioning: Switch,
    /// The address of its first owner
    #[arg(long, value_name = "EMAIL", requires = "owner_name", value_parser = checked_address)]
    owner_email: Option<String>,
    /// The name of its first owner
    #[arg(long, value_name = "NAME", requires = "owner_email", value_parser = checked_name)]
    owner_name: Option<String>,
    /// Where the owner's link is written [default: setup-link-ACCOUNT.txt, here]
    #[arg(long, value_name = "FILE", requires = "owner_email")]
    setup_link: Option<PathBuf>,
    /// The account's id, 26 characters of A-Z and 2-7 [default: a random one]
    #[arg(long, value_name = "ID")]
    id: Option<AccountId>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[group(skip)]
pub struct Set {
    #[command(flatten)]
    store: StoreArguments,
    /// Which account [default: the only one]
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    #[command(flatten)]
    to: SetTo,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[group(required = true, multiple = true)]
struct SetTo {
    /// Its new name, 1 to 200 characters
    #[arg(long)]
    name: Option<String>,
    /// Its new plan; only `business` includes the Users API
    #[arg(long, value_name = "business|other")]
    plan: Option<Plan>,
    /// Do people come from an identity provider? Then the Users API is closed
    #[arg(long, value_enum, hide_possible_values = true, value_name = "on|off")]
    provisioning: Option<Switch>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

pub async fn run(command: Command, printer: &Printer) -> Done {
    match command {
        Command::Create(create) => make(create, printer).await,
        Command::List { store, json } => list(&store, json, printer).await,
        Command::Set(set) => change(set, printer).await,
    }
}

async fn make(create: Create, printer: &Printer) -> Done {
    let world = World::system();
    let id = create.id.unwrap_or_else(|| AccountId::from_bytes(world.bytes()));
    let provisioning_automated = create.provisioning == Switch::On;
    let account =
        CreateAccount { id, name: create.name, plan: create.plan, provisioning_automated };
    let owner = create.owner_email.zip(create.owner_name);
    let owner = owner.map(|(email, name)| a_new_person(&world, email, name));
    let owner_id = owner.as_ref().map(|owner| owner.id);

    let file = create.setup_link.unwrap_or_else(|| format!("setup-link-{id}.txt").into());
    // Before the account: a file that cannot be written is told while nothing has happened.
    let new_link = owner_id.map(|_| NewLink::fresh(&create.store, id, Some(&file))).transpose()?;
    let setup = new_link.as_ref().map(NewLink::digest);
    let made = found(&create.store, id, account, owner, setup).await;
    if let (Err(_), Some(new_link)) = (&made, &new_link) {
        new_link.give_up();
    }
    let made = made?;
    let ends = made.created.plus(Purpose::Setup.life());
    let link = new_link.map(|new_link| new_link.made(Purpose::Setup, ends));

    let mut lost =
        format!("account {id} was made all the same: `rollcall admin account list` shows it");
    if let Some(link) = &link {
        lost.push_str(&format!("; {}", link.lost()));
    }
    if create.json {
        let link = link.as_ref().map(MadeLink::as_json);
        let more = json!({ "owner_id": owner_id, "setup_link": link });
        printer.once(&as_json(&made, more).to_string(), &lost);
        return Ok(ExitStatus::Done);
    }
    printer.once(&words(&made, owner_id), &lost);
    if let Some(link) = &link {
        printer.say(&format!("\n{}", link.words()));
    }
    printer.say(&match owner_id {
        Some(_) => format!(
            "\nNext: an application that may call the API, with\n  \
             rollcall admin application create --account {id} …"
        ),
        None => format!(
            "\nNext: its first owner, with\n  \
             rollcall admin people add --account {id} --email EMAIL --name NAME --group owners …"
        ),
    });
    Ok(ExitStatus::Done)
}

async fn found(
    store: &StoreArguments,
    id: AccountId,
    account: CreateAccount,
    owner: Option<NewPerson>,
    setup: Option<LinkDigest>,
) -> Result<Account, AdminError> {
    let store = store.administer().await?;
    let made = match owner {
        Some(owner) => store.act(id, FoundAccount { account, owner, setup }).await,
        None => store.act(id, account).await,
    };
    store.close().await;
    allowed(made?)
}

async fn list(store: &StoreArguments, json: bool, printer: &Printer) -> Done {
    let store = store.inspect().await?;
    let mut after = None;
    loop {
        let (page, next) = some_accounts(&store, after).await?;
        let line = |account: &Account| match json {
            true => as_json(account, json!({})).to_string(),
            false => format!(
                "{}  {:<8}  provisioning {:<3}  {}",
                account.id,
                account.plan,
                switch(account),
                shown(&account.name)
            ),
        };
        let lines: Vec<String> = page.iter().map(line).collect();
        if !lines.is_empty() {
            printer.data(&lines.join("\n"));
        }
        after = next;
        if after.is_none() {
            return Ok(ExitStatus::Done);
        }
    }
}

async fn change(set: Set, printer: &Printer) -> Done {
    let before = the_account(&set.store.inspect().await?, set.account).await?;
    let act = SetAccount {
        name: set.to.name,
        plan: set.to.plan,
        provisioning_automated: set.to.provisioning.map(|to| to == Switch::On),
    };
    let store = set.store.administer().await?;
    let after = allowed(store.act(before.id, act).await?)?;
    store.close().await;
    let same = |a: &Account, b: &Account| {
        (&a.name, a.plan, a.provisioning_automated) == (&b.name, b.plan, b.provisioning_automated)
    };
    let changed = !same(&before, &after);
    if set.json {
        printer.data(&as_json(&after, json!({ "changed": changed })).to_string());
    } else {
        printer.data(&words(&after, None));
        printer.say(if changed {
            "\nIn force from the next call on."
        } else {
            "\nIt was so already."
        });
    }
    Ok(ExitStatus::Done)
}

const fn switch(account: &Account) -> &'static str {
    if account.provisioning_automated { "on" } else { "off" }
}

fn words(account: &Account, owner: Option<UserId>) -> String {
    let mut text = format!(
        "account       {}\nname          {}\nplan          {}\nprovisioning  {}",
        account.id,
        shown(&account.name),
        account.plan,
        switch(account)
    );
    if let Some(owner) = owner {
        text.push_str(&format!("\nowner         {owner}"));
    }
    text
}

/// Fields are only ever added.
fn as_json(account: &Account, mut more: Value) -> Value {
    let mut all = json!({
        "account_id": account.id,
        "name": account.name,
        "plan": account.plan.as_str(),
        "provisioning_automated": account.provisioning_automated,
        "create_time": account.created.rfc3339_seconds(),
    });
    if let (Some(all), Some(more)) = (all.as_object_mut(), more.as_object_mut()) {
        all.append(more);
    }
    all
}
