import type { Database } from '#db/database.ts';
import type { AttemptRecord } from '#db/delivery/attempts.ts';
import type { EndpointLease } from '#db/delivery/endpoint-leases.ts';
import type { AddressGuard } from '#delivery/address-guard.ts';

/** What the sending of webhooks stands on; made once per worker process. */
export interface DeliveryDeps {
  db: Database;
  /** 32 bytes that the endpoints' secrets are encrypted with. */
  encryptionKey: Buffer;
  /** Which addresses may be called. */
  guard: AddressGuard;
  due: DueListener;
  serving: LeaseKeeper;
  /** Resolves when the attempt is stored. */
  record(attempt: AttemptRecord): Promise<void>;
  log: DeliveryLog;
}

export type DeliveryLog = Record<'info' | 'warn', (facts: object, message: string) => void>;

/** Tells drains of this process that something is due. */
export interface DueListener {
  /** Calls `wake` when something is due at the endpoint, until the returned function is called. */
  subscribe(endpointId: string, wake: () => void): () => void;
  /** How long to wait before looking without having been called. */
  lookEveryMs(): number;
}

/** Tells the dispatchers of all processes who needs no workflow to be told, and whose worker has died. */
export interface LeaseKeeper {
  /** The signal aborts when another drain has taken the endpoint over. */
  enter(served: EndpointLease): Promise<AbortSignal>;
  leave(served: EndpointLease): Promise<void>;
}
