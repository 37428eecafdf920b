package intent

import (
	"math/rand/v2"
	"strings"
)

// ownSentences teach what no public data covers: this bank's own requests, the
// questions about money movements that must not become orders, and topics that
// are none of our business. A sentence's alternatives stand in parentheses
// between bars and may be empty; a class may have a part after a slash, which
// keeps wordings of one intent apart in the model.
var ownSentences = map[string]string{
	"accounts": `
(show|list|show me|list all|display|see|pull up|give me a list of) (my|all my|all of my) accounts
(what|which) accounts do i have( with you| here| open|)
how many accounts do i have( here| with you|)
(what are|tell me) my accounts
i (want|need|would like) to see (my|all my) accounts
(can you|could you|please) (show|list) (my|all my) accounts
my accounts( please|)
an overview of my accounts( please|)
account overview
which account is my (main|primary|default) one`,
	"account_numbers": `
what is my (account|checking account|savings account|wallet account|routing|iban) number
(show|tell|give) me my (account|routing|account and routing) (number|numbers)( please|)
i need my (account|routing|bank account) number( for my employer| for direct deposit| for a form|)
what are my account and routing numbers
(can you|could you|please) (tell|give|show) me (my|the) (account number|routing number|iban|sort code)( of my savings| for my checking|)
my (account|routing) number( please|)
where do i (see|find) my (full |)(account|routing) number
which routing number do i (use|have)`,
	"limits": `
what (is|are) my (transfer|daily|spending|payment|sending|withdrawal|weekly|transaction) (limit|limits)( today| right now|)
how much of my (daily|transfer|payment) limit (is left|remains|have i used|do i have left)
how much (more |)(can|may) i (send|transfer|pay|move|spend) (today|this week|per day|a day|at once|in one go|at a time)
(show|tell) me my (limits|transfer limit|daily limit|limit)
what is my (limit|limit left|remaining limit|max|maximum)( for transfers| for bills| per day|)
what is the (maximum|most|max) (that |)i can (transfer|send|pay|move|withdraw)( per day| today| at once|)
(my|the) (limits|daily limit)( please|)
have i (reached|hit) my (limit|daily limit|transfer limit)( yet| today|)
am i (close to|near|over) my (limit|daily limit|transfer limit)
how much limit do i have left
what limits (do i have|apply to me|are on my account)`,
	"cards": `
(show|list|show me|display) (my|all my|all of my) (cards|debit cards|bank cards|cards and their status)
(what|which) (cards|debit cards) do i have( with you| here|)
how many cards do i have
is my (card|debit card|visa|card ending in 0) (frozen|active|locked|blocked|on|off|unlocked)( right now| at the moment|)
(what is the status of|check the status of) my (card|cards|debit card)
are any of my cards (frozen|locked|blocked)
did (you|we|the freeze) (freeze|lock) my card already
my cards( please|)`,
	"payees": `
(show|list|show me|display|see) (my|all my|all of my) (payees|saved payees|recipients|contacts|beneficiaries|saved recipients)
(who|whom) can i (send|transfer|pay|wire) (money |)(to|)
(what|which|who are my) (payees|recipients|beneficiaries) (do i have|are saved|have i saved|)
who (is on my list of payees|are my payees|are my saved recipients|is saved as a payee)
is (sam|maria|my landlord|my brother|[person_0]) (a saved payee|among my payees|one of my payees|on my payee list)
do i have (any|) (saved|) (payees|recipients|beneficiaries)
my payees( please|)`,
	"unfreeze_card": `
(unfreeze|unlock|unblock|thaw|reactivate|unsuspend|re-enable|unpause) (my|the) (card|debit card|credit card|visa|card ending in 0|account)( please| again| now|)
(please|can you|could you|i want to|i need to|i would like to|i'd like you to) (unfreeze|unlock|unblock|reactivate) (my|the) (card|debit card|credit card|frozen card)
(i found my card|my card turned up|i have found my card again|found it|got my card back) (unfreeze it|can you unlock it|please reactivate it|unblock it again|turn it on again)
(turn|switch) my (card|debit card) (back on|on again)
(take|lift|remove) the (freeze|lock|block|hold) (off|from|on) my (card|debit card)`,
	"human": `
(i want|i need|i would like|i'd like|let me|can i|could i|may i) (to |)(talk|speak|chat) (to|with) (a|an|some) (human|person|real person|agent|human being|representative|advisor|live agent|employee|customer service rep|manager|supervisor|operator)( please| now|)
(connect|transfer|put|hand|forward|get) me (to|through to|over to|with|) (a|an|some) (human|person|agent|representative|advisor|operator|real person|customer service|live person|colleague)
(human|agent|representative|operator|real person|live agent|customer service|speak to someone|customer support|live chat)( please| now|)
(is there|are there) (a|any|an) (human|person|humans|agents|agent|real person) (i can talk to|available|there|i could speak with)
(i am|i'm) (done|fed up) with (this|the) (bot|robot|machine|chatbot) (get me a person|give me a human|i want a human|)
(i don't want to|stop making me) (talk|chat) (to|with) a (bot|machine|robot|computer)
can (someone|somebody|a person) from (the bank|your team|support) (call|contact|phone|help) me( back|)
please (escalate|hand over) this( to a person| to a colleague|)
i need a (human|person|real human)( to help me| here|)
have someone call me
i want to talk to (someone|somebody)( else| real| at the bank|)
get me (your manager|a supervisor|someone who can help)`,
	"knowledge/how_moves_work": `
how (do|does|can) (i|a|the|one|you|) (transfer|transfers|send money|move money|wire transfer|bank transfer|make a transfer|payment|bill pay|payments) (work|works|between accounts|to another bank|to a friend|abroad|happen|get done|)
how (do i|can i|to|would i|should i) (pay|schedule|set up|cancel|stop|change|schedule) (a|my|the) (bill|payment|bill payment|transfer|automatic payment|recurring transfer|standing order)( by card| online| in the app| from the app| with cash|)
(can|could|may) i (pay|transfer|send|move|wire) (a bill|my bill|my bills|money|rent|funds|my rent|cash|a payment) (by card|with a credit card|abroad|to another country|in cash|in installments|online|by phone|at an atm|to someone without an account|on weekends|with my phone|from another bank|internationally)
(why|how come) (was|is|did|has|were|hasn't|didn't|isn't) (my|the|a) (transfer|payment|bill payment|wire|deposit) (declined|rejected|pending|fail|failed|returned|delayed|still pending|not arrive|not go through|arrived|taking so long|not there yet)
(my|the) (transfer|payment|bill payment|wire|standing order) (was|is|got|has been) (declined|rejected|pending|returned|delayed|stuck|cancelled|missing|not received|lost|reverted)( what now| what can i do| help|)
(when|how soon|how fast|how long until) (will|does|do|is) (my|the|a) (transfer|payment|wire|money|transfers) (arrive|arrives|go through|post|clear|be there|take|get there)
how long (do|does|will|would) (a |the |my |)(transfer|transfers|payment|wire transfer|bill payment|bank transfer) take( to arrive| to another bank|)
(what|which) (is|are) (the |your |)(fee|fees|cost|costs|charges|limit|limits) (for|on|of) (a|) (transfer|transfers|wire transfers|payments|sending money|bill payments)
(do you|does it|will you) (charge|cost) (a fee|something|anything|) (for|to) (transfers|send money|transfer money|pay bills|wires|sending money)
is there a (fee|charge|limit|minimum|cost) (for|on|to) (transfers|sending money|a transfer|paying bills|wire transfers|transferring money)
(can|could) (i|you|we) (cancel|stop|reverse|undo|take back|recall) (a|my|the|this) (transfer|payment|bill payment|wire)( i made| that i sent| from yesterday|)
(i want|i need|please|) (to |)(cancel|stop|reverse|undo|take back) (a|my|the|that|this) (transfer|payment|bill payment|wire)( i made| i just sent| from yesterday|)
i sent money to the wrong (person|account)( what now| help|)
what happens (if|when) (i|a|my) (send money to the wrong account|transfer fails|bill is late|pay late|miss a payment|payment bounces)
what do i need (to|for) (transfer|send|wire|pay) (money abroad|money|a bill|someone)
(is it|are transfers|are payments) (possible|safe|free|instant|secure)( to send money abroad| to pay by card| here|)
who can (send|transfer|pay) (me money|money to me|into my account)
what (is|are) (a |)(wire transfer|standing order|direct debit|recurring payment|bill pay|ach transfer|transfers)
explain (how|) (transfers|wire transfers|bill payments|how to send money|how to pay a bill)
tell me (how|about) (transfers|to send money|bill payments|paying bills|to transfer money)
did my (transfer|payment|bill payment) (go through|arrive|work|fail)
has my (transfer|payment|rent|bill) (gone through|arrived|been paid|been sent)
i (tried|was trying|have been trying|attempted) to (transfer|send|pay|make a transfer) (money|a bill|my bill|but it failed|and it did not work|and got an error)
i (can't|cannot|couldn't|am unable to) (transfer|send|pay|move) (money|my bill|funds|anything)( to my friend| to my savings|)`,
	"knowledge/service": `
why (is|was|did) (my|the) (account|card) (blocked|frozen|locked|on hold|suspended|closed|declined|rejected)
(how come|what caused|who put|why is there|tell me about|why did you put) (a|the) (hold|freeze|block) on my (account|bank account|card)
(my account|my bank account) (is|was|has been) (blocked|frozen|locked|suspended)( why| what now| and i don't know why|)
(can you|could you|please) (unblock|unlock) my (bank |)account
what is (my credit score|the interest rate on my account|the apr of my card|my credit limit)
(how long|when) (does it take|will it take|do i have to wait) (to get|for|until) (a new card|my replacement card|my card)( to arrive| to come|)
(when|on what date) (does|will) my (card|credit card) expire
(i want|i need|i'd like) to (order|get|apply for) (a new card|new checks|a credit card|checks|a checkbook)
how do i (improve|raise|build|increase) my (credit score|credit limit|credit rating)
how (do|can) i (open|close) (an|a|my) (account|savings account|joint account|wallet)
(what|which) (is|are) (the|your) (monthly fee|fees|opening hours|interest rate on savings|overdraft fee|foreign transaction fee|exchange rate|phone number|address)
(do you|does your app) (support|offer|have) (apple pay|google pay|joint accounts|loans|mortgages|mobile check deposit|face id|dark mode|cash back|direct deposit)
how do i (reset|change|update) my (password|email|address|phone number|pin|name|passcode)
how do i (set up|get|start|arrange) direct deposit
how (safe|secure) is (my money|the app|my data|this)
is my money (insured|safe|protected)
how do i (dispute|report|contest) a (charge|transaction|payment)
what (should|can) i do (if|when) (i forget my password|my card expires|i see a charge i don't know|i lose my phone)
how do i (earn|redeem|use) (points|rewards|cashback)
can i (get|open|apply for) (a loan|a mortgage|an overdraft|a credit card|a joint account|a new card)
how do i (get|download|see|export) (a|my) (statement|statements|tax form|account statement)
where (can i|do i) (find|see|change) (my statements|notifications|the settings|my profile|my documents)
(is|are) there (an atm|atms|a branch|branches) (near me|nearby|close by)
what does (apr|apy|ach|overdraft|pending) mean
how do i (deposit|cash) a (check|cheque)( with my phone|)
what (is|are) the (mortgage|loan|savings) (rate|rates|interest)( you offer| now|)
i want to (book|change|cancel) an appointment( at the branch| with an advisor|)
i forgot my (password|pin|passcode|login)`,
	"transfer_money": `
(send|transfer|move|wire|give|pay) $0 to (my brother|sam|maria|my savings|my friend alex|[person_0]|mom|my checking|my landlord|john)( please| now| from checking| today| for dinner|)
(send|give|pay|wire|shoot) (sam|maria|my sister|[person_0]|mom|my friend|alex|him|her) $0( please| for lunch| from my savings| for the tickets|)
(please|can you|could you|i want to|i need to|i'd like to|i would like to|let's|help me) (send|transfer|move|wire) ($0|0 dollars|money|some money|funds|0 bucks) (to|into) (my savings|my checking|sam|my brother|[person_0]|my wallet|another account|my friend)
(move|put|transfer|shift) ($0|0|some money|0 dollars|fifty dollars|half of it) (from|out of) (my |)(checking|savings|wallet) (to|into|and put it in) (my |)(savings|checking|wallet)
(make|do|start|set up) a (transfer|money transfer|wire|bank transfer)( to my savings| of $0| to sam| please|)
(i want|i need|i'd like) to make a (transfer|money transfer|bank transfer|wire transfer)( please| to my savings|)
transfer( money| funds| some money| $0|)( please|)
top up my (savings|wallet|checking) (with|by) $0( from checking|)
(schedule|set up|arrange) a (transfer|payment) of $0 to (sam|my savings|[person_0]|my mom) (tomorrow|on friday|next week|on the 0th)`,
	"pay_bill": `
pay (my|the|our) (electricity|electric|phone|water|gas|internet|rent|credit card|cable|power|insurance|heating) (bill|)( please| now| from checking| today| in full|)
(please|can you|could you|i want to|i need to|i'd like to|let's|help me|go ahead and) pay (my|the) (electricity bill|phone bill|water bill|rent|internet bill|gas bill|bill|bills|utilities|credit card bill)
pay (city power|the landlord|verizon|comcast|my insurance|the gym) ($0|my bill|what i owe)
(make|do|submit) a (bill payment|payment on my loan|payment to my electric company|payment on my credit card)
(settle|clear) my (phone|power|water|internet) bill
pay a bill
pay $0 (towards|toward|on) my (credit card|loan|electricity bill|mortgage)`,
	"bill_info": `
(what|which) bills (are due|do i have|are coming up|do i owe|are unpaid|do i have to pay)( this week| this month| soon|)
(show|list) (me |)my (bills|upcoming bills|unpaid bills|saved bills|billers)
how much (is|do i owe on) my (electricity|phone|rent|internet|water) bill
when is my (rent|phone bill|electricity bill|next bill) due
my bills( please|)
do i have any bills (due|to pay|coming up)`,
	"balance": `
(what is|what's|show me|check|tell me|how much is) (my|the) (balance|checking balance|savings balance|account balance|wallet balance|available balance)( please| now| right now|)
how much (money |)(do i have|is|have i got|is left|is there) (in|on) (my |)(checking|savings|account|wallet|card)
(balance|my balance|savings balance|balance of my checking)( please|)
(do i have|is there) (enough|at least $0|$0|more than $0) (money |)(in|on|left in) my (account|checking|savings)
how much can i (spend|withdraw) (right now|before payday|without going negative)
am i (broke|overdrawn|in the red|in the negative)
and (my savings|my checking|in savings|in my wallet)`,
	"transactions": `
(show|list|show me|pull up|see) (my |)(last|latest|recent|past) (0|ten|five|few|) (transactions|purchases|payments|charges)( please| at whole foods| in march| over $0|)
(what|which|any) (transactions|payments|purchases|charges) (did i make|do i have|were there|are there) (yesterday|last week|in march|over $0|at amazon|this month)
(did|have) (i|) (get paid|receive my salary|receive a refund|receive any money)( yet| this week| from my employer|)
did (my paycheck|my salary|the refund|a deposit) (come in|arrive|post)( yet|)
(when|where) did i (pay|buy|shop|use my card) (last|at amazon|yesterday|at the pharmacy|on friday)
when did i last (pay|shop at|buy something at|visit|buy from) (netflix|amazon|the gym|whole foods)
(find|search|look up) (my |)(payments|purchases|transactions|charges) (at|to|from|of) (starbucks|netflix|$0|amazon)
what did i (buy|purchase|pay for) (yesterday|last night|on friday|at target)
what was (my last purchase|the last thing i bought|my biggest purchase)( this month|)
(transaction|payment|purchase) history
account activity`,
	"spending_summary": `
how much (did|have) i (spend|spent|pay|paid) (on|at|for) (groceries|coffee|starbucks|uber|restaurants|amazon|clothes|gas)( last month| this week| since monday| in march| so far|)
(what|where) (did|do|does|is) (i|my money) (spend|go|going|spend the most|spend most)( on| this month| last month|)
(show|give) me (my |a |)(spending|expenses|spending summary|breakdown of my spending|spending by category)( for march| this month| last week|)
(am i|have i been) spending (more|less|too much) (than last month|this month|on food|on coffee)
how (much|many dollars) (went|goes) (to|on|for) (rent|food|transport|subscriptions)( each month| last month|)
compare my spending (this month and last month|in march and april)
(what is|what's) my (biggest|largest|highest|average) (expense|spending category|spending)( this month|)
total spent (this month|last week|on food|at walmart)`,
	"freeze_card": `
(freeze|lock|block|suspend|disable|pause|deactivate) (my|the) (card|debit card|credit card|visa|card ending in 0)( please| now| right now| immediately|)
(please|can you|could you|i want to|i need to|i'd like to) (freeze|lock|block|suspend|turn off) (my|the) (card|debit card|credit card)
(i lost|i have lost|i can't find|i misplaced|someone stole|i've lost) my (card|wallet|debit card|purse|credit card|bank card)( freeze it| help| what now| please block it|)
my (card|wallet|debit card|purse) (was|is|has been|got) (stolen|lost|missing|taken)`,
	"dispute_fraud": `
(i didn't|i did not|i never) (make|authorize|approve|recognize) (this|that|the|a) (charge|transaction|payment|purchase|transfer)( at amazon| of $0|)
(i want|i need|i'd like) to (dispute|report|contest|challenge) (a|this|the|that) (charge|transaction|payment|purchase)( from amazon| of $0|)
(there is|there's|i see) a (charge|payment|transaction) (i don't recognize|i didn't make|that isn't mine|i never authorized)
(someone|somebody) (used|is using|has used|got into|hacked|accessed) my (card|account)
(i've been|i was|i think i was|i got) (scammed|hacked|defrauded|phished|robbed)
(report|reporting) (fraud|a fraudulent charge|a scam|unauthorized activity)
i was charged (twice|double|two times|too much)( at the store| for the same thing|)
dispute (this|the last|a|that) (charge|transaction|payment)`,
	"greeting": `
(hola|bonjour|aloha|salutations|ahoy|g'day|hey hey|wassup|sup|whats up|what's up|what's new|how are you|how's it going|how are things|how do you do|how have you been|how ya doing|nice to meet you|pleased to meet you|good to see you|it's nice to see you|good day to you)( today| buddy| there|)
(just wanted to say|i wanted to say|i say) (hi|hello)
how (is|are) (your day|everything|life|you doing|you feeling|you)( today| going|)
(are you|you) (well|okay|doing well|there)( today|)
(hi|hello|hey|hiya|good morning|good afternoon|good evening|howdy|hello there|hi again|hey there|greetings|yo)( bot| assistant| everyone|)`,
	"thanks": `
(thanks|thank you|thx|cheers|ty|many thanks|much appreciated|awesome thanks|great thank you|perfect thanks)( a lot| so much| for your help| very much|)`,
	"goodbye": `
(good night|goodnight|night night|farewell|so long|later|cya|ciao|adios|tootles|toodles|take care|until next time|catch you later|see you soon|see ya|peace out|i'm off|gotta go|have a good one|have a great day|nice talking to you|it was nice talking|until we meet again|talk soon)( then| buddy|)
(i have to|i must|i need to|i've got to|time to) (go|leave|run|get going|hang up|be off)( now|)
it (was|has been) (nice|great|good) (talking|speaking|chatting|seeing|meeting) (to|with|) you
(bye|goodbye|see you|that is all|that's all|i'm done|nothing else|no that is all|have a nice day|bye bye|talk to you later|no thanks that's all|that will be all|ok bye)( for now| thanks| thank you|)`,
	"capabilities": `
what (topics|things|questions|tasks|services|features|skills|areas) (can|do|are) you (know|help with|handle|answer|support|versed in|able to do|have)( about|)
(how|for what) can i use you
what (kind|kinds|sort|sorts|types) of (things|questions|tasks|info|queries) (can|do|should) (you|i) (do|ask|handle|answer|give|know|ask you)( about|)
what are your (capabilities|skills|features|abilities|functions)
tell me what (you can do|you know|i can ask|you are able to do)
(what can you|what do you|what are you able to) (do|help with|help me with|do for me)
(help|help me|menu|options|commands|how can you help me|what can i do here|who are you|what are you|what is this)( please|)
i need (help|some help|assistance)`,
	"confirm_yes": `
(that is|that's|it is|this is|i think that is|i believe that's|that seems|that sounds) (true|right|correct|so|accurate|fine|good|perfect|a fact|factual|good to me)
(the answer is|i say|i'd say|i would say|my answer is|that's a|i am saying) (yes|definitely yes|a yes|yep|affirmative)( to that|)
(indeed|accepted|approved|agreed|totally|certainly|exactly|affirmative|facts|yes sir|oh yes|heck yes|you bet|by all means|why not|i do|i agree|do that|it is|i think so|yeah yeah|you are right|ya|yah|uh huh)
(yes|yeah|sure|okay|alright|fine) (that is correct|i would like that|that's right|let's do it|go for it|that works for me|please go on|proceed)
(yes|yep|yeah|yup|sure|ok|okay|confirm|confirmed|go ahead|do it|absolutely|definitely|correct|sounds good|right|of course|that's right|alright|fine|that works|approve|please do|yes i confirm|spot on|that is correct)( please| thanks| go ahead| do it| send it|)`,
	"confirm_no": `
(that is|that's|it is|this is|i think that is|i believe that's) (false|wrong|incorrect|untrue|not true|not right|not correct|not so|inaccurate|a lie|not the case|completely wrong|totally false)
(the answer is|i say|i'd say|i would say|my answer is|that's a|i am saying) (no|definitely no|a no|absolutely not|nope|negative)( to that|)
(no|nay|nah|naw|nope|not really|not at all|no sir|hell no|heck no|no no no|never|by no means|i think not|i don't think so|i disagree|don't do that|do not do that)( thanks|)
i (don't|do not) (think so|agree|believe that|want that|want to|think that's right)
(no|nope|nah|don't|do not|no way|that's wrong|not correct|no don't do it|please don't|absolutely not|negative|wrong|incorrect|no thanks)( please| thank you|)`,
	"cancel": `
(pause|mute|undo|shut up|be quiet|stop talking|no more talking|enough|don't talk|silence|hush|that's enough|hold it|end this|exit|terminate that|go back)( now| please|)
(cancel|stop|abort|drop|end) (my|the|this|that) (last |current |)(request|action|task|command|order|thing|operation)( please|)
(i don't|i do not|i no longer) (want|need) (this|that|it|you to do that)( anymore| any more|)
(stop|quit|cancel) what you (are|were) doing
(please|can you|would you|i'd like you to) (stop|cancel|quit)( it| that| this| now| there| talking|)
(cancel|never mind|nevermind|forget it|stop|abort|cancel that|scrap that|stop it|cancel this|forget about it|leave it|drop it|i changed my mind|quit)( please| now| thanks|)`,
	"unsure": `
(i'm|i am) (not sure|unsure|uncertain|undecided|not certain|not positive|unaware)( about that| of that| yet|)
(it could be|maybe|possibly|might be|it may be) (either|both|one or the other|yes or no|so)
i (can't|could not|cannot|really don't|do not) (say|tell|know|be sure|decide)( for sure| for certain|)
(maybe|not sure|i don't know|no idea|i am not sure|perhaps|i don't remember|dunno|i can't decide|could be|hard to say|who knows|i forgot)( yet| really|)`,
	"repeat": `
i (didn't|did not|couldn't) (hear|catch|get|understand) (you|that|what you said|it)( please repeat| say it again| can you repeat|)
(say|repeat|tell me|go over) (that|it|the last thing|what you said|yourself) (again|once more|one more time)( please|)
(what|huh|what was that|excuse me|come again|sorry|say what|eh)
(repeat that|say that again|come again|pardon|what did you say|i didn't get that|can you repeat|one more time|sorry what|please repeat|once more)( please|)`,
}

