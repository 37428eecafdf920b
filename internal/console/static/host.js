// Talking to the page that this one is embedded in. Both sides look at the
// origin of every message: a token is taken only from an origin that the
// company has listed, or from a page of our own.
//
//   to the embedding page:   {chat: "ready" | "token-needed" | "answer" | "close"}
//   from the embedding page: {chat: "token", token} | {chat: "sign-out"} | {chat: "open"}

export const embedded = window.parent !== window;

// listen calls on(type, message) for each message that may be believed.
export function listen(origins, on) {
  window.addEventListener('message', (event) => {
    const known = event.source === window.parent || event.source === window;
    const allowed = event.origin === location.origin || origins.includes(event.origin);
    const message = event.data;
    if (!known || !allowed || !message || typeof message.chat !== 'string') return;
    on(message.chat, message);
  });
}

// tell sends a message that holds nothing but its type, so that it doesn't matter
// who embeds.
export function tell(type) {
  if (embedded) window.parent.postMessage({ chat: type }, '*');
}
