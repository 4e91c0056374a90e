// The getting-started walk by JavaScript clients that nobody here wrote, on both route families.
// `node walk.mjs` runs them all, `node walk.mjs openid-client` one of them. Ends with 1 and with what
// differed at the first difference.
import { walkLikeKibana, walkLikeProbo } from './connectors.mjs';
import { walk as walkByOpenidClient } from './openid_client.mjs';
import { walk as walkBySimpleOauth2 } from './simple_oauth2.mjs';
import { families } from './the_walk.mjs';

const clients = {
  'openid-client': walkByOpenidClient,
  'simple-oauth2': walkBySimpleOauth2,
  kibana: walkLikeKibana,
  probo: walkLikeProbo,
};

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(clients);
for (const name of chosen) {
  for (const family of families) {
    try {
      if (!(name in clients)) throw new Error(`no such client; there are ${Object.keys(clients).join(', ')}`);
      await clients[name](family);
      console.log(`${name} ${family.name}: the whole walk`);
    } catch (error) {
      console.error(`${name} ${family.name}: ${error.message}`);
      if (error.cause) console.error('  caused by', error.cause.message ?? error.cause);
      process.exit(1);
    }
  }
}
