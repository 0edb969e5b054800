import {
  createContext,
  createElement,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import type { Tidings } from './client.js';
import { TidingsError } from './errors.js';
import type {
  Calls,
  ConversationRef,
  ConversationsQueryVariables,
  EventFilter,
  MessageInput,
  SendMessageInput,
} from './generated.js';
import type { Page } from './pages.js';

type Answer<Name extends keyof Calls> = Awaited<ReturnType<Calls[Name]>>;
type Found<Name extends keyof Calls> = NonNullable<Answer<Name>>;
type Node<Connection extends Page<unknown>> = Connection['edges'][number]['node'];

const Context = createContext<Tidings | null>(null);
/** Milliseconds between two looks at what goes on changing. */
const PAUSE = 500;
const PAGE = 50;
const MOST = 100;

/** Gives the client to all hooks below. */
export function TidingsProvider({ client, children }: { client: Tidings; children?: ReactNode }): ReactNode {
  return createElement(Context.Provider, { value: client }, children);
}

/** The client that the nearest provider gives. */
export function useTidings(): Tidings {
  const client = useContext(Context);
  if (client === null) throw new Error('There is no TidingsProvider above this component.');
  return client;
}

/** What every hook of live data knows beside its data. */
export interface Live {
  /** Whether the first read is under way. */
  loading: boolean;
  /** What ended the watching; `reload` begins again. */
  error: Error | undefined;
  reload: () => void;
}

interface Source<Data> {
  read: (client: Tidings) => Promise<Data>;
  /** The subscription that tells of changes, and the filter it is given. */
  events: 'campaignEvents' | 'conversationEvents' | 'senderEvents';
  filter: EventFilter;
}

/** Reads, and reads anew when something happened since before the last read. `key` says what is read, `size` how much. */
function useLive<Data>(source: Source<Data>, key: string, size = 0): Live & { data: Data | undefined } {
  const client = useTidings();
  const [state, setState] = useState<{ key: string; data?: Data; error?: Error }>({ key });
  const [round, setRound] = useState(0);
  const latest = useRef(source);
  latest.current = source;

  useEffect(() => {
    const { read, events, filter } = latest.current;
    let gone = false;
    let stream: AsyncGenerator<unknown> | undefined;
    const show = (data: Data) => gone || setState({ key, data });
    const fail = (error: Error) => gone || setState((before) => (before.key === key ? { ...before, error } : { key, error }));

    async function follow(): Promise<void> {
      const after = await client.newestCursor();
      show(await read(client));
      if (gone) return;
      const again = coalesced(async () => gone || show(await read(client)), fail);
      stream = client.watch(watching(events), { filter, after });
      for await (const _ of stream) again();
    }
    // What was missed is in the next read, so a log that no longer reaches back is no loss.
    async function start(): Promise<void> {
      await follow().catch((error: Error) => (isExpired(error) && !gone ? start() : fail(error)));
    }
    void start();
    return () => {
      gone = true;
      void stream?.return(undefined);
    };
  }, [client, key, size, round]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  const { data, error } = state.key === key ? state : { data: undefined, error: undefined };
  return { data, error, reload, loading: data === undefined && error === undefined };
}

const watching = (field: string) =>
  `subscription Changes($filter: EventFilter, $after: String) { ${field}(filter: $filter, after: $after) { cursor } }`;

const isExpired = (error: Error) => error instanceof TidingsError && error.code === 'CURSOR_EXPIRED';

/** Runs at once; whatever is asked for meanwhile and shortly after becomes one more run. */
function coalesced(run: () => Promise<unknown>, fail: (error: Error) => void): () => void {
  let busy = false;
  let wanted = false;
  return async function ask(): Promise<void> {
    wanted = true;
    if (busy) return;
    busy = true;
    while (wanted) {
      wanted = false;
      await run().catch(fail);
      await new Promise((done) => setTimeout(done, PAUSE));
    }
    busy = false;
  };
}

/** The first `size` nodes of a connection, and whether there are more. */
async function first<Node>(size: number, read: (first: number, after: string | null) => Promise<Page<Node>>) {
  const nodes: Node[] = [];
  for (let after: string | null = null; ; ) {
    const { edges, pageInfo } = await read(Math.min(size - nodes.length, MOST), after);
    nodes.push(...edges.map(({ node }) => node));
    if (!pageInfo.hasNextPage || nodes.length >= size) return { nodes, hasMore: pageInfo.hasNextPage };
    after = pageInfo.endCursor ?? null;
  }
}

/** More of a list: what one has scrolled to stays when it is read anew. */
function useSize(): { size: number; loadMore: () => void } {
  const [size, setSize] = useState(PAGE);
  return { size, loadMore: useCallback(() => setSize((before) => before + PAGE), []) };
}

/** The inbox as it is now: those that match, in the order asked for, newest message first when left out. */
export function useConversations(variables: Omit<ConversationsQueryVariables, 'first' | 'after' | 'last' | 'before'> = {}) {
  const { size, loadMore } = useSize();
  const read = (client: Tidings) =>
    first<Node<Found<'conversations'>>>(size, (first, after) => client.conversations({ ...variables, first, after }));
  const source = { read, events: 'conversationEvents', filter: {} } as const;
  const { data, ...rest } = useLive(source, JSON.stringify(variables), size);
  return { conversations: data?.nodes, hasMore: data?.hasMore ?? false, loadMore, ...rest };
}

/** A conversation as it is now and its newest messages, newest first. */
export function useConversation(id: string) {
  const { size, loadMore } = useSize();
  async function read(client: Tidings) {
    const thread = first<Node<Found<'conversationMessages'>['messages']>>(size, async (first, after) => {
      const found = await client.conversationMessages({ id, first, after });
      return found!.messages;
    });
    const [conversation, messages] = await Promise.all([client.conversation({ id }), thread]);
    return { conversation, messages };
  }
  const source = { read, events: 'conversationEvents', filter: { conversationId: id } } as const;
  const { data, ...rest } = useLive(source, id, size);
  const { nodes, hasMore = false } = data?.messages ?? {};
  return { conversation: data?.conversation, messages: nodes, hasMore, loadMore, ...rest };
}

/** A campaign as it is now, its figures at most twice a second. */
export function useCampaignProgress(id: string) {
  const read = (client: Tidings) => client.campaign({ id });
  const { data, ...rest } = useLive({ read, events: 'campaignEvents', filter: { campaignId: id } }, id);
  return { campaign: data, ...rest };
}

/** A sender as it is now: whether it is connected, its pace, its QR code. */
export function useSenderStatus(id: string) {
  const read = (client: Tidings) => client.sender({ id });
  const { data, ...rest } = useLive({ read, events: 'senderEvents', filter: { senderId: id } }, id);
  return { sender: data, ...rest };
}

/** Runs a mutation, and knows whether one is under way and how the last one failed. It throws what it fails with, too. */
function useAction<Given extends unknown[], Done>(run: (client: Tidings, ...given: Given) => Promise<Done>) {
  const client = useTidings();
  const [running, setRunning] = useState(0);
  const [error, setError] = useState<Error>();
  async function act(...given: Given): Promise<Done> {
    setRunning((before) => before + 1);
    setError(undefined);
    try {
      return await run(client, ...given);
    } catch (failure) {
      setError(failure as Error);
      throw failure;
    } finally {
      setRunning((before) => before - 1);
    }
  }
  return [act, running > 0, error] as const;
}

/** Sends to a conversation or a number; a string is a text. */
export function useSendMessage(to: ConversationRef) {
  const [sendMessage, sending, error] = useAction(
    (client, message: MessageInput | string, more: Omit<SendMessageInput, 'to' | 'message'> = {}) =>
      client.sendMessage({ input: { ...more, to, message: typeof message === 'string' ? { text: message } : message } }),
  );
  return { sendMessage, sending, error };
}

/** Takes a conversation over from the bot, and hands it back. */
export function useTakeover(conversation: ConversationRef) {
  const [takeOver, taking, refused] = useAction((client) => client.takeOverConversation({ conversation }));
  const [handBack, handing, error] = useAction((client) => client.handBackConversation({ conversation }));
  return { takeOver, handBack, busy: taking || handing, error: error ?? refused };
}