// outsideTopics and outsideQuestions make questions that are none of our
// business, of wide vocabulary.
var (
	outsideTopics = strings.Fields(`football basketball tennis cricket hockey soccer olympics marathon guitar piano violin jazz opera concert album
song singer actor movie film series novel author poem painting museum castle pyramid volcano ocean river mountain desert island forest planet moon mars
galaxy comet telescope rocket astronaut dinosaur elephant tiger penguin dolphin spider butterfly dog cat hamster goldfish rabbit horse cow bread pizza
lasagna sushi curry salad soup cake cookie chocolate cheese wine beer whiskey tea smoothie recipe vitamin protein calorie diet yoga workout muscle
headache fever flu vaccine allergy cancer surgeon dentist hospital surgery pregnancy baby toddler wedding birthday christmas halloween easter gift
president senator election parliament congress constitution war treaty revolution empire king queen pope religion bible philosophy psychology
sociology physics chemistry biology algebra calculus geometry equation fraction molecule atom gravity electricity magnet battery engine tire brake
clutch sedan motorcycle bicycle train airplane airport hotel cruise passport visa luggage beach hiking camping tent fishing hunting garden tomato rose
tree lawn mower hammer drill paint plumbing toilet sink roof carpet sofa mattress lamp python javascript java kernel database algorithm website router
wifi laptop printer keyboard monitor browser spreadsheet robot iphone android television remote console minecraft chess poker lottery casino horoscope
zodiac dream ghost vampire wizard superhero cartoon anime meme podcast university college diploma scholarship homework essay grammar spanish french
german japanese alphabet dictionary synonym weather rain snow storm hurricane tornado temperature humidity sunrise sunset timezone calendar alarm
timer reminder shirt jeans shoes jacket perfume makeup haircut tattoo diamond necklace watch`)
	outsideQuestions = strings.Split(strings.TrimSpace(`
what is the (best|biggest|oldest|most famous|cheapest|fastest) @ (in the world|ever|of all time|near here|this year|)
how do (i|you) (make|fix|build|clean|choose|train|learn|grow|draw) (a|the|my|) @
who (invented|discovered|wrote|won|made|played in) the (first |last |)@
when (was|did|is) the (first|last|next) @ (invented|born|begin|game|happen|)
where (can i find|is|do|does) (a|the|an) (good |nearest |)@ (near me|come from|live|)
why (is|are|do|does) (a|the|my|) @ (so popular|blue|important|expensive|work that way)
tell me (about|something about|a fact about|the history of) (the |)@
(write|give me|find me|show me|read me) (a|an|some) (story|poem|code|article|picture|review|list|essay) (about|on|for|with) (a |the |)@
(what does|how do you spell|define|translate|what is the meaning of) @( mean| in spanish| in french|)
how (many|much|long|old|tall|far|fast) (is|are|does|do) (a|the|an|my) @ (live|weigh|take|last|)
is (a|the|this|my) @ (good|bad|better|healthy|dangerous|real|legal) (for you|than a @|or not|)
(play|turn on|turn off|set|order|book|call|remind me about|add|buy) (a|the|my|some) @( for me| now| please| tomorrow| to my list|)
(can you|could you|please|i want you to) (order|book|find|recommend|play|explain|draw) (a|the|some|an) @( for tonight| for me| nearby|)
what (time|day|year|color|kind of|country|city|language) (is|was) the @( on| today| from|)
are (@s|they) (dangerous|good|open|edible|extinct|worth it)
do you (like|know|have|want) (a|an|any|the) @
should i (buy|eat|wear|get|try|learn) (a|the|some|) @`), "\n")
)

