// Small helpers that make elements. All text becomes text nodes: nothing that
// comes from a server or a person is ever read as markup.

const svgNamespace = 'http://www.w3.org/2000/svg';

export const find = (id) => document.getElementById(id);

// el makes an element. Properties beginning with "on" are listeners, the others
// attributes; null and false leave one out.
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(svgNamespace, 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

const announcer = find('announcer');

// announce lets a screen reader say something without moving the focus. What is
// said in quick succession is said together.
let waiting = [];
export function announce(message) {
  if (!message) return;
  waiting.push(message);
  if (waiting.length > 1) return;
  announcer.replaceChildren();
  requestAnimationFrame(() => {
    announcer.replaceChildren(...waiting.map((w) => el('p', {}, w)));
    waiting = [];
  });
}

// label fills in the fixed texts of the page.
export function label(text) {
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = text[node.dataset.text];
  for (const node of document.querySelectorAll('[data-label]')) {
    node.setAttribute('aria-label', text[node.dataset.label]);
    if (node.tagName === 'BUTTON') node.title = text[node.dataset.label];
  }
  for (const node of document.querySelectorAll('[data-placeholder]')) node.placeholder = text[node.dataset.placeholder];
}

// randomKey returns 128 random bits. randomUUID exists on secure origins only.
export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}
