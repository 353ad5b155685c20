import { createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A port of this machine that counts all that arrives, and answers nothing. */
export interface CountingHost {
  /** `10.0.0.5:4711` */
  readonly host: string;
  readonly connections: () => number;
  /** Every byte that came in. */
  readonly received: () => Buffer;
  close(): Promise<void>;
}

/** Under an address that is not loopback, unless one is named; null on a machine without any. */
export async function startCountingHost(
  address: string | undefined = networkAddress(),
): Promise<CountingHost | null> {
  if (address === undefined) return null;
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      received.push(bytes);
      // It speaks no TLS: whoever came learns so at once.
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const bound = server.address();
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
  return {
    host: `${address}:${port}`,
    connections: () => connections,
    received: () => Buffer.concat(received),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function networkAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
}
