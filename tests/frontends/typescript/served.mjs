// Which routes each application serves, as its own framework says. Its last line is {"folder": ["GET /path", ...]}. node served.mjs FRAMEWORK FOLDER...
import { basename, join } from 'node:path';
import { alias, require } from './transpiled.mjs';

const [framework, ...folders] = process.argv.slice(2);
const EVERY = 20;

// The ways in which frameworks write parameters, as {name}; a part that may be missing is written as if it were there.
function braced(path) {
  const marked = path.replaceAll(/:(\w+)(?:\([^)]*\)|\{(?!\/)[^}]*\})?\??/g, '<$1>').replaceAll(/\{(\/?[^{}]*)\}/g, '$1');
  return marked.replaceAll(/\/\*(\w*)/g, (_, name) => `/{${name || 'path'}}`).replaceAll('<', '{').replaceAll('>', '}') || '/';
}

const joined = (...parts) => '/' + parts.map((part) => part.replace(/^\/|\/$/g, '')).filter(Boolean).join('/');

// Express keeps with each layer the path that it was registered with; of an application inside of another it keeps a function, which hides it.
function expressed(stack, prefix, found, answered) {
  for (const layer of stack) {
    for (const path of [layer.rawPath].flat()) {
      const inner = layer.handle.stack ?? layer.handle.application?.router.stack;
      if (layer.route) found.push(...answered(layer.route).map((method) => `${method} ${under(prefix, path)}`));
      else if (inner) expressed(inner, joined(prefix, path), found, answered);
    }
  }
  return found;
}

const under = (prefix, path) => (prefix === '/' ? path : prefix + path);

// `all` beside methods of a chain is a guard of theirs; alone it is a route of every method.
function methodsOf(route) {
  const named = Object.keys(route.methods).filter((method) => method !== '_all');
  return named.length && named.length < EVERY ? named : ['any'];
}

// What `all` registers alone may be a guard, too: it takes what comes next, which what answers does not.
function answered(route) {
  const methods = methodsOf(route);
  return methods[0] === 'any' && route.stack.every(({ handle }) => handle.length > 2) ? [] : methods;
}

// An application that is put into another, noted on the function that hides it.
function noted() {
  const { application } = require('express');
  const use = application.use;
  application.use = function (...given) {
    const before = this.router.stack.length;
    use.apply(this, given);
    const put = given.flat(Infinity).filter((each) => typeof each === 'function');
    this.router.stack.slice(before).forEach((layer, at) => {
      if (layer.handle.name === 'mounted_app') layer.handle.application = put[at];
    });
    return this;
  };
}

// A router of Koa keeps its routes, those of routers in it under their whole paths; it adds HEAD to GET.
function koa(app) {
  const layers = app.middleware.flatMap((each) => each.router?.stack ?? []).filter((layer) => layer.methods.length);
  const methods = (layer) => (layer.methods.length > EVERY ? ['ANY'] : layer.methods.filter((each) => each !== 'HEAD' || layer.methods.length === 1));
  return layers.flatMap((layer) => methods(layer).map((method) => `${method} ${layer.path}`));
}

// Hono keeps middleware as routes of every method: it takes what comes next, which what answers does not.
function hono(app) {
  const answering = app.routes.filter(({ method, handler }) => method !== 'ALL' || handler.length < 2);
  return answering.map(({ method, path }) => `${method === 'ALL' ? 'ANY' : method} ${path}`);
}

// tRPC keeps its procedures under their whole names; routers that are loaded later add theirs then.
async function trpc(router) {
  for (const each of Object.values(router._def.lazy)) await each.load();
  return Object.keys(router._def.procedures).map((name) => `RPC ${name}`);
}

// Fastify tells of each route when it is registered; HEAD comes with GET, with a slash at the end, too.
async function fastify(app) {
  await app.ready();
  const bare = (url) => url.replace(/(.)\/$/, '$1');
  const read = new Set(noticed.get(app).flatMap(({ methods, url }) => (methods.includes('GET') ? [bare(url)] : [])));
  const made = noticed.get(app).filter(({ methods, url }) => methods[0] !== 'HEAD' || !read.has(bare(url)));
  return made.flatMap(({ methods, url }) => (methods.length > 8 ? ['ANY'] : methods).map((method) => `${method} ${url}`));
}

const noticed = new Map();

// An application that notices routes from its first on.
function noticing() {
  const name = require.resolve('fastify');
  const make = require(name);
  const made = (...given) => {
    const app = make(...given);
    noticed.set(app, []);
    return app.addHook('onRoute', (route) => noticed.get(app).push({ methods: [route.method].flat(), url: route.url }));
  };
  require.cache[name].exports = Object.assign(made, make, { default: made, fastify: made });
}

const SERVED = {
  express: (app) => expressed(app.router.stack, '/', [], answered),
  fastify,
  hono,
  koa,
  nest: async (app) => expressed((await app.init()).getHttpAdapter().getInstance().router.stack, '/', [], methodsOf),
  trpc,
};

function shown(route) {
  const [method, path] = route.split(' ');
  return `${method.toUpperCase()} ${braced(path)}`;
}

const PREPARED = { express: noted, fastify: noticing };

const told = {};
PREPARED[framework]?.();
for (const folder of folders) {
  alias(folder);
  const loaded = require(join(folder, 'app'));
  told[basename(folder)] = [...new Set((await SERVED[framework](await (loaded.default ?? loaded.app ?? loaded))).map(shown))].sort();
}
process.stdout.write('\n' + JSON.stringify(told), () => process.exit(0));
