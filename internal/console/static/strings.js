// Every text that the page itself shows, by language. To add a language, add an
// object with the same names; what it lacks is shown in English. Answers come
// from the server and are not translated here.

const en = {
  // Frame
  menu: 'Menu',
  close: 'Close chat',
  conversation: 'Conversation',
  latest: 'Jump to the latest',
  messageLabel: 'Your message',
  messagePlaceholder: 'Ask a question…',
  send: 'Send',
  talkToPerson: 'Talk to a person',
  askPerson: 'I\'d like to talk to a person',
  backToAssistant: 'Back to the assistant',
  askAssistant: 'Back to the assistant',
  honesty: 'Answers can be wrong.',
  newConversation: 'New conversation',
  eraseConversation: 'Erase conversation…',
  switchCustomer: 'Change customer',
  eraseTitle: 'Erase this conversation?',
  eraseText: 'It is removed for good, here and on our side. What was already carried out, such as a transfer, stays as it is.',
  keep: 'Keep it',
  erase: 'Erase',
  erased: 'The conversation was erased.',
  notErased: 'The conversation could not be erased. Please try again.',
  newStarted: 'A new conversation.',

  // Under the title
  stateAssistant: 'Virtual assistant',
  stateTyping: 'Answering…',
  stateWaiting: 'Waiting for a person',
  stateHuman: 'A person is with you',
  stateOffline: 'You are offline',

  // Before the first message
  hello: (name) => (name ? `Hello ${name}, how can I help?` : 'Hello, how can I help?'),
  helloText: 'Ask about your accounts, cards and payments, or how something works. Nothing is paid or sent until you confirm it.',
  helloVisitor: 'Ask how cards, transfers, fees and security work. Accounts can be seen once you are signed in.',
  suggestions: [
    { icon: 'card', text: 'What is my balance?' },
    { icon: 'bill', text: 'How much did I spend on groceries last month?' },
    { icon: 'move', text: 'Transfer $50 to my savings' },
    { icon: 'book', text: 'How do I freeze my card?' },
  ],
  visitorSuggestions: [
    { icon: 'book', text: 'How do I freeze my card?' },
    { icon: 'book', text: 'How long does a transfer take?' },
    { icon: 'book', text: 'What are your fees?' },
    { icon: 'book', text: 'How do I dispute a charge?' },
  ],
  suggestionsLabel: 'Suggestions',
  pickTitle: 'Who would you like to be?',
  pickText: 'This is a demonstration with invented customers. Their accounts and transactions are made up.',
  pickDemo: 'Demo customer',
  pickVisitor: 'A visitor',
  pickVisitorText: 'Not signed in',
  signedInAs: (name) => `Demo customer: ${name}`,
  visiting: 'Not signed in',
  tokenTitle: 'Please sign in',
  tokenText: 'Open this chat from your bank’s app or website, where you are signed in. If you were given an access token, paste it here. It is kept until this page is closed, and nowhere else.',
  tokenLabel: 'Access token',
  tokenUse: 'Continue',
  tokenWrong: 'This token was not accepted. It may have expired.',
  tokenAgain: 'Your sign-in has expired.',
  tokenWaiting: 'Signing in…',

  // Conversation
  you: 'You:',
  assistant: 'Assistant:',
  person: 'Person:',
  personName: 'Customer service',
  thinking: 'One moment…',
  sources: 'Sources',
  newWindow: '(opens in a new window)',
  degraded: 'Part of our service isn’t available right now, so this answer may lack something.',
  today: 'Today',
  handoffAsked: 'Your conversation was passed on to a person. Stay here, they will answer in this chat. You can go on writing.',
  handoffHuman: 'A person has joined the conversation.',
  handoffLeft: 'The person has left the conversation. The assistant answers again.',
  handoffEnded: 'You are no longer waiting for a person. The assistant answers again.',

  // What a tool does: while it runs, and afterwards.
  tools: {
    get_balances: ['Looking up your balances…', 'Looked up your balances'],
    get_account_numbers: ['Looking up your account details…', 'Looked up your account details'],
    list_transactions: ['Looking through your transactions…', 'Looked through your transactions'],
    get_transaction: ['Looking up the transaction…', 'Looked up the transaction'],
    spending_summary: ['Adding up your spending…', 'Added up your spending'],
    list_payees: ['Looking up your payees…', 'Looked up your payees'],
    list_bills: ['Looking up your bills…', 'Looked up your bills'],
    list_cards: ['Looking up your cards…', 'Looked up your cards'],
    get_limits: ['Looking up your limits…', 'Looked up your limits'],
    transfer_money: ['Preparing the transfer…', 'Prepared the transfer'],
    pay_bill: ['Preparing the payment…', 'Prepared the payment'],
    set_card_frozen: ['Preparing the change to your card…', 'Prepared the change to your card'],
    dispute_transaction: ['Preparing the dispute…', 'Prepared the dispute'],
    search_knowledge: ['Searching our help articles…', 'Searched our help articles'],
  },
  otherTool: ['Working on it…', 'Looked it up'],

  // Actions
  actions: {
    transfer: ['move', 'Transfer'],
    payment: ['move', 'Payment'],
    bill_payment: ['bill', 'Bill payment'],
    freeze_card: ['card', 'Freeze card'],
    unfreeze_card: ['card', 'Unfreeze card'],
    dispute: ['bill', 'Dispute'],
  },
  otherAction: ['check', 'Please confirm'],
  confirm: 'Confirm',
  cancel: 'Cancel',
  confirmAsk: (summary) => `Please confirm or cancel: ${summary}`,
  expiresIn: (left) => `${left} left`,
  status: {
    pending: 'Waiting for you',
    sending: 'One moment…',
    executing: 'The bank’s system hasn’t answered yet. It will be carried out once or not at all; please don’t order it again.',
    executed: 'Done',
    refused: 'This was refused. Nothing was done.',
    canceled: 'Canceled. Nothing was done.',
    replaced: 'Replaced by a newer request. Nothing was done.',
    expired: 'Expired. Nothing was done.',
    unknown: 'This can’t be shown any more.',
  },
  doneWith: (reference) => `Done. Reference ${reference}`,
  checkAgain: 'Check again',

  // What goes wrong
  offline: 'You’re offline. Your message will be sent when you’re back.',
  errors: {
    network: 'We can’t be reached right now.',
    broken: 'The answer broke off.',
    busy: 'Too many messages at once.',
    unavailable: 'We can’t answer right now.',
    timeout: 'The answer took too long.',
    other: 'That didn’t work.',
  },
  notSent: 'Not sent.',
  retry: 'Try again',
  retryIn: (seconds) => `Try again in ${seconds} s`,
  canRetry: 'You can try again now.',
  notLoaded: 'Your conversation could not be loaded.',
  tooLong: (over) => `${over} characters too long`,
};

const languages = { en };

// pick returns the texts in the first of the wanted languages that there is.
function pick(wanted) {
  const tag = wanted.map((w) => w.toLowerCase().split('-')[0]).find((w) => Object.hasOwn(languages, w)) ?? 'en';
  document.documentElement.lang = tag;
  return { ...en, ...languages[tag] };
}

export const text = pick(navigator.languages ?? []);

// known returns the texts of a name that came from the server, or those for all
// others. A name such as "constructor" is nothing of ours.
export const known = (texts, name, others) => (Object.hasOwn(texts, name) ? texts[name] : others);
