import { isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import { AddressBlockedError, type AddressGuard } from './address-guard.ts';
import { ignoreContinue } from './ignore-continue.ts';

/** Milliseconds of each step of opening a connection; null for a step that was not reached or not needed. */
export interface Opening {
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
  readonly socket: Socket;
  /** Null until connected. */
  remoteAddress: string | null;
}

/** Calls `onOpening` with a record that it fills in as the connection opens. */
export type OpenConnection = (onOpening: (opening: Opening) => void) => buildConnector.connector;

/**
 * Opens sockets that the guard allows. A name is resolved once, and the checked addresses are connected to, so that DNS rebinding is
 * impossible. A literal address is checked here, because Node does not look it up. The peer is checked before a request is sent.
 */
export function createOpenConnection(guard: AddressGuard): OpenConnection {
  // Shared, because it caches TLS sessions. The request has a timeout of its own. The explicit `rejectUnauthorized` overrides
  // NODE_TLS_REJECT_UNAUTHORIZED.
  const options = { lookup: createLookup(guard), minVersion: 'TLSv1.2', rejectUnauthorized: true, timeout: 0 } as const;
  // undici's types omit that a connector returns its socket.
  const connect = buildConnector(options) as (...call: Parameters<buildConnector.connector>) => Socket;
  return (onOpening) => (target, callback) => {
    const refusal = isIP(target.hostname) ? guard.findRefusal(target.hostname) : null;
    if (refusal) return callback(new AddressBlockedError(target.hostname, target.hostname, refusal), null);
    const socket = connect(target, (error, opened) => {
      if (!opened) return callback(error ?? new Error('no socket'), null);
      const mismatch = guard.findRefusal(opened.remoteAddress ?? '');
      if (!mismatch) return callback(null, ignoreContinue(opened));
      opened.destroy();
      callback(new AddressBlockedError(target.hostname, opened.remoteAddress ?? 'nowhere', mismatch), null);
    });
    onOpening(observe(socket));
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
