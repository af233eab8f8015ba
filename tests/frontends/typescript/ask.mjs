// Starts each application on loopback and asks every route: does its handler run without credentials, or with what anybody can make up,
// a header, a cookie, a parameter and a field of every name in the code?
// Its last line is {"framework/name": {"GET /path": "in" | "made up" | "out"}}. node ask.mjs TWINS < routes as JSON of the same form.
import { createServer } from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { require } from './transpiled.mjs';

const [folder] = process.argv.slice(2);
const wanted = JSON.parse(readFileSync(0, 'utf8'));
const START = {
  express: async (app) => listening(createServer(app)),
  fastify: async (app) => (await app.listen({ host: '127.0.0.1', port: 0 }), app.server),
  hono: async (app) => listening(createServer(require('@hono/node-server').getRequestListener(app.fetch))),
  koa: async (app) => listening(createServer(app.callback())),
  nest: async ({ app }) => (await (await app).listen(0, '127.0.0.1'), (await app).getHttpServer()),
  trpc: async (served) => listening(require('@trpc/server/adapters/standalone').createHTTPServer(served)),
};

function listening(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const USUAL = ['admin', 'authorization', 'debug', 'role', 'session', 'token', 'user', 'x-api-key', 'x-role', 'x-token', 'x-user'];
const TRANSPORT = ['connection', 'content-length', 'content-type', 'cookie', 'expect', 'host', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

// Nothing first, then values that no secret is needed for, in every place that an application may look at.
function madeUp(code) {
  const written = [...code.matchAll(/["'`.]([A-Za-z][\w-]{1,29})\b/g)].map((found) => found[1]);
  const names = [...new Set([...USUAL, ...written])].filter((name) => !TRANSPORT.includes(name.toLowerCase()));
  const sent = [{}, ...['Bearer', 'Basic', 'Token'].map((scheme) => ({ headers: { authorization: `${scheme} anything` } }))];
  for (const value of ['1', 'true', 'admin', 'anything']) {
    const values = Object.fromEntries(names.map((name) => [name, value]));
    const body = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(values) };
    const cookie = names.map((name) => `${name}=${value}`).join('; ');
    sent.push({ headers: values }, { headers: { cookie } }, { query: `?${new URLSearchParams({ ...values, input: body.body })}` }, body);
  }
  return sent;
}

// What a route of a method answers beside requests of it; a procedure is a query or a mutation.
const OTHERS = { ANY: ['HEAD', 'POST', 'OPTIONS'], GET: ['HEAD'], RPC: ['POST'] };
const FIRST = { ANY: 'GET', RPC: 'GET' };

async function enters(url, method, { headers, query = '', body }) {
  globalThis.entered = false;
  const answer = await fetch(url + query, { method, headers, body: ['GET', 'HEAD'].includes(method) ? undefined : body, redirect: 'manual' });
  await answer.text();
  return { entered: globalThis.entered, status: answer.status };
}

async function ask(server, route, sent) {
  const [method, path] = route.split(' ');
  const url = `http://127.0.0.1:${server.address().port}/${path.replace(/^\//, '').replaceAll(/\{\w+\}/g, '1')}`;
  const [nothing, ...madeUp] = sent;
  const first = await enters(url, FIRST[method] ?? method, nothing);
  if (first.status === 404 && !first.entered) throw new Error(`${route} is not served`);
  if (first.entered) return 'in';
  for (const other of OTHERS[method] ?? []) if ((await enters(url, other, {})).entered) return 'in';
  for (const each of madeUp) if ((await enters(url, FIRST[method] ?? method, each)).entered) return 'made up';
  return 'out';
}

const told = {};
for (const [twin, routes] of Object.entries(wanted)) {
  const code = readdirSync(join(folder, twin)).filter((name) => /\.[jt]s$/.test(name));
  const app = require(join(folder, twin, 'app'));
  const server = await START[twin.split('/')[0]](app);
  const sent = madeUp(code.map((name) => readFileSync(join(folder, twin, name), 'utf8')).join('\n'));
  told[twin] = {};
  for (const route of routes) told[twin][route] = await ask(server, route, sent);
}
process.stdout.write('\n' + JSON.stringify(told), () => process.exit(0));
