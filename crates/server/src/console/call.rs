//! One request to the console: what the address named, who seems to ask, and what was sent. From
//! here questions are asked and acts done, always as the person whose cookie came along.

use std::net::IpAddr;

use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use rollcall_directory::acting::{Act, Presented, Refusal};
use rollcall_directory::keys::Use;
use rollcall_directory::sessions::{
    Answered, ByPerson, PersonAsks, SessionDigest, SessionSecret, Visit, Visitor, WhoIsIt,
};
use rollcall_directory::store::Question;
use rollcall_directory::world::{AccountId, Moment};

use super::No;
use crate::Rollcall;
use crate::edge::cookies::Named;
use crate::edge::fields::Fields;
use crate::edge::{at_work, call_id, stamp};
use crate::layout::{Crumb, Frame, Section, Who};
use crate::page::{Ids, Page};

pub(crate) struct PageCall {
    pub page: Page,
    pub ids: Ids,
    /// Nothing where the address names what no account can be called.
    pub account: Option<AccountId>,
    pub from: IpAddr,
    pub request_id: String,
    pub now: Moment,
    /// The path and query as they came, for the way back after signing in.
    pub path_and_query: String,
    pub session: Option<SessionDigest>,
    pub known_machine: Option<String>,
    pub query: Fields,
    pub form: Fields,
}

impl PageCall {
    pub(super) fn of(
        rollcall: &Rollcall,
        page: Page,
        ids: Ids,
        from: IpAddr,
        request_id: &str,
        request: &Request,
    ) -> Self {
        let cookies = rollcall.console.cookies;
        let session = cookies.read(request.headers(), Named::Session);
        let query = request.uri().query().unwrap_or_default();
        Self {
            page,
            account: ids.account.as_deref().and_then(|text| text.parse().ok()),
            ids,
            from,
            request_id: request_id.to_owned(),
            now: rollcall.store.world().now(),
            path_and_query: request
                .uri()
                .path_and_query()
                .map_or("", |both| both.as_str())
                .to_owned(),
            session: session
                .and_then(|text| SessionSecret::presented(&text))
                .map(|secret| secret.digest()),
            known_machine: cookies.read(request.headers(), Named::KnownMachine),
            // A query that is no text is a query without fields: it narrows nothing.
            query: Fields::parse(query.as_bytes()).unwrap_or_default(),
            form: Fields::default(),
        }
    }

    /// What every address of the account's pages begins with.
    pub(crate) fn base(&self) -> String {
        format!("/console/{}", self.ids.account.as_deref().unwrap_or_default())
    }

    /// The account and the session to ask with; nobody is let in without both.
    fn visit(&self) -> Result<Visit, No> {
        let (Some(account), Some(session)) = (self.account, self.session) else {
            return Err(No::SignIn);
        };
        Ok(Visit { account, session, now: self.now })
    }

    /// Asks as the person whose session this is, and holds them to the page's right too.
    pub(crate) async fn ask<Q: PersonAsks>(
        &self,
        rollcall: &Rollcall,
        asks: Q,
    ) -> Result<Answered<Q::Answer>, No>
    where
        ByPerson<Q>: Question
            + rollcall_directory::store::AskSqlite<Answer = Result<Answered<Q::Answer>, Refusal>>,
    {
        let visit = self.visit()?;
        let answered = self.look(rollcall, &ByPerson { visit, asks }).await?;
        let answered = answered.map_err(No::of)?;
        rollcall.store.note_visit(&answered.visitor);
        if let Some(right) = self.page.right().demands()
            && !answered.visitor.may(right)
        {
            return Err(No::Refused(Refusal::RightMissing(right)));
        }
        Ok(answered)
    }

    /// Who is it? For a page that shows nothing else of the account's.
    pub(crate) async fn visitor(&self, rollcall: &Rollcall) -> Result<Visitor, No> {
        Ok(self.ask(rollcall, WhoIsIt).await?.visitor)
    }

