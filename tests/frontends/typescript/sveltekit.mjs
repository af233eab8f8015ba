// An application of SvelteKit's, served from its files by vite as `vite dev` does.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const taken = (modules, path) => import(pathToFileURL(join(modules, path)));

export async function serve(modules, folder) {
  const root = mkdtempSync(join(dirname(modules), 'kit-'));
  cpSync(folder, root, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'src/app.html'), '<html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>');
  process.chdir(root);
  const { createServer: vite } = await taken(modules, 'vite/dist/node/index.js');
  const { sveltekit } = await taken(modules, '@sveltejs/kit/src/exports/vite/index.js');
  const made = await vite({ root, configFile: false, plugins: [await sveltekit()], server: { middlewareMode: true, watch: null, hmr: false }, logLevel: 'silent' });
  const server = createServer(made.middlewares);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.close();
    await made.close();
    process.chdir(dirname(modules));
    rmSync(root, { recursive: true });
  };
  return { ask: (route, sent) => ask(`http://127.0.0.1:${server.address().port}`, route, sent), close };
}

const PAGES = new Map();

// What a page loads is asked for as its data, too, and then without that of the layouts around it: whoever asks says which of them.
async function ask(origin, route, { headers = {}, query = '', body }) {
  const [method, path] = route.split(' ');
  const at = path.replaceAll(/\{\w+\}/g, '1');
  if (path.includes('?/')) return action(origin + at, headers, query, body);
  const datas = ['', '?x-sveltekit-invalidated=01', '?x-sveltekit-invalidated=001'].map((which) => `${at}/__data.json${which}`);
  if (method === 'GET' && !PAGES.has(route)) {
    const answer = await fetch(origin + at, { headers: { ...headers, accept: 'application/json' }, redirect: 'manual' });
    await answer.text();
    PAGES.set(route, (await (await fetch(origin + datas[0], { redirect: 'manual' })).text()).startsWith('{'));
  }
  for (const url of PAGES.get(route) ? datas : [at]) {
    const more = url.includes('?') ? query.replace('?', '&') : query;
    const sent = { method, headers: { accept: 'application/json', ...headers }, body: method === 'GET' ? undefined : body, redirect: 'manual' };
    await (await fetch(origin + url + more, sent)).text();
  }
}

// An action is sent a form.
async function action(url, headers, query, body) {
  const fields = new URLSearchParams(body === undefined ? {} : JSON.parse(body));
  const sent = { ...headers, 'content-type': 'application/x-www-form-urlencoded', origin: new URL(url).origin, accept: 'application/json' };
  const answer = await fetch(url + query.replace('?', '&'), { method: 'POST', headers: sent, body: fields, redirect: 'manual' });
  await answer.text();
}
