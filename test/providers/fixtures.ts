import { readFileSync } from 'node:fs';

/** Reads a payload in the form that the vendor documents, with a fictitious person. */
export function readFixture(provider: string, name: string): Buffer {
  return readFileSync(new URL(`./${provider}/fixtures/${name}.json`, import.meta.url));
}

export function parseFixture(provider: string, name: string): unknown {
  return JSON.parse(readFixture(provider, name).toString('utf8'));
}
