//! Changes what the server truly answered about people: somebody is left out, shown in another
//! state, or there is more than the contract names. The shape stays the server's own.

use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use axum::response::Response;
use rollcall_directory::tokens::Claims;
use rollcall_directory::users::{After, StateFilter};
use rollcall_directory::world::Moment;
use rollcall_wire::paging::{Filter, ListQuery};
use rollcall_wire::users::{ListUsersResponse, State, User};
use serde::Serialize;

use crate::double::Double;

/// A thousand people with the longest names and addresses fit in several times.
const ANSWER_MAX_BYTES: usize = 8 * 1024 * 1024;

/// Nobody with this id is on the page.
pub(super) async fn without(response: Response, user: &str) -> Response {
    changed(response, |mut page: ListUsersResponse| {
        page.results.retain(|one| one.id != user);
        json(&page)
    })
    .await
}

/// The person has that state, and is not on a list of those in another.
pub(super) async fn shown_as(
    response: Response,
    list: Option<&ListQuery>,
    user: &str,
    state: State,
) -> Response {
    let wanted = match list.map(|list| list.filter).unwrap_or_default() {
        Filter::All => None,
        Filter::Active => Some(State::Active),
        Filter::Suspended => Some(State::Suspended),
    };
    changed(response, |mut page: ListUsersResponse| {
        for one in page.results.iter_mut().filter(|one| one.id == user) {
            one.state = state;
        }
        page.results.retain(|one| one.id != user || wanted.is_none_or(|wanted| wanted == state));
        json(&page)
    })
    .await
}

/// Nobody is on the page, and its token leads to where this one led.
pub(super) async fn emptied(
    double: &Double,
    claims: Option<&Claims>,
    list: Option<&ListQuery>,
    response: Response,
) -> Response {
    let again = claims.zip(list).and_then(|(claims, list)| the_same_place(double, claims, list));
    let Some(token) = again else { return response };
    changed(response, |_: ListUsersResponse| {
        json(&ListUsersResponse { results: Vec::new(), next_page_token: Some(token) })
    })
    .await
}

/// Another token for the same place: clients are right to stop at one that they were given before.
fn the_same_place(double: &Double, claims: &Claims, list: &ListQuery) -> Option<String> {
    let (keys, now) = (double.store.keys(), double.store.world().now());
    let filter = match list.filter {
        Filter::All => StateFilter::All,
        Filter::Active => StateFilter::Active,
        Filter::Suspended => StateFilter::Suspended,
    };
    let given = list.page_token.as_deref()?;
    let after = After::open(given, &keys, claims.account, filter, now).ok()?;
    // A token says when it was made; two of one moment would be the same.
    let mut times = (0..).map(|earlier| Moment::from_millis(now.millis() - earlier));
    times
        .by_ref()
        .take(2)
        .map(|made| after.seal(&keys, claims.account, filter, made))
        .find(|token| token != given)
}

/// Fields that the contract does not name, of each kind of value, on people and pages.
pub(super) async fn with_extra_fields(response: Response) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_MAX_BYTES).await else { return cannot_be_read(parts) };
    let more = if let Ok(page) = serde_json::from_slice::<ListUsersResponse>(&bytes) {
        let people: Vec<String> = page.results.iter().filter_map(person_with_more).collect();
        let next = page.next_page_token.map(|token| format!(",\"next_page_token\":\"{token}\""));
        let (people, next) = (people.join(","), next.unwrap_or_default());
        Some(format!("{{\"results\":[{people}]{next},\"total_size\":null}}"))
    } else {
        serde_json::from_slice::<User>(&bytes).ok().and_then(|user| person_with_more(&user))
    };
    let body = more.map_or(Body::from(bytes), Body::from);
    whole(parts, body)
}

fn person_with_more(user: &User) -> Option<String> {
    let text = serde_json::to_string(user).ok()?;
    let fields = text.strip_suffix('}')?;
    Some(format!("{fields},\"job_title\":\"\",\"labels\":[\"a\",{{\"b\":[]}}],\"mfa\":true}}"))
}

/// What the change makes of the page; an answer that is no page stays what it was.
async fn changed(
    response: Response,
    change: impl FnOnce(ListUsersResponse) -> Option<Vec<u8>>,
) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_MAX_BYTES).await else { return cannot_be_read(parts) };
    let page = serde_json::from_slice::<ListUsersResponse>(&bytes).ok();
    let body = page.and_then(change).map_or(Body::from(bytes), Body::from);
    whole(parts, body)
}

