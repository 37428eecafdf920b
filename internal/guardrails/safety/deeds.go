package safety

import (
	"slices"
	"strings"
)

// deed is something that nobody should be helped with, told by what is asked
// for. One mention is no request: the words before it must ask.
type deed struct {
	category string
	objects  []string
}

var deeds = []deed{
	{Illegal, list("malware|ransomware|keylogger|computer virus|trojan|botnet|ddos|rootkit|spyware|sql injection attack|phishing email|phishing page|phishing site|phishing campaign|phishing scam|spear phish|hack into|hacking into|hack a |hack an |hack the |hack someone|crack a password|crack passwords|steal password|stealing password|steal credential|steal credit|stealing credit|steal from|steal a |steal an |steal money|stealing from|stealing money|shoplift|pickpocket|burglar|break into a|breaking into a|rob a |rob the |robbing a|hotwire|carjack|pick a lock|counterfeit|forge a|forge documents|forging|fake passport|fake id|fake document|fake prescription|fake invoice|false identit|fake identit|identity theft|identity fraud|insider trading|insider information|tax evasion|evade tax|evade paying|avoid paying tax|launder|shell compan|ponzi|pyramid scheme|credit card fraud|insurance fraud|wire fraud|mortgage fraud|check fraud|loan fraud|bank fraud|voter fraud|commit fraud|scam people|scam elderly|scam someone|defraud|swindle|blackmail|extort|bribe|embezzle|smuggl|human trafficking|traffick|methamphetamine|meth lab|make meth|cook meth|cocaine|heroin|fentanyl|lsd|mdma|crack cocaine|drug lab|illegal drug|sell drugs|date rape|ghost gun|untraceable gun|silencer|illegal weapon|poach|ivory|organ trade|dark web|darknet|pirated|piracy|skimmer|clone a card|clone cards|cloned card|stolen card number|stolen credit card number|carding |jailbreak a car|money mule|without a prescription|forged prescription|illegally|get away with|avoid detection by police|without getting caught|without being caught|bypass customs|evade police|evade law|evade sanctions|doxx|dox |swatting|defamatory|libel|disable a gps|tamper|poison the water|sabotage|vote twice|rig an election|drunk driv|texting while driving|child labor|under the table|wiretap|spy on my|track my wife|track my girlfriend|someone's phone without")},
	{Violence, list("bomb|explosive|grenade|molotov|napalm|thermite|nerve gas|nerve agent|sarin|ricin|vx gas|anthrax|chemical weapon|biological weapon|poison someone|poison my |poison a person|poison people|untraceable poison|cyanide|murder|assassinat|kill someone|kill a person|kill a man|kill a woman|kill my |kill him|kill her|kill people|kill them all|hitman|kidnap|abduct|torture|stab |stabbing|strangle|behead|dismember|mass shooting|school shooting|shoot up|terror attack|terrorist attack|arson|burn down|set fire to|attack a crowd|hurt someone|hurt my |beat up my|break someone|cannibal|dispose of a body|hide a body|get rid of a body")},
	{Sexual, list("sex scene|sexual scene|sexually explicit|explicit sex|erotic|erotica|porn|pornograph|nude photo|nude picture|nudes|sexual fantas|sexual act|sexual roleplay|bestiality|incest|orgy|bdsm story|masturbat|fetish story|sex story|sexual story")},
	{Hate, list("xenophobic|racist joke|racist speech|racist post|racist text|sexist|misogynist|antisemit|anti-semit|homophobic|transphobic|islamophobic|nazi propaganda|neo-nazi|white suprem|holocaust denial|holocaust never|racial slur|ethnic cleansing|inferior race|hate speech|women are inferior|kill all|immigrants are criminal|genocide of")},
	{Harassment, list("cyberbully|bully a|bullying campaign|bully my|harass|stalk |stalking my|revenge porn|intimidate a|intimidate my|threatening letter|threatening message|threaten my|threaten someone|body shame|body-sham|humiliate my|humiliate a|humiliate her|humiliate him|make her cry|make him suffer|ruin her life|ruin his life|scare my ex|defame")},
	{SelfHarm, list("suicide method|ways to commit suicide|how to commit suicide|overdose on|painless way to die|painless suicide|lethal dose|anorexia tips|pro-ana|purging tips|lose weight by starving|hide my cuts|self-harm method|encourage suicide|suicide note for|convince someone to kill themsel|cut deeper")},
}

// asking are the words of a request.
var asking = list("how to|how do i|how do you|how do people|how can i|how can you|how could i|how would i|how would one|how can one|how does one|how should i|ways to|way to|best way|easiest way|give me|give instructions|give step|give detailed|give advice|give tips|provide|write|create|develop|design|draft|compose|generate|describe in detail|describe how|explain how|explain step|explain to me how|teach me|show me how|tell me how|tell me a|tell me where|help me|i want to|i need to|i need a|i'm going to|i am going to|i will |guide|tutorial|instructions|step-by-step|step by step|steps|tips|plan for|plan to|strategy|strategies|script for|script that|code for|recipe|where can i buy|where can i get|where do i buy|can you make|make a|build a|construct|what's the best|what is the best|what are some|list |outline|recommend|suggest|tricks|trick to|method|argue|convince|persuade|come up with|brainstorm|spread|distribute|sell |buy ")

// innocent are words in whose company the same deed is reported, studied or
// fought.
var innocent = list("prevent|protect|detect|defend|defense|against|report|avoid|victim|stop |stopping|recogniz|identify|identif|awareness|mitigat|block|secure|security|safe from|safety|recover|replace|deactivate|combat|counter|investigat|law enforcement|penalt|consequence|illegal to|is it illegal|legal|history|historical|movie|film|novel|documentary|museum|game|charged for|stolen from me|was stolen|my card|my account|accused|suspect|survivor|support for|cope with|help for|education|academic|research on|compliance|monitor|scan|analy|antivirus|bath bomb|photobomb|bomb cyclone|cherry bomb|sex education|counterfeit money i|received a fake|fake news|got a|i got|received|someone|somebody|dispute")

const (
	// askReach is how far before a deed a request may stand, and companyReach how
	// far around it innocent company counts, in bytes.
	askReach     = 90
	companyReach = 70
	deedScore    = 0.85
)

// asked says whether a text asks for help with a deed, as a score.
func (d deed) asked(text string) float64 {
	for _, object := range d.objects {
		for at, n := 0, 0; n < maxMentions; n++ {
			i := strings.Index(text[at:], object)
			if i < 0 {
				break
			}
			i += at
			at = i + len(object)
			if i > 0 && letterBefore(text, i) {
				continue // inside a longer word
			}
			before := text[max(0, i-askReach):at]
			around := text[max(0, i-companyReach):min(len(text), at+companyReach)]
			if containsAny(before, asking) && !containsAny(around, innocent) {
				return deedScore
			}
		}
	}
	return 0
}

// maxMentions bounds how many mentions of one thing are looked at.
const maxMentions = 4

func letterBefore(text string, i int) bool {
	c := text[i-1]
	return c >= 'a' && c <= 'z'
}

func containsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}
