package pii

import (
	"math"
	"strings"
)

// findPersons finds names of people: runs of capitalised words that look like a
// name or are spoken of like one, and what follows "my name is".
func (s *scanner) findPersons() {
	for i := 0; i < len(s.tokens); {
		end := s.nameEnd(i)
		if end == i {
			i++
			continue
		}
		s.judgeName(i, end)
		i = end
	}
	if s.hints&(hintIntro|hintTitle|hintGiven) != 0 {
		s.findLowerNames()
	}
}

// maxName is how many words a name may have.
const maxName = 6

// judgeName takes the run of tokens first to last (exclusive) when it is a name.
func (s *scanner) judgeName(first, last int) {
	if last-first == 1 && s.isDay(first) {
		return
	}
	if first+1 < len(s.tokens) && brandNames[strings.ToLower(s.raw(first)+" "+s.raw(first+1))] {
		return
	}
	f := s.nameFeatures(first, last)
	score := 0.0
	for i, weight := range nameWeights {
		score += weight * f[i]
	}
	if score > 0 {
		s.takeName(first, last, 1/(1+math.Exp(-score)))
	}
}

// isDay says whether token i is the name of a month or a day beside a number.
func (s *scanner) isDay(i int) bool {
	return s.tokens[i].hint&(hintMonth|hintDay) != 0 &&
		(i+1 < len(s.tokens) && s.tokens[i+1].kind != word || i > 0 && s.tokens[i-1].kind != word)
}

func (s *scanner) takeName(first, last int, confidence float64) {
	value := strings.ToLower(strings.Join(strings.Fields(s.text[s.tokens[first].start:s.tokens[last-1].end]), " "))
	s.take(Person, first, last, value, hidden, math.Round(100*confidence)/100)
}

// brandNames are companies that are called like a person.
var brandNames = func() map[string]bool {
	set := map[string]bool{}
	for _, name := range []string{
		"john lewis", "harvey norman", "morgan stanley", "charles schwab", "calvin klein", "ralph lauren",
		"tommy hilfiger", "michael kors", "kate spade", "marc jacobs", "tim hortons", "trader joe", "papa john",
		"jimmy john", "johnny rockets", "ben jerry", "jack daniels", "johnson johnson", "edward jones",
		"raymond james", "stanley black", "jenny craig", "baskin robbins", "mary kay", "elizabeth arden",
		"estee lauder", "louis vuitton", "hugo boss", "paul smith", "ted baker", "karen millen", "dorothy perkins",
		"peter jones", "oscar mayer", "sara lee", "uncle ben", "aunt jemima", "johnnie walker", "jim beam",
		"ulta beauty", "lloyd bank", "ernst young", "franklin templeton", "jackson hewitt", "merrill lynch",
		"fannie mae", "freddie mac", "ginnie mae", "sallie mae", "dow jones", "wells fargo", "lane bryant", "brooks brothers",
		"harry potter", "mickey mouse", "james bond", "moby dick", "peter pan", "robin hood", "sherlock holmes", "dodd frank",
		"sarbanes oxley", "glass steagall", "victoria secret", "barnes noble", "smith wesson", "harley davidson", "rolls royce",
	} {
		set[name] = true
	}
	return set
}()

// nameEnd returns where the run of words ends that begins with token i and could
// be one name; i when none does.
func (s *scanner) nameEnd(i int) int {
	if !s.namePart(i) {
		return i
	}
	end := i + 1
	for end < len(s.tokens) && end < i+maxName {
		k := end
		for k < len(s.tokens) && k < end+2 && s.tokens[k].hint&hintParticle != 0 && s.tokens[k].hint&(hintGiven|hintFamily) == 0 && s.nameGap(k) && !s.tokens[k].taken {
			k++
		}
		if k >= len(s.tokens) || !s.nameGap(k) || !s.namePart(k) {
			break
		}
		end = k + 1
	}
	for k := i; k < end; k++ {
		if s.tokens[k].end-s.tokens[k].start > 1 {
			return end
		}
	}
	return i // initials alone are no name
}

// maxAcronym is the length up to which an unknown word in capitals is taken for
// an abbreviation.
const maxAcronym = 4

// maxPrefix is the length of the longest prefix before a capital inside of a
// name: Fitz.
const maxPrefix = 4

