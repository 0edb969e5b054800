// The simulator's page: the latest chats, live; whoever looks at it writes as the customer.
const TICKS = { accepted: '…', sent: '✓', delivered: '✓✓', read: '✓✓ read', played: '▶ played', failed: '✕', lost: '(lost)' };
const EMOJI = ['👍', '❤', '😂', '🙏'];

const $ = (selector) => document.querySelector(selector);
let open = null; // {number, person} of the chat that is shown
let about = null; // what the next text is: {reply_to} or {edit} with a message's id
let atEnd = true; // whoever reads at the end stays there, also when a picture has loaded
const drawn = new Map(); // what each part was last drawn from

function make(tag, text = '', ...classes) {
  const node = document.createElement(tag);
  node.textContent = text;
  node.classList.add(...classes);
  return node;
}

function button(text, act, title = '') {
  const node = make('button', text);
  node.type = 'button';
  node.title = title;
  node.addEventListener('click', act);
  return node;
}

async function ask(path, options = {}) {
  try {
    const answer = await fetch(`/_simulator/${path}`, options);
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.error);
    complain('');
    return body;
  } catch (error) {
    complain(error instanceof TypeError ? 'The simulator does not answer.' : error.message);
    return null;
  }
}

const post = (path, body) => ask(path, { method: 'POST', body: JSON.stringify(body) });
const path = ({ number, person }) => `chats/${encodeURIComponent(number)}/${encodeURIComponent(person)}`;

async function say(body) {
  atEnd = true;
  const done = await post(path(open), body);
  await refresh();
  return done;
}

function complain(text) {
  $('#trouble').textContent = text;
  $('#trouble').hidden = !text;
}

// Draws a part anew only when what it shows has changed, so that clicks and selections survive.
function draw(node, from, nodes) {
  const now = JSON.stringify(from);
  if (drawn.get(node) === now) return false;
  drawn.set(node, now);
  node.replaceChildren(...nodes());
  return true;
}

