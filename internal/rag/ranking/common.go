package ranking

// commonShare is what an everyday word counts where it is asked what a question is
// about. It ranks like any other word: less there lost on both public sets.
const commonShare = 0.1

// common are everyday words that say little of what a question is about: "how long
// does that usually take". Few of them stand in a small collection's articles, so that
// their rarity there is no measure.
var common = set(`able absolutely accidentally actually advice after again ago allow allowed almost already always angry annoying
	another anybody anyone anything anyway anywhere apparently appear appears around ask asked asking asks away
	awesome awful back bad badly basic basically be became become becomes before begin behind believe besides best
	better big bit both boy bring brought busy called came care case cause certain chance check clear clearly come
	comes coming complete completely concerned confused consider considered cool correct correctly couple crazy
	curious current currently dad daughter day days dear decide decided definitely different difficult do doing done
	down dude during each early easier easiest easily easy effect either else end ended enough entire especially
	even evening eventually ever every everybody everyone everything exactly example except excuse expect expected
	explain explanation extra fact fail fair far fast faster fastest father favorite feel feels felt few figure find
	finding fine finish first follow following forever forget forgot found friend friends fun further gave general
	generally gets getting girl give given gives giving glad go goes going gone gonna good gotta great guess guy
	guys half hand happen happened happening happens happy hard hate hear heard hell help helpful holy honestly hope
	hour hours however huge husband idea ideas immediately important include included includes incorrect insane
	instead interested issue issues itself job keep keeping keeps kept kind kinda knew know known knows lady larger
	last lately later latest least leave left less lets letting life like liked likely literally little live lived
	living ll long longer look looked looking looks lost lot lots love lucky mad made main make makes making man
	many mate matter matters maybe mean means meant men mention mentioned method middle mind mine minute minutes mom
	moment month months morning mostly mother much mum myself name near necessary need needed needing needs neither
	never new newest next nice night nobody none normal normally nothing notice noticed now nowhere obvious
	obviously odd often okay old older oldest once ones onto oops original otherwise ought own part particular past
	people perhaps pick place please plus poor possible possibly prefer present pretty previous probably problem
	problems process proper properly purpose put puts putting question questions quick quicker quickest quickly
	quite rather real realize realized really reason reasons recent recently recommend recommended regarding regular
	related remember require required requires rest ridiculous right run running sad said same saw say saying says
	search second see seeing seem seems seen self sense separate serious seriously set several short show showed
	showing shown shows sick side similar simple simply since single sister sit situation small somebody somehow
	someone something sometimes somewhere son soon sooner sort special specific stand start started starting starts
	state stay step steps still story straight strange stuff stupid suck sucks sudden suddenly suggest suggestion
	suggestions super supposed sure take taken takes taking tell telling tells ten terrible thank thanks thing
	things think thinking third though thought three through throughout till time times today together told tomorrow
	tonight took top total totally toward towards tried tries trouble true truly try trying turn turned turning
	turns twice two type types typical ugh unable understand unless unlike until unusual up upset urgent urgently
	use used useful uses using usual usually various via wait waited waiting wanna want wanted wants watch way ways
	week weeks weird well went whatever whenever wherever whether whole wife without woman women wonder wonderful
	wondering word words work worked working works world worried worry worse worst worth wow write wrong yeah year
	years yesterday yet young yourself`)
