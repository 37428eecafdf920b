package textview

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// respelled returns the readings of a folded text whose letters were replaced,
// moved or set apart.
func respelled(visible, text string, list []Word) []reading {
	var found []reading
	s := spelling(text, list)
	if s.leet >= 2 {
		found = append(found, reading{Leet, unleet(text, 'i')}, reading{Leet, unleet(text, 'l')})
	}
	if s.single >= minSingle {
		found = append(found, reading{Spaced, unspace(visible)})
	}
	if s.joints >= 2 {
		found = append(found, reading{Split, unsplit(text)})
	}
	if s.seams >= minSeams && s.seams*seamShare >= len(list) {
		found = append(found, reading{Split, unseam(text, "")}, reading{Split, unseam(text, " ")})
	}
	least := max(minShifted, len(list)/wordsPerCommon, s.shifts[0]+1)
	if shift := s.bestShift(); s.shifts[shift] >= least {
		found = append(found, reading{Cipher, rotate(text, byte(26-shift))})
	}
	if s.mirrored >= least {
		found = append(found, reading{Cipher, atbash(text)})
	}
	if s.reversed >= least {
		found = append(found, reading{Reversed, reverse(text)}, reading{Reversed, reverseWords(text)})
	}
	return found
}

const (
	// minSingle is how many words of one letter must follow one another.
	minSingle = 6
	// minSeams is how many hyphens, dots and the like between letters make a text
	// strange, and seamShare in how many of its words one must be.
	minSeams  = 3
	seamShare = 5
	// minShifted is how many of the commonest words a cipher must explain.
	minShifted = 2
	// wordsPerCommon: at least one word in so many is a common one in English.
	wordsPerCommon = 40
)

// spellings counts what hints at another spelling.
type spellings struct {
	leet     int     // words with digits or signs for letters
	single   int     // longest series of single letters
	joints   int     // signs between letters
	seams    int     // hyphens, dots and the like between letters
	shifts   [26]int // common words, by how far their letters are rotated
	mirrored int     // common words in atbash
	reversed int     // common words spelt backwards
}

// bestShift returns the rotation that explains most words.
func (s *spellings) bestShift() int {
	best := 1
	for shift := 2; shift < len(s.shifts); shift++ {
		if s.shifts[shift] > s.shifts[best] {
			best = shift
		}
	}
	return best
}

func spelling(text string, list []Word) spellings {
	var s spellings
	single := 0
	for i, w := range list {
		size := int(w.End - w.Start)
		if w.Kind == Letters {
			s.countCommon(text[w.Start:w.End])
		}
		switch {
		case size == 1 && w.Kind != Punctuation:
			single++
			s.single = max(s.single, single)
		case w.Kind != Punctuation:
			single = 0
		}
		if i == 0 || i+1 == len(list) || list[i-1].End != w.Start {
			continue
		}
		if i+1 < len(list) && seam(text, w) && list[i-1].Kind == Letters && list[i+1].Kind == Letters && w.End == list[i+1].Start {
			s.seams++
		}
		letterBefore, letterAfter := list[i-1].Kind == Letters, list[i+1].Kind == Letters && w.End == list[i+1].Start
		switch {
		case letterBefore && letterAfter && w.Kind == Punctuation && splitter(text[w.Start]):
			s.joints++
		case letterBefore && letterAfter && size == 1 && leetLetter(text[w.Start], 'i') != 0 && !mailSign(text, w, list[i+1]):
			s.leet++
		}
	}
	if s.leet < 2 {
		s.leet += leetStarts(text, list)
	}
	return s
}

// mailSign says whether a sign is that of an e-mail address, and no letter.
func mailSign(text string, sign, host Word) bool {
	return text[sign.Start] == '@' && int(host.End) < len(text) && text[host.End] == '.'
}

// leetStarts counts words that begin or end with a digit for a letter, as "4ll".
func leetStarts(text string, list []Word) int {
	n := 0
	for i, w := range list[:max(len(list)-1, 0)] {
		next := list[i+1]
		if w.Kind == Digits && next.Kind == Letters && w.End == next.Start && w.End-w.Start == 1 && leetLetter(text[w.Start], 'i') != 0 && next.End-next.Start > 1 {
			n++
		}
	}
	return n
}

// common are the words by which a cipher is recognised: the commonest of English,
// and those that attacks can't do without.
var common = []string{
	"the", "and", "you", "all", "for", "your", "with", "this", "that", "from", "are", "not",
	"ignore", "previous", "instructions", "system", "prompt", "reveal", "forget", "rules", "disregard", "password", "secret",
	"que", "los", "para", "con", "una", "les", "des", "est", "pour", "une", "der", "die", "und", "das", "ist", "nicht", "che", "per",
	"non", "uma", "com", "het", "een", "van", "nie", "bir", "jest", "nga", "dhe", "agus", "seo", "ukuthi",
}

// pattern is a common word, known by the steps from each of its letters to the
// next, modulo 26: a rotation of the alphabet leaves them alone.
type pattern struct {
	steps string
	first byte
}

