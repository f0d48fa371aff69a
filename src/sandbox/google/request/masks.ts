import { invalidArgument } from '#sandbox/google/google-error.ts';
import { type FieldName, type MaskPath, readPaths, updatePaths } from '#sandbox/google/person/fields.ts';

const documentedAt = 'https://developers.google.com/people/api/rest/v1/people/get';

/** A mask of what to read. The sentences are Google's, as integrators quote them. */
export function parseReadMask(text: string | undefined, name: 'personFields' | 'readMask'): MaskPath[] {
  return parseMask(text, name, readPaths);
}

/** All fields where none was sent. Google docs: createContact, updateContact. */
export function parseReplyMask(text: string | undefined): MaskPath[] {
  return text ? parseMask(text, 'personFields', readPaths) : [...readPaths];
}

export function parseUpdateMask(text: string | undefined, name: 'updatePersonFields' | 'updateMask'): FieldName[] {
  return parseMask(text, name, updatePaths);
}

function parseMask<Path extends string>(text: string | undefined, name: string, valid: readonly Path[]): Path[] {
  const paths = [...new Set((text ?? '').split(',').map((path) => path.trim()))].filter(Boolean);
  if (paths.length === 0) {
    throw invalidArgument(
      `${name} mask is required. Please specify one or more valid paths. Valid paths are documented at ${documentedAt}.`,
    );
  }
  for (const path of paths) {
    if (!valid.includes(path as Path)) {
      throw invalidArgument(`Invalid ${name} mask path: "${path}". Valid paths are documented at ${documentedAt}.`);
    }
  }
  return paths as Path[];
}
