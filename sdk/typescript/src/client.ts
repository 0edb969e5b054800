import { TidingsError } from './errors.js';
import { operations, type Calls, type CreateUploadInput, type Priority } from './generated.js';
import { Live } from './live.js';
import { Session } from './session.js';
import { request, retried, type Tries } from './transport.js';

export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

export interface Options extends Partial<Tries> {
  /** Where Tidings answers, such as http://127.0.0.1:8000; its /graphql may be named or left out. */
  url: string;
  /** An API token, or the access token of somebody who signed in. */
  token?: string;
  /** Renews the session of whoever signed in once its access token has run out. */
  refreshToken?: string;
  /** Told of every new pair of tokens, to keep them; of none after signing out. */
  onTokens?: (tokens: Partial<Tokens>) => void;
  /** Seconds that one try may take; 30 when left out. */
  timeout?: number;
}

/** These go without a token; the answer of the first four is a pair of them. */
const SIGN_IN = new Set(['login', 'loginWithOAuth', 'refreshTokens', 'register']);
const ANONYMOUS = new Set([...SIGN_IN, 'logout']);
const NEWEST = 'query Newest { events(last: 1) { pageInfo { endCursor } } }';

/** Of 1 to 5. */
const PRIORITIES: Priority[] = ['LOW', 'LOW', 'NORMAL', 'HIGH', 'URGENT'];

type Variables = Record<string, unknown>;
interface Send {
  harmless: boolean;
  anonymous?: boolean;
}

/** Their methods are put on the prototype at the end of the class. */
export interface Tidings extends Calls {}

/** A client of one server: a method for every query, mutation and subscription, and a few of its own. */
export class Tidings {
  private readonly url: string;
  private readonly session: Session;
  private readonly live: Live;
  private readonly tries: Tries;
  private readonly timeout: number;

  constructor({ url, token, refreshToken, onTokens, tries = 3, wait = 1, timeout = 30 }: Options) {
    this.url = `${url.replace(/\/(graphql)?$/, '')}/graphql`;
    this.timeout = timeout;
    this.tries = { tries, wait };
    const tokens = { ...(token && { accessToken: token }), ...(refreshToken && { refreshToken }) };
    const refresh = async (spent: string) => this.refreshTokens({ refreshToken: spent });
    this.session = new Session(tokens, refresh, onTokens ?? (() => undefined));
    this.live = new Live(this.url.replace(/^http/, 'ws'), this.session, this.tries, () => this.newestCursor());
  }

  /** An operation of your own: its data. A mutation is tried again only when it was surely not done, or is harmless. */
  async execute<Data>(query: string, variables: Variables = {}, harmless = !/\bmutation\b/.test(query)): Promise<Data> {
    return (await this.send(query, variables, { harmless })) as Data;
  }

  /** A subscription of your own to one field, whose selection must hold `cursor` and take `$after`. */
  watch<Event extends { cursor: string }>(query: string, variables: Variables = {}): AsyncGenerator<Event> {
    return this.live.events(query, variables);
  }

  /** Where the event log ends now; null while it is empty. Read it before you read what events will change. */
  async newestCursor(): Promise<string | null> {
    const found = await this.execute<{ events: { pageInfo: { endCursor: string | null } } }>(NEWEST);
    return found.events.pageInfo.endCursor;
  }

  /**
   * Queues a text for a phone number, or for a conversation by its id. priority: also 1 (lowest) to 5.
   *
   * The same correlationId again gives the first message back and sends nothing.
   */
  async sendText(
    to: string,
    text: string,
    { priority = 3, correlationId }: { priority?: Priority | number; correlationId?: string } = {},
  ) {
    const number = to.replace(/@(?:c\.us|s\.whatsapp\.net)$/, '');
    const where = /^\+?\d+$/.test(number) ? { phoneNumber: `+${number.replace('+', '')}` } : { id: to };
    const word = typeof priority === 'number' ? PRIORITIES[priority - 1] : priority;
    if (word === undefined) throw new RangeError('A priority is 1 to 5.');
    return this.sendMessage({ input: { to: where, message: { text }, priority: word, correlationId } });
  }

  /** Uploads a file; it may be used once this has answered with its id. */
  async upload(
    bytes: Blob,
    input: Omit<CreateUploadInput, 'name' | 'sizeBytes'> & { name?: string } = {},
  ): Promise<{ id: string }> {
    const name = input.name ?? (bytes instanceof File ? bytes.name : '');
    const { file, url, headers } = await this.createUpload({ input: { ...input, name, sizeBytes: bytes.size } });
    const init = { method: 'PUT', body: bytes, headers: headers as Record<string, string> };
    await retried(() => request(url, init, this.timeout), false, this.tries);
    return { id: file.id };
  }

  /** Ends all subscriptions. */
  async close(): Promise<void> {
    await this.live.close();
  }

  private async call(name: string, variables: Variables): Promise<unknown> {
    const { kind, harmless, text } = operations[name]!;
    const given = name === 'sendMessage' ? correlated(variables) : variables;
    const always = kind === 'query' || harmless || name === 'sendMessage' || name === 'refreshTokens';
    const data = await this.send(text, given, { harmless: always, anonymous: ANONYMOUS.has(name) });
    const [answer] = Object.values(data);
    if (SIGN_IN.has(name)) {
      const { accessToken, refreshToken } = answer as Tokens;
      this.session.keep({ accessToken, refreshToken });
    }
    if (name === 'logout') this.session.keep({});
    return answer;
  }

  private async send(query: string, variables: Variables, { harmless, anonymous }: Send): Promise<Variables> {
    const once = async () => {
      const token = anonymous ? undefined : this.session.accessToken;
      try {
        return await this.post(query, variables, token);
      } catch (error) {
        const refused = error instanceof TidingsError && error.code === 'AUTHENTICATION_ERROR';
        if (!refused || anonymous || !this.session.renewable) throw error;
        await this.session.renew(token);
        return await this.post(query, variables, this.session.accessToken);
      }
    };
    return retried(once, harmless, this.tries);
  }

  private async post(query: string, variables: Variables, token: string | undefined): Promise<Variables> {
    const headers = {
      accept: 'application/graphql-response+json',
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const operationName = /\b(?:query|mutation|subscription)\s+(\w+)/.exec(query)?.[1];
    const init = { method: 'POST', headers, body: JSON.stringify({ query, variables, operationName }) };
    return (await request(this.url, init, this.timeout)).data ?? {};
  }

  static {
    for (const [name, { kind, text }] of Object.entries(operations)) {
      const value =
        kind === 'subscription'
          ? function (this: Tidings, variables: Variables = {}) {
              return this.live.events(text, variables);
            }
          : function (this: Tidings, variables: Variables = {}) {
              return this.call(name, variables);
            };
      Object.defineProperty(this.prototype, name, { value });
    }
  }
}

/** A message under an id of its own, so that trying again sends nothing twice. */
function correlated(variables: Variables): Variables {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const correlationId = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const input = variables['input'] as Variables;
  return { ...variables, input: { ...input, correlationId: input['correlationId'] ?? correlationId } };
}
