import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A wire that the test can cut. */
export interface CuttingProxy {
  /** `http://127.0.0.1:port` */
  url: string;
  /** Cuts every connection that is open now; new ones are let through. */
  cut(): void;
  close(): Promise<void>;
}

/** Lets every connection through to the server at `target`, byte by byte, until it is cut. */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname: host, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      // One side that is gone takes the other with it; what it went of is the test's own doing.
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        cut();
      }),
  };
}
