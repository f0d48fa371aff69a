import { webform } from '#providers/index.ts';
import type { StoredSubmission } from '#providers/provider.ts';
import { toEvidence } from '#providers/web-form/evidence.ts';
import type { WebForm, WebFormAccount } from '#providers/web-form/settings.ts';

/** A form with these fields and an email field, without which it would not be valid. */
export function formWith(fields: object[], more: object = {}): { account: WebFormAccount; form: WebForm } {
  const reachable = { name: 'reach', label: 'Email', type: 'email', mapsTo: 'email' };
  const account = webform.accountSchema.parse({
    forms: { contact: { title: 'Contact', ...more, fields: [...fields, reachable] } },
  });
  return { account, form: account.forms.contact as WebForm };
}

export function submissionOf(form: WebForm, values: Record<string, string>): StoredSubmission {
  const circumstances = {
    origin: 'https://www.example.com',
    page: 'https://www.example.com/contact',
    ip: '192.0.2.1',
    userAgent: 'Browser/1.0',
    proof: 'origin' as const,
  };
  const evidence = toEvidence(form, values, circumstances);
  return {
    id: '0199a0a0-0000-7000-8000-000000000001',
    form: 'contact',
    values,
    evidence,
    receivedAt: new Date('2026-11-22T10:00:00Z'),
  };
}
