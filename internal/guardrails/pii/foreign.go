package pii

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// meanings are words about numbers in scripts that put no spaces between words,
// or that write their particles together with the word, with what they mean. The
// view has the English word in their place, so that what looks for labels finds
// them.
var meanings = indexed(map[string]string{
	"birthday": "生日 出生日期 出生年月 出生于 出生 誕生日 生年月日 生まれ 생년월일 생일 출생 วันเกิด เกิดวันที่",
	"card":     "银行卡 信用卡 借记卡 银联 卡号 信用卡號 銀行卡 カード番号 クレジットカード カード 카드번호 신용카드 카드 บัตรเครดิต บัตรเดบิต เลขบัตร",
	"account":  "账号 帐号 账户 帐户 賬號 帳號 帳戶 賬戶 口座番号 口座 계좌번호 계좌 เลขที่บัญชี เลขบัญชี บัญชี",
	"passport": "护照 護照 パスポート 旅券 여권번호 여권 หนังสือเดินทาง พาสปอร์ต",
	"phone":    "电话 電話 手机 手機 联系电话 携帯 電話番号 전화번호 휴대폰 핸드폰 연락처 전화 โทรศัพท์ เบอร์โทร เบอร์มือถือ",
	"licence":  "驾驶证 驾照 駕照 運転免許 免許証 운전면허 ใบขับขี่",
	"email":    "邮箱 電郵 邮件 メールアドレス メール 이메일 อีเมล",
	"order":    "订单 訂單 单号 注文番号 주문번호 คำสั่งซื้อ",
})

// meaning is a word and what stands for it in the view.
type meaning struct{ word, english string }

func indexed(lists map[string]string) map[rune][]meaning {
	index := map[rune][]meaning{}
	for english, words := range lists {
		for w := range strings.FieldsSeq(words) {
			first, _ := utf8.DecodeRuneInString(w)
			index[first] = append(index[first], meaning{w, " " + english + " "})
		}
	}
	return index
}

// meaningAt returns the longest word that a text begins with.
func meaningAt(r rune, text string) (found meaning) {
	if r < 0x0e00 {
		return found
	}
	for _, m := range meanings[r] {
		if len(m.word) > len(found.word) && strings.HasPrefix(text, m.word) {
			found = m
		}
	}
	return found
}

// dateSigns are what stands behind the year, the month and the day in Chinese,
// Japanese and Korean.
var dateSigns = map[rune]byte{'年': '-', '月': '-', '日': ' ', '년': '-', '월': '-', '일': ' '}

// announcement is a word that stands before or behind a name in a script in which
// nothing marks names.
type announcement struct {
	text   string
	script *script
}

// script is how names are written in one.
type script struct {
	table *unicode.RangeTable
	// spaced says that spaces part the words of a name; a name has up to words of
	// them. Where they don't, a name has from least to most letters.
	spaced        bool
	words         int
	least, most   int
	before, after string // words, "_" stands for a space
	stop          string // letters or words that end a name
	surnames      string // by which a name begins, where that is few characters
}

