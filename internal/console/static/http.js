// A request to the concierge, and what its failure means for the person.

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

let clockOffset = 0; // milliseconds by which the server's clock is ahead

// now is the server's time in milliseconds, to about a second.
export const now = () => Date.now() + clockOffset;

// send returns a good answer or throws a Failure. Without a token nobody is named.
export async function send(method, url, { token, body, key, accept, signal } = {}) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers['Content-Type'] = 'application/json';
  if (accept) headers.Accept = accept;
  if (key) headers['Idempotency-Key'] = key;
  let response;
  try {
    response = await fetch(url, { method, headers, signal, body: body && JSON.stringify(body), credentials: 'same-origin', cache: 'no-store' });
  } catch {
    throw new Failure('network');
  }
  const date = Date.parse(response.headers.get('Date') ?? '');
  if (date && Math.abs(date - Date.now()) > 2000) clockOffset = date - Date.now();
  if (!response.ok) throw await failure(response);
  return response;
}

export async function failure(response) {
  const body = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get('Retry-After'));
  return new Failure(kinds[response.status] ?? 'other', {
    detail: typeof body.detail === 'string' ? body.detail : '',
    reason: typeof body.reason === 'string' ? body.reason : '',
    retryAfter: Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 3600) : 0,
  });
}

export async function json(response) {
  try { return await response.json(); } catch { throw new Failure('broken'); }
}

// at is the address of something in the API.
export const at = (...parts) => '/api/v1/' + parts.map(encodeURIComponent).join('/');
