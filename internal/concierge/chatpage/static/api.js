// The concierge's HTTP contract, as far as the page needs it.
import { events } from './events.js';

// Failure is any request that got no good answer. Kind says what that means for
// the person: network (nobody answered), broken (an answer broke off), auth,
// missing, busy, unavailable, timeout, conflict, or other.
export class Failure extends Error {
  constructor(kind, { detail = '', reason = '', retryAfter = 0 } = {}) {
    super(detail || kind);
    Object.assign(this, { kind, detail, reason, retryAfter });
  }
}

const kinds = { 401: 'auth', 403: 'auth', 404: 'missing', 408: 'timeout', 409: 'conflict', 429: 'busy', 502: 'unavailable', 503: 'unavailable', 504: 'timeout' };

// Identity says who speaks: by a token, or by the id of a demo customer.
export const identity = { userID: '', token: '' };

let clockOffset = 0; // milliseconds by which the server's clock is ahead

// now is the server's time in milliseconds, to about a second.
export const now = () => Date.now() + clockOffset;

async function request(method, path, { body, key, query = {}, accept } = {}) {
  const url = new URL(path, location.origin);
  if (!identity.token && identity.userID) query = { ...query, user_id: identity.userID };
  if (method === 'POST') body = { ...query, ...body };
  else for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const headers = {};
  if (identity.token) headers.Authorization = `Bearer ${identity.token}`;
  if (body) headers['Content-Type'] = 'application/json';
  if (accept) headers.Accept = accept;
  if (key) headers['Idempotency-Key'] = key;
  let response;
  try {
    response = await fetch(url, { method, headers, body: body && JSON.stringify(body), credentials: 'same-origin', cache: 'no-store' });
  } catch {
    throw new Failure('network');
  }
  const date = Date.parse(response.headers.get('Date') ?? '');
  if (date && Math.abs(date - Date.now()) > 2000) clockOffset = date - Date.now();
  if (!response.ok) throw await failure(response);
  return response;
}

async function failure(response) {
  const body = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get('Retry-After'));
  return new Failure(kinds[response.status] ?? 'other', {
    detail: typeof body.detail === 'string' ? body.detail : '',
    reason: typeof body.reason === 'string' ? body.reason : '',
    retryAfter: Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 3600) : 0,
  });
}

async function json(response) {
  try { return await response.json(); } catch { throw new Failure('broken'); }
}

const at = (...parts) => '/api/v1/' + parts.map(encodeURIComponent).join('/');

// chat sends a message and calls onEvent with each event of its answer. It
// returns the whole reply.
export async function chat({ message, session, key }, onEvent) {
  const response = await request('POST', at('chat'), {
    key, accept: 'text/event-stream',
    body: { message, session_id: session, stream: true, context: { timezone: Intl.DateTimeFormat().resolvedOptions().timeZone } },
  });
  let reply = null;
  try {
    for await (const event of events(response.body)) {
      if (event.type === 'error') throw new Failure(streamKinds[event.error] ?? 'other', { detail: event.detail });
      if (event.type === 'done') reply = event;
      else onEvent(event);
    }
  } catch (error) {
    throw error instanceof Failure ? error : new Failure('broken');
  }
  if (!reply) throw new Failure('broken');
  return reply;
}

const streamKinds = { RateLimitError: 'busy', ConnectionError: 'unavailable', TimeoutError: 'timeout', NotFoundError: 'missing', ConflictError: 'conflict' };

export const conversation = async (session) => json(await request('GET', at('conversations', session)));
export const erase = (session) => request('DELETE', at('conversations', session));
export const action = async (id) => json(await request('GET', at('actions', id)));

// decide confirms or cancels an action: exactly what was shown, by its digest.
export const decide = async (id, verb, digest, key) =>
  json(await request('POST', at('actions', id, verb), { key, body: digest ? { digest } : {} }));

export async function settings() {
  let response;
  try { response = await fetch('/chat/config.json', { cache: 'no-cache' }); } catch { throw new Failure('network'); }
  if (!response.ok) throw await failure(response);
  return json(response);
}
