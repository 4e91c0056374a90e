#!/usr/bin/python3
"""A cluster from the Compose file, without Docker: started, used, and its primary killed.

    trial.py ROLLCALL-BINARY

Passes when everything became healthy, what was acknowledged before the kill is there after it, acts go
on with another primary, and the lost member is healthy again.
"""

import json
import pathlib
import re
import subprocess
import sys

from lab import Lab

PUBLIC = "rollcall.example.com"


def ask(lab, path, *more):
    """One call at the public door: the status, and what came."""
    words = ["curl", "--silent", "--show-error", "--max-time", "25", "--cacert", lab.folder / "secrets/ca.pem",
             "--connect-to", f"{PUBLIC}:443:{lab.services['front'].address}:443",
             "--write-out", "\n%{http_code}", *more, f"https://{PUBLIC}{path}"]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    body, _, status = done.stdout.rpartition("\n")
    return int(status or 0), json.loads(body) if body.startswith("{") else {}


def admin(lab, *words):
    done = lab.services["node1"].within(["rollcall", "admin", *words])
    if done.returncode != 0:
        raise SystemExit(f"rollcall admin {' '.join(words[:2])}: {done.stderr}")
    return done.stdout


def member(lab, path):
    """Who of the three answers 200 there: `/primary` and `/synchronous` are Patroni's words."""
    found = []
    for name in ("pg1", "pg2", "pg3"):
        service = lab.services[name]
        test = ["curl", "--silent", "--fail", "--max-time", "2", "--output", "/dev/null", "--cacert",
                "/etc/rollcall-cluster/ca.pem", f"https://127.0.0.1:8008{path}"]
        if service.is_alive() and service.within(test).returncode == 0:
            found.append(name)
    return found


def what_is_watched_is_there(lab):
    """Each metric of Patroni's that an alert or the dashboard asks for, from a member that runs."""
    deploy = pathlib.Path(__file__).resolve().parent.parent
    asked = set()
    for file in ("prometheus/alerts.yml", "grafana/dashboard.json"):
        asked |= set(re.findall(r"patroni_[a-z_]+", (deploy / file).read_text()))
    said = lab.services["pg1"].within(["curl", "--silent", "--cacert", "/etc/rollcall-cluster/ca.pem",
                                       "https://127.0.0.1:8008/metrics"]).stdout
    missing = {name for name in asked if not re.search(rf"^{name}{{", said, re.M)}
    assert asked and not missing, f"Patroni has no {missing}"
    print(f"         Patroni has all of {', '.join(sorted(asked))}", flush=True)


class People:
    """An account with people, and a client that suspends them."""

    def __init__(self, lab):
        self.lab = lab
        made = json.loads(admin(lab, "account", "create", "--name", "Trial Ltd", "--owner-email", "ann@example.com",
                                "--owner-name", "Ann", "--setup-link", "/tmp/ann.txt", "--json"))
        self.account = made["account_id"]
        for n in range(3):
            admin(lab, "people", "add", "--email", f"p{n}@example.com", "--name", f"Person {n}")
        scopes = [word for scope in ("list_users", "get_user", "suspend_users", "reactivate_users")
                  for word in ("--scope", scope)]
        made = json.loads(admin(lab, "application", "create", "--name", "Trial", *scopes,
                                "--secret-file", "/tmp/secret", "--json"))
        self.client = made["client_id"]
        self.secret = lab.services["node1"].within(["cat", "/tmp/secret"]).stdout.strip()
        self.users = f"/v1/accounts/{self.account}/users"

    def call(self, path, *more):
        status, token = ask(self.lab, "/v1/oauth/token", "--user", f"{self.client}:{self.secret}",
                            "--data", "grant_type=client_credentials")
        if status != 200:
            return status, token
        return ask(self.lab, path, "--header", f"Authorization: Bearer {token['access_token']}", *more)

    def ids(self):
        status, page = self.call(self.users)
        assert status == 200, (status, page)
        return {user["email"]: user["id"] for user in page["results"]}

    def suspend(self, person):
        return self.call(f"{self.users}/{person}:suspend", "--request", "POST")[0] == 200

    def state(self, person):
        return self.call(f"{self.users}/{person}")[1].get("state")


def main():
    lab = Lab(sys.argv[1])
    try:
        lab.wait("all ten services are healthy", lambda: not lab.sick())
        lab.wait("one primary, one standby that acknowledges",
                 lambda: len(member(lab, "/primary")) == 1 and len(member(lab, "/synchronous")) == 1)
        what_is_watched_is_there(lab)
        people = People(lab)
        ids = people.ids()
        assert people.suspend(ids["p0@example.com"]), "nobody could be suspended"
        primary = member(lab, "/primary")[0]
        lab.services[primary].kill()
        print(f"         {primary} is killed, with everything that ran in it", flush=True)
        lab.wait("somebody is suspended again", lambda: people.suspend(ids["p1@example.com"]), but=(primary,))
        states = [people.state(ids[f"p{n}@example.com"]) for n in range(3)]
        assert states == ["SUSPENDED", "SUSPENDED", "ACTIVE"], states
        assert member(lab, "/primary") != [primary]
        lab.wait("the lost member is healthy again, and all others", lambda: not lab.sick())
        print(admin(lab, "audit", "verify").strip())
    finally:
        lab.end()


if __name__ == "__main__":
    main()
