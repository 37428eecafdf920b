// What a page remembers over a reload, in sessionStorage: it ends with the tab,
// as the next person at the computer must not find it. Tokens are never in it.

const name = 'swipesavvy-chat';

function read() {
  try {
    const value = JSON.parse(sessionStorage.getItem(name));
    return value && typeof value === 'object' ? value : {};
  } catch {
    return {}; // storage is off, or isn't ours
  }
}

// remembered holds: owner (whose conversation it is), customer (the demo customer
// chosen), session, waiting (a message without an answer yet), sources (of
// answers by message id), and opened.
export const remembered = read();

export function remember(changes) {
  Object.assign(remembered, changes);
  try { sessionStorage.setItem(name, JSON.stringify(remembered)); } catch { /* then it lasts as long as the page */ }
}
