// What every client does, told in lines of JSON: it signs in, asks, changes, is refused, listens, is cut, and goes on.
import { readFileSync } from 'node:fs';

export const given = JSON.parse(readFileSync(0));
export const say = (what) => console.log(JSON.stringify(what));

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
export const shown = (name) => read(`../../examples/operations/${name}.graphql`);
const own = (name) => read(`operations/${name}.graphql`);

const STALE = 'a.stale.token';
const tokens = {};
export const headers = () => (tokens.access ? { Authorization: `Bearer ${tokens.access}` } : {});

export const failure = ([{ message, extensions }]) => Object.assign(new Error(message), { code: extensions.code });

// `execute(document, variables)` gives data or throws what has a code; `once(document)` gives the code of a socket
// that was refused; `listen(document, variables, next)` listens for good and gives the way to stop.
export function scenario({ execute, once, listen, looks = {} }) {
  const onConnected = [];
  let reads = 0;

  async function signIn() {
    delete tokens.access;
    const { login } = await execute(own('sign-in'), { email: given.email, password: given.password });
    Object.assign(tokens, { access: login.accessToken, refresh: login.refreshToken });
    say({ signedIn: login.user.role });
  }

  async function renew() {
    delete tokens.access;
    try {
      const { refreshTokens } = await execute(own('refresh'), { refreshToken: tokens.refresh });
      Object.assign(tokens, { access: refreshTokens.accessToken, refresh: refreshTokens.refreshToken });
      say({ refreshed: true });
    } catch (error) {
      say({ refreshRefused: error.code });
      await signIn();
    }
  }

  async function run() {
    await signIn();
    const { senders } = await execute(shown('02-senders'));
    say({ senders: senders.edges.map(({ node }) => node.id) });
    const { events } = await execute(own('newest'));
    const { createSchedule } = await execute(shown('07-create-schedule'), given.schedule);
    say({ schedule: createSchedule.id });

    tokens.access = STALE;
    await execute(shown('02-senders')).catch((error) => say({ queryRefused: error.code }));
    say({ socketRefused: await once(own('any-event')) });

    const variables = { scheduleId: createSchedule.id, after: events.pageInfo.endCursor };
    onConnected.push(
      () => execute(own('sign-out'), { refreshToken: tokens.refresh }),
      () => execute(own('send-now'), { id: createSchedule.id }),
    );
    let looked;
    await new Promise((done) => {
      const awaited = new Set([...Array(given.people).keys(), 'MESSAGE_COMPLETED']);
      const stop = listen(shown('08-watch'), variables, async ({ messageEvents: event }) => {
        say({ event: { cursor: event.cursor, type: event.type, message: event.message?.id ?? null } });
        if (event.type === 'MESSAGE_SENT') looked ??= looks.first?.(createSchedule.id);
        awaited.delete(event.type === 'MESSAGE_READ' ? reads++ : event.type);
        if (awaited.size) return;
        await looked;
        stop();
        done();
      });
    });
    await looks.last?.(createSchedule.id);
    say({ done: true });
  }

  // What a lasting socket tells of itself.
  function heard(what) {
    say(what);
    if (what.connected) onConnected.shift()?.();
  }

  return { run, renew, heard };
}
