// The chat page: who speaks, one conversation at a time, and what happens to a
// message from being sent to being answered.
import * as api from './api.js';
import { actionCard } from './card.js';
import { announce, el, find, label, randomKey } from './dom.js';
import * as host from './host.js';
import { remember, remembered } from './memory.js';
import { text } from './strings.js';
import * as transcript from './transcript.js';
import * as welcome from './welcome.js';

const composer = find('composer');
const input = find('message');
const banner = find('banner');

const tokenPatience = 4000; // milliseconds to wait for the embedding page's token
const pollEvery = 3000; // milliseconds between looks at a conversation that a person has
const keyLasts = 20 * 60 * 60 * 1000; // the server remembers a message's key for a day

let config = { title: '', token_required: false, demo_customers: [], embed_origins: [] };
let entered = false; // it is settled who speaks
let busy = false; // a message is on its way
let turn = 0; // counts messages sent and conversations left, so that late answers are known
let handoff = null;
let card = null; // of the action that waits
let failed = null; // retries the message that could not be sent
let pollTimer = 0;
let tokenTimer = 0;

// unanswered are questions that got an empty answer, because a person has the
// conversation, by their text.
const unanswered = new Map();

start();

async function start() {
  label(text);
  document.body.classList.toggle('embedded', host.embedded);
  wire();
  refreshSend();
  for (;;) {
    try { config = await api.settings(); break; } catch { await reachable(text.errors.network); }
  }
  hideBanner();
  host.listen(config.embed_origins, onHost);
  host.tell('ready');
  if (config.token_required) needToken('');
  else if (config.demo_customers.length && remembered.customer === undefined && !api.identity.token) choose();
  else enter(remembered.customer ?? '');
}

// reachable shows a problem and waits before the next attempt.
function reachable(problem) {
  showBanner(problem);
  return new Promise((resolve) => {
    window.addEventListener('online', resolve, { once: true });
    setTimeout(resolve, 5000);
  });
}

// Who speaks.

function choose() {
  leave();
  welcome.pick(config.demo_customers, (customer) => {
    remember({ customer: customer.id });
    enter(customer.id);
    focusInput();
  });
}

// needToken gets one from the embedding page, or from the person.
function needToken(problem) {
  host.tell('token-needed');
  const ask = () => {
    leave();
    const field = welcome.askToken(problem, (token) => { if (token) useToken(token); });
    if (!host.embedded) field.focus();
  };
  clearTimeout(tokenTimer);
  if (!host.embedded) { ask(); return; }
  if (transcript.isEmpty()) welcome.wait(text.tokenWaiting);
  tokenTimer = setTimeout(ask, tokenPatience);
}

function useToken(token) {
  clearTimeout(tokenTimer);
  api.identity.token = token;
  if (entered && remembered.owner === ownerOf(token)) { // a fresh token of the same customer
    failed?.();
    return;
  }
  enter('');
}

function onHost(type, message) {
  if (type === 'token' && typeof message.token === 'string' && message.token) useToken(message.token);
  if (type === 'sign-out') signOut();
  if (type === 'open') focusInput();
}

function signOut() {
  api.identity.token = '';
  remember({ owner: undefined, customer: undefined });
  forget();
  if (config.token_required) needToken('');
  else if (config.demo_customers.length) choose();
  else enter('');
}

// ownerOf reads whose token it is, only to tell whether the conversation on the
// screen is theirs. Whether to believe the token the server decides.
function ownerOf(token) {
  try {
    return 'token:' + JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).sub;
  } catch {
    return 'token';
  }
}

// leave empties the screen until it is settled again who speaks.
function leave() {
  entered = false;
  drop();
  showIdentity();
}

// drop takes the conversation off the screen. An answer that is still on its way
// is not waited for.
function drop() {
  turn++;
  unanswered.clear();
  transcript.clear();
  card = failed = null;
  stopWaiting();
  setBusy(false);
}

// enter goes on with the conversation of whoever speaks now, or begins one.
async function enter(customer) {
  leave();
  api.identity.userID = api.identity.token ? '' : customer;
  const owner = api.identity.token ? ownerOf(api.identity.token) : `demo:${customer}`;
  if (remembered.owner !== owner || !remembered.session) {
    remember({ owner });
    forget();
  }
  entered = true;
  showIdentity();
  refreshSend();
  await restore();
}

