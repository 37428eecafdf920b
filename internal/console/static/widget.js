// Puts the chat into any page:
//
//   <script src="https://chat.example.com/widget.js" data-token="chatToken" async></script>
//
// data-token names a function of the page that returns the signed-in customer's
// token, or a promise of it. data-label, data-position ("left"), data-color and
// data-text-color change the button. See docs/CHAT-PAGE.md.
(() => {
  'use strict';
  const script = document.currentScript;
  if (!script || window.SwipeSavvyChat) return;
  const options = { label: 'Chat with us', closeLabel: 'Close chat', newsLabel: 'new answer', ...script.dataset };
  const page = new URL('.', script.src); // the chat page lies beside this script
  const phone = matchMedia('(max-width: 30rem)');

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; position: fixed; z-index: 2147483000; inset: auto; }
    * { box-sizing: border-box; }
    .place { position: fixed; bottom: max(1.25rem, env(safe-area-inset-bottom)); inset-inline-end: 1.25rem; }
    .place.left { inset-inline: 1.25rem auto; }
    button { display: grid; place-items: center; width: 3.5rem; height: 3.5rem; border: 2px solid #fff; border-radius: 50%; cursor: pointer;
      background: var(--color, #0f6b62); color: var(--text-color, #fff); box-shadow: 0 6px 20px -4px #0007; transition: transform .15s; }
    button:hover { transform: scale(1.05); }
    button:focus-visible { outline: 3px solid var(--color, #0f6b62); outline-offset: 3px; }
    svg { width: 1.75rem; height: 1.75rem; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
    .news::after { content: ""; position: absolute; top: 0; inset-inline-end: 0; width: .9rem; height: .9rem; border-radius: 50%; background: #d92d20; border: 2px solid #fff; }
    .frame { position: fixed; bottom: 5.75rem; inset-inline-end: 1.25rem; width: min(25rem, calc(100vw - 2.5rem)); height: min(42rem, calc(100dvh - 7rem));
      border-radius: 1.25rem; overflow: hidden; box-shadow: 0 16px 48px -8px #0006, 0 0 0 1px #8884; background: Canvas; color-scheme: light dark; }
    .frame.left { inset-inline: 1.25rem auto; }
    .frame[hidden] { display: none; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    @media (max-width: 30rem) { .frame { inset: 0 !important; width: 100%; height: 100dvh; border-radius: 0; } }
    @media (prefers-reduced-motion: reduce) { button { transition: none; } button:hover { transform: none; } }
  `);

  const host = document.createElement('div');
  if (isColor(options.color)) host.style.setProperty('--color', options.color);
  if (isColor(options.textColor)) host.style.setProperty('--text-color', options.textColor);
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];
  const side = options.position === 'left' ? ' left' : '';

  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-expanded', 'false');
  button.append(drawing('M4.5 5h15A1.5 1.5 0 0 1 21 6.5v9a1.5 1.5 0 0 1-1.5 1.5H12l-5 4v-4H4.5A1.5 1.5 0 0 1 3 15.5v-9A1.5 1.5 0 0 1 4.5 5zM8 11h.01M12 11h.01M16 11h.01'));
  const place = document.createElement('div');
  place.className = 'place' + side;
  place.append(button);
  const frame = document.createElement('div');
  frame.className = 'frame' + side;
  frame.hidden = true;
  root.append(frame, place);
  let inner = null;
  name();

  button.addEventListener('click', () => (frame.hidden ? open() : close()));

  window.addEventListener('message', (event) => {
    if (!inner || event.source !== inner.contentWindow || event.origin !== page.origin) return;
    switch (event.data?.chat) {
      case 'ready': case 'token-needed': giveToken(); break;
      case 'answer': if (frame.hidden) name(true); break;
      case 'close': close(); break;
    }
  });

  function isColor(value) { return typeof value === 'string' && CSS.supports('color', value); }

  function drawing(path) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    line.setAttribute('d', path);
    svg.append(line);
    return svg;
  }

  // name says what the button does, and whether something new is behind it.
  function name(news = false) {
    button.classList.toggle('news', news);
    const label = frame.hidden ? options.label : options.closeLabel;
    button.setAttribute('aria-label', news ? `${label}, ${options.newsLabel}` : label);
    button.title = label;
  }

  // open shows the chat, loading it at the first time only.
  function open() {
    if (!inner) {
      inner = document.createElement('iframe');
      inner.title = options.label;
      inner.src = page.href;
      inner.referrerPolicy = 'no-referrer';
      inner.addEventListener('load', () => { if (!frame.hidden) { inner.focus(); tell({ chat: 'open' }); } });
      frame.append(inner);
    }
    frame.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    place.style.visibility = phone.matches ? 'hidden' : '';
    name();
    inner.focus();
    tell({ chat: 'open' });
  }

  function close() {
    if (frame.hidden) return;
    frame.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    place.style.visibility = '';
    name();
    button.focus();
  }

  // tell speaks to the chat page and to no other page that may come to be in the
  // frame: a message to another origin is not delivered.
  function tell(message) { inner?.contentWindow.postMessage(message, page.origin); }

  async function giveToken() {
    const source = options.token && window[options.token];
    if (typeof source !== 'function') return;
    try {
      const token = await source();
      if (typeof token === 'string' && token) tell({ chat: 'token', token });
    } catch (error) {
      console.error('chat: the page gave no token', error);
    }
  }

  // What the page may call: when its customer signs in or out, or from a button
  // of its own.
  window.SwipeSavvyChat = { open, close, signIn: giveToken, signOut: () => tell({ chat: 'sign-out' }) };

  const show = () => document.body.append(host);
  if (document.body) show();
  else document.addEventListener('DOMContentLoaded', show, { once: true });
})();
