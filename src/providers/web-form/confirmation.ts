import { createTransport, type NodemailerError, type SendMailOptions } from 'nodemailer';
import { withTimeout } from '#concurrency/with-timeout.ts';
import { InvalidRequestError, UnavailableError } from '#providers/errors.ts';
import type { ConfirmationMail, ProviderClient } from '#providers/provider.ts';
import { vendor, type WebForm, type WebFormAccount, type WebFormSecrets } from './settings.ts';

/** Below the 60 seconds that one attempt of the activity may take. */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 10_000, socketTimeout: 20_000 };
const totalMs = 45_000;

/** The path of the page that a confirmation link leads to. */
export function confirmationPath(form: string, token: string): string {
  return `/form/${form}/confirm/${token}`;
}

/** Sends confirmation links by SMTP; undefined without a mail server. */
export function createConfirmationMailer(
  { forms }: WebFormAccount,
  { SMTP_URL: url, SMTP_FROM: from, PUBLIC_URL: publicUrl }: WebFormSecrets,
): ProviderClient['sendConfirmation'] {
  if (url === undefined || from === undefined || publicUrl === undefined) return undefined;
  const transport = createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  const sender = toSender(from);
  return async (mail) => {
    const form = Object.hasOwn(forms, mail.form) ? forms[mail.form] : undefined;
    if (!form) throw new InvalidRequestError(problem(`accord.yaml no longer has the form ${mail.form}.`));
    const link = `${publicUrl.replace(/\/+$/, '')}${confirmationPath(mail.form, mail.token)}`;
    const message = toMessage(mail, { form, sender, link });
    try {
      await withTimeout(transport.sendMail(message), { ms: totalMs, message: `no answer within ${totalMs / 1_000} s` });
    } catch (error) {
      throw toProviderError(error);
    }
  };
}

export interface MailSender {
  /** Name of the business. */
  name: string;
  address: string;
}

/** `Example Dental <hello@example.com>`; an address without a name stands for both. */
function toSender(from: string): MailSender {
  const [, name = '', address = from] = /^(.*?)\s*<(.+)>$/.exec(from) ?? [];
  return { name: name.replaceAll('"', '').trim() || address, address };
}

/**
 * The email has no text that the visitor typed: a stranger can make Accord send it, and must not choose its text. All attempts
 * for one submission share a message id, so that mail programs show a repeated one once.
 */
function toMessage(
  { submissionId, to }: ConfirmationMail,
  { form, sender, link }: { form: WebForm; sender: MailSender; link: string },
): SendMailOptions {
  const { subject, label, days } = form.confirmation;
  const text = form.confirmation.text ?? defaultText(form.title, days);
  return {
    from: sender,
    to: { name: '', address: to },
    subject,
    messageId: `<confirm.${submissionId}@${sender.address.slice(sender.address.lastIndexOf('@') + 1)}>`,
    // RFC 3834: vacation notices and the like do not answer.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    text: `${sender.name}: ${form.title}\n\n${text}\n\n${label}:\n${link}\n`,
    html: `<!doctype html>
<html><body style="font:16px/1.5 sans-serif;color:#1a1a1a">
<p>${escapeHtml(sender.name)}: <strong>${escapeHtml(form.title)}</strong></p>
<p style="white-space:pre-line">${escapeHtml(text)}</p>
<p><a href="${escapeHtml(link)}">${escapeHtml(label)}</a></p>
</body></html>
`,
  };
}

function defaultText(title: string, days: number): string {
  return (
    `Somebody sent the form “${title}” with your email address. If it was you, confirm it within ${days} ` +
    `${days === 1 ? 'day' : 'days'}. If it was not, ignore this email: then nothing changes.`
  );
}

/** A refusal of the recipient or the message is final. Every other failure may pass: also a refused sender or login, once an operator corrects it. */
function toProviderError(cause: unknown): InvalidRequestError | UnavailableError {
  const { permanent, command, responseCode, code }: Partial<NodemailerError> = cause instanceof Error ? cause : {};
  const isRefused = permanent === true && (command === 'RCPT TO' || command === 'DATA');
  const answer = responseCode === undefined ? String(code ?? 'no answer') : `${responseCode} after ${command ?? 'connecting'}`;
  // The server's own text may quote the address.
  if (isRefused) return new InvalidRequestError({ ...problem(`The mail server refuses this email (${answer}).`), cause });
  return new UnavailableError({
    ...problem(`The mail server did not take the email (${answer}). It is tried again.`),
    remedy: null,
    cause,
  });
}

function problem(message: string) {
  return { provider: vendor.id, operation: 'send confirmation', message };
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? '');
}
