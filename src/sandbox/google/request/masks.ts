import { invalidArgument } from '#sandbox/google/google-error.ts';
import { type FieldName, type MaskPath, readPaths, updatePaths } from '#sandbox/google/person/fields.ts';

const documentedAt = 'https://developers.google.com/people/api/rest/v1/people/get';

/** Parses a mask of fields to read. The error messages are Google's, as integrators quote them. */
export function parseReadMask(text: string | undefined, name: 'personFields' | 'readMask'): MaskPath[] {
  return parseMask(text, name, readPaths);
}

/** Parses the mask of a write's response. Google docs (createContact, updateContact): all fields if absent. */
export function parseReplyMask(text: string | undefined): MaskPath[] {
  return text ? parseMask(text, 'personFields', readPaths) : [...readPaths];
}

/** Parses a mask of fields to write. */
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
  return paths.map((path) => {
    const known = valid.find((each) => each === path);
    if (known) return known;
    throw invalidArgument(`Invalid ${name} mask path: "${path}". Valid paths are documented at ${documentedAt}.`);
  });
}
