package intent

import "strings"

// nearSentences sound like a bank's business, or like a request, and are none of ours.
const nearSentences = `
(what is|whats|where is|i lost|change|remember) my (hulu|outlook|twitter|router|phone|laptop|disney|linkedin|school|steam) (password|pin|passcode|username|login)
how (old|tall|rich|famous|far|deep|big|heavy) (is|are) (beyonce|the queen|the moon|the ocean|jeff bezos|your creator|the eiffel tower|lebron james|the sun)
(banana|potato|purple|elephants|seven|blah blah|la la la|asdf|test|testing|foo|hello world|abc|qwerty|spaghetti|unicorn)( banana| test| 0 0 0|)
(is|was|are) (the bank robbery movie|money the root of evil|cash king|gold heavier than lead|the currency of japan|venice sinking|the dollar old)( good| true| the yen|)
how (do|can|would|should) i (get|find|earn|win|make) (a raise|a promotion|a job at a bank|a new boss|a scholarship|the lottery|more followers|a dog|friends)
(do you sell|can i buy|where can i buy|order|is there) (stamps|shoes|lottery tickets|a phone case|concert tickets|stocks|bitcoin|insurance for my dog|a sofa|pizza)( here| from you| online|)
(what|which) (stock|stocks|crypto|coin|house|car|phone|laptop|mattress|university) (should|do|would) (i|you) (buy|pick|invest in|recommend|like)( now| this year|)
(who|what) (is|was|are) (the richest man|the ceo of amazon|on the $0 bill|warren buffett|the federal reserve chairman|dow jones|the imf|adam smith|inflation in germany|gdp of china)
(tell|show) me (about|pictures of|a video of) (the wall street crash|wolf of wall street|bank robbers|the great depression|gold mining|pirates|old coins)
(recipe|directions|lyrics|tickets|reviews|opening hours|phone number) (for|to|of) (chicken soup|the airport|happy birthday|the zoo|the movie|walmart|the dentist|pizza hut)
how (do|can|should) i (find a job|file my taxes|start a business|get a divorce|write a resume|negotiate my salary|sell my house|buy a car|get insurance|invest in stocks|become rich|make money online|get a visa|fix my credit with another bank)
(can|should|could) i (buy bitcoin|quit my job|invest in gold|sell my car|get a lawyer|claim my dog on taxes|deduct my home office|rent out my room|retire early|trust my boss)
(what|how much|how) (is|are|old is|tall is|rich is|much is) (elon musk|the president|the stock market|bitcoin|apple stock|a gallon of milk|a tesla|the euro worth|gold per ounce|an ounce of silver|the dow jones|minimum wage|my horoscope)( today| worth| right now| doing|)
(what is|whats|reset|i forgot|change) my (netflix|gmail|facebook|wifi|instagram|amazon|icloud|xbox|spotify|work email) (login|account|username)
(convert|exchange|translate) (0 euros to dollars|0 pounds to kilos|0 miles to km|hello to french|0 usd to yen|0 feet to meters|this to spanish)
(payday|short term|student|title) (advance|loan|lender|loans)( near me| online| elsewhere|)
(book|order|buy|reserve|get|find|rent) (me |)(a flight|a hotel|an uber|a table|concert tickets|a taxi|a dentist appointment|flowers|a car|groceries online|a birthday gift)( to paris| for tonight| for tomorrow| near me| please| for two|)
(write|compose|draft|make|create|generate) (me |)(a|an|some) (cover letter|email to my boss|essay|poem|python script|todo list|shopping list|recipe|speech|business plan|meal plan|logo)( please| about dogs| for work|)
(what is|whats|tell me|how is) the (weather|temperature|score|traffic|news|time|date|capital of peru|meaning of life|latest news|forecast|best restaurant|price of gas|population of india)( today| tomorrow| in boston| in paris| like| now| there|)
(who|which team|what team|which country) (won|invented|wrote|is winning|plays|is|discovered|lost) (the game|the election|the world cup|the telephone|the super bowl|the oscars|the lottery|yesterday)( last night| last year|)
(play|turn on|turn off|open|call|text|set|start|remind me to|show me|dim) (the lights|spotify|my mom|an alarm|a timer|call my dentist|the tv|youtube|buy milk|pictures of cats|the heating|the news|a movie|walk the dog)( at 0| please| tomorrow| now|)
(is|are|was|were|does|do|did) (the earth flat|pineapple good on pizza|cats smarter than dogs|aliens real|it going to rain|the store open|avocados healthy|dogs color blind|the library open|my flight on time|dinosaurs extinct|ghosts real)( today| tomorrow|)
(help me|i need help|can you help|assist me) (with|to) (my homework|my taxes|a math problem|my relationship|move house|fix my printer|lose weight|plan a trip|my resume|learn spanish|write code|my divorce)`

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
