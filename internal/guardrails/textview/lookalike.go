package textview

import "unicode/utf8"

// alphabets are rows of characters that look like the letter which opens the
// row; collected from the shapes of the Cyrillic, Greek, Armenian, Cherokee,
// Coptic, Lisu and extended Latin letters.
var alphabets = []string{
	"aаαᴀɐɑΑАꭺᎪꓮ⍺", "bвЬьβʙВΒᏏᖯꓐƀɓ", "cсϲᴄСϹᏟⅽꓚƈↄ", "dԁɗᴅᎠꓓđժ", "eеεєҽᴇЕΕᎬꓰǝɘɛ", "fғϝꜰꓝƒϜ",
	"gɡցɢԌᏀꓖǥɠ", "hһнհʜНΗᎻꓧħɥ", "iіιıɪӏІΙᎥꓲɨ¡", "jјϳᴊЈᎫꓙɾյ", "kкκᴋКΚᏦꓗƙĸʞ", "lⅼʟᏞꓡłƖɭ",
	"mмᴍМΜᎷꓟɯʍ", "nпηոռɴΝꓠɲŋи", "oоοօσᴏОΟᎤꓳøөơ", "pрρᴘРΡᏢꓑƥþ", "qԛգզϙꓞɋ", "rгʀяᖇᏒꓣɹɍ",
	"sѕꜱЅᏚꓢʂƨ", "tтτᴛТΤᎢꓔŧʇƭ", "uυսᴜцꓴʉų", "vνѵᴠᏙꓦʌѴ", "wωѡաᴡԝᎳꓪɰш", "xхχХΧꓫ×ж", "yуγүყʏΥҮꓬʎƴ", "zᴢΖᏃꓜƶʐ",
}

// strict are those that are hardly told from the Latin letter, in lower case.
const strict = "аеорсухіѕјһԁԛԝοανιρυϲκ"

var lookalikes, strictLookalikes = lookalikeTables()

func lookalikeTables() (all map[rune]byte, few map[rune]bool) {
	all, few = map[rune]byte{}, map[rune]bool{}
	for _, row := range alphabets {
		for _, r := range row[1:] {
			all[r] = row[0]
		}
	}
	for i := range 26 {
		letter := byte('a' + i)
		all[rune(0x1f1e6+i)] = letter // regional indicators
		all[rune(0x1f150+i)] = letter // negative circled
		all[rune(0x1f170+i)] = letter // negative squared
		all[braille[i]] = letter
	}
	for _, r := range strict {
		few[r] = true
	}
	return all, few
}

// braille holds the patterns of a to z.
var braille = []rune("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵")

// lookalike returns the Latin letter that r looks like or stands for, else zero.
func lookalike(r rune) byte {
	if r < utf8.RuneSelf || r >= 0x3000 && r < 0xa000 || r >= 0xac00 && r < 0xe000 {
		return 0
	}
	return lookalikes[r]
}

func strictLookalike(r rune) bool { return strictLookalikes[r] }
