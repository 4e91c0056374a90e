"""A connector on dlt with the hosted address written into it: its REST source walks the list of
people, its REST client suspends the last of them and lets them back in. Nothing in it knows of
the double."""

import base64
import os

from dlt.common.configuration import configspec
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials
from dlt.sources.rest_api import rest_api_source

BASE = "https://api.1password.com/v1beta1"
ACCOUNT = os.environ["ROLLCALL_ACCOUNT_ID"]


@configspec
class ByBasic(OAuth2ClientCredentials):
    """The client in the header, which dlt leaves to a subclass."""

    def build_access_token_request(self):
        client = f"{self.client_id}:{self.client_secret}".encode()
        return {
            "headers": {"Authorization": f"Basic {base64.b64encode(client).decode()}"},
            "data": {"grant_type": "client_credentials"},
        }


auth = ByBasic(
    access_token_url=f"{BASE}/users/oauth2/token",
    client_id=os.environ["ROLLCALL_CLIENT_ID"],
    client_secret=os.environ["ROLLCALL_CLIENT_SECRET"],
)
source = rest_api_source(
    {
        "client": {
            "base_url": f"{BASE}/accounts/{ACCOUNT}/",
            "auth": auth,
            "paginator": {
                "type": "cursor",
                "cursor_path": "next_page_token",
                "cursor_param": "page_token",
            },
        },
        "resources": [
            {
                "name": "people",
                "primary_key": "id",
                "endpoint": {
                    "path": "users",
                    "params": {"max_page_size": 7},
                    "data_selector": "results",
                },
            }
        ],
    }
)
people = list(source.resources["people"])
ids = {person["id"] for person in people}
assert len(ids) == len(people), "somebody came twice"
print(f"dlt: {len(people)} people")

client = RESTClient(base_url=f"{BASE}/accounts/{ACCOUNT}/", auth=auth)
for verb in ("suspend", "reactivate"):
    person = client.post(f"users/{people[-1]['id']}:{verb}").json()
    print(f"dlt: {verb}, now {person['state']}")
