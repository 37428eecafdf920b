package config

import (
	"regexp"
	"slices"
	"unicode/utf8"
)

// plainOrigin is an origin as browsers write it. It goes into a header, so nothing
// else may be in it.
var plainOrigin = regexp.MustCompile(`^https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$`)

// hexColor is a colour that the chat page can make shades from.
var hexColor = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// maxCompanyName is how many characters a phone has room for at the top.
const maxCompanyName = 60

func (c Config) checkChatPage(k *checker) {
	n := utf8.RuneCountInString(c.CompanyName)
	k.want("COMPANY_NAME", n >= 1 && n <= maxCompanyName, "a text of 1 to 60 characters")
	k.want("CHAT_ACCENT", hexColor.MatchString(c.ChatAccent), "a colour as #rrggbb")
	wrong := slices.ContainsFunc(c.ChatEmbedOrigins, func(origin string) bool { return !plainOrigin.MatchString(origin) })
	k.want("CHAT_EMBED_ORIGINS", !wrong, "origins such as https://www.example.com, in lower case and without a path")
}
