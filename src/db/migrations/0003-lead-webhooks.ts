import { type Kysely, sql } from 'kysely';

/**
 * Webhooks that Accord sends: who subscribes, what happened, what is due to whom, and how each attempt went.
 * Rows refer to each other without foreign keys: an endpoint is never removed from its table, events and attempts are removed
 * by the day, and a check for each delivery would lock its endpoint's row.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table webhook_endpoint (
      id uuid primary key,
      url text not null,
      description text,
      events text[] not null check (cardinality(events) > 0 and events <@ array['new_lead', 'lead_update']),
      max_retries integer not null default 5 check (max_retries between 0 and 100),
      timeout_seconds integer not null default 30 check (timeout_seconds between 1 and 120),
      -- Seconds to wait before each retry; null for 1, 2, 4, 8, 16 and so on.
      retry_schedule integer[],
      -- JSON, encrypted: customers put tokens here.
      custom_headers bytea,
      filters jsonb,
      rate_per_second integer check (rate_per_second > 0),
      ordered boolean not null default false,
      include_previous boolean not null default false,
      is_active boolean not null default true,
      disabled_reason text check (disabled_reason in ('gone', 'failing', 'operator')),
      disabled_at timestamptz,
      secret bytea not null,
      previous_secret bytea,
      previous_secret_until timestamptz,
      breaker_state text not null default 'closed' check (breaker_state in ('closed', 'open', 'half-open')),
      breaker_until timestamptz,
      breaker_trips integer not null default 0,
      window_started_at timestamptz,
      window_successes integer not null default 0,
      window_failures integer not null default 0,
      failing_since timestamptz,
      last_success_at timestamptz,
      last_failure_at timestamptz,
      last_error text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz
    );
    create index webhook_endpoint_active on webhook_endpoint (id) where is_active and deleted_at is null;

    create table outbox_event (
      id uuid primary key,
      type text not null check (type in ('new_lead', 'lead_update', 'webhook.test')),
      contact_id uuid,
      -- The contact's revision that it tells of.
      sequence bigint not null,
      -- What is signed, sent and sent again, byte for byte.
      body bytea not null,
      body_with_previous bytea,
      occurred_at timestamptz not null
    );
    -- A change is told once, whoever tries to tell it again.
    create unique index outbox_event_once on outbox_event (contact_id, sequence) where contact_id is not null;

    create table webhook_delivery (
      id uuid primary key,
      endpoint_id uuid not null,
      event_id uuid not null,
      event_type text not null,
      contact_id uuid,
      sequence bigint not null,
      state text not null default 'pending' check (state in ('pending', 'delivered', 'dead', 'cancelled', 'discarded')),
      attempts integer not null default 0,
      -- Attempts of earlier rounds: a redrive grants the retries of the endpoint anew.
      attempts_before integer not null default 0,
      next_attempt_at timestamptz,
      -- Why the next attempt is made.
      next_trigger text not null default 'schedule' check (next_trigger in ('schedule', 'manual', 'redrive', 'test')),
      last_status integer,
      last_error_class text,
      last_error text,
      replay_of uuid,
      dead_at timestamptz,
      dead_reason text,
      note text,
      delivered_at timestamptz,
      created_at timestamptz not null default now(),
      check ((state = 'pending') = (next_attempt_at is not null))
    );
    create unique index webhook_delivery_once on webhook_delivery (event_id, endpoint_id) where replay_of is null;
    create index webhook_delivery_due on webhook_delivery (endpoint_id, next_attempt_at) where state = 'pending';
    -- For endpoints that want each contact's events in order.
    create index webhook_delivery_turn on webhook_delivery (endpoint_id, contact_id, sequence) where state = 'pending';
    create index webhook_delivery_dead on webhook_delivery (dead_at, id) where state = 'dead';
    create index webhook_delivery_of_endpoint on webhook_delivery (endpoint_id, id);
    create index webhook_delivery_of_contact on webhook_delivery (contact_id, id);

    create table webhook_attempt (
      id uuid not null,
      delivery_id uuid not null,
      endpoint_id uuid not null,
      number integer not null,
      trigger text not null check (trigger in ('schedule', 'manual', 'redrive', 'test')),
      started_at timestamptz not null,
      duration_ms integer not null,
      timings jsonb not null default '{}',
      status integer,
      error_class text,
      error text,
      remote_address text,
      request_headers jsonb not null default '{}',
      response_headers jsonb,
      response_body text,
      primary key (started_at, id)
    ) partition by range (started_at);
    create index webhook_attempt_of_delivery on webhook_attempt (delivery_id, number);
    -- Days are added ahead of time; what falls outside of them is kept all the same.
    create table webhook_attempt_default partition of webhook_attempt default;

    create table idempotency_key (
      actor text not null,
      key text not null,
      -- What was asked: method, path and body.
      request_hash bytea not null,
      -- Status and body, encrypted: a secret may be in it.
      answer bytea,
      created_at timestamptz not null default now(),
      primary key (actor, key)
    );
    create index idempotency_key_created on idempotency_key (created_at);
  `.execute(db);
}
