// Requests in the shape that two published connectors send them, read from their sources.
// Kibana: axios; a sorted body with a charset; the token type taken as it came; camelCase query names and a
// raw filter; an empty form as the body of a POST. It never revokes.
// Probo: a Go client; no scope; `Accept: application/json`; the filter escaped to the last bracket.
import { byFetch, checkRefused, checkToken, expect, library, read, server, walkUsers } from './the_walk.mjs';

const FORM = 'application/x-www-form-urlencoded';

const basic = () =>
  `Basic ${Buffer.from(`${server.clientId}:${server.clientSecret}`).toString('base64')}`;

export async function walkLikeKibana(family) {
  const axios = (await library('axios')).default;
  const request = async (method, url, more) => {
    const answer = await axios.request({
      method,
      url,
      proxy: false,
      responseType: 'text',
      transformResponse: (text) => text,
      validateStatus: () => true,
      ...more,
    });
    const headers = new Map(Object.entries(answer.headers));
    return { status: answer.status, headers, text: answer.data };
  };
  const taken = await request('post', server.url + family.token, {
    data: 'grant_type=client_credentials&scope=openid',
    headers: { Authorization: basic(), 'Content-Type': `${FORM}; charset=UTF-8` },
  });
  expect(taken.status === 200, 'no token', taken);
  const token = JSON.parse(taken.text);
  checkToken(token);
  const client = {
    send(method, url, params) {
      const headers = { Authorization: `${token.token_type} ${token.access_token}`, 'User-Agent': 'ElasticKibana' };
      if (method !== 'POST') return request('get', url, { params, headers });
      return request('post', url, { data: '', headers: { ...headers, 'Content-Type': FORM, 'Content-Length': '0' } });
    },
  };
  await walkUsers(client, family, { size: 'maxPageSize', page: 'pageToken' });
}

export async function walkLikeProbo(family) {
  const form = (path, body) =>
    fetch(server.url + path, {
      method: 'POST',
      body,
      headers: {
        Authorization: basic(),
        Accept: 'application/json',
        'Content-Type': `${FORM}; charset=utf-8`,
        'User-Agent': 'Probo Connector',
      },
    }).then(read);
  const taken = await form(family.token, 'grant_type=client_credentials');
  expect(taken.status === 200, 'no token', taken);
  const token = JSON.parse(taken.text);
  checkToken(token);
  // Go escapes brackets too, which `encodeURIComponent` leaves as they are.
  const escape = (value) => encodeURIComponent(value).replace('(', '%28').replace(')', '%29');
  const api = byFetch(`Bearer ${token.access_token}`, escape);
  const address = await walkUsers(api, family, { colon: '%3A' });
  const revoked = await form(family.revoke, `token=${encodeURIComponent(token.access_token)}`);
  expect(revoked.status === 200 && revoked.text === '', 'the revocation was refused', revoked);
  checkRefused(await api.send('GET', address));
}
