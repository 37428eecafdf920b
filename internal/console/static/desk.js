// The agents' desk: the conversations that want a person, and one of them at work.
// It speaks the operators' API under /api/v1/admin/handoffs and nothing else.
import { announce, el, find, randomKey } from './dom.js';
import { at, json, send } from './http.js';

const refreshEvery = 3000; // milliseconds between two looks at the inbox
const waitForNews = 20; // seconds that the server may wait for a message
const pageSize = 50;

const reasons = {
  human_request: 'Asked for a person', fraud: 'Possible fraud', dispute: 'Disputed payment', legal: 'Legal matter',
  high_value: 'Order to check', low_confidence: 'Assistant unsure', repeated_failure: 'No answer found',
  frustration: 'Frustrated', self_harm: 'May be in danger', policy: 'Policy',
};
const urgent = new Set(['self_harm', 'fraud']);
const titles = { waiting: 'Nobody waits.', human: 'Nobody is being helped.', closed: 'Nothing here yet.' };

const me = { name: '', token: '' };
let state = 'waiting'; // which list is shown
let shown = []; // what is in it
let open = null; // the hand-off on the screen: {record, next, stop, draft}
let timer = 0;

const request = async (method, path, options) => json(await send(method, path, { token: me.token, ...options }));
const handoffs = (query) => request('GET', `${at('admin', 'handoffs')}?${new URLSearchParams(query)}`);
const deed = (name, body, key) => request('POST', at('admin', 'handoffs', open.record.id, name), { body: { agent: me.name, ...body }, key });

// Signing in and out.

async function signIn(event) {
  event.preventDefault();
  me.name = find('name').value.trim();
  me.token = find('token').value.trim();
  hideBanner();
  try {
    await handoffs({ state: 'waiting', limit: 1 });
  } catch (failure) {
    me.token = '';
    complain(failure.kind === 'auth' ? 'This token was not accepted.' : failure.message);
    return;
  }
  localStorage.setItem('desk-name', me.name);
  find('token').value = '';
  find('sign-in').hidden = true;
  find('inbox').hidden = find('sign-out').hidden = false;
  find('state').textContent = `Desk · ${me.name}`;
  await show('waiting');
}

function signOut() {
  me.token = '';
  clearTimeout(timer);
  leave();
  shown = [];
  find('list').replaceChildren();
  find('inbox').hidden = find('sign-out').hidden = true;
  find('sign-in').hidden = false;
  find('state').textContent = 'Desk';
  document.title = document.title.replace(/^\(\d+\) /, '');
  find('token').focus();
}

// The inbox.

async function show(which) {
  state = which;
  for (const tab of document.querySelectorAll('[data-state]')) tab.setAttribute('aria-pressed', String(tab.dataset.state === which));
  shown = [];
  find('list').replaceChildren();
  await refresh();
}

// refresh looks at the inbox again and again. Waiting customers are counted in the
// title, whichever list is shown.
async function refresh() {
  clearTimeout(timer);
  if (!me.token) return;
  try {
    const wanted = state;
    const page = await handoffs({ state: wanted, limit: pageSize });
    const waiting = wanted === 'waiting' ? page : await handoffs({ state: 'waiting', limit: pageSize });
    count(waiting);
    if (wanted === state) fill(page);
    if (find('banner').dataset.passing) hideBanner();
  } catch (failure) {
    if (failed(failure)) return;
  }
  timer = setTimeout(refresh, document.hidden ? 4 * refreshEvery : refreshEvery);
}

let waitingBefore = null;
function count({ handoffs: waiting, next }) {
  const ids = new Set(waiting.map((h) => h.id));
  if (waitingBefore && waiting.some((h) => !waitingBefore.has(h.id))) announce('Somebody new is waiting.');
  waitingBefore = ids;
  const number = next ? `${ids.size}+` : String(ids.size);
  document.title = document.title.replace(/^\(\d+\+?\) /, '');
  if (ids.size) document.title = `(${number}) ${document.title}`;
  find('inbox').querySelector('[data-state="waiting"]').textContent = ids.size ? `Waiting (${number})` : 'Waiting';
}

