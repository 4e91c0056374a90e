//! `rollcall admin keys`: the keys that sign tokens, and the root key that they are sealed under.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};
use rollcall_directory::keys::{KeyRing, RootKey};
use rollcall_directory::store::{Administration, KeysFault, LOOK_EVERY, MacKeys};
use rollcall_directory::world::World;
use rollcall_settings::RootKeyTold;
use serde_json::json;
use zeroize::Zeroizing;

use super::{AdminError, Done, StoreArguments, private_file};
use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::root_key;

#[derive(Subcommand)]
pub enum Command {
    /// Print which keys there are, and which one signs
    #[command(after_help = "\
Exit status: 0 listed, 1 it could not be, 2 wrong use.

Example:
  rollcall admin keys list --config rollcall.toml --json")]
    List {
        #[command(flatten)]
        store: StoreArguments,
        /// Print JSON, one line for each key
        #[arg(long)]
        json: bool,
    },
    /// Add a key that signs, beside the one before it
    #[command(after_help = "\
No call fails: the new key signs when every process has had the time to learn of it, and what the
one before it signed goes on. A third key is refused while the oldest may still be needed.

With --drop-old one fresh key takes the place of all: every access token and page token that was
signed before is refused when this command ends. For when a key may be known to somebody else.

Exit status: 0 done, 1 refused or failed, 2 wrong use.

Examples:
  rollcall admin keys rotate --config /etc/rollcall/rollcall.toml
  rollcall admin keys rotate --config /etc/rollcall/rollcall.toml --drop-old")]
    Rotate {
        #[command(flatten)]
        opened: Opened,
        /// Refuse all that was signed before
        #[arg(long)]
        drop_old: bool,
    },
    /// Make a root key
    #[command(after_help = "\
Keep a copy where the database's backups are not: without it a backup opens nothing, and whoever
has both has everything. A file that is there already is never written over.

Exit status: 0 made, 1 it could not be written, 2 wrong use, such as a file that is there already.

Example:
  rollcall admin keys new-root-key --out /etc/rollcall/root.key")]
    NewRootKey {
        /// Write it to this new file, which nobody else can read [default: print it]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Seal everything under another root key, while the server runs
    #[command(after_help = "\
No call fails and no token ends. In this order:

  1. rollcall admin keys new-root-key --out new.key
  2. add the new key to the server's source, as a line below the old one: cat new.key >> root.key
  3. rollcall admin keys rotate-root --config rollcall.toml --to-file new.key
  4. the server says within seconds that its root key was replaced; then take the old line out

A systemd credential is read when the service starts: restart it between steps 2 and 3. Backups
made before are sealed under the old root key: keep it as long as them.

Exit status: 0 done, 1 refused or failed, 2 wrong use.

Example:
  rollcall admin keys rotate-root --config rollcall.toml --to-file new.key")]
    RotateRoot {
        #[command(flatten)]
        opened: Opened,
        /// The file with the present root key [default: where the settings say]
        #[arg(long, value_name = "FILE")]
        from_file: Option<PathBuf>,
        /// The file with the new root key, and nothing else
        #[arg(long, value_name = "FILE")]
        to_file: PathBuf,
    },
}

/// A store whose sealed keys can be opened.
#[derive(Args)]
pub struct Opened {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    root_key: RootKeyTold,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Longer than [`LOOK_EVERY`]: a look that began just before takes its time too.
const LOOKED: Duration = LOOK_EVERY.saturating_mul(2);

impl Opened {
    async fn administer(&self) -> Result<Administration, AdminError> {
        self.store.administer().await
    }

    async fn roots(&self) -> Result<Vec<RootKey>, AdminError> {
        self.store.root_keys(&self.root_key).await
    }