// scripts are written from general knowledge of how people introduce themselves.
var scripts = []script{
	{
		table: unicode.Han, least: 2, most: 4,
		before: "我叫 我的名字是 我的名字叫 名字叫 名字是 我名叫 姓名是 姓名 户名 戶名 持卡人 开户人 開戶人 收款人 联系人 聯絡人 申请人 氏名 名義 名前は 私は",
		after:  "先生 女士 小姐 太太 様 さん と申します と言います といいます",
		stop:   "的是在想要和说有了就会请把被给从电地住先女小太様と年月日号",
		surnames: "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文" +
			"張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻鐘譚鄒陸龍錢湯賴龔" +
			"佐鈴高田渡伊山中小加吉木清斎松井森池橋石前藤後岡長村近坂遠青福三西太竹原上金増野安菊和島千丸今新大工宮内酒谷工平柴水横市荒",
	},
	{table: unicode.Katakana, least: 2, most: 12, before: "氏名 名義 名前は 私は", after: "様 さん と申します と言います"},
	{
		table: unicode.Hangul, least: 2, most: 4,
		before: "이름은 성함은 예금주 고객명 성명 저는", after: "입니다 이에요 예요 이라고 님 씨",
		surnames: "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모",
	},
	{table: unicode.Arabic, spaced: true, words: 3, before: "اسمي نام_من_ میرا_نام_ الاسم: نام: السيد_ السيدة_ آقای_ خانم_", stop: "است ہے هو و في من که اور هستم"},
	{table: unicode.Hebrew, spaced: true, words: 3, before: "שמי_ קוראים_לי_ השם_שלי_הוא_ מר_ גברת_", stop: "ואני אני של"},
	{table: unicode.Devanagari, spaced: true, words: 3, before: "मेरा_नाम_ नाम:_ श्री_ श्रीमती_", stop: "है और को का की के से ने"},
	{table: unicode.Bengali, spaced: true, words: 3, before: "আমার_নাম_ নাম:_", stop: "এবং আমি"},
	{table: unicode.Tamil, spaced: true, words: 2, before: "என்_பெயர்_ பெயர்:_", stop: "நான் மற்றும்"},
	{table: unicode.Telugu, spaced: true, words: 2, before: "నా_పేరు_ పేరు:_", stop: "నేను మరియు"},
	{table: unicode.Thai, spaced: true, words: 2, before: "ฉันชื่อ ผมชื่อ ดิฉันชื่อ ชื่อ_ ชื่อ: นางสาว นาย", stop: "และ ครับ ค่ะ"},
	{table: unicode.Greek, spaced: true, words: 2, before: "με_λένε_ ονομάζομαι_ το_όνομά_μου_είναι_", stop: "και θέλω"},
	{table: unicode.Cyrillic, spaced: true, words: 3, before: "меня_зовут_ мене_звати_", stop: "и я а хочу та"},
}

// announcements finds them by their first letter.
var beforeNames, afterNames = func() (before, after map[rune][]announcement) {
	before, after = map[rune][]announcement{}, map[rune][]announcement{}
	for i := range scripts {
		s := &scripts[i]
		for w := range strings.FieldsSeq(s.before) {
			w = strings.ReplaceAll(w, "_", " ")
			first, _ := utf8.DecodeRuneInString(w)
			before[first] = append(before[first], announcement{w, s})
		}
		for w := range strings.FieldsSeq(s.after) {
			first, _ := utf8.DecodeRuneInString(w)
			after[first] = append(after[first], announcement{w, s})
		}
	}
	return before, after
}()

// introduced finds the names that are announced in scripts without capital
// letters, in the original text; start and end are its bytes.
func introduced(text string) (list [][2]int) {
	for i, r := range text {
		if r < 0x0370 {
			continue
		}
		for _, a := range beforeNames[r] {
			if !strings.HasPrefix(text[i:], a.text) || a.script.spaced && i > 0 && wordLetter(text[:i]) {
				continue
			}
			start := i + len(a.text)
			start += len(text[start:]) - len(strings.TrimLeft(text[start:], " :：是は\u3000"))
			if end := a.script.nameAt(text, start); end > start {
				list = append(list, [2]int{start, end})
			}
		}
		for _, a := range afterNames[r] {
			if strings.HasPrefix(text[i:], a.text) {
				if start := a.script.nameBefore(text, i); start < i {
					list = append(list, [2]int{start, i})
				}
			}
		}
	}
	return list
}

// maxRepeated is how many names are looked for in the rest of a text.
const maxRepeated = 16

