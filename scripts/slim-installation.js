// Removes files of packages that Accord never loads: after each `npm ci`, and with --image more of them, for the container.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { arch, argv, platform } from 'node:process';

const googleApis = 'node_modules/googleapis/build/src/apis';
const coreBridge = 'node_modules/@temporalio/core-bridge';
/** Of development: the package `node` downloads the binary of this system into it. */
const nodeBinaries = 'node_modules/node/node_modules';

// The names in common.js of core-bridge.
const cpu = { x64: 'x86_64', arm64: 'aarch64' }[arch];
const system = { darwin: 'apple-darwin', linux: 'unknown-linux-gnu', win32: 'pc-windows-msvc' }[platform];

slimInstallation();
if (argv.includes('--image')) slimImage();

/**
 * 108 MB of Temporal's core for other systems, 170 MB of types of Google's other APIs, 67 MB of Node's C headers, 29 MB of Square's
 * former SDK, which only `square/legacy` loads, and source maps.
 */
function slimInstallation() {
  const releases = list(`${coreBridge}/releases`);
  // Where there is none for this system, core-bridge explains that by itself.
  if (releases.includes(`${cpu}-${system}`)) remove(`${coreBridge}/releases`, (name) => name !== `${cpu}-${system}`);
  for (const name of otherApis()) remove(`${googleApis}/${name}`, (file) => file.endsWith('.d.ts'));
  for (const name of list(nodeBinaries).filter((name) => name.startsWith('node-')))
    remove(`${nodeBinaries}/${name}`, (part) => part === 'include' || part === 'share');
  remove('node_modules', (name) => name === 'square-legacy');
  remove('node_modules', (path) => path.endsWith('.map'), { recursive: true });
}

/** The image compiles nothing, debugs no packages, and calls no other Google API. */
function slimImage() {
  remove(googleApis, (name) => otherApis().includes(name));
  remove(coreBridge, (name) => name === 'sdk-core');
  remove('node_modules', (path) => /\.(d\.[cm]?ts|md)$/.test(path), { recursive: true });
}

/** Folders; files beside them are the index of all APIs. */
function otherApis() {
  return list(googleApis).filter((name) => name !== 'people' && !name.includes('.'));
}

function remove(folder, isUnused, options = {}) {
  for (const name of list(folder, options).filter(isUnused)) rmSync(join(folder, name), { recursive: true, force: true });
}

function list(folder, options = {}) {
  return existsSync(folder) ? readdirSync(folder, options) : [];
}
