package slots

// findTimes reads times of the day: 9:55, 7 25 p.m., half past 5, 10 to 9 at
// night. They are read first, so that their numbers are no dates and no amounts.
func (p *parser) findTimes() {
	for i := 0; i < len(p.tokens); i++ {
		hour, minute, n := p.clock(i)
		if n == 0 {
			continue
		}
		more, half := p.dayHalf(i + n)
		if half == 12 && hour < 12 || half < 0 && hour == 12 {
			hour = (hour + 12) % 24
		}
		p.found.Times = append(p.found.Times, Time{Span: p.take(i, n+more), Hour: hour % 24, Minute: minute})
		i += n + more - 1
	}
}

// clock reads a time that begins at token i.
func (p *parser) clock(i int) (hour, minute, n int) {
	if p.is(i, "noon", "midday") {
		return 12, 0, 1
	}
	if p.is(i, "midnight") {
		return 0, 0, 1
	}
	if h, ok := p.small(i+2, 24); ok && p.is(i, "half", "quarter") && p.is(i+1, "past", "to") {
		return spokenTime(h, map[string]int{"half": 30, "quarter": 15}[p.at(i).text], p.is(i+1, "to"))
	}
	h, ok := p.small(i, 59)
	if !ok {
		return 0, 0, 0
	}
	if m, ok := p.small(i+2, 59); ok && h <= 24 && p.is(i+1, ":") && len(p.at(i+2).digits) == 2 {
		return h, m, 3
	}
	if to, ok := p.small(i+2, 24); ok && (p.is(i+1, "past") || p.is(i+1, "to") && p.timely(i, i+3)) {
		return spokenTime(to, h, p.is(i+1, "to"))
	}
	if said, _ := p.dayHalf(i + 1); h <= 24 && (said > 0 || p.is(i+1, "o'clock") || p.at(i).suffix == "am" || p.at(i).suffix == "pm") {
		if p.at(i).suffix == "pm" && h < 12 {
			h += 12
		}
		if p.is(i+1, "o'clock") {
			return h, 0, 2
		}
		return h, 0, 1
	}
	if m, ok := p.small(i+1, 59); ok && h <= 24 && len(p.at(i+1).digits) == 2 && p.timely(i, i+2) {
		return h, m, 2
	}
	return 0, 0, 0
}

// small reads a number of at most two digits that isn't an ordinal.
func (p *parser) small(i, most int) (int, bool) {
	t := p.at(i)
	n, ok := t.whole()
	return n, ok && n <= most && len(t.digits) <= 2 && (t.suffix == "" || t.suffix == "am" || t.suffix == "pm")
}

// timely says whether the words around make two numbers a time.
func (p *parser) timely(before, after int) bool {
	said, _ := p.dayHalf(after)
	return said > 0 || p.is(before-1, "at") && !p.is(after, "dollars", "bucks", "$")
}

func spokenTime(hour, minutes int, to bool) (int, int, int) {
	if to {
		return (hour + 23) % 24, (60 - minutes) % 60, 3
	}
	return hour, minutes, 3
}

// dayHalf reads a.m., in the morning, at night, and says how many tokens that
// is and whether twelve hours are to be added (12) or not (-1).
func (p *parser) dayHalf(i int) (n, half int) {
	if p.is(i, "in") && p.is(i+1, "the") {
		if n, half = p.dayHalf(i + 2); n == 1 {
			return 3, half
		}
		return 0, 0
	}
	switch p.at(i).text {
	case "am", "a.m", "morning":
		half = -1
	case "pm", "p.m", "afternoon", "evening", "night":
		half = 12
	default:
		return 0, 0
	}
	if len(p.at(i).text) == 3 && p.is(i+1, ".") && p.at(i+1).start == p.at(i).end {
		return 2, half
	}
	return 1, half
}