    /// One question, in its turn.
    pub(crate) async fn look<Q: Question>(
        &self,
        rollcall: &Rollcall,
        question: &Q,
    ) -> Result<<Q as rollcall_directory::store::AskSqlite>::Answer, No> {
        let _turn = at_work::turn(rollcall).ok_or(No::Busy)?;
        rollcall.store.read(question).await.map_err(No::Fault)
    }

    /// Acts as the person whose session this is.
    pub(crate) async fn act<A: Act>(&self, rollcall: &Rollcall, act: A) -> Result<A::Done, No> {
        let visit = self.visit()?;
        self.act_as(rollcall, Presented::Session(visit.session), visit.account, act).await
    }

    pub(crate) async fn act_as<A: Act>(
        &self,
        rollcall: &Rollcall,
        presented: Presented,
        account: AccountId,
        act: A,
    ) -> Result<A::Done, No> {
        let _turn = at_work::turn(rollcall).ok_or(No::Busy)?;
        let acted = rollcall.store.act(presented, account, act).await.map_err(No::Fault)?;
        acted.map_err(|why| {
            rollcall.instruments.refusal(&why);
            No::of(why)
        })
    }

    /// The frame of a signed-in page.
    pub(crate) fn frame(&self, visitor: &Visitor, section: Section, here: &str) -> Frame {
        let user = &visitor.user;
        Frame {
            account: visitor.account_name.clone(),
            who: Who {
                name: user.display_name.clone(),
                email: user.email.clone(),
                groups: user.groups,
            },
            section: Some(section),
            ..Frame::alone(&self.base(), here)
        }
    }

    /// The same, below these pages.
    pub(crate) fn frame_below(
        &self,
        visitor: &Visitor,
        section: Section,
        crumbs: &[(&str, &str)],
        here: &str,
    ) -> Frame {
        let first = Crumb::new(section.path(), section.label());
        let further = crumbs.iter().map(|(path, label)| Crumb::new(*path, *label));
        Frame {
            crumbs: std::iter::once(first).chain(further).collect(),
            ..self.frame(visitor, section, here)
        }
    }

    /// What a form carries along with an id that was given out with it: made for this session.
    pub(crate) fn form_key(&self, rollcall: &Rollcall, id: &str) -> String {
        let session = self.session.as_ref().map_or(&[][..], |session| session.as_bytes());
        stamp::stamp(&rollcall.store.keys(), Use::Form, &[session, id.as_bytes()])
    }

    /// Was this id given out with a form of this session?
    pub(crate) fn form_key_holds(&self, rollcall: &Rollcall, id: &str) -> bool {
        let session = self.session.as_ref().map_or(&[][..], |session| session.as_bytes());
        let parts = [session, id.as_bytes()];
        stamp::holds(&rollcall.store.keys(), Use::Form, &parts, self.form.raw("key"))
    }

    /// To another page, by its path behind the base.
    pub(crate) fn see_other(&self, path: &str) -> Response {
        see_other(&format!("{}{path}", self.base()))
    }
}

/// With GET, whatever was sent.
pub(crate) fn see_other(address: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    // What was decoded from an address may hold what no header may: then to the front door.
    let address =
        HeaderValue::from_str(address).unwrap_or_else(|_| HeaderValue::from_static("/console"));
    response.headers_mut().insert(header::LOCATION, address);
    response
}

pub(crate) fn html(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => {
            let mut response = Response::new(Body::from(text));
            *response.status_mut() = status;
            let html = HeaderValue::from_static("text/html; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, html);
            response
        }
        Err(error) => {
            call_id::log(|| tracing::error!(%error, "a page could not be rendered"));
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}

pub(crate) fn show(page: &impl Template) -> Response {
    html(StatusCode::OK, page)
}

/// A form again, with what is wrong with it.
pub(crate) fn again(page: &impl Template) -> Response {
    html(StatusCode::UNPROCESSABLE_ENTITY, page)
}
