package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"torhaus/internal/secret"
)

var created = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// record is one key as the keyset file has it.
type record struct {
	ID      string `json:"id"`
	Created string `json:"created,omitempty"`
	Seed    string `json:"seed"`
}

// fileOf gives the text of a keyset file, newest key first.
func fileOf(t testing.TB, version int, keys ...record) []byte {
	t.Helper()
	data, err := json.Marshal(map[string]any{"version": version, "keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// keyOf gives a key whose seed is 32 times the same byte.
func keyOf(id string, fill byte) record {
	return record{ID: id, Created: "2026-11-18T12:00:00Z", Seed: base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32))}
}

func setOf(t testing.TB, keys ...record) *secret.Keyset {
	t.Helper()
	set, err := secret.ParseKeyset(fileOf(t, 1, keys...))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// saved writes a keyset to a new file.
func saved(t testing.TB, set *secret.Keyset) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kvb.keys")
	if err := set.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// seedIn gives the seed of a keyset's newest key, as its file has it.
func seedIn(t testing.TB, set *secret.Keyset) []byte {
	t.Helper()
	data, err := os.ReadFile(saved(t, set))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Keys []record }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	seed, err := base64.StdEncoding.DecodeString(file.Keys[0].Seed)
	if err != nil || len(seed) != 32 {
		t.Fatalf("seed of %d bytes, %v", len(seed), err)
	}
	return seed
}

func TestKeyset_ReadBackOpensWhatItSealed(t *testing.T) {
	set := secret.NewKeyset(created)
	sealed := mustSeal(t, set, "seed", "token_secret", "t1")
	hashed := set.Hash("activation code", "12345678")
	again, err := secret.LoadKeyset(saved(t, set))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(sealed, "token_secret", "t1"); err != nil || string(got.Reveal()) != "seed" {
		t.Errorf("opened %q, %v", got.Reveal(), err)
	}
	if !again.Matches(hashed, "activation code", "12345678") || !again.CheckMAC(set.MAC("form"), "form") {
		t.Error("the keyset read back compares differently")
	}
	if got, want := fmt.Sprint(again.IDs()), fmt.Sprint(set.IDs()); got != want {
		t.Errorf("keys %s, want %s", got, want)
	}
}

func TestNewKeyset_IsNeverTheSameTwice(t *testing.T) {
	one, two := secret.NewKeyset(created), secret.NewKeyset(created)
	if one.IDs()[0] == two.IDs()[0] || bytes.Equal(seedIn(t, one), seedIn(t, two)) {
		t.Error("two new keysets are alike")
	}
}

func TestSave_OnlyTheOwnerReadsTheFile(t *testing.T) {
	info, err := os.Stat(saved(t, secret.NewKeyset(created)))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %04o, %v; want 0600", info.Mode().Perm(), err)
	}
}

func TestSave_NeverOverwrites(t *testing.T) {
	path := saved(t, secret.NewKeyset(created))
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dangling := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Join(t.TempDir(), "elsewhere"), dangling); err != nil {
		t.Fatal(err)
	}
	for _, taken := range []string{path, dangling} {
		if err := secret.NewKeyset(created).Save(taken); err == nil || !strings.Contains(err.Error(), "never overwritten") {
			t.Errorf("saving over %s: %v", filepath.Base(taken), err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file changed, %v", err)
	}
}

func TestSave_OfManyAtOnceOneWins(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kvb.keys")
	winners := make(chan string, 16)
	var all sync.WaitGroup
	for range cap(winners) {
		all.Go(func() {
			if set := secret.NewKeyset(created); set.Save(path) == nil {
				winners <- set.IDs()[0]
			}
		})
	}
	all.Wait()
	if len(winners) != 1 {
		t.Fatalf("%d keysets were saved to one file", len(winners))
	}
	if set, err := secret.LoadKeyset(path); err != nil || set.IDs()[0] != <-winners {
		t.Errorf("the file is not the winner's: %v", err)
	}
}

func TestSave_SaysWhyItFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no such folder", "kvb.keys")
	if err := secret.NewKeyset(created).Save(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
}

func TestLoadKeyset_RefusesAFileThatOthersMayRead(t *testing.T) {
	path := saved(t, secret.NewKeyset(created))
	for mode, accepted := range map[os.FileMode]bool{
		0o600: true, 0o400: true, 0o700: true,
		0o640: false, 0o604: false, 0o644: false, 0o660: false, 0o620: false, 0o602: false, 0o610: false, 0o601: false, 0o777: false,
	} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := secret.LoadKeyset(path)
		if (err == nil) != accepted {
			t.Errorf("mode %04o: %v", mode, err)
		}
		if err != nil && !strings.Contains(err.Error(), "chmod 600 "+path) {
			t.Errorf("mode %04o: the error does not say how to mend it: %v", mode, err)
		}
	}
}