const phone = (person) => (/^\d+$/.test(person) ? `+${person}` : person);
const clock = (at) => new Date(at * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

function session(each) {
  const shown = make('div', '', 'session');
  const line = make('div');
  line.append(make('b', each.name), make('span', each.status, each.status));
  shown.append(line);
  if (each.me) shown.append(make('small', `linked to ${phone(each.me.id.split('@')[0])}`));
  if (each.code) {
    const scan = button('', () => post(`waha/${encodeURIComponent(each.name)}/scan`, {}).then(refresh), 'Scan it with the business’s phone');
    const picture = make('img');
    picture.alt = 'QR code';
    picture.src = `/_simulator/waha/${encodeURIComponent(each.name)}/code.png?${encodeURIComponent(each.code)}`;
    scan.classList.add('code');
    scan.append(picture, 'Click to scan');
    shown.append(scan);
  }
  return shown;
}

function chat(each) {
  const shown = button('', () => show(each));
  const here = open && each.number === open.number && each.person === open.person;
  shown.setAttribute('aria-current', String(Boolean(here)));
  const last = each.last ? `${each.last.mine ? 'Business: ' : ''}${each.last.text}` : '';
  shown.append(`${each.name || phone(each.person)}`, make('small', `${phone(each.person)} · ${each.provider}`), make('small', last));
  return shown;
}

function file(media) {
  if (media.id && media.kind === 'image') {
    const picture = make('img');
    picture.addEventListener('load', toEnd);
    picture.src = `/_simulator/media/${media.id}`;
    picture.alt = media.filename ?? 'picture';
    return picture;
  }
  const link = make('a', media.filename ?? media.link ?? media.kind);
  link.href = media.id ? `/_simulator/media/${media.id}` : media.link;
  link.target = '_blank';
  link.rel = 'noreferrer';
  return link;
}

function entry(each, all) {
  const shown = make('li', '', each.mine ? 'mine' : 'theirs');
  shown.dataset.id = each.id;
  const quoted = all.find((other) => each.reply_to && (other.id === each.reply_to || other.id.endsWith(`_${each.reply_to}`)));
  if (quoted) shown.append(make('div', quoted.text || quoted.kind, 'quote'));
  if (each.revoked) {
    shown.append(make('em', 'deleted'));
    return shown;
  }
  if (each.header) shown.append(make('strong', each.header), make('br'));
  if (each.media) shown.append(file(each.media));
  shown.append(make('span', each.text || (each.media ? '' : `[${each.kind}]`), 'text'));
  if (each.footer) shown.append(make('footer', each.footer));
  const press = make('div', '', 'press');
  for (const one of each.buttons) {
    const choice = button(one.title, () => {
      if (one.kind === 'url') window.open(one.id, '_blank', 'noreferrer');
      else if (one.kind === 'code') navigator.clipboard.writeText(one.id);
      else say({ press: one, message_id: each.id });
    });
    if (one.description) choice.append(make('small', one.description));
    press.append(choice);
  }
  if (each.buttons.length) shown.append(press);
  const told = [clock(each.at), each.edited && 'edited', each.mine ? TICKS[each.status] : each.read && '✓✓ read', ...each.reactions];
  shown.append(make('footer', told.filter(Boolean).join('  ')));
  if (each.error) shown.append(make('footer', `failed with ${each.error}`, 'error'));
  const acts = make('div', '', 'do');
  if (each.mine) {
    for (const emoji of EMOJI) acts.append(button(emoji, () => say({ react: emoji, message_id: each.id }), 'React'));
    acts.append(button('✕', () => say({ react: '', message_id: each.id }), 'Take the reaction back'));
    acts.append(button('Reply', () => be({ reply_to: each.id }, `In reply to “${each.text || each.kind}”`)));
  } else {
    if (each.kind === 'text') acts.append(button('Edit', () => be({ edit: each.id }, 'Edit', each.text)));
    acts.append(button('Delete', () => say({ revoke: true, message_id: each.id })));
  }
  shown.append(acts);
  return shown;
}

function be(what, words = '', text = '') {
  about = what;
  $('#about').hidden = !what;
  $('#about span').textContent = words;
  $('#say').elements.text.value = text;
  $('#say').elements.text.focus();
}

function toEnd() {
  if (atEnd) $('#entries').scrollTop = $('#entries').scrollHeight;
}

async function show(each) {
  atEnd = true;
  open = { number: each.number, person: each.person };
  for (const [selector, hidden] of [['#empty', true], ['#who', false], ['#entries', false], ['#say', false]]) $(selector).hidden = hidden;
  be(null);
  await refresh();
}

async function refresh() {
  const told = await ask('chats');
  if (!told) return;
  $('#now').textContent = new Date(told.now * 1000).toLocaleString();
  const choices = [...told.sessions.map((each) => ({ number: each.name, name: `${each.name} (WAHA)` })), ...told.numbers];
  const number = $('#new').elements.number;
  const chosen = number.value;
  if (draw(number, choices, () => choices.map((each) => new Option(each.name, each.number))) && chosen) number.value = chosen;
  draw($('#sessions'), told.sessions, () => told.sessions.map(session));
  draw($('#chats'), [told.chats, open], () => told.chats.map(chat));
  if (!open) return;
  const listed = told.chats.find((each) => each.number === open.number && each.person === open.person);
  const name = listed?.name || phone(open.person);
  const to = choices.find((each) => each.number === open.number)?.name ?? open.number;
  const asked = open;
  const said = await ask(path(open));
  if (!said || asked !== open) return;
  const line = said.typing ? `${to} is typing…` : `${phone(open.person)} writes to ${to}`;
  draw($('#who'), [name, line], () => [make('strong', name), make('small', line)]);
  const list = $('#entries');
  if (draw(list, [said.entries, open], () => said.entries.map((each) => entry(each, said.entries)))) toEnd();
}

$('#new').addEventListener('submit', (event) => {
  event.preventDefault();
  const { number, person } = event.target.elements;
  const written = person.value.trim();
  show({ number: number.value, person: written.includes('@') || written.includes('.') ? written : written.replace(/\D/g, '') });
});

$('#say').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = event.target.elements.text.value.trim();
  if (!text) return;
  const done = await say(about?.edit ? { edit: text, message_id: about.edit } : { text, ...about });
  if (done) be(null);
});

$('#entries').addEventListener('scroll', ({ target }) => {
  atEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 60;
});
$('#about button').addEventListener('click', () => be(null));
$('#picture').addEventListener('click', () => say({ picture: true, text: $('#say').elements.text.value }).then((done) => done && be(null)));
$('#stop').addEventListener('click', () => say({ text: 'STOP' }));
$('#no-marketing').addEventListener('click', () => say({ stop_marketing: true }));
$('#file').addEventListener('change', async (event) => {
  const [chosen] = event.target.files;
  const query = new URLSearchParams({ mime_type: chosen.type || 'application/octet-stream', filename: chosen.name });
  const held = await ask(`media?${query}`, { method: 'POST', body: chosen });
  event.target.value = '';
  if (held) await say({ media_id: held.id, text: $('#say').elements.text.value });
});
for (const jump of document.querySelectorAll('[data-jump]')) {
  jump.addEventListener('click', () => post('clock', { jump: Number(jump.dataset.jump) }).then(refresh));
}

async function live() {
  await refresh();
  setTimeout(live, 500);
}
live();
