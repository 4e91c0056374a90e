// One exchange in full.

import { answerBadge, badge, copyButton, el, time } from "./parts.js";

/** `full`: as the control API gives it; `before`: the exchange before it, if it is known. */
export function showExchange(into, full, before, back) {
  const { exchange, curl, notes } = full;
  const close = el("button", { type: "button", class: "button small" }, "Close");
  close.addEventListener("click", back);
  into.replaceChildren(
    el("div", { class: "card-head" },
      el("h2", { id: "one-title" }, `Exchange ${exchange.number}`),
      el("span", { class: "badges" }, answerBadge(exchange.answered), close)),
    facts(exchange, before),
    noted(notes),
    part("Request", head(requestLine(exchange), exchange.sent.headers), exchange.sent.body, exchange.sent.headers),
    answer(exchange.answered),
    el("div", { class: "command" },
      el("div", { class: "card-head" }, el("h3", {}, "Once more"), copyButton(curl)),
      el("pre", { tabindex: "0", id: "curl", "aria-label": "Command" }, curl),
      el("p", { class: "quiet small-text" }, "Needs ROLLCALL_URL and the client's id and secret, as rollcall dev sets them, and a token in TOKEN.")),
  );
}

function facts(exchange, before) {
  const { meant } = exchange;
  const rows = [
    ["Operation", meant.operation],
    ["When", `${new Date(exchange.started).toISOString().replace("T", " ").replace("Z", "")} UTC`],
    ["Took", time(exchange.took)],
    ["After the one before", before ? pause(exchange, before) : null],
    ["Account", meant.account],
    ["Person", meant.user],
    ["Credential", credential(meant.credential)],
    ["Page token", pageToken(meant.page_token)],
    ["Played", exchange.played],
    ["Request id", exchange.request_id],
  ];
  const list = el("dl", { class: "facts" });
  for (const [name, value] of rows) {
    if (value) list.append(el("dt", {}, name), el("dd", {}, value));
  }
  return list;
}

function pause(exchange, before) {
  const millis = exchange.since_start - before.since_start - before.took;
  if (millis < 0) return `began while ${before.number} was under way`;
  return `${time(millis)} after ${before.number} had ended`;
}

function credential(is) {
  switch (is.kind) {
    case "client": return `client ${is.client_id}, ${is.is_right ? "with its secret" : "with another secret"}`;
    case "token": return `token ${is.number} of client ${is.client_id}`;
    case "unknown": return "not of this double; nothing of it was kept";
    default: return "none";
  }
}

const ALTERED = {
  case: "in another case",
  cut_short: "cut short",
  surrounded: "with something around it",
  characters: "with other characters in it",
};

function pageToken(is) {
  switch (is.kind) {
    case "as_given": return `as exchange ${is.exchange} gave it`;
    case "altered": return `of exchange ${is.exchange}, ${ALTERED[is.how] ?? "altered"}`;
    case "unknown": return "never given by this double";
    default: return null;
  }
}

function noted(notes) {
  if (notes.length === 0) return "";
  const list = el("ul", { class: "notes" });
  for (const note of notes) {
    const wrong = note.kind === "wrong";
    list.append(el("li", { class: note.kind },
      badge(note.kind, wrong ? "Wrong" : "Right"),
      el("span", {}, note.words),
      el("details", {}, el("summary", {}, note.check), el("p", {}, plain(note.paragraph)))));
  }
  return el("section", { "aria-labelledby": "noted" }, el("h3", { id: "noted" }, "What the report says"), list);
}

/** Markdown's marks are for other readers; its links keep their words. */
const plain = (text) => text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[*`]/g, "");

const requestLine = (exchange) => `${exchange.sent.method} ${exchange.sent.target} ${exchange.sent.version}`;

const head = (first, headers) => [first, ...headers.map(([name, value]) => `${name}: ${value}`)].join("\n");

function answer(answered) {
  if (answered.kind === "nothing") {
    const done = { true: "It was done.", false: "It was not done." }[answered.acted] ?? "Whether it was done is not known.";
    const who = answered.by === "client" ? "The client left before it was answered." : "The connection was ended without an answer.";
    return el("div", {}, el("h3", {}, "Answer"), el("p", {}, `${who} ${done}`));
  }
  const shown = part("Answer", head(String(answered.status), answered.headers), answered.body, answered.headers);
  if (answered.kind === "broken") {
    const who = answered.by === "client" ? "The client left in the middle of it." : "The connection was ended in the middle of it.";
    shown.append(el("p", {}, who));
  }
  return shown;
}

function part(title, headText, body, headers) {
  const pieces = [el("h3", {}, title), el("pre", { tabindex: "0", "aria-label": `${title}: head` }, headText)];
  if (body.text) {
    pieces.push(el("pre", { tabindex: "0", "aria-label": `${title}: body` }, pretty(body, headers)));
    if (body.is_cut) pieces.push(el("p", { class: "quiet small-text" }, `The beginning of ${body.bytes} bytes.`));
  }
  return el("div", { class: "stack-small" }, ...pieces);
}

function pretty(body, headers) {
  const kind = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  if (body.is_cut || !kind.includes("json")) return body.text;
  try {
    return JSON.stringify(JSON.parse(body.text), null, 2);
  } catch {
    return body.text;
  }
}
