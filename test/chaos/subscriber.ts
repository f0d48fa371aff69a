import { Webhook } from 'standardwebhooks';
import { toRandom } from '#bench/matching/shuffle.ts';
import { type Answer, startReceiver } from '#test/setup/receiver.ts';
import type { Trial } from './trial.ts';

/** A subscriber of lead events, which checks signatures and is not always well. */
export interface Subscriber {
  endpointId: string;
  /** Of requests with valid signatures. */
  received: { deliveryId: string; eventId: string; body: string; isAccepted: boolean }[];
  /** Requests whose signature did not match. */
  forged: number;
  /** A subscriber that is down answers 503 to everything. `well` from now on answers 200. */
  mood: 'moody' | 'down' | 'well';
  close(): Promise<void>;
}

const events = ['new_lead', 'lead_update', 'form_submitted'];

export async function subscribe(trial: Trial, seed: number, options: { ordered: boolean }): Promise<Subscriber> {
  const receiver = await startReceiver();
  const body = { url: receiver.url, events, timeout: 3, max_retries: 20, retry_schedule: [1, 1, 2, 5], ...options };
  const { id, secret } = await trial.call<{ id: string; secret: string }>('POST', '/api/v1/webhooks', body);
  const signatures = new Webhook(secret);
  const random = toRandom(seed);
  const subscriber: Subscriber = {
    ...{ endpointId: id, received: [], forged: 0, mood: 'moody', close: receiver.close },
  };
  receiver.usually = (response) => {
    const request = receiver.received.at(-1);
    if (!request) return;
    const text = request.body.toString();
    const answer = chooseAnswer(subscriber.mood, random());
    try {
      signatures.verify(text, request.headers as Record<string, string>);
    } catch {
      subscriber.forged += 1;
      response.writeHead(401).end();
      return;
    }
    const { deliveryId, headers } = request;
    subscriber.received.push({ deliveryId, eventId: String(headers['webhook-id']), body: text, isAccepted: answer === 204 });
    if (typeof answer === 'number') response.writeHead(answer).end();
    if (typeof answer === 'function') answer(response);
  };
  return subscriber;
}

/** Mostly 204; now and then an error, no answer at all, or a connection that closes once the event has been read. */
function chooseAnswer(mood: Subscriber['mood'], chance: number): Answer {
  if (mood === 'down') return 503;
  if (mood === 'well' || chance < 0.88) return 204;
  if (chance < 0.93) return 500;
  if (chance < 0.95) return 'hang';
  return ({ req }) => void req.socket.destroy();
}
