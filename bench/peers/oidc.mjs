// oidc-provider with its in-memory adapter and one client: what it takes to give out a token for
// client credentials. Prints its port.
import Provider from "oidc-provider";

const provider = new Provider("http://127.0.0.1", {
  clients: [
    {
      client_id: "bench",
      client_secret: "bench-secret",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: "client_secret_basic",
    },
  ],
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  ttl: { ClientCredentials: 900 },
});
const server = provider.listen(0, "127.0.0.1", () => {
  console.log(`127.0.0.1:${server.address().port}`);
});
