import { readFileSync } from 'node:fs';
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { AccordYaml, accordYamlSchema } from './accord-yaml.ts';
import { findKnownKeys, toJsonSchema } from './json-schema.ts';
import { suggest } from './nearest.ts';

export interface ReadOptions {
  path: string;
  /** The overlay under `profiles` to merge over the rest; null for none. */
  profile: string | null;
  schema: ReturnType<typeof accordYamlSchema>;
  problems: string[];
}

/** accord.yaml with its profile; null, and the reasons in `problems`, when it cannot be used. Every profile is checked, used or not. */
export function readAccordYaml({ path, profile, schema, problems }: ReadOptions): AccordYaml | null {
  const text = findText(path, problems);
  if (text === null) return null;
  const found = new Set<string>();
  const result = checkAll(parseSource(path, text, found), schema, profile, found);
  problems.push(...found);
  return found.size === 0 ? result : null;
}

interface Source {
  path: string;
  document: Document;
  lines: LineCounter;
  /** The file as plain values; undefined when it is no YAML. */
  whole: unknown;
}

function findText(path: string, problems: string[]): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(`ACCORD_CONFIG: cannot read ${path} (${(error as NodeJS.ErrnoException).code})`);
    return null;
  }
}

function parseSource(path: string, text: string, found: Set<string>): Source {
  const lines = new LineCounter();
  // Pretty errors would quote the line, and those of tags and aliases the value: somebody may have put a secret there.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const { pos, code, message } of [...document.errors, ...document.warnings]) {
    const reason = code === 'TAG_RESOLVE_FAILED' ? 'a text that begins with ! needs quotes' : message;
    found.add(`${path}:${lines.linePos(pos[0]).line}: ${reason}`);
  }
  return { path, document, lines, whole: found.size > 0 ? undefined : findValue(path, document, found) };
}

/** An alias without its anchor comes to light only here. */
function findValue(path: string, document: Document, found: Set<string>): unknown {
  try {
    const value: unknown = document.toJS() ?? {};
    if (isObject(value)) return value;
    found.add(`${path}:1: must be settings by name: accounts, audiences, schedules, profiles`);
  } catch {
    found.add(`${path}: an alias (*name) has no anchor (&name) before it; a text that begins with * needs quotes`);
  }
  return undefined;
}

function checkAll(source: Source, schema: ReadOptions['schema'], chosen: string | null, found: Set<string>): AccordYaml | null {
  if (!isObject(source.whole)) return null;
  const { profiles = {}, ...base } = source.whole;
  const overlays = new Map<string | null, unknown>([[null, { profiles }]]);
  for (const [name, overlay] of Object.entries(isObject(profiles) ? profiles : {}))
    if (isObject(overlay)) overlays.set(name, overlay);
  if (!overlays.has(chosen)) {
    const names = [...overlays.keys()].filter((name) => name !== null);
    found.add(`ACCORD_PROFILE is "${chosen}", which ${source.path} does not have under profiles${suggest(chosen ?? '', names)}`);
  }
  let result: AccordYaml | null = null;
  for (const [name, overlay] of overlays) {
    const checked = schema.safeParse(merge(base, overlay));
    if (checked.success && name === chosen) result = checked.data;
    for (const issue of checked.error?.issues ?? []) for (const line of describe(issue, source, schema, name)) found.add(line);
  }
  return result;
}

/** Objects key by key, everything else replaced. */
function merge(base: unknown, overlay: unknown): unknown {
  if (!isObject(base) || !isObject(overlay)) return overlay;
  const entries = Object.entries(overlay).map(([key, value]) => [key, key in base ? merge(base[key], value) : value]);
  return { ...base, ...Object.fromEntries(entries) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(issue: z.core.$ZodIssue, source: Source, schema: ReadOptions['schema'], profile: string | null): string[] {
  const at = (path: PropertyKey[]) => locate(source, path, profile);
  if (issue.code !== 'unrecognized_keys') return [`${at(issue.path)}: ${toReason(issue)}`];
  const known = findKnownKeys(toJsonSchema(schema), issue.path);
  return issue.keys.map((key) => `${at([...issue.path, key])}: not a setting${suggest(key, known)}`);
}

function toReason(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.message.endsWith('received undefined')) return 'is missing';
  return issue.message.replace(/^Invalid input: /, '');
}

/** `accord.yaml:12: accounts.calltools.pageSize`: in the profile where the profile says it, else in the rest of the file. */
function locate({ path: file, document, lines }: Source, path: PropertyKey[], profile: string | null): string {
  const overlaid = ['profiles', profile ?? '', ...path];
  const [inBase, inProfile] = [findPlace(document, path), findPlace(document, overlaid)];
  const fromProfile = inProfile.depth - 2 >= Math.max(1, inBase.depth);
  const [place, full] = fromProfile ? [inProfile, overlaid] : [inBase, path];
  return `${file}:${lines.linePos(place.offset).line}: ${full.map(String).join('.') || 'the file'}`;
}

/** How far into the file the path leads, and where its last part that is there begins. */
function findPlace(document: Document, path: readonly PropertyKey[]): { offset: number; depth: number } {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [depth, step] of path.entries()) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step)) : undefined;
    const child = isSeq(node) ? node.items[Number(step)] : pair?.value;
    const start = ((pair?.key ?? child) as Node | undefined)?.range?.[0];
    if (start === undefined) return { offset, depth };
    offset = start;
    node = child;
  }
  return { offset, depth: path.length };
}