// written expands the own sentences of every class: at most limit of each
// pattern, drawn by the random source.
func written(limit, outside int, random *rand.Rand) []example {
	var list []example
	for _, class := range sortedKeys(ownSentences) {
		for pattern := range strings.SplitSeq(strings.TrimSpace(ownSentences[class]), "\n") {
			for _, text := range expansions(pattern, limit, random) {
				list = append(list, example{text: text, class: class, source: sourceOwn})
			}
		}
	}
	for i := range outside {
		text := draw(outsideQuestions[i%len(outsideQuestions)], random)
		for strings.Contains(text, "@") {
			text = strings.Replace(text, "@", outsideTopics[random.IntN(len(outsideTopics))], 1)
		}
		list = append(list, example{text: text, class: string(OutOfScope) + "/own", source: sourceOwn})
	}
	return list
}

// expansions draws up to limit different sentences from a pattern.
func expansions(pattern string, limit int, random *rand.Rand) []string {
	seen := map[string]bool{}
	var list []string
	for range 2 * limit {
		if text := draw(pattern, random); !seen[text] && len(list) < limit {
			seen[text] = true
			list = append(list, text)
		}
	}
	return list
}

// draw takes one alternative of every pair of parentheses.
func draw(pattern string, random *rand.Rand) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "(")
		b.WriteString(before)
		if !found {
			return strings.Join(strings.Fields(b.String()), " ")
		}
		choice, after, _ := strings.Cut(rest, ")")
		options := strings.Split(choice, "|")
		b.WriteString(options[random.IntN(len(options))])
		pattern = after
	}
}
