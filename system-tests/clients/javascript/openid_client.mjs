// The walk by openid-client: strict about every answer, and it form-encodes Basic credentials as RFC 6749
// asks (`%2D` for the hyphens of a client id), where most clients send them raw.
// It is configured twice: by hand for each family, and by RFC 8414 discovery.
import { checkRefused, checkToken, expect, library, read, server, walkUsers } from './the_walk.mjs';

export async function walk(family) {
  const oauth = await library('openid-client');
  const metadata = {
    issuer: server.url,
    token_endpoint: server.url + family.token,
    revocation_endpoint: server.url + family.revoke,
  };
  const byHand = new oauth.Configuration(
    metadata,
    server.clientId,
    undefined,
    oauth.ClientSecretBasic(server.clientSecret),
  );
  oauth.allowInsecureRequests(byHand);
  await walkWith(oauth, byHand, family);
  await walkWith(oauth, await discovered(oauth), family);
  await wrongSecretIsRefused(oauth, metadata);
}

async function discovered(oauth) {
  const config = await oauth.discovery(
    new URL(server.url),
    server.clientId,
    undefined,
    oauth.ClientSecretBasic(server.clientSecret),
    { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] },
  );
  const found = config.serverMetadata();
  expect(found.grant_types_supported?.includes('client_credentials'), 'the metadata names no grant');
  const methods = found.token_endpoint_auth_methods_supported;
  expect(methods?.includes('client_secret_basic'), 'the metadata names no client_secret_basic');
  return config;
}

async function walkWith(oauth, config, family) {
  const token = await oauth.clientCredentialsGrant(config, { scope: 'openid' });
  checkToken(token);
  const client = {
    async send(method, address, query = {}) {
      const url = new URL(address);
      Object.entries(query).forEach(([name, value]) => url.searchParams.set(name, value));
      return sendWith(oauth, config, token.access_token, url, method);
    },
  };
  const address = await walkUsers(client, family);
  await oauth.tokenRevocation(config, token.access_token);
  await oauth.tokenRevocation(config, token.access_token);
  checkRefused(await client.send('GET', address));
}

// The library reads the challenge of a refusal by itself, and throws what it understood.
async function sendWith(oauth, config, token, url, method) {
  try {
    return await read(await oauth.fetchProtectedResource(config, token, url, method));
  } catch (error) {
    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
    const [challenge] = error.cause;
    expect(challenge.scheme === 'bearer', `the challenge is for ${challenge.scheme}`);
    expect(challenge.parameters.error === 'invalid_token', 'the challenge does not say invalid_token');
    return read(error.response);
  }
}

async function wrongSecretIsRefused(oauth, metadata) {
  const basic = oauth.ClientSecretBasic('wrong');
  const config = new oauth.Configuration(metadata, server.clientId, undefined, basic);
  oauth.allowInsecureRequests(config);
  const refusal = await oauth.clientCredentialsGrant(config).then(
    () => undefined,
    (error) => error,
  );
  expect(refusal !== undefined, 'a wrong secret took a token');
  const challenged = refusal instanceof oauth.WWWAuthenticateChallengeError;
  expect(challenged || refusal.error === 'invalid_client', `the refusal is ${refusal}`);
}
