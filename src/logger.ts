import { types } from 'node:util';
import { type DestinationStream, type Logger, destination as openDestination, pino, stdTimeFunctions } from 'pino';
import { fieldNames } from './domain/contact.ts';
import { fieldTable } from './domain/fields.ts';
import { findTrace, toTraceFacts } from './tracing/tracing.ts';

export type { Logger };

export interface LoggerOptions {
  /** `fatal` to `trace`, or `silent`. */
  level: string;
  /** Default: standard output, written asynchronously, so that a slow reader of the log does not delay answers. */
  destination?: DestinationStream;
}

/**
 * Creates the process's logger: JSON lines with a fixed message and facts as fields. Personal data and secrets are redacted by field
 * name at any depth, so that a careless `log.info({ contact })` reveals nothing. `traceId` is the same in all lines about one change.
 */
export function createLogger({ level, destination = openDestination({ sync: false }) }: LoggerOptions): Logger {
  const formatters = { level: (label: string) => ({ level: label }), log: redactFacts };
  // The formatter runs before serializers, and has turned the error into plain facts.
  const serializers = { err: (facts: unknown) => facts };
  const mixin = () => toTraceFacts(findTrace());
  return redactingChildren(pino({ level, timestamp: stdTimeFunctions.isoTime, formatters, serializers, mixin }, destination));
}

/** The logger of one workspace: its lines name it. Those of the default workspace are as before there were others. */
export function forWorkspace(logger: Logger, workspace: { name: string } | null): Logger {
  return workspace === null ? logger : logger.child({ workspace: workspace.name });
}

/** Redacts the bindings of child loggers, which pino does not pass to the formatter. */
function redactingChildren(logger: Logger): Logger {
  const { child } = logger;
  logger.child = function (this: Logger, bindings, options) {
    return child.call(this, redactFacts(bindings), options);
    // A function expression cannot state the type parameter of `child`.
  } as Logger['child'];
  return logger;
}

function redactFacts(facts: object, depth = 0): Record<string, unknown> {
  const redacted = Object.entries(facts).map(([name, part]) => [name, isPrivate(name) ? redactedText : redact(part, depth + 1)]);
  return Object.fromEntries(redacted);
}

const redactedText = '[redacted]';

/** Deeper than any fact: cycles end here. */
const maxDepth = 8;

function redact(value: unknown, depth = 0): unknown {
  if (types.isNativeError(value)) return redactError(value, depth);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth === maxDepth || ArrayBuffer.isView(value)) return redactedText;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return redactFacts(value, depth);
}

/** The properties of our errors and Node's. */
interface LoggedError extends Error {
  code?: unknown;
  status?: unknown;
  provider?: unknown;
  operation?: unknown;
  traceId?: unknown;
}

/** Keeps known properties only: the `detail` and `where` of a database error quote rows. */
function redactError(error: LoggedError, depth: number): object {
  const { name, message, stack, cause, code, status, provider, operation, traceId } = error;
  const causes = cause === undefined || depth === maxDepth ? {} : { cause: redact(cause, depth + 1) };
  return { type: name, message, stack, code, status, provider, operation, traceId, ...causes };
}

function isPrivate(field: string): boolean {
  const name = bare(field);
  return personal.has(name) || field.startsWith('extras.') || secret.test(name);
}

/** `mobile_phone_number` is `mobilephonenumber`. */
function bare(field: string): string {
  return field.toLowerCase().replace(/[^a-z\d]/g, '');
}

/** Personal fields of a contact, their parts, the vendors' names for them, and names under which a whole record may be logged. */
const personal = new Set([
  ...[...fieldNames.filter((field) => fieldTable[field].isPersonal), 'extras'].map(bare),
  ...`email emailaddress personalemailaddress phone phonenumber mobilephonenumber e164 raw
firstname lastname fullname contactname dateofbirth address street city postalcode zipcode companyname notes
payload body rawbody headers`.split(/\s+/),
]);

/** Matches anywhere in a name: `GHL_API_KEY`, `x-accord-secret`, `refreshToken`. */
const secret = /apikey|token|secret|password|passphrase|authorization|cookie|signature|encryptionkey|privatekey|databaseurl/;
