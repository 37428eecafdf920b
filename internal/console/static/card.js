// The card of an action that waits for the customer's yes. What the card says of
// the action's state always comes from the server.
import * as api from './api.js';
import { announce, el, icon, randomKey } from './dom.js';
import { known, text } from './strings.js';

const looks = { executed: ['good', 'check'], executing: ['', 'clock'], refused: ['bad', 'alert'], unknown: ['', 'clock'] };

// actionCard shows an action. onSettled is called once it no longer waits, with
// whether the card had the keyboard's focus.
export function actionCard(action, onSettled) {
  const key = randomKey(); // one press is one request, however often it is sent
  const kind = known(text.actions, action.kind, text.otherAction);
  const titleId = `title-${action.id}`;
  const summaryId = `summary-${action.id}`;
  const left = el('span', { class: 'left', role: 'timer', 'aria-live': 'off' });
  const confirm = el('button', { type: 'button', class: 'first', 'aria-describedby': summaryId, onclick: () => decide('confirm') }, text.confirm);
  const cancel = el('button', { type: 'button', class: 'plain', 'aria-describedby': summaryId, onclick: () => decide('cancel') }, text.cancel);
  const buttons = el('div', { class: 'choice' }, confirm, cancel);
  const problem = el('div', { class: 'result bad', hidden: true });
  const card = el('section', { class: 'action', 'aria-labelledby': titleId },
    el('div', { class: 'head' }, icon(kind[0]), el('h2', { id: titleId }, kind[1]), left),
    el('p', { class: 'summary', id: summaryId, dir: 'auto' }, action.summary),
    problem, buttons);
  let timer;
  let busy = false;

  async function decide(verb) {
    if (busy) return;
    setBusy(true);
    problem.hidden = true;
    announce(text.status.sending);
    try {
      settle(await api.decide(action.id, verb, action.digest, key));
    } catch (failure) {
      await afterFailure(failure);
    } finally {
      setBusy(false);
    }
  }

  // What became of the press only the server knows: it may have arrived although
  // its answer didn't.
  async function afterFailure(failure) {
    let current = null;
    try {
      current = await api.action(action.id);
    } catch (second) {
      if (second.kind === 'missing') current = { status: 'unknown' };
    }
    if (current && current.status !== 'pending') {
      settle({ ...current, detail: current.detail || failure.detail });
      return;
    }
    showProblem(failure.detail || text.errors[failure.kind] || text.errors.other);
  }

  function showProblem(message) {
    problem.replaceChildren(icon('alert'), el('span', {}, message));
    problem.hidden = false;
    announce(message);
  }

  function setBusy(on) {
    busy = on;
    for (const button of [confirm, cancel]) button.setAttribute('aria-disabled', String(on));
  }

  // settle shows the action's state in place of the buttons.
  function settle(current) {
    if (current.status === 'pending') return;
    clearInterval(timer);
    const focused = card.contains(document.activeElement);
    const [tone, sign] = known(looks, current.status, ['', 'cross']);
    const message = words(current);
    const result = el('div', { class: `result ${tone}` }, icon(sign), el('span', {}, message));
    left.textContent = '';
    problem.remove();
    if (current.status === 'executing') {
      buttons.replaceChildren(el('button', { type: 'button', class: 'plain', onclick: refresh }, text.checkAgain));
      card.querySelector('.result')?.remove();
      buttons.before(result);
    } else {
      card.querySelector('.result')?.remove();
      buttons.replaceWith(result);
    }
    announce(message);
    onSettled(focused);
  }

  async function refresh() {
    try {
      const current = await api.action(action.id);
      settle(current);
      return current;
    } catch (failure) {
      if (failure.kind === 'missing') settle({ status: 'unknown' });
      return null; // not known now; the buttons find out
    }
  }

  function tick() {
    const seconds = Math.ceil(action.expires_at - api.now() / 1000);
    left.textContent = seconds > 0 ? text.expiresIn(clock(seconds)) : '';
    if (seconds > 0) return;
    clearInterval(timer);
    refresh().then((current) => {
      if (current?.status !== 'pending') return;
      setTimeout(() => { timer = setInterval(tick, 1000); }, 1000); // the server's clock is a little behind
    });
  }

  if (action.status && action.status !== 'pending') {
    settle(action);
  } else {
    timer = setInterval(tick, 1000);
    tick();
  }
  return { node: card, id: action.id, refresh };
}

function words(current) {
  if (current.status === 'executed' && current.receipt?.reference) return text.doneWith(current.receipt.reference);
  if (current.status === 'refused' && current.detail) return sentence(current.detail);
  return known(text.status, current.status, text.status.unknown);
}

function sentence(detail) {
  return detail.charAt(0).toUpperCase() + detail.slice(1) + (/[.!?]$/.test(detail) ? '' : '.');
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
