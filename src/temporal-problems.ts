import { type Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { findMissingSchedules } from './schedules.ts';
import { findMissingSearchAttributes } from './search-attributes.ts';

/** gRPC status codes. */
const grpc = { notFound: 5, permissionDenied: 7, unauthenticated: 16 };

/**
 * One sentence with the remedy when the server or its namespace cannot be used; null when they can. A call that fails until
 * `deadlineMs` is made once more on a connection of its own, for up to `causeMs`, to learn the cause.
 */
export async function findNamespaceProblem(client: Client, deadlineMs: number, causeMs = deadlineMs): Promise<string | null> {
  const { namespace } = client.options;
  try {
    await client.withDeadline(Date.now() + deadlineMs, () => client.workflowService.describeNamespace({ namespace }));
    return null;
  } catch (error) {
    switch (codeOf(error)) {
      case grpc.notFound:
        return `Temporal has no namespace ${namespace}: create it (temporal operator namespace create --namespace ${namespace}), or correct TEMPORAL_NAMESPACE.`;
      case grpc.permissionDenied:
      case grpc.unauthenticated:
        return `Temporal refuses our credentials for the namespace ${namespace}: check TEMPORAL_API_KEY, or the client certificate.`;
      default:
        return explainConnectionError(await findConnectionError(client, causeMs), addressOf(client));
    }
  }
}

/** A sentence for each part of a namespace that Accord uses and that is missing. */
export async function findMissingParts(client: Client, scheduleIds: readonly string[]): Promise<string[]> {
  const { namespace } = client.options;
  const [attributes, schedules] = await Promise.all([
    findMissingSearchAttributes(client),
    findMissingSchedules(client, scheduleIds),
  ]);
  return [
    ...(attributes.length === 0
      ? []
      : [`Temporal namespace ${namespace} lacks the search attributes ${attributes.join(', ')}: run npm run migrate.`]),
    ...(schedules.length === 0
      ? []
      : [`Temporal namespace ${namespace} lacks the schedules ${schedules.join(', ')}: start a worker, which creates them.`]),
  ];
}

/** Why nothing was connected, in one sentence. The texts are those of rustls (worker) and of Node (api). */
export function explainConnectionError(error: unknown, address: string): string {
  const text = error instanceof Error ? error.message : String(error);
  return causes.find(({ pattern }) => pattern.test(text))?.explain(address) ?? `Temporal does not answer at ${address}.`;
}

const causes: readonly { pattern: RegExp; explain(address: string): string }[] = [
  {
    pattern: /UnknownIssuer|self-signed certificate|unable to (get|verify)/i,
    explain: (address) =>
      `Nobody whom Accord trusts has signed the TLS certificate of Temporal at ${address}: set TEMPORAL_TLS_SERVER_CA_CERT_PATH to the certificate of its CA.`,
  },
  {
    pattern: /NotValidForName|ALTNAME_INVALID/,
    explain: (address) =>
      `The TLS certificate of Temporal at ${address} is for another name: correct TEMPORAL_ADDRESS, or set TEMPORAL_TLS_SERVER_NAME to a name in it.`,
  },
  {
    pattern: /InvalidCertificate\(Expired|CERT_HAS_EXPIRED|certificate has expired/,
    explain: (address) => `The TLS certificate of Temporal at ${address} has expired: renew it.`,
  },
  {
    pattern: /fatal alert|alert (certificate|bad|unknown ca)|PrivateKeyParseError/i,
    explain: (address) =>
      `Temporal at ${address} refuses our client certificate: check TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH.`,
  },
  {
    pattern: /dns error|Name resolution failed/,
    explain: (address) => `The name of Temporal's server at ${address} has no address: correct TEMPORAL_ADDRESS.`,
  },
  {
    pattern: /InvalidContentType|wrong version number|packet length too long/i,
    explain: (address) => `Temporal at ${address} does not speak TLS: unset TEMPORAL_TLS, or correct TEMPORAL_ADDRESS.`,
  },
  {
    // Which of the two errors it is depends on how far our first bytes went before the server closed.
    pattern: /stream closed because of a broken pipe|Io, Kind\(ConnectionReset\)|Failed to connect \(/,
    explain: (address) =>
      `Temporal at ${address} closes the connection: set TEMPORAL_TLS to true if it requires TLS, and TEMPORAL_TLS_CLIENT_CERT_PATH if it requires a client certificate.`,
  },
];

/** The client's own connection repeats a call until its deadline, and then knows no cause. */
async function findConnectionError({ connection, options: { namespace } }: Client, deadlineMs: number): Promise<unknown> {
  if (!(connection instanceof Connection)) return null;
  const settings: ConnectionOptions = {
    ...connection.options,
    interceptors: [],
    // Otherwise it shares the socket of the client's connection, with its pause between attempts.
    channelArgs: { ...connection.options.channelArgs, 'grpc.use_local_subchannel_pool': 1 },
  };
  // Neither may be given beside the credentials that were made from them.
  delete settings.apiKey;
  delete settings.tls;
  const once = Connection.lazy(settings);
  try {
    return await once
      .withDeadline(Date.now() + deadlineMs, () => once.workflowService.describeNamespace({ namespace }))
      .then(
        () => null,
        (error: unknown) => error,
      );
  } finally {
    await once.close();
  }
}

/** The address for messages. */
export const addressOf = ({ connection }: Client): string =>
  connection instanceof Connection ? (connection.options.address ?? '') : 'its address';

function codeOf(error: unknown): number | null {
  return typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : null;
}