function person() {
  return config.demo_customers.find((c) => c.id === api.identity.userID)?.name ?? '';
}

// showIdentity shows who speaks. Until that is settled there is nothing to write.
function showIdentity() {
  find('foot').hidden = find('more').hidden = !entered;
  const demo = config.demo_customers.length > 0 && !config.token_required && !api.identity.token;
  const identity = find('identity');
  identity.hidden = !demo || !entered;
  identity.textContent = person() ? text.signedInAs(person()) : text.visiting;
  find('switch').hidden = identity.hidden;
}

// The conversation.

function forget() {
  remember({ session: randomKey(), waiting: null, sources: {}, opened: false });
  drop();
}

function greet() {
  const visitor = !api.identity.token && !api.identity.userID;
  welcome.greet(person(), visitor, say);
}

// restore shows what the server has of the conversation, and sends again what
// was not answered when the page was left.
async function restore() {
  const { session, waiting } = remembered;
  welcome.hide();
  if (!remembered.opened) { greet(); return; }
  try {
    await sync({ quiet: true });
  } catch (failure) {
    if (session !== remembered.session) return;
    if (failure.kind === 'auth') { expired(failure); return; }
    if (failure.kind !== 'missing') {
      showBanner(text.notLoaded, el('button', { type: 'button', onclick: () => { hideBanner(); restore(); } }, text.retry));
      return;
    }
    if (!waiting) forget();
  }
  if (session !== remembered.session) return;
  if (waiting && Date.now() - waiting.at < keyLasts) resume(waiting);
  else if (transcript.isEmpty()) greet();
  transcript.toEnd();
}

function resume(waiting) {
  const question = transcript.question(waiting.text);
  exchange(question, waiting);
}

// sync adds what the server has and the screen hasn't.
async function sync({ quiet = false } = {}) {
  const session = remembered.session;
  const stored = await api.conversation(session);
  if (session !== remembered.session || busy) return;
  const messages = Array.isArray(stored.messages) ? stored.messages : [];
  if (live(stored.handoff)) setHandoff(stored.handoff); // who joins comes before what they say
  let news = false;
  messages.forEach((m, i) => {
    if (transcript.isShown(m.id) || ownQuestion(m, messages[i + 1])) return;
    if (!m.content) return;
    const speak = transcript.said(m, remembered.sources?.[m.id] ?? []);
    if (!quiet) { speak?.(); news = news || m.role !== 'user'; }
  });
  if (news) host.tell('answer');
  if (stored.pending_action && card?.id !== stored.pending_action.id) showAction(stored.pending_action, messages.at(-1)?.id);
  else if (stored.pending_action === null && card) card.refresh();
  if (!live(stored.handoff)) setHandoff(null);
}

// ownQuestion finds a stored question among those that are on the screen since
// they were sent, and don't know their id yet.
function ownQuestion(message, next) {
  if (message.role !== 'user') return false;
  const node = next && transcript.isShown(next.id) ? transcript.above(next.id) : unanswered.get(message.content);
  if (!node) return false;
  unanswered.delete(message.content);
  transcript.adopt(message.id, node);
  return true;
}

function say(message) {
  const words = message.trim();
  if (!words || busy || !entered) return false;
  welcome.hide();
  failed = null;
  const waiting = { key: randomKey(), text: words, at: Date.now() };
  remember({ waiting, opened: true });
  transcript.toEnd();
  exchange(transcript.question(words, { timestamp: api.now() / 1000 }), waiting);
  return true;
}

// exchange sends a message and shows its answer. The same message sent again has
// the same key, so that the server answers and acts once.
async function exchange(question, waiting) {
  const session = remembered.session;
  const mine = ++turn;
  const current = () => mine === turn;
  setBusy(true);
  question.retry();
  let answer = transcript.answer();
  try {
    const reply = await withSecondTry(waiting, session, (event) => { if (current()) answer.show(event); });
    if (!current()) return;
    finish(question, answer, reply);
    answer = null;
  } catch (failure) {
    if (!current()) return;
    answer.remove();
    answer = null;
    explain(question, waiting, failure);
  } finally {
    answer?.remove();
    if (current()) setBusy(false);
  }
}