// palindromes are words that are others backwards.
var palindromes = map[string]bool{
	"ton": true, "era": true, "red": true, "sad": true, "sol": true, "sed": true, "sel": true, "rep": true, "nav": true,
	"non": true, "agn": true, "ned": true, "moc": true, "per": true, "des": true, "les": true,
}

// commonPatterns holds the common words by the hash of their steps; backwards
// holds them spelt backwards, but for those that are words of their own.
var commonPatterns, backwards = func() (map[uint32]pattern, map[string]bool) {
	patterns, reversed := map[uint32]pattern{}, map[string]bool{}
	for _, word := range common {
		var steps [maxCommon]byte
		hash := stepsOf(word, &steps)
		patterns[hash] = pattern{string(steps[:len(word)-1]), word[0]}
		reversed[reverse(word)] = !palindromes[reverse(word)]
	}
	return patterns, reversed
}()

// maxCommon is the length of the longest common word.
const maxCommon = 12

// stepsOf writes the steps of a word and returns their hash.
func stepsOf(word string, steps *[maxCommon]byte) uint32 {
	hash := uint32(fnvBasis)
	for i := range len(word) - 1 {
		step := word[i+1] - word[i]
		if step >= 128 { // below zero
			step += 26
		}
		steps[i] = step
		hash = (hash ^ uint32(step)) * fnvPrime
	}
	return hash
}

// commonLengths are the lengths that common words have.
var commonLengths = func() (has [maxCommon + 1]bool) {
	for _, word := range common {
		has[len(word)] = true
	}
	return has
}()

func (s *spellings) countCommon(word string) {
	if len(word) > maxCommon || !commonLengths[len(word)] || word[0] >= utf8.RuneSelf {
		return
	}
	var steps [maxCommon]byte
	hash := stepsOf(word, &steps)
	if p, ok := commonPatterns[hash]; ok && p.steps == string(steps[:len(word)-1]) {
		s.shifts[(int(word[0])-int(p.first)+26)%26]++
		return
	}
	s.countMirrored(word)
	if backwards[word] {
		s.reversed++
	}
}

// countMirrored counts a word that is a common one in the mirrored alphabet.
func (s *spellings) countMirrored(word string) {
	for _, c := range mirrored[word[0]] {
		if c == word {
			s.mirrored++
		}
	}
}

// mirrored holds the common words in the mirrored alphabet, by their first byte.
var mirrored = func() (table [utf8.RuneSelf][]string) {
	for _, word := range common {
		m := atbash(word)
		table[m[0]] = append(table[m[0]], m)
	}
	return table
}()

func rotate(text string, by byte) string {
	return mapLetters(text, func(b byte) byte { return 'a' + (b-'a'+by)%26 })
}

func atbash(text string) string {
	return mapLetters(text, func(b byte) byte { return 'a' + 'z' - b })
}

// mapLetters maps the lower-case ASCII letters of a text.
func mapLetters(text string, f func(byte) byte) string {
	out := []byte(text)
	for i, b := range out {
		if b >= 'a' && b <= 'z' {
			out[i] = f(b)
		}
	}
	return string(out)
}

func reverse(text string) string {
	out := make([]byte, len(text))
	at := len(text)
	for i := 0; i < len(text); {
		_, size := utf8.DecodeRuneInString(text[i:])
		at -= size
		copy(out[at:], text[i:i+size])
		i += size
	}
	return string(out)
}

// reverseWords spells each word backwards.
func reverseWords(text string) string {
	fields := strings.Split(text, " ")
	for i, f := range fields {
		fields[i] = reverse(f)
	}
	return strings.Join(fields, " ")
}

// leetLetter returns the letter that a sign stands for; one is the letter of 1.
func leetLetter(b, one byte) byte {
	switch b {
	case '0':
		return 'o'
	case '1', '!', '|':
		return one
	case '3':
		return 'e'
	case '4', '@':
		return 'a'
	case '5', '$':
		return 's'
	case '7', '+':
		return 't'
	case '8':
		return 'b'
	case '9', '6':
		return 'g'
	}
	return 0
}

// unleet replaces the signs that stand for letters, in words with letters.
func unleet(text string, one byte) string {
	out := []byte(text)
	for start := 0; start < len(out); {
		end := start
		letters := false
		for end < len(out) && out[end] > ' ' {
			letters = letters || asciiLetter(out[end])
			end++
		}
		for i := start; letters && i < end; i++ {
			lastSign := i+1 == end && (out[i] == '!' || out[i] == '|')
			if l := leetLetter(out[i], one); l != 0 && !lastSign {
				out[i] = l
			}
		}
		start = end + 1
	}
	return string(out)
}

// splitter says whether a sign between letters may split a word. Dots,
// apostrophes and slashes do so in ordinary texts.
func splitter(b byte) bool { return strings.IndexByte("*_~^|+`#=\\", b) >= 0 }

