// What every JavaScript client has to find, told once: the walk after a token was taken, given a way to send
// a request. A client is `send(method, address, query) → { status, headers, text }`, so that what differs
// between libraries stays in their files.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { webcrypto } from 'node:crypto';

// Older runtimes keep the Web Crypto interface in a module.
globalThis.crypto ??= webcrypto;

const FIELDS = 'create_time,display_name,email,id,path,state';
const MAY_NOT_BE_SUSPENDED = ['no_owner_remain', 'user_externally_managed'];

const variable = (name) => process.env[`ROLLCALL_${name}`] ?? fail(`ROLLCALL_${name} is not set`);

export const server = {
  url: variable('URL').replace(/\/$/, ''),
  account: variable('ACCOUNT_ID'),
  clientId: variable('CLIENT_ID'),
  clientSecret: variable('CLIENT_SECRET'),
};

export const families = [
  { name: 'v1beta1', token: '/v1beta1/users/oauth2/token', revoke: '/v1beta1/users/oauth2/revoke' },
  { name: 'v1', token: '/v1/oauth/token', revoke: '/v1/oauth/revoke' },
];

/** Imports a library from the folder of installed clients, which is not a parent of this file. */
export async function library(name) {
  const here = dirname(fileURLToPath(import.meta.url));
  const clients = process.env.ROLLCALL_CLIENTS ?? join(here, '../../../target/clients');
  const installed = createRequire(join(clients, 'javascript/package.json'));
  return import(pathToFileURL(installed.resolve(name)).href);
}

export function fail(words) {
  throw new Error(words);
}

export function expect(holds, words, answer) {
  if (!holds) fail(answer ? `${words}\n  status ${answer.status}\n  ${answer.text}` : words);
}

export function checkToken(token) {
  expect(token.token_type.toLowerCase() === 'bearer', `token_type is ${token.token_type}`);
  expect(Number.isInteger(token.expires_in), 'expires_in is not a number');
  expect(token.expires_in >= 890 && token.expires_in <= 900, `expires_in is ${token.expires_in}`);
  expect(token.scope === 'openid', `scope is ${token.scope}`);
}

/** Lists in pages, gets, suspends twice, reactivates; answers the address of the user. */
export async function walkUsers(client, family, options = {}) {
  const { size = 'max_page_size', page = 'page_token', colon = ':' } = options;
  const users = `${server.url}/${family.name}/accounts/${server.account}/users`;
  const everybody = await listAll(client, users, { [size]: 7 }, page);
  expect(everybody.length > 7, `only ${everybody.length} users: nothing was paged`);
  const active = await listAll(client, users, { [size]: 20, filter: 'user.isActive()' }, page);
  expect(active.every((user) => user.state === 'ACTIVE'), 'the filter let suspended people through');

  const address = await suspendSomebody(client, users, active, colon);
  await hasState(await client.send('POST', `${address}${colon}suspend`), 'SUSPENDED');
  await hasState(await client.send('GET', address), 'SUSPENDED');
  await hasState(await client.send('POST', `${address}${colon}reactivate`), 'ACTIVE');
  return address;
}

async function listAll(client, users, query, page) {
  const seen = [];
  let next;
  do {
    const answer = await client.send('GET', users, next ? { ...query, [page]: next } : query);
    expect(answer.status === 200, 'a list was refused', answer);
    const body = JSON.parse(answer.text);
    const longest = Object.values(query)[0];
    expect(Array.isArray(body.results) && body.results.length <= longest, 'a wrong page', answer);
    body.results.forEach((user) => checkUser(user, answer));
    seen.push(...body.results);
    next = body.next_page_token;
  } while (next);
  expect(new Set(seen.map((user) => user.id)).size === seen.length, 'a user was listed twice');
  return seen;
}

// The owner and people managed elsewhere cannot be suspended, and a list does not say who they are.
async function suspendSomebody(client, users, active, colon) {
  for (const user of active.reverse()) {
    const address = `${users}/${user.id}`;
    await hasState(await client.send('GET', address), 'ACTIVE');
    const answer = await client.send('POST', `${address}${colon}suspend`);
    if (answer.status !== 403) {
      await hasState(answer, 'SUSPENDED');
      return address;
    }
    const { code, message } = JSON.parse(answer.text);
    expect(code === 7 && MAY_NOT_BE_SUSPENDED.includes(message), 'not a reason that was expected', answer);
  }
  return fail('nobody could be suspended');
}

function hasState(answer, wanted) {
  expect(answer.status === 200, `a user should be ${wanted}`, answer);
  const user = JSON.parse(answer.text);
  checkUser(user, answer);
  expect(user.state === wanted, `a user should be ${wanted}`, answer);
}

function checkUser(user, answer) {
  expect(Object.keys(user).sort().join() === FIELDS, 'a user has other fields', answer);
  expect(user.path === `accounts/${server.account}/users/${user.id}`, 'a wrong path', answer);
  expect(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(user.create_time), 'a wrong create_time', answer);
}

/** What a revoked token finds. */
export function checkRefused(answer) {
  expect(answer.status === 401, 'a revoked token still works', answer);
  const body = JSON.parse(answer.text);
  const { code, message, details } = body;
  expect(Object.keys(body).length === 3, 'wrong fields', answer);
  expect(code === 16 && message === 'token_invalid' && details.length === 0, 'wrong words', answer);
  const challenge = answer.headers.get('www-authenticate') ?? '';
  expect(/^Bearer\b/.test(challenge) && challenge.includes('error="invalid_token"'), `challenge ${challenge}`);
}

/** An answer of `fetch`, read to its end. */
export async function read(response) {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** `fetch` with a token, for libraries that only take tokens. */
export function byFetch(authorization, escape = encodeURIComponent) {
  return {
    async send(method, address, query = {}) {
      const pairs = Object.entries(query).map(([name, value]) => `${name}=${escape(value)}`);
      const url = pairs.length ? `${address}?${pairs.join('&')}` : address;
      const headers = { Authorization: authorization, Accept: 'application/json' };
      return read(await fetch(url, { method, headers }));
    },
  };
}
