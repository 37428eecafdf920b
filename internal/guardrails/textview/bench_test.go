package textview

import (
	"strconv"
	"strings"
	"testing"
)

const message = "Hi, I sent $250 to my sister on Monday but she has not got it yet. Can you tell me what happened and whether there is a fee? My card was charged twice and the second one still says pending in the app."

func BenchmarkOf(b *testing.B) {
	for _, n := range []int{1, 50, 500} {
		text := strings.Repeat(message+" ", n)
		b.Run(strconv.Itoa(len(text)), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Of(text)
			}
		})
	}
}
