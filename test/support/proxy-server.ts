import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface ProxyServer {
  /** `http://127.0.0.1:4711`. */
  readonly url: string;
  /** `host:port` of every CONNECT, in order, with the credentials that came with it. */
  readonly asked: readonly { readonly target: string; readonly credentials: string | null }[];
  /** All bytes that went through towards the endpoints. */
  readonly bytes: () => Buffer;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** Where every tunnel leads, whatever was asked for: the names of tests are in no DNS. */
  readonly port: number;
  /** `name:password` to insist on. */
  readonly credentials?: string;
  /** Answers so instead of connecting. */
  readonly status?: number;
}

/** A real HTTP proxy on this computer, which does what CONNECT says and notes it. */
export async function startProxy({
  port,
  credentials,
  status,
}: ProxyOptions): Promise<ProxyServer> {
  const asked: { target: string; credentials: string | null }[] = [];
  const bytes: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => {
    response.writeHead(400).end();
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
  });
  server.on('connect', (request, socket: Socket) => {
    // The other side may hang up at any time.
    socket.on('error', () => undefined);
    const [, given] = /^Basic (.+)$/.exec(request.headers['proxy-authorization'] ?? '') ?? [];
    const pair = given === undefined ? null : Buffer.from(given, 'base64').toString();
    asked.push({ target: request.url ?? '', credentials: pair });
    const refusal = credentials !== undefined && pair !== credentials ? 407 : status;
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      socket.on('data', (data: Buffer) => bytes.push(data));
      socket.pipe(upstream).pipe(socket);
    });
    sockets.add(upstream.once('close', () => sockets.delete(upstream)));
    upstream.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    bytes: () => Buffer.concat(bytes),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