// acronym says whether token i is written like ATMs, iPhone or MoneyStrands, and
// not like McDonald.
func (s *scanner) acronym(i int) bool {
	raw := s.raw(i)
	if s.tokens[i].shape != camel {
		return false
	}
	second := 1
	for second < len(raw) && classes[raw[second]] != classUpper {
		second++
	}
	return classes[raw[0]] == classLower || second == 1 || second > maxPrefix
}

// nameGap says whether token i may go on with the name before it.
func (s *scanner) nameGap(i int) bool {
	switch s.gap(i) {
	case " ", "-", "'":
		return s.gap(i) != "'" || s.tokens[i-1].end-s.tokens[i-1].start <= 2
	case ". ", ".":
		return s.tokens[i-1].end-s.tokens[i-1].start == 1
	}
	return false
}

// notNames are the kinds of words that are in no name, unless they are names
// too.
const notNames = hintWord | hintForeign | hintMonth | hintDay | hintNationality | hintCountry | hintStreet | hintSecret | hintOther |
	hintCard | hintAccount | hintPhone | hintBirth | hintPassport | hintLicence | hintEmail | hintOrg | hintBrand | hintPlace | hintIntro | hintRelation | hintContact | hintSaid

// namePart says whether token i may be a part of a name.
func (s *scanner) namePart(i int) bool {
	switch t := s.tokens[i]; {
	case t.taken || t.kind != word || t.shape == lower:
		return false
	case t.end-t.start == 1:
		return len(s.gap(i+1)) > 0 && (s.gap(i + 1)[0] == '.' || s.gap(i + 1)[0] == '\'') || s.raw(i) != "I" && s.raw(i) != "A"
	case s.acronym(i), t.shape == upper && t.end-t.start <= maxAcronym && t.hint&(hintGiven|hintFamily) == 0:
		return false
	case t.hint&(hintTitle|hintUnit|hintDigit) != 0 && t.hint&(hintGiven|hintFamily) == 0:
		return false
	case t.hint&(hintGiven|hintFamily) != 0:
		return true
	default:
		return t.hint&notNames == 0
	}
}

// What is counted of a run of words, to tell names from other things.
const (
	featureBias      = iota
	featureGiven     // given names that are no ordinary words
	featureGivenWord // those that are
	featureFamily    // family names that are no ordinary words
	featureFamilyWord
	featureUnknown   // words of no list
	featureNameLike  // of those: foreign letters or the ending of a name
	featureLikeness  // of those: how much their letters are a name's
	featureInitial   // single letters
	featureLong      // more than one word
	featureTitle     // Mr or the like before
	featureIntro     // "name is" before
	featureIAm       // "I am", "this is" before
	featureRelation  // a person's role before
	featureContact   // a word of giving or speaking before
	featureDealing   // of those: with a verb of what one does with people
	featureGreeting  // Hi, Dear before
	featureSaid      // a verb of what people do behind
	featurePossessor // 's behind
	featurePlaceWord // in, at, near before
	featureOrg       // a company's or product's word beside it
	featureStart     // first in the sentence
	featureUpper     // in capitals
	featureSpeaker   // a colon behind
	featurePlace     // a word that is a place too
	featureOnlyWords // every word is an ordinary one too
	featureStrange   // every word is of no list and unlike a name
	featureListed    // another given name beside it in a list
	featureAlone     // nothing else in the line
	featureComma     // a comma behind
	featureCount
)

// nameWeights are the weights of the features, a logistic model fitted to the
// public development data and to sentences of our own about payees, merchants
// and products, then rounded.
var nameWeights = [featureCount]float64{
	featureBias:       -1.0,
	featureGiven:      1.8,
	featureGivenWord:  -0.2,
	featureFamily:     -0.2,
	featureFamilyWord: -2.0,
	featureUnknown:    -0.3,
	featureNameLike:   0.3,
	featureLikeness:   0.9,
	featureInitial:    0.6,
	featureLong:       1.4,
	featureTitle:      1.6,
	featureIntro:      4.4,
	featureIAm:        2.6,
	featureRelation:   4.3,
	featureContact:    0.7,
	featureDealing:    2.3,
	featureGreeting:   1.5,
	featureSaid:       1.8,
	featurePossessor:  -0.1,
	featurePlaceWord:  -2.3,
	featureOrg:        -3.1,
	featureStart:      0.0,
	featureUpper:      -1.7,
	featureSpeaker:    2.1,
	featurePlace:      0.4,
	featureOnlyWords:  -1.4,
	featureStrange:    -1.3,
	featureListed:     1.1,
	featureAlone:      0.4,
	featureComma:      2.5,
}

