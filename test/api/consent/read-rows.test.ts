import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { readRows } from '#api/consent/read-rows.ts';

async function rowsOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const shown: string[] = [];
  for await (const row of readRows(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), ['US'])) {
    const what = row.keys === null ? row.because : row.keys.map(({ channel, value }) => `${channel} ${value}`).join(', ');
    shown.push([row.line, what, row.reason, row.wording].filter((part) => part !== null).join(' | '));
  }
  return shown;
}

const both = (line: number, number: string) => `${line} | call ${number}, sms ${number}`;

describe('a file of numbers and addresses', () => {
  it('needs no header', async () => {
    expect(await rowsOf('+15129980143\n', 'ada@example.com\n')).toEqual([both(1, '+15129980143'), '2 | email ada@example.com']);
  });

  it('may begin with a byte order mark, use semicolons, and split a row between two packets', async () => {
    expect(await rowsOf('\uFEFFE-Mail;Phone Number;Rea', 'son\n;(512) 998-0143;asked; twice\n')).toEqual([
      `${both(2, '+15129980143')} | asked`,
    ]);
  });

  it('takes its own export, whose numbers have an apostrophe', async () => {
    const header = 'value,kind,channel,reason,via,actor,createdAt';
    expect(
      await rowsOf(`${header}\r\n'+15129980143,phone,call,"asked, twice",import,api-key:a,2026-11-29T00:00:00.000Z\r\n`),
    ).toEqual(['2 | call +15129980143 | asked, twice']);
  });

  it('has rows that cannot be read, beside others that can', async () => {
    const rows = await rowsOf(
      'phone,channel,wording\n000,,\n+15129980143,fax,\n,call,\n512 998 0144,sms,STOP\nx\0y@example.com,,\n',
    );
    expect(rows).toEqual([
      expect.stringMatching(/^2 \| This is no phone number/),
      expect.stringMatching(/^3 \| The channel is none of call, sms, email/),
      expect.stringMatching(/^4 \| The row has no number/),
      '5 | sms +15129980144 | STOP',
      expect.stringMatching(/^6 \| The row has a character/),
    ]);
  });

  it.each([
    ['a row of a megabyte', `+15129980143\n${'9'.repeat(1_000_000)}\n+15129980144\n`],
    ['a quote without an end', `+15129980143\n"${'+15129980144\n'.repeat(10_000)}`],
  ])('ends at %s, which is an error', async (_what, text) => {
    expect(await rowsOf(text)).toEqual([expect.stringMatching(/^1 \| A row is too long.* No row from here on was read/)]);
  });
});
