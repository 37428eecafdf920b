// The desk of the people who stand behind the assistant: conversations that want a
// person, and texts to review. It speaks the operators' API and nothing else.
import { announce, el, find } from './dom.js';
import { complain, failed, me, quiet, recovered, request } from './desk-api.js';
import * as conversation from './desk-conversation.js';
import * as review from './desk-review.js';
import { clock, isUrgent, reasonOf, who } from './desk-words.js';

const refreshEvery = 3000; // milliseconds between two looks at a list
const pageSize = 50;

// The lists. Those who wait longest stand first, otherwise what is newest.
const handoffs = (state) => ({ path: 'handoffs', query: { state }, of: (page) => page.handoffs, row: handoffRow, time: (h) => h.requested_at, read: conversation.read });
const lists = {
  waiting: { ...handoffs('waiting'), none: 'Nobody waits.', oldestFirst: true },
  human: { ...handoffs('human'), none: 'Nobody is being helped.', oldestFirst: true },
  closed: { ...handoffs('closed'), none: 'Nothing here yet.' },
  reviews: { path: 'reviews', query: { status: 'pending' }, of: (page) => page.reviews, row: reviewRow, time: (r) => r.last_seen, read: review.read, none: 'Nothing to review.' },
};

let list = lists.waiting;
let shown = []; // what is in it, newest first
let before = ''; // where its next page begins
let timer = 0;
let waitingBefore = null; // the ids of those who waited at the last look

const load = (l, query) => request('GET', [l.path], { query: { ...l.query, limit: pageSize, ...query } });

// Signing in and out.

async function signIn(event) {
  event.preventDefault();
  me.name = find('name').value.trim();
  me.token = find('token').value.trim();
  quiet();
  try {
    await load(lists.waiting, { limit: 1 });
  } catch (failure) {
    me.token = '';
    complain(failure.kind === 'auth' ? 'This token was not accepted.' : failure.message);
    return;
  }
  localStorage.setItem('desk-name', me.name);
  find('token').value = '';
  seated(true);
  await show('waiting');
}

function signOut() {
  me.token = '';
  clearTimeout(timer);
  leave();
  shown = [];
  waitingBefore = null;
  find('list').replaceChildren();
  document.title = untitled();
  seated(false);
  find('token').focus();
}

function seated(on) {
  find('sign-in').hidden = on;
  find('inbox').hidden = find('sign-out').hidden = !on;
  find('state').textContent = on ? `Desk · ${me.name}` : 'Desk';
}

// The list.

async function show(name) {
  list = lists[name];
  for (const tab of document.querySelectorAll('[data-list]')) tab.setAttribute('aria-pressed', String(tab.dataset.list === name));
  shown = [];
  before = '';
  find('list').replaceChildren();
  await refresh();
}

// refresh looks at the list again and again, and at who waits whichever it is.
async function refresh() {
  clearTimeout(timer);
  if (!me.token) return;
  try {
    const wanted = list;
    const page = await load(wanted);
    count(wanted === lists.waiting ? page : await load(lists.waiting));
    if (wanted === list) fill(page);
    recovered();
  } catch (failure) {
    if (failed(failure)) return;
  }
  clearTimeout(timer); // another refresh may have been faster
  timer = setTimeout(refresh, document.hidden ? 4 * refreshEvery : refreshEvery);
}

const untitled = () => document.title.replace(/^\(\d+\+?\) /, '');

// count shows how many wait, in the tab's and the window's title.
function count({ handoffs: waiting, next }) {
  const ids = new Set(waiting.map((h) => h.id));
  if (waitingBefore && waiting.some((h) => !waitingBefore.has(h.id))) announce('Somebody new is waiting.');
  waitingBefore = ids;
  const number = ids.size ? ` (${ids.size}${next ? '+' : ''})` : '';
  document.title = `${number.trim()} ${untitled()}`.trim();
  document.querySelector('[data-list="waiting"]').textContent = `Waiting${number}`;
}

// fill shows the newest page of a list, and keeps what was loaded behind it.
function fill(page) {
  const rows = list.of(page);
  const end = list.time(rows.at(-1) ?? { requested_at: Infinity, last_seen: Infinity });
  const older = page.next && shown.length > pageSize ? shown.filter((r) => list.time(r) < end) : [];
  shown = [...rows, ...older];
  if (!older.length) before = page.next ?? '';
  draw();
}

async function loadOlder() {
  try {
    const page = await load(list, { before });
    shown = [...shown, ...list.of(page)];
    before = page.next ?? '';
    draw();
  } catch (failure) {
    failed(failure);
  }
}

function draw() {
  const focused = document.activeElement?.dataset.id;
  find('list').replaceChildren(...(list.oldestFirst ? shown.toReversed() : shown).map((r) => row(r, list.row(r))));
  if (focused) focusRow(focused);
  find('none').textContent = list.none;
  find('none').hidden = shown.length > 0;
  find('older').hidden = !before;
}

const focusRow = (id) => find('list').querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus();
const openID = () => conversation.openID() ?? review.openID();

function row(r, { title, urgent, small }) {
  const at = new Date(list.time(r) * 1000);
  return el('li', {}, el('button', { type: 'button', 'data-id': r.id, 'aria-current': openID() === r.id && 'true', onclick: () => open(r) },
    el('span', { class: 'top' }, el('span', { class: urgent && 'urgent' }, title), el('time', { datetime: at.toISOString() }, clock(at))),
    ...small.map((words) => el('small', {}, words))));
}

function handoffRow(h) {
  return { title: reasonOf(h), urgent: isUrgent(h), small: [h.agent ? `${who(h)}, with ${h.agent}` : who(h), h.summary] };
}

function reviewRow(r) {
  return { title: r.categories.join(', '), small: [r.text] };
}

// What is open beside the list.

function open(r) {
  leave();
  document.body.classList.add('reading');
  list.read(r, changed);
  draw();
}

// changed is called after something was done to what is open, which may have ended it.
function changed() {
  if (!openID()) document.body.classList.remove('reading');
  refresh();
}

function leave() {
  conversation.leave();
  review.leave();
  document.body.classList.remove('reading');
}

function back() {
  const id = openID();
  leave();
  draw();
  if (id) focusRow(id);
}

find('name').value = localStorage.getItem('desk-name') ?? '';
find(find('name').value ? 'token' : 'name').focus();
find('sign-in').addEventListener('submit', signIn);
find('sign-out').addEventListener('click', signOut);
find('older').addEventListener('click', loadOlder);
for (const tab of document.querySelectorAll('[data-list]')) tab.addEventListener('click', () => show(tab.dataset.list));
for (const button of document.querySelectorAll('.back')) button.addEventListener('click', back);
document.addEventListener('signed-out', signOut);
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
