// Supabase's edge functions: what each gives to `Deno.serve`, asked as the gateway before it lets requests by. Whoever asks has the key of
// the project that browsers are given, and what answers for its sign-in knows nobody.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createHmac } from 'node:crypto';

const KEY = 'a key of the project';
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (text) => `${text}.${createHmac('sha256', KEY).update(text).digest('base64url')}`;
const PUBLIC = signed(`${part({ alg: 'HS256', typ: 'JWT' })}.${part({ role: 'anon', iss: 'supabase', exp: 4e9 })}`);
const SET = { SUPABASE_URL: 'http://127.0.0.1:1', SUPABASE_ANON_KEY: PUBLIC, SUPABASE_SERVICE_ROLE_KEY: 'the key of the service', SUPABASE_JWT_SECRET: KEY };

// What a package is called where Deno fetches it.
const FETCHED = /(from ["'])(?:jsr:|npm:|https:\/\/esm\.sh\/)((?:@[\w.-]+\/)?[\w.-]+)(?:@[^"'/]*)?([^"']*["'])/g;

function prepared(modules, folder) {
  const root = mkdtempSync(join(dirname(modules), 'functions-'));
  cpSync(folder, root, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  for (const name of readdirSync(root, { recursive: true }).filter((each) => each.endsWith('.js'))) {
    writeFileSync(join(root, name), readFileSync(join(root, name), 'utf8').replaceAll(FETCHED, '$1$2$3'));
  }
  return root;
}

// Of every name in the configuration, whether the gateway asks for a token before the function of it.
function asking(root) {
  const said = readFileSync(join(root, 'supabase/config.toml'), 'utf8');
  return new Map([...said.matchAll(/\[functions\.([\w-]+)\]\s+verify_jwt = (\w+)/g)].map(([, name, value]) => [name, value === 'true']));
}

export async function serve(modules, folder) {
  const root = prepared(modules, folder);
  globalThis.WebSocket ??= class {}; // which Deno has
  const before = globalThis.fetch;
  globalThis.fetch = async (url, { method = 'GET' } = {}) => {
    if (String(url).includes('/auth/')) return Response.json({ code: 403, msg: 'invalid' }, { status: 403 });
    globalThis.entered ||= method !== 'GET'; // it is written to the database
    return Response.json([]);
  };
  const served = new Map();
  for (const name of readdirSync(join(root, 'supabase/functions')).filter((each) => !each.startsWith('_'))) {
    globalThis.Deno = { env: { get: (key) => SET[key] }, serve: (handle) => served.set(name, handle) };
    const exported = await import(pathToFileURL(join(root, 'supabase/functions', name, 'index.js')));
    if (exported.default) served.set(name, exported.default.fetch);
  }
  const asks = asking(root);
  const close = async () => {
    globalThis.fetch = before;
    rmSync(root, { recursive: true });
  };
  return { ask: (route, sent) => ask(served, asks, route, sent), close };
}

async function ask(served, asks, route, { headers = {}, query = '', body }) {
  const name = route.split('/').pop();
  if (!served.has(name)) throw new Error(`${route} is not served`);
  const token = asks.get(name) === false ? {} : { authorization: `Bearer ${PUBLIC}` };
  for (const method of ['GET', 'POST', 'OPTIONS']) {
    for (const more of asks.get(name) === false ? [{}, { authorization: `Bearer ${PUBLIC}` }] : [token]) {
      const request = new Request(`http://localhost/${name}${query}`, { method, headers: { ...headers, ...more }, body: method === 'POST' ? body ?? '{}' : undefined });
      const answer = await Promise.resolve(served.get(name)(request)).catch(() => new Response('failed', { status: 500 }));
      await answer.text();
    }
  }
}
