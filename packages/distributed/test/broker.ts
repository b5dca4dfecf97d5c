// SPDX-License-Identifier: Apache-2.0
// A NATS server of this machine's own, on the loopback address, with a folder that lives as long as the test.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';

/** What is missing here, if anything is. */
export function lacking(): string | undefined {
  const { error, status } = spawnSync('nats-server', ['--version'], { stdio: 'ignore' });
  return error || status !== 0 ? 'the program nats-server (Debian package nats-server)' : undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A connection that waits for the server for as long as it takes. */
export function connectTo(port: number): Promise<NatsConnection> {
  return connect({
    servers: `127.0.0.1:${port}`,
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    timeout: 1000,
  });
}

/** A server that can go away and come back with what it has stored. */
export class Broker {
  #server: ChildProcess | undefined;
  readonly #connections: NatsConnection[] = [];

  private constructor(
    readonly folder: string,
    readonly port: number,
    /** Where it listens to pages, without TLS. */
    readonly webSocketPort: number,
  ) {}

  /** @param settings - lines of its configuration */
  static async start(settings = ''): Promise<Broker> {
    const folder = mkdtempSync(join(tmpdir(), 'optim-nats-'));
    const broker = new Broker(folder, await freePort(), await freePort());
    const lines = [
      `listen: 127.0.0.1:${broker.port}`,
      `websocket { listen: "127.0.0.1:${broker.webSocketPort}", no_tls: true }`,
      `jetstream { store_dir: ${JSON.stringify(join(folder, 'store'))} }`,
      settings,
    ];
    writeFileSync(join(folder, 'nats.conf'), lines.join('\n'));
    broker.comeBack();
    return broker;
  }

  get pid(): number {
    return this.#server!.pid!;
  }

  comeBack(): void {
    this.#server = spawn('nats-server', ['-c', join(this.folder, 'nats.conf')], { stdio: 'ignore' });
  }

  async goAway(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const server = this.#server!;
    server.kill(signal);
    await once(server, 'exit');
  }

  /** A connection of its own, which lasts until {@link stop}. */
  async connect(): Promise<NatsConnection> {
    const connection = await connectTo(this.port);
    this.#connections.push(connection);
    return connection;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
    if (this.#server!.exitCode === null && this.#server!.signalCode === null) await this.goAway();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
