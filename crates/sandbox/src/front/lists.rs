//! Changes what the server truly answered about people: somebody is left out, shown in another
//! state, or there is more than the contract names. The shape stays the server's own.

use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use axum::response::Response;
use rollcall_directory::tokens::Claims;
use rollcall_directory::users::After;
use rollcall_directory::world::Moment;
use rollcall_server::state_filter;
use rollcall_wire::paging::{Filter, ListQuery};
use rollcall_wire::users::{ListUsersResponse, State, User};
use serde::Serialize;

use super::ANSWER_MAX_BYTES;
use crate::double::Double;
use crate::faults::{Effect, Fault};

/// The people that faults say something of are as those say. The names of those that did anything.
pub(super) async fn with_people_changed(
    response: Response,
    list: Option<&ListQuery>,
    faults: &[Fault],
) -> (Response, Vec<String>) {
    let mut played = Vec::new();
    if faults.is_empty() {
        return (response, played);
    }
    let wanted = match list.map(|list| list.filter).unwrap_or_default() {
        Filter::All => None,
        Filter::Active => Some(State::Active),
        Filter::Suspended => Some(State::Suspended),
    };
    let response = changed(response, |mut page: ListUsersResponse| {
        for fault in faults {
            let user = fault.when.user.as_deref().unwrap_or_default();
            if page.results.iter().any(|one| one.id == user) {
                change(&mut page.results, user, &fault.effect, wanted);
                played.push(fault.name.clone());
            }
        }
        (!played.is_empty()).then(|| json(&page)).flatten()
    });
    (response.await, played)
}

/// `wanted`: whom the list is of; who is shown in another state is not on it.
fn change(people: &mut Vec<User>, user: &str, effect: &Effect, wanted: Option<State>) {
    match effect {
        Effect::Vanish {} => people.retain(|one| one.id != user),
        Effect::ListedAs { state } => {
            for one in people.iter_mut().filter(|one| one.id == user) {
                one.state = *state;
            }
            let stays = wanted.is_none_or(|wanted| wanted == *state);
            people.retain(|one| stays || one.id != user);
        }
        // They are about the whole call.
        Effect::Answer { .. }
        | Effect::Slow { .. }
        | Effect::Trickle { .. }
        | Effect::Silence { .. }
        | Effect::CutAfterAct {}
        | Effect::CutBefore {}
        | Effect::CutBody { .. }
        | Effect::EmptyPage {}
        | Effect::ExtraFields {}
        | Effect::TokenEnds { .. }
        | Effect::RetireSecret {} => {}
    }
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
    let filter = state_filter(list.filter);
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
    rewritten(response, |bytes| {
        let Ok(page) = serde_json::from_slice::<ListUsersResponse>(bytes) else {
            let user: User = serde_json::from_slice(bytes).ok()?;
            return person_with_more(&user).map(String::into_bytes);
        };
        let people: Vec<String> = page.results.iter().filter_map(person_with_more).collect();
        let next = page.next_page_token.map(|token| format!(",\"next_page_token\":\"{token}\""));
        let (people, next) = (people.join(","), next.unwrap_or_default());
        Some(format!("{{\"results\":[{people}]{next},\"total_size\":null}}").into_bytes())
    })
    .await
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
    rewritten(response, |bytes| change(serde_json::from_slice(bytes).ok()?)).await
}

/// An answer that is well, with another body if there is to be one.
async fn rewritten(response: Response, rewrite: impl FnOnce(&[u8]) -> Option<Vec<u8>>) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_MAX_BYTES).await else { return cannot_be_read(parts) };
    let body = rewrite(&bytes).map_or_else(|| Body::from(bytes), Body::from);
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
    use crate::faults::When;

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

    fn about(user: &str, effect: Effect) -> Fault {
        let when = When { user: Some(user.to_owned()), ..When::default() };
        Fault::new("one", when, effect)
    }

    /// The text, and whether anything was done.
    async fn with(page: Response, filter: Filter, fault: Fault) -> (String, bool) {
        let list = ListQuery { filter, ..ListQuery::default() };
        let (changed, played) = with_people_changed(page, Some(&list), &[fault]).await;
        (text(changed).await, !played.is_empty())
    }

    #[tokio::test]
    async fn only_the_one_is_left_out_and_the_rest_is_byte_for_byte_the_same() {
        let both = [user("A", State::Active), user("B", State::Suspended)];
        let vanish = |user: &str| about(user, Effect::Vanish {});
        let left = with(page(&both, Some("t")), Filter::All, vanish("A")).await;
        assert_eq!(left, (text(page(&both[1..], Some("t"))).await, true));
        let nobody = with(page(&both, None), Filter::All, vanish("C")).await;
        assert_eq!(nobody, (text(page(&both, None)).await, false));
        let (last_is_empty, _) = with(page(&both, Some("")), Filter::All, vanish("A")).await;
        assert!(last_is_empty.ends_with("\"next_page_token\":\"\"}"), "{last_is_empty}");
    }

    #[tokio::test]
    async fn somebody_has_another_state_and_is_not_among_those_of_the_true_one() {
        let (alone, other) = ([user("B", State::Suspended)], [user("B", State::Active)]);
        let active = |user: &str| about(user, Effect::ListedAs { state: State::Active });
        let shown = with(page(&alone, None), Filter::All, active("B")).await;
        assert_eq!(shown, (text(page(&other, None)).await, true));
        let suspended = with(page(&alone, None), Filter::Suspended, active("B")).await;
        assert_eq!(suspended, ("{\"results\":[]}".to_owned(), true));
        let not_they = with(page(&alone, None), Filter::All, active("C")).await;
        assert_eq!(not_they, (text(page(&alone, None)).await, false));
    }

    #[tokio::test]
    async fn more_fields_come_behind_those_of_the_contract() {
        let one = user("A", State::Active);
        let single = Response::new(Body::from(serde_json::to_vec(&one).unwrap()));
        let single = text(with_extra_fields(single).await).await;
        let mut value: serde_json::Value = serde_json::from_str(&single).unwrap();
        assert_eq!(
            (&value["mfa"], &value["labels"][1]["b"]),
            (&true.into(), &serde_json::json!([]))
        );
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
        let vanish = about("A", Effect::Vanish {});
        assert_eq!(with(refusal(), Filter::All, vanish).await, ("{\"code\":7}".to_owned(), false));
        assert_eq!(text(with_extra_fields(refusal()).await).await, "{\"code\":7}");
    }
}
