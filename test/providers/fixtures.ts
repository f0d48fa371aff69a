import { readFileSync } from 'node:fs';

/** A payload as the vendor documents it. Ours are its names and values, of a person who does not exist. */
export function readFixture(provider: string, name: string): Buffer {
  return readFileSync(new URL(`./${provider}/fixtures/${name}.json`, import.meta.url));
}

export function parseFixture(provider: string, name: string): unknown {
  return JSON.parse(readFixture(provider, name).toString('utf8'));
}
