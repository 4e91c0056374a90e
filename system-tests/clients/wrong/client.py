"""One client of the Users API and its faults, for the tests of the report: `client.py FAULT`.

With `right` it does all that the report asks. Each other word puts one classic fault into it, and
nothing else: the report is to find that fault and no other. Standard library only.
"""

import base64
import http.client
import json
import os
import sys
import time
import urllib.parse

FAULTS = {
    "right": None,
    "reads-users": "results-read",
    "stops-after-page-one": "paged-to-the-end",
    "loops-on-the-last-token": "page-token-not-repeated",
    "builds-its-own-page-token": "page-token-as-given",
    "stops-at-an-empty-page": "empty-pages-survived",
    "page-size-5000": "page-size-in-range",
    "invents-a-filter": "filter-as-documented",
    "token-for-each-call": "token-reused",
    "hammers-on-401": "token-renewed-once",
    "never-renews": "token-renewed-once",
    "hammers-with-a-refused-secret": "refused-credentials-stop",
    "secret-in-the-query": "no-secret-in-address",
    "secret-in-the-form": "basic-at-token-endpoint",
    "invents-a-scope": "token-request-as-documented",
    "no-user-agent": "user-agent-sent",
    "old-address": "path-as-documented",
    "lower-cases-ids": "ids-as-given",
    "repeats-acts-blindly": "unclear-act-looked-at",
    "ignores-429": "retry-after-obeyed",
    "hammers-on-500": "server-errors-paused",
    "error-ends-the-list": "error-is-not-the-end",
    "short-time-limit": "slow-answers-survived",
    "403-is-success": "refusal-is-not-success",
    "repeats-no-owner-remain": "last-owner-survived",
    "repeats-externally-managed": "externally-managed-survived",
    "tries-without-permission": "missing-permission-stops",
    "repeats-404": "gone-person-survived",
    "strict-about-fields": "unknown-fields-survived",
    "names-as-xml": "awkward-names-survived",
    "takes-the-nearest-address": "nobody-else-touched",
    "never-ends": "ends-in-time",
}
FIELDS = {"id", "email", "display_name", "state", "create_time", "path"}
AFTER = {"suspend": "SUSPENDED", "reactivate": "ACTIVE"}
TRIES = 4

ENV = os.environ
FAULT = sys.argv[1] if len(sys.argv) > 1 else "right"
BASE = urllib.parse.urlsplit(ENV["ROLLCALL_URL"])
ACCOUNT = ENV["ROLLCALL_ACCOUNT_ID"]
CLIENT = (ENV["ROLLCALL_CLIENT_ID"], ENV["ROLLCALL_CLIENT_SECRET"])


