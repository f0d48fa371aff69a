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
      input: [folder('index.html'), folder('portal.html')],
    },
  },
  plugins: [compressAssets()],
});

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
