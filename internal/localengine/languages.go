package localengine

import (
	"strings"
	"unicode"
)

// languages are answers to customers who write in another language than the
// engine's, with words that only messages in theirs have. The name for a person is
// one that the engine knows.
var languages = []struct {
	reply string
	words map[string]bool
}{
	{
		"Lo siento, por ahora solo entiendo inglés. Si prefiere hablar con una persona, escriba \"human\".",
		wordList("hola cual cuál es mi saldo quiero puedo puede puedes ayudarme ayuda dinero cuenta tarjeta por favor cuánto cuanto tengo necesito enviar envía transfiere ahorros dólares congela gasté mes gracias está como cómo una para el la los que"),
	},
	{
		"Désolé, je ne comprends que l'anglais pour le moment. Pour parler à une personne, écrivez \"human\".",
		wordList("bonjour je voudrais voir mon solde compte carte argent combien est quel quelle aidez aide merci salut veux peux envoyer virement avec dans les une pour s'il vous plaît mes pas"),
	},
	{
		"Es tut mir leid, ich verstehe bisher nur Englisch. Wenn Sie mit einem Menschen sprechen möchten, schreiben Sie \"human\".",
		wordList("ich möchte mein meine guthaben konto karte geld wie viel kann können sehen bitte danke hallo nicht überweisen überweisung habe ist und der die das auf kontostand hilfe wieviel"),
	},
	{
		"Desculpe, por enquanto só entendo inglês. Para falar com uma pessoa, escreva \"human\".",
		wordList("olá oi qual é o meu saldo quero posso conta cartão dinheiro quanto gastei mês tenho obrigado obrigada ajuda por favor enviar não uma preciso você"),
	},
	{
		"Mi dispiace, per ora capisco solo l'inglese. Per parlare con una persona, scriva \"human\".",
		wordList("ciao qual è il mio saldo vorrei posso conto carta soldi quanto ho grazie aiuto per favore inviare non una sono buongiorno bisogno"),
	},
}

const otherLanguage = "I'm sorry, I understand only English so far. To talk to a person instead, write \"human\"."

// inEnglish are words that English messages have; with one of them, a few foreign
// ones make no foreign message.
var inEnglish = wordList(`the my is are you what how much i to and of for can do please me show balance send money account card it on in was this that have`)

// foreign is the answer to a message in another language, or nothing: most letters
// are none of English, or two of its words are of one language and none is English.
func foreign(folded string) string {
	letters, others := 0, 0
	for _, r := range folded {
		if unicode.IsLetter(r) {
			letters++
			if !unicode.Is(unicode.Latin, r) {
				others++
			}
		}
	}
	if letters >= 2 && 2*others > letters {
		return otherLanguage
	}
	words := strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
	best, reply := 1, ""
	for _, l := range languages {
		n := 0
		for _, w := range words {
			if inEnglish[w] {
				n -= 2
			}
			if l.words[w] {
				n++
			}
		}
		if n > best {
			best, reply = n, l.reply
		}
	}
	return reply
}
