//! The list of the API: every route, its address in each family, and what holds for it.
//!
//! The router, the OpenAPI document and the tests all run on `Route::ALL`. Every question about a
//! route is a match over all of them by name, so that a new route stops the compiler wherever
//! somebody must think about it.

mod answers;
mod family;

use std::fmt;

pub use answers::{Answer, Body};
pub use family::{Family, RoutesServed, UnknownRoutesServed};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Post,
}

impl Method {
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

/// What an application may be allowed to do. It belongs to the application, never to the OAuth scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    ListUsers,
    GetUser,
    SuspendUsers,
    ReactivateUsers,
}

impl Permission {
    pub const ALL: &'static [Permission] = &[
        Permission::ListUsers,
        Permission::GetUser,
        Permission::SuspendUsers,
        Permission::ReactivateUsers,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Permission::ListUsers => "list_users",
            Permission::GetUser => "get_user",
            Permission::SuspendUsers => "suspend_users",
            Permission::ReactivateUsers => "reactivate_users",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a caller shows who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    None,
    /// Client id and secret, by HTTP Basic.
    ClientBasic,
    /// An access token.
    Bearer,
}

/// Whether a call may change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    Read,
    Act,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    Token,
    Revoke,
    ListUsers,
    GetUser,
    SuspendUser,
    ReactivateUser,
    OpenApi,
    Metadata,
}

impl Route {
    pub const ALL: &'static [Route] = &[
        Route::Token,
        Route::Revoke,
        Route::ListUsers,
        Route::GetUser,
        Route::SuspendUser,
        Route::ReactivateUser,
        Route::OpenApi,
        Route::Metadata,
    ];

    pub const fn method(self) -> Method {
        match self {
            Route::Token | Route::Revoke | Route::SuspendUser | Route::ReactivateUser => {
                Method::Post
            }
            Route::ListUsers | Route::GetUser | Route::OpenApi | Route::Metadata => Method::Get,
        }
    }

    /// The template of the address. A shared route has the same one whatever family is asked for.
    pub const fn path(self, family: Family) -> &'static str {
        match (self, family) {
            (Route::Token, Family::V1beta1) => "/v1beta1/users/oauth2/token",
            (Route::Token, Family::V1) => "/v1/oauth/token",
            (Route::Revoke, Family::V1beta1) => "/v1beta1/users/oauth2/revoke",
            (Route::Revoke, Family::V1) => "/v1/oauth/revoke",
            (Route::ListUsers, Family::V1beta1) => "/v1beta1/accounts/{account}/users",
            (Route::ListUsers, Family::V1) => "/v1/accounts/{account}/users",
            (Route::GetUser, Family::V1beta1) => "/v1beta1/accounts/{account}/users/{user}",
            (Route::GetUser, Family::V1) => "/v1/accounts/{account}/users/{user}",
            (Route::SuspendUser, Family::V1beta1) => {
                "/v1beta1/accounts/{account}/users/{user}:suspend"
            }
            (Route::SuspendUser, Family::V1) => "/v1/accounts/{account}/users/{user}:suspend",
            (Route::ReactivateUser, Family::V1beta1) => {
                "/v1beta1/accounts/{account}/users/{user}:reactivate"
            }
            (Route::ReactivateUser, Family::V1) => "/v1/accounts/{account}/users/{user}:reactivate",
            (Route::OpenApi, _) => "/openapi.json",
            (Route::Metadata, _) => "/.well-known/oauth-authorization-server",
        }
    }

    /// The families the route has an address in: both, or none when it is shared.
    pub const fn families(self) -> &'static [Family] {
        if self.is_shared() { &[] } else { Family::ALL }
    }

    /// Outside the families: it describes the server and is always there.
    pub const fn is_shared(self) -> bool {
        match self {
            Route::OpenApi | Route::Metadata => true,
            Route::Token
            | Route::Revoke
            | Route::ListUsers
            | Route::GetUser
            | Route::SuspendUser
            | Route::ReactivateUser => false,
        }
    }

    /// Every address this route has on such a server.
    pub fn addresses(
        self,
        served: RoutesServed,
    ) -> impl Iterator<Item = (Option<Family>, &'static str)> {
        let shared = self.is_shared().then(|| (None, self.path(Family::V1)));
        let in_families = self.families().iter().filter(move |family| served.serves(**family));
        shared.into_iter().chain(in_families.map(move |&family| (Some(family), self.path(family))))
    }

    pub const fn permission(self) -> Option<Permission> {
        match self {
            Route::ListUsers => Some(Permission::ListUsers),
            Route::GetUser => Some(Permission::GetUser),
            Route::SuspendUser => Some(Permission::SuspendUsers),
            Route::ReactivateUser => Some(Permission::ReactivateUsers),
            Route::Token | Route::Revoke | Route::OpenApi | Route::Metadata => None,
        }
    }

    pub const fn credential(self) -> Credential {
        match self {
            Route::Token | Route::Revoke => Credential::ClientBasic,
            Route::ListUsers | Route::GetUser | Route::SuspendUser | Route::ReactivateUser => {
                Credential::Bearer
            }
            Route::OpenApi | Route::Metadata => Credential::None,
        }
    }

    pub const fn effect(self) -> Effect {
        match self {
            Route::Token | Route::Revoke | Route::SuspendUser | Route::ReactivateUser => {
                Effect::Act
            }
            Route::ListUsers | Route::GetUser | Route::OpenApi | Route::Metadata => Effect::Read,
        }
    }

    pub const fn operation_id(self) -> &'static str {
        match self {
            Route::Token => "RequestToken",
            Route::Revoke => "RevokeToken",
            Route::ListUsers => "ListUsers",
            Route::GetUser => "GetUser",
            Route::SuspendUser => "SuspendUser",
            Route::ReactivateUser => "ReactivateUser",
            Route::OpenApi => "GetOpenApi",
            Route::Metadata => "GetAuthorizationServerMetadata",
        }
    }

    pub const fn summary(self) -> &'static str {
        match self {
            Route::Token => "Get an access token for an application",
            Route::Revoke => "Revoke an access token of the application",
            Route::ListUsers => "List the people of an account, a page at a time",
            Route::GetUser => "Get one person",
            Route::SuspendUser => "Suspend a person; suspending twice is no error",
            Route::ReactivateUser => {
                "Reactivate a suspended person; an active one comes back unchanged"
            }
            Route::OpenApi => "This description of the API",
            Route::Metadata => "Where this server's OAuth endpoints are (RFC 8414)",
        }
    }

    /// Every status the route can answer.
    pub const fn answers(self) -> &'static [Answer] {
        answers::of(self)
    }
}

#[cfg(test)]
mod tests;
