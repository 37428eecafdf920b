package ranking

import "strings"

// synonymTrust is how far another word for the same thing can be trusted to be
// what was meant.
const synonymTrust = 0.8

// sameThing lists what customers and banks call the same thing, one thing a
// line. It serves only words that no passage has: beside a word that the articles
// use, its synonyms gained nothing on one public set and lost on the other.
const sameThing = `
atm | cash machine | cashpoint
cc | credit card
overdraft | overdrawn | negative balance
misplace | lose | lost
theft | stolen | steal
freeze | lock | pause | suspend | block
unfreeze | unlock | unblock
declined | reject | refuse | deny
dispute | chargeback
fraud | scam | unauthorized
phishing | scam
fee | charge | cost
paycheck | salary | wage | payroll
car | auto | vehicle
home | house
loan | borrow | lend
refund | reimburse
ssn | social security number
apr | interest rate
cd | certificate deposit
stock | share | equity
employer | job
buy | purchase
cancel | revoke
delete | remove | close
password | passcode
phone | mobile | cellphone
abroad | overseas | foreign
currency | forex
annual | yearly
payee | recipient | beneficiary
transfer | wire
withdraw | withdrawal
check | cheque
2fa | mfa | two step verification
login | sign in
landlord | rent
cosigner | guarantor
inheritance | estate
cashback | cash back
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
