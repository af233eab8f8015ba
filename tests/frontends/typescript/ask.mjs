// Starts each application on loopback and asks every route: does its handler run without credentials, its path written as it is or as the
// framework takes it, too, or with what anybody can make up, a header, a cookie, a parameter and a field of every name in the code?
// Its last line is {"framework/name": {"GET /path": "in" | "made up" | "out"}}. node ask.mjs TWINS < routes as JSON of the same form.
import { createServer } from 'node:http';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { madeUp } from './made_up.mjs';
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

// What a route of a method answers beside requests of it; a procedure is a query or a mutation.
const OTHERS = { ANY: ['HEAD', 'POST', 'OPTIONS'], GET: ['HEAD'], RPC: ['POST'] };
const OTHERWISE = { RPC: { headers: { 'content-type': 'application/json' }, body: '{}' } };
const FIRST = { ANY: 'GET', RPC: 'GET' };

async function enters(url, method, { headers, query = '', body }) {
  globalThis.entered = false;
  const answer = await fetch(url + query, { method, headers, body: ['GET', 'HEAD'].includes(method) ? undefined : body, redirect: 'manual' });
  await answer.text();
  return { entered: globalThis.entered, status: answer.status };
}

// The ways in which somebody may write a path who wants to come past what looks at it; the name of a procedure is what it is.
function written(method, path) {
  const escaped = path.replaceAll(/\/([a-z])/gi, (_, letter) => `/%${letter.charCodeAt(0).toString(16)}`);
  return method === 'RPC' ? [] : [path.toUpperCase(), path.endsWith('/') ? path.slice(0, -1) : `${path}/`, escaped];
}

async function ask(server, route, sent, addresses) {
  const [method, told] = route.split(' ');
  const path = told.replace(/^\//, '').replaceAll(/\{\w+\}/g, '1');
  const origin = `http://127.0.0.1:${server.address().port}`;
  const url = `${origin}/${path}`;
  const first = await enters(url, FIRST[method] ?? method, sent[0]);
  if (first.entered) return 'in';
  if (first.status === 404) throw new Error(`${route} is not served`);
  for (const other of OTHERS[method] ?? []) if ((await enters(url, other, OTHERWISE[method] ?? {})).entered) return 'in';
  for (const each of [...written(method, `/${path}`), ...addresses]) if ((await enters(origin + each, FIRST[method] ?? method, {})).entered) return 'in';
  for (const each of sent.slice(1)) if ((await enters(url, FIRST[method] ?? method, each)).entered) return 'made up';
  return 'out';
}

const told = {};
for (const [twin, routes] of Object.entries(wanted)) {
  const code = readdirSync(join(folder, twin)).filter((name) => /\.[jt]s$/.test(name));
  const app = require(join(folder, twin, 'app'));
  const server = await START[twin.split('/')[0]](app);
  const sent = madeUp(code.map((name) => readFileSync(join(folder, twin, name), 'utf8')).join('\n'));
  const beside = join(folder, twin, 'addresses.json'); // of routes that are answered under others, too
  const others = existsSync(beside) ? JSON.parse(readFileSync(beside, 'utf8')) : {};
  told[twin] = {};
  for (const route of routes) told[twin][route] = await ask(server, route, sent, others[route] ?? []);
}
process.stdout.write('\n' + JSON.stringify(told), () => process.exit(0));
