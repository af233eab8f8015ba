// An application of React Router's: its own handler of requests over the modules of its routes, which `app/routes.js` puts together.
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const OPTIONS = { module: 'esnext', target: 'es2022', jsx: 'react-jsx' };

// A copy beside the modules, without JSX and with names of files that Node takes.
function prepared(modules, folder) {
  const root = mkdtempSync(join(dirname(modules), 'router-'));
  const typescript = createRequire(join(modules, 'here.js'))('typescript');
  cpSync(folder, root, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  for (const name of readdirSync(join(root, 'app'), { recursive: true }).filter((each) => /\.jsx?$/.test(each))) {
    const path = join(root, 'app', name);
    const { outputText } = typescript.transpileModule(readFileSync(path, 'utf8'), { compilerOptions: OPTIONS, fileName: path });
    writeFileSync(path, outputText.replaceAll(/(from ["']\.[^"']*?)(\.jsx?)?(["'])/g, '$1.js$3'));
    writeFileSync(path.replace(/\.jsx$/, '.js'), readFileSync(path));
  }
  return root;
}

const loaded = (root, name) => import(pathToFileURL(join(root, 'app', name)));

async function built(root, entries, parentId, routes) {
  for (const { id, file, path, index, children = [] } of entries) {
    const name = id ?? file.replace(/\.jsx?$/, '');
    routes[name] = { id: name, parentId, path, index, module: await loaded(root, file.replace(/\.jsx$/, '.js')) };
    await built(root, children, name, routes);
  }
  return routes;
}

export async function serve(modules, folder) {
  const root = prepared(modules, folder);
  const { createRequestHandler } = await import(pathToFileURL(join(modules, 'react-router/dist/production/index.mjs')));
  const top = { id: 'root', path: '', module: { default: () => null } };
  const routes = await built(root, (await loaded(root, 'routes.js')).default, 'root', { root: top });
  const module = { default: () => new Response('page') };
  const assets = { entry: { module: '', imports: [] }, routes: {}, url: '', version: '1' };
  const flags = existsSync(join(root, 'react-router.config.js')) ? (await import(pathToFileURL(join(root, 'react-router.config.js')))).default.future : {};
  const build = { entry: { module }, routes, assets, publicPath: '/', assetsBuildDirectory: '', future: flags, ssr: true, isSpaMode: false, prerender: [] };
  const handle = createRequestHandler({ ...build, basename: '/', routeDiscovery: { mode: 'lazy', manifestPath: '/__manifest' } }, 'production');
  return { ask: (route, sent) => ask(handle, Object.values(routes), route, sent), close: async () => rmSync(root, { recursive: true }) };
}

// What a route loads is asked for by itself, too: whoever asks for data says of which routes.
async function ask(handle, routes, route, { headers = {}, query = '', body }) {
  const [method, path] = route.split(' ');
  const origin = 'http://localhost';
  const at = origin + path.replaceAll(/\{\w+\}/g, '1');
  const sent = { method, headers: { ...headers, origin }, body: method === 'GET' ? undefined : body ?? '{}' };
  const own = routes.filter((each) => (each.path ? path === `/${each.path}` : path === '/'));
  const asked = method === 'GET' ? own.map(({ id }) => `_routes=${encodeURIComponent(id)}`) : ['index', ''];
  const more = asked.map((each) => (query ? `${query}&${each}` : `?${each}`));
  const urls = [at + query, ...more.flatMap((each) => [`${at}.data${each}`, ...(method === 'GET' ? [] : [at + each])])];
  for (const url of urls) await (await handle(new Request(url, sent))).text();
}
