// A right client of the Users API, to copy from: openid-client for tokens, fetch for calls.
//
// node users.mjs list | node users.mjs suspend EMAIL | node users.mjs reactivate EMAIL
import * as oauth from 'openid-client';

const env = process.env;
const base = new URL(env.ROLLCALL_URL ?? 'https://api.1password.com').origin + '/v1beta1';
const users = `${base}/accounts/${env.ROLLCALL_ACCOUNT_ID}/users`;
const stateAfter = { suspend: 'SUSPENDED', reactivate: 'ACTIVE' };
const userAgent = 'ExampleCompany/1.0';
const [pageSize, tries, timeoutSeconds] = [20, 5, 10]; // a page may hold up to 1000

// The answer is no, and the same again would be no again.
class Refused extends Error {}
// An act was sent, and nobody said what became of it.
class Unclear extends Error {}

// ClientSecretBasic: the secret goes into the Authorization header, never into an address.
const config = new oauth.Configuration(
  { issuer: base, token_endpoint: `${base}/users/oauth2/token` },
  env.ROLLCALL_CLIENT_ID,
  undefined,
  oauth.ClientSecretBasic(env.ROLLCALL_CLIENT_SECRET),
);
config.timeout = timeoutSeconds;
config[oauth.customFetch] = (url, options) =>
  fetch(url, { ...options, headers: { ...options.headers, 'user-agent': userAgent } });
// The double speaks plain HTTP on this machine; everything else must be https.
if (base.startsWith('http:')) oauth.allowInsecureRequests(config);

let token;
let endsAt = 0;

// Sends; waits and sends again where that is right. An act is only repeated after a 429.
async function patiently(send, isAct = false) {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    let failure;
    try {
      return await send();
    } catch (error) {
      failure = error;
    }
    const answer = [failure.response, failure.cause].find((one) => one instanceof Response);
    const status = answer?.status;
    if (status && status !== 429 && status < 500) {
      throw new Refused(`${status}: ${failure.message}`, { cause: answer });
    }
    const told = answer?.headers.get('retry-after') ?? '';
    const seconds = /^\d+$/.test(told) ? Number(told) : 2 ** attempt;
    await new Promise((done) => setTimeout(done, seconds * 1000));
    if (isAct && status !== 429) throw new Unclear(failure.message);
  }
  throw new Refused(`not answered well in ${tries} tries`);
}

async function takeToken() {
  const taken = await patiently(() => oauth.clientCredentialsGrant(config, { scope: 'openid' }));
  [token, endsAt] = [taken.access_token, Date.now() + (taken.expiresIn() ?? 0) * 1000];
}

async function call(method, url, isAct = false) {
  const send = async () => {
    const headers = { authorization: `Bearer ${token}`, 'user-agent': userAgent };
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    const answer = await fetch(url, { method, headers, signal, redirect: 'error' });
    if (!answer.ok) throw new Error(await answer.text(), { cause: answer });
    return answer.json();
  };
  if (Date.now() >= endsAt) await takeToken();
  try {
    return await patiently(send, isAct);
  } catch (refused) {
    if (refused.cause?.status !== 401) throw refused;
    await takeToken(); // the old one has ended: once, and no oftener
    return patiently(send, isAct);
  }
}

async function people() {
  const [found, query] = [[], new URLSearchParams({ max_page_size: pageSize })];
  for (;;) {
    const page = await call('GET', `${users}?${query}`);
    found.push(...page.results); // may be empty with more to come
    if (!page.next_page_token) return found;
    query.set('page_token', page.next_page_token);
  }
}

async function act(verb, email) {
  const user = (await people()).find((one) => one.email === email);
  if (!user) throw new Refused(`nobody has the address ${email}`);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    try {
      return await call('POST', `${users}/${user.id}:${verb}`, true);
    } catch (unclear) {
      if (!(unclear instanceof Unclear)) throw unclear;
    }
    const now = await call('GET', `${users}/${user.id}`); // look before it is sent again: it may be done
    if (now.state === stateAfter[verb]) return now;
  }
  throw new Refused(`nobody said what became of ${verb} in ${tries} tries`);
}

const asked = process.argv.slice(2);
const [verb, email] = asked.length ? asked : [env.ROLLCALL_EXAM_TASK, env.ROLLCALL_EXAM_USER_EMAIL];
if (verb !== 'list' && !(verb in stateAfter && email)) {
  console.error('use: node users.mjs list | suspend EMAIL | reactivate EMAIL');
  process.exit(2);
}
try {
  const shown = verb === 'list' ? await people() : [await act(verb, email)];
  for (const user of shown) console.log([user.state, user.email, user.display_name].join('\t'));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(`refused: ${error.message}`);
  process.exitCode = 1;
}
