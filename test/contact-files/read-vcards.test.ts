import { describe, expect, it } from '@jest/globals';
import { readAll } from './reading.ts';

const card = (version: string, ...lines: string[]) =>
  ['BEGIN:VCARD', `VERSION:${version}`, ...lines, 'END:VCARD', ''].join('\r\n');

const one = async (file: string | Uint8Array) => {
  const { format, rows } = await readAll(file);
  expect([format, rows.length]).toEqual(['vcard', 1]);
  return rows[0]?.values;
};

describe('vCard files', () => {
  it('are read in version 3.0, with labels of groups and folded lines', async () => {
    const file = card(
      '3.0',
      ...[
        'N:Lovelace;Ada;King;Countess;Jr.',
        'FN:Countess Ada King Lovelace Jr.',
        'ORG:Engines\\, Ltd;Research',
        'TITLE:Countess',
      ],
      ...[
        'item1.EMAIL;TYPE=INTERNET:ada@home.example',
        'item1.X-ABLabel:_$!<Home>!$_',
        'EMAIL;type=INTERNET;type=WORK;type=pref:ada@example.com',
      ],
      ...[
        'TEL;TYPE=CELL,VOICE:(512) 555-0143',
        'ADR;TYPE=home:;Apt 3;12 Oak\\, Street;Austin;TX;78701;US',
        'BDAY:18151210',
        'CATEGORIES:VIP,Cold\\, Lead',
      ],
      ...['NOTE:first\\nsec', ' ond', 'PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ', ' SkZJRgABAQ=='],
    );
    expect(await one(file)).toEqual({
      ...{
        givenName: 'Ada',
        middleName: 'King',
        familyName: 'Lovelace',
        nameSuffix: 'Jr.',
        company: 'Engines, Ltd',
        jobTitle: 'Countess',
      },
      emails: [
        { address: 'ada@example.com', label: 'work' },
        { address: 'ada@home.example', label: 'Home' },
      ],
      phones: [{ raw: '(512) 555-0143', e164: '+15125550143', extension: null, label: 'cell' }],
      addresses: [
        { street: '12 Oak, Street, Apt 3', city: 'Austin', region: 'TX', postalCode: '78701', country: 'US', label: 'home' },
      ],
      ...{ birthday: '1815-12-10', tags: ['VIP', 'Cold, Lead'], note: 'first\nsecond' },
    });
  });

  it('are read in version 4.0', async () => {
    const file = card(
      '4.0',
      'FN:Zoë Nöther',
      'TEL;VALUE=uri;PREF=1;TYPE="voice,work":tel:+1-512-555-0143',
      'BDAY:--1210',
      'EMAIL:zoe@example.com',
    );
    expect(await one(file)).toEqual({
      ...{ givenName: 'Zoë', familyName: 'Nöther', birthday: '--12-10', emails: [{ address: 'zoe@example.com', label: null }] },
      phones: [{ raw: '+1-512-555-0143', e164: '+15125550143', extension: null, label: 'work' }],
    });
  });

  it('are read in version 2.1, with quoted-printable values over lines', async () => {
    const file = card(
      '2.1',
      ...[
        'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:N=C3=B6ther;Zo=C3=AB;;;',
        'TEL;CELL;VOICE:512-555-0143',
        'EMAIL;PREF;INTERNET:zoe@example.com',
      ],
      ...[
        'NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=windows-1252:gr=FC=',
        '=DFe=0D=0Aaus Wien',
        'ADR;HOME;ENCODING=QUOTED-PRINTABLE:;;12 Oak St=2E;Austin;TX;;',
      ],
    );
    expect(await one(file)).toEqual({
      ...{
        givenName: 'Zoë',
        familyName: 'Nöther',
        emails: [{ address: 'zoe@example.com', label: null }],
        note: 'grüße\naus Wien',
      },
      phones: [{ raw: '512-555-0143', e164: '+15125550143', extension: null, label: 'cell' }],
      addresses: [{ street: '12 Oak St.', city: 'Austin', region: 'TX', postalCode: null, country: null, label: 'home' }],
    });
  });

  it('are read in windows-1252, and with a character that is folded in its middle', async () => {
    expect(await one(Buffer.from(card('3.0', 'FN:Zoë Nöther'), 'latin1'))).toMatchObject({ givenName: 'Zoë' });
    const bytes = Buffer.from(card('3.0', 'FN:Zoë Nöther'));
    const at = bytes.indexOf(0xc3) + 1;
    expect(await one(Buffer.concat([bytes.subarray(0, at), Buffer.from('\r\n '), bytes.subarray(at)]))).toMatchObject({
      givenName: 'Zoë',
    });
  });

  it('are read behind a byte order mark', async () => {
    expect(await one(`\ufeff${card('3.0', 'FN:Zoë Nöther')}`)).toMatchObject({ givenName: 'Zoë' });
  });

  it('are read around a picture and a note of 1 MB, folded or not', async () => {
    const long = 'A'.repeat(1_000_000);
    const folded = long.replace(/(.{74})/g, '$1\r\n ');
    for (const text of [long, folded]) {
      const file = card('3.0', 'FN:Zoë Nöther', `PHOTO;ENCODING=b:${text}`, `NOTE:${text}`, 'EMAIL:zoe@example.com');
      const { rows } = await readAll(file, { pieceBytes: 65_536 });
      expect(rows).toMatchObject([{ values: { givenName: 'Zoë', emails: [{ address: 'zoe@example.com' }] } }]);
      expect(rows[0]?.values?.note?.length).toBeLessThan(100_000);
    }
  });

  it('name each problem with the line of its card, and go on behind it', async () => {
    const file =
      card('3.0', 'FN:Ada', 'EMAIL;TYPE="x:ada@example.com', 'BDAY:tomorrow') +
      card('3.0', 'NOTE:nobody') +
      card('3.0', 'N:Hopper;Grace;;;');
    const { rows } = await readAll(file);
    expect(
      rows.map(({ line, values, problems }) => [line, values?.givenName ?? null, problems.map(({ column }) => column)]),
    ).toEqual([
      [1, 'Ada', ['BDAY', 'EMAIL']],
      [7, null, [null]],
      [11, 'Grace', []],
    ]);
  });

  it('are refused when they were cut off', async () => {
    await expect(readAll(card('3.0', 'FN:Ada').replace('END:VCARD', ''))).rejects.toThrow('The card on line 1 has no END:VCARD');
  });

  it('are refused with a mapping', async () => {
    await expect(readAll(card('3.0', 'FN:Ada'), { mapping: { columns: { A: 'email' } } })).rejects.toThrow(
      'Import it without one',
    );
  });
});
