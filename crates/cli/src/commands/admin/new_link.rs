//! A one-time link that is made here and handed over: the address of the console's page, and the
//! code that is typed there. The store keeps the code's digest alone.

use std::path::{Path, PathBuf};

use rollcall_directory::links::{Link, LinkCode, LinkDigest, MakeLink, Purpose};
use rollcall_directory::world::{AccountId, Moment, UserId, World};
use rollcall_settings::Told;
use serde_json::{Value, json};

use super::error::allowed;
use super::{AdminError, StoreArguments, private_file};

pub struct NewLink {
    code: LinkCode,
    address: String,
    file: Option<PathBuf>,
}

impl NewLink {
    /// Where it goes to a file, that is written now: a link that nobody holds would be of no use.
    pub fn fresh(
        store: &StoreArguments,
        account: AccountId,
        file: Option<&Path>,
    ) -> Result<Self, AdminError> {
        let settings = store.load(Told::default())?.settings;
        let server = settings.public_url.as_ref().map(|url| url.as_str().to_owned());
        let made = Self {
            code: LinkCode::from_random(&World::system().bytes()),
            address: format!("{}/console/{account}/link", server.unwrap_or_default()),
            file: file.map(Path::to_owned),
        };
        if let Some(file) = &made.file {
            private_file::write(file, &format!("{}\n{}\n", made.address, made.code.expose()))?;
        }
        Ok(made)
    }

    /// For somebody who is there; what was written is taken back where the store does not take it.
    pub async fn make_for(
        self,
        store: &StoreArguments,
        account: AccountId,
        user: UserId,
    ) -> Result<MadeLink, AdminError> {
        let made = self.act(store, account, user).await;
        if made.is_err() {
            self.give_up();
        }
        let link = made?;
        Ok(self.made(link.purpose, link.ends))
    }

    async fn act(
        &self,
        store: &StoreArguments,
        account: AccountId,
        user: UserId,
    ) -> Result<Link, AdminError> {
        let store = store.administer().await?;
        let answer = store.act(account, MakeLink { user, link: self.digest() }).await;
        store.close().await;
        allowed(answer?)
    }

    pub fn digest(&self) -> LinkDigest {
        self.code.digest()
    }

    /// The store has taken it.
    pub const fn made(self, purpose: Purpose, ends: Moment) -> MadeLink {
        MadeLink { purpose, ends, new: self }
    }

    pub fn give_up(&self) {
        if let Some(file) = &self.file {
            private_file::give_up(file);
        }
    }
}

/// One that works.
pub struct MadeLink {
    purpose: Purpose,
    ends: Moment,
    new: NewLink,
}

impl MadeLink {
    /// For standard output; nothing where it went to a file.
    pub fn to_print(&self) -> Option<String> {
        let NewLink { address, code, file } = &self.new;
        file.is_none().then(|| format!("address  {address}\ncode     {}", code.expose()))
    }

    /// What is said where standard output could not be written.
    pub fn lost(&self) -> String {
        match &self.new.file {
            Some(file) => {
                format!("the link was made all the same, and is in {}", file.display())
            }
            None => {
                "the link was made all the same, and nobody has its code: run the command again \
                     for another one, which ends this one"
                    .to_owned()
            }
        }
    }

    /// What is said beside it.
    pub fn words(&self) -> String {
        let until = self.ends.rfc3339_seconds();
        let place = match &self.new.file {
            Some(file) => format!("Address and code are in {}, and nowhere else", file.display()),
            None => "The code is shown this once".to_owned(),
        };
        let mut words = format!(
            "{place}. Whoever has them sets the password, once, until {until}: hand them over in a way that nobody else sees."
        );
        if self.new.address.starts_with('/') {
            words.push_str("\nThe address begins with that of your server: name its settings with --config, and it stands there whole.");
        }
        words
    }

    /// Fields are only ever added.
    pub fn as_json(&self) -> Value {
        let NewLink { address, code, file } = &self.new;
        let code = file.is_none().then(|| code.expose());
        json!({
            "address": address,
            "code": code,
            "file": file,
            "purpose": self.purpose.as_str(),
            "ends": self.ends.rfc3339_seconds(),
        })
    }
}
