// Which routes each application of SvelteKit serves, by the manifest that SvelteKit makes of its files, and by what these export.
// Its last line is {"folder": ["GET /path", ...]}. node kit.mjs NODE_MODULES FOLDER...
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, ...folders] = process.argv.slice(2);
const taken = (path) => import(pathToFileURL(path));
const inKit = (path) => taken(join(modules, '@sveltejs/kit/src/core', path));
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

// A parameter is written {name}, what it is matched by left out; a character that is spelled out is that character.
function shown(id) {
  const folders = id.split('/').filter((part) => part && !/^\(.*\)$/.test(part));
  const spelled = (part) => part.replaceAll(/\[x\+([0-9a-f]{2})\]/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
  return '/' + folders.map((part) => spelled(part).replaceAll(/\[{1,2}(?:\.\.\.)?(\w+)(?:=\w+)?\]{1,2}/g, '{$1}')).join('/');
}

async function served(folder) {
  const { default: create } = await inKit('sync/create_manifest_data/index.js');
  const { validate_config: validated } = await inKit('config/index.js');
  const { routes } = create({ config: validated({}, folder), fallback: '', cwd: folder });
  const found = [];
  for (const route of routes) {
    const endpoint = route.endpoint ? await taken(join(folder, route.endpoint.file)) : {};
    const page = route.leaf?.server ? await taken(join(folder, route.leaf.server)) : {};
    for (const method of METHODS) if (method in endpoint) found.push(`${method} ${shown(route.id)}`);
    if (endpoint.fallback) found.push(`ANY ${shown(route.id)}`);
    if (page.load) found.push(`GET ${shown(route.id)}`);
    for (const name of Object.keys(page.actions ?? {})) found.push(`POST ${shown(route.id)}${name === 'default' ? '' : `?/${name}`}`);
  }
  return found;
}

const told = {};
for (const folder of folders) {
  process.chdir(folder);
  told[basename(folder)] = [...new Set(await served(folder))].sort();
}
process.stdout.write('\n' + JSON.stringify(told), () => process.exit(0));