func TestLoadKeyset_RefusesAnOpenFileBehindALink(t *testing.T) {
	path := saved(t, secret.NewKeyset(created))
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.LoadKeyset(link); err == nil {
		t.Error("the link hid that others may read the file")
	}
}

func TestLoadKeyset_SaysWhatToDoWhereThereIsNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kvb.keys")
	_, err := secret.LoadKeyset(path)
	for _, hint := range []string{"torhaus keys new " + path, "backup"} {
		if err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("error %v does not mention %q", err, hint)
		}
	}
}

func TestLoadKeyset_RefusesWhatIsNoKeysetFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	huge := filepath.Join(t.TempDir(), "huge")
	if err := os.WriteFile(huge, append(fileOf(t, 1, keyOf("aaaaaaaa", 1)), bytes.Repeat([]byte(" "), 1<<20)...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, huge} {
		if _, err := secret.LoadKeyset(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
}

func TestParseKeyset_RefusesDamageWithTheNextStepAndWithoutTheKey(t *testing.T) {
	good := keyOf("aaaaaaaa", 'K')
	whole := fileOf(t, 1, good)
	short := record{ID: "bbbbbbbb", Seed: good.Seed[:40]}
	long := record{ID: "aaaaaaaa", Seed: base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{'K'}, 33))}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty file", nil, "is damaged"},
		{"blank file", []byte(" \n"), "is damaged"},
		{"not JSON", []byte("# " + good.Seed), "is damaged"},
		{"half a file", whole[:len(whole)-20], "is damaged"},
		{"two files in one", append(bytes.Clone(whole), whole...), "is damaged"},
		{"a list", []byte(`["` + good.Seed + `"]`), "is damaged"},
		{"seed of another type", []byte(`{"version":1,"keys":[{"id":"aaaaaaaa","seed":4711}]}`), "is damaged"},
		{"time impossible", fileOf(t, 1, record{ID: good.ID, Created: good.Seed, Seed: good.Seed}), "is damaged"},
		{"version of a later program", fileOf(t, 2, good), "version 2"},
		{"no version", []byte(`{"keys":[{"id":"aaaaaaaa","seed":"` + good.Seed + `"}]}`), "version 0"},
		{"something else in JSON", []byte(`{"seed":"` + good.Seed + `"}`), "version 0"},
		{"no key", fileOf(t, 1), "no key"},
		{"seed too short", fileOf(t, 1, short), `key "bbbbbbbb"`},
		{"seed too long", fileOf(t, 1, long), `key "aaaaaaaa"`},
		{"seed not Base64", fileOf(t, 1, record{ID: "aaaaaaaa", Seed: "!" + good.Seed[1:]}), `key "aaaaaaaa"`},
		{"seed missing", fileOf(t, 1, record{ID: "aaaaaaaa"}), `key "aaaaaaaa"`},
		{"second key damaged", fileOf(t, 1, good, short), `key "bbbbbbbb"`},
		{"id missing", fileOf(t, 1, record{Seed: good.Seed}), "id of key 1"},
		{"id too long", fileOf(t, 1, keyOf("aaaaaaaaa", 'K')), "id of key 1"},
		{"id doubled", fileOf(t, 1, good, keyOf("aaaaaaaa", 'L')), "id of key 2"},
		{"id and seed mixed up", fileOf(t, 1, record{ID: good.Seed, Seed: good.ID}), "id of key 1"},
		{"seed in both places", fileOf(t, 1, record{ID: good.Seed, Seed: good.Seed}), "id of key 1"},
	} {
		_, err := secret.ParseKeyset(c.data)
		if err == nil {
			t.Errorf("%s: accepted", c.name)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "backup") {
			t.Errorf("%s: the error does not say what is wrong (%s) or what to do: %v", c.name, c.want, err)
		}
		if strings.Contains(err.Error(), good.Seed[:12]) || strings.Contains(err.Error(), "KKKKKK") {
			t.Errorf("%s: the error quotes the key: %v", c.name, err)
		}
	}
}

