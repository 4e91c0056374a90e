// The walk by simple-oauth2, which only takes and revokes tokens; the calls are plain `fetch`.
// Left alone it wants JSON in every answer, also where RFC 7009 promises none: `json: true` reads JSON where
// there is JSON, and is what its users set to revoke a token at any server that answers as the RFC says.
import { byFetch, checkRefused, checkToken, library, server, walkUsers } from './the_walk.mjs';

export async function walk(family) {
  const { ClientCredentials } = await library('simple-oauth2');
  const client = new ClientCredentials({
    client: { id: server.clientId, secret: server.clientSecret },
    auth: { tokenHost: server.url, tokenPath: family.token, revokePath: family.revoke },
    http: { json: true },
  });
  const access = await client.getToken({ scope: 'openid' });
  checkToken(access.token);
  const api = byFetch(`Bearer ${access.token.access_token}`);
  const address = await walkUsers(api, family);
  await access.revoke('access_token');
  checkRefused(await api.send('GET', address));
}
