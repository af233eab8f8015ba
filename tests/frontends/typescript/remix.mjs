// Which routes each application of React Router serves, by what its own program prints of them, and by what their files export.
// Its last line is {"folder": ["GET /path", ...]}. node remix.mjs NODE_MODULES FOLDER...
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

const [modules, ...folders] = process.argv.slice(2);
const require = createRequire(join(modules, 'here.js'));
const METHODS = { loader: 'GET', action: 'POST' };
const CONFIG = "import { reactRouter } from '@react-router/dev/vite';\nexport default { plugins: [reactRouter()] };";

const shown = (path) => '/' + path.replace(/^\//, '').replaceAll(/:(\w+)\??/g, '{$1}').replaceAll('*', '{path}');

// A copy beside the modules, with what every application has.
function prepared(folder) {
  const root = mkdtempSync(join(dirname(modules), 'routes-'));
  cpSync(folder, root, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'vite.config.js'), CONFIG);
  writeFileSync(join(root, 'app/root.jsx'), 'export default function Root() { return null; }');
  return root;
}

function exported(file) {
  const typescript = require('typescript');
  const options = { module: 'esnext', target: 'es2022', jsx: 'react-jsx' };
  const { outputText } = typescript.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: options, fileName: file });
  return require('es-module-lexer').parse(outputText)[1].map(({ n }) => n);
}

function routes(root, entries, prefix, found) {
  for (const { path = '', file, children = [] } of entries) {
    const under = [prefix, path].filter(Boolean).join('/');
    const names = exported(join(root, 'app', file));
    for (const name of Object.keys(METHODS)) if (names.includes(name)) found.push(`${METHODS[name]} ${shown(under)}`);
    routes(root, children, under, found);
  }
  return found;
}

await require('es-module-lexer').init;
const told = {};
for (const folder of folders) {
  const root = prepared(folder);
  const printed = execFileSync('node', [join(modules, '@react-router/dev/bin.js'), 'routes', '--json'], { cwd: root, encoding: 'utf8' });
  told[basename(folder)] = [...new Set(routes(root, JSON.parse(printed.slice(printed.indexOf('['))), '', []))].sort();
  rmSync(root, { recursive: true });
}
process.stdout.write('\n' + JSON.stringify(told), () => process.exit(0));