func mustSeal(t testing.TB, set *secret.Keyset, plain string, place ...string) []byte {
	t.Helper()
	sealed, err := set.Seal(secret.Bytes(plain), place...)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSeal_OpensToTheSameAtTheSamePlace(t *testing.T) {
	set := secret.NewKeyset(created)
	for _, plain := range []string{"", "1", "12345678901234567890", strings.Repeat("ß", 100_000)} {
		for _, place := range [][]string{nil, {""}, {"token_secret", "sealed", "t1"}} {
			got, err := set.Open(mustSeal(t, set, plain, place...), place...)
			if err != nil || string(got.Reveal()) != plain {
				t.Errorf("%d bytes at %q: %d bytes, %v", len(plain), place, len(got), err)
			}
		}
	}
}

func TestSeal_HidesThePlainTextAndIsNeverTheSameTwice(t *testing.T) {
	set := secret.NewKeyset(created)
	seen := map[string]bool{}
	for range 1000 {
		sealed := mustSeal(t, set, "12345678901234567890", "t1")
		if bytes.Contains(sealed, []byte("1234567890")) {
			t.Fatal("the plain text stands in the sealed value")
		}
		seen[string(sealed)] = true
	}
	if len(seen) != 1000 {
		t.Errorf("%d different sealings of one value, want 1000", len(seen))
	}
}

func TestAttack_SealedValueMovedToAnotherPlace(t *testing.T) {
	set := secret.NewKeyset(created)
	sealed := mustSeal(t, set, "seed", "token_secret", "sealed", "t1")
	for _, place := range [][]string{
		{"token_secret", "sealed", "t2"},
		{"letter", "sealed", "t1"},
		{"token_secret", "t1"},
		{"token_secret", "sealed", "t1", ""},
		{"token_secret", "sealed", "t", "1"},
		{"token_secret", "sealedt1"},
		{"token_secretsealed", "t1"},
		{"sealed", "token_secret", "t1"},
		{"token_secret6:sealed", "t1"},
		{},
		nil,
	} {
		if _, err := set.Open(sealed, place...); err == nil {
			t.Errorf("opens at %q", place)
		}
	}
}

func TestAttack_SealedValueAlteredAtAnyBit(t *testing.T) {
	set := secret.NewKeyset(created)
	sealed := mustSeal(t, set, "12345678901234567890", "t1")
	for i := range sealed {
		for bit := range 8 {
			altered := bytes.Clone(sealed)
			altered[i] ^= 1 << bit
			if _, err := set.Open(altered, "t1"); err == nil {
				t.Errorf("opens with bit %d of byte %d of %d turned", bit, i, len(sealed))
			}
		}
	}
}

func TestAttack_SealedValueCutOrLengthened(t *testing.T) {
	set := secret.NewKeyset(created)
	sealed := mustSeal(t, set, "12345678901234567890", "t1")
	for n := range sealed {
		if _, err := set.Open(sealed[:n], "t1"); err == nil {
			t.Errorf("opens when cut to %d of %d bytes", n, len(sealed))
		}
	}
	if _, err := set.Open(append(bytes.Clone(sealed), 0), "t1"); err == nil {
		t.Error("opens with a byte behind")
	}
	if _, err := set.Open(nil, "t1"); err == nil {
		t.Error("nothing opens")
	}
}

func TestOpen_SaysThatTheKeyIsMissing(t *testing.T) {
	old, other := setOf(t, keyOf("oldoldol", 1)), setOf(t, keyOf("newnewne", 2))
	_, err := other.Open(mustSeal(t, old, "seed", "t1"), "t1")
	if err == nil || !strings.Contains(err.Error(), `"oldoldol"`) || !strings.Contains(err.Error(), "keyset does not hold") {
		t.Errorf("error %v", err)
	}
}

func TestAttack_ForeignKeyUnderAKnownID(t *testing.T) {
	mine, forged := setOf(t, keyOf("aaaaaaaa", 1)), setOf(t, keyOf("aaaaaaaa", 2))
	if _, err := mine.Open(mustSeal(t, forged, "seed", "t1"), "t1"); err == nil {
		t.Error("a value sealed under a foreign key opens")
	}
	if mine.CheckMAC(forged.MAC("form"), "form") || mine.Matches(forged.Hash("p", "1"), "p", "1") {
		t.Error("a foreign key under a known id counts")
	}
}

func TestRotation_NewestKeySealsAndOlderOnesStillOpen(t *testing.T) {
	first, second := keyOf("firstkey", 1), keyOf("secondke", 2)
	before, after := setOf(t, first), setOf(t, second, first)
	old, fresh := mustSeal(t, before, "seed", "t1"), mustSeal(t, after, "seed", "t1")
	if !bytes.HasPrefix(old, []byte("firstkey")) || !bytes.HasPrefix(fresh, []byte("secondke")) {
		t.Errorf("sealed under %q and then %q", old[:8], fresh[:8])
	}
	for _, sealed := range [][]byte{old, fresh} {
		if got, err := after.Open(sealed, "t1"); err != nil || string(got.Reveal()) != "seed" {
			t.Errorf("after the rotation: %q, %v", got.Reveal(), err)
		}
	}
	if _, err := before.Open(fresh, "t1"); err == nil {
		t.Error("the old key opens what the new one sealed")
	}
	if h := before.Hash("p", "12345678"); !after.Matches(h, "p", "12345678") {
		t.Error("a code hashed before the rotation does not match after it")
	}
	if h := after.Hash("p", "12345678"); h.KeyID != "secondke" {
		t.Errorf("hashed under %s", h.KeyID)
	}
	if !after.CheckMAC(before.MAC("form"), "form") || before.CheckMAC(after.MAC("form"), "form") {
		t.Error("MACs of the old key count after the rotation, those of the new one did not before")
	}
	if !bytes.Equal(after.MAC("form"), setOf(t, second).MAC("form")) {
		t.Error("the newest key does not make the MACs")
	}
}

func TestHash_MatchesItsCodeForItsPurposeOnly(t *testing.T) {
	set := secret.NewKeyset(created)
	hashed := set.Hash("activation code", "04711815")
	for _, c := range []struct {
		name, purpose string
		code          secret.Text
		want          bool
	}{
		{"the code for its purpose", "activation code", "04711815", true},
		{"wrong code", "activation code", "04711816", false},
		{"without its leading zero", "activation code", "4711815", false},
		{"with a blank", "activation code", "04711815 ", false},
		{"no code", "activation code", "", false},
		{"another purpose", "one-time password", "04711815", false},
		{"no purpose", "", "04711815", false},
		{"purpose and code run together", "activation code0", "4711815", false},
	} {
		if got := set.Matches(hashed, c.purpose, c.code); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestHash_EqualCodesDoNotLookAlike(t *testing.T) {
	set := secret.NewKeyset(created)
	macs, salts := map[string]bool{}, map[string]bool{}
	for range 1000 {
		h := set.Hash("activation code", "12345678")
		macs[string(h.MAC)], salts[string(h.Salt)] = true, true
	}
	if len(macs) != 1000 || len(salts) != 1000 {
		t.Errorf("%d different MACs and %d salts of one code, want 1000 each", len(macs), len(salts))
	}
}

func TestAttack_HashForgedInTheDatabase(t *testing.T) {
	set := secret.NewKeyset(created)
	good, other := set.Hash("p", "12345678"), set.Hash("p", "87654321")
	for name, forged := range map[string]secret.Hashed{
		"nothing at all":      {},
		"no MAC":              {KeyID: good.KeyID, Salt: good.Salt},
		"half a MAC":          {KeyID: good.KeyID, Salt: good.Salt, MAC: good.MAC[:16]},
		"unknown key":         {KeyID: "zzzzzzzz", Salt: good.Salt, MAC: good.MAC},
		"no key":              {Salt: good.Salt, MAC: good.MAC},
		"salt of another row": {KeyID: good.KeyID, Salt: other.Salt, MAC: good.MAC},
		"no salt":             {KeyID: good.KeyID, MAC: good.MAC},
		"MAC of another row":  {KeyID: good.KeyID, Salt: good.Salt, MAC: other.MAC},
		"MAC of the form key": {KeyID: good.KeyID, Salt: good.Salt, MAC: set.MAC("p", string(good.Salt), "12345678")},
	} {
		if set.Matches(forged, "p", "12345678") || set.Matches(forged, "p", "") {
			t.Errorf("%s: matches", name)
		}
	}
}

// Whoever steals the database has salt and MAC of every code, but not the key file. All 100,000,000 codes can be tried only
// under a key, and under any other than the portal's not even the right one matches: trying tells nothing.
func TestAttack_ThiefOfTheDatabaseTriesCodesWithoutTheKeyFile(t *testing.T) {
	const right = secret.Text("04711815")
	stolen := setOf(t, keyOf("aaaaaaaa", 'K')).Hash("activation code", right)
	oneBitOff := keyOf("aaaaaaaa", 'K')
	oneBitOff.Seed = base64.StdEncoding.EncodeToString(append(bytes.Repeat([]byte{'K'}, 31), 'K'^1))
	for name, thief := range map[string]*secret.Keyset{
		"keys of the thief":            secret.NewKeyset(created),
		"the id known, another seed":   setOf(t, keyOf("aaaaaaaa", 0)),
		"all of the seed but one bit":  setOf(t, oneBitOff),
		"the seed under another id":    setOf(t, keyOf("bbbbbbbb", 'K')),
		"many keys under the known id": setOf(t, keyOf("aaaaaaaa", 1), keyOf("bbbbbbbb", 2), keyOf("cccccccc", 3)),
	} {
		for _, code := range []secret.Text{right, "00000000", "12345678"} {
			if thief.Matches(stolen, "activation code", code) {
				t.Errorf("%s: code %s matches", name, code.Reveal())
			}
		}
	}
}

func TestMAC_PartsAreUnambiguous(t *testing.T) {
	set := secret.NewKeyset(created)
	lists := [][]string{
		{},
		{""},
		{"", ""},
		{"abc"},
		{"a", "bc"},
		{"ab", "c"},
		{"a", "b", "c"},
		{"", "abc"},
		{"abc", ""},
		{"c", "ab"},
		{"3:abc"},
		{"1:a2:bc"},
		{"1:a", "bc"},
		{"a2:bc"},
		{"a\x00bc"},
		{"a", "\x00bc"},
	}
	seen := map[string][]string{}
	for _, parts := range lists {
		mac := set.MAC(parts...)
		if other, doubled := seen[string(mac)]; doubled {
			t.Errorf("%q and %q have one MAC", parts, other)
		}
		seen[string(mac)] = parts
		if !set.CheckMAC(mac, parts...) {
			t.Errorf("%q: its own MAC is refused", parts)
		}
	}
}

func TestAttack_MACForged(t *testing.T) {
	set := secret.NewKeyset(created)
	mac := set.MAC("device", "d1", "abeispiel")
	if len(mac) != 32 {
		t.Errorf("a MAC of %d bytes, want 32", len(mac))
	}
	for i := range mac {
		altered := bytes.Clone(mac)
		altered[i] ^= 1
		if set.CheckMAC(altered, "device", "d1", "abeispiel") {
			t.Errorf("counts with byte %d altered", i)
		}
	}
	for _, value := range [][]byte{nil, {}, mac[:31], mac[:1], append(bytes.Clone(mac), 0), make([]byte, 32)} {
		if set.CheckMAC(value, "device", "d1", "abeispiel") {
			t.Errorf("%d forged bytes count", len(value))
		}
	}
	if set.CheckMAC(mac, "device", "d1", "bbeispiel") || set.CheckMAC(mac) {
		t.Error("counts for other parts")
	}
}
