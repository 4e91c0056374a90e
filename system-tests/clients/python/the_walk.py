"""What every Python client has to find: the walk after a token was taken, and how a difference is told.

The libraries differ in how they take a token and sign a request; what the server must answer does not.
"""

import os
import re
import sys
from dataclasses import dataclass

# Both libraries refuse plain HTTP unless told that it is meant; the test server listens on loopback only.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["NO_PROXY"] = "*"

TIMEOUT_SECONDS = 30
FIELDS = {"id", "email", "display_name", "state", "create_time", "path"}
MAY_NOT_BE_SUSPENDED = ("no_owner_remain", "user_externally_managed")


@dataclass(frozen=True)
class Server:
    url: str
    account: str
    client_id: str
    client_secret: str

    @classmethod
    def from_environment(cls):
        names = ("URL", "ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET")
        return cls(*(os.environ["ROLLCALL_" + name] for name in names))


@dataclass(frozen=True)
class Family:
    name: str
    token: str
    revoke: str


FAMILIES = (
    Family("v1beta1", "/v1beta1/users/oauth2/token", "/v1beta1/users/oauth2/revoke"),
    Family("v1", "/v1/oauth/token", "/v1/oauth/revoke"),
)


def expect(holds, words, answer=None):
    """Ends the walk with words when something differs."""
    if not holds:
        if answer is not None:
            words += f"\n  status {answer.status_code}\n  {answer.text}"
        sys.exit(f"{os.path.basename(sys.argv[0])}: {words}")


def check_token(token):
    """A token as both libraries hand it over: a dictionary."""
    expect(token["token_type"].lower() == "bearer", f"token_type is {token['token_type']!r}")
    expect(type(token["expires_in"]) is int, "expires_in is not a number")
    expect(890 <= token["expires_in"] <= 900, f"expires_in is {token['expires_in']}")
    scope = token["scope"] if isinstance(token["scope"], str) else " ".join(token["scope"])
    expect(scope == "openid", f"scope is {scope!r}")


def check_user(user, server, answer):
    expect(set(user) == FIELDS, f"a user has other fields: {sorted(user)}", answer)
    expect(user["path"] == f"accounts/{server.account}/users/{user['id']}", "a wrong path", answer)
    expect(user["state"] in ("ACTIVE", "SUSPENDED"), "a wrong state", answer)
    time = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", user["create_time"])
    expect(time is not None, f"create_time is {user['create_time']!r}", answer)


def walk_users(session, server, family):
    """List in pages, get, suspend twice, reactivate; answers an address that the session may read."""
    users = f"{server.url}/{family.name}/accounts/{server.account}/users"
    everybody = list_all(session, server, users, {"max_page_size": 7})
    expect(len(everybody) > 7, f"only {len(everybody)} users: nothing was paged")
    active = list_all(session, server, users, {"filter": "user.isActive()", "max_page_size": 20})
    expect(all(user["state"] == "ACTIVE" for user in active), "the filter let suspended people through")
    say(family, f"{len(everybody)} users listed, {len(active)} of them active")

    address = suspend_somebody(session, server, users, active)
    say(family, "one user suspended")
    state(session.post(f"{address}:suspend", timeout=TIMEOUT_SECONDS), server, "SUSPENDED")
    state(session.get(address, timeout=TIMEOUT_SECONDS), server, "SUSPENDED")
    say(family, "suspended again, which changes nothing")
    # `quote(…, safe="")` escapes the colon, and so do some clients.
    state(session.post(f"{address}%3Areactivate", timeout=TIMEOUT_SECONDS), server, "ACTIVE")
    say(family, "reactivated")
    return address


def list_all(session, server, users, query):
    seen, page_token = [], None
    while True:
        page = {**query, "page_token": page_token} if page_token else query
        answer = session.get(users, params=page, timeout=TIMEOUT_SECONDS)
        expect(answer.status_code == 200, "a list was refused", answer)
        body = answer.json()
        expect(set(body) <= {"results", "next_page_token"}, "a page has other fields", answer)
        expect(len(body["results"]) <= query["max_page_size"], "a page is too long", answer)
        for user in body["results"]:
            check_user(user, server, answer)
        seen.extend(body["results"])
        page_token = body.get("next_page_token")
        if not page_token:
            break
    expect(len({user["id"] for user in seen}) == len(seen), "a user was listed twice")
    return seen


def suspend_somebody(session, server, users, active):
    """The owner and people managed elsewhere cannot be suspended, and a list does not say who they are."""
    for user in reversed(active):
        address = f"{users}/{user['id']}"
        read = session.get(address, timeout=TIMEOUT_SECONDS)
        state(read, server, "ACTIVE")
        expect(read.json() == user, "a get answers another user than the list", read)
        answer = session.post(f"{address}:suspend", timeout=TIMEOUT_SECONDS)
        if answer.status_code != 403:
            state(answer, server, "SUSPENDED")
            return address
        body = answer.json()
        expect(body["code"] == 7 and body["details"] == [], "not the shape of a refusal", answer)
        expect(body["message"] in MAY_NOT_BE_SUSPENDED, "not a reason that was expected", answer)
    sys.exit("nobody could be suspended")


def state(answer, server, wanted):
    expect(answer.status_code == 200, f"a user should be {wanted}", answer)
    check_user(answer.json(), server, answer)
    expect(answer.json()["state"] == wanted, f"a user should be {wanted}", answer)


def check_refused(answer, family):
    """What a revoked token finds."""
    expect(answer.status_code == 401, "a revoked token still works", answer)
    expect(answer.json() == {"code": 16, "message": "token_invalid", "details": []}, "wrong words", answer)
    challenge = answer.headers.get("WWW-Authenticate", "")
    expect(challenge.startswith("Bearer") and 'error="invalid_token"' in challenge, f"challenge {challenge!r}")
    say(family, "token revoked, and the same call is refused")


def say(family, words):
    print(f"{os.path.basename(sys.argv[0])} {family.name}: {words}", flush=True)
