"""The walk by Authlib, which authenticates by client_secret_basic and revokes by itself."""

from the_walk import FAMILIES, TIMEOUT_SECONDS, Server, check_refused, check_token, expect, say, walk_users

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session


def main():
    server = Server.from_environment()
    for family in FAMILIES:
        walk(server, family)


def walk(server, family):
    session = open_session(server, server.client_secret, scope="openid")
    take_token(session, server, family)
    without_scope = open_session(server, server.client_secret, scope=None)
    take_token(without_scope, server, family)
    wrong_secret_is_refused(server, family)
    say(family, "tokens taken, and a wrong secret refused")

    address = walk_users(session, server, family)

    for _ in range(2):
        answer = session.revoke_token(
            server.url + family.revoke,
            token=session.token["access_token"],
            token_type_hint="access_token",
            timeout=TIMEOUT_SECONDS,
        )
        expect(answer.status_code == 200 and answer.text == "", "the revocation was refused", answer)
    check_refused(session.get(address, timeout=TIMEOUT_SECONDS), family)
    answer = without_scope.get(address, timeout=TIMEOUT_SECONDS)
    expect(answer.status_code == 200, "the other token was revoked too", answer)


def open_session(server, secret, scope):
    return OAuth2Session(
        server.client_id, secret, scope=scope, token_endpoint_auth_method="client_secret_basic"
    )


def take_token(session, server, family):
    url = server.url + family.token
    check_token(session.fetch_token(url, grant_type="client_credentials", timeout=TIMEOUT_SECONDS))


def wrong_secret_is_refused(server, family):
    try:
        take_token(open_session(server, "wrong", scope=None), server, family)
    except OAuthError as error:
        expect(error.error == "invalid_client", f"the refusal says {error.error!r}")
        return
    expect(False, "a wrong secret took a token")


if __name__ == "__main__":
    main()