// fill shows the newest page of a list, and keeps what was loaded behind it. Those
// who wait longest stand first.
function fill({ handoffs: page, next }) {
  const end = page.at(-1)?.requested_at ?? Infinity;
  const older = next && shown.length > pageSize ? shown.filter((h) => h.requested_at < end) : [];
  shown = [...page, ...older];
  if (!older.length) find('older').dataset.before = next ?? '';
  draw();
}

function draw() {
  const rows = state === 'closed' ? shown : shown.toReversed();
  const focused = document.activeElement?.dataset.id;
  find('list').replaceChildren(...rows.map(row));
  if (focused) find('list').querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  find('none').textContent = titles[state];
  find('none').hidden = rows.length > 0;
  find('older').hidden = !find('older').dataset.before;
}

function row(h) {
  const since = new Date(h.requested_at * 1000);
  return el('li', {}, el('button', { type: 'button', 'data-id': h.id, 'aria-current': open?.record.id === h.id && 'true', onclick: () => read(h) },
    el('span', { class: 'top' },
      el('span', { class: urgent.has(h.reason) && 'urgent' }, reasons[h.reason] ?? h.reason),
      el('time', { datetime: since.toISOString() }, clock(since))),
    el('small', {}, [who(h), h.agent && `with ${h.agent}`].filter(Boolean).join(', ')),
    el('small', {}, h.summary)));
}

const who = (h) => h.user_id || 'Visitor';

