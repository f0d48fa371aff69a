import { isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import { AddressBlockedError, type AddressGuard } from './address-guard.ts';

/** How long each step of opening a connection took, in milliseconds; null for one that was not reached or not needed. */
export interface Opening {
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
  readonly socket: Socket;
  /** Null before there was a connection. */
  remoteAddress: string | null;
}

/** Tells of each opening as it begins, and writes down how it goes on. */
export type OpenConnection = (tell: (opening: Opening) => void) => buildConnector.connector;

/**
 * Opens sockets under the guard. A name is resolved once and its answer connected to, so that it cannot change between check and use;
 * an address written out is checked here, because Node looks nothing up for one; and the peer is checked before a byte of a request.
 */
export function createOpenConnection(guard: AddressGuard): OpenConnection {
  // One for all: it remembers TLS sessions. The deadline of the request stands for the timeout. Said here, the verification of
  // certificates cannot be switched off by NODE_TLS_REJECT_UNAUTHORIZED.
  const options = { lookup: createLookup(guard), minVersion: 'TLSv1.2', rejectUnauthorized: true, timeout: 0 } as const;
  const connect = buildConnector(options) as (...call: Parameters<buildConnector.connector>) => Socket;
  return (tell) => (target, callback) => {
    const refusal = isIP(target.hostname) ? guard.findRefusal(target.hostname) : null;
    if (refusal) return callback(new AddressBlockedError(target.hostname, target.hostname, refusal), null);
    const socket = connect(target, (error, opened) => {
      if (!opened) return callback(error ?? new Error('no socket'), null);
      const mismatch = guard.findRefusal(opened.remoteAddress ?? '');
      if (!mismatch) return callback(null, opened);
      opened.destroy();
      callback(new AddressBlockedError(target.hostname, opened.remoteAddress ?? 'nowhere', mismatch), null);
    });
    tell(observe(socket));
  };
}

function createLookup(guard: AddressGuard): LookupFunction {
  return (hostname, { all }, callback) => {
    guard.resolve(hostname).then(
      (addresses) => (all ? callback(null, addresses) : callback(null, addresses[0]?.address ?? '', addresses[0]?.family)),
      (error) => callback(error, []),
    );
  };
}

function observe(socket: Socket): Opening {
  const opening: Opening = { dnsMs: null, connectMs: null, tlsMs: null, remoteAddress: null, socket };
  let since = performance.now();
  const lap = () => {
    const started = since;
    since = performance.now();
    return since - started;
  };
  socket.once('lookup', () => {
    opening.dnsMs = lap();
  });
  socket.once('connect', () => {
    opening.connectMs = lap();
    opening.remoteAddress = socket.remoteAddress ?? null;
  });
  socket.once('secureConnect', () => {
    opening.tlsMs = lap();
  });
  return opening;
}
