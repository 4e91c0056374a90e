//! The pages about integrations, as plain data.

use askama::Template;

use crate::layout::{Frame, Pages, Problems, When};

/// Why integrations are closed to the account. Without texts: they are open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Closed {
    pub heading: &'static str,
    pub texts: &'static [&'static str],
}

impl Closed {
    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

#[derive(Template)]
#[template(path = "applications/pages/integrations.html")]
pub(crate) struct IntegrationsPage {
    pub frame: Frame,
    pub closed: Closed,
    pub applications: Vec<ApplicationRow>,
    pub pages: Pages,
}

pub(crate) struct ApplicationRow {
    pub id: String,
    pub name: String,
    pub scopes: String,
    pub made: When,
    pub used: Option<When>,
}

#[derive(Template)]
#[template(path = "applications/pages/directory.html")]
pub(crate) struct DirectoryPage {
    pub frame: Frame,
    pub closed: Closed,
}

/// What an application is made of, as it was typed.
#[derive(Clone, Default)]
pub(crate) struct ApplicationForm {
    /// The client id that the application has or is to have, so that a form sent twice makes one.
    pub client_id: String,
    pub key: String,
    pub name: String,
    pub description: String,
    pub redirect_url: String,
    pub scopes: Vec<ScopeBox>,
}

#[derive(Clone)]
pub(crate) struct ScopeBox {
    pub value: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub checked: bool,
}

#[derive(Template)]
#[template(path = "applications/pages/oauth_application.html")]
pub(crate) struct OauthApplicationPage {
    pub frame: Frame,
    pub closed: Closed,
    pub problems: Problems,
    pub form: ApplicationForm,
}

#[derive(Template)]
#[template(path = "applications/pages/edit.html")]
pub(crate) struct EditPage {
    pub frame: Frame,
    pub closed: Closed,
    pub problems: Problems,
    pub form: ApplicationForm,
}

/// The one time that a secret is shown.
#[derive(Template)]
#[template(path = "applications/pages/credentials.html")]
pub(crate) struct CredentialsPage {
    pub frame: Frame,
    pub problems: Problems,
    pub shown: Credentials,
    /// Those that this person may write to.
    pub vaults: Vec<VaultChoice>,
}

pub(crate) struct Credentials {
    pub lead: String,
    pub client_id: String,
    pub secret_id: String,
    pub secret: String,
    /// The ids that the item, and where there is none its vault, are to have: a form sent twice
    /// saves once.
    pub item: String,
    pub new_vault: String,
    pub key: String,
    pub ready: Vec<Ready>,
}

pub(crate) struct Ready {
    pub id: &'static str,
    pub label: &'static str,
    pub lines: String,
}

pub(crate) struct VaultChoice {
    pub id: String,
    pub name: String,
}

#[derive(Template)]
#[template(path = "applications/pages/saved.html")]
pub(crate) struct SavedPage {
    pub frame: Frame,
    pub application: ApplicationName,
    pub vault: String,
    pub item: String,
}

#[derive(Clone)]
pub(crate) struct ApplicationName {
    pub id: String,
    pub name: String,
}

/// A form came twice: the first one did it.
#[derive(Template)]
#[template(path = "applications/pages/made_already.html")]
pub(crate) struct MadeAlreadyPage {
    pub frame: Frame,
    pub id: String,
}

#[derive(Template)]
#[template(path = "applications/pages/integration.html")]
pub(crate) struct IntegrationPage {
    pub frame: Frame,
    pub closed: Closed,
    pub application: ApplicationShown,
    pub secrets: Vec<SecretShown>,
    pub may_add: bool,
    pub may_retire: bool,
}

pub(crate) struct ApplicationShown {
    pub id: String,
    pub name: String,
    pub description: String,
    pub redirect_url: String,
    pub scopes: Vec<ScopeBox>,
    pub made: When,
    pub maker: String,
}

pub(crate) struct SecretShown {
    pub id: String,
    pub label: String,
    pub terms: Vec<String>,
    pub made: When,
    pub used: Option<UseShown>,
    pub seen_by: Vec<SeenBy>,
}

pub(crate) struct UseShown {
    pub at: When,
    pub address: String,
    pub agent: String,
}

pub(crate) struct SeenBy {
    pub id: String,
    pub name: String,
    pub at: When,
}

#[derive(Template)]
#[template(path = "applications/pages/add_secret.html")]
pub(crate) struct AddSecretPage {
    pub frame: Frame,
    pub closed: Closed,
    pub problems: Problems,
    pub application: ApplicationName,
    pub secret_id: String,
    pub key: String,
    pub label: String,
}

#[derive(Template)]
#[template(path = "applications/pages/retire_secret.html")]
pub(crate) struct RetireSecretPage {
    pub frame: Frame,
    pub closed: Closed,
    pub problems: Problems,
    pub application: ApplicationName,
    pub secret_id: String,
    pub used: String,
}

#[derive(Template)]
#[template(path = "applications/pages/rotate_secret.html")]
pub(crate) struct RotateSecretPage {
    pub frame: Frame,
    pub closed: Closed,
    pub problems: Problems,
    pub application: ApplicationName,
    pub secret_id: String,
    pub new_secret_id: String,
    pub key: String,
    pub used: String,
    pub may_add: bool,
}

#[derive(Template)]
#[template(path = "applications/pages/delete.html")]
pub(crate) struct DeletePage {
    pub frame: Frame,
    pub closed: Closed,
    pub problems: Problems,
    pub application: ApplicationName,
    pub typed: String,
    pub confirm_hint: String,
}
