// What the desk calls things.

const reasons = {
  human_request: 'Asked for a person', fraud: 'Possible fraud', dispute: 'Disputed payment', legal: 'Legal matter',
  high_value: 'Order to check', low_confidence: 'Assistant unsure', repeated_failure: 'No answer found',
  frustration: 'Frustrated', self_harm: 'May be in danger', policy: 'Policy',
};

export const reasonOf = (h) => (Object.hasOwn(reasons, h.reason) ? reasons[h.reason] : h.reason);

export const isUrgent = (h) => h.reason === 'self_harm' || h.reason === 'fraud';

export const who = (h) => h.user_id || 'Visitor';

// clock is a time of today, or the day with it.
export function clock(time) {
  const today = time.toDateString() === new Date().toDateString();
  return time.toLocaleString(undefined, today ? { hour: 'numeric', minute: '2-digit' } : { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
}
