/**
 * Tables without personal data of contacts, with every column that could hold some: texts, JSON and bytes. A test compares this list and
 * `personalTables` with the database, so that nobody adds a place for personal data that an erasure forgets.
 */
export const impersonalTables: Readonly<Record<string, readonly string[]>> = {
  account: ['provider', 'mode'],
  admin_session: ['token_hash'],
  api_key: ['name', 'prefix', 'hash', 'scopes'],
  authorization_request: ['provider', 'state_hash', 'secrets', 'key_id', 'actor', 'state', 'message'],
  // Of people who work with Accord and connect accounts, not of contacts.
  connection: [
    ...['provider', 'credentials', 'method', 'identity_id', 'identity_name', 'scopes', 'connected_by', 'last_error', 'checks'],
  ],
  // A report: the name of the file, its columns and counts. The people in it are in import_row.
  contact_import: ['file_name', 'region', 'mapping', 'actor', 'state', 'format', 'header', 'file_hash', 'error', 'counts'],
  // Hashes with a secret key: nobody without it can tell whose they are.
  erased_key: ['hash'],
  erasure: ['reason', 'actor', 'state', 'removed', 'export_files', 'lifted_by', 'lift_reason'],
  erasure_record: ['provider', 'state', 'answer', 'trace_id', 'error'],
  erasure_secret: ['secret'],
  go_live_run: ['provider', 'state', 'actor', 'error', 'undo_state', 'undo_error', 'undo_actor'],
  // Sentences about accounts, for operators: without the messages of single records.
  incident: ['cause', 'type', 'account', 'reason', 'says', 'fix', 'told'],
  // The reason names the check that failed, never the body. The address is that of a sender that proved nothing.
  ingress_refusal: ['route', 'code', 'reason', 'remote_address'],
  kysely_migration: ['name', 'timestamp'],
  kysely_migration_lock: ['id'],
  oauth_token: ['provider', 'account_id', 'ciphertext', 'last_error'],
  portal_link: ['token_hash', 'created_by'],
  reconcile_run: ['provider', 'account_id', 'trigger', 'workflow_id', 'workflow_run_id', 'counts', 'outcome', 'doubt'],
  reconcile_seen: ['drift'],
  sign_in_link: ['token_hash'],
  sync_cursor: ['provider', 'account_id', 'name', 'cursor'],
  webhook_endpoint: [
    ...['url', 'description', 'events', 'custom_headers', 'filters', 'disabled_reason', 'secret'],
    ...['previous_secret', 'breaker_state', 'last_error'],
  ],
  webhook_serving: ['task_token'],
  webhook_total: ['metric', 'label'],
  worker_lease: ['provider'],
};
