// What a page cannot do without a script: copy, ask before a secret is left behind, and keep a
// page that was left from coming back out of memory. Everything else works without this file.
"use strict";
(() => {
  const said = document.getElementById("said");
  const say = (words) => { if (said) said.textContent = words; };

  for (const button of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    if (!source || !navigator.clipboard) continue;
    const label = [...button.childNodes];
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText("value" in source ? source.value : source.textContent);
        button.textContent = "Copied";
        say(button.dataset.said);
      } catch {
        button.textContent = "Not copied";
        say("Nothing was copied. Select the text and copy it by hand.");
      }
      setTimeout(() => { button.replaceChildren(...label); say(""); }, 3000);
    });
  }

  // A secret that is shown once: leaving asks first, unless what leaves is the form that saves it.
  if (document.querySelector("[data-shown-once]")) {
    let saves = false;
    addEventListener("submit", (event) => { saves = event.target.hasAttribute("data-saves"); });
    addEventListener("beforeunload", (event) => { if (!saves) event.preventDefault(); });
    addEventListener("pagehide", () => {
      for (const secret of document.querySelectorAll("[data-secret]")) {
        if ("value" in secret) secret.value = ""; else secret.textContent = "";
      }
    });
  }
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // A second press while the first is under way.
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
})();
