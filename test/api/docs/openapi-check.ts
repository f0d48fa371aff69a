import { Ajv2020 } from 'ajv/dist/2020.js';
import { buildOpenApi, type OpenApiDocument } from '#api/docs/openapi.ts';
import { providers } from '#providers/index.ts';

export const document: OpenApiDocument = buildOpenApi(providers);

/** An OpenAPI 3.1 document is JSON, and its schemas are JSON Schema 2020-12 that refer to places in it. */
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(document, 'openapi');

/** Every schema of the document, by where it stands in it. Throws on one that is no schema, or that refers to nothing. */
export function compileSchemas(): string[] {
  const found: string[] = [];
  walk(document, '', (pointer) => {
    ajv.compile({ $ref: `openapi#${pointer}` });
    found.push(pointer);
  });
  return found;
}

/** What is wrong with an answer, by the document; an empty list when nothing is. */
export async function faultsOf(method: string, path: string, response: Response): Promise<string[]> {
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const place = ['paths', path, method, 'responses', String(response.status), 'content', type, 'schema'];
  return faultsAt(place, await response.clone().json());
}

/** What is wrong with an event that is sent to subscribers, by the document. */
export function faultsOfEvent(type: string, body: unknown): string[] {
  return faultsAt(['webhooks', type, 'post', 'requestBody', 'content', 'application/json', 'schema'], body);
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
