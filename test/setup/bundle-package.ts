import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/**
 * Writes a CommonJS package into one file, unless the file has this version already. Jest loads all modules anew for each test file,
 * and some SDKs have thousands of them. `jest.config.js` maps the package's name to the file.
 */
export function bundlePackage(name: string, file: string): void {
  const entry = createRequire(import.meta.url).resolve(name);
  const manifest: { version: string } = JSON.parse(readFileSync(createRequire(entry).resolve('./package.json'), 'utf8'));
  const title = `// ${name} ${manifest.version}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8').startsWith(title)) return;
  mkdirSync(dirname(file), { recursive: true });
  // Another run may read the file at this moment.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, title + toBundle(entry));
  renameSync(draft, file);
}

function toBundle(entry: string): string {
  const modules = collectModules(entry);
  const places = new Map(modules.map(({ path }, place) => [path, place]));
  const parts = modules.map(({ text, requests }) => {
    const ownPlaces = Object.fromEntries([...requests].map(([request, path]) => [request, places.get(path)]));
    return `[${JSON.stringify(ownPlaces)}, function (module, exports, require) {${text}\n}]`;
  });
  return `const modules = [${parts.join(',\n')}];
const loaded = [];
function load(place) {
  if (loaded[place]) return loaded[place].exports;
  const module = (loaded[place] = { exports: {} });
  const [places, run] = modules[place];
  run.call(module.exports, module, module.exports, (request) => (request in places ? load(places[request]) : require(request)));
  return module.exports;
}
module.exports = load(0);
`;
}

interface CollectedModule {
  path: string;
  text: string;
  /** The paths of the package's own modules that it requires, by request. */
  requests: Map<string, string>;
}

/** The module at `entry`, and all that it requires from the same package. */
function collectModules(entry: string): CollectedModule[] {
  const paths = new Set([entry]);
  return Array.from(paths, (path) => {
    const text = readFileSync(path, 'utf8');
    const { resolve } = createRequire(path);
    const requests = new Map(
      [...text.matchAll(/require\("(\.[^"]*)"\)/g)].map(([, request = '']) => [request, resolve(request)]),
    );
    for (const required of requests.values()) paths.add(required);
    return { path, text, requests };
  });
}
