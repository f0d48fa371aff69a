import { exitCodes } from './exit-codes.ts';

interface Explained {
  message: string;
  exitCode: number;
}

/** A sentence with the fix, and the exit code, for an error that no command has explained; null for the others. */
export function explainError(error: unknown, env: NodeJS.ProcessEnv): Explained | null {
  const code = codeOf(error);
  const { unavailable, failed } = exitCodes;
  const at = hostOf(env.DATABASE_URL);
  if (/^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH)$/.test(code))
    return { message: `PostgreSQL does not answer at ${at}: start it, or correct DATABASE_URL`, exitCode: unavailable };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { message: `The name of PostgreSQL's server at ${at} has no address: correct DATABASE_URL`, exitCode: unavailable };
  if (code === '28P01' || code === '28000')
    return { message: `PostgreSQL at ${at} refuses our role or password: correct DATABASE_URL`, exitCode: failed };
  if (code === '3D000')
    return { message: `PostgreSQL at ${at} has no such database: create it, or correct DATABASE_URL`, exitCode: failed };
  if (code === '42501')
    return { message: 'The database role may not do that: it must own the database (docs/operating.md)', exitCode: failed };
  if (code === '42P01' || code === '42703')
    return { message: 'The database lacks tables or columns: run accord migrate', exitCode: failed };
  return null;
}

/** Of the error, or of the first attempt where several addresses were tried. */
function codeOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return typeof first === 'object' && first !== null && 'code' in first ? String(first.code) : '';
}

/** Without the password. */
function hostOf(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : 'its address';
}
