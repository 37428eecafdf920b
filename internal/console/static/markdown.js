// The few marks of Markdown that answers use: **bold**, lists, and links to
// https addresses. Everything else is shown as it is. The result is made of
// elements and text nodes; no text is parsed as HTML.
import { el } from './dom.js';
import { text as words } from './strings.js';

const bullet = /^\s*[-*•]\s+(.*)$/;
const numbered = /^\s*(\d{1,3})[.)]\s+(.*)$/;

// render returns the paragraphs and lists of a text.
export function render(source) {
  const blocks = document.createDocumentFragment();
  let paragraph = [];
  let list = null;
  const endParagraph = () => {
    if (paragraph.length) blocks.append(el('p', {}, ...inline(paragraph.join('\n'))));
    paragraph = [];
  };
  const item = (tag, content, start) => {
    endParagraph();
    if (list?.tagName !== tag) {
      list = el(tag, { start: start > 1 ? start : null });
      blocks.append(list);
    }
    list.append(el('li', {}, ...inline(content)));
  };
  for (const line of source.replaceAll('\r\n', '\n').split('\n')) {
    const b = bullet.exec(line);
    const n = numbered.exec(line);
    if (b) item('UL', b[1]);
    else if (n) item('OL', n[2], Number(n[1]));
    else if (line.trim() === '') { endParagraph(); if (list?.tagName === 'UL') list = null; }
    else { list = null; paragraph.push(line); }
  }
  endParagraph();
  return blocks;
}

// One of **bold**, [label](https://...), https://...
const mark = /\*\*(?=\S)([^*\n]+?)\*\*|\[([^\]\n]{1,200})\]\((https:\/\/[^\s()<>]{1,2000})\)|(https:\/\/[^\s<>"'()[\]{}]{1,2000})/g;

function inline(source) {
  const parts = [];
  let end = 0;
  for (const m of source.matchAll(mark)) {
    const [whole, bold, name, target, bare] = m;
    let used = whole;
    let node;
    if (bold !== undefined) node = el('strong', {}, bold);
    else if (target !== undefined) node = link(target, name);
    else {
      used = bare.replace(/[.,;:!?…]+$/, '');
      node = link(used, used);
    }
    if (!node) continue;
    parts.push(source.slice(end, m.index), node);
    end = m.index + used.length;
  }
  parts.push(source.slice(end));
  return parts.filter((p) => p !== '');
}

// link returns a link, or null for an address that must not be one. A label that
// doesn't name the address's host gets it in brackets, so that nobody is led
// somewhere else than they think.
export function link(address, name) {
  const url = safe(address);
  if (!url) return null;
  const anchor = el('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow' },
    name, el('span', { class: 'unseen' }, ` ${words.newWindow}`));
  if (name.toLowerCase().includes(url.hostname)) return anchor;
  return el('span', {}, anchor, el('span', { class: 'host' }, ` (${url.hostname})`));
}

// safe parses an https address without credentials, or returns null.
export function safe(address) {
  let url;
  try { url = new URL(address); } catch { return null; }
  return url.protocol === 'https:' && !url.username && !url.password ? url : null;
}
