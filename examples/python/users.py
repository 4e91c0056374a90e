#!/usr/bin/env python3
"""A right client of the Users API, to copy from: requests with Authlib.

users.py list | users.py suspend EMAIL | users.py reactivate EMAIL
"""

import os
import sys
import time

import requests
from authlib.integrations.requests_client import OAuth2Session

BASE = os.environ.get("ROLLCALL_URL", "https://api.1password.com") + "/v1beta1"
USERS = f"{BASE}/accounts/{os.environ['ROLLCALL_ACCOUNT_ID']}/users"
STATE_AFTER = {"suspend": "SUSPENDED", "reactivate": "ACTIVE"}
PAGE_SIZE, TRIES, TIMEOUT_SECONDS = 20, 5, 10  # a page may hold up to 1000


class Refused(Exception):
    """The answer is no, and the same again would be no again."""


class Unclear(Exception):
    """An act was sent, and nobody said what became of it."""


def must_be_well(answer):
    answer.raise_for_status()
    return answer


# client_secret_basic: the secret goes into the Authorization header, never into an address.
session = OAuth2Session(
    os.environ["ROLLCALL_CLIENT_ID"],
    os.environ["ROLLCALL_CLIENT_SECRET"],
    scope="openid",
    token_endpoint_auth_method="client_secret_basic",
    token_endpoint=f"{BASE}/users/oauth2/token",
    grant_type="client_credentials",  # with it, Authlib renews a token whose time is over
)
session.headers["User-Agent"] = "ExampleCompany/1.0"
session.register_compliance_hook("access_token_response", must_be_well)


def patiently(send, is_act=False):
    """Sends; waits and sends again where that is right. An act is only repeated after a 429."""
    for attempt in range(TRIES):
        try:
            return send()
        except requests.RequestException as error:
            answer = error.response
            status = answer.status_code if answer is not None else None
            if status is not None and status != 429 and status < 500:
                raise Refused(f"{status}: {answer.text}", status) from error
            told = answer.headers.get("Retry-After", "") if answer is not None else ""
            time.sleep(int(told) if told.isdigit() else 2**attempt)
            if is_act and status != 429:
                raise Unclear(str(error)) from error
    raise Refused(f"not answered well in {TRIES} tries", None)


def take_token():
    patiently(lambda: session.fetch_token(timeout=TIMEOUT_SECONDS))


def call(method, url, is_act=False, **more):
    def send():
        return must_be_well(session.request(method, url, timeout=TIMEOUT_SECONDS, **more)).json()

    try:
        return patiently(send, is_act)
    except Refused as refused:
        if refused.args[1] != 401:
            raise
        take_token()  # the old one has ended: once, and no oftener
        return patiently(send, is_act)


def people():
    found, query = [], {"max_page_size": PAGE_SIZE}
    while True:
        page = call("GET", USERS, params=query)
        found += page["results"]  # may be empty with more to come
        if not page.get("next_page_token"):
            return found
        query["page_token"] = page["next_page_token"]


def act(verb, email):
    user = next((user for user in people() if user["email"] == email), None)
    if user is None:
        raise Refused(f"nobody has the address {email}", None)
    address = f"{USERS}/{user['id']}"
    for _ in range(TRIES):
        try:
            return call("POST", f"{address}:{verb}", is_act=True)
        except Unclear:
            user = call("GET", address)  # look before it is sent again: it may be done
            if user["state"] == STATE_AFTER[verb]:
                return user
    raise Refused(f"nobody said what became of {verb} in {TRIES} tries", None)


def main(verb, email=None):
    take_token()
    for user in people() if verb == "list" else [act(verb, email)]:
        print(user["state"], user["email"], user["display_name"], sep="\t")


if __name__ == "__main__":
    exam = [os.environ.get("ROLLCALL_EXAM_TASK"), os.environ.get("ROLLCALL_EXAM_USER_EMAIL")]
    words = sys.argv[1:] or [word for word in exam if word]
    if words[:1] != ["list"] and (len(words) != 2 or words[0] not in STATE_AFTER):
        sys.exit(__doc__)
    try:
        main(*words[: 1 if words[0] == "list" else 2])
    except Refused as refused:
        sys.exit(f"refused: {refused.args[0]}")
