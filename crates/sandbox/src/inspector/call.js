// The control API, called with the token that came behind the address's `#`.

const KEPT = "rollcall-control-token";

/** Takes the token out of the address at once: addresses are copied and shown around. */
export function takeToken() {
  const behind = new URLSearchParams(location.hash.slice(1));
  const token = behind.get("token");
  if (token === null) return;
  if (token) sessionStorage.setItem(KEPT, token);
  behind.delete("token");
  const rest = behind.toString();
  history.replaceState(null, "", location.pathname + (rest ? `#${rest}` : ""));
}

export const hasToken = () => Boolean(sessionStorage.getItem(KEPT));
export const keepToken = (token) => sessionStorage.setItem(KEPT, token.trim());
export const dropToken = () => sessionStorage.removeItem(KEPT);

/** What the double said no with. */
export class No extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

export async function call(method, path) {
  const answer = await fetch(`/sandbox/v1${path}`, {
    method,
    cache: "no-store",
    credentials: "omit",
    headers: { Authorization: `Bearer ${sessionStorage.getItem(KEPT) ?? ""}` },
  });
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({}));
    throw new No(answer.status, said.error ?? `The double answered ${answer.status}.`);
  }
  return answer;
}

export const read = async (path) => (await call("GET", path)).json();
