//! The list of the console's pages: the method and address of each, and whom it is for. The table
//! of handlers, the counters and the tests run on `Page::ALL`, as the API's do on `Route::ALL`.

mod resolve;

use rollcall_directory::groups::Right;

pub(crate) use resolve::{Ids, Resolved, is_of_the_console, resolve};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageMethod {
    /// Shows. HEAD is answered alike.
    Get,
    /// Changes something, or shows what must not be shown by an address alone.
    Post,
}

impl PageMethod {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// Whom a page is for. Held against the facts on every request; what one may do to whom in
/// particular, such as to an owner, is the act's own rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageRight {
    /// Whoever comes, signed in or not.
    Anybody,
    /// Those who are signed in and have this right; on a vault's pages the vault's own list
    /// decides too.
    Of(Right),
}

impl PageRight {
    #[must_use]
    pub const fn demands(self) -> Option<Right> {
        match self {
            Self::Anybody => None,
            Self::Of(right) => Some(right),
        }
    }
}

macro_rules! pages {
    ($($(#[$doc:meta])* $page:ident: $method:ident $path:literal for $right:expr;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Page {
            $($(#[$doc])* $page,)*
        }

        impl Page {
            pub const ALL: &'static [Self] = &[$(Self::$page,)*];

            /// What logs and counters call it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$page => concat!("Console", stringify!($page)),)* }
            }

            #[must_use]
            pub const fn method(self) -> PageMethod {
                match self { $(Self::$page => PageMethod::$method,)* }
            }

            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Self::$page => $path,)* }
            }

            #[must_use]
            pub const fn right(self) -> PageRight {
                match self { $(Self::$page => $right,)* }
            }
        }
    };
}

use PageRight::{Anybody as ANYBODY, Of};
const MEMBER: PageRight = Of(Right::Member);
const SEE: PageRight = Of(Right::SeePeople);
const SUSPEND: PageRight = Of(Right::SuspendPeople);
const MANAGE: PageRight = Of(Right::ManagePeople);
const INTEGRATE: PageRight = Of(Right::ManageIntegrations);
const ACTIVITY: PageRight = Of(Right::ReadActivity);

// An address with a word in it comes before one with an id in the same place.
pages! {
    /// Leads to the account's own address where there is one account.
    Front: Get "/console" for ANYBODY;
    Home: Get "/console/{account}" for ANYBODY;

    SignInForm: Get "/console/{account}/sign-in" for ANYBODY;
    SignIn: Post "/console/{account}/sign-in" for ANYBODY;
    SignOut: Post "/console/{account}/sign-out" for ANYBODY;
    SignOutEverywhere: Post "/console/{account}/sign-out-everywhere" for MEMBER;
    LinkForm: Get "/console/{account}/link" for ANYBODY;
    UseLink: Post "/console/{account}/link" for ANYBODY;
    PasswordForm: Get "/console/{account}/password" for MEMBER;
    ChangePassword: Post "/console/{account}/password" for MEMBER;

    People: Get "/console/{account}/people" for SEE;
    InviteForm: Get "/console/{account}/people/invite" for MANAGE;
    Invite: Post "/console/{account}/people/invite" for MANAGE;
    Person: Get "/console/{account}/people/{user}" for SEE;
    SuspendForm: Get "/console/{account}/people/{user}/suspend" for SUSPEND;
    Suspend: Post "/console/{account}/people/{user}/suspend" for SUSPEND;
    ReactivateForm: Get "/console/{account}/people/{user}/reactivate" for SUSPEND;
    Reactivate: Post "/console/{account}/people/{user}/reactivate" for SUSPEND;
    GroupsForm: Get "/console/{account}/people/{user}/groups" for MANAGE;
    ChangeGroups: Post "/console/{account}/people/{user}/groups" for MANAGE;
    ResetLinkForm: Get "/console/{account}/people/{user}/reset-link" for MANAGE;
    MakeResetLink: Post "/console/{account}/people/{user}/reset-link" for MANAGE;

    Integrations: Get "/console/{account}/integrations" for INTEGRATE;
    Directory: Get "/console/{account}/integrations/directory" for INTEGRATE;
    OauthApplicationForm: Get "/console/{account}/integrations/directory/oauth-application"
        for INTEGRATE;
    GenerateCredentials: Post "/console/{account}/integrations/directory/oauth-application"
        for INTEGRATE;
    CredentialsSaved: Get "/console/{account}/integrations/directory/oauth-application/save"
        for INTEGRATE;
    SaveCredentials: Post "/console/{account}/integrations/directory/oauth-application/save"
        for INTEGRATE;
    Integration: Get "/console/{account}/integrations/{application}" for INTEGRATE;
    EditIntegrationForm: Get "/console/{account}/integrations/{application}/edit"
        for INTEGRATE;
    EditIntegration: Post "/console/{account}/integrations/{application}/edit" for INTEGRATE;
    AddSecretForm: Get "/console/{account}/integrations/{application}/secrets" for INTEGRATE;
    AddSecret: Post "/console/{account}/integrations/{application}/secrets" for INTEGRATE;
    RetireSecretForm: Get "/console/{account}/integrations/{application}/secrets/{secret}/retire"
        for INTEGRATE;
    RetireSecret: Post "/console/{account}/integrations/{application}/secrets/{secret}/retire"
        for INTEGRATE;
    RotateSecretForm: Get "/console/{account}/integrations/{application}/secrets/{secret}/rotate"
        for INTEGRATE;
    RotateSecret: Post "/console/{account}/integrations/{application}/secrets/{secret}/rotate"
        for INTEGRATE;
    DeleteIntegrationForm: Get "/console/{account}/integrations/{application}/delete"
        for INTEGRATE;
    DeleteIntegration: Post "/console/{account}/integrations/{application}/delete"
        for INTEGRATE;

    Vaults: Get "/console/{account}/vaults" for MEMBER;
    CreateVaultForm: Get "/console/{account}/vaults/new" for MEMBER;
    CreateVault: Post "/console/{account}/vaults/new" for MEMBER;
    Vault: Get "/console/{account}/vaults/{vault}" for MEMBER;
    VaultAccessForm: Get "/console/{account}/vaults/{vault}/access" for MEMBER;
    ChangeVaultAccess: Post "/console/{account}/vaults/{vault}/access" for MEMBER;
    CreateItemForm: Get "/console/{account}/vaults/{vault}/items/new" for MEMBER;
    CreateItem: Post "/console/{account}/vaults/{vault}/items/new" for MEMBER;
    Item: Get "/console/{account}/vaults/{vault}/items/{item}" for MEMBER;
    RevealItem: Post "/console/{account}/vaults/{vault}/items/{item}/reveal" for MEMBER;
    DeleteItemForm: Get "/console/{account}/vaults/{vault}/items/{item}/delete" for MEMBER;
    DeleteItem: Post "/console/{account}/vaults/{vault}/items/{item}/delete" for MEMBER;
    DeleteVaultForm: Get "/console/{account}/vaults/{vault}/delete" for MEMBER;
    DeleteVault: Post "/console/{account}/vaults/{vault}/delete" for MEMBER;

    Activity: Get "/console/{account}/activity" for ACTIVITY;
    Settings: Get "/console/{account}/settings" for MEMBER;
}