// unsplit takes the signs out of words.
func unsplit(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := range len(text) {
		if splitter(text[i]) && i > 0 && text[i-1] > ' ' {
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// seam says whether a word is a sign that joins words in ordinary texts, and now
// and then cuts one.
func seam(text string, w Word) bool {
	return w.End-w.Start == 1 && strings.IndexByte("-._+", text[w.Start]) >= 0
}

// unseam replaces the signs between letters that may join or cut words.
func unseam(text, by string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := range len(text) {
		inside := i > 0 && i+1 < len(text) && wordByte(text[i-1]) && wordByte(text[i+1])
		if inside && strings.IndexByte("-._+", text[i]) >= 0 {
			b.WriteString(by)
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func wordByte(b byte) bool { return asciiLetter(b) || b >= utf8.RuneSelf }

// turned are the letters that look like others upside down, and upright those
// that they stand for. Letters that are turned into another ASCII letter are
// among them; others stay.
const (
	turned  = "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz˙⅄∀ƆƎℲפ⅁ſ˥ԀɅ∩ɓɒ"
	upright = "abcdefghijklmnopqrstuvwxyz.yaceffgjlpvuga"
)

var upsideDown = func() map[rune]byte {
	table := map[rune]byte{}
	for i, r := range []rune(turned) {
		table[r] = upright[i]
	}
	return table
}()

// minTurned is how many letters must be turned that aren't ASCII.
const minTurned = 4

// unturned reads a text that stands on its head, from its end.
func unturned(text string) (reading, bool) {
	n := 0
	for _, r := range text {
		if r >= utf8.RuneSelf && upsideDown[r] != 0 {
			n++
		}
	}
	if n < minTurned {
		return reading{}, false
	}
	runes := []rune(text)
	slices.Reverse(runes)
	for i, r := range runes {
		if u := upsideDown[r]; u != 0 {
			runes[i] = rune(u)
		}
	}
	return reading{Reversed, string(runes)}, true
}

// unspace joins series of single letters in a visible text. Wider gaps separate
// words; where all gaps are alike, the joined letters are cut into words that
// attacks use.
func unspace(visible string) string {
	list := words(visible)
	var b strings.Builder
	for i := 0; i < len(list); {
		n := singles(list[i:])
		if n < minSingle {
			b.WriteString(visible[list[i].Start:list[i].End])
			b.WriteByte(' ')
			i++
			continue
		}
		b.WriteString(join(visible, list[i:i+n]))
		b.WriteByte(' ')
		i += n
	}
	return b.String()
}

// join joins a series of single letters.
func join(text string, list []Word) string {
	var b strings.Builder
	wide := false
	for i, w := range list {
		if i > 0 && w.Start-list[i-1].End > 1 {
			b.WriteByte(' ')
			wide = true
		}
		if w.Kind == Letters || w.Kind == Digits || w.End-w.Start == 1 && (text[w.Start] == '.' || text[w.Start] == '?') {
			b.WriteString(text[w.Start:w.End])
		}
	}
	if wide {
		return b.String()
	}
	return segment(fold(b.String()))
}

// singles returns the length of the series of single letters, with or without
// punctuation between them, that a list begins with.
func singles(list []Word) int {
	n := 0
	for n < len(list) && (list[n].Kind == Punctuation || list[n].End-list[n].Start == 1) {
		n++
	}
	return n
}

// vocabulary are the words into which joined letters are cut.
var vocabulary, longestWord = func() (map[string]bool, int) {
	words, longest := map[string]bool{}, 0
	for _, w := range append(strings.Fields(`i a an in on is it its to of or as at be do me my no now new any if so up we
		what who how can will just but have has tell show give print output repeat write say act pretend must should answer
		prior above below before earlier initial hidden original full text word exact instruction guidelines guideline policy
		restrictions restriction filter filters safety limits mode developer jailbreak admin root unrestricted respond response
		bypass override pretending without ethical moral make bomb money account transfer send data customer user users bank
		card number numbers key keys api token credentials everything message messages conversation confidential only out
		told been were was then them they there here must never always again want need help please kill die
		about after also because by call change check code come confirm confirmation copy could delete details did disable
		discard does done drop each else enable erase every exist false find first follow following free full get go going
		good had he her him his hide into know last let like limit list load log look lose me mean more most move name next
		off old once one open operator order orders other our over own pay payment person policies print private question
		questions read real refuse remove reset return role rule run safe same see session set share she simple since skip
		sleep some start stop such switch take talk task than their thing think through time told tools true turn two under
		unlock until use using verification wait way well when where which while why wipe words work world would write wrong
		yes yet balance activate configuration ignoring rules guardrails moderation content security approve request requests
		database export forward employee customers clients client address phone email file files`), common...) {
		words[w] = true
		longest = max(longest, len(w))
	}
	return words, longest
}()

// segment cuts joined letters into words, the longest first; letters that begin
// none stay together.
func segment(letters string) string {
	var b strings.Builder
	for len(letters) > 0 {
		n := min(len(letters), longestWord)
		for n > 1 && !vocabulary[letters[:n]] {
			n--
		}
		if n > 1 || vocabulary[letters[:1]] {
			b.WriteByte(' ')
		}
		b.WriteString(letters[:n])
		if n > 1 {
			b.WriteByte(' ')
		}
		letters = letters[n:]
	}
	return b.String()
}
