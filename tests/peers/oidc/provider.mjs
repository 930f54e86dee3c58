// An OpenID Connect provider that signs everybody in as Maja, and that can be told to cheat.
//
//   node provider.mjs [OPTIONS]
//
// OPTIONS is a JSON object: `conform` false puts the e-mail address into the ID token as well, and
// `secret` is how clients show theirs. The first line of the output is the port on 127.0.0.1.
//
//   POST /test/cheat?how=NAME    from now on, NAME of the table below; without a name, honest again
//   GET  /test/count?path=/jwks  how often this path was asked for

import { createServer } from 'node:http';
import * as jose from 'jose';
import Provider from 'oidc-provider';

// The output holds the port alone, and nobody reads it after that.
console.log = console.info = console.error;

const options = JSON.parse(process.argv[2] ?? '{}');
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const CALLBACK = 'http://127.0.0.1:8480/login/oidc/callback';
// Letters that have to be escaped on their way.
const SECRET = 'correct: horse/battery+staple%20&=';

async function makeKey(alg, kid) {
  const pair = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = await jose.exportJWK(pair.privateKey);
  return {
    alg,
    kid,
    private: pair.privateKey,
    public: pair.publicKey,
    jwk: { ...jwk, alg, kid, use: 'sig' },
    publicJwk: { ...(await jose.exportJWK(pair.publicKey)), alg, kid, use: 'sig' },
  };
}

const keys = await Promise.all(ALGORITHMS.map((alg) => makeKey(alg, `key-${alg}`)));
const newKey = await makeKey('RS256', 'key-new');
const strangeKey = await makeKey('RS256', 'key-RS256');

const secretMethod = options.secret ?? 'client_secret_basic';
const client = (client_id, more) => ({
  client_id,
  client_secret: SECRET,
  redirect_uris: [CALLBACK],
  response_types: ['code'],
  grant_types: ['authorization_code'],
  id_token_signed_response_alg: 'RS256',
  token_endpoint_auth_method: secretMethod,
  ...more,
});

