package console

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// readable is the contrast that text needs against what is behind it (WCAG 2.2,
// level AA).
const readable = 4.5

// Backgrounds that accented text stands on, the least favourable of each theme.
// They are the same as in style.css, which a test compares.
var (
	lightSurface = rgb{0xee, 0xf1, 0xf4}
	darkSurface  = rgb{0x25, 0x2a, 0x33}
)

// rgb is a colour; each part is from 0 to 255.
type rgb struct{ r, g, b float64 }

// parseColor reads #rrggbb.
func parseColor(s string) (rgb, error) {
	digits, ok := strings.CutPrefix(s, "#")
	v, err := strconv.ParseUint(digits, 16, 32)
	if !ok || len(digits) != 6 || err != nil {
		return rgb{}, fmt.Errorf("a colour must be written as #rrggbb, got %q", s)
	}
	return rgb{float64(v >> 16), float64(v >> 8 & 0xff), float64(v & 0xff)}, nil
}

func (c rgb) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(math.Round(c.r)), int(math.Round(c.g)), int(math.Round(c.b)))
}

// luminance is WCAG's relative luminance, 0 for black and 1 for white.
func (c rgb) luminance() float64 {
	linear := func(v float64) float64 {
		if v /= 255; v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// contrast is WCAG's ratio, from 1 to 21.
func contrast(a, b rgb) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// towards mixes a share of another colour into c.
func (c rgb) towards(other rgb, share float64) rgb {
	mix := func(a, b float64) float64 { return math.Round(a + (b-a)*share) }
	return rgb{mix(c.r, other.r), mix(c.g, other.g), mix(c.b, other.b)}
}

var black, white = rgb{}, rgb{255, 255, 255}

// legibleOn returns the shade nearest to c that can be read on a background. At
// the end of the way stands black or white, which can be read on any surface.
func (c rgb) legibleOn(background, end rgb) rgb {
	for share := 0.0; share < 1; share += 0.02 {
		if shade := c.towards(end, share); contrast(shade, background) >= readable {
			return shade
		}
	}
	return end
}

// textOn is the colour of text on c. One of black and white always has a
// contrast of at least 4.58.
func textOn(c rgb) rgb {
	if contrast(white, c) >= readable {
		return white
	}
	return black
}

// look makes what depends on the company's colour: the custom properties that
// style.css builds on, and the icon.
func look(accent string) (theme, icon []byte, err error) {
	c, err := parseColor(accent)
	if err != nil {
		return nil, nil, err
	}
	properties := func(surface, end rgb) string {
		shade := c.legibleOn(surface, end)
		return fmt.Sprintf("--accent: %v; --on-accent: %v; --accent-text: %v; --on-accent-text: %v;", c, textOn(c), shade, textOn(shade))
	}
	theme = fmt.Appendf(nil, ":root { %s }\n@media (prefers-color-scheme: dark) { :root { %s } }\n",
		properties(lightSurface, black), properties(darkSurface, white))
	icon = fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="%v"/>`+
		`<path fill="%v" d="M9 8h14a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-7l-5 4.2V22H9a3 3 0 0 1-3-3v-8a3 3 0 0 1 3-3z"/>`+
		`<g fill="%v"><circle cx="11.5" cy="15" r="1.6"/><circle cx="16" cy="15" r="1.6"/><circle cx="20.5" cy="15" r="1.6"/></g></svg>`,
		c, textOn(c), c)
	return theme, icon, nil
}