// withSecondTry asks again at once, a single time, when an answer broke off.
async function withSecondTry(waiting, session, onEvent) {
  const message = { message: waiting.text, session, key: waiting.key };
  try {
    return await api.chat(message, onEvent);
  } catch (failure) {
    if (failure.kind !== 'broken') throw failure;
    return api.chat(message, onEvent);
  }
}

function finish(question, answer, reply) {
  failed = null;
  const sources = Array.isArray(reply.citations) ? reply.citations : [];
  remember({ waiting: null, sources: sources.length ? { ...remembered.sources, [reply.message_id]: sources } : remembered.sources });
  if (transcript.isShown(reply.message_id)) { // it had arrived before the page was left
    answer.remove();
    question.remove();
    return;
  }
  if (!reply.message) { // a person has the conversation; the id may be the question's own
    unanswered.set(question.text, question.node);
  }
  answer.finish(reply, sources, question.node);
  if (reply.pending_action) showAction(reply.pending_action, reply.message_id);
  else card?.refresh(); // the words may have been a yes or a no to it
  setHandoff(live(reply.handoff));
  host.tell('answer');
}

// explain says why there is no answer, and how to get one.
function explain(question, waiting, failure) {
  const again = () => { failed = null; exchange(question, waiting); };
  if (failure.kind === 'missing' && !waiting.moved) { // the conversation is gone, or was another customer's
    remember({ session: randomKey(), waiting: { ...waiting, key: randomKey(), moved: true }, sources: {} });
    exchange(question, remembered.waiting);
    return;
  }
  failed = again;
  const button = el('button', { type: 'button', onclick: () => { if (button.getAttribute('aria-disabled') !== 'true') again(); } }, text.retry);
  const offline = failure.kind === 'network' && !navigator.onLine;
  const known = text.errors[failure.kind];
  const words = offline ? text.offline : `${known ?? text.errors.other}${known || !failure.detail ? '' : ` ${failure.detail}`}`;
  if (failure.kind === 'auth') { question.fail(text.notSent, button); expired(failure); return; }
  question.fail(words, button);
  if (failure.retryAfter) countDown(button, failure.retryAfter);
}

function countDown(button, seconds) {
  const until = Date.now() + seconds * 1000;
  button.setAttribute('aria-disabled', 'true');
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (!button.isConnected && left < seconds) return;
    if (left > 0) {
      button.textContent = text.retryIn(left);
      setTimeout(tick, 250);
      return;
    }
    button.removeAttribute('aria-disabled');
    button.textContent = text.retry;
    announce(text.canRetry);
  };
  tick();
}

// expired gets a new token. Without one there is nothing to do but sign in.
function expired(failure) {
  if (host.embedded) { host.tell('token-needed'); showBanner(text.tokenAgain); return; }
  if (config.token_required || api.identity.token) {
    api.identity.token = '';
    remember({ owner: undefined });
    needToken(failure.reason === 'expired' ? text.tokenAgain : text.tokenWrong);
    return;
  }
  showBanner(failure.detail || text.errors.other);
}

// Actions and hand-off.

function showAction(action, messageId) {
  const shownFor = remembered.session;
  card?.refresh(); // a newer request has replaced it
  const created = actionCard(action, async (focused) => {
    if (focused) input.focus();
    if (card === created) card = null;
    if (shownFor !== remembered.session) return;
    try { await sync(); } catch { /* the card itself says what happened */ }
  });
  card = created;
  transcript.attach(card.node, messageId);
  announce(text.confirmAsk(action.summary));
}

// setHandoff shows how far the way to a person is, and looks for their words.
function setHandoff(next) {
  const before = stateOf(handoff);
  handoff = next;
  const after = stateOf(handoff);
  if (before !== after) {
    if (after === 'waiting') { showBanner(text.handoffAsked); banner.classList.add('calm'); }
    if (after === 'human') { hideBanner(); transcript.event(text.handoffHuman); }
    if (after === '') { hideBanner(); transcript.event(before === 'human' ? text.handoffLeft : text.handoffEnded); }
  }
  showState();
  clearTimeout(pollTimer);
  if (handoff) pollTimer = setTimeout(poll, pollEvery);
}

