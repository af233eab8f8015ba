// Starts each application on loopback and asks every route without credentials: does its handler run?
// Its last line is {"framework/name": {"GET /path": "in" | "out"}}. node ask.mjs TWINS < routes as JSON of the same form.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'here.js'));
const [folder] = process.argv.slice(2);
const wanted = JSON.parse(readFileSync(0, 'utf8'));
const START = {
  express: async (app) => listening(createServer(app)),
  fastify: async (app) => (await app.listen({ host: '127.0.0.1', port: 0 }), app.server),
  hono: async (app) => listening(createServer(require('@hono/node-server').getRequestListener(app.fetch))),
};

function listening(server) {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function ask(server, route) {
  const [method, path] = route.split(' ');
  globalThis.entered = false;
  const url = `http://127.0.0.1:${server.address().port}${path.replaceAll(/\{\w+\}/g, '1')}`;
  const answer = await fetch(url, { method: method === 'ANY' ? 'GET' : method, redirect: 'manual' });
  await answer.text();
  if (answer.status === 404 && !globalThis.entered) throw new Error(`${route} is not served`);
  return globalThis.entered ? 'in' : 'out';
}

const told = {};
for (const [twin, routes] of Object.entries(wanted)) {
  const server = await START[twin.split('/')[0]](require(join(folder, twin, 'app.js')));
  told[twin] = {};
  for (const route of routes) told[twin][route] = await ask(server, route);
}
process.stdout.write('\n' + JSON.stringify(told), () => process.exit(0));
