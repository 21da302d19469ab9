// An OpenID provider by others (oidc-provider), with a page where one types who one is.
// node provider.mjs <folder with node_modules> <configuration as JSON>; who there is, is read anew from a file each time.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , modules, file] = process.argv;
const { default: Provider } = await import(pathToFileURL(`${modules}/node_modules/oidc-provider/lib/index.js`));
const settings = JSON.parse(readFileSync(file, 'utf8'));
const people = () => JSON.parse(readFileSync(settings.people, 'utf8'));

const provider = new Provider(settings.issuer, {
  ...settings.configuration,
  clients: settings.clients,
  jwks: settings.jwks,
  cookies: { keys: ['a key for tests'] },
  features: { devInteractions: { enabled: false }, ...settings.features },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  claims: { openid: ['sub'], ...settings.claims, email: ['email', 'email_verified'], profile: ['name'] },
  findAccount: (_, id) => {
    const person = people()[id];
    return person && { accountId: id, claims: () => ({ sub: id, ...person.claims }) };
  },
  // whoever signs in here has agreed to everything
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
    grant.addOIDCScope(['openid email profile', ...Object.keys(settings.claims)].join(' '));
    await grant.save();
    return grant;
  },
});

const page = (words) => `<!doctype html><html lang="en"><head><title>Sign in</title></head><body><main><h1>Sign in</h1>
<p>${words}</p><form method="post"><label for="login">Who are you?</label> <input id="login" name="login" required>
<button>Sign in</button></form><p><a href="?cancel">Cancel</a></p></main></body></html>`;

async function interact(ctx) {
  if (ctx.query.cancel !== undefined) {
    await provider.interactionFinished(ctx.req, ctx.res, { error: 'access_denied' });
    ctx.respond = false;
    return;
  }
  let body = '';
  for await (const part of ctx.req) body += part;
  const login = new URLSearchParams(body).get('login') ?? '';
  const person = people()[login];
  if (!person) {
    ctx.type = 'html';
    ctx.body = page(login && 'Nobody is known by that.');
    return;
  }
  const { acr, ts } = person;
  await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: login, acr, ts }, consent: {} });
  ctx.respond = false;
}

provider.use(async (ctx, next) => (ctx.path.startsWith('/interaction/') ? interact(ctx) : next()));
provider.listen(settings.port, '127.0.0.1');