// live returns a hand-off that still goes on, or null.
const live = (h) => (h && stateOf(h) !== 'closed' ? h : null);

function stateOf(h) {
  if (!h) return '';
  const state = h.status ?? h.state ?? 'waiting';
  return ['human', 'closed'].includes(state) ? state : 'waiting';
}

async function poll() {
  if (document.hidden && !host.embedded) return; // goes on when it is looked at again
  const last = handoff;
  try {
    if (!busy) await sync();
  } catch (failure) {
    if (failure.kind === 'missing') { setHandoff(null); return; }
  }
  clearTimeout(pollTimer);
  if (handoff && last) pollTimer = setTimeout(poll, pollEvery);
}

function stopWaiting() {
  clearTimeout(pollTimer);
  handoff = null;
  hideBanner();
  showState();
}

// The frame.

function showState() {
  const words = { human: text.stateHuman, waiting: text.stateWaiting, '': text.stateAssistant }[stateOf(handoff)];
  find('person').hidden = handoff !== null;
  find('assistant').hidden = handoff === null;
  find('state').textContent = !navigator.onLine ? text.stateOffline : busy && !handoff ? text.stateTyping : words;
}

function showBanner(message, button) {
  banner.classList.remove('calm');
  banner.replaceChildren(message, ...(button ? [' ', button] : []));
  banner.hidden = false;
}

function hideBanner() {
  banner.hidden = true;
  banner.replaceChildren();
}

function setBusy(on) {
  busy = on;
  showState();
  refreshSend();
}

function refreshSend() {
  const off = busy || !entered || !input.value.trim();
  find('send').setAttribute('aria-disabled', String(off));
  for (const id of ['person', 'assistant']) find(id).setAttribute('aria-disabled', String(busy || !entered));
}

function focusInput() {
  // On a phone the focus would open the keyboard over the greeting.
  if (!matchMedia('(pointer: coarse)').matches) input.focus();
}

function grow() {
  input.style.height = 'auto';
  input.style.height = `${input.scrollHeight}px`;
  refreshSend();
}

function submit() {
  if (!say(input.value)) return;
  input.value = '';
  grow();
}

function wire() {
  composer.addEventListener('submit', (e) => { e.preventDefault(); submit(); input.focus(); });
  input.addEventListener('input', grow);
  input.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return;
    e.preventDefault();
    submit();
  });
  find('person').addEventListener('click', () => { say(text.askPerson); input.focus(); });
  find('assistant').addEventListener('click', () => { say(text.askAssistant); input.focus(); });

  const menu = find('menu');
  menu.addEventListener('toggle', (e) => {
    find('more').setAttribute('aria-expanded', String(e.newState === 'open'));
  });
  find('restart').addEventListener('click', () => {
    menu.hidePopover();
    if (!entered) return;
    forget();
    greet();
    announce(text.newStarted);
    input.focus();
  });
  find('switch').addEventListener('click', () => {
    menu.hidePopover();
    remember({ customer: undefined, owner: undefined });
    choose();
    find('welcome').querySelector('button')?.focus();
  });
  find('erase').addEventListener('click', () => { menu.hidePopover(); if (entered) find('ask-erase').showModal(); });
  const ask = find('ask-erase');
  ask.addEventListener('close', () => { if (ask.returnValue === 'erase') erase(); ask.returnValue = ''; });

  find('close').hidden = !host.embedded;
  find('close').addEventListener('click', () => host.tell('close'));
  document.addEventListener('keydown', (e) => {
    if (e.key === 'Escape' && !e.defaultPrevented && !menu.matches(':popover-open') && !find('ask-erase').open) host.tell('close');
  });

  window.addEventListener('offline', () => { showState(); announce(text.stateOffline); });
  window.addEventListener('online', () => { showState(); if (failed && !busy) failed(); });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    card?.refresh();
    if (handoff) poll();
  });
}

async function erase() {
  const session = remembered.session;
  try {
    await api.erase(session);
  } catch (failure) {
    if (failure.kind !== 'missing') { // what isn't there is erased
      if (failure.kind === 'auth') expired(failure);
      else showBanner(text.notErased);
      return;
    }
  }
  if (session !== remembered.session) return;
  forget();
  greet();
  announce(text.erased);
  input.focus();
}
