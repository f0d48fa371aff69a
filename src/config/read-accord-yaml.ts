import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Provider } from '#providers/provider.ts';
import { type AccordYaml, accordYamlSchema } from './accord-yaml.ts';
import { explainKey, findVendor, toProviders } from './accounts.ts';
import { findKnownKeys, toJsonSchema } from './json-schema.ts';
import { suggest } from './nearest.ts';

export interface ReadOptions {
  path: string;
  /** The profile to merge over the rest of the file; null for none. */
  profile: string | null;
  vendors: readonly Provider[];
  problems: string[];
}

export interface ReadResult {
  /** Null when the file is invalid. */
  yaml: AccordYaml | null;
  /** The file as it was read; empty when it could not be read. */
  text: string;
  /** The accounts of the file with its profile, also where their settings are invalid. */
  accountIds: string[];
}

/** accord.yaml with its profile. The reasons why it is invalid are in `problems`. Checks every profile, used or not. */
export function readAccordYaml({ path, profile, vendors, problems }: ReadOptions): ReadResult {
  const text = findText(path, problems);
  if (text === null) return { yaml: null, text: '', accountIds: [] };
  const found = new Set<string>();
  const source = parseSource(path, text, found);
  const yaml = checkAll(source, { vendors, chosen: profile, found });
  problems.push(...found);
  return { yaml: found.size === 0 ? yaml : null, text, accountIds: listAccountIds(source.whole, vendors, profile) };
}

/** The accounts that the file has for one profile. */
function listAccountIds(whole: unknown, vendors: readonly Provider[], profile: string | null): string[] {
  const { accounts, profiles } = asObject(whole);
  const overlay = profile === null ? {} : asObject(asObject(profiles)[profile]);
  const keys = [accounts, overlay.accounts].flatMap((section) => Object.keys(asObject(section)));
  return [...new Set(keys)].filter((key) => findVendor(vendors, key) !== null);
}

/** The extras that the file has for one profile. */
function listExtras(whole: unknown, profile: string | null): string[] {
  const { extras, profiles } = asObject(whole);
  const overlay = profile === null ? {} : asObject(asObject(profiles)[profile]);
  return [...new Set([extras, overlay.extras].flatMap((section) => Object.keys(asObject(section))))];
}

function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

interface Source {
  path: string;
  document: Document;
  lines: LineCounter;
  /** The file as plain values; undefined when it is not valid YAML. */
  whole: unknown;
}

function findText(path: string, problems: string[]): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(`ACCORD_CONFIG: cannot read ${path} (${codeOf(error)})`);
    return null;
  }
}

/** Such as `ENOENT`. */
function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
}

function parseSource(path: string, text: string, found: Set<string>): Source {
  const lines = new LineCounter();
  // Pretty errors quote the line, and errors of tags and aliases the value, which may be a secret.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const { pos, code, message } of [...document.errors, ...document.warnings]) {
    const reason = code === 'TAG_RESOLVE_FAILED' ? 'quote a text that begins with !' : message;
    found.add(`${path}:${lines.linePos(pos[0]).line}: ${reason}`);
  }
  return { path, document, lines, whole: found.size > 0 ? undefined : findValue(path, document, found) };
}

/** The parser reports an alias without its anchor only here. */
function findValue(path: string, document: Document, found: Set<string>): unknown {
  try {
    const value: unknown = document.toJS() ?? {};
    if (isObject(value)) return value;
    found.add(`${path}:1: must be a mapping with accounts, audiences, schedules, profiles`);
  } catch {
    found.add(`${path}: an alias (*name) has no anchor (&name) before it; quote a text that begins with *`);
  }
  return undefined;
}

interface CheckOptions {
  vendors: readonly Provider[];
  chosen: string | null;
  found: Set<string>;
}

function checkAll(source: Source, { vendors, chosen, found }: CheckOptions): AccordYaml | null {
  if (!isObject(source.whole)) return null;
  const { profiles = {}, ...base } = source.whole;
  const overlays = new Map<string | null, unknown>([[null, { profiles }]]);
  for (const [name, overlay] of Object.entries(isObject(profiles) ? profiles : {}))
    if (isObject(overlay)) overlays.set(name, overlay);
  if (!overlays.has(chosen)) {
    const names = [...overlays.keys()].filter((name) => name !== null);
    found.add(`ACCORD_PROFILE is "${chosen}", but ${source.path} has no such profile${suggest(chosen ?? '', names)}`);
  }
  let result: AccordYaml | null = null;
  for (const [name, overlay] of overlays) {
    const providers = toProviders(vendors, { ids: listAccountIds(source.whole, vendors, name) });
    const schema = accordYamlSchema(providers, listExtras(source.whole, name));
    const checked = schema.safeParse(merge(base, overlay));
    if (checked.success && name === chosen) result = checked.data;
    for (const issue of checked.error?.issues ?? []) {
      for (const line of describe(issue, { source, schema, vendors, profile: name })) found.add(line);
    }
  }
  return result;
}

/** Merges objects key by key; replaces all other values. */
function merge(base: unknown, overlay: unknown): unknown {
  if (!isObject(base) || !isObject(overlay)) return overlay;
  const entries = Object.entries(overlay).map(([key, value]) => [key, key in base ? merge(base[key], value) : value]);
  return { ...base, ...Object.fromEntries(entries) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Described {
  source: Source;
  schema: z.ZodType;
  vendors: readonly Provider[];
  profile: string | null;
}

function describe(issue: z.core.$ZodIssue, { source, schema, vendors, profile }: Described): string[] {
  const at = (path: PropertyKey[]) => locate(source, path, profile);
  if (issue.code !== 'unrecognized_keys') return [`${at(issue.path)}: ${toReason(issue)}`];
  const known = findKnownKeys(toJsonSchema(schema), issue.path);
  const isAccount = issue.path.join('.') === 'accounts';
  const explain = (key: string) => {
    if (isAccount) return explainKey(vendors, key, known);
    const isOfVendor = known.includes(findVendor(vendors, key)?.id ?? '');
    return isOfVendor ? `there is no accounts.${key}` : `unknown setting${suggest(key, known)}`;
  };
  return issue.keys.map((key) => `${at([...issue.path, key])}: ${explain(key)}`);
}

function toReason(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.message.endsWith('received undefined')) return 'is missing';
  return issue.message.replace(/^Invalid input: /, '');
}

/** `accord.yaml:12: accounts.calltools.pageSize`: the line in the profile if the profile sets it, else in the rest of the file. */
function locate({ path: file, document, lines }: Source, path: PropertyKey[], profile: string | null): string {
  const overlaid = ['profiles', profile ?? '', ...path];
  const [inBase, inProfile] = [findPlace(document, path), findPlace(document, overlaid)];
  const fromProfile = inProfile.depth - 2 >= Math.max(1, inBase.depth);
  const [place, full] = fromProfile ? [inProfile, overlaid] : [inBase, path];
  return `${file}:${lines.linePos(place.offset).line}: ${full.map(String).join('.') || 'the file'}`;
}

/** The number of leading path steps that the file has, and the offset at which the last of them begins. */
function findPlace(document: Document, path: readonly PropertyKey[]): { offset: number; depth: number } {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [depth, step] of path.entries()) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step)) : undefined;
    const child = isSeq(node) ? node.items[Number(step)] : pair?.value;
    const found = pair?.key ?? child;
    const start = isNode(found) ? found.range?.[0] : undefined;
    if (start === undefined) return { offset, depth };
    offset = start;
    node = child;
  }
  return { offset, depth: path.length };
}
