// One conversation at the desk: its messages as they come, and what an agent does.
import { announce, el, find, randomKey } from './dom.js';
import { complain, failed, me, quiet, request } from './desk-api.js';
import { clock, reasonOf, who } from './desk-words.js';

const waitForNews = 20; // seconds that the server may wait for a message
const pause = 3000; // milliseconds after a failure

let open = null; // {record, next, stop, draft}
let changed = () => {}; // tells the inbox that something was done

export const openID = () => open?.record.id;

// read shows a conversation until leave is called. onChange is called after each deed.
export async function read(record, onChange) {
  leave();
  changed = onChange;
  const mine = open = { record, next: 0, stop: new AbortController(), draft: null };
  find('conversation').hidden = false;
  find('messages').replaceChildren();
  describe(record);
  find('about').focus();
  try {
    const transcript = await request('GET', ['handoffs', record.id], { signal: mine.stop.signal });
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

export function leave() {
  open?.stop.abort();
  open = null;
  find('conversation').hidden = true;
}

// follow shows what is written, by whomever, until another conversation is opened.
async function follow(mine) {
  while (open === mine) {
    try {
      const news = await request('GET', ['handoffs', mine.record.id, 'messages'], { query: { after: mine.next, wait: waitForNews }, signal: mine.stop.signal });
      if (open !== mine) return;
      mine.next = news.next;
      if (!news.messages.length) continue;
      describe(news);
      add(news.messages);
      announce(news.messages.map((m) => `${speaker(m)}: ${m.content}`).join('\n'));
    } catch (failure) {
      if (open !== mine) return;
      if (failure.kind === 'missing') { gone(); return; }
      if (failed(failure)) return;
      await new Promise((done) => { setTimeout(done, pause); });
    }
  }
}

function gone() {
  leave();
  changed();
  complain('The customer has erased this conversation.');
}

// describe shows how far a hand-off is, and what can be done.
function describe(h) {
  open.record = h;
  const mine = h.state === 'human' && h.agent === me.name;
  const words = { waiting: 'waiting', human: mine ? 'with you' : `with ${h.agent}`, closed: 'closed' };
  find('about').textContent = `${reasonOf(h)} · ${who(h)} · ${words[h.state]}`;
  find('summary').textContent = h.summary;
  find('claim').hidden = mine || h.state === 'closed';
  find('claim').textContent = h.state === 'human' ? 'Take it over' : 'Take it';
  find('close').hidden = h.state === 'closed' || (h.state === 'human' && !mine);
  find('composer').hidden = !mine;
}

const speaker = (m) => (m.role === 'user' ? 'Customer' : m.author || 'Assistant');

function sideOf(m) {
  if (m.role === 'user') return 'them';
  return m.author ? 'me' : 'me assistant';
}

function add(messages) {
  const scroll = find('scroll');
  const following = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  find('messages').append(...messages.map((m) => {
    const time = new Date(m.timestamp * 1000);
    return el('li', { class: `turn ${sideOf(m)}` },
      el('p', { class: 'name' }, speaker(m)),
      el('div', { class: 'bubble', dir: 'auto' }, el('p', {}, m.content)),
      el('time', { datetime: time.toISOString() }, clock(time)));
  }));
  if (following) scroll.scrollTop = scroll.scrollHeight;
}

// act does something to the open conversation, and shows what became of it.
async function act(name, body, key) {
  const mine = open;
  quiet();
  try {
    const record = await request('POST', ['handoffs', mine.record.id, name], { body: { agent: me.name, ...body }, key });
    if (open === mine) describe(record);
    changed();
    return true;
  } catch (failure) {
    if (open === mine && !failed(failure) && failure.kind === 'conflict') await look(mine);
    return false;
  }
}

// look shows a hand-off as it is now: somebody else has changed it.
async function look(mine) {
  changed();
  try {
    const record = await request('GET', ['handoffs', mine.record.id]);
    if (open === mine) describe(record);
  } catch (failure) {
    failed(failure);
  }
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

find('claim').addEventListener('click', claim);
find('close').addEventListener('click', () => act('close', {}));
find('composer').addEventListener('submit', reply);
find('message').addEventListener('input', grow);
find('message').addEventListener('keydown', (e) => {
  if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return;
  e.preventDefault();
  find('composer').requestSubmit();
});
