// graphql-ws, which Apollo and urql use too: as it comes, and as one uses it for events that must not be missed.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

// Gives up at once, so that a refusal reaches the caller.
export const once = (url, headers) =>
  createClient({ url, webSocketImpl: WebSocket, connectionParams: headers, retryAttempts: 0 });

// Where it is refused (4403) it gets other tokens before it tries again; where it is cut it simply tries again.
export function lasting(url, headers, renew, on) {
  let refused = false;
  return createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: Infinity,
    retryWait: () => new Promise((done) => setTimeout(done, 50)),
    shouldRetry: () => true,
    connectionParams: async () => {
      if (refused) await renew();
      return headers();
    },
    on: {
      connected: () => on({ connected: true }),
      closed: ({ code, reason }) => {
        refused = code === 4403;
        on({ closed: code, reason });
      },
    },
  });
}

// Gives the last cursor seen as `after` whenever the client subscribes again: nothing is missed, nothing comes twice.
export const resuming = (client) => ({
  ...client,
  subscribe(payload, sink) {
    const variables = { ...payload.variables };
    return client.subscribe(
      { ...payload, variables },
      {
        next(result) {
          for (const event of Object.values(result.data ?? {})) variables.after = event?.cursor ?? variables.after;
          sink.next(result);
        },
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      },
    );
  },
});
