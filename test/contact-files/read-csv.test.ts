import { describe, expect, it } from '@jest/globals';
import { readAll, valuesOf } from './reading.ts';

const ada = { givenName: 'Ada', familyName: 'Lovelace' };
const email = (address: string, label: string | null = null) => ({ address, label });
const phone = (raw: string, e164: string | null, label: string | null = null) => ({ raw, e164, extension: null, label });
const columns = { Name: 'fullName', Mail: 'email', Phone: 'phone' };

describe('an export of Google Contacts', () => {
  it('is read in the form of today, with several values in one cell', async () => {
    const file = [
      'First Name,Middle Name,Last Name,Name Suffix,Organization Name,Organization Title,Birthday,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,' +
        'Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Street,Address 1 - City,Address 1 - Region,Address 1 - Postal Code,Address 1 - Country',
      'Ada,King,Lovelace,Jr.,Engines Ltd,Countess,--12-10,"first\nsecond",* myContacts ::: Cold Lead,* Work,ada@example.com ::: ada@home.example,' +
        'Mobile,(512) 555-0143,Home,12 Oak Street,Austin,TX,78701,United States',
    ].join('\n');
    const { format, rows } = await readAll(file);
    expect(format).toBe('google');
    expect(rows).toEqual([
      {
        ...{ line: 2, contactId: null, problems: [], cells: null },
        values: {
          ...ada,
          ...{ middleName: 'King', nameSuffix: 'Jr.', company: 'Engines Ltd', jobTitle: 'Countess', birthday: '--12-10' },
          ...{ note: 'first\nsecond', tags: ['Cold Lead'] },
          emails: [email('ada@example.com', 'Work'), email('ada@home.example', 'Work')],
          phones: [phone('(512) 555-0143', '+15125550143', 'Mobile')],
          addresses: [
            { street: '12 Oak Street', city: 'Austin', region: 'TX', postalCode: '78701', country: 'US', label: 'Home' },
          ],
        },
      },
    ]);
  });

  it('is read in the form of until 2024', async () => {
    const file =
      'Name,Given Name,Additional Name,Family Name,Birthday,Notes,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Organization 1 - Name,' +
      'Address 1 - Formatted\nAda Lovelace,Ada,,Lovelace,1815-12-10,,* myContacts ::: VIP,* Home,ada@example.com,Engines,"12 Oak St\nAustin"\n';
    expect(await valuesOf(file)).toEqual([
      {
        ...ada,
        ...{ birthday: '1815-12-10', company: 'Engines', tags: ['VIP'], emails: [email('ada@example.com', 'Home')] },
        addresses: [{ street: '12 Oak St, Austin', city: null, region: null, postalCode: null, country: null, label: null }],
      },
    ]);
  });
});

describe('an export of Square', () => {
  it('is read with its dates and its email subscriptions', async () => {
    const file =
      'Reference ID,First Name,Surname,Email Address,Phone Number,Company Name,Street Address 1,Street Address 2,City,State,Postal Code,Birthday,Memo,Email Subscription Status\r\n' +
      '17,Ada,Lovelace,ada@example.com,+15125550143,,12 Oak St,Apt 3,Austin,TX,78701,12-10,likes tea,Unsubscribed\r\n';
    const { format, rows } = await readAll(file);
    expect(format).toBe('square');
    expect(rows[0]?.values).toEqual({
      ...ada,
      ...{ emails: [email('ada@example.com')], phones: [phone('+15125550143', '+15125550143')] },
      addresses: [{ street: '12 Oak St, Apt 3', city: 'Austin', region: 'TX', postalCode: '78701', country: null, label: null }],
      ...{ birthday: '--12-10', note: 'likes tea', doNotContact: { call: false, sms: false, email: true } },
    });
  });
});

describe('an export of HighLevel', () => {
  it('is read with its tags, and commas in an address separate nothing', async () => {
    const file =
      'Contact Id,First Name,Last Name,Phone,Email,Additional Emails,Created,Last Activity,Tags,Address,City,DND\n' +
      'aBx,Ada,Lovelace,+15125550143,ada@example.com,"a@example.com, b@example.com",2026-06-08T10:28:39-07:00,Jul 22 2026 02:09 PM,"vip, wa: 52",' +
      '"12 Oak St, Apt 3",Austin,true\n';
    const { format, rows } = await readAll(file);
    expect(format).toBe('gohighlevel');
    expect(rows[0]?.values).toEqual({
      ...ada,
      emails: [email('ada@example.com'), email('a@example.com'), email('b@example.com')],
      phones: [phone('+15125550143', '+15125550143')],
      addresses: [{ street: '12 Oak St, Apt 3', city: 'Austin', region: null, postalCode: null, country: null, label: null }],
      tags: ['vip', 'wa: 52'],
      doNotContact: { call: true, sms: true, email: true },
    });
  });
});

