import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The build of the admin pages and of the subscribers' portal: `dist/admin`, which the api serves below `/admin` and `/portal`, in each workspace. */
export default defineConfig({
  root: folder('.'),
  base: './',
  logLevel: 'warn',
  build: {
    outDir: folder('../../dist/admin'),
    emptyOutDir: true,
    // Of 2024, the first with `light-dark()` in style sheets.
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    // The content security policy allows no scripts or fonts from data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
    // The component library marks its files for servers that render React; there is none here.
    rolldownOptions: {
      checks: { moduleLevelDirective: false },
      input: folder('index.html'),
      output: { codeSplitting: { groups: [{ name: firstLoadOf, debugName: 'first load' }] } },
    },
  },
  plugins: [compressAssets()],
});

/** Modules of the first page, and those that most pages share. */
const atFirst = folder('main.tsx');
const partsOfPages = [folder('ui/'), folder('rest/')];

interface Graph {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

/** One file for the first load, which shows as soon as it is there: by themselves its modules are forty files, six at a time. */
function firstLoadOf(id: string, graph: Graph): string | null {
  return importedBy(atFirst, graph).has(id) || partsOfPages.some((path) => id.startsWith(path)) ? 'app' : null;
}

let found: ReadonlySet<string> | undefined;

/** A module, and all that it imports, directly or not. Lazy imports do not count. */
function importedBy(entry: string, graph: Graph): ReadonlySet<string> {
  if (found) return found;
  const all = new Set([entry]);
  for (const id of all) for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) all.add(imported);
  found = all;
  return all;
}

/** Writes a Brotli file beside each script and style sheet, once instead of at each request. */
function compressAssets(): Plugin {
  return {
    name: 'compress-assets',
    // From disk: other plugins change the bundle until it is written.
    async writeBundle({ dir = '' }, bundle) {
      const files = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name));
      await Promise.all(files.map((name) => compress(join(dir, name))));
    },
  };
}

async function compress(file: string): Promise<void> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(await readFile(file), { params }));
}
