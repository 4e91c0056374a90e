// The inspector: follows the journal, lists what ended, shows one exchange in full.

import { No, call, dropToken, hasToken, keepToken, read, takeToken } from "./call.js";
import { showExchange } from "./exchange.js";
import { answerBadge, badge, el, say, time } from "./parts.js";

const WAIT_SECONDS = 25;
const AGAIN_AFTER_MILLIS = 2000;
/** A walk that is under way is not one that stopped: judged when it is quiet. */
const NOTES_AFTER_MILLIS = 1000;
/** So many are kept here; the journal has more. */
const KEPT_MAX = 3000;
const SHOWN_MAX = 300;

const at = (id) => document.getElementById(id);
/** By number, in the order of their numbers' coming. */
const exchanges = new Map();
let notes = {};
let newest = 0;
let cleared = null;
let asksForNotes = null;
let shown = null;

const sorted = () => [...exchanges.values()].sort((one, other) => other.number - one.number);

async function follow() {
  for (;;) {
    if (!hasToken()) return knock();
    try {
      const path = `/journal?after=${newest}&wait_seconds=${cleared === null ? 0 : WAIT_SECONDS}&limit=500`;
      take(await read(path));
    } catch (error) {
      if (error instanceof No && error.status === 401) {
        dropToken();
        return knock("This is not the token of the double that runs here. A double has a new one each time it starts.");
      }
      at("state").textContent = "The double cannot be reached. Trying again.";
      await new Promise((done) => setTimeout(done, AGAIN_AFTER_MILLIS));
    }
  }
}

function take(stretch) {
  at("desk").hidden = at("acts").hidden = false;
  at("door").hidden = true;
  at("state").textContent = "Following live";
  if (cleared !== null && cleared !== stretch.cleared) {
    exchanges.clear();
    notes = {};
    leave();
    list();
  }
  const first = cleared === null;
  cleared = stretch.cleared;
  newest = stretch.newest;
  if (!stretch.exchanges.length) { if (first) list(); return; }
  for (const exchange of stretch.exchanges) exchanges.set(exchange.number, exchange);
  for (const number of exchanges.keys()) {
    if (exchanges.size <= KEPT_MAX) break;
    exchanges.delete(number);
  }
  choices();
  list();
  if (first) fromAddress();
  clearTimeout(asksForNotes);
  asksForNotes = setTimeout(askForNotes, NOTES_AFTER_MILLIS);
}

async function askForNotes() {
  try {
    notes = (await read("/notes")).notes;
    list();
  } catch { /* the follower tells what is wrong */ }
}

/** What may be chosen: what has come. */
function choices() {
  const values = { operation: new Set(), account: new Set() };
  for (const { meant } of exchanges.values()) {
    values.operation.add(meant.operation);
    if (meant.account) values.account.add(meant.account);
  }
  for (const [id, all] of Object.entries(values)) {
    const known = new Set([...at(id).options].map((option) => option.value));
    for (const value of [...all].sort()) {
      if (!known.has(value)) at(id).append(el("option", { value }, value));
    }
  }
}

function isWanted(exchange) {
  const { meant, answered, sent } = exchange;
  const [operation, account, status] = [at("operation").value, at("account").value, at("status").value];
  if (operation && meant.operation !== operation) return false;
  if (account && meant.account !== account) return false;
  if (status === "0" ? answered.kind === "whole" : status && !String(answered.status ?? "").startsWith(status)) return false;
  if (at("wrong").checked && !notes[exchange.number]) return false;
  const text = at("text").value.trim().toLowerCase();
  if (!text) return true;
  return [sent.method, sent.target, sent.body.text, answered.body?.text, meant.user, meant.operation, exchange.played,
    meant.credential.client_id, ...sent.headers.flat()].some((part) => part?.toLowerCase().includes(text));
}

/** Rows that stay are kept, so that whoever stands on one goes on standing there. */
const rows = new Map();