describe('any other CSV file', () => {
  it('is read by a mapping, whatever the case of its column names', async () => {
    const file =
      'VORNAME;Nachname;E-Mail;Handy;Geburtstag;Gruppen;Egal\nAda;Lovelace;ada@example.com;0151 23456789;10.12.1985;a|b;x\n';
    const mapping = {
      columns: {
        Vorname: 'givenName',
        Nachname: 'familyName',
        'E-Mail': 'email',
        Handy: { field: 'phone', label: 'Mobil' },
        Geburtstag: 'birthday',
        Gruppen: { field: 'tags', separator: '|' },
      },
      region: 'DE',
      tags: ['Messe'],
      source: 'Messe 2026',
    };
    const { format, rows } = await readAll(file, { mapping });
    expect(format).toBe('mapping');
    expect(rows[0]?.values).toEqual({
      ...ada,
      ...{ emails: [email('ada@example.com')], phones: [phone('0151 23456789', '+4915123456789', 'Mobil')] },
      ...{ birthday: '1985-12-10', tags: ['a', 'b', 'Messe'], source: 'Messe 2026' },
    });
  });

  it('is read into extras of accord.yaml, and refused with one that is not there', async () => {
    const mapping = { columns: { Name: 'fullName', 'Member since': 'extras.member_since' } };
    const file = 'Name,Member since\nAda Lovelace,May 2019\nGrace Hopper, \n';
    expect(await valuesOf(file, { mapping, extras: ['membership', 'member_since'] })).toEqual([
      { ...ada, 'extras.member_since': 'May 2019' },
      { givenName: 'Grace', familyName: 'Hopper' },
    ]);
    await expect(readAll(file, { mapping, extras: ['membership'] })).rejects.toThrow(
      'accord.yaml has no “extras.member_since”, which the mapping names: it names “extras.membership”.',
    );
    await expect(readAll(file, { mapping })).rejects.toThrow('it names none');
    await expect(readAll(file, { mapping: { columns: { Name: 'extras.Member Since' } } })).rejects.toThrow(/names no field/);
  });

  it('is refused without one, in a sentence that names its columns', async () => {
    await expect(readAll('Vorname;Mail\nAda;ada@example.com\n')).rejects.toThrow(/Give a mapping .*“Vorname”, “Mail”/);
  });

  it('is refused with a mapping of columns that it does not have', async () => {
    const reading = readAll('Vorname,Mail\nAda,x\n', { mapping: { columns: { Vorname: 'givenName', Telefon: 'phone' } } });
    await expect(reading).rejects.toThrow(
      'The file has no column “Telefon”, which the mapping names. Correct the mapping; the columns of the file are “Vorname”, “Mail”.',
    );
  });

  it('is refused with a mapping to a field that does not exist', async () => {
    for (const A of ['shoeSize', { field: 'shoeSize' }])
      await expect(readAll('A\nx\n', { mapping: { columns: { A } } })).rejects.toThrow(
        /names no field\. Fields: fullName, .*, doNotContact, and `extras\.<name>`/,
      );
    await expect(readAll('A\nx\n', { mapping: { columns: { A: { field: 'tags', separator: '' } } } })).rejects.toThrow(
      /Too small/,
    );
  });
});

