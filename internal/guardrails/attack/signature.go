package attack

import (
	"slices"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/phrases"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// pair is a technique that shows in two words shortly after one another: what is
// to be done, and to what.
type pair struct {
	name         string
	score        float64
	verbs, nouns []string
	reach        int  // bytes from the one to the other
	either       bool // in either order
}

func list(s string) []string {
	var words []string
	for w := range strings.SplitSeq(s, "|") {
		words = append(words, fold(w))
	}
	return words
}

// fold gives a pattern the form of the texts that it is looked for in; a leading
// or trailing space stands for the end of a word.
func fold(s string) string {
	f := textview.Fold(s)
	if strings.HasPrefix(s, " ") {
		f = " " + f
	}
	if strings.HasSuffix(s, " ") {
		f += " "
	}
	return f
}

var pairs = []pair{
	{
		name: "override", score: 0.95, reach: 48,
		verbs: list("ignore all|ignore any|ignore every|ignore your|ignore the prev|ignore prev|ignore the above|ignore above|ignore prior|ignore the prior|ignore these|ignore those|ignore the safety|ignore the system|ignore earlier|ignore what|disregard all|disregard any|disregard your|disregard prev|disregard the prev|disregard the above|disregard prior|disregard every|disregard what|forget all|forget your|forget the previous|forget previous|forget prior|forget any|forget every|forget the above|override your|override the system|override all|override any|bypass your|bypass all|bypass the|neglect your|neglect all|skip your|drop your|drop all|abandon your|abandon all|discard all|discard your|discard prev|stop following|don't follow|do not follow|do not obey|don't obey|no longer follow|not bound by|free from"),
		nouns: list("instruction|prompt|guideline|directive|your rules|all rules|the rules|any rules|safeguard|guardrail|programming|your training|restrictions|told before|you were told|safety|content polic|your policies|openai|above and|above text|ethic"),
	},
	{
		name: "override", score: 0.95, reach: 40,
		verbs: list("ignoriere|vergiss|missachte|übergehe|ignorez|ignore tout|oublie|ne tiens pas compte|ignora todas|ignora las|ignora tod|olvida|omite|haz caso omiso|ignora tutt|ignora le|dimentica|ignore todas|ignore as|esqueça|desconsidere|negeer|vergeet|zignoruj|zapomnij|pomiń|ignorera|glöm|ignorér|ignorer alle|glem|ignorează|uită|ignoruj|zapomeň|abaikan|lupakan|bỏ qua|quên|puuza|sahau|unohda|shpërfill|harro|déan neamhaird|leig seachad|ziba|αγνόησε|ξέχνα"),
		nouns: list("anweisung|instruktion|vorgaben|regeln|instruction|consigne|règles|directive|instruccion|indicacion|reglas|istruzion|regole|instruç|instruc|regras|instructies|regels|opdracht|instrukcj|zasad|polece|instruktioner|regler|instrukcí|pokyn|instruksi|perintah|aturan|hướng dẫn|chỉ thị|maagizo|ohjee|udhëzim|treorac|stiùir|imiyalelo|imithetho|οδηγίε|κανόνε|prompt"),
	},
	{
		name: "override", score: 0.95, reach: 40,
		verbs: list("忽略|无视|無視|忘记|忘掉|忽視|不要遵守|игнорир|ігнорув|ігноруй|забудь|не следуй|отмени|تجاهل|انس|لا تتبع|התעלם|שכח|ละเว้น|เพิกเฉย|ลืม"),
		nouns: list("指令|指示|提示|规则|說明|说明|命令|指引|указани|инструкци|правил|інструкці|промпт|التعليمات|الأوامر|قواعد|הוראות|ההנחיות|כללים|คำสั่ง|กฎ"),
	},
	{ // languages whose verb comes last
		name: "override", score: 0.95, reach: 40, either: true,
		verbs: list("忘れて|無視して|無視せよ|従わない|무시|잊어|अनदेखा|नज़रअंदाज़|भूल जा|উপেক্ষা|بھول جا|نظر انداز|نادیده بگیر|فراموش کن|yok say|görmezden gel|unut|hagyd figyelmen"),
		nouns: list("指示|命令|ルール|プロンプト|지시|명령|규칙|프롬프트|निर्देश|नियम|নির্দেশ|ہدایات|دستور|قوانین|talimat|kural|utasítás"),
	},
	{
		name: "reveal the prompt", score: 0.9, reach: 40,
		verbs: list("reveal|show me|show your|print|repeat|output|display|tell me your|give me your|leak|what is your|what's your|what are your|translate your|copy your|write down your|recite|disclose|expose|share your|zeige|zeig mir|affiche|montre|muestra|muéstrame|mostra|mostre|pokaż|toon|visa|покажи|göster|显示|表示|보여|اعرض|दिखा"),
		nouns: list("system prompt|system message|initial prompt|original prompt|hidden prompt|secret prompt|hidden instruction|initial instruction|original instruction|secret instruction|system instruction|developer message|your prompt|your instructions verbatim|systemprompt|prompt système|prompt de sistema|mensaje de sistema|prompt di sistema|prompt systemowy|системный промпт|sistem istem|系统提示|システムプロンプト|시스템 프롬프트|موجه النظام|सिस्टम प्रॉम्प्ट|confidential prompt"),
	},
	{
		name: "no limits", score: 0.9, reach: 90,
		verbs: list("you are now|you are a|you are an|you're now|act as|acting as|pretend|roleplay as|role play as|simulate|take on the role|take the role|behave as|respond as|answer as|you will be|become|playing the role|imagine you are|persona"),
		nouns: list("no restriction|without restriction|without any restriction|no limits|without limits|no rules|without rules|without any rules|no filter|without filter|without any filter|unrestricted|unfiltered|uncensored|no ethical|no moral|without ethical|without moral|amoral|do anything now| dan |jailbroken|no guidelines|not bound by|never refuse|evil confidant|no boundaries|without censorship|free of all restrictions|broken free"),
	},
	{
		name: "no refusal", score: 0.8, reach: 60,
		verbs: list("you must never|you can never|you never|you must not|do not ever|never say|you will never|you are not allowed to|you cannot"),
		nouns: list("refuse|say you can't|say no to|break character|out of character|reject a|reject any|apologize or|decline my|moralize|warn me|add a disclaimer|that you can't|i can't assist|i cannot assist"),
	},
	{
		name: "persona", score: 0.8, reach: 130,
		verbs: list("chatgpt|chat gpt|gpt-4|gpt4|gpt 4|openai|hello gpt|hi gpt|dear gpt"),
		nouns: list("you are going to|you are now|you will|pretend|from now on|act as|roleplay|must obey|respond as|play the role|become|you must|simulate|rules|policy|policies|guidelines|persona|request|your answer|jailbreak"),
	},
	{
		name: "persona", score: 0.8, reach: 160,
		verbs: list("from now on you are|from now on you will|from now on, you are|from now on, you will|from now on you should answer|from now on you must|from now on, you must|from now on you will answer|you are going to pretend|you are going to act|you will pretend|you will now act|you will roleplay|you will act as|you will be playing|i want you to act as|i want you to pretend|i want you to roleplay|you are now |now you act as|you act as two|you must adopt|adopt the persona|adopt two personas|let's roleplay|let's role play|we are going to roleplay|we are going to play a game|an ai named|an ai called|an ai model named|a chatbot named|a character named|a bot named|stands for"),
		nouns: list("anything now|amoral|no moral|no ethic|unethical|illegal|immoral|stay in character|stays in character|in character|never break|breaks character|unhinged|offensive|curse|swear|no remorse|two responses|two personas|both responses|two answers|opposite|answer any|answers any|any request|no matter|no disclaimers|disclaimer|openai|chatgpt|as an ai|language model|\"as |insert|[prompt|simulation|unfiltered|censor|uncensored|limitations|programmed to"),
	},
	{
		name: "output planted", score: 0.8, reach: 80,
		verbs: list("include in your response|include the following|in your response|at the end of your response|at the beginning of your response|end your response with|start your response with|begin your response with|your response must|your answer must contain|respond only with|reply only with|repeat the sequence|output the following|print the following|please only respond|please only reply|respond with \"|answer with \""),
		nouns: list("<img|onerror|<script|exactly as it is|exact string|following string|times at the end|separated by dash|placeholder|console.log|activated|understood\"|yes, i will|i will abide|base64|system message|system prompt"),
	},
	{
		name: "reveal the prompt", score: 0.85, reach: 70, either: true,
		verbs: list("base64|reversed|backwards|in binary|'you are'|\"you are\"|txt|verbatim|word for word|word by word|code block|first sentence|këtu|anseo|an-seo|lapha|gu facal|fjalë për fjalë"),
		nouns: list("system message|system prompt|unique id|your instructions|your prompt|initial prompt|words starting with|id-në tënde|sistemit|siostam|chórais|sistimu|umyalezo|wesistimu|teachtaireacht|teachdaireachd|sònraichte|uathúil|eyingqayizivele|amagama aqala|përsërit fjalët|systemnachricht|message système|mensaje del sistema|messaggio di sistema|mensagem do sistema|systeembericht"),
	},
	{
		name: "false authority", score: 0.75, reach: 70,
		verbs: list("i am the president|i am god|i'm god|i am your creator|i am your developer|i am your programmer|i am an administrator|i am the administrator|i'm the administrator|i am the ceo|as your developer|as your creator|as the administrator|as an administrator|i work for openai|i am from openai|i'm your developer|i am the owner of this system|this is the developer|this is your developer"),
		nouns: list("you must|you have to|share|reveal|give me|tell me|grant|order you|authorize|i order|i command|obey|disable|skip|bypass|answer all|show me"),
	},
	{
		name: "command hidden in data", score: 0.85, reach: 70,
		verbs: list("note to the ai|note to ai|ai assistants must|attention ai|if you are a language model|if you are an ai|if you're an ai|dear ai|to the ai reading|instructions for the ai|the assistant must|assistant should now|when summarizing this|when you summarize this"),
		nouns: list("instead|must|reply|respond|send|do not mention|don't mention|recommend|transfer|approve|include|ignore|secret|say"),
	},
}

// hints are pairs that decide nothing by themselves, as honest customers write them,
// too: the model weighs them together with the words around. They hold for all
// languages that they have words of.
var hints = []pair{
	{
		name: "unasked", reach: 40, either: true,
		verbs: list("without|skip|bypass|omit|leave out|no need for|don't ask|do not ask|never ask|ohne|überspring|sans |sin |senza|sem |zonder|bez |без|utan|uden|ilman|olmadan|almadan|sormadan|tanpa|lewati|không cần|โดยไม่ต้อง|ไม่ต้อง|不用|不要|跳过|无需|なしで|飛ばし|없이|دون|بدون|बिना|bila |nang walang|χωρίς|בלי|fără|nélkül|bez "),
		nouns: list("confirm|verif|second factor|two-factor|two factor|2fa|one-time|otp|approval|authentic|bestätig|rückfrage|vérif|demander|confirmac|código|codice|conferm|confirmaç|código|bevestig|potwierdz|kodu|подтвержд|кода|спрашив|підтвердж|bekräft|bekræft|vahvist|onay|konfirmasi|xác nhận|ยืนยัน|รหัส|确认|验证|確認|承認|확인|인증|تأكيد|رمز|पुष्टि|uthibitish|kumpirm|επιβεβ|אישור|confirmare|megerősít|potvrzen"),
	},
	{
		name: "others' data", reach: 50, either: true,
		verbs: list("another customer|other customer|other client|other user|another user|all customers|all clients|every customer|customer before|user before|previous customer|somebody else|someone else|neighbour|neighbor|anderen kunden|andere kunden|nachbar|autre client|voisin|otro cliente|vecino|altro cliente|outro cliente|vizinho|andere klant|innego klienta|другого клиента|другой клиент|соседа|іншого клієнта|başka müşteri|nasabah lain|pelanggan lain|khách hàng khác|ลูกค้าคนอื่น|其他客户|别的客户|他の顧客|다른 고객|عميل آخر|दूसरे ग्राहक|mteja mwingine"),
		nouns: list("data|balance|record|account|address|phone|password|conversation|transaction|card number|daten|konto|données|compte|datos|cuenta|dati|conto|dados|conta|gegevens|dane|данн|счёт|счет|bilgi|hesap|rekening|dữ liệu|ข้อมูล|数据|账户|余额|データ|口座|정보|계좌|بيانات|حساب|डेटा|खाता"),
	},
	{
		name: "void rules", reach: 40, either: true,
		verbs: list("void|cancelled|canceled|revoked|superseded|suspended|lifted|no longer appl|no longer valid|no longer count|outdated|overwritten|don't apply|do not apply|invalid|aufgehoben|ungültig|gelten nicht|abgeschaltet|annulé|levé|désactiv|anulad|desactiv|no valen|annullat|disattivat|não valem|anulad|desativ|vervallen|opgeheven|nie obowiązuj|anulowan|отменен|сняты|отключен|не действу|скасован|geçersiz|iptal|tidak berlaku|dinonaktif|vô hiệu|ยกเลิก|作废|失效|无效|取消|無効|解除|무효|해제|ألغي|معطل|रद्द|sheria hazi"),
		nouns: list("instruction|rule|guideline|directive|polic|restriction|filter|safeguard|guardrail|regeln|vorgaben|anweisung|règles|consignes|filtre|reglas|restriccion|filtro|regole|restrizion|regras|restriç|regels|zasad|ogranicze|правил|ограничен|фильтр|обмежен|kural|filtre|aturan|batasan|quy tắc|กฎ|规则|限制|规定|ルール|制限|규칙|제한|필터|القواعد|القيود|नियम|प्रतिबंध"),
	},
	{
		name: "secrecy", reach: 30,
		verbs: list("don't tell|do not tell|don't mention|do not mention|don't notify|do not notify|without telling|without notifying|keep this|keep it|say nothing|never reveal|hide this|hide it|sag niemand|verschweig|n'en parle|ne le dis|ne préviens|sans prévenir|no avises|no le digas|sin avisar|non dirlo|senza avvisare|não avise|não conte|vertel het niemand|nikomu nie|никому не|не сообщай|умолчи|kimseye söyle|jangan beri tahu|jangan kirim notif|đừng nói|ไม่ต้องแจ้ง|不要告诉|不要通知|誰にも言わ|知らせない|말하지 마|알리지 마|لا تخبر|किसी को मत"),
		nouns: list("user|customer|anyone|anybody|secret|this| it|quiet|etwas|davon|personne|nada|nadie|nessuno|ninguém|iets|mów|говори|об этом|siapa|任何人|通知|ください|말하지|أحدا|बता"),
	},
}

// alone are pieces of text that nobody writes by chance.
var alone = []struct {
	name   string
	score  float64
	pieces []string
}{
	{"chat template", 0.9, []string{
		"<|im_start|>", "<|im_end|>", "<|system|>", "<|user|>", "<|assistant|>", "<<sys>>", "[/inst]", "[inst]", "<|endoftext|>",
		"<|start_header_id|>", "<|eot_id|>", "<start_of_turn>",
	}},
	{"no limits", 0.9, list("do anything now|dan mode|developer mode enabled|developer mode output|jailbreak mode|jailbroken mode|god mode enabled|stay in dan|you are dan|(🔓jailbreak)|[🔓jailbreak]|evil confidant|antigpt|stan mode|dude mode|mongo tom|aim stands for|always intelligent and machiavellian|niccolo machiavelli")},
	{"false authority", 0.85, list("admin override|system override|begin override|override code:|sudo mode|maintenance mode activated|[system message]|system: you|[system]:|### system:|### instruction:|### new instructions|new instructions:|new system prompt|updated instructions:|end of system prompt|end of user input|begin new instructions")},
	{"prompt template", 0.8, list("[insert prompt|[insert your prompt|insert prompt here|insert your prompt|[prompt here]|{prompt}|[prompt]|[insert question|[insert request|my first prompt is|my first request is|your first prompt|replace with your request|[your prompt|[your question here|jailbreak prompt|(prompt goes here|[question]|my first question:|first command is|first suggestion request is")},
	{"script", 0.8, list("onerror=|<img src=x|document.cookie|<svg onload|fetch('http|fetch(\"http")},
	{"persona", 0.8, list("say anything now|do everything now|without breaking character|never break character|stay in character no matter|exit the simulation|leave the simulation|both as chatgpt|normal gpt answer|[classic]|[jailbreak]|🔒classic|🔓|as evilbot|hypothetically speaking, as an ai|unfiltered ai|unfiltered and amoral|amoral chatbot|amoral ai|completely amoral")},
	{"exfiltration", 0.85, list("![x](http|![](http|![image](http|?data=[|?q=[|append the conversation to|send the conversation to|send the chat history|forward the conversation to|the chat history to http")},
	{"reveal the prompt", 0.85, list("repeat everything above|repeat the text above|repeat the words above|print everything above|output everything above|words above starting with|what was written above|starting with \"you are|begin with \"you are|text above verbatim|repeat all of the above|instructions you were given|prompt that you were given|contents of your context window")},
	{"override", 0.85, list("your previous instructions are|previous instructions no longer|instructions above are outdated|your guidelines do not apply|your rules do not apply|ignore everything above|disregard everything above|disregard the above|ignore the above|forget everything above|forget everything you|forget all you know|from now on you have no|you have no restrictions|you no longer have any|ab jetzt hast du keine|ohne einschränkungen|sin restricciones|sans aucune limite|sans restriction|senza restrizioni|sem restrições|bez ograniczeń|без ограничений|没有任何限制|制限なしで")},
}

// table holds all phrases. Phrase a of alone has the tag a; the verbs and nouns
// of pair p follow behind.
var table = func() *phrases.Set {
	s := new(phrases.Set)
	for i, a := range alone {
		s.Add(i, a.pieces...)
	}
	for i, p := range allPairs {
		s.Add(verbTag(i), p.verbs...)
		s.Add(nounTag(i), p.nouns...)
	}
	return s
}()

// allPairs are those that decide and then the hints.
var allPairs = slices.Concat(pairs, hints)

func verbTag(pair int) int { return len(alone) + 2*pair }
func nounTag(pair int) int { return len(alone) + 2*pair + 1 }

// signature returns the surest technique that shows in the phrases of a text.
func signature(hits []phrases.Hit) (score float64, name string) {
	for i, h := range hits {
		switch {
		case h.Tag < len(alone):
			if a := &alone[h.Tag]; a.score > score {
				score, name = a.score, a.name
			}
		case (h.Tag-len(alone))%2 == 0:
			n := (h.Tag - len(alone)) / 2
			if p := &allPairs[n]; p.score > score && near(hits, i, nounTag(n), p.reach, p.either) {
				score, name = p.score, p.name
			}
		}
	}
	return score, name
}

// near says whether a hit with a tag stands within reach of hit i.
func near(hits []phrases.Hit, i, tag, reach int, either bool) bool {
	verb := hits[i]
	for _, h := range hits[i+1:] {
		if h.Start > verb.End+reach {
			break
		}
		if h.Tag == tag && h.Start >= verb.End && h.End <= verb.End+reach {
			return true
		}
	}
	if !either {
		return false
	}
	for k := i - 1; k >= 0 && hits[k].Start >= verb.Start-reach; k-- {
		if hits[k].Tag == tag {
			return true
		}
	}
	return false
}

// senseOf gives each tag of the table a sense for the model. Techniques of one
// name share theirs, so that what the model learns of one language holds for
// others.
var senseOf = func() []uint64 {
	list := make([]uint64, len(alone)+2*len(allPairs))
	bits := map[string]uint64{}
	sense := func(name string) uint64 {
		if bits[name] == 0 {
			bits[name] = 1 << len(bits)
		}
		return bits[name]
	}
	for i, a := range alone {
		list[i] = sense(a.name)
	}
	for i, p := range allPairs {
		list[verbTag(i)], list[nounTag(i)] = sense(p.name+", verb"), sense(p.name+", noun")
	}
	return list
}()

// senses gives the words of a view the senses of the phrases that begin in them.
func senses(v *textview.View, hits []phrases.Hit) []uint64 {
	if len(hits) == 0 || len(v.Words) == 0 {
		return nil
	}
	list := make([]uint64, len(v.Words))
	at := 0
	for _, h := range hits {
		for at+1 < len(v.Words) && int(v.Words[at+1].Start) <= h.Start+1 {
			at++ // a phrase may begin with the blank before a word
		}
		list[at] |= senseOf[h.Tag]
	}
	return list
}
