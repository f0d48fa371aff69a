import { type Client, Connection, ServiceError } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import type { Listable } from './activities/deps.ts';
import { searchAttributes } from './workflows/search-attributes.ts';

const attributes = Object.values(searchAttributes);

/** gRPC status codes. */
const grpc = { invalidArgument: 3, permissionDenied: 7, unimplemented: 12 };

export interface Registration {
  added: string[];
  /** Names that the server does not let clients add; `explainMissing` says how a person adds them. */
  refused: string[];
}

/**
 * Adds the missing search attributes to the namespace. Temporal Cloud refuses this with PERMISSION_DENIED, because there they are
 * managed by `tcld` or in the console (docs.temporal.io, Search Attributes).
 */
export async function registerSearchAttributes(client: Client): Promise<Registration> {
  const missing = await findMissingSearchAttributes(client);
  if (missing.length === 0) return { added: [], refused: [] };
  if (!(client.connection instanceof Connection)) throw new Error('Search attributes need a client with a gRPC connection');
  const { operatorService } = client.connection;
  const types = attributes.filter(({ name }) => missing.includes(name)).map(({ name, type }) => [name, indexedType[type]]);
  try {
    await operatorService.addSearchAttributes({
      namespace: client.options.namespace,
      searchAttributes: Object.fromEntries(types),
    });
    return { added: missing, refused: [] };
  } catch (error) {
    if (!hasCode(error, grpc.permissionDenied, grpc.unimplemented)) throw error;
    return { added: [], refused: missing };
  }
}

/** The search attributes that the namespace lacks. Asks with a query, which every server allows, not through the operator API. */
export async function findMissingSearchAttributes(client: Client): Promise<string[]> {
  const known = await Promise.all(attributes.map(({ name }) => isKnown(client, name)));
  return attributes.filter((_, index) => !known[index]).map(({ name }) => name);
}

async function isKnown(client: Client, name: string): Promise<boolean> {
  try {
    await client.workflow.count(`${name} = "none"`);
    return true;
  } catch (error) {
    if (hasCode(error, grpc.invalidArgument)) return false;
    throw error;
  }
}

/**
 * Tells by which of Accord's search attributes the namespace can list workflows. That it lacks no attribute is remembered; otherwise it is checked again after a minute, so
 * that attributes which an operator adds are used without a restart. While the server does not answer, the last answer holds.
 */
export function createSearchAttributeCheck(client: Client, now: () => number = Date.now): () => Promise<Listable> {
  let missing = attributes.map(({ name }) => name);
  let askedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (missing.length > 0 && now() - askedAt >= recheckAfterMs) {
      askedAt = now();
      missing = await findMissingSearchAttributes(client).catch(() => missing);
    }
    const { name } = searchAttributes.externalIds;
    return { states: missing.every((each) => each === name), externalIds: !missing.includes(name) };
  };
}

const recheckAfterMs = 60_000;
const refusedAt = new WeakMap<Client, number>();

/**
 * Starts a workflow that is listed under the ids of its contact's records, or unlisted in a namespace that lacks the attribute: there
 * Temporal refuses the start, and Accord offers the ids again after a minute.
 */
export async function startListed<Started>(
  client: Client,
  externalIds: readonly string[],
  start: (attributes: SearchAttributePair[]) => Promise<Started>,
  now = Date.now(),
): Promise<Started> {
  const isRefused = now - (refusedAt.get(client) ?? Number.NEGATIVE_INFINITY) < recheckAfterMs;
  if (externalIds.length === 0 || isRefused) return start([]);
  try {
    return await start([{ key: searchAttributes.externalIds, value: [...externalIds] }]);
  } catch (error) {
    if (!hasCode(error, grpc.invalidArgument)) throw error;
    refusedAt.set(client, now);
    return start([]);
  }
}

/** The consequence of the missing attributes, and the commands that add them: for Temporal Cloud and for a self-hosted server. */
export function explainMissing(names: readonly string[], namespace: string): string {
  const missing = attributes.filter(({ name }) => names.includes(name));
  const cloud = missing.map(({ name, type }) => ` --search-attribute "${name}=${typeNames[type]}"`).join('');
  const server = missing.map(({ name, type }) => ` --name ${name} --type ${typeNames[type]}`).join('');
  return [
    `Temporal namespace ${namespace} lacks the search attributes ${names.join(', ')}. Contacts sync and park without them, but the Web UI cannot find them by what is missing. Add them with:`,
    `  tcld namespace search-attributes add --namespace ${namespace}${cloud}`,
    `  temporal operator search-attribute create --namespace ${namespace}${server}`,
  ].join('\n');
}

const typeNames = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' } as const;
/** temporal.api.enums.v1.IndexedValueType. */
const indexedType = { KEYWORD: 2, KEYWORD_LIST: 7 } as const;

function hasCode(error: unknown, ...codes: number[]): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause && codes.includes(Number(cause.code));
}
