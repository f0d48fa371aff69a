import type { Database } from '#db/database.ts';
import type { AttemptRecord } from '#db/delivery/attempts.ts';
import type { EndpointLease } from '#db/delivery/endpoint-leases.ts';
import type { SealingKey } from '#db/seal.ts';
import type { AddressGuard } from '#delivery/address-guard.ts';
import type { SendingWindow } from './sending-window.ts';

/** Shared by all drains of a worker process. */
export interface DeliveryDeps {
  db: Database;
  /** 32 bytes that encrypt the secrets of endpoints. */
  encryptionKey: SealingKey;
  /** The addresses that may be called. */
  guard: AddressGuard;
  due: DueListener;
  leases: LeaseKeeper;
  /** How many attempts of this process are sent before those that were sent are stored. */
  window: SendingWindow;
  /** Resolves when the attempt is stored. */
  record(attempt: AttemptRecord): Promise<void>;
  log: DeliveryLog;
}

export type DeliveryLog = Record<'info' | 'warn', (facts: object, message: string) => void>;

/** Announces due deliveries to the drains of this process. */
export interface DueListener {
  /** Calls `onDue` when something may be due at the endpoint, until the returned function is called. */
  subscribe(endpointId: string, onDue: () => void): () => void;
  /** How often to read without an announcement. */
  pollMs(): number;
}

/** Holds endpoint leases, and renews them until they are released. */
export interface LeaseKeeper {
  /** Takes the lease, also from its present owner. The signal aborts when another drain takes it. */
  acquire(lease: EndpointLease): Promise<AbortSignal>;
  release(lease: EndpointLease): Promise<void>;
}