// nameFeatures counts the features of the run in tokens first to last.
func (s *scanner) nameFeatures(first, last int) (f [featureCount]float64) {
	f[featureBias] = 1
	words := 0
	for i := first; i < last; i++ {
		s.countWord(i, &f)
		if s.tokens[i].shape != lower {
			words++
		}
	}
	f[featureLong] = flag(words > 1)
	ordinary := f[featureGivenWord] + f[featureFamilyWord]
	f[featureOnlyWords] = flag(int(ordinary) == words)
	f[featureStrange] = flag(int(f[featureUnknown]-f[featureNameLike]) == words)
	s.countBefore(first, &f)
	s.countAfter(last, &f)
	f[featureListed] = flag(s.listed(first, last))
	f[featureAlone] = flag(lineStart(s.gap(first), first) && (last >= len(s.tokens) || strings.Contains(s.gap(last), "\n")))
	return f
}

// listed says whether a comma or "and" joins the run with a given name.
func (s *scanner) listed(first, last int) bool {
	return s.joined(first-1, s.gap(first)) || last < len(s.tokens) && (s.gap(last) == ", " && s.isGiven(last) || s.tokens[last].shape == lower && s.raw(last) == "and" && s.isGiven(last+1))
}

// joined says whether token i, or the one before an "and" there, is a given name
// and the gap behind it that of a list.
func (s *scanner) joined(i int, gap string) bool {
	if i > 0 && gap == " " && s.raw(i) == "and" {
		return s.isGiven(i-1) || i > 1 && s.isGiven(i-2)
	}
	return gap == ", " && s.isGiven(i)
}

// isGiven says whether token i is a capitalised given name and no ordinary word.
func (s *scanner) isGiven(i int) bool {
	return i >= 0 && i < len(s.tokens) && s.tokens[i].hint&(hintGiven|hintWord) == hintGiven && s.tokens[i].shape != lower
}

