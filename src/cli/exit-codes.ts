/** Exit codes of all commands, listed in docs/operating.md. */
export const exitCodes = {
  /** The command failed, or `accord doctor` has found an error. */
  failed: 1,
  /** An unknown command, option or value. */
  usage: 2,
  /** Nothing has the id, or nothing is found. */
  notFound: 3,
  /** The API key is missing, unknown, or lacks a scope. */
  forbidden: 4,
  /** The api, PostgreSQL or Temporal does not answer. */
  unavailable: 5,
} as const;

/** An error with a message for people, and the exit code of the command. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** The exit code that belongs to the status of a response. */
export function toExitCode(status: number): number {
  if (status === 404) return exitCodes.notFound;
  if (status === 401 || status === 403) return exitCodes.forbidden;
  if (status === 400) return exitCodes.usage;
  return status === 503 || status === 502 || status === 504 ? exitCodes.unavailable : exitCodes.failed;
}
