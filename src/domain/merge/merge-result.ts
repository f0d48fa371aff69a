import type { ContactFields, FieldName, Provenance } from '#domain/contact.ts';

export interface MergeResult {
  fields: ContactFields;
  provenance: Provenance;
  changes: FieldChange[];
}

export interface FieldChange {
  field: FieldName;
  before: unknown;
  after: unknown;
  /** The value that lost; present when both sides had changed. */
  losing?: unknown;
  /** The conflict waits for a person: the provider keeps its value until then. */
  asks?: true;
}
