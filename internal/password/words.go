package password

import (
	"cmp"
	_ "embed"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"torhaus/internal/account"
	"torhaus/internal/profile"
)

// The block list, folded and in order; scripts/make-words writes it.
//
//go:embed words.txt
var wordList string

var words = sync.OnceValue(func() []string { return strings.Fields(wordList) })

// isWord tells whether a folded word is on the block list.
func isWord(folded string) bool {
	_, found := slices.BinarySearch(words(), folded)
	return found
}

// WordHashes gives the block list as browsers get it: the FNV-1a hash of each word in 32 bits, little-endian, in order.
func WordHashes() []byte {
	hashes := make([]uint32, 0, len(words()))
	for _, w := range words() {
		h := fnv.New32a()
		_, _ = h.Write([]byte(w)) // never fails
		hashes = append(hashes, h.Sum32())
	}
	slices.Sort(hashes)
	b := make([]byte, 0, 4*len(hashes))
	for _, h := range slices.Compact(hashes) {
		b = binary.LittleEndian.AppendUint32(b, h)
	}
	return b
}

// shortestOwn is the shortest word that counts as one's own, in signs: "KVB".
const shortestOwn = 3

// ownWords folds names and their parts, longest first.
func ownWords(names ...string) []string {
	var list []string
	for _, name := range names {
		for _, part := range append(strings.FieldsFunc(name, func(r rune) bool { return plain(string(r)) == "" }), name) {
			for _, folded := range spellings(part) {
				if utf8.RuneCountInString(folded) >= shortestOwn {
					list = append(list, folded)
				}
			}
		}
	}
	return sorted(list)
}

func sorted(words []string) []string {
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(words)
}

// wordsOfPortal are names that everybody at this portal knows.
func wordsOfPortal(p *profile.Profile) []string {
	return []string{
		p.Body.Name, p.Body.Short, p.Portal.Name, p.Portal.TokenManagement, p.Token.Product, p.Token.Soft.Label, p.Token.Soft.Issuer,
		p.Login.PasswordLabel, p.Login.UserNameLabel, p.Password.OneTime.Label,
	}
}

// wordsOfPerson are names that whoever knows a person knows.
func wordsOfPerson(a account.Account) []string {
	local, _, _ := strings.Cut(a.Email, "@")
	return []string{a.UserName, a.Person.First, a.Person.Last, a.Address.Extra, local}
}
