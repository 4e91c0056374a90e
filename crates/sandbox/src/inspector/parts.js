// Small parts of the page. Everything from outside goes in as text, never as markup.

/** An element with attributes and children; a child that is a string is text. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export const badge = (kind, words) => el("span", { class: `badge ${kind}` }, words);

export function answerBadge(answered) {
  if (answered.kind === "nothing") return badge("plain", "no answer");
  if (answered.kind === "broken") return badge("plain", `${answered.status}, cut`);
  const good = answered.status >= 200 && answered.status < 300;
  return badge(good ? "active right" : "plain", String(answered.status));
}

/** `12 ms`, `2.0 s`. */
export function time(millis) {
  if (millis < 10) return `${millis.toFixed(1)} ms`;
  return millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(1)} s`;
}

export function say(words) {
  const said = document.getElementById("said");
  said.textContent = words;
  setTimeout(() => { if (said.textContent === words) said.textContent = ""; }, 3000);
}

export function copyButton(text) {
  const button = el("button", { type: "button", class: "button small" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      say("The command was copied.");
    } catch {
      button.textContent = "Not copied";
      say("Nothing was copied. Select the text and copy it by hand.");
    }
    setTimeout(() => { button.textContent = "Copy"; }, 3000);
  });
  return button;
}
