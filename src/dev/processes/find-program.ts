import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a program in the folder that is named first, or else on PATH. Null when neither has it. */
export function findProgram(name: string, folder = '', { PATH = '' }: NodeJS.ProcessEnv = process.env): string | null {
  const paths = [folder, ...PATH.split(delimiter)].filter(Boolean).map((each) => join(each, name));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
