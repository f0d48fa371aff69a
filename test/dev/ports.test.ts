import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { choosePort } from '#dev/processes/ports.ts';
import { freePort } from '#free-port.ts';

describe('choosePort', () => {
  let other: Server;
  let taken: number;

  beforeAll(async () => {
    taken = await freePort();
    other = createServer();
    await new Promise<void>((resolve) => other.listen(taken, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    other.close();
  });

  it('returns the wanted port when it is free, and reports nothing', async () => {
    const said: string[] = [];
    const port = await freePort();
    expect(await choosePort({ name: 'The API', port }, (line) => said.push(line))).toBe(port);
    expect(said).toEqual([]);
  });

  it('returns a free port when the wanted one is taken, and reports it', async () => {
    const said: string[] = [];
    const port = await choosePort({ name: 'The API', port: taken }, (line) => said.push(line));
    expect(port).not.toBe(taken);
    expect(said).toEqual([`Port ${taken} is taken. The API uses ${port}.`]);
  });

  it('throws when the required port is taken', async () => {
    const choice = choosePort({ name: 'The API', port: taken, required: true }, () => {});
    await expect(choice).rejects.toThrow(`Port ${taken} is taken. The API cannot use it.`);
  });
});
