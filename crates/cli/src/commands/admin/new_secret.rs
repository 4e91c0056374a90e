//! A secret that is made here, and handed over once: on standard output, or in a file that only
//! its owner reads. Its digest alone goes to the store.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;
use rollcall_directory::applications::{ClientSecret, Networks, Terms};
use rollcall_directory::world::{ApplicationId, Moment, SecretId, World};

use super::when::Ends;
use super::{AdminError, private_file};

/// How a new secret is handed over, and on what terms it works.
#[derive(Args)]
pub struct NewSecretArguments {
    /// When it stops to work: 90d, 12h, 2027-01-01T00:00:00Z [default: never]
    #[arg(long, value_name = "WHEN")]
    expires: Option<Ends>,
    /// From where alone it works, such as 10.0.0.0/8; may be said several times [default: everywhere]
    #[arg(long, value_name = "NETWORK", value_parser = network)]
    allow_from: Vec<IpNet>,
    /// Write the secret to this new file, readable by its owner alone, and not to standard output
    #[arg(long, value_name = "PATH")]
    secret_file: Option<PathBuf>,
}

/// A network, or one address.
pub fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    let shape = "say a network such as 10.0.0.0/8 or 2001:db8::/32, or one address";
    text.parse().ok().or_else(address).ok_or_else(|| shape.to_owned())
}

/// When something ends, where the calendar goes that far.
pub fn end(ends: &Ends, now: Moment) -> Result<Option<Moment>, AdminError> {
    ends.from(now).map_err(|what| AdminError::wrong_use(what, "name an earlier time"))
}

pub struct NewSecret {
    pub id: SecretId,
    pub secret: ClientSecret,
    pub terms: Terms,
    file: Option<PathBuf>,
}

impl NewSecretArguments {
    /// Made and, where a file is asked for, written: before the store knows it, so that it is never
    /// the one that works and nobody has.
    pub fn make(self, world: &World) -> Result<NewSecret, AdminError> {
        let ends = match &self.expires {
            Some(ends) => end(ends, world.now())?,
            None => None,
        };
        let made = NewSecret {
            id: SecretId::from_bytes(world.bytes()),
            secret: ClientSecret::from_random(&world.bytes()),
            terms: Terms { ends, networks: Networks::of(self.allow_from) },
            file: self.secret_file,
        };
        made.write()?;
        Ok(made)
    }
}

impl NewSecret {
    fn write(&self) -> Result<(), AdminError> {
        let Some(path) = &self.file else { return Ok(()) };
        private_file::write(path, &format!("{}\n", self.secret.expose()))
    }

    /// The store did not take it.
    pub fn give_up(&self) {
        if let Some(path) = &self.file {
            private_file::give_up(path);
        }
    }

    /// For standard output; nothing where it went to a file.
    pub fn to_print(&self) -> Option<&str> {
        self.file.is_none().then(|| self.secret.expose())
    }

    /// What is said where standard output could not be written.
    pub fn lost(&self, application: ApplicationId) -> String {
        let id = self.id;
        match &self.file {
            Some(path) => format!(
                "secret {id} of application {application} was made all the same, and is in {}",
                path.display()
            ),
            None => format!(
                "secret {id} of application {application} was made all the same, and nobody has it: \
                 add another one (`rollcall admin secret add {application}`) and retire this one \
                 (`rollcall admin secret retire {application} {id}`)"
            ),
        }
    }

    /// What is said beside it.
    pub fn words(&self) -> String {
        match &self.file {
            Some(path) => format!("The secret is in {}, and nowhere else.", path.display()),
            None => "The secret is shown this once: keep it where secrets are kept.".to_owned(),
        }
    }
}
