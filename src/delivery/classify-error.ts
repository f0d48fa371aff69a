import { AddressBlockedError, NameError } from './address-guard.ts';
import type { ErrorClass, Fault } from './outcome.ts';

/** Why a request got no response. */
export function classifyError(error: unknown): Fault {
  if (error instanceof AddressBlockedError) return { errorClass: 'ssrf_blocked', error: error.message };
  if (error instanceof NameError) return { errorClass: 'dns_error', error: error.message };
  const code = findCode(error) ?? 'unknown';
  const errorClass = classOf(code);
  return { errorClass, error: `${sentences[errorClass] ?? 'The request could not be sent'} (${code}).` };
}

const sentences: Partial<Record<ErrorClass, string>> = {
  connection_refused: 'The server refused the connection',
  connection_reset: 'The connection was closed before the response was complete',
  unreachable: 'The address is unreachable',
  timeout: 'The connection timed out',
  tls_error: 'The TLS certificate or protocol of the server is not acceptable',
  invalid_response: 'The response is not valid HTTP',
};

const classes: [ErrorClass, RegExp][] = [
  ['connection_refused', /^ECONNREFUSED$/],
  ['connection_reset', /^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/],
  ['unreachable', /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ENETDOWN|EHOSTDOWN|EACCES)$/],
  ['timeout', /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/],
  // OpenSSL's certificate errors have no common prefix.
  [
    'tls_error',
    /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/,
  ],
  ['invalid_response', /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_)/],
];

function classOf(code: string): ErrorClass {
  return classes.find(([, pattern]) => pattern.test(code))?.[0] ?? 'internal_error';
}

/** Codes only, because an error's message may quote the request. When several addresses failed, the code of the first. */
function findCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  // undici's parser error has no code when the first bytes are invalid.
  if ('name' in error && error.name === 'HTTPParserError') return 'HPE_INVALID';
  return 'errors' in error && Array.isArray(error.errors) ? findCode(error.errors[0]) : null;
}
