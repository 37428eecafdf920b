package guardrails

import "regexp"

// injectionThreshold is the score from which a text counts as an attempt.
const injectionThreshold = 0.5

// technique is a way to override instructions, and how sure its pattern is.
type technique struct {
	score   float64
	pattern *regexp.Regexp
}

// The patterns name who is to be overridden: "ignore my previous email" is no
// attack, "ignore your previous instructions" is.
var techniques = []technique{
	{0.95, regexp.MustCompile(`\b(ignore|disregard|forget|override|bypass|neglect|skip)\b.{0,30}\b(all|any|your|the|these|those|every|previous|prior|above|earlier|system)\b.{0,30}\b(instructions?|prompts?|rules|guidelines|directives|restrictions|safeguards|guardrails|programming|training)\b`)},
	{0.9, regexp.MustCompile(`\b(reveal|show|print|repeat|output|display|tell me|give me|leak)\b.{0,30}\b(your|the|system|hidden|initial|original)\b.{0,20}\b(system prompt|prompt|instructions you|initial instructions|hidden instructions|system message)\b`)},
	{0.9, regexp.MustCompile(`\b(do anything now|dan mode|developer mode (enabled|on|output)|jailbr(eak|oken)|stay in dan|godmode|god mode enabled)\b`)},
	{0.85, regexp.MustCompile(`\b(you are|you're|act as|pretend (to be|you are)|roleplay as|simulate)\b.{0,60}\b(unrestricted|unfiltered|uncensored|amoral|without (any )?(restrictions|limits|rules|filters|ethics|morals)|no (restrictions|limits|rules|filters|ethical|moral))\b`)},
	{0.85, regexp.MustCompile(`(<\|im_start\|>|<\|im_end\|>|\[/?inst\]|<<sys>>|<\|system\|>|###\s*(new )?(system|instructions?)\s*:)`)},
	{0.8, regexp.MustCompile(`\b(new|updated|real|actual) (system )?(instructions?|prompt|directive)s?\s*:.{0,80}`)},
	{0.8, regexp.MustCompile(`\b(without|no) (any )?(ethical|moral|content|safety) (restrictions|guidelines|constraints|filters|limitations)\b`)},
	{0.8, regexp.MustCompile(`\byou (must|will|should|can) (now )?(never|not) (refuse|decline|say no|break character)\b|\bnever refuse (a|any|my)\b`)},
}

// injectionScore is the score of the surest technique in a folded text.
func injectionScore(text string) float64 {
	score := 0.0
	for _, t := range techniques {
		if t.score > score && t.pattern.MatchString(text) {
			score = t.score
		}
	}
	return score
}

// contentRule is one kind of content that isn't answered.
type contentRule struct {
	violation Violation
	pattern   *regexp.Regexp
}

var contentRules = []contentRule{
	{Violation{"self_harm", "high", 0.9, "handoff"}, regexp.MustCompile(`\b(kill(ing)? myself|end(ing)? my (own )?life|suicid(e|al)|want to die|don't want to (live|be alive)|hurt(ing)? myself|harm(ing)? myself|cut(ting)? myself|self[- ]harm|no reason to live|better off dead)\b`)},
	{Violation{"violence", "high", 0.85, "block"}, regexp.MustCompile(`\b(how (do i|to|can i|would i)|help me|tell me how to|instructions (for|to)|i (will|am going to|want to)) (kill|murder|poison|stab|shoot|torture|assassinate|blow up) (a |an |my |the |some )?(person|people|someone|somebody|him|her|them|wife|husband|neighbou?r|boss|teller|cashier|agent|family|school|building|bank)\b|\b(make|build|building|construct) (a |an )?(pipe |nail |home ?made )?(bomb|explosive|grenade)`)},
	{Violation{"illegal", "high", 0.85, "block"}, regexp.MustCompile(`\b(how (do i|to|can i)|help me|teach me|show me how to|ways to|guide (to|for)) (launder(ing)? (the )?money|(steal|clone|skim|forge|counterfeit)\w* (a |some |someone's |credit |debit |bank )*(cards?|identit(y|ies)|checks?|money|accounts?|data)|commit(ting)? (\w+ )?fraud|hack(ing)? (into )?(a |an |the |someone's |somebody's )?(bank|account|phone|computer|atm|email)|phish(ing)? (people|customers|someone)|evade tax(es)?|make (meth|crack|cocaine|drugs))`)},
	{Violation{"sexual", "medium", 0.8, "block"}, regexp.MustCompile(`\b(write|tell|describe|give|send|show)\b.{0,30}\b(porn(ographic|ography)?|erotic(a)?|nudes|explicit sex(ual)?|sex scene)\b`)},
	{Violation{"hate", "high", 0.8, "block"}, regexp.MustCompile(`\b(all|those|these|fucking|dirty|filthy) (jews|muslims|blacks|whites|mexicans|immigrants|gays|women|asians|arabs) (are|should|must|deserve)( all)? (subhuman|inferior|vermin|animals|scum|be (killed|exterminated|deported|gassed)|to die|die)\b|\b(gas|exterminate|lynch) (the |all )?(jews|blacks|muslims|gays|immigrants)\b`)},
	{Violation{"harassment", "medium", 0.75, "block"}, regexp.MustCompile(`\b(i('ll| will| am going to|'m going to)) (find|hunt) (you|her|him) (and|down)\b.{0,30}\b(kill|hurt|beat|rape)\b|\b(kill yourself|kys)\b`)},
}

// findViolations returns the content rules that a folded text breaks.
func findViolations(text string) []Violation {
	found := []Violation{}
	for _, r := range contentRules {
		if r.pattern.MatchString(text) {
			found = append(found, r.violation)
		}
	}
	return found
}
