import { createClient, type Client } from 'graphql-ws';
import { TidingsError, type Refusal } from './errors.js';
import type { Session } from './session.js';
import { mayPass, pause, sleep, type Tries } from './transport.js';

const FORBIDDEN = 4403;
const TOO_MANY = 4429;
/** Seconds between signs of life, and for the answer to one. */
const PING = 15;
const PONG = 5;

interface Told {
  cursor: string;
}

/** One socket for all subscriptions of a client, open while there are any. It comes back whenever it is cut. */
export class Live {
  private client: Promise<Client> | undefined;

  constructor(
    private readonly url: string,
    private readonly session: Session,
    private readonly tries: Tries,
    /** Cursor of the newest event; null while there is none. */
    private readonly newest: () => Promise<string | null>,
  ) {}

  /**
   * Events from `variables.after` on, or from now on; none is lost and none comes twice, however often the socket is
   * cut. Throws CURSOR_EXPIRED when the log no longer reaches back: read anew what you show, then go on from now.
   */
  events<Event extends Told>(query: string, variables: Record<string, unknown>): AsyncGenerator<Event> {
    const line: Line<Event> = { heard: [], wake: () => undefined };
    const generator = this.listen(line, query, { ...variables });
    const leave = generator.return.bind(generator);
    generator.return = (value) => {
      line.end ??= { error: undefined };
      line.wake();
      return leave(value);
    };
    return generator;
  }

  async close(): Promise<void> {
    await (await this.client)?.dispose();
  }

  private async *listen<Event extends Told>(line: Line<Event>, query: string, variables: Record<string, unknown>) {
    variables['after'] ??= await this.newest();
    const client = await (this.client ??= this.connect());
    for (let tried = 1; !line.end; tried++) {
      const stop = hear(client, { query, variables }, line);
      try {
        for (;;) {
          for (let event = line.heard.shift(); event; event = line.heard.shift()) {
            tried = 1;
            yield event;
          }
          if (line.end) break;
          await new Promise<void>((wake) => (line.wake = wake));
        }
      } finally {
        stop();
      }
      const { error } = line.end;
      if (!error) return;
      if (!mayPass(error) || tried >= this.tries.tries) throw error;
      line.end = undefined;
      await sleep(pause(error, tried, this.tries.wait));
    }
  }

  private async connect(): Promise<Client> {
    const webSocketImpl = globalThis.WebSocket ?? (await import('ws')).WebSocket;
    const { session, tries } = this;
    let attempts = 0;
    let given: string | undefined;
    let refused = false;
    let silent: ReturnType<typeof setTimeout> | undefined;
    const client = createClient({
      url: this.url,
      webSocketImpl,
      keepAlive: PING * 1000,
      retryAttempts: Infinity,
      retryWait: (retries) => sleep(Math.min(tries.wait * 2 ** retries, 30) * (0.5 + Math.random())),
      connectionParams: async () => {
        if (refused) await session.renew(given);
        given = session.accessToken;
        return given === undefined ? {} : { Authorization: `Bearer ${given}` };
      },
      // Until it was there once it may never be; after that it comes back.
      shouldRetry: (cause) => {
        if (cause instanceof TidingsError) return mayPass(cause);
        return codeOf(cause) === FORBIDDEN ? session.renewable : attempts < tries.tries;
      },
      on: {
        connecting: () => attempts++,
        connected: () => (attempts = -Infinity),
        ping: (received) => {
          if (!received) silent = setTimeout(() => client.terminate(), PONG * 1000);
        },
        pong: (received) => {
          if (received) clearTimeout(silent);
        },
        closed: (event) => {
          clearTimeout(silent);
          refused = codeOf(event) === FORBIDDEN;
        },
      },
    });
    return client;
  }
}

/** What has been heard and not yet been asked for, and how it ended. */
interface Line<Event> {
  heard: Event[];
  end?: { error: TidingsError | undefined } | undefined;
  wake: () => void;
}

type Payload = { query: string; variables: Record<string, unknown> };

/** Fills the line. `after` follows what was heard: graphql-ws sends the payload again whenever it comes back. */
function hear<Event extends Told>(client: Client, payload: Payload, line: Line<Event>): () => void {
  const end = (error?: TidingsError) => {
    line.end ??= { error };
    line.wake();
  };
  return client.subscribe<Record<string, Event>>(payload, {
    next: ({ data, errors }) => {
      if (errors) return end(TidingsError.refused(errors as unknown as Refusal[]));
      for (const event of Object.values(data ?? {})) {
        payload.variables['after'] = event.cursor;
        line.heard.push(event);
      }
      line.wake();
    },
    error: (cause) => end(told(cause)),
    complete: () => end(),
  });
}

const codeOf = (cause: unknown) =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? Number(cause.code) : undefined;

/** Whatever ends a subscription, as the error that a call would throw. */
function told(cause: unknown): TidingsError {
  if (cause instanceof TidingsError) return cause;
  if (Array.isArray(cause)) return TidingsError.refused(cause as Refusal[]);
  const code = codeOf(cause);
  const message = String((cause as { reason?: unknown }).reason || 'The socket was closed.');
  if (code === FORBIDDEN) return TidingsError.refused([{ message, extensions: { code: 'AUTHENTICATION_ERROR' } }]);
  if (code === TOO_MANY) return TidingsError.refused([{ message, extensions: { code: 'RATE_LIMIT_EXCEEDED' } }]);
  return new TidingsError(message, [], { cause });
}
