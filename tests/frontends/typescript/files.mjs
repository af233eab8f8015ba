// Starts applications whose routes are files, of SvelteKit, React Router and Supabase, and asks every route: does its work begin without
// credentials, or with what anybody can make up? Its last line is {"framework/name": {"GET /path": "in" | "made up" | "refused"}}.
// node files.mjs NODE_MODULES TWINS < routes as JSON of the same form.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { madeUp } from './made_up.mjs';

const [modules, folder] = process.argv.slice(2);
const wanted = JSON.parse(readFileSync(0, 'utf8'));
process.on('unhandledRejection', () => {}); // of what nobody awaits
for (const name of ['error', 'warn', 'log']) console[name] = () => {};

const code = (path) =>
  readdirSync(path, { recursive: true })
    .filter((name) => ['.js', '.jsx', '.ts'].includes(extname(name)))
    .map((name) => readFileSync(join(path, name), 'utf8'))
    .join('\n');

async function enters(ask, route, each) {
  globalThis.entered = false;
  await ask(route, each);
  return globalThis.entered;
}

// A path may be written with escapes by whoever wants to come past what looks at it; a function of Supabase's is found by its name.
const escaped = (route) => route.replaceAll(/\/([a-z])/gi, (_, letter) => `/%${letter.charCodeAt(0).toString(16)}`);

async function said(ask, routes, sent) {
  const [route] = routes;
  for (const each of routes) if (await enters(ask, each, sent[0])) return 'in';
  for (const each of sent.slice(1)) if (await enters(ask, route, each)) return 'made up';
  return 'refused';
}

const told = {};
for (const [twin, routes] of Object.entries(wanted)) {
  const { serve } = await import(`./${twin.split('/')[0]}.mjs`);
  const { ask, close } = await serve(modules, join(folder, twin));
  const sent = madeUp(code(join(folder, twin)));
  const isNamed = twin.startsWith('supabase/');
  const beside = join(folder, twin, 'addresses.json'); // of routes that are answered under others, too
  const others = existsSync(beside) ? JSON.parse(readFileSync(beside, 'utf8')) : {};
  told[twin] = {};
  for (const route of routes) told[twin][route] = await said(ask, isNamed ? [route] : [route, escaped(route), ...(others[route] ?? [])], sent);
  await close();
}
process.stdout.write('\n' + JSON.stringify(told), () => process.exit(0));
