//! The rules of applications, their secrets and tokens, as the model has them.

use std::collections::BTreeSet;

use rollcall_directory::world::{AccountId, ApplicationId, SecretId};

use super::{Application, By, CLOCK_MAY_GO_BACK, Model, Right, TOKEN_LIFE, Token, refused};

const SECRETS_MAX: usize = 2;

impl Model {
    pub(crate) fn register(
        &mut self,
        account: AccountId,
        id: ApplicationId,
        rights: BTreeSet<Right>,
        secret: SecretId,
    ) -> String {
        let by = By::Operator(account);
        if self.account(account).applications.contains_key(&id) {
            return self.refuse(by, "exists");
        }
        if rights.is_empty() {
            return self.refuse(by, "invalid");
        }
        let application = Application { rights, secrets: BTreeSet::from([secret]) };
        self.account(account).applications.insert(id, application);
        self.record(account, "application_registered");
        "done".to_owned()
    }

    pub(crate) fn edit(
        &mut self,
        account: AccountId,
        id: ApplicationId,
        rights: BTreeSet<Right>,
    ) -> String {
        let by = By::Operator(account);
        let Some(application) = self.account(account).applications.get_mut(&id) else {
            return self.refuse(by, "no_such_application");
        };
        if application.rights == rights {
            return "done".to_owned();
        }
        if rights.is_empty() {
            return self.refuse(by, "invalid");
        }
        application.rights = rights;
        self.record(account, "application_edited");
        "done".to_owned()
    }

    pub(crate) fn add_secret(
        &mut self,
        account: AccountId,
        id: ApplicationId,
        secret: SecretId,
    ) -> String {
        let by = By::Operator(account);
        let Some(application) = self.account(account).applications.get_mut(&id) else {
            return self.refuse(by, "no_such_application");
        };
        if application.secrets.len() == SECRETS_MAX {
            return self.refuse(by, "invalid");
        }
        application.secrets.insert(secret);
        self.record(account, "secret_added");
        "done".to_owned()
    }

    pub(crate) fn retire_secret(
        &mut self,
        account: AccountId,
        id: ApplicationId,
        secret: SecretId,
    ) -> String {
        let by = By::Operator(account);
        let Some(application) = self.account(account).applications.get_mut(&id) else {
            return self.refuse(by, "no_such_application");
        };
        if application.secrets.remove(&secret) {
            self.record(account, "secret_retired");
        }
        "done".to_owned()
    }

    pub(crate) fn delete(&mut self, account: AccountId, id: ApplicationId) -> String {
        if self.account(account).applications.remove(&id).is_none() {
            return self.refuse(By::Operator(account), "no_such_application");
        }
        self.record(account, "application_deleted");
        "done".to_owned()
    }

    /// A client is known by a live secret of an application that is there.
    fn is_client(&self, client: ApplicationId, secret: SecretId) -> Option<AccountId> {
        let mut accounts = self.accounts.iter();
        let proves = |id: &ApplicationId, application: &Application| {
            *id == client && application.secrets.contains(&secret)
        };
        accounts
            .find(|(_, account)| account.applications.iter().any(|(id, app)| proves(id, app)))
            .map(|(id, _)| *id)
    }

    /// Issues the token of the next number.
    pub(crate) fn issue(&mut self, client: ApplicationId, secret: SecretId) -> String {
        if self.latest_issue - self.now > CLOCK_MAY_GO_BACK {
            return "the clock went back".to_owned();
        }
        self.latest_issue = self.latest_issue.max(self.now);
        let Some(account) = self.is_client(client, secret) else {
            return refused("invalid_client");
        };
        let ends = self.now + TOKEN_LIFE;
        self.tokens.push(Token { account, application: client, secret, ends, revoked: false });
        format!("a token until {ends}")
    }

    /// Only its own application revokes a token; who asks about another's is answered alike.
    pub(crate) fn revoke(
        &mut self,
        client: ApplicationId,
        secret: SecretId,
        token: usize,
    ) -> String {
        if self.is_client(client, secret).is_none() {
            return refused("invalid_client");
        }
        let now = self.now;
        let token = &mut self.tokens[token];
        if token.application == client && !token.revoked && now < token.ends {
            token.revoked = true;
            let account = token.account;
            self.record(account, "token_revoked");
        }
        "done".to_owned()
    }
}
