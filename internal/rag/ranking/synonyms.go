package ranking

import "strings"

// synonymTrust is how far another word for the same thing can be trusted to be
// what was meant.
const synonymTrust = 0.8

// sameThing lists what customers and banks call the same thing, one thing a
// line. It serves only words that no passage has: beside a word that the articles
// use, its synonyms gained nothing on one public set and lost on the other.
const sameThing = `
atm | cash machine | cashpoint | hole wall | cash dispenser
card | plastic | debit card
cc | credit card
overdraft | overdrawn | negative balance | below zero | overspent
lost | lose | missing | misplace | mislaid
stolen | theft | steal | rob | mug | pickpocket | nick | thief | burgle
wallet | purse | handbag
freeze | lock | pause | suspend | block | disable | deactivate
unfreeze | unlock | unblock | unpause | reactivate | enable
declined | reject | refuse | deny | bounce
dispute | chargeback | contest | challenge | claim
fraud | scam | unauthorized | unauthorised | swindle | con | trick | dupe | cheat | scammer | fraudster | crook
phishing | scam | spoof | smishing | vishing
suspicious | dodgy | fishy | sketchy | unfamiliar | unrecognized | unrecognised
fee | charge | cost | price | tariff | penalty
paycheck | salary | wage | payroll | payslip | direct deposit
employer | job | boss
money | cash | dosh | dough | funds | bucks | quid
dollar | buck | usd
thousand | grand
car | auto | vehicle
home | house
loan | borrow | lend
refund | reimburse | money back | reversal
reverse | undo | cancel
ssn | social security number
apr | interest rate
interest | yield | apy | earnings
cd | certificate deposit
stock | share | equity
buy | purchase
cancel | revoke | undo | abort | scrap | stop
close | delete | remove | erase | shut | terminate | quit | leave
password | passcode | credentials
pin | passcode | secret code
phone | mobile | cellphone | cell | handset | smartphone
device | phone | laptop | tablet
abroad | overseas | foreign | international | travel | holiday | vacation | trip | europe | asia | mexico | canada | england | france | spain | italy | germany | japan | india
currency | forex | euro | exchange rate
exchange | conversion | convert
annual | yearly
payee | recipient | beneficiary | receiver
biller | utility | supplier | provider
transfer | wire | remittance | remit
send | transfer
withdraw | withdrawal
deposit | add money | load
add money | fund
check | cheque
photo | picture | snap | scan | photograph | image
2fa | mfa | two step verification | otp
login | sign in | logon | signin
landlord | rent
cosigner | guarantor
joint | shared
inheritance | estate
cashback | cash back
rewards | points | perks | bonus | loyalty
redeem | cash out
limit | maximum | cap | ceiling | max | allowance | quota | largest
minimum | min | least | smallest | lowest
statement | history
transaction | purchase | payment
pending | processing | hold | gray | grey
merchant | shop | store | seller | retailer | vendor
register | checkout | till | terminal
address | relocate
name | surname
email | mail | inbox
person | human | agent | representative | rep | advisor | adviser | operator | staff
assistant | chatbot | bot | robot | ai
complaint | complain | grievance
bill | invoice
recurring | repeat | standing order | automatic | autopay | autopilot | subscription | membership
schedule | postdate
savings | nest egg
checking | current account
person | friend | buddy | pal | relative | roommate | flatmate | colleague
split | divide
routing | aba | sort code
account number | acct | iban
spending | expenses | outgoings | expenditure
category | categorize | categorise | recategorize | recategorise | label
damaged | broken | cracked | snapped | worn | bent
delivery | arrive | ship | courier | post
activate | switch on
security | secure | protect
hacked | compromised | intruder
fingerprint | biometric
language | spanish | french | german | translate
privacy | personal information | tracking | spy | gdpr
location | gps
`

// synonyms gives the other ways to say a word, each as stems.
var synonyms = parseSynonyms(sameThing)

func parseSynonyms(lines string) map[string][][]string {
	table := map[string][][]string{}
	for line := range strings.Lines(lines) {
		phrases := [][]string{}
		for phrase := range strings.SplitSeq(line, "|") {
			var stems []string
			forWords(phrase, func(w string) bool { stems = append(stems, stem(w)); return true })
			if len(stems) > 0 {
				phrases = append(phrases, stems)
			}
		}
		for i, p := range phrases {
			for j, other := range phrases {
				if i != j && len(p) == 1 {
					table[p[0]] = append(table[p[0]], other)
				}
			}
		}
	}
	return table
}

// synonym returns the terms of the first synonym that the passages use.
func (x *Index) synonym(stem string) []int32 {
	for _, phrase := range synonyms[stem] {
		var terms []int32
		for _, s := range phrase {
			if t, ok := x.terms[s]; ok {
				terms = append(terms, t)
			}
		}
		if len(terms) == len(phrase) {
			return terms
		}
	}
	return nil
}
