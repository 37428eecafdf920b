package slots

// kin are words for people without a name.
var kin = wordSet(`bro sis bf gf bestie buddy mate flatmate housemate kid fiance auntie granny grandson granddaughter stepmom stepdad ex babysitter brother sister friend friends mom mum mommy dad daddy mother father wife husband son daughter cousin uncle aunt landlord roommate
colleague pal buddy colleague neighbor neighbour grandma grandpa grandmother grandfather partner nephew niece boss girlfriend boyfriend`)

// kept are words for people that may well be the names of saved payees.
var kept = wordSet("mom mum dad mommy daddy landlord grandma grandpa")

// companies are words that stand in names of companies and never in those of
// people.
var companies = wordSet(`restaurant restaurants kitchen shop store stores market mart supermarket cafe coffee bar grill pizza pizzeria bakery hotel
hotels inn resort regency airlines airways air energy power electric water gas telecom mobile wireless insurance bank inc llc ltd co corp company
group services service solutions systems media studio gym fitness club salon spa pharmacy clinic dental hospital university school college office
post station fuel motors auto parking transport taxi taxis cabs cab books cinema theatre theater subscription underground online com business
webshop flowers burger burgers sushi tacos bistro deli diner foods food farms garden gardens depot outlet boutique electronics hardware storage`)

// brands are companies that everybody knows.
var brands = wordSet(`amazon uber lyft netflix spotify walmart target costco starbucks mcdonalds mcdonald apple google paypal ebay etsy tesco aldi lidl
sainsbury sainsburys waitrose asda ikea deliveroo doordash grubhub instacart chipotle kfc dominos walgreens cvs kroger safeway publix nike
adidas zara h&m m&s sephora macy's macys nordstrom marriott hilton hyatt airbnb expedia verizon comcast xfinity at&t t-mobile tmobile vodafone
hulu disney hbo youtube playstation xbox exxon chevron allstate geico primark argos shein temu godaddy microsoft adobe dropbox peloton
lowe's lowes wendy's wendys panera panda amex`)

// places are countries and cities, to which and in which money is spent, too.
var places = wordSet(`usa us uk england scotland ireland wales france germany spain italy portugal poland austria switzerland belgium netherlands
holland denmark sweden norway finland greece turkey russia ukraine romania bulgaria hungary czechia croatia serbia india china japan korea thailand
vietnam philippines indonesia malaysia singapore pakistan bangladesh israel egypt morocco nigeria kenya ghana africa europe asia canada mexico brazil
argentina chile colombia peru cuba australia dubai emirates hong kong london paris berlin madrid rome milan vienna zurich amsterdam lisbon
dublin edinburgh manchester moscow istanbul mumbai delhi shanghai beijing tokyo sydney melbourne toronto montreal vancouver york chicago
boston seattle dallas houston miami atlanta denver vegas oakland texas california florida hawaii`)

// generic are words that, behind an article, name no company in particular.
var generic = wordSet(`seller item items purpose completion lack side receiving reason metro center centre city counter register mall airport home work
place flat house gas local corner till checkout website safeguards necessary merchant vendor retailer grocery store stores shop shops station town company supplier`)

// inside are common words that may end a name that has begun.
var inside = wordSet("business subscription shopping pay reason online mobile video credit union phone services electric mortgage insurance fund bank cash")

// common are words that are no part of a name: of grammar, of time, of banking,
// and the verbs and nouns that follow prepositions in requests.
var common = wordSet(`back a an the my our your their his her its this that these those it he she we they i you me him us them mine yours hers theirs ours
myself yourself someone somebody anyone anybody everyone everybody nobody person people somewhere anywhere another other others each every all any some
no none both either neither same such own more most less least much many few several lot lots enough too very just only also even still already yet
again ever never always often sometimes usually about above after against along among around as at before behind below beneath beside between beyond
but by despite during except for from in inside into like near of off on onto or out outside over past per since so than then through throughout till
to toward towards under until up upon via with within without and if because while when where why how what which who whom whose is are was were be
been being am isn't aren't wasn't weren't do does did done doing don't doesn't didn't have has had having haven't hasn't hadn't can could may might
must shall should will would can't cannot couldn't won't wouldn't shouldn't i'm i've i'd i'll you're it's that's there's there here let let's please
thanks thank hi hello hey ok okay yes no not yeah sure well now today tomorrow yesterday tonight soon later early earlier late ago once twice
day days week weeks month months year years hour hours minute minutes morning afternoon evening night weekend quarter date time times monday tuesday
wednesday thursday friday saturday sunday first second third last next previous recent recently latest lately current currently overall total
account accounts bank banks banking card cards checking checkings savings saving balance balances money cash fund funds amount amounts dollar dollars buck bucks euro
euros pound pounds cent cents transfer transfers transaction transactions payment payments purchase purchases charge charges bill bills fee fees deposit
deposits withdrawal withdrawals statement statements limit limits credit debit direct standing order orders loan loans mortgage interest rate rates pin
number numbers routing app application website online phone mobile email mail address name names help service support customer agent human
send sent sending pay paid paying make made making get got getting give gave given giving move moved moving take took taken taking put set see saw seen
show shown list find found check checked checking know known knew tell told say said ask asked want wanted need needed wish try tried trying use used
using go went gone going come came coming keep kept open opened close closed change changed cancel cancelled stop stopped start started begin buy bought
spend spent spending cost costs owe owed receive received add added remove removed report reported freeze block lock unlock unfreeze wire withdraw
transferred transferring schedule scheduled update updated view look looking looked confirm confirmed complete completed set setup reset activate
increase decrease higher lower high low big bigger biggest large larger largest small smaller smallest new old good bad best better worst right wrong
different correct exact actual extra additional full half whole part certain specific average usual normal international national foreign local
overseas abroad country countries usa uk europe america germany france spain italy poland india china canada mexico japan australia african eu world
someone's anything something everything nothing thing things stuff way ways reason reasons category categories type types kind kinds
merchant merchants vendor vendors business businesses recipient recipients beneficiary payee payees contact contacts owner user family friend friends
directly instead immediately straightaway asap urgently quickly possible however actually really maybe perhaps probably exactly approximately roughly
supposedly definitely por favor sir madam atm atms branch branches contactless cheque cheques check checks history summary report activity details info
information question questions problem problems issue issues error errors fraud dispute refund refunds overdraft insurance salary paycheck income
subscription subscriptions total average savings acct acc hold pending posted declined rejected reverted failed balance one two three four five six seven
eight nine ten hundred thousand million grand zero due someones appointment great awesome cool alright nope yep yup nah hmm fine sweet perfect fantastic deal duly noted
cheers ciao acknowledged sounds wonderful excellent lovely amazing gotcha understood approved agreed absolutely certainly indeed confirmed goodbye bye
sorry oh ah um wow nice course else welcome ye yea aye true false terrific brilliant super hurry wait top visa mastercard double duplicate incorrect fraudulent unauthorized weird strange unknown
process arrive arrives work works working link reach access post appear accept process finish happen fix resolve verify prove provide return returned
refunded reverse transfer settle finalize withdraw borrow save lend charge choose order contact call talk speak write read learn understand explain
book watch play buy sell rent travel fly visit stay live leave wait enter exit login log sign register apply submit request require expect believe
think feel hope guess wonder mean sound seem seems become remain continue repeat says said claims claim initiate pull push structure next gbp usd eur exchange regards effect reality line clear clears reflect cover fail handle offer clearing lost unable interests event concert ticket tickets movie recurring owed both plus minus equal using via swift sepa ach wire iban abroad travel holiday vacation trip`)