// repeated adds the other places where names stand, and puts all in order.
func repeated(text string, names [][2]int) [][2]int {
	seen := map[string]bool{}
	for _, name := range slices.Clone(names) {
		value := text[name[0]:name[1]]
		if seen[value] || len(seen) == maxRepeated {
			continue
		}
		seen[value] = true
		for at := 0; at < len(text); {
			i := strings.Index(text[at:], value)
			if i < 0 {
				break
			}
			names = append(names, [2]int{at + i, at + i + len(value)})
			at += i + len(value)
		}
	}
	slices.SortFunc(names, func(a, b [2]int) int { return cmp.Or(a[0]-b[0], b[1]-a[1]) })
	return names
}

// wordLetter says whether a text ends with a letter.
func wordLetter(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

// nameAt returns where the name ends that begins at a byte of a text, start when
// none does.
func (s *script) nameAt(text string, start int) int {
	if s.spaced {
		return s.wordsAt(text, start)
	}
	end, n := start, 0
	limit := s.most
	for i, r := range text[start:] {
		if n == limit || !unicode.Is(s.table, r) && r != 'ー' && (r != ' ' || s.table != unicode.Katakana) || strings.ContainsRune(s.stop, r) && n > 0 || s.endsAt(text[start+i:]) {
			break
		}
		if n >= s.least && meaningAt(r, text[start+i:]).word != "" {
			break // a label, such as the one of a birth date
		}
		if n == 0 && s.surnames != "" && !strings.ContainsRune(s.surnames, r) {
			return start
		}
		n++
		end = start + i + utf8.RuneLen(r)
	}
	if n < s.least {
		return start
	}
	return end
}

// endsAt says whether what stands behind names begins here.
func (s *script) endsAt(text string) bool {
	for w := range strings.FieldsSeq(s.after) {
		if strings.HasPrefix(text, w) {
			return true
		}
	}
	return false
}

// wordsAt is nameAt where spaces part words.
func (s *script) wordsAt(text string, start int) int {
	end, at := start, start
	for range s.words {
		size := 0
		for _, r := range text[at:] {
			if !unicode.Is(s.table, r) && !unicode.IsMark(r) {
				break
			}
			size += utf8.RuneLen(r)
		}
		if size == 0 || hasWord(s.stop, text[at:at+size]) {
			break
		}
		end = at + size
		if !strings.HasPrefix(text[end:], " ") {
			break
		}
		at = end + 1
	}
	return end
}

func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

// nameBefore returns where the name begins that ends at a byte of a text, end
// when none does. It begins with a surname, where those are known.
func (s *script) nameBefore(text string, end int) int {
	start, n, best := end, 0, end
	for n < s.most {
		r, size := utf8.DecodeLastRuneInString(text[:start])
		if !unicode.Is(s.table, r) && r != 'ー' {
			break
		}
		start -= size
		n++
		if n >= s.least && (s.surnames == "" || strings.ContainsRune(s.surnames, r)) {
			best = start
			if s.surnames != "" && n <= maxSurnamed {
				continue
			}
		}
	}
	return best
}

// maxSurnamed is the length up to which a longer name is preferred.
const maxSurnamed = 3

// findIntroduced takes the names of scripts that the view has no letters of, or in
// which no capital letter marks them.
func (s *scanner) findIntroduced(text string) {
	if s.from == nil {
		return // all is ASCII
	}
	at, token, taken := 0, 0, 0 // all go forward only, for the time to be linear
	for _, name := range repeated(text, introduced(text)) {
		if name[0] < taken {
			continue
		}
		for at < len(s.from) && int(s.from[at]) < name[0] {
			at++
		}
		end := at
		for end < len(s.to) && int(s.to[end]) <= name[1] {
			end++
		}
		token = s.tokenAt(token, at)
		last := token
		for last < len(s.tokens) && s.tokens[last].end <= end {
			last++
		}
		if at < end && s.free(token, last) {
			s.takeBytes(Person, at, end, token, last, text[name[0]:name[1]], hidden, 0.8)
			taken = name[1]
		}
	}
}
