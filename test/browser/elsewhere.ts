import { createServer } from 'node:http';
import { close, listen } from '../../local/listen.ts';
import { createPage } from '../../local/page.ts';
import { buildPage } from '../../web/build.ts';

/** The page on an origin of its own, without an API. */
export interface PageElsewhere {
  url: string;
  /** Says where the API and the bucket are. Until then, whoever asks for the page waits. */
  callsAt(api: string, bucket: string): void;
  close(): Promise<void>;
}

/** Serves the page, as one builds it for hosting elsewhere, on any free port. */
export async function startPageElsewhere(onFailure: (error: unknown) => void): Promise<PageElsewhere> {
  const apiOrigin = Promise.withResolvers<string>();
  const page = createPage({
    build: async () => buildPage({ apiOrigin: await apiOrigin.promise }),
    onFailure,
  });
  const server = createServer((request, response) => {
    const served = page.serve(request, response) ?? Promise.resolve(void response.writeHead(404).end());
    served.catch(onFailure);
  });
  return {
    url: await listen(server, 0),
    callsAt: (api, bucket) => {
      apiOrigin.resolve(api);
      page.allow([api, bucket]);
    },
    close: async () => {
      server.closeAllConnections();
      await close(server);
    },
  };
}
