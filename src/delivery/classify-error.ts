import { AddressBlockedError, NameError } from './address-guard.ts';
import type { ErrorClass, Fault } from './outcome.ts';

/** What kept a request from its answer. */
export function classifyError(error: unknown): Fault {
  if (error instanceof AddressBlockedError) return { errorClass: 'ssrf_blocked', error: error.message };
  if (error instanceof NameError) return { errorClass: 'dns_error', error: error.message };
  const code = findCode(error) ?? 'unknown';
  const errorClass = classOf(code);
  return { errorClass, error: `${sentences[errorClass] ?? 'The request could not be sent'} (${code}).` };
}

const sentences: Partial<Record<ErrorClass, string>> = {
  connection_refused: 'Nothing accepts connections there',
  connection_reset: 'The connection was closed before the answer was complete',
  unreachable: 'There is no way to this address from here',
  timeout: 'The connection was not answered',
  tls_error: 'The certificate or the encryption of the server is not acceptable',
  invalid_response: 'What came back is not a proper HTTP answer',
};

const classes: [ErrorClass, RegExp][] = [
  ['connection_refused', /^ECONNREFUSED$/],
  ['connection_reset', /^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/],
  ['unreachable', /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ENETDOWN|EHOSTDOWN|EACCES)$/],
  ['timeout', /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/],
  // OpenSSL's names for what is wrong with a certificate have no prefix in common.
  [
    'tls_error',
    /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/,
  ],
  ['invalid_response', /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_)/],
];

function classOf(code: string): ErrorClass {
  return classes.find(([, pattern]) => pattern.test(code))?.[0] ?? 'internal_error';
}

/** By code: an error's text may quote what was sent. Where several addresses were tried, the first one's. */
function findCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  // undici's has no code when the very first bytes are wrong.
  if ('name' in error && error.name === 'HTTPParserError') return 'HPE_INVALID';
  return 'errors' in error && Array.isArray(error.errors) ? findCode(error.errors[0]) : null;
}