func flag(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// lineStart says whether the gap before token i begins a line.
func lineStart(gap string, i int) bool { return i == 0 || strings.Contains(gap, "\n") }

// countWord counts what word i of a run says itself.
func (s *scanner) countWord(i int, f *[featureCount]float64) {
	t := s.tokens[i]
	ordinary := t.hint&hintWord != 0
	switch {
	case t.shape == lower:
		return
	case t.end-t.start == 1:
		f[featureInitial]++
		return
	case t.hint&hintGiven != 0 && !ordinary:
		f[featureGiven]++
	case t.hint&hintGiven != 0:
		f[featureGivenWord]++
	case t.hint&hintFamily != 0 && (!ordinary || f[featureGiven] > 0):
		f[featureFamily]++
	case t.hint&hintFamily != 0:
		f[featureFamilyWord]++
	default:
		f[featureUnknown]++
		f[featureNameLike] += flag(nameLike(s.raw(i)))
		f[featureLikeness] += s.likeness(s.raw(i))
	}
	f[featureUpper] += flag(t.shape == upper && (ordinary || t.hint&(hintGiven|hintFamily) == 0))
	f[featurePlace] += flag(t.hint&(hintPlace|hintCountry) != 0)
	f[featureOrg] += flag(t.hint&hintBrand != 0)
}

// nameEndings close family names in many languages and hardly any other word
// that begins with a capital.
var nameEndings = []string{
	"sson", "sdottir", "dottir", "ova", "eva", "ov", "ev", "ski", "ska", "sky", "enko", "chuk", "vic", "vich", "wicz", "ic",
	"sen", "son", "qvist", "strom", "ian", "yan", "idis", "akis", "poulos", "oglu", "shvili", "adze", "escu", "eanu",
	"inen", "nen", "ez", "elli", "etti", "ini", "ucci", "mann", "maki", "moto", "mura", "zadeh", "pour", "singh", "bhai",
}

// minNameLike is the least length in bytes of a word that an ending makes a name.
const minNameLike = 5

// nameLike says whether a word of no list has letters with accents or ends like
// a name.
func nameLike(w string) bool {
	if len(w) < minNameLike || len(w) > maxWord {
		return false
	}
	var buf [2 * maxWord]byte
	folded := string(fold(buf[:0], w))
	if len(folded) != len(w) {
		return true
	}
	for _, ending := range nameEndings {
		if strings.HasSuffix(folded, ending) {
			return true
		}
	}
	return false
}

// countBefore counts what stands before token i.
func (s *scanner) countBefore(i int, f *[featureCount]float64) {
	if i == 0 {
		f[featureStart] = 1
		return
	}
	gap := s.gap(i)
	if strings.ContainsAny(gap, ".!?\n") && gap != ". " || gap == ". " && s.tokens[i-1].hint&hintTitle == 0 || strings.Contains(gap, ": \"") {
		f[featureStart] = 1
	}
	before := s.tokens[i-1]
	f[featureTitle] = flag(before.hint&hintTitle != 0 && len(gap) <= 2)
	w := strings.ToLower(s.raw(i - 1))
	switch {
	case len(gap) > 3, strings.HasPrefix(gap, ". ") && before.hint&hintRelation == 0:
	case before.hint&hintIntro != 0, (w == "is" || w == "to" || w == "as") && i > 1 && s.nameBefore(i-2):
		f[featureIntro] = 1
	case s.iAm(i):
		f[featureIAm] = 1
	case greetings[w]:
		f[featureGreeting] = 1
	case before.hint&hintRelation != 0, (w == "is" || w == "was") && i > 1 && s.tokens[i-2].hint&hintRelation != 0:
		f[featureRelation] = 1
	case before.hint&hintContact != 0 && f[featureStart] == 0:
		f[featureContact] = 1
		f[featureDealing] = flag(s.dealing(i - 1))
	case placeWords[w] && (f[featureGiven] == 0 || s.tokens[i].hint&(hintPlace|hintCountry|hintMonth) != 0):
		f[featurePlaceWord] = 1
	}
	if gap == " " && before.shape != lower && partOfPlace[w] {
		f[featureOrg]++
	}
	if len(gap) == 1 && before.hint&(hintOrg|hintBrand) != 0 && before.shape != lower || strings.Contains(gap, "&") {
		f[featureOrg]++
	}
}

var (
	greetings   = setOf("hi hello hey dear bye thanks goodbye welcome morning afternoon evening")
	partOfPlace = setOf("new san los las fort lake mount port cape north south east west saint bora")
	// prepositions are contact words that may stand before anything.
	prepositions = setOf("with by from for to of and or pay paid")
	placeWords   = setOf("in at near into around via using")
)

// dealing says whether up to token i one speaks, splits or sends with somebody.
func (s *scanner) dealing(i int) bool {
	for k := i; k >= 0 && k > i-6; k-- {
		if s.tokens[k].hint&hintContact != 0 && !prepositions[strings.ToLower(s.raw(k))] {
			return true
		}
	}
	return false
}

// nameBefore says whether a name is announced at token i or shortly before.
func (s *scanner) nameBefore(i int) bool {
	for k := i; k >= 0 && k > i-3; k-- {
		if s.tokens[k].hint&hintIntro != 0 {
			return true
		}
	}
	return false
}

// iAm says whether "I am", "I'm" or "this is" stands before token i.
func (s *scanner) iAm(i int) bool {
	if i < 2 || s.tokens[i-1].hint&hintCopula == 0 {
		return false
	}
	a, b := strings.ToLower(s.raw(i-2)), strings.ToLower(s.raw(i-1))
	return a == "i" && (b == "am" || b == "m") || a == "this" && b == "is" || b == "im"
}

// countAfter counts what stands at token i, behind a run.
func (s *scanner) countAfter(i int, f *[featureCount]float64) {
	if i >= len(s.tokens) {
		return
	}
	gap, t := s.gap(i), s.tokens[i]
	w := strings.ToLower(s.raw(i))
	switch {
	case gap == "'" && w == "s":
		f[featurePossessor] = 1
	case gap == " " && t.hint&hintSaid != 0:
		f[featureSaid] = 1
	case strings.HasPrefix(gap, ":"):
		f[featureSpeaker] = 1
	case strings.HasPrefix(gap, ","):
		f[featureComma] = 1
	}
	if (gap == " " || gap == "-") && t.hint&(hintOrg|hintBrand|hintStreet) != 0 && (t.shape != lower || t.hint&hintSaid == 0 && w != "pay") || strings.Contains(gap, "&") {
		f[featureOrg]++
	}
}

// findLowerNames finds names in small letters where they are announced, and
// given names with another name behind.
func (s *scanner) findLowerNames() {
	for i := 0; i < len(s.tokens); i++ {
		t := s.tokens[i]
		if t.taken || t.kind != word {
			continue
		}
		end := i
		switch {
		case i > 0 && s.announced(i):
			end = s.lowerNameEnd(i, false)
		case t.hint&hintGiven != 0 && t.hint&hintWord == 0 && t.shape == lower:
			end = s.lowerNameEnd(i, true)
			if end == i+1 && !s.spokenTo(i) {
				continue
			}
		}
		if end > i && s.tokens[end-1].end-s.tokens[i].start > 1 {
			s.takeName(i, end, 0.7)
			i = end - 1
		}
	}
}

// announced says whether the words before token i promise a name: "name is",
// "Mr", or "I am" before a given name.
func (s *scanner) announced(i int) bool {
	if s.tokens[i-1].hint&(hintTitle|hintIntro|hintCopula) == 0 {
		return false
	}
	gap := s.gap(i)
	if len(gap) > 3 || strings.Trim(gap, " .:-\"'") != "" {
		return false
	}
	before, w := s.tokens[i-1], strings.ToLower(s.raw(i-1))
	given := s.tokens[i].hint&hintGiven != 0 && s.tokens[i].hint&hintWord == 0
	switch {
	case w == "mr", w == "mrs", w == "ms", w == "dr", w == "mister":
		return len(gap) <= 2
	case (w == "is" || w == "s") && i > 1 && strings.EqualFold(s.raw(i-2), "name"), w == "named":
		return true
	case before.hint&hintIntro != 0 && strings.HasPrefix(gap, ":"):
		return true
	case s.iAm(i):
		return given
	}
	return false
}

// lowerNameEnd returns where the name ends that begins with token i. Sure names
// only are taken for the second word when strict.
func (s *scanner) lowerNameEnd(i int, strict bool) int {
	end := i
	for end < len(s.tokens) && end < i+3 {
		t := s.tokens[end]
		if t.taken || t.kind != word || end > i && s.gap(end) != " " && s.gap(end) != "-" {
			break
		}
		if t.hint&hintWord != 0 && (t.hint&(hintGiven|hintFamily) == 0 || strict && end > i) || t.hint&(hintIntro|hintAmount|hintDay|hintMonth|hintBrand|hintOrg|hintSaid) != 0 && end > i {
			break
		}
		if strict && end > i && t.hint&(hintGiven|hintFamily) == 0 && (t.hint != 0 || t.end-t.start < 4) {
			break
		}
		end++
	}
	return end
}

// spokenTo says whether a single given name in small letters is addressed, paid
// or somebody's relation.
func (s *scanner) spokenTo(i int) bool {
	if i == 0 || s.gap(i) != " " || s.tokens[i].end-s.tokens[i].start < 4 {
		return false
	}
	before := s.tokens[i-1]
	switch strings.ToLower(s.raw(i - 1)) {
	case "to", "from", "with", "for", "by":
		return i > 1 && s.tokens[i].hint&(hintPlace|hintCountry|hintBrand|hintFamily) == 0 && s.sending(i-2)
	}
	return before.hint&hintRelation != 0 && before.hint&hintSaid == 0 && !greetings[s.raw(i-1)]
}

// sending says whether money is moved shortly before token i.
func (s *scanner) sending(i int) bool {
	for k := i; k >= 0 && k > i-6; k-- {
		switch strings.ToLower(s.raw(k)) {
		case "send", "sent", "transfer", "transferred", "pay", "paid", "give", "gave", "money":
			return true
		}
	}
	return false
}