function list() {
  const wanted = sorted().filter(isWanted);
  const seen = wanted.slice(0, SHOWN_MAX);
  const body = at("rows");
  const stay = new Set(seen.map((exchange) => exchange.number));
  for (const [number, row] of rows) {
    if (!stay.has(number)) { row.remove(); rows.delete(number); }
  }
  let place = body.firstElementChild;
  for (const exchange of seen) {
    let row = rows.get(exchange.number);
    if (!row) { row = makeRow(exchange); rows.set(exchange.number, row); }
    if (row === place) place = place.nextElementSibling;
    else body.insertBefore(row, place);
    markRow(row, exchange);
  }
  const rest = wanted.length - seen.length;
  const all = exchanges.size;
  at("count").textContent = wanted.length === all ? `${all}` : `${wanted.length} of ${all}`;
  if (rest > 0) at("count").textContent += `, the newest ${seen.length} shown`;
  at("none").hidden = seen.length > 0;
  at("none").querySelector("h3").textContent = all ? "Nothing fits" : "Nothing yet";
  at("none").querySelector("p").textContent = all
    ? "No exchange fits this filter."
    : "Let your connector make a call: it appears here as soon as it ends.";
}

function makeRow(exchange) {
  const { number, meant, sent } = exchange;
  return el("tr", {},
    el("td", { class: "number", "data-label": "No." }, el("span", {}, String(number))),
    el("th", { scope: "row" }, el("span", { class: "call" },
      el("a", { href: `#exchange=${number}` }, meant.operation, el("span", { class: "unseen" }, ` of exchange ${number}`)),
      el("span", { class: "target" }, `${sent.method} ${sent.target}`))),
    el("td", { "data-label": "Answer" }, answerBadge(exchange.answered)),
    el("td", { class: "took", "data-label": "Took" }, el("span", {}, time(exchange.took))),
    el("td", { "data-label": "Notes" }));
}

function markRow(row, exchange) {
  const wrong = notes[exchange.number]?.length ?? 0;
  const key = `${wrong} ${exchange.played ?? ""}`;
  if (row.dataset.noted !== key) {
    row.dataset.noted = key;
    const badges = [
      wrong ? badge("wrong", `${wrong} wrong`) : null,
      exchange.played ? badge("played", exchange.played) : null,
    ].filter(Boolean);
    row.lastElementChild.replaceChildren(...(badges.length ? [el("span", { class: "badges" }, ...badges)] : []));
  }
  if (exchange.number === shown) row.setAttribute("aria-current", "true");
  else row.removeAttribute("aria-current");
}

async function fromAddress() {
  const number = Number(new URLSearchParams(location.hash.slice(1)).get("exchange"));
  if (!number) return leave();
  try {
    const full = await read(`/journal/${number}`);
    const before = sorted().find((other) => other.number < number && other.meant.account === full.exchange.meant.account);
    shown = number;
    showExchange(at("one"), full, before, () => { location.hash = ""; });
    at("one").hidden = false;
    at("desk").classList.add("split");
    list();
    at("one").focus({ preventScroll: matchMedia("(min-width: 1100px)").matches });
  } catch (error) {
    leave();
    say(error.message);
  }
}

function leave() {
  const left = rows.get(shown);
  shown = null;
  at("one").hidden = true;
  at("desk").classList.remove("split");
  list();
  if (left?.isConnected) left.querySelector("a").focus();
}

/** Asks for the token. */
function knock(why) {
  at("desk").hidden = at("acts").hidden = true;
  at("door").hidden = false;
  if (why) at("why").textContent = why;
  at("state").textContent = "Not connected";
  at("token").focus();
}

at("door").addEventListener("submit", (event) => {
  event.preventDefault();
  keepToken(at("token").value);
  at("token").value = "";
  follow();
});
at("filter").addEventListener("submit", (event) => event.preventDefault());
for (const kind of ["input", "change"]) {
  at("filter").addEventListener(kind, () => { list(); say(`${at("count").textContent} exchanges`); });
}
addEventListener("hashchange", () => { takeToken(); fromAddress(); });

async function act(method, path, words) {
  try {
    const answer = await call(method, path);
    say(words);
    return answer;
  } catch (error) {
    say(error.message);
    at("state").textContent = error.message;
    return null;
  }
}

at("clear").addEventListener("click", () => act("DELETE", "/journal", "The journal is empty."));
at("reset").addEventListener("click", () => { at("sure").returnValue = ""; at("sure").showModal(); });
at("sure").addEventListener("close", () => {
  if (at("sure").returnValue === "yes") act("POST", "/reset", "The double is back at its seed.");
});
at("har").addEventListener("click", async () => {
  const answer = await act("GET", "/journal.har", "The archive is downloaded.");
  if (!answer) return;
  const address = URL.createObjectURL(await answer.blob());
  el("a", { href: address, download: "rollcall.har" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
});

takeToken();
follow();
