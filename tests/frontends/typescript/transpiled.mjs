// What `require` does with TypeScript, and with decorators of the kind that NestJS reads; `@/` is the folder that the file's package.json lies in.
import { createRequire, Module } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const require = createRequire(join(process.cwd(), 'here.js'));

require.extensions['.ts'] = (module, path) => {
  const typescript = require('typescript');
  const options = { module: 'commonjs', target: 'es2022', experimentalDecorators: true, emitDecoratorMetadata: true, esModuleInterop: true };
  module._compile(typescript.transpileModule(readFileSync(path, 'utf8'), { compilerOptions: options }).outputText, path);
};

const resolve = Module._resolveFilename;

// The folder that `@/` stands for, where an application has such an alias.
export function alias(folder) {
  Module._resolveFilename = (request, ...rest) => resolve(request.startsWith('@/') ? join(folder, request.slice(2)) : request, ...rest);
}