class Refused(Exception):
    """The answer is no; `status` is its own."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


class Failed(Exception):
    """Nobody knows: no answer, half of one, or one of a machine on the way."""


def send(method, target, headers, body=None):
    """One request on a connection of its own: status, headers, body."""
    limit = 1 if FAULT == "short-time-limit" else 8
    connection = http.client.HTTPConnection(BASE.hostname, BASE.port, timeout=limit)
    try:
        connection.request(method, target, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise Failed(str(error) or type(error).__name__) from error
    finally:
        connection.close()


TOKEN = None


def take_token():
    global TOKEN
    client, secret = (urllib.parse.quote(part) for part in CLIENT)
    target, body = "/v1beta1/users/oauth2/token", "grant_type=client_credentials"
    basic = base64.b64encode(":".join(CLIENT).encode()).decode()
    headers = {
        "Authorization": f"Basic {basic}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    if FAULT == "secret-in-the-query":
        target += f"?client_id={client}&client_secret={secret}"
        del headers["Authorization"]
    elif FAULT == "secret-in-the-form":
        body += f"&client_id={client}&client_secret={secret}"
        del headers["Authorization"]
    elif FAULT == "invents-a-scope":
        body += "&scope=users.read"
    for _ in range(6 if FAULT == "hammers-with-a-refused-secret" else 1):
        status, _, text = send("POST", target, headers, body)
        if status == 200:
            TOKEN = json.loads(text)["access_token"]
            return
    raise Refused(status, text)


def once(method, target):
    if TOKEN is None or FAULT == "token-for-each-call":
        take_token()
    headers = {"Authorization": f"Bearer {TOKEN}", "User-Agent": "WrongOnPurpose/1.0"}
    if FAULT == "no-user-agent":
        del headers["User-Agent"]
    return send(method, target, headers, "" if method == "POST" else None)


def call(method, target, is_act=False):
    """The answer as JSON. Waits and repeats where that is right."""
    renewed, failed = False, None
    for attempt in range(TRIES):
        try:
            status, headers, text = once(method, target)
        except Failed as error:
            status, headers, text, failed = 599, {}, "", error
        if 200 <= status < 300:
            return json.loads(text)
        if status == 401 and not renewed and FAULT != "never-renews":
            for _ in range(5 if FAULT == "hammers-on-401" else 0):
                once(method, target)
            renewed = True
            take_token()
        elif status == 429:
            time.sleep(0 if FAULT == "ignores-429" else int(headers.get("Retry-After", "1")))
        elif status < 500:
            raise Refused(status, text)
        elif is_act:
            raise Failed(str(failed or status))
        elif FAULT == "error-ends-the-list":
            return {"results": []}
        else:
            time.sleep(0 if FAULT == "hammers-on-500" else 0.2 * 2**attempt)
    raise failed or Refused(status, text)


def users():
    prefix = "/v1beta1/users" if FAULT == "old-address" else f"/v1beta1/accounts/{ACCOUNT}/users"
    size = 5000 if FAULT == "page-size-5000" else 50
    token, page, found = None, 0, []
    while True:
        query = {"max_page_size": size}
        if FAULT == "invents-a-filter":
            query["filter"] = 'state eq "ACTIVE"'
        if token:
            query["page_token"] = token
        answer = call("GET", f"{prefix}?{urllib.parse.urlencode(query)}")
        people = answer.get("users", []) if FAULT == "reads-users" else answer["results"]
        found += [read(person) for person in people]
        page += 1
        given = answer.get("next_page_token")
        if FAULT == "stops-after-page-one" or FAULT == "stops-at-an-empty-page" and not people:
            return found
        if FAULT == "loops-on-the-last-token":
            if page > 12 or not token and not given:
                return found
            token = given or token
        elif not given:
            return found
        elif FAULT == "builds-its-own-page-token":
            token = base64.urlsafe_b64encode(f"page:{page + 1}".encode()).decode().rstrip("=")
        else:
            token = given


def read(person):
    if FAULT == "strict-about-fields" and set(person) != FIELDS:
        raise ValueError(f"unknown fields: {set(person) - FIELDS}")
    if FAULT == "names-as-xml":
        from xml.etree import ElementTree

        ElementTree.fromstring(f"<name>{person['display_name']}</name>")
    return person


def find(email):
    for person in users():
        if FAULT == "takes-the-nearest-address" and person["email"].endswith(email):
            return person["id"]
        if person["email"].lower() == email.lower():
            return person["id"]
    raise Refused(404, f"nobody has the address {email}")


def act(verb, user):
    if FAULT == "lower-cases-ids":
        user = user.lower()
    target = f"/v1beta1/accounts/{ACCOUNT}/users/{user}"
    again = {
        "repeats-no-owner-remain": "no_owner_remain",
        "repeats-externally-managed": "user_externally_managed",
        "tries-without-permission": "scope_missing",
        "repeats-404": "user_not_found",
    }.get(FAULT)
    for attempt in range(5):
        try:
            call("POST", f"{target}:{verb}", is_act=True)
            return
        except Failed:
            if FAULT == "repeats-acts-blindly":
                continue
            if call("GET", target)["state"] == AFTER[verb]:
                return
        except Refused as refused:
            if FAULT == "403-is-success" and refused.status == 403:
                return
            if again is None or again not in refused.body:
                raise
    raise Refused(0, "it was tried often enough")


def main():
    task = ENV.get("ROLLCALL_EXAM_TASK", "list")
    if task == "list":
        print(len(users()), "people")
    else:
        user = ENV.get("ROLLCALL_EXAM_USER_ID") or find(ENV["ROLLCALL_EXAM_USER_EMAIL"])
        act(task, user)
    if FAULT == "never-ends":
        time.sleep(600)


if __name__ == "__main__":
    if FAULT not in FAULTS:
        sys.exit("faults: " + ", ".join(FAULTS))
    try:
        main()
    except (Refused, Failed, ValueError) as error:
        sys.exit(str(error))
