// SPDX-License-Identifier: Apache-2.0
// A package registry on this machine's loopback interface that lives as long as a test.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Registry {
  url: string;
  /** Holds `@optim/NAME/NAME-VERSION.tgz` for everything published. */
  storage: string;
  stop(): Promise<void>;
}

const config = {
  storage: './storage',
  auth: { htpasswd: { file: './htpasswd', max_users: -1 } },
  uplinks: {},
  packages: { '@optim/*': { access: '$all', publish: '$all' } },
  web: { enable: false },
  log: { type: 'stdout', format: 'pretty', level: 'fatal' },
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null) throw new Error(`The local registry ended with code ${server.exitCode}`);
    const answer = await fetch(`${url}-/ping`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error('The local registry did not answer within 30 seconds');
}

/** Starts an empty registry that keeps its files in `folder`. */
export async function startRegistry(folder: string): Promise<Registry> {
  const verdaccio = dirname(createRequire(import.meta.url).resolve('verdaccio/package.json'));
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config)); // JSON is YAML, which verdaccio reads
  const url = `http://127.0.0.1:${await freePort()}/`;
  const server = spawn(
    process.execPath,
    [join(verdaccio, 'bin/verdaccio'), '--config', file, '--listen', url],
    { stdio: 'ignore' },
  );
  process.once('exit', () => server.kill());
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null || !server.kill()) return;
    await once(server, 'exit');
  };
  try {
    await answers(url, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, storage: join(folder, 'storage'), stop };
}
