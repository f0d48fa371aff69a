import fc from 'fast-check';
import { nastyText, nastyValue } from './nasty-values.ts';

/** A value with some of its parts replaced, removed, renamed or added. */
export function mutated(base: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('replace', 'replace', 'remove', 'add', 'rename'),
    value: nastyValue,
    name: nastyText,
  });
  return fc.tuple(base, fc.array(change, { maxLength: 2 })).map(([value, changes]) => changes.reduce(apply, value));
}

interface Change {
  at: number;
  kind: string;
  value: unknown;
  name: string;
}

type Container = Record<string, unknown> | unknown[];

function apply(root: unknown, { at, kind, value, name }: Change): unknown {
  const copy: Record<string, unknown> = { root: structuredClone(root) };
  const places = placesIn(copy);
  const [container, key] = places[at % places.length] ?? [copy, 'root'];
  if (Array.isArray(container)) {
    if (kind === 'remove') container.splice(Number(key), 1);
    else if (kind === 'add') container.push(value);
    else container[Number(key)] = value;
    return copy.root;
  }
  // `Object.defineProperty`: assigning to `__proto__` would set the prototype.
  const set = (property: string, what: unknown) =>
    Object.defineProperty(container, property, { value: what, enumerable: true, configurable: true, writable: true });
  if (kind === 'remove' && container !== copy) delete container[key];
  else if (kind === 'add' && container !== copy) set(name, value);
  else if (kind === 'rename' && container !== copy) {
    set(name, container[key]);
    delete container[key];
  } else set(key, value);
  return copy.root;
}

/** Every place in a value that a change can be made at, without those that are nested very deep. */
function placesIn(container: Container, depth = 0): [Container, string][] {
  if (depth > 10) return [];
  return Object.entries(container).flatMap(([key, child]): [Container, string][] => [
    [container, key],
    ...(typeof child === 'object' && child !== null ? placesIn(child as Container, depth + 1) : []),
  ]);
}

const damages: Record<string, (bytes: Buffer) => Buffer> = {
  truncated: (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)),
  'not UTF-8': (bytes) => Buffer.concat([bytes.subarray(0, 5), Buffer.from([0xff, 0xc0, 0x80]), bytes.subarray(5)]),
  'UTF-16': (bytes) => Buffer.from(bytes.toString(), 'utf16le'),
  'byte order mark': (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  NUL: (bytes) => Buffer.concat([bytes, Buffer.from([0])]),
  twice: (bytes) => Buffer.concat([bytes, bytes]),
  empty: () => Buffer.alloc(0),
  'huge number': (bytes) => Buffer.from(bytes.toString().replace(/\d+/, `1${'0'.repeat(400)}`)),
  'exponent out of range': (bytes) => Buffer.from(bytes.toString().replace(/\d+/, '1e999999')),
  'duplicate key': (bytes) => Buffer.from(bytes.toString().replace(/\{("[^"]*":[^,{}[\]]*)/, '{$1,$1')),
  deep: () => Buffer.from('['.repeat(30_000)),
  'above 64 KB': () => Buffer.from(JSON.stringify('x'.repeat(70_000))),
  'above 256 KB': () => Buffer.from(JSON.stringify('x'.repeat(300_000))),
};

/** The JSON of a value, a fifth of it damaged. */
export function toBytes(value: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> {
  const damage = fc.oneof(
    { weight: 9, arbitrary: fc.constant((bytes: Buffer) => bytes) },
    { weight: 1, arbitrary: fc.constantFrom(...Object.values(damages)) },
  );
  return fc.tuple(value, damage).map(([each, harm]) => harm(Buffer.from(JSON.stringify(each) ?? '')));
}
