import { Ajv2020 } from 'ajv/dist/2020.js';
import { buildOpenApi, type OpenApiDocument } from '#api/docs/openapi.ts';
import { providers } from '#providers/index.ts';

export const document: OpenApiDocument = buildOpenApi(providers);

/** The schemas of an OpenAPI 3.1 document are JSON Schema 2020-12, with references into the document. */
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(document, 'openapi');

/** JSON pointers of all schemas in the document. Throws for an invalid schema, and for one with a dangling reference. */
export function compileSchemas(): string[] {
  const found: string[] = [];
  walk(document, '', (pointer) => {
    ajv.compile({ $ref: `openapi#${pointer}` });
    found.push(pointer);
  });
  return found;
}

/** How a response deviates from the document; an empty list when it does not. */
export async function faultsOf(method: string, path: string, response: Response): Promise<string[]> {
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const place = ['paths', path, method, 'responses', String(response.status), 'content', type, 'schema'];
  return faultsAt(place, await response.clone().json());
}

/** How the body of a delivery deviates from the document. */
export function faultsOfEvent(type: string, body: unknown): string[] {
  return faultsAt(['webhooks', type, 'post', 'requestBody', 'content', 'application/json', 'schema'], body);
}

/** Names of all properties in a schema and the schemas below it. */
export function propertyNames(schema: unknown): Set<string> {
  const names = new Set<string>();
  const seen = new Set<unknown>();
  const left = [schema];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    const { $ref, properties = {}, ...others } = next as { $ref?: string; properties?: object };
    for (const name of Object.keys(properties)) names.add(name);
    left.push(...Object.values(properties), ...Object.values(others), $ref && resolve($ref));
  }
  return names;
}

function resolve(ref: string): unknown {
  const parts = ref.slice('#/'.length).split('/');
  return parts.reduce((node: unknown, part) => (node as Record<string, unknown>)[part], document);
}

function faultsAt(place: string[], value: unknown): string[] {
  const validate = ajv.compile({ $ref: `openapi#${toPointer(place)}` });
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function walk(node: unknown, pointer: string, visit: (pointer: string) => void): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [name, child] of Object.entries(node)) {
    const place = pointer + toPointer([name]);
    const isSchema = name === 'schema' || pointer === '/components/schemas';
    if (isSchema) visit(place);
    else walk(child, place, visit);
  }
}

function toPointer(parts: string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
}
