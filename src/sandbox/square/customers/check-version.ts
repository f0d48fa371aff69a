import { invalidRequest } from '#sandbox/square/api-error.ts';
import type { SquareSettings } from '#sandbox/square/settings.ts';
import type { Customer } from './customer.ts';

/**
 * Square docs (optimistic concurrency): a version other than the current one is a "version mismatch"; without a version the last write
 * wins. Status and code are not published for customers: CONFLICT is a general code, VERSION_MISMATCH one of invoices. That a version
 * above the current one is a mismatch is an assumption.
 */
export function checkVersion(customer: Customer, version: number | undefined, { versionConflict }: SquareSettings): void {
  if (version === undefined || version === customer.version) return;
  const detail = `Version mismatch: ${version} was sent, the current version is ${customer.version}.`;
  throw invalidRequest(versionConflict, detail, 'version', versionConflict === 'CONFLICT' ? 409 : 400);
}
