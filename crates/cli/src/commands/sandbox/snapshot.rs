//! `rollcall sandbox snapshot`.

use clap::Subcommand;

use super::reset::took;
use super::{Done, Reach, Says, list, text};

#[derive(Subcommand)]
pub enum Command {
    /// Keep everything as it is now under a name; one of the same name is replaced
    #[command(after_help = "Example:\n  rollcall sandbox snapshot save before-lunch")]
    Save {
        /// 1 to 42 characters, each of a-z, 0-9 and -
        name: String,
    },
    /// Back to a snapshot: store, clock and faults; the journal goes on
    #[command(after_help = "Example:\n  rollcall sandbox snapshot restore before-lunch")]
    Restore {
        /// As it was saved
        name: String,
    },
    /// The snapshots that are kept
    #[command(after_help = "Example:\n  rollcall sandbox snapshot list --json")]
    List,
    /// Drop a snapshot
    #[command(after_help = "Example:\n  rollcall sandbox snapshot delete before-lunch")]
    Delete {
        /// As it was saved
        name: String,
    },
}

pub async fn run(command: Command, reach: &Reach, says: &Says<'_>) -> Done {
    match command {
        Command::Save { name } => {
            let answer = reach.put(&path(&name)?).await?;
            says.answer(&answer, || format!("Saved as {}.", text(&answer, "name")))
        }
        Command::Restore { name } => {
            let answer = reach.post(&format!("{}:restore", path(&name)?), None).await?;
            says.answer(&answer, || format!("Restored {name} in {}.", took(&answer)))
        }
        Command::List => {
            let answer = reach.get("/snapshots").await?;
            let line = |one| {
                let (name, made, bytes) =
                    (text(one, "name"), text(one, "made"), text(one, "bytes"));
                format!("{name}  {made}  {bytes} bytes")
            };
            let snapshots = list(&answer, "snapshots");
            says.answer(&answer, || match snapshots {
                [] => "No snapshot is kept.".to_owned(),
                some => some.iter().map(line).collect::<Vec<_>>().join("\n"),
            })
        }
        Command::Delete { name } => {
            let answer = reach.delete(&path(&name)?).await?;
            says.answer(&answer, || format!("Deleted {name}."))
        }
    }
}

/// Nothing in it that would make another address of it; what a name may be, the double says.
fn path(name: &str) -> Result<String, super::ReachError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !name.is_empty() && name.bytes().all(plain) {
        return Ok(format!("/snapshots/{name}"));
    }
    Err(super::ReachError::WrongUse {
        what: "that cannot be a snapshot's name".to_owned(),
        hint: "use a-z, 0-9 and -, such as before-lunch".to_owned(),
    })
}
