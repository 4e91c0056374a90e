//! `/sandbox/v1`: resets, the clock, faults, snapshots, accounts, the journal, the report. Only for
//! whoever has the token that `dev` prints, on this machine, and from no foreign page.
//!
//! Everything below `/sandbox` arrives here. A route is in [`ControlRoute`]; its function is in the
//! folder of its subject, in `calls.rs`, takes a [`ControlCall`] and answers an [`Answer`].

mod answers;
mod call;
mod guard;
mod route;
mod token;

use std::net::IpAddr;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub(crate) use answers::{Answer, No, created, ok, text_answer};
pub(crate) use call::ControlCall;
pub use route::{ControlRoute, ROOT};
pub use token::ControlToken;

use crate::double::Double;
use crate::{accounts, clock, copies, faults, journal, report, scenario};
use route::{Resolved, resolve};

pub(crate) async fn answer(double: &Double, from: IpAddr, request: Request) -> Response {
    answered(double, from, request).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answered(double: &Double, from: IpAddr, request: Request) -> Answer {
    guard::admit(from, request.uri(), request.headers(), &double.control_token)?;
    let (route, name) = match resolve(request.method(), request.uri().path()) {
        Resolved::Found { route, name } => (route, name),
        Resolved::MethodNotAllowed { allow } => return Err(No::method(&allow)),
        Resolved::NotFound => {
            return Err(No::not_found(
                "no such address",
                format!("GET {ROOT} lists all there are"),
            ));
        }
    };
    let call = ControlCall::read(name, request).await?;
    match route {
        ControlRoute::Index => index(&call),
        ControlRoute::Reset => copies::calls::reset(double, &call).await,
        ControlRoute::ReadClock => clock::calls::read(double, &call),
        ControlRoute::AdvanceClock => clock::calls::advance(double, &call),
        ControlRoute::FreezeClock => clock::calls::freeze(double, &call),
        ControlRoute::ResumeClock => clock::calls::resume(double, &call),
        ControlRoute::ListFaults => faults::calls::list(double, &call),
        ControlRoute::AddFault => faults::calls::add(double, &call).await,
        ControlRoute::ClearFaults => faults::calls::clear(double, &call),
        ControlRoute::ReadReport => report::control_calls::read(double, &call),
        ControlRoute::ListScenarios => scenario::calls::list(double, &call),
        ControlRoute::ListSnapshots => copies::calls::list(double, &call).await,
        ControlRoute::KeepSnapshot => copies::calls::keep(double, &call).await,
        ControlRoute::RestoreSnapshot => copies::calls::restore(double, &call).await,
        ControlRoute::DeleteSnapshot => copies::calls::delete(double, &call).await,
        ControlRoute::ListAccounts => accounts::calls::list(double, &call).await,
        ControlRoute::MakeAccount => accounts::calls::make(double, &call).await,
        ControlRoute::ReadJournal => journal::calls::list(double, &call).await,
        ControlRoute::ClearJournal => journal::calls::clear(double, &call),
        ControlRoute::ReadExchange => journal::calls::one(double, &call).await,
        ControlRoute::ReadArchive => journal::calls::archive(double, &call).await,
        ControlRoute::ReadNotes => journal::calls::notes(double, &call).await,
    }
}

#[derive(Serialize)]
struct Listed {
    method: String,
    path: &'static str,
    what: &'static str,
}

fn index(call: &ControlCall) -> Answer {
    call.nothing_more()?;
    let listed = |route: &ControlRoute| Listed {
        method: route.method().to_string(),
        path: route.path(),
        what: route.what(),
    };
    let routes: Vec<Listed> = ControlRoute::ALL.iter().map(listed).collect();
    ok(&serde_json::json!({ "routes": routes }))
}
