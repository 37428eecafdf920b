// One review at the desk: a text that the guardrails stopped or flagged, and what a
// person decides about it.
import { announce, find } from './dom.js';
import { failed, me, quiet, request } from './desk-api.js';
import { clock } from './desk-words.js';

let open = null;
let changed = () => {};

export const openID = () => open?.id;

export function read(review, onChange) {
  open = review;
  changed = onChange;
  find('review').hidden = false;
  find('review-about').textContent = `${review.categories.join(', ')} · ${review.direction === 'input' ? 'written by customers' : 'written by the assistant'}`;
  find('review-text').textContent = review.text;
  const last = clock(new Date(review.last_seen * 1000));
  const decided = review.decided_at ? ` ${review.status} by ${review.reviewer}.` : '';
  find('review-facts').textContent = `Seen ${review.count === 1 ? 'once' : `${review.count} times`}, last ${last}. Score ${review.score.toFixed(2)}.${decided}`;
  find('note').value = review.note;
  find('review-about').focus();
}

export function leave() {
  open = null;
  find('review').hidden = true;
}

async function decide(decision) {
  const review = open;
  quiet();
  try {
    await request('POST', ['reviews', review.id], { body: { decision, note: find('note').value.trim(), reviewer: me.name.replaceAll(/[^A-Za-z0-9._@-]+/g, '-') } });
    if (open === review) leave();
    announce(decision === 'approve' ? 'It may pass from now on.' : 'It stays out.');
    changed();
  } catch (failure) {
    failed(failure);
  }
}

find('approve').addEventListener('click', () => decide('approve'));
find('confirm').addEventListener('click', () => decide('confirm'));
