"""Fuzzes the running server from its own description: no answer may differ from what /openapi.json says.

Starts `rollcall dev` on a free port and lets Schemathesis send what the description allows and what it
forbids, in two passes: the calls of the API with a token, mostly with real people in the path, so that the
acts themselves answer; and everything else with Basic. The seed is fixed, so that a finding comes again.
Ends with 1 when something was found, or when an operation never succeeded and so was hardly looked at.

Usage: schema_fuzz.py [--examples N] [--seed N]
Reads ROLLCALL_BIN; ROLLCALL_TEST_LOGS and ROLLCALL_TEST_SECRETS are where the log and the secrets go.
"""

import argparse
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30
PASS_SECONDS_MAX = 300
# How often a name in a path is a real one; else nearly every answer would be that it is not.
REAL_NAMES = 0.9
METHODS = {"get", "put", "post", "delete", "options", "head", "patch"}
os.environ["NO_PROXY"] = "*"

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
]
# Left out because the API promises something else, on purpose:
# - negative_data_rejection, positive_data_acceptance: unknown query names and bodies are ignored, and a
#   well-formed filter, page token or id may still be refused.
# - missing_required_header: without credentials the answer is 401, which ignored_auth holds already.


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--examples", type=int, default=70, help="for each operation")
    options.add_argument("--seed", type=int, default=20260101)
    options = options.parse_args()
    with running_server() as server:
        token = take_token(server)
        bearer = {"Authorization": f"Bearer {token}"}
        names = {"account": [server["account_id"]], "user": some_users(server, token)}
        passes = [
            ("the calls with a token", bearer, names, ["--include-path-regex", "/accounts/"]),
            ("everything else", {"Authorization": basic(server)}, {}, ["--exclude-path-regex", "/accounts/"]),
        ]
        found = [words for words, *rest in passes if not fuzz(server, options, words, *rest)]
        if server["process"].poll() is not None:
            sys.exit(f"the server ended by itself, with {server['process'].returncode}")
        never = never_succeeded(server)
    if found:
        sys.exit("something was found with " + " and ".join(found))
    if never:
        sys.exit("these never succeeded, so little of them was looked at: " + ", ".join(never))


def fuzz(server, options, words, headers, names, choice):
    """Whether nothing was found."""
    print(f"schema fuzz: {words}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "schemathesis.toml"
        # A JSON string or list of strings is a TOML one too.
        lines = ["[headers]"] + [f"{name} = {json.dumps(value)}" for name, value in headers.items()]
        for name, values in names.items():
            lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]
        lines += ["[parameters]"]
        for name in names:
            lines += [f'"path.{name}" = {{ dictionary = "{name}", probability = {REAL_NAMES} }}']
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        config.chmod(0o600)
        command = [Path(sys.executable).with_name("schemathesis"), "--config-file", config, "--no-color", "run"]
        command += [f"{server['base_url']}/openapi.json", "--url", server["base_url"], *choice]
        command += ["--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"]
        command += ["--max-examples", str(options.examples), "--seed", str(options.seed)]
        command += ["--generation-database", "none", "--continue-on-failure", "--warnings", "off"]
        # A rare shape is thrown away often before it fits; that says nothing about the server.
        command += ["--suppress-health-check", "all", "--request-timeout", "10"]
        report = Path(folder) / "report.har"
        command += ["--report", "har", "--report-har-path", report]
        finished = subprocess.run(command, cwd=folder, timeout=PASS_SECONDS_MAX, check=False)
        if finished.returncode != 0:
            return False
        server["exchanges"] += json.loads(report.read_text(encoding="utf-8"))["log"]["entries"]
    return True


def never_succeeded(server):
    """The operations of the description that answered only refusals: what they say otherwise was not seen."""
    with_success = {
        (exchange["request"]["method"], urlsplit(exchange["request"]["url"]).path)
        for exchange in server["exchanges"]
        if 200 <= exchange["response"]["status"] < 300
    }
    never = []
    paths = ask(f"{server['base_url']}/openapi.json")["paths"]
    # Read by the line above; Schemathesis itself leaves out the address that it read the description from.
    del paths["/openapi.json"]
    for path, operations in paths.items():
        # A verb ends its path, so a name in a path has no colon here.
        pattern = re.sub(r"\\{\w+\\}", "[^/:]+", re.escape(path))
        for method in METHODS & set(operations):
            answered = any(method.upper() == verb and re.fullmatch(pattern, seen) for verb, seen in with_success)
            if not answered:
                never.append(f"{method.upper()} {path}")
    return sorted(never)


@contextmanager
def running_server():
    """`rollcall dev`, from its line of JSON to its end; its log goes where the log search finds it."""
    logs = Path(os.environ.get("ROLLCALL_TEST_LOGS", "."))
    logs.mkdir(parents=True, exist_ok=True)
    command = [os.environ["ROLLCALL_BIN"], "dev", "--listen", "127.0.0.1:0", "--json"]
    with open(logs / "schema-fuzz.log", "wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        try:
            line = process.stdout.readline()
            if not line:
                sys.exit(f"`rollcall dev` ended with {process.wait()} and said nothing; see {log.name}")
            server = json.loads(line)
            note_secret(server["client_secret"])
            note_secret(server["owner_password"])
            # What follows the line is read away, so that the server never waits for us.
            Thread(target=process.stdout.read, daemon=True).start()
            yield {**server, "process": process, "exchanges": []}
        finally:
            process.terminate()
            try:
                process.wait(TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                sys.exit("the server did not end when asked to")


def take_token(server):
    for path in ("/v1/oauth/token", "/v1beta1/users/oauth2/token"):
        request = urllib.request.Request(server["base_url"] + path, b"grant_type=client_credentials")
        request.add_header("Authorization", basic(server))
        token = ask(request)["access_token"]
        note_secret(token)
    return token


def some_users(server, token):
    """A few who exist, and one who does not."""
    address = f"{server['base_url']}/v1/accounts/{server['account_id']}/users?max_page_size=8"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    return [user["id"] for user in ask(request)["results"]] + ["A" * 26]


def ask(request):
    # The environment may name a proxy; the server is on loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
        return json.load(answer)


def basic(server):
    pair = f"{server['client_id']}:{server['client_secret']}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def note_secret(secret):
    """For the search of the logs, which comes after."""
    if "ROLLCALL_TEST_SECRETS" in os.environ:
        with open(os.environ["ROLLCALL_TEST_SECRETS"], "a", encoding="utf-8") as known:
            known.write(secret + "\n")


if __name__ == "__main__":
    main()
