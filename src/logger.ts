import { types } from 'node:util';
import { type DestinationStream, type Logger, destination as openDestination, pino, stdTimeFunctions } from 'pino';
import { fieldNames } from './domain/contact.ts';
import { fieldTable } from './domain/fields.ts';

export type { Logger };

export interface LoggerOptions {
  /** `fatal` to `trace`, or `silent`. */
  level: string;
  /** Standard output by default, written asynchronously: a slow reader of the log must not slow a webhook's answer. */
  destination?: DestinationStream;
}

/**
 * The one logger: JSON lines, a fixed message, facts as fields. What says who a contact is, and what opens a door, is blotted out
 * by the name of its field, at any depth, so a careless `log.info({ contact })` tells nothing.
 */
export function createLogger({ level, destination = openDestination({ sync: false }) }: LoggerOptions): Logger {
  const formatters = { level: (label: string) => ({ level: label }), log: redactFacts };
  // By the time a serializer runs, the formatter has made plain facts of the error.
  const serializers = { err: (facts: unknown) => facts };
  return redactingChildren(pino({ level, timestamp: stdTimeFunctions.isoTime, formatters, serializers }, destination));
}

/** pino formats what a line says and takes what a child logger always says as it is. */
function redactingChildren(logger: Logger): Logger {
  const { child } = logger;
  logger.child = function (this: Logger, bindings, options) {
    return child.call(this, redactFacts(bindings), options);
  } as Logger['child'];
  return logger;
}

function redactFacts(facts: Record<string, unknown>): Record<string, unknown> {
  return redact(facts) as Record<string, unknown>;
}

const blot = '[redacted]';

/** Deeper than any fact is: a cycle ends here. */
const deepest = 8;

function redact(value: unknown, depth = 0): unknown {
  if (types.isNativeError(value)) return redactError(value, depth);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth === deepest || ArrayBuffer.isView(value)) return blot;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, isPrivate(name) ? blot : redact(part, depth + 1)]),
  );
}

/** Only what our own errors and Node's carry: those of the database driver quote rows in `detail` and `where`. */
function redactError(error: Error, depth: number): object {
  const { name, message, stack, cause } = error;
  const { code, status, provider, operation, traceId } = error as unknown as Record<string, unknown>;
  const causes = cause === undefined || depth === deepest ? {} : { cause: redact(cause, depth + 1) };
  return { type: name, message, stack, code, status, provider, operation, traceId, ...causes };
}

function isPrivate(field: string): boolean {
  const name = bare(field);
  return personal.has(name) || secret.test(name);
}

/** `mobile_phone_number` is `mobilephonenumber`. */
function bare(field: string): string {
  return field.toLowerCase().replace(/[^a-z\d]/g, '');
}

/** Personal fields of a contact, their parts, the vendors' names for them, and names under which a whole record may be logged. */
const personal = new Set([
  ...fieldNames.filter((field) => fieldTable[field].isPersonal).map(bare),
  ...`email emailaddress personalemailaddress phone phonenumber mobilephonenumber e164 raw
firstname lastname fullname contactname dateofbirth address street city postalcode zipcode companyname notes
payload body rawbody headers`.split(/\s+/),
]);

/** Anywhere in the name: `GHL_API_KEY`, `x-accord-secret`, `refreshToken`. */
const secret = /apikey|token|secret|password|passphrase|authorization|cookie|signature|encryptionkey|privatekey|databaseurl/;
