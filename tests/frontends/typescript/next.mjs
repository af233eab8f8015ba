// Which routes each application of Next.js serves: each is built, started on loopback, and asked by every method.
// Its last line is {"folder": ["GET /path", ...]}. node next.mjs NODE_MODULES FOLDER...
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const [modules, ...folders] = process.argv.slice(2);
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const NEXT = join(modules, 'next/dist/bin/next');
const LAYOUT = 'export default function Root({ children }) { return <html><body>{children}</body></html>; }';
const PORT = 38211;

const shown = (path) => path.replaceAll(/\[{1,2}(?:\.\.\.)?(\w+)\]{1,2}/g, '{$1}');
const read = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {});

// A copy beside the modules, with what every application has.
function prepared(folder) {
  const root = mkdtempSync(join(dirname(modules), 'next-'));
  cpSync(folder, root, { recursive: true });
  for (const app of ['app', 'src/app']) {
    if (existsSync(join(root, app)) && !existsSync(join(root, app, 'layout.jsx'))) writeFileSync(join(root, app, 'layout.jsx'), LAYOUT);
  }
  const config = { turbopack: { root: dirname(modules) }, typescript: { ignoreBuildErrors: true } };
  writeFileSync(join(root, 'next.config.js'), `module.exports = ${JSON.stringify(config)};`);
  writeFileSync(join(root, 'package.json'), '{ "private": true, "dependencies": { "next": "*" } }');
  return root;
}

async function started(root) {
  const server = spawn('node', [NEXT, 'start', '-p', PORT, '-H', '127.0.0.1'], { cwd: root });
  await new Promise((resolve) => server.stdout.on('data', (data) => String(data).includes('Ready') && resolve()));
  return server;
}

// OPTIONS is answered for every route, with the methods allowed, unless the route has its own.
async function methods(path) {
  const found = [];
  for (const method of METHODS) {
    const answer = await fetch(`http://127.0.0.1:${PORT}${path}`, { method, redirect: 'manual' });
    if (answer.status !== 405 && !(method === 'OPTIONS' && answer.headers.has('allow'))) found.push(method);
  }
  return found;
}

async function served(folder) {
  const root = prepared(folder);
  execFileSync('node', [NEXT, 'build'], { cwd: root, env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' } });
  const handlers = Object.entries(read(join(root, '.next/app-path-routes-manifest.json'))).filter(([entry]) => entry.endsWith('/route'));
  const pages = Object.keys(read(join(root, '.next/server/pages-manifest.json'))).filter((path) => path.startsWith('/api/'));
  const server = await started(root);
  const found = pages.map((path) => `ANY ${shown(path)}`);
  for (const [, path] of handlers) {
    for (const method of await methods(path.replaceAll(/\[[^/]*\]/g, '1').replaceAll(']', ''))) found.push(`${method} ${shown(path)}`);
  }
  server.kill();
  rmSync(root, { recursive: true });
  return found;
}

const told = {};
for (const folder of folders) told[basename(folder)] = [...new Set(await served(folder))].sort();
process.stdout.write('\n' + JSON.stringify(told), () => process.exit(0));
