#!/usr/bin/env bash
# The getting-started walk by curl, as a newcomer pastes it, on both route families: take a token, list two
# at a time, follow the page token unescaped, get, suspend twice, reactivate, revoke, and be refused.
# Calls directly, or by the proxy of the environment for all but the hosts in WALK_NO_PROXY, if that is set.
# Prints one line per step; ends with 1 and what differed at the first difference.
set -euo pipefail
: "${ROLLCALL_URL:?}" "${ROLLCALL_ACCOUNT_ID:?}" "${ROLLCALL_CLIENT_ID:?}" "${ROLLCALL_CLIENT_SECRET:?}"
export ROLLCALL_ACCOUNT_ID

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
family='' token=''

fail() { # WORDS: says what differed, with the answer, and ends the walk
  { printf 'curl %s: %s\n  status %s\n' "$family" "$1" "${status:-none}"; cat "$work/head" "$work/body"; echo; } >&2
  exit 1
}

request() { # CURL-ARGUMENTS…: sets $status; the answer lies in $work/head and $work/body
  : >"$work/head"; : >"$work/body"; status=''
  status=$(curl --silent --show-error --noproxy "${WALK_NO_PROXY-*}" --max-time 30 --dump-header "$work/head" \
    --output "$work/body" --write-out '%{http_code}' "$@") || fail "curl itself failed"
}

answers() { # STATUS WORDS
  [ "$status" = "$1" ] || fail "$2 should answer $1"
}

# A Python expression on `body`, `headers` (names in lower case) and `environ`; no output is false.
ask='
import json, os, re, sys
folder, expression = sys.argv[1:3]
text = open(folder + "/body", encoding="utf-8").read()
lines = open(folder + "/head", encoding="utf-8").read().splitlines()
headers = {n.strip().lower(): v.strip() for n, s, v in (line.partition(":") for line in lines) if s}
FIELDS = {"id", "email", "display_name", "state", "create_time", "path"}
def is_user(user):
    return (set(user) == FIELDS and all(isinstance(value, str) and value for value in user.values())
        and user["state"] in ("ACTIVE", "SUSPENDED")
        and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", user["create_time"]) is not None
        and user["path"] == "accounts/%s/users/%s" % (os.environ["ROLLCALL_ACCOUNT_ID"], user["id"]))
names = dict(text=text, body=json.loads(text) if text else None, headers=headers, environ=os.environ, re=re, is_user=is_user)
value = eval(expression, names)
if value is not False and value is not None: print(value)
'
read_answer() { python3 -c "$ask" "$work" "$1" || fail "this answer cannot be read: $1"; }
holds() { # WORDS EXPRESSION
  [ "$(read_answer "$2")" = True ] || fail "$1"
}
is_json() { holds "the answer should be JSON" 'headers.get("content-type", "").startswith("application/json")'; }
says() { echo "curl $family: $1"; }

with_token() { request --header "Authorization: Bearer $token" "$@"; }

take_token() {
  request --user "$ROLLCALL_CLIENT_ID:$ROLLCALL_CLIENT_SECRET" --data grant_type=client_credentials "$ROLLCALL_URL$1"
  answers 200 'the token endpoint'
  is_json
  holds 'the token answer has exactly its four fields' 'set(body) == {"access_token", "token_type", "expires_in", "scope"}'
  holds 'the token type is bearer' 'body["token_type"].lower() == "bearer"'
  holds 'a token lives for 900 seconds' 'type(body["expires_in"]) is int and 890 <= body["expires_in"] <= 900'
  holds 'the scope is openid' 'body["scope"] == "openid"'
  holds 'nobody may store a token' 'headers.get("cache-control") == "no-store"'
  holds 'a token has only unreserved characters' 're.fullmatch(r"[A-Za-z0-9._~-]+", body["access_token"]) is not None'
  token=$(read_answer 'body["access_token"]')
  says 'token taken'
}

list_pages() { # sets the ids seen on the first two pages
  with_token "$users?max_page_size=2"
  answers 200 'the list'
  is_json
  holds 'the first page has two users and a next page' 'set(body) == {"results", "next_page_token"} and len(body["results"]) == 2'
  holds 'each user has exactly the six fields' 'all(is_user(user) for user in body["results"])'
  first=$(read_answer '" ".join(user["id"] for user in body["results"])')
  local next
  next=$(read_answer 'body["next_page_token"]')
  with_token "$users?max_page_size=2&page_token=$next"
  answers 200 'the next page, with its token pasted as it is'
  FIRST=$first holds 'the next page has other users' \
    'body["results"] and not set(environ["FIRST"].split()) & {user["id"] for user in body["results"]}  or False'
  says 'two pages listed'
}

# The owner and people managed elsewhere may not be suspended, and a list does not tell who they are:
# the last of the active people that the server agrees to suspend is the one.
suspend_somebody() {
  with_token "$users?max_page_size=1000&filter=user.isActive()"
  answers 200 'the list of active people'
  holds 'only active people are listed' 'all(is_user(user) and user["state"] == "ACTIVE" for user in body["results"])'
  local candidates
  candidates=$(read_answer '"\n".join(user["id"] for user in reversed(body["results"]))')
  for user in $candidates; do
    with_token "$users/$user"
    answers 200 'a get'
    is_json
    USER_ID=$user holds 'a get answers the user' 'is_user(body) and body["id"] == environ["USER_ID"] and body["state"] == "ACTIVE"'
    with_token --request POST "$users/$user:suspend"
    [ "$status" = 403 ] || break
    holds 'a refusal has a reason' \
      'set(body) == {"code", "message", "details"} and body["code"] == 7 and body["message"] in ("no_owner_remain", "user_externally_managed")'
  done
  says 'one user read'
  user_is SUSPENDED 'suspend'
  says 'suspended'
}

user_is() { # STATE WORDS
  answers 200 "$2"
  is_json
  USER_ID=$user STATE=$1 holds "$2 answers the user as $1" \
    'is_user(body) and body["id"] == environ["USER_ID"] and body["state"] == environ["STATE"]'
}

walk() { # FAMILY TOKEN-PATH REVOKE-PATH
  family=$1
  local users="$ROLLCALL_URL/$family/accounts/$ROLLCALL_ACCOUNT_ID/users" user='' first=''
  take_token "$2"
  list_pages
  suspend_somebody
  with_token --request POST "$users/$user:suspend"
  user_is SUSPENDED 'a second suspend'
  says 'suspended again, which changes nothing'
  with_token "$users/$user"
  user_is SUSPENDED 'a get after it'
  with_token --request POST "$users/$user:reactivate"
  user_is ACTIVE 'reactivate'
  says 'reactivated'

  request --user "$ROLLCALL_CLIENT_ID:$ROLLCALL_CLIENT_SECRET" --data-urlencode "token=$token" "$ROLLCALL_URL$3"
  answers 200 'revoke'
  holds 'a revocation has no body' 'text == ""'
  says 'token revoked'
  with_token "$users/$user"
  answers 401 'a revoked token'
  is_json
  holds 'the refusal says so' 'body == {"code": 16, "message": "token_invalid", "details": []}'
  holds 'the challenge says so' \
    'headers.get("www-authenticate", "").startswith("Bearer") and "error=\"invalid_token\"" in headers["www-authenticate"]'
  says 'the same call is refused'
}

walk v1beta1 /v1beta1/users/oauth2/token /v1beta1/users/oauth2/revoke
walk v1 /v1/oauth/token /v1/oauth/revoke
