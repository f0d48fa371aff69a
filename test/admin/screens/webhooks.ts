import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { expectFit } from '#test/admin/expect-fit.ts';
import { lead, type Stage } from '#test/admin/stage.ts';
import { eventually } from '#test/setup/eventually.ts';

export function webhooks(stage: Stage): void {
  describe('webhooks', () => {
    it('creates an endpoint, shows its secret once, and sends a delivery again that had become a dead letter', async () => {
      const { page } = stage.admin;
      stage.receiver.usually = 500;
      await stage.admin.open('/webhooks/new');
      await page.getByLabel('URL').fill(stage.receiver.url);
      await page.getByLabel('Description').fill('Our app');
      await page.getByRole('button', { name: 'More settings' }).click();
      await page.getByLabel('Retries').fill('0');
      await page.getByRole('button', { name: 'Create endpoint' }).click();
      expect(await page.getByTestId('secret').textContent()).toMatch(/^whsec_/);
      await page.getByRole('link', { name: 'Go to the endpoint' }).click();
      await page.getByRole('tab', { name: 'Dead letters' }).waitFor();
      await expectFit(page);
      await lead(stage.accord);
      await untilDead(stage);
      await stage.admin.open('/deliveries?state=dead');
      await page.getByText('dead letter').first().waitFor();
      stage.receiver.usually = 200;
      await page.getByRole('link', { name: 'new_lead' }).first().click();
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByText('delivered', { exact: true }).waitFor();
      await page.getByText('Attempt 2').waitFor();
      await expectFit(page);
    });

    it('sends dead letters again in bulk, after it has said how many', async () => {
      const { page } = stage.admin;
      stage.receiver.usually = 500;
      await lead(stage.accord);
      // It follows changes: the letters leave it as soon as they are sent.
      await stage.admin.open('/deliveries?state=dead&tail=on');
      await page.getByRole('link', { name: 'new_lead' }).first().waitFor();
      stage.receiver.usually = 200;
      await page.getByRole('button', { name: 'Send all of these again' }).click();
      await page.getByRole('button', { name: /^Send \d+ again$/ }).click();
      await page.getByText('No delivery matches').waitFor();
    });

    it('counts ten thousand dead letters before it sends them, and stays usable', async () => {
      const { page } = stage.admin;
      const { db } = stage.accord;
      const { id } = await db
        .selectFrom('webhook_endpoint')
        .select('id')
        .where('deleted_at', 'is', null)
        .executeTakeFirstOrThrow();
      await sql`
        insert into webhook_delivery (id, endpoint_id, event_id, event_type, sequence, state, dead_at, dead_reason)
        select gen_random_uuid(), ${id}, gen_random_uuid(), 'new_lead', 1, 'dead', now(), 'many' from generate_series(1, 10000)`.execute(
        db,
      );
      await stage.admin.open(`/deliveries?state=dead&endpoint=${id}`);
      for (let pages = 0; pages < 3; pages += 1) await page.getByRole('button', { name: 'Show more' }).click();
      await page.getByRole('button', { name: 'Send all of these again' }).click();
      await page.getByText(/^10000 of 10000 dead letters/).waitFor();
      await page.getByRole('button', { name: 'Leave them' }).click();
      // Only what can be seen is drawn.
      expect(await page.getByRole('row').count()).toBeLessThan(60);
      await db.deleteFrom('webhook_delivery').where('dead_reason', '=', 'many').execute();
    });
  });
}

/** Waits for a dead letter, which a list that is open shows only when it is read again. */
function untilDead({ accord: { db } }: Stage): Promise<void> {
  return eventually(async () => {
    const dead = await db.selectFrom('webhook_delivery').select('id').where('state', '=', 'dead').execute();
    expect(dead).not.toEqual([]);
  });
}
