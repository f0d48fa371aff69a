import { hash } from 'node:crypto';
import { createTransport, type NodemailerError } from 'nodemailer';
import { withTimeout } from '#concurrency/with-timeout.ts';
import { type OperatorMessage, toText } from '#domain/incidents/message.ts';

export interface MailSettings {
  /** The mail server: `smtps://user:password@mail.example.com`. */
  url: string;
  /** `Example Dental <hello@example.com>` */
  from: string;
  to: readonly string[];
}

/** Shorter than the time limit of the activity's attempt. */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 10_000, socketTimeout: 20_000 };
const totalMs = 40_000;

/** Sends one email to all operators. Repeated under the same key, mail programs show it once. */
export async function sendMail({ url, from, to }: MailSettings, message: OperatorMessage, key: string): Promise<void> {
  const transport = createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  const domain = /@([^\s<>@]+)>?$/.exec(from)?.[1] ?? 'accord';
  const mail = {
    ...{ from, to: [...to], subject: message.subject, text: toText(message) },
    messageId: `<incident.${hash('sha256', key, 'hex').slice(0, 32)}@${domain}>`,
    // RFC 3834: vacation notices and the like do not answer.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
  try {
    await withTimeout(transport.sendMail(mail), { ms: totalMs, message: `no answer within ${totalMs / 1_000} s` });
  } catch (cause) {
    throw new Error(`The mail server did not take the message (${describe(cause)}): check SMTP_URL and SMTP_FROM`, { cause });
  } finally {
    transport.close();
  }
}

/** Without the server's text, which may quote addresses. */
function describe(error: unknown): string {
  const { responseCode, command, code }: Partial<NodemailerError> = error instanceof Error ? error : {};
  return responseCode === undefined ? String(code ?? 'no answer') : `${responseCode} after ${command ?? 'connecting'}`;
}