const configuration = {
  clients: [
    ...ALGORITHMS.map((alg) => client(`scrim-${alg}`, { id_token_signed_response_alg: alg })),
    client('scrim-public', { token_endpoint_auth_method: 'none', client_secret: undefined }),
  ],
  jwks: { keys: keys.map((key) => key.jwk) },
  clientAuthMethods: [secretMethod, 'none'],
  cookies: { keys: ['only for tests'] },
  conformIdTokenClaims: options.conform ?? true,
  enabledJWA: { idTokenSigningAlgValues: ALGORITHMS },
  features: { devInteractions: { enabled: false } },
  claims: {
    openid: ['sub', 'groups'],
    email: ['email', 'email_verified'],
    profile: ['name'],
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (ctx, sub) => ({
    accountId: sub,
    claims: () => ({
      sub,
      email: 'maja.lindqvist@example.org',
      email_verified: !cheats('unverified'),
      name: 'Maja Lindqvist',
      groups: ['staff', 'webinars'],
    }),
  }),
};

let cheat = '';
const cheats = (how) => cheat === how;
const counts = new Map();

/** Signs changed claims with the key of the provider, or another one. */
async function forged(token, changes, { header = {}, key } = {}) {
  const honest = jose.decodeProtectedHeader(token);
  const claims = { ...jose.decodeJwt(token), ...changes };
  const signer = key ?? keys.find((candidate) => candidate.kid === honest.kid).private;
  return new jose.SignJWT(claims).setProtectedHeader({ ...honest, ...header }).sign(signer);
}

const now = () => Math.floor(Date.now() / 1000);
const encode = (value) => jose.base64url.encode(JSON.stringify(value));

const CHEATS = {
  nonce: (token) => forged(token, { nonce: 'of-another-sign-in' }),
  'no-nonce': (token) => forged(token, { nonce: undefined }),
  audience: (token) => forged(token, { aud: 'somebody-else' }),
  'two-audiences': (token) => forged(token, { aud: [jose.decodeJwt(token).aud, 'somebody-else'] }),
  'other-party': (token) => forged(token, { azp: 'somebody-else' }),
  issuer: (token) => forged(token, { iss: 'http://127.0.0.1:1' }),
  expired: (token) => forged(token, { exp: now() - 61 }),
  'just-expired': (token) => forged(token, { exp: now() - 30 }),
  future: (token) => forged(token, { iat: now() + 120 }),
  'not-before': (token) => forged(token, { nbf: now() + 120 }),
  'access-token': (token) => forged(token, { at_hash: 'c29tZXRoaW5nIGVsc2UgYg' }),
  'no-subject': (token) => forged(token, { sub: '' }),
  critical: (token) => forged(token, {}, { header: { crit: ['b64'], b64: true } }),
  signature: (token) => {
    const [header, payload, signature] = token.split('.');
    const bytes = jose.base64url.decode(signature);
    bytes[10] ^= 1;
    return [header, payload, jose.base64url.encode(bytes)].join('.');
  },
  payload: (token) => {
    const [header, , signature] = token.split('.');
    const claims = { ...jose.decodeJwt(token), sub: 'administrator' };
    return [header, encode(claims), signature].join('.');
  },
  'strange-key': (token) => forged(token, {}, { key: strangeKey.private }),
  'unknown-key': (token) =>
    forged(token, {}, { header: { kid: 'key-unknown' }, key: strangeKey.private }),
  'embedded-key': (token) =>
    forged(token, {}, {
      header: { kid: 'key-embedded', jwk: strangeKey.publicJwk },
      key: strangeKey.private,
    }),
  'key-of-another-algorithm': (token) =>
    forged(token, {}, { header: { alg: 'PS256' }, key: keys[1].private }),
  none: (token) => `${encode({ alg: 'none' })}.${token.split('.')[1]}.`,
  'none-with-signature': (token) => {
    const [, payload, signature] = token.split('.');
    return [encode({ alg: 'None', kid: 'key-RS256' }), payload, signature].join('.');
  },
  hs256: async (token) => {
    const pem = await jose.exportSPKI(keys[0].public);
    const key = new TextEncoder().encode(pem);
    return forged(token, {}, { header: { alg: 'HS256' }, key });
  },
  'new-key': (token) => forged(token, {}, { header: { kid: newKey.kid }, key: newKey.private }),
  garbage: () => 'this.is.nothing',
};

const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address();
const provider = new Provider(`http://127.0.0.1:${port}`, configuration);

provider.use(async (ctx, next) => {
  counts.set(ctx.path, (counts.get(ctx.path) ?? 0) + 1);
  if (cheats('redirect') && ctx.path === '/token') {
    ctx.redirect('/elsewhere');
    return;
  }
  if (cheats('long') && ctx.path === '/token') {
    ctx.body = ' '.repeat(4_000_000);
    return;
  }
  await next();
  if (ctx.path === '/token' && ctx.body?.id_token && CHEATS[cheat]) {
    ctx.body.id_token = await CHEATS[cheat](ctx.body.id_token);
  }
  if (ctx.path === '/me' && cheats('somebody-else')) {
    ctx.body = { ...ctx.body, sub: 'somebody-else' };
  }
  if (ctx.path === '/jwks' && cheats('new-key')) {
    ctx.body = { keys: [...ctx.body.keys, { kty: 'of the future' }, newKey.publicJwk] };
  }
});

async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  let result;
  if (cheats('deny')) {
    result = { error: 'access_denied', error_description: 'Maja Lindqvist said no' };
  } else if (prompt.name === 'login') {
    result = { login: { accountId: 'subject-4711' } };
  } else {
    const grant = new provider.Grant({
      accountId: session.accountId,
      clientId: params.client_id,
    });
    grant.addOIDCScope(params.scope);
    result = { consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

const handle = provider.callback();
server.on('request', (request, response) => {
  const url = new URL(request.url, provider.issuer);
  if (url.pathname === '/test/cheat') {
    cheat = url.searchParams.get('how') ?? '';
    response.end('done');
  } else if (url.pathname === '/test/count') {
    response.end(String(counts.get(url.searchParams.get('path')) ?? 0));
  } else if (url.pathname.startsWith('/interaction/')) {
    interact(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  } else {
    handle(request, response);
  }
});
process.stdout.write(`${port}\n`);
