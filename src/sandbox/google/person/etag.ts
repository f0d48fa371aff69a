import { type MaskPath, readPaths } from './fields.ts';
import { type Person, sourceEtagOf } from './person.ts';

/** The request that an etag was returned by. */
export interface EtagScope {
  mask: readonly MaskPath[];
  fromList: boolean;
}

const maskTag = 0x12;
const listTag = 0x18;
const sourceTag = 0x22;

/**
 * The etag of a person. Live captures (`%EgcBAgkuNz0+GgQBAgUHIgwwbWNlMTRsVFltMD0=`) decode to the requested fields and the etag of the
 * contact source. Requests with different masks therefore return different etags for the same state.
 */
export function etagOf(person: Person, { mask, fromList }: EtagScope): string {
  const paths = mask.map((path) => readPaths.indexOf(path) + 1).sort((a, b) => a - b);
  const source = Buffer.from(sourceEtagOf(person).slice(1));
  const bytes = [maskTag, paths.length, ...paths, listTag, fromList ? 1 : 0, sourceTag, source.length, ...source];
  return `%${Buffer.from(bytes).toString('base64')}`;
}

/** Decodes an etag. Null if it is not an etag of a person. */
export function readEtag(etag: string): { sourceEtag: string; fromList: boolean } | null {
  if (!etag.startsWith('%')) return null;
  const bytes = Buffer.from(etag.slice(1), 'base64');
  const listAt = 2 + (bytes[1] ?? 0);
  if (bytes[0] !== maskTag || bytes[listAt] !== listTag || bytes[listAt + 2] !== sourceTag) return null;
  return { sourceEtag: `#${bytes.subarray(listAt + 4).toString()}`, fromList: bytes[listAt + 1] === 1 };
}
