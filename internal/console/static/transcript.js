// The conversation on the screen: messages, what the assistant is doing, sources
// and notices. It knows nothing of requests.
import { announce, el, find, icon } from './dom.js';
import { render, safe } from './markdown.js';
import { known, text } from './strings.js';

const list = find('messages');
const scroller = find('scroll');
const latest = find('latest');

const shown = new Map(); // by message id: the element on the screen
let lastDay = '';
let lastTime = '';

// Whoever reads further up isn't pulled down.
let following = true;
scroller.addEventListener('scroll', () => {
  following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  latest.hidden = following;
}, { passive: true });
latest.addEventListener('click', () => { toEnd(); find('message').focus(); });
new ResizeObserver(() => { if (following) scroller.scrollTop = scroller.scrollHeight; }).observe(list);

export function toEnd() {
  following = true;
  latest.hidden = true;
  scroller.scrollTop = scroller.scrollHeight;
}

export const isEmpty = () => list.childElementCount === 0;
export const isShown = (id) => shown.has(id);

export function clear() {
  list.replaceChildren();
  shown.clear();
  lastDay = lastTime = '';
}

function add(node) {
  list.append(node);
  if (following) toEnd();
  return node;
}

// timeOf returns the time, once for all messages of a minute.
function timeOf(seconds) {
  const at = new Date(seconds * 1000);
  const words = at.toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' });
  const key = `${at.toDateString()} ${words}`;
  if (!seconds || key === lastTime) return '';
  lastTime = key;
  return el('time', { datetime: at.toISOString() }, words);
}

// day puts the date above the first message of another day than today.
function day(seconds) {
  const at = new Date(seconds * 1000);
  const name = at.toDateString();
  if (name === lastDay) return;
  const first = lastDay === '';
  lastDay = name;
  const today = name === new Date().toDateString();
  if (first && today) return;
  add(el('li', { class: 'day' }, today ? text.today : at.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' })));
}

// question shows what the customer said.
export function question(message, { id, timestamp } = {}) {
  if (timestamp) day(timestamp);
  const bubble = el('div', { class: 'bubble', dir: 'auto' }, el('span', { class: 'unseen' }, `${text.you} `), message);
  const node = add(el('li', { class: 'turn me' }, bubble, timestamp && timeOf(timestamp)));
  if (id) shown.set(id, node);
  let failed = null;
  return {
    node,
    text: message,
    remove: () => node.remove(),
    // fail shows why there is no answer, and the way to try again.
    fail(why, button) {
      failed?.remove();
      failed = el('div', { class: 'failed' }, el('span', {}, why), button);
      node.append(failed);
      if (following) toEnd();
      announce(why);
    },
    retry() { failed?.remove(); failed = null; },
  };
}

// answer shows an answer that is on its way; show it events, then finish it.
export function answer() {
  const activity = el('div', { hidden: true });
  const content = el('div', { class: 'content' });
  const bubble = el('div', { class: 'bubble dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i'));
  const node = add(el('li', { class: 'turn them', 'aria-busy': 'true' }, activity, bubble));
  const tools = [];
  let current = '';
  let drawn = false;
  let frame = 0;

  const draw = () => {
    frame = 0;
    if (!drawn) {
      drawn = true;
      bubble.className = 'bubble';
      bubble.dir = 'auto';
      bubble.removeAttribute('aria-hidden');
      bubble.replaceChildren(el('span', { class: 'unseen' }, `${text.assistant} `), content);
    }
    content.replaceChildren(render(current));
    if (following) toEnd();
  };
  const toolsDone = () => {
    activity.replaceChildren(...unique(tools).map((name) => activityLine(icon('check'), wordsOf(name)[1])));
  };

  return {
    node,
    show(event) {
      if (event.type === 'tool') {
        tools.push(event.tool);
        activity.hidden = false;
        toolsDone();
        activity.lastElementChild.replaceWith(activityLine(el('span', { class: 'spinner' }), wordsOf(event.tool)[0]));
        announce(wordsOf(event.tool)[0]);
        if (following) toEnd();
      }
      if (event.type === 'message') {
        current = typeof event.content === 'string' ? event.content : current + (event.delta ?? '');
        toolsDone();
        frame ||= requestAnimationFrame(draw);
      }
    },
    // finish shows the whole answer. An empty one, as while a person has the
    // conversation, leaves nothing on the screen.
    finish(reply, sources, questionNode) {
      cancelAnimationFrame(frame);
      node.removeAttribute('aria-busy');
      shown.set(reply.message_id, reply.message ? node : questionNode);
      if (!reply.message) { node.remove(); return; }
      current = reply.message;
      toolsDone();
      draw();
      extras(node, reply, sources);
      node.append(timeOf(reply.timestamp));
      announce(`${text.assistant} ${spoken(content)}`);
      if (reply.degraded) announce(text.degraded);
      if (following) toEnd();
    },
    remove() { cancelAnimationFrame(frame); node.remove(); },
  };
}

const unique = (names) => [...new Set(names)];
const wordsOf = (tool) => known(text.tools, tool, text.otherTool);
const activityLine = (sign, words) => el('p', { class: 'activity' }, sign, words);

function spoken(content) {
  return [...content.querySelectorAll('p, li')].map((n) => n.textContent.trim()).join('\n');
}

function extras(node, reply, sources) {
  if (sources.length) node.append(sourceList(sources));
  if (reply.degraded) node.append(el('p', { class: 'notice' }, icon('alert'), el('span', {}, text.degraded)));
}

// sourceList names the articles that an answer rests on.
function sourceList(sources) {
  return el('ul', { class: 'sources', role: 'list', 'aria-label': text.sources }, ...sources.map((source) => {
    const url = source.url ? safe(source.url) : null;
    return el('li', {}, icon('book'), url
      ? el('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer' }, source.title, el('span', { class: 'unseen' }, ` ${text.newWindow}`))
      : source.title);
  }));
}

// said shows a message of the stored conversation. What has an author was written
// by a person of the company, and so was what has a role that isn't known here.
export function said(message, sources = []) {
  if (message.role === 'user') {
    question(message.content, message);
    return;
  }
  day(message.timestamp);
  const human = Boolean(message.author) || message.role !== 'assistant';
  const who = human ? text.person : text.assistant;
  const content = el('div', { class: 'content' }, render(message.content));
  const node = add(el('li', { class: human ? 'turn them human' : 'turn them' },
    human && el('p', { class: 'name' }, message.author || text.personName),
    el('div', { class: 'bubble', dir: 'auto' }, el('span', { class: 'unseen' }, `${who} `), content)));
  extras(node, {}, sources);
  node.append(timeOf(message.timestamp));
  shown.set(message.id, node);
  return () => announce(`${who} ${spoken(content)}`);
}

// adopt gives a question on the screen the id that the server knows it by.
export const adopt = (id, node) => shown.set(id, node);

// precedes returns the question directly above a message on the screen.
export function above(id) {
  const node = shown.get(id)?.previousElementSibling;
  return node?.classList.contains('me') ? node : null;
}

// attach puts a card below a message, or at the end.
export function attach(card, id) {
  const node = id && shown.get(id);
  if (node) node.append(card);
  else add(el('li', { class: 'turn them' }, card));
  if (following) toEnd();
}

// event notes something that is nobody's message.
export function event(message) {
  add(el('li', { class: 'event' }, message));
  announce(message);
}
