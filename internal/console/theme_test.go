package console

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestAnyColorCanBeRead takes colours that no designer would.
func TestAnyColorCanBeRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.IntRange(0, 255)
		c, err := parseColor(fmt.Sprintf("#%02x%02x%02x", part.Draw(t, "r"), part.Draw(t, "g"), part.Draw(t, "b")))
		if err != nil {
			t.Fatal(err)
		}
		if got := contrast(c, textOn(c)); got < readable {
			t.Errorf("text on %v has a contrast of %.2f", c, got)
		}
		for _, theme := range []struct{ surface, end rgb }{{lightSurface, black}, {darkSurface, white}} {
			if shade := c.legibleOn(theme.surface, theme.end); contrast(shade, theme.surface) < readable {
				t.Errorf("%v becomes %v, which can't be read on %v", c, shade, theme.surface)
			}
		}
	})
}

func TestAGoodColorStays(t *testing.T) {
	t.Parallel()
	c, err := parseColor("#0F6B62")
	if err != nil || c.legibleOn(lightSurface, black) != c || c.String() != "#0f6b62" {
		t.Errorf("got %v, %v", c, err)
	}
}

func TestContrastIsWCAGs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want string
	}{{"#000000", "#ffffff", "21.00"}, {"#777777", "#ffffff", "4.48"}, {"#ff0000", "#ffffff", "4.00"}, {"#123456", "#123456", "1.00"}} {
		a, errA := parseColor(c.a)
		b, errB := parseColor(c.b)
		if got := fmt.Sprintf("%.2f", contrast(a, b)); errA != nil || errB != nil || got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

// TestSurfacesAreThoseOfTheStyleSheet keeps two places that say the same together.
func TestSurfacesAreThoseOfTheStyleSheet(t *testing.T) {
	t.Parallel()
	sheet, err := os.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, surface := range []rgb{lightSurface, darkSurface} {
		if !strings.Contains(string(sheet), "--soft: "+surface.String()+";") {
			t.Errorf("%v is no background of style.css", surface)
		}
	}
}
