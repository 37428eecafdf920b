// What is shown before there is a conversation: a greeting with suggestions, the
// choice of a demo customer, or the request for a token.
import { el, find, icon } from './dom.js';
import { text } from './strings.js';

const place = find('welcome');

export function hide() { place.replaceChildren(); }

// greet shows the greeting. A visitor is offered what needs no account.
export function greet(name, visitor, ask) {
  const suggestions = visitor ? text.visitorSuggestions : text.suggestions;
  place.replaceChildren(el('div', { class: 'hello' },
    el('h2', {}, text.hello(name.split(' ')[0])),
    el('p', {}, visitor ? text.helloVisitor : text.helloText),
    el('ul', { class: 'options', role: 'list', 'aria-label': text.suggestionsLabel }, ...suggestions.map((s) =>
      el('li', {}, el('button', { type: 'button', onclick: () => ask(s.text) }, icon(s.icon), s.text))))));
}

// pick asks whom to be.
export function pick(customers, chosen) {
  const option = (customer, name, note) => el('li', {}, el('button', { type: 'button', onclick: () => chosen(customer) },
    el('span', { class: 'initial', 'aria-hidden': 'true' }, name.charAt(0)), el('span', {}, name, el('small', {}, note))));
  place.replaceChildren(el('div', { class: 'hello' },
    el('h2', { tabindex: '-1' }, text.pickTitle),
    el('p', {}, text.pickText),
    el('ul', { class: 'options', role: 'list' },
      ...customers.map((c) => option(c, c.name, text.pickDemo)),
      option({ id: '', name: '' }, text.pickVisitor, text.pickVisitorText))));
}

// askToken asks for a token where no embedding page gives one.
export function askToken(problem, use) {
  const input = el('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', maxlength: '8192', required: true });
  place.replaceChildren(el('div', { class: 'hello' },
    el('h2', {}, text.tokenTitle),
    el('p', {}, text.tokenText),
    problem && el('p', { class: 'notice', role: 'alert' }, icon('alert'), el('span', {}, problem)),
    el('form', { class: 'field', onsubmit: (e) => { e.preventDefault(); use(input.value.trim()); } },
      el('label', { for: 'token' }, text.tokenLabel), input, el('button', { class: 'first' }, text.tokenUse))));
  return input;
}

export function wait(message) {
  place.replaceChildren(el('div', { class: 'hello' }, el('p', { class: 'activity' }, el('span', { class: 'spinner' }), message)));
}
