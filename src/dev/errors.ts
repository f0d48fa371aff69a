import { types } from 'node:util';

// `instanceof` fails for errors of Node itself under jest, which runs tests in a realm of their own.

/** The message of a caught value. */
export function messageOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}

/** True for an error of Node with this code, such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === code;
}

/** The error output of a program that `execFile` has run; empty for any other error. */
export function stderrOf(error: unknown): string {
  return types.isNativeError(error) && 'stderr' in error ? String(error.stderr) : '';
}
