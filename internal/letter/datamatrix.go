package letter

import (
	"errors"
	"slices"
)

// matrix is a DataMatrix symbol of ECC 200 (ISO/IEC 16022): true is dark. Rows come from the top.
type matrix [][]bool

// symbols lists the square symbols of one region: modules at a side, codewords of data, codewords of error correction.
var symbols = []struct{ side, data, check int }{
	{10, 3, 5}, {12, 5, 7}, {14, 8, 10}, {16, 12, 12}, {18, 18, 14}, {20, 22, 18}, {22, 30, 20}, {24, 36, 24}, {26, 44, 28},
}

// newMatrix encodes a text of ASCII in the smallest symbol that holds it.
func newMatrix(text string) (matrix, error) {
	data, err := codewords(text)
	if err != nil {
		return nil, err
	}
	for _, s := range symbols {
		if len(data) <= s.data {
			data = pad(data, s.data)
			return framed(placed(append(data, check(data, s.check)...), s.side-2)), nil
		}
	}
	return nil, errors.New("the text is too long for a DataMatrix of this size")
}

// codewords writes a text in the ASCII encodation: two digits share a codeword (5.2.3).
func codewords(text string) (words []byte, err error) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c > 127:
			return nil, errors.New("only ASCII is encoded in a DataMatrix here")
		case isDigit(c) && i+1 < len(text) && isDigit(text[i+1]):
			words = append(words, 130+10*(c-'0')+text[i+1]-'0')
			i++
		default:
			words = append(words, c+1)
		}
	}
	return words, nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// pad fills up to a length; all but the first filler are scrambled (5.2.3, annex B.1).
func pad(words []byte, length int) []byte {
	for first := true; len(words) < length; first = false {
		filler := 129
		if !first {
			if filler += 149*(len(words)+1)%253 + 1; filler > 254 {
				filler -= 254
			}
		}
		words = append(words, byte(filler))
	}
	return words
}

// field has the powers of 2 in GF(256) by the polynomial x⁸+x⁵+x³+x²+1, and their logarithms (5.7.1).
var field = func() (f struct{ power, log [256]int }) {
	v := 1
	for i := range 255 {
		f.power[i], f.log[v] = v, i
		if v <<= 1; v > 255 {
			v ^= 0x12D
		}
	}
	return f
}()

func times(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	return field.power[(field.log[a]+field.log[b])%255]
}

// check gives the codewords of Reed and Solomon (5.7).
func check(data []byte, n int) []byte {
	generator := make([]int, n+1) // of (x-2)(x-2²)…(x-2ⁿ), highest power first
	generator[0] = 1
	for i := 1; i <= n; i++ {
		for j := i; j > 0; j-- {
			generator[j] ^= times(generator[j-1], field.power[i])
		}
	}
	rest := make([]int, n)
	for _, d := range data {
		lead := int(d) ^ rest[0]
		rest = append(rest[1:], 0)
		for j := range rest {
			rest[j] ^= times(lead, generator[j+1])
		}
	}
	words := make([]byte, n)
	for i, r := range rest {
		words[i] = byte(r)
	}
	return words
}

// placing lays codewords out in the mapping matrix (annex F).
type placing struct {
	side  int
	set   [][]bool
	dark  matrix
	words []byte
	next  int // codeword
}

// placed gives the mapping matrix of a symbol, without its frame.
func placed(words []byte, side int) matrix {
	p := &placing{side: side, words: words, set: square(side), dark: square(side)}
	row, column := 4, 0
	for row < side || column < side {
		p.corners(row, column)
		for row >= 0 && column < side { // up and to the right
			if row < side && column >= 0 && !p.set[row][column] {
				p.utah(row, column)
			}
			row, column = row-2, column+2
		}
		row, column = row+1, column+3
		for row < side && column >= 0 { // down and to the left
			if row >= 0 && column < side && !p.set[row][column] {
				p.utah(row, column)
			}
			row, column = row+2, column-2
		}
		row, column = row+3, column+1
	}
	if !p.set[side-1][side-1] {
		p.dark[side-1][side-1], p.dark[side-2][side-2] = true, true
	}
	return p.dark
}

func square(side int) [][]bool {
	rows := make([][]bool, side)
	for i := range rows {
		rows[i] = make([]bool, side)
	}
	return rows
}

// corners places the codewords that are bent around corners.
func (p *placing) corners(row, column int) {
	n := p.side
	switch {
	case row == n && column == 0:
		p.place([8][2]int{{n - 1, 0}, {n - 1, 1}, {n - 1, 2}, {0, n - 2}, {0, n - 1}, {1, n - 1}, {2, n - 1}, {3, n - 1}})
	case row == n-2 && column == 0 && n%4 != 0:
		p.place([8][2]int{{n - 3, 0}, {n - 2, 0}, {n - 1, 0}, {0, n - 4}, {0, n - 3}, {0, n - 2}, {0, n - 1}, {1, n - 1}})
	case row == n-2 && column == 0 && n%8 == 4:
		p.place([8][2]int{{n - 3, 0}, {n - 2, 0}, {n - 1, 0}, {0, n - 2}, {0, n - 1}, {1, n - 1}, {2, n - 1}, {3, n - 1}})
	case row == n+4 && column == 2 && n%8 == 0:
		p.place([8][2]int{{n - 1, 0}, {n - 1, n - 1}, {0, n - 3}, {0, n - 2}, {0, n - 1}, {1, n - 3}, {1, n - 2}, {1, n - 1}})
	}
}

// utah places a codeword in its usual shape, whose last bit is at the given place.
func (p *placing) utah(row, column int) {
	p.place([8][2]int{
		{row - 2, column - 2},
		{row - 2, column - 1},
		{row - 1, column - 2},
		{row - 1, column - 1},
		{row - 1, column},
		{row, column - 2},
		{row, column - 1},
		{row, column},
	})
}

// place lays one codeword out, its highest bit first. What leaves the matrix on one side comes in on the other.
func (p *placing) place(at [8][2]int) {
	word := p.words[p.next]
	p.next++
	for i, place := range at {
		row, column := place[0], place[1]
		if row < 0 {
			row, column = row+p.side, column+4-(p.side+4)%8
		}
		if column < 0 {
			row, column = row+4-(p.side+4)%8, column+p.side
		}
		p.set[row][column], p.dark[row][column] = true, word>>(7-i)&1 == 1
	}
}

// framed draws the finder pattern around a mapping matrix: solid at the left and below, dotted above and at the right (5.1).
func framed(inner matrix) matrix {
	side := len(inner) + 2
	m := matrix(square(side))
	for i := range side {
		m[i][0], m[side-1][i] = true, true
		m[0][i], m[i][side-1] = m[0][i] || i%2 == 0, m[i][side-1] || i%2 == 1
	}
	for row := range inner {
		copy(m[row+1][1:], inner[row])
	}
	return m
}

// module is the size of a module in millimetres. 0.4 is read by every scanner, and through the window of an envelope.
const module = 0.4

// draw fills the dark modules, its top left corner at x and y. Modules side by side are one rectangle.
func (m matrix) draw(c *canvas, x, y float64) {
	c.draw("%v rg", black)
	for i, row := range m {
		for from := 0; from < len(row); {
			if !row[from] {
				from++
				continue
			}
			n := slices.Index(append(row[from:len(row):len(row)], false), false)
			c.draw("%v %.2f %.2f re", at(x+float64(from)*module, y+float64(i+1)*module), float64(n)*module/pointMM, module/pointMM)
			from += n
		}
	}
	c.draw("f")
}
