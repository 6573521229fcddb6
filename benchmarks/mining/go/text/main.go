// Strings, regular expressions, JSON, templates of fmt, bufio: as Go programs use the standard library.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"text/template"
	"unicode"

	"mining/repeat"
)

type record struct {
	Name  string            `json:"name"`
	Count int               `json:"count"`
	Ratio float64           `json:"ratio"`
	Tags  []string          `json:"tags"`
	Extra map[string]string `json:"extra,omitempty"`
}

var mail = regexp.MustCompile(`([a-z]+)@([a-z]+)\.(com|org)`)
var page = template.Must(template.New("t").Parse(`{{range .}}<li>{{.Name}}: {{.Count | printf "%04d"}}{{if gt .Count 50}}!{{end}}</li>{{end}}`))

func once() int {
	seed := uint32(12345)
	number := func() uint32 { seed = seed*1664525 + 1013904223; return seed >> 8 }
	words := strings.Fields("the quick brown fox jumps over the lazy dog while a band plays on and on in the rain")
	var text strings.Builder
	records := []record{}
	for i := 0; i < 60; i++ {
		w := words[number()%uint32(len(words))]
		fmt.Fprintf(&text, "%s@%s.com, %d: %v %6.2f %q %x\n", w, words[i%len(words)], i, w == "fox", float64(i)/3, w, i*i)
		records = append(records, record{w, int(number() % 100), float64(i) * 0.5, words[:i%4], map[string]string{w: strconv.Itoa(i)}})
	}
	sum := len(mail.FindAllString(text.String(), -1))
	counts := map[string]int{}
	scanner := bufio.NewScanner(strings.NewReader(text.String()))
	for scanner.Scan() {
		for _, word := range strings.FieldsFunc(scanner.Text(), func(r rune) bool { return !unicode.IsLetter(r) }) {
			counts[strings.ToLower(word)]++
		}
	}
	keys := make([]string, 0, len(counts))
	for key := range counts {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool {
		return counts[keys[i]] > counts[keys[j]] || counts[keys[i]] == counts[keys[j]] && keys[i] < keys[j]
	})
	for i, key := range keys {
		sum += i * counts[key] * len(key)
	}
	encoded, err := json.Marshal(records)
	if err != nil {
		panic(err)
	}
	var again []record
	if err := json.Unmarshal(encoded, &again); err != nil {
		panic(err)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, again[:20]); err != nil {
		panic(err)
	}
	writer := csv.NewWriter(&out)
	for _, r := range again {
		writer.Write([]string{r.Name, strconv.Itoa(r.Count), strconv.FormatFloat(r.Ratio, 'g', -1, 64)})
	}
	writer.Flush()
	packed := base64.StdEncoding.EncodeToString(out.Bytes())
	back, _ := base64.StdEncoding.DecodeString(packed)
	return sum + len(encoded) + len(packed) + strings.Count(string(back), "fox") + len(strings.ReplaceAll(text.String(), "the", "THE"))
}

func main() { repeat.Main(once) }
