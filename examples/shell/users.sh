#!/usr/bin/env bash
# A right client of the Users API, to copy from: curl and jq.
#
# users.sh list | users.sh suspend EMAIL | users.sh reactivate EMAIL
set -euo pipefail

base="${ROLLCALL_URL:-https://api.1password.com}/v1beta1"
users="$base/accounts/$ROLLCALL_ACCOUNT_ID/users"
page_size=20 # a page may hold up to 1000
tries=5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

refuse() { echo "refused: $*" >&2; exit 1; }

# once CONFIG ARGUMENT…: one request. The status is in $status (000: no answer), the body in
# $work/body. CONFIG has what is secret: arguments can be seen by everybody on the machine.
once() {
  local config=$1
  shift
  status=$(curl --silent --config - --user-agent ExampleCompany/1.0 --max-time 10 \
    --dump-header "$work/head" --output "$work/body" --write-out '%{http_code}' "$@" <<<"$config") || status=000
}

# Seconds to wait before the next try: what Retry-After says, or twice as long each time.
wait_a_while() {
  local told
  told=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' "$work/head" | tail -1)
  sleep "${told:-$((2 ** $1))}"
}

# patiently IS_ACT CONFIG ARGUMENT…: sends, and again where that is right. It ends with 0 when the
# answer is well, 1 when it is no, 2 when an act was sent and nobody said what became of it.
patiently() {
  local is_act=$1 attempt
  shift
  for ((attempt = 0; attempt < tries; attempt++)); do
    : >"$work/head"
    : >"$work/body"
    once "$@"
    case $status in
      2??) return 0 ;;
      429 | 5?? | 000) wait_a_while "$attempt" ;;
      *) return 1 ;;
    esac
    if [ "$is_act" = act ] && [ "$status" != 429 ]; then return 2; fi
  done
  return 1
}

take_token() {
  patiently read "user = \"$ROLLCALL_CLIENT_ID:$ROLLCALL_CLIENT_SECRET\"" \
    --data grant_type=client_credentials --data scope=openid "$base/users/oauth2/token" ||
    refuse "no token: $status $(<"$work/body")"
  token=$(jq --raw-output .access_token "$work/body")
}

# call IS_ACT ARGUMENT…: a token that has ended is renewed once, and no oftener.
call() {
  local is_act=$1 ended=0
  shift
  patiently "$is_act" "header = \"Authorization: Bearer $token\"" "$@" || ended=$?
  if [ "$ended" = 1 ] && [ "$status" = 401 ]; then
    take_token
    ended=0
    patiently "$is_act" "header = \"Authorization: Bearer $token\"" "$@" || ended=$?
  fi
  if [ "$ended" = 1 ]; then refuse "$status $(<"$work/body")"; fi
  return "$ended"
}

# Everybody, one JSON object a line, into $work/people. A page may be empty with more to come.
list_people() {
  local next=""
  : >"$work/people"
  while :; do
    call read --get --data max_page_size=$page_size ${next:+--data-urlencode "page_token=$next"} "$users"
    jq --compact-output '.results[]' "$work/body" >>"$work/people"
    next=$(jq --raw-output '.next_page_token // ""' "$work/body")
    if [ -z "$next" ]; then return; fi
  done
}

act() {
  local verb=$1 email=$2 after=$3 id attempt
  list_people
  id=$(jq --raw-output --arg email "$email" 'select(.email == $email).id' "$work/people")
  [ -n "$id" ] || refuse "nobody has the address $email"
  for ((attempt = 0; attempt < tries; attempt++)); do
    if call act --request POST "$users/$id:$verb"; then return; fi
    call read "$users/$id" # look before it is sent again: it may be done
    if [ "$(jq --raw-output .state "$work/body")" = "$after" ]; then return; fi
  done
  refuse "nobody said what became of $verb in $tries tries"
}

show() { jq --raw-output '[.state, .email, .display_name] | join("\t")' "$1"; }

[ $# -gt 0 ] || set -- "${ROLLCALL_EXAM_TASK:-}" "${ROLLCALL_EXAM_USER_EMAIL:-}"
case "$1${2:+ someone}" in
  list*) take_token && list_people && show "$work/people" ;;
  "suspend someone") take_token && act suspend "$2" SUSPENDED && show "$work/body" ;;
  "reactivate someone") take_token && act reactivate "$2" ACTIVE && show "$work/body" ;;
  *) sed -n 's/^# \(users.sh .*\)/use: \1/p' "$0" >&2 && exit 2 ;;
esac
