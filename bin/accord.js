#!/usr/bin/env node
// JavaScript, so that a Node which cannot run TypeScript says so in one sentence. Node 24.16 is the first that has all we use.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 16)) {
  // A command and the processes that it starts take half as long to load. Where the folder cannot be written, nothing is kept.
  const { enableCompileCache } = await import('node:module');
  process.env.NODE_COMPILE_CACHE ??= `${import.meta.dirname}/../node_modules/.cache/accord/compiled`;
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import('#cli/accord.ts');
} else {
  const found = `this is ${process.versions.node}`;
  console.error(`accord: Accord needs Node 24.16 or newer, and ${found}. Install a supported release from https://nodejs.org.`);
  process.exitCode = 1;
}