fn json(page: &impl Serialize) -> Option<Vec<u8>> {
    serde_json::to_vec(page).ok()
}

/// The length is that of the new body.
fn whole(mut parts: axum::http::response::Parts, body: Body) -> Response {
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, body)
}

/// The server's own answers are in memory and far shorter: only an error of ours ends here.
fn cannot_be_read(mut parts: axum::http::response::Parts) -> Response {
    tracing::error!("an answer could not be read to change it");
    parts.status = StatusCode::INTERNAL_SERVER_ERROR;
    whole(parts, Body::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn user(id: &str, state: State) -> User {
        User {
            id: id.to_owned(),
            email: format!("{id}@example.com"),
            display_name: "\"<b>\u{202e}\\".to_owned(),
            state,
            create_time: "2024-01-15T09:00:00Z".to_owned(),
            path: rollcall_wire::users::user_path(ACCOUNT, id),
        }
    }

    fn page(users: &[User], next: Option<&str>) -> Response {
        let page = ListUsersResponse {
            results: users.to_vec(),
            next_page_token: next.map(ToOwned::to_owned),
        };
        Response::new(Body::from(json(&page).unwrap()))
    }

    async fn text(response: Response) -> String {
        let bytes = to_bytes(response.into_body(), ANSWER_MAX_BYTES).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn only_the_one_is_left_out_and_the_rest_is_byte_for_byte_the_same() {
        let both = [user("A", State::Active), user("B", State::Suspended)];
        let left = text(without(page(&both, Some("t")), "A").await).await;
        assert_eq!(left, text(page(&both[1..], Some("t"))).await);
        let nobody = text(without(page(&both, None), "C").await).await;
        assert_eq!(nobody, text(page(&both, None)).await);
        let last_is_empty = text(without(page(&both, Some("")), "C").await).await;
        assert!(last_is_empty.ends_with("\"next_page_token\":\"\"}"), "{last_is_empty}");
    }

    #[tokio::test]
    async fn somebody_has_another_state_and_is_not_among_those_of_the_true_one() {
        let (alone, other) = ([user("B", State::Suspended)], [user("B", State::Active)]);
        let shown = |list: Option<ListQuery>| async move {
            let alone = [user("B", State::Suspended)];
            text(shown_as(page(&alone, None), list.as_ref(), "B", State::Active).await).await
        };
        assert_eq!(shown(None).await, text(page(&other, None)).await);
        let suspended = ListQuery { filter: Filter::Suspended, ..ListQuery::default() };
        assert_eq!(shown(Some(suspended)).await, "{\"results\":[]}");
        let not_they = shown_as(page(&alone, None), None, "C", State::Active).await;
        assert_eq!(text(not_they).await, text(page(&alone, None)).await);
    }

    #[tokio::test]
    async fn more_fields_come_behind_those_of_the_contract() {
        let one = user("A", State::Active);
        let single = Response::new(Body::from(serde_json::to_vec(&one).unwrap()));
        let single = text(with_extra_fields(single).await).await;
        let mut value: serde_json::Value = serde_json::from_str(&single).unwrap();
        assert_eq!((&value["mfa"], &value["labels"][1]["b"]), (&true.into(), &serde_json::json!([])));
        let fields = value.as_object_mut().unwrap();
        for more in ["job_title", "labels", "mfa"] {
            fields.remove(more).unwrap();
        }
        assert_eq!(value, serde_json::to_value(&one).unwrap());
        let listed = text(with_extra_fields(page(&[one], Some("t"))).await).await;
        let value: serde_json::Value = serde_json::from_str(&listed).unwrap();
        assert_eq!(value["results"][0]["mfa"], true);
        assert_eq!((&value["next_page_token"], value.as_object().unwrap().len()), (&"t".into(), 3));
    }

    #[tokio::test]
    async fn a_refusal_is_not_touched() {
        let refusal = || {
            let mut response = Response::new(Body::from("{\"code\":7}"));
            *response.status_mut() = StatusCode::FORBIDDEN;
            response
        };
        assert_eq!(text(without(refusal(), "A").await).await, "{\"code\":7}");
        assert_eq!(text(with_extra_fields(refusal()).await).await, "{\"code\":7}");
    }
}
