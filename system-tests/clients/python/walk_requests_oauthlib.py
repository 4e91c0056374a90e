"""The walk by requests-oauthlib, the library most Python integrations use.

It sends Basic credentials as they are, and knows revocation only as a request that it prepares.
"""

from the_walk import FAMILIES, TIMEOUT_SECONDS, Server, check_refused, check_token, expect, say, walk_users

import requests
from oauthlib.oauth2 import BackendApplicationClient, InvalidClientError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session


def main():
    server = Server.from_environment()
    for family in FAMILIES:
        walk(server, family)


def walk(server, family):
    credentials = HTTPBasicAuth(server.client_id, server.client_secret)
    take_token(server, family, credentials, scope=None)
    session = take_token(server, family, credentials, scope=["openid"])
    wrong_secret_is_refused(server, family)
    say(family, "tokens taken, and a wrong secret refused")

    address = walk_users(session, server, family)

    url, headers, body = session._client.prepare_token_revocation_request(
        server.url + family.revoke, session.token["access_token"], "access_token"
    )
    answer = requests.post(url, headers=headers, data=body, auth=credentials, timeout=TIMEOUT_SECONDS)
    expect(answer.status_code == 200 and answer.text == "", "the revocation was refused", answer)
    check_refused(session.get(address, timeout=TIMEOUT_SECONDS), family)


def take_token(server, family, credentials, scope):
    session = OAuth2Session(client=BackendApplicationClient(client_id=server.client_id, scope=scope))
    url = server.url + family.token
    check_token(session.fetch_token(token_url=url, auth=credentials, timeout=TIMEOUT_SECONDS))
    return session


def wrong_secret_is_refused(server, family):
    try:
        take_token(server, family, HTTPBasicAuth(server.client_id, "wrong"), scope=None)
    except InvalidClientError:
        return
    expect(False, "a wrong secret took a token")


if __name__ == "__main__":
    main()
