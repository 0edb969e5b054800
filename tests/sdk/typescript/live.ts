// A program that listens by a line that is cut: it tells each event that it hears, until all have read.
import { Tidings, TidingsError } from '@tidings/sdk';
import { given, say } from './given.js';

const asking = new Tidings({ url: given.url });
await asking.login({ input: { email: given.email, password: given.password } });
const { refreshToken } = await asking.login({ input: { email: given.email, password: given.password } });

// It begins with a token that is refused, and gets another one.
const tidings = new Tidings({ url: given.line, token: 'a.stale.token', refreshToken, wait: 0.05 });
const scheduleId = given.ids['schedule']!;
const after = await tidings.newestCursor();
const events = tidings.watchMessageEvents({ filter: { scheduleId }, after });
let reads = 0;
let over = false;
const awaited = () => reads < Number(given.ids['people']) || !over;
await asking.sendScheduleNow({ id: scheduleId });
while (awaited()) {
  const { value } = await events.next();
  say({ event: { cursor: value.cursor, type: value.type, message: value.message?.id ?? null } });
  if (value.type === 'MESSAGE_READ') reads++;
  if (value.type === 'MESSAGE_COMPLETED') over = true;
}
await events.return(undefined);

// Whoever waits can leave, though nothing happens.
const silent = tidings.watchMessageEvents({ filter: { scheduleId } });
const next = silent.next();
setTimeout(() => void silent.return(undefined), 200);
say({ left: (await next).done });

const expired = await tidings.watchEvents({ after: given.ids['expired']! }).next().catch((error: unknown) => error);
say({ expired: expired instanceof TidingsError ? expired.code : String(expired) });

// Signed out, it is refused for good.
await asking.logout({ refreshToken: given.ids['unknown']! }).catch(() => undefined);
const stranger = new Tidings({ url: given.line, token: 'a.stale.token' });
const refused = await stranger.watchEvents({ after }).next().catch((error: unknown) => error);
say({ refused: refused instanceof TidingsError ? refused.code : String(refused) });
