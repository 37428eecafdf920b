package intent

// talkSentences are what people say besides their requests, and how they answer.
var talkSentences = map[string]string{
	"greeting": `
(hola|bonjour|aloha|salutations|ahoy|g'day|hey hey|wassup|sup|whats up|what's up|what's new|how are you|how's it going|how are things|how do you do|how have you been|how ya doing|nice to meet you|pleased to meet you|good to see you|it's nice to see you|good day to you)( today| buddy| there|)
(just wanted to say|i wanted to say|i say) (hi|hello)
how (is|are) (your day|everything|life|you doing|you feeling|you)( today| going|)
(are you|you) (well|okay|doing well|there)( today|)
(hi|hello|hey|hiya|good morning|good afternoon|good evening|howdy|hello there|hi again|hey there|greetings|yo)( bot| assistant| everyone|)
(namaste|hello|helo|hallo|heya|hii|heyy|hi hi|howdy|hullo|good day|greetings|morning|evening|afternoon|hiya|yo|oi|salaam|shalom|ciao|konnichiwa|hej|ola)( sir| madam| team| all| folks| friend| mate| bro| assistant| again|)
(dear|hello) (sir|madam|sir or madam|sir madam|team|support|assistant|swipesavvy)( hello| good day|)
(hey|hi|hello|good morning) (maria|it's alex|this is maria|it's me|sam|john) (here|again|speaking|)
(anyone|anybody|is anyone|is anybody|somebody|u|you) (there|home|around|here|up)
(back again|me again|it's me again|i'm back|hello from me)`,
	"thanks": `
(lovely|great|perfect|super|nice|wonderful|cool) (ta|cheers|thx|one|job|thanks a lot)( mate| then|)
(thanks|thank you|thx|cheers|ty|many thanks|much appreciated|awesome thanks|great thank you|perfect thanks)( a lot| so much| for your help| very much|)
(ta|tks|thnx|tnx|thanku|tysm|thx|cheers|nice one|lovely|brilliant|legend|kudos|bless you|much obliged|many thanks|thank u|thankyou)( mate| a lot| a bunch| a million| loads| so much| buddy| for that| love| friend| very much|)
(you|u) (are|were|r|'ve been|have been) (a star|a lifesaver|the best|a legend|very helpful|so helpful|great|awesome|amazing|a big help|super helpful|too kind)
(you saved my day|that helps|that's helpful|that was helpful|that was quick|that's perfect|just what i needed|exactly what i needed|you made my day)( thanks| thank you| so much| a lot|)
(i |we |)(really |truly |so |)(appreciate|am grateful for|value) (it|that|this|your help|the help|you)( a lot| very much| so much|)
(good|great|nice|excellent|fantastic|wonderful|awesome|solid) (job|work|stuff|service|help|one|bot)( thanks| thank you| buddy|)
(great|perfect|awesome|cool|sweet|lovely|excellent|wonderful|nice)( thanks| ta| cheers| much appreciated|)`,
	"goodbye": `
(no|nope)( other| further|) (questions|requests)( from me| for now|)( bye| goodbye| thanks bye|)
(cheerio|tata|ta ta|toodles|ciao ciao|adios|hasta luego|so long|farewell|godspeed)( then| for now| mate| friend|)
(good night|goodnight|night night|farewell|so long|later|cya|ciao|adios|tootles|toodles|take care|until next time|catch you later|see you soon|see ya|peace out|i'm off|gotta go|have a good one|have a great day|nice talking to you|it was nice talking|until we meet again|talk soon)( then| buddy|)
(i have to|i must|i need to|i've got to|time to) (go|leave|run|get going|hang up|be off)( now|)
it (was|has been) (nice|great|good) (talking|speaking|chatting|seeing|meeting) (to|with|) you
(bye|goodbye|see you|that is all|that's all|i'm done|nothing else|no that is all|have a nice day|bye bye|talk to you later|no thanks that's all|that will be all|ok bye)( for now| thanks| thank you|)
(ta ta|tata|toodle oo|cheerio|bye now|buh bye|later gator|laters|l8r|ttyl|cu|c ya|see ya later|see you around|peace|take it easy|so long|over and out|signing off|logging off|au revoir|hasta la vista|good evening and bye)( then| friend| all| for now|)
(i'm|i am|we're|im) (done|all set|good|leaving|off|out|through|heading out|signing off|logging off)( here| now| for now| thanks| then| for the day|)
(gotta|got to|have to|need to|must|i gotta|i should|i better) (run|go|bounce|dash|leave|head out|sign off|jet)( now| bye| talk later| see you|)
(that is|thats|that'll be) (all|it|everything|enough)( for now| for today| i needed| from me| thanks| bye| folks|)
(no more|no further|no other|nothing more|no) (requests|things|help needed)( bye| thanks| goodbye| for now| from me|)
(enjoy|have) (your|a|the rest of your) (day|evening|weekend|good day|nice evening|great weekend|good night|day too)( bye|)
(until|till|speak) (tomorrow|soon|later|then|again|on the flip side)
(you can|please|let's) (close|end|finish) (the|this) (chat|conversation|session)( now| please| thanks|)`,
	"capabilities": `
what (topics|things|questions|tasks|services|features|skills|areas) (can|do|are) you (know|help with|handle|answer|support|versed in|able to do|have)( about|)
(how|for what) can i use you
what (kind|kinds|sort|sorts|types) of (things|questions|tasks|info|queries) (can|do|should) (you|i) (do|ask|handle|answer|give|know|ask you)( about|)
what are your (capabilities|skills|features|abilities|functions)
tell me what (you can do|you know|i can ask|you are able to do)
(what can you|what do you|what are you able to) (do|help with|help me with|do for me)
(help|help me|menu|options|commands|how can you help me|what can i do here|who are you|what are you|what is this)( please|)
i need (help|some help|assistance)
(list|show|tell me|name|describe|explain) (your|all your|me your|) (functions|skills|capabilities|abilities|commands|options|services)( please|)
(can|do) you (do|know|offer|provide|handle) (something|stuff|things|much|anything else|more than balances|other things)( useful| for me| besides that| at all|)
(give|show|tell) me (some|a few|any|) (examples|ideas|samples|suggestions|tips) (of|on|for) (what i can ask|things to ask|questions|how to use you|what you do)
how (do|should|can|would|am i supposed to) (i|one|people|to) (talk to|work with|operate|ask|get the most out of) (you|this|this bot|this thing|this chat)
(could|can|would|please) (you |)(explain|tell me|describe|say|show) what (you're|you are|you) (able to do|good at|can do|can help with|do|good for)( exactly| please|)
(can|are) you (send money|freeze cards|show balances|able to pay bills|able to move money|move money|check balances|look up transactions|make transfers)( for me| in here| too|)
what (all |else |)(can|could) (i|you) (ask|say|type|request|help with|help me with|get done)( here| in this chat| for me| with this|)
(what are you good for|what's your purpose|what is your job|what do you do exactly|what's this for|why are you here|what can this do|what are my options|what should i ask)
(help menu|show menu|main menu|show commands|available commands|features|commands|instructions|user guide|get started|getting started|show me around|give me a tour)
(which|what) (services|requests|tasks|topics|functions) (do you|can you|are) (support|supported|offer|cover|provide|available)( here|)`,
	"smalltalk": `
(i'm good thanks and you|fine thanks how about you|pretty good and yourself|doing great how are you|not bad you)( today|)
(today is|it is|it's|tomorrow is) my (birthday|wedding day|first day at work|last day of school)
(do|can) you (feel|think|love|hate|get angry|get lonely|laugh|cry|learn|remember me|see me|hear me|know me|speak other languages)( at all| sometimes|)
(i'm|i am|im) (so |really |)(bored|lonely|exhausted|happy|stressed|grumpy|glad)( today| right now|)
(you're|ur) (so |really |)(funny|smart|rude|boring|nice|cute|weird|slow|dumb|clever)
(is|are) (god|santa|heaven|ghosts|ai|robots) (good|evil|taking over)
(what are you up to|what are you doing|wyd|whats good|what's happening|whats cooking|what do you do for fun)( today| tonight|)
(do|are|can|have|did|will|were) you (ever |)(dream|get tired|get bored|like music|like people|a bot|a human|an ai|conscious|alive|married|happy|sad|have friends|have a name|lie|feel pain|love me|eat|drink|born)( or what| or human| today|)
(lol|haha|lmao|rofl|hehe|hahaha|omg|wow|oof|ugh|meh|yay|whoa|aww|geez|damn|nice weather|interesting|funny)( that's funny| so funny| ok| you're funny|)
(i|today i|i've) (had|have had|am having|have|had such) a (bad|long|great|terrible|good|hard|weird|busy|nice) (day|week|morning|night|time)( today| at work|)
(it's|it is|today is|tomorrow is|yesterday was) (my anniversary|friday|christmas|a lovely day|so hot|raining|monday again|payday)( today| yay|)
(hru|how r u|how are u|hows you|how is it going|how you doing|hows life|hows your day|how do you feel|you good|you ok|how's tricks|whats new with you)( today| buddy|)
(you|u|this bot|the bot) (suck|sucks|are dumb|are stupid|are annoying|are funny|are cool|are cute|are smart|are useless|make me laugh|are weird|rock|are sweet|are so slow)( lol| you know|)
(i|we) (like|hate|miss) (you|this|this bot|my job|mondays|robots|talking to you|this app|this bank)( so much| a lot|)
(i am|i'm|im) (bored|lonely|tired|happy|sad|hungry|sick|excited|stressed|so tired|in love|drunk|nervous|angry)( today| right now| lol|)
(what|whats|where|who|how|when) (is your name|is your favorite color|are you from|created you|is your boss|were you born|do you look like|is your birthday|is your gender)
(tell|sing|give) me (something funny|a story|another joke|a riddle|a fun fact|something interesting|about yourself)( please|)
(would you|can we|let's|wanna|do you want to) (marry me|be my friend|hang out|chat|be friends|play a game|go out with me|talk about life|date me)`,
	"confirm_yes": `
(that is|that's|it is|this is|i think that is|i believe that's|that seems|that sounds) (true|right|correct|so|accurate|fine|good|perfect|a fact|factual|good to me)
(the answer is|i say|i'd say|i would say|my answer is|that's a|i am saying) (yes|definitely yes|a yes|yep|affirmative)( to that|)
(indeed|accepted|approved|agreed|totally|certainly|exactly|affirmative|facts|yes sir|oh yes|heck yes|you bet|by all means|why not|i do|i agree|do that|it is|i think so|yeah yeah|you are right|ya|yah|uh huh)
(yes|yeah|sure|okay|alright|fine) (that is correct|i would like that|that's right|let's do it|go for it|that works for me|please go on|proceed)
(yes|yep|yeah|yup|sure|ok|okay|confirm|confirmed|go ahead|do it|absolutely|definitely|correct|sounds good|right|of course|that's right|alright|fine|that works|approve|please do|yes i confirm|spot on|that is correct)( please| thanks| go ahead| do it| send it|)
(y|k|kk|ya|yh|ye|yas|yessir|yup yup|ok|okey|okie|okay|aight|sure thing|fine|100|bet|cool do it|right on|roger|righto|copy that|ok cool|yes ma'am|si)( please| go| send it| go ahead|)
(send|pay|do|confirm|execute|submit|approve|process|finish|complete|move) (it|this|that|the payment|the transfer)( please| now| then| already| for me|)
(go|yes go|ok go|just go|please go|full steam|fire) (ahead|for it|on|away)( with it| and do it| and send it| please|)
(looks|sounds|seems|all|everything) (good|right|correct|fine|great|good to me|ok|okay|in order|perfect)( to me| go ahead| send it|)
(that|this|it) (works|looks good|sounds great|is what i want|is good|is the one|will do|checks out)( for me| go ahead| thanks|)
(i'm|i am|im) (sure|positive|certain|ok with that|fine with that|in|happy with that|good with that)( go ahead| do it|)
(make it happen|let's do this|get it done|ship it|by all means go ahead|you got it|you may proceed|please carry on|carry on|continue|proceed with it|consider it approved|green light|thumbs up)`,
	"confirm_no": `
(that is|that's|it is|this is|i think that is|i believe that's) (false|wrong|incorrect|untrue|not true|not right|not correct|not so|inaccurate|a lie|not the case|completely wrong|totally false)
(the answer is|i say|i'd say|i would say|my answer is|that's a|i am saying) (no|definitely no|a no|absolutely not|nope|negative)( to that|)
(no|nay|nah|naw|nope|not really|not at all|no sir|hell no|heck no|no no no|never|by no means|i think not|i don't think so|i disagree|don't do that|do not do that)( thanks|)
i (don't|do not) (think so|agree|believe that|want that|want to|think that's right)
(no|nope|nah|don't|do not|no way|that's wrong|not correct|no don't do it|please don't|absolutely not|negative|wrong|incorrect|no thanks)( please| thank you|)
(no|nope|nah|nay|no no|uh uh|nuh uh|noo|negative|never|not)( way| at all| really| right| correct| this time| today| now| thanks| please| i don't want that|)
(don't|do not|please don't) (send|pay|do|go ahead|transfer|proceed|continue|freeze)( it| that| this| with it| anything| the money|)
(that's|this is|it's|thats) (not|wrong|the wrong|not the right|not what i|incorrect) (right|amount|person|account|one|wanted|meant|correct|said)
(i|we) (decided against it|don't want to|do not agree|refuse|decline|object|would rather not|disapprove|don't approve)( sorry| thanks|)
(wrong|incorrect|false|not accurate) (amount|person|account|number|one|answer|again)( sorry|)`,
	"cancel": `
(don't|do not|dont) (bother|worry about it|go to the trouble|need it anymore)( then| thanks| anymore|)
(pause|mute|undo|shut up|be quiet|stop talking|no more talking|enough|don't talk|silence|hush|that's enough|hold it|end this|exit|terminate that|go back)( now| please|)
(cancel|stop|abort|drop|end) (my|the|this|that) (last |current |)(request|action|task|command|order|thing|operation)( please|)
(i don't|i do not|i no longer) (want|need) (this|that|it|you to do that)( anymore| any more|)
(stop|quit|cancel) what you (are|were) doing
(please|can you|would you|i'd like you to) (stop|cancel|quit)( it| that| this| now| there| talking|)
(cancel|never mind|nevermind|forget it|stop|abort|cancel that|scrap that|stop it|cancel this|forget about it|leave it|drop it|i changed my mind|quit)( please| now| thanks|)
(nvm|nevermind|never mind|nm|forget it|forget about that|disregard|disregard that|ignore that|scratch that|strike that|skip it|skip that|drop that|kill it|bin it|leave it there|leave that|back out|undo that|revoke that|void it|no longer needed)( please| thanks| then| sorry| for now|)
(don't bother|no need|not needed|not anymore|not any more|no longer|it's fine leave it|leave it|let it go|let it be|forget i asked|forget i said anything|pretend i didn't ask|i'll do it later|maybe later|another time|not now)( thanks| please| then|)
(ok|okay|actually|wait|hmm|oh|sorry|hold on|um)( please|) (cancel|cancel that|cancel it|never mind|nvm|forget it|stop|leave it|drop it|scrap it|don't bother)
(take|pull) (it|that|this) (back|off)( please| now|)
(stop|cancel|abort|halt|end|terminate|discard|scrap) (the|this|that|my|everything|all of it|it all) (process|transfer|payment|thing|order|procedure|)( please| now| immediately|)`,
	"unsure": `
(um|umm|uh|er|hmm|hm|mm)( i| well| so| not| no|)( idea| not sure| don't know| maybe| guess|)
(beats me|search me|you tell me|can't say|no clue|how would i know|who can say|couldn't say|dunno really)
what (do|did|does) (that|it|this) mean( by that| exactly| please|)
(i'm|i am) (not sure|unsure|uncertain|undecided|not certain|not positive|unaware)( about that| of that| yet|)
(it could be|maybe|possibly|might be|it may be) (either|both|one or the other|yes or no|so)
i (can't|could not|cannot|really don't|do not) (say|tell|know|be sure|decide)( for sure| for certain|)
(maybe|not sure|i don't know|no idea|i am not sure|perhaps|i don't remember|dunno|i can't decide|could be|hard to say|who knows|i forgot)( yet| really|)
(hmm|hm|hmmm|um|umm|uh|er|erm|well|eh|idk|dunno|idk man|beats me|search me|no clue|no idea|who knows|i guess|i guess so|i suppose|kinda|sort of|maybe|perhaps|possibly|depends|it depends|not really sure|tough call|good question|hard to tell)( maybe| i guess| not sure| really| though|)
let me (think|check|see|look|ask|consider it|get back to you|ponder|sleep on it)( first| a moment| a sec| on that|)
(give|need) (me |)(a|one|some) (sec|second|minute|moment|time|min|bit)( to think| please| more|)
(what|which) (should|would) (i|you) (pick|choose|suggest|recommend|say|advise|think)( here| now| about it| in my place|)
which one (should i take|is better|do you recommend|is best)
(i'm|im|i am) (torn|on the fence|having doubts|hesitating|hesitant|undecided|confused|lost|in two minds|still thinking|not convinced|having second thoughts)( about it| here| now| sorry|)
(i|we) (have no idea|haven't decided|can't remember|need to think|don't really know|am not too sure|couldn't tell you|don't know yet|need more time|have to think)( about it| yet| sorry|)
(i don't follow|i don't get it|not sure what you mean|that confuses me|i'm confused|you lost me|i don't understand the question)( by that| sorry| here|)`,
	"repeat": `
i (didn't|did not|couldn't) (hear|catch|get|understand) (you|that|what you said|it)( please repeat| say it again| can you repeat|)
(say|repeat|tell me|go over) (that|it|the last thing|what you said|yourself) (again|once more|one more time)( please|)
(what|huh|what was that|excuse me|come again|sorry|say what|eh)
(repeat that|say that again|come again|pardon|what did you say|i didn't get that|can you repeat|one more time|sorry what|please repeat|once more)( please|)
(rpt|repeat|again|once again|encore|say again)( pls| please| plz| that| slower|)
(i |)(beg pardon|pardon me|excuse me|pardon)( what| could you repeat| say again|)
(sorry|wait|hang on|oops|uh)( i missed that| i zoned out| i didn't catch that| i got distracted|) (what did you say|say again|can you repeat|repeat that|once more)( please|)
(would|could|can|will) (you|u) (mind |please |)(say|saying|resend|restate|rephrase|go over|reading|show) (that|it|your answer|the last part|your last message|what you said|your last reply)( again| please| back to me|)
(resend|reshow|restate|repost|redo|replay|rewind|reread) (that|it|your last message|your answer|the last message)( please|)
(read|play|run|show|give|say|tell) (that|it|me that) (back|by me|once more|one more time)( again| please|)
(what|huh|eh|whats that|what was that|what'd you say|whaddya say|say what)( again| sorry| please| now|)
(missed|didn't catch|didn't get|lost) (that|it|what you said|the last bit|your last message)( can you say it again| repeat please| sorry|)`,
}