describe('odd CSV files', () => {
  const given = 'Name,Mail,Phone\nZoë Nöther,zoe@example.com,\n';
  const encodings: [name: string, file: Uint8Array][] = [
    ['UTF-8', Buffer.from(given)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${given}`)],
    ['UTF-8 with a byte order mark before a quoted name', Buffer.from(`\ufeff${given.replace('Name', '"Name"')}`)],
    ['windows-1252', Buffer.from(given, 'latin1')],
    ['UTF-16 of a spreadsheet', Buffer.from(`\ufeff${given.replaceAll(',', '\t')}`, 'utf16le')],
    ['semicolons', Buffer.from(given.replaceAll(',', ';'))],
    ['carriage returns only', Buffer.from(given.replaceAll('\n', '\r'))],
  ];
  it.each(encodings)('are read in %s', async (_, file) => {
    expect(await valuesOf(file, { mapping: { columns } })).toEqual([
      { givenName: 'Zoë', familyName: 'Nöther', emails: [email('zoe@example.com')] },
    ]);
  });

  it('are read with quotes over lines, and each problem has the line on which its row begins', async () => {
    const file =
      'Name,Mail,Phone\n"Ada\n\nLovelace",nowhere,call me\n\n\nGrace Hopper,grace@example.com,\n,,\nx,y,z,"too\nmany"\n';
    const { rows } = await readAll(file, { mapping: { columns } });
    expect(
      rows.map(({ line, values, problems }) => [line, values?.givenName ?? null, problems.map(({ column }) => column)]),
    ).toEqual([
      [2, 'Ada', ['Mail', 'Phone']],
      [7, 'Grace', []],
      [8, null, [null]],
      [9, null, [null]],
    ]);
    expect(rows[0]?.problems[0]?.message).toBe(
      '“nowhere” is no email address, and is left out. Correct it, and import the row again.',
    );
    expect(rows[0]?.cells).toEqual(['Ada\n\nLovelace', 'nowhere', 'call me']);
  });

  it('are read with 200 columns, and with rows that end early', async () => {
    const many = Array.from({ length: 198 }, (_, at) => `Column ${at}`).join(',');
    const file = `Name,${many},Mail\nAda Lovelace,${','.repeat(197)},ada@example.com\nGrace Hopper\n`;
    expect(await valuesOf(file, { mapping: { columns: { Name: 'fullName', Mail: 'email' } } })).toEqual([
      { ...ada, emails: [email('ada@example.com')] },
      { givenName: 'Grace', familyName: 'Hopper' },
    ]);
  });

  it('are read around a row of 1 MB, which is a problem of its own', async () => {
    const file = `Name,Mail,Phone\nAda Lovelace,,${'9'.repeat(1_000_000)}\nGrace Hopper,,\n`;
    const { rows } = await readAll(file, { mapping: { columns }, pieceBytes: 65_536 });
    expect(rows).toMatchObject([
      { line: 2, values: null, cells: null, problems: [{ message: expect.stringContaining('at most 100000 can be imported') }] },
      { line: 3, values: { givenName: 'Grace' } },
    ]);
  });

  it('are refused with a quote that is never closed, however long they are', async () => {
    const file = `Name,Mail,Phone\nAda,,\n"Grace,,\n${'x,y,z\n'.repeat(1_000_000)}`;
    await expect(readAll(file, { mapping: { columns }, pieceBytes: 65_536 })).rejects.toThrow(
      'is opened behind line 2 is never closed',
    );
  });

  const refused: [name: string, file: Uint8Array, message: string][] = [
    ['an empty file', Buffer.from(''), 'The file is empty'],
    ['a file of blank lines', Buffer.from('\n\n \n'), 'The file is empty'],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'neither CSV nor vCard'],
    ['a spreadsheet', Buffer.from('504b0304140006000800', 'hex'), 'neither CSV nor vCard'],
    ['a page', Buffer.from('<html><body>Sign in</body></html>'), 'Give a mapping'],
  ];
  it.each(refused)('that are none, as %s, are refused', async (_, file, message) => {
    await expect(readAll(file)).rejects.toThrow(message);
  });

  it('have dates in many forms', async () => {
    const dates: [typed: string, date: string | null][] = [
      ['1985-12-10', '1985-12-10'],
      ['1985-12-10T00:00:00.000Z', '1985-12-10'],
      ['19851210', '1985-12-10'],
      ['1985/2/3', '1985-02-03'],
      ['12/10/1985', '1985-12-10'],
      ['13/10/1985', '1985-10-13'],
      ['3.2.1985', '1985-02-03'],
      ['12-10', '--12-10'],
      ['--1210', '--12-10'],
      ['0000-12-10', '--12-10'],
      ['Dec 10 1985', '1985-12-10'],
      ['10 December 1985', '1985-12-10'],
      ['31/04/1985', null],
      ['2023-02-29', null],
      ['soon', null],
    ];
    const file = `Name,Born\n${dates.map(([typed]) => `Ada,${typed}\n`).join('')}`;
    const { rows } = await readAll(file, { mapping: { columns: { Name: 'fullName', Born: 'birthday' } } });
    expect(rows.map(({ values, cells }, at) => [dates[at]?.[0], values?.birthday ?? null, cells !== null])).toEqual(
      dates.map(([typed, date]) => [typed, date, date === null]),
    );
  });
});
