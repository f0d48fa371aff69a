import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { choosePort, freePort } from '#dev/processes/ports.ts';

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

  it('takes the wanted port when it is free, and says nothing', async () => {
    const said: string[] = [];
    const port = await freePort();
    expect(await choosePort({ name: 'the API', port }, (line) => said.push(line))).toBe(port);
    expect(said).toEqual([]);
  });

  it('takes another one when the wanted one is taken, and says so in one sentence', async () => {
    const said: string[] = [];
    const port = await choosePort({ name: 'the API', port: taken }, (line) => said.push(line));
    expect(port).not.toBe(taken);
    expect(said).toEqual([`port ${taken} is taken by another process: the API uses ${port} instead`]);
  });

  it('refuses when a person asked for the port that is taken', async () => {
    const choice = choosePort({ name: 'the API', port: taken, required: true }, () => {});
    await expect(choice).rejects.toThrow(`Port ${taken}, asked for the API, is taken by another process.`);
  });
});