    fn print(&self, printer: &Printer, value: &serde_json::Value, words: &str) {
        match self.json {
            true => printer.data(&value.to_string()),
            false => printer.data(words),
        }
    }
}

pub async fn run(command: Command, printer: &Printer) -> Done {
    match command {
        Command::List { store, json } => list(&store, json, printer).await,
        Command::Rotate { opened, drop_old: false } => rotate(&opened, printer).await,
        Command::Rotate { opened, drop_old: true } => replace(&opened, printer).await,
        Command::NewRootKey { out } => new_root_key(out.as_deref(), printer),
        Command::RotateRoot { opened, from_file, to_file } => {
            rotate_root(&opened, from_file.as_deref(), &to_file, printer).await
        }
    }
}

async fn list(store: &StoreArguments, json: bool, printer: &Printer) -> Done {
    let keys = store.inspect().await?.ask(&MacKeys).await?;
    let now = World::system().now();
    let settled = keys.iter().filter(|key| key.made.plus(KeyRing::SETTLES_IN) <= now);
    let signs = settled.map(|key| key.id).max().or_else(|| keys.iter().map(|key| key.id).min());
    for key in keys {
        let is_signing = Some(key.id) == signs;
        let made = key.made.rfc3339_seconds();
        printer.data(&if json {
            json!({ "key": key.id.0, "made": made, "root_key": key.root.0, "signs": is_signing })
                .to_string()
        } else {
            let words = if is_signing { "signs" } else { "verifies" };
            format!("key {}  made {made}  root key {}  {words}", key.id.0, key.root.0)
        });
    }
    Ok(ExitStatus::Done)
}

async fn rotate(opened: &Opened, printer: &Printer) -> Done {
    let store = opened.administer().await?;
    let root = the_one_that_opens(&store, opened.roots().await?).await?;
    store.rotate_keys(&root, false).await?;
    printer.say("added; waiting until every process knows it and it signs");
    tokio::time::sleep(KeyRing::SETTLES_IN).await;
    tell(&store, opened, printer, "the newest key signs; what the one before it signed goes on")
        .await
}

async fn replace(opened: &Opened, printer: &Printer) -> Done {
    let store = opened.administer().await?;
    let root = the_one_that_opens(&store, opened.roots().await?).await?;
    store.replace_keys(&root).await?;
    printer.say("replaced; waiting until every process knows it");
    tokio::time::sleep(LOOKED).await;
    tell(&store, opened, printer, "one fresh key; all that was signed before is refused").await
}

async fn tell(store: &Administration, opened: &Opened, printer: &Printer, words: &str) -> Done {
    let keys: Vec<u32> = store.read(&MacKeys).await?.iter().map(|key| key.id.0).collect();
    opened.print(printer, &json!({ "keys": keys }), &format!("keys {keys:?}: {words}"));
    store.close().await;
    Ok(ExitStatus::Done)
}

fn new_root_key(out: Option<&Path>, printer: &Printer) -> Done {
    let key = RootKey::from_bytes(World::system().bytes());
    let text = key.to_text();
    let Some(path) = out else {
        printer.once(&text, "do not use what was printed: run the command again for a whole key");
        return Ok(ExitStatus::Done);
    };
    // Never over another: that one may be all that opens a database.
    private_file::write(path, &Zeroizing::new(format!("{}\n", text.as_str())))?;
    printer.say(&format!(
        "root key {} in {}: keep a copy where the database's backups are not",
        key.id().0,
        path.display()
    ));
    Ok(ExitStatus::Done)
}

async fn rotate_root(
    opened: &Opened,
    from_file: Option<&Path>,
    to_file: &Path,
    printer: &Printer,
) -> Done {
    // The one that may have to be made first.
    let to = match root_key::read_file(to_file).map_err(AdminError::NewRootKey)?.as_slice() {
        [only] => only.clone(),
        several => {
            return Err(AdminError::wrong_use(
                format!("{} holds {} root keys", to_file.display(), several.len()),
                "name a file with the new one alone",
            ));
        }
    };
    let store = opened.administer().await?;
    let id = to.id().0;
    let mut words = format!(
        "everything is sealed under root key {id} now: take the old one out of the server's source when the server's log says that its root key was replaced"
    );
    if store.opens_with(&to).await.is_ok() {
        words = format!("everything is sealed under root key {id} already");
    } else {
        let roots = match from_file {
            Some(path) => root_key::read_file(path)?,
            None => opened.roots().await?,
        };
        let from = the_one_that_opens(&store, roots).await?;
        store.rotate_root(&from, &to).await?;
    }
    opened.print(printer, &json!({ "root_key": id }), &words);
    store.close().await;
    Ok(ExitStatus::Done)
}

async fn the_one_that_opens(
    store: &Administration,
    roots: Vec<RootKey>,
) -> Result<RootKey, AdminError> {
    for root in roots {
        match store.opens_with(&root).await {
            Ok(()) => return Ok(root),
            Err(KeysFault::RootKey(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(KeysFault::RootKey(rollcall_directory::keys::RootKeyError).into())
}
