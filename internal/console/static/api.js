// The concierge's HTTP contract, as far as the chat needs it.
import { events } from './events.js';
import { at, Failure, failure, json, now, send } from './http.js';

export { now };

// Identity says who speaks: by a token, or by the id of a demo customer.
export const identity = { userID: '', token: '' };

function request(method, path, { body, query = {}, ...rest } = {}) {
  const url = new URL(path, location.origin);
  if (!identity.token && identity.userID) query = { ...query, user_id: identity.userID };
  if (method === 'POST') body = { ...query, ...body };
  else for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return send(method, url, { ...rest, body, token: identity.token });
}

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
