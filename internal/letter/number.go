package letter

import "strings"

// numberSigns is how many signs of a letter's id are shown to people: 50 bits.
const numberSigns = 10

// Number gives the number under which people know a letter: the beginning of its id, in two groups.
func Number(id string) string {
	id = strings.ToUpper(id)
	if len(id) < numberSigns {
		return id
	}
	return id[:numberSigns/2] + "-" + id[numberSigns/2:numberSigns]
}