function clock(time) {
  const today = time.toDateString() === new Date().toDateString();
  return time.toLocaleString(undefined, today ? { hour: 'numeric', minute: '2-digit' } : { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
}

async function loadOlder() {
  try {
    const page = await handoffs({ state, limit: pageSize, before: find('older').dataset.before });
    shown = [...shown, ...page.handoffs];
    find('older').dataset.before = page.next ?? '';
    draw();
  } catch (failure) {
    failed(failure);
  }
}

// One conversation.

async function read(h) {
  leave();
  const mine = open = { record: h, next: 0, stop: new AbortController(), draft: null };
  document.body.classList.add('reading');
  find('conversation').hidden = false;
  find('messages').replaceChildren();
  describe(h);
  draw();
  find('about').focus();
  try {
    const transcript = await request('GET', at('admin', 'handoffs', h.id), { signal: mine.stop.signal });
    if (open !== mine) return;
    mine.next = transcript.message_count;
    describe(transcript);
    add(transcript.messages);
    find('scroll').scrollTop = find('scroll').scrollHeight;
    await follow(mine);
  } catch (failure) {
    if (open === mine) failed(failure);
  }
}

// follow shows what is written, by whomever, until another conversation is opened.
async function follow(mine) {
  while (open === mine && me.token) {
    try {
      const path = `${at('admin', 'handoffs', mine.record.id, 'messages')}?after=${mine.next}&wait=${waitForNews}`;
      const news = await request('GET', path, { signal: mine.stop.signal });
      if (open !== mine) return;
      mine.next = news.next;
      if (news.messages.length) {
        describe(news);
        add(news.messages);
        announce(news.messages.map((m) => `${speaker(m)}: ${m.content}`).join('\n'));
      }
    } catch (failure) {
      if (open !== mine || failure.kind === 'missing' || failed(failure)) {
        if (open === mine && failure.kind === 'missing') { leave(); complain('The customer has erased this conversation.'); }
        return;
      }
      await new Promise((done) => { setTimeout(done, refreshEvery); });
    }
  }
}

function leave() {
  open?.stop.abort();
  open = null;
  document.body.classList.remove('reading');
  find('conversation').hidden = true;
}

// describe shows how far a hand-off is, and what can be done.
function describe(h) {
  open.record = h;
  const mine = h.state === 'human' && h.agent === me.name;
  const words = { waiting: 'waiting', human: mine ? 'with you' : `with ${h.agent}`, closed: 'closed' };
  find('about').textContent = `${reasons[h.reason] ?? h.reason} · ${who(h)} · ${words[h.state]}`;
  find('summary').textContent = h.summary;
  find('claim').hidden = mine || h.state === 'closed';
  find('claim').textContent = h.state === 'human' ? 'Take it over' : 'Take it';
  find('close').hidden = h.state === 'closed' || (h.state === 'human' && !mine);
  find('composer').hidden = !mine;
}

const speaker = (m) => (m.role === 'user' ? 'Customer' : m.author || 'Assistant');

function add(messages) {
  const scroll = find('scroll');
  const following = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  find('messages').append(...messages.map((m) => {
    const at = new Date(m.timestamp * 1000);
    const side = m.role === 'user' ? 'them' : m.author ? 'me' : 'me assistant';
    return el('li', { class: `turn ${side}` },
      el('p', { class: 'name' }, speaker(m)),
      el('div', { class: 'bubble', dir: 'auto' }, el('p', {}, m.content)),
      el('time', { datetime: at.toISOString() }, clock(at)));
  }));
  if (following) scroll.scrollTop = scroll.scrollHeight;
}

// act does something to the open conversation, and shows what became of it.
async function act(name, body, key) {
  const mine = open;
  hideBanner();
  try {
    const record = await deed(name, body, key);
    if (open === mine) describe(record);
    refresh();
    return true;
  } catch (failure) {
    if (open === mine && !failed(failure) && failure.kind === 'conflict') reopen();
    return false;
  }
}

// reopen shows a conversation as it is now: somebody else has changed it.
function reopen() {
  const h = open.record;
  refresh();
  request('GET', at('admin', 'handoffs', h.id)).then((record) => { if (open?.record.id === h.id) describe(record); }, failed);
}

async function claim() {
  if (await act('claim', { take_over: open.record.state === 'human' })) find('message').focus();
}

// reply sends what is written. The same words sent again after a failure are the
// same reply, so that the customer reads them once.
async function reply(event) {
  event.preventDefault();
  const field = find('message');
  const words = field.value.trim();
  if (!words || field.readOnly) return;
  const mine = open;
  if (mine.draft?.words !== words) mine.draft = { words, key: randomKey() };
  field.readOnly = true;
  if (await act('reply', { text: words }, mine.draft.key)) {
    mine.draft = null;
    field.value = '';
    grow();
  }
  field.readOnly = false;
  field.focus();
}

function grow() {
  const field = find('message');
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

// Trouble.

// failed shows a failure and says whether it ended the session at the desk.
function failed(failure) {
  if (failure.kind === 'auth') {
    signOut();
    complain('The token is not accepted any more.');
    return true;
  }
  const passing = { network: 'The concierge can’t be reached. It is tried again.', unavailable: 'The concierge can’t answer now. It is tried again.' };
  complain(passing[failure.kind] ?? failure.message, failure.kind in passing);
  return false;
}

// complain says what is wrong. What passes by itself is taken back by refresh.
function complain(words, passing = false) {
  find('banner').textContent = words;
  find('banner').dataset.passing = passing ? 'yes' : '';
  find('banner').hidden = false;
}

function hideBanner() { find('banner').hidden = true; }

find('name').value = localStorage.getItem('desk-name') ?? '';
find(find('name').value ? 'token' : 'name').focus();
find('sign-in').addEventListener('submit', signIn);
find('sign-out').addEventListener('click', signOut);
for (const tab of document.querySelectorAll('[data-state]')) tab.addEventListener('click', () => show(tab.dataset.state));
find('older').addEventListener('click', loadOlder);
find('back').addEventListener('click', () => { const { id } = open.record; leave(); draw(); find('list').querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus(); });
find('claim').addEventListener('click', claim);
find('close').addEventListener('click', () => act('close', {}));
find('composer').addEventListener('submit', reply);
find('message').addEventListener('input', grow);
find('message').addEventListener('keydown', (e) => {
  if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return;
  e.preventDefault();
  find('composer').requestSubmit();
});
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
