// An OpenID provider that signs anybody in as who they say they are: `unverified.` before an address leaves it unverified.
import { Provider } from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "tidings",
      client_secret: "a-secret-of-the-provider",
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
    {
      client_id: "userinfo",
      token_endpoint_auth_method: "none",
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  // As most providers do, and as the specification has it where there is a userinfo endpoint.
  conformIdTokenClaims: process.argv[4] === "userinfo",
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      name: `Person ${id.split("@")[0]}`,
      email: id.split("+").pop().replace("unverified.", ""),
      email_verified: !id.includes("unverified."),
    }),
  }),
});
provider.on("server_error", (_, error) => console.error(error));
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
