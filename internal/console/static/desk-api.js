// The operators' API as the desk uses it, and what is said when it fails.
import { find } from './dom.js';
import { at, json, send } from './http.js';

// Who works at the desk. The token is kept here and nowhere else.
export const me = { name: '', token: '' };

export async function request(method, path, { query, ...options } = {}) {
  const url = at('admin', ...path) + (query ? `?${new URLSearchParams(query)}` : '');
  return json(await send(method, url, { token: me.token, ...options }));
}

const passing = {
  network: 'The concierge can’t be reached. It is tried again.',
  unavailable: 'The concierge can’t answer now. It is tried again.',
};

// failed shows a failure and says whether it ended the work at the desk.
export function failed(failure) {
  if (failure.kind === 'auth') {
    document.dispatchEvent(new Event('signed-out'));
    complain('The token is not accepted any more.');
    return true;
  }
  complain(passing[failure.kind] ?? failure.message, failure.kind in passing);
  return false;
}

// complain says what is wrong. What passes by itself is taken back by recovered.
export function complain(words, passes = false) {
  find('banner').textContent = words;
  find('banner').dataset.passes = passes ? 'yes' : '';
  find('banner').hidden = false;
}

export function recovered() { if (find('banner').dataset.passes) quiet(); }

export function quiet() { find('banner').hidden = true; }
