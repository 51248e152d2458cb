package githublocal

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// GitHub's page sizes.
const (
	defaultPage = 30
	maxPage     = 100
)

// page cuts the page out of all that was asked for, and writes the Link header that
// leads to the others. A page behind the last one is empty.
func page[T any](c *call, all []T, shape func(T) object) (reply, error) {
	query := c.req.URL.Query()
	size := whole(query, "per_page", defaultPage)
	size = min(size, maxPage)
	if c.pageSize > 0 {
		size = min(size, c.pageSize)
	}
	number := whole(query, "page", 1)
	from := min((number-1)*size, len(all))
	out := []object{}
	for _, item := range all[from:min(from+size, len(all))] {
		out = append(out, shape(item))
	}
	answer := ok(out)
	if link := c.links(number, (len(all)+size-1)/size); link != "" {
		answer.header = http.Header{"Link": {link}}
	}
	return answer, nil
}

func whole(query url.Values, name string, otherwise int) int {
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}

func (c *call) links(number, last int) string {
	var out []string
	add := func(page int, rel string) {
		query := c.req.URL.Query()
		query.Set("page", strconv.Itoa(page))
		out = append(out, fmt.Sprintf(`<%s%s?%s>; rel=%q`, c.api, c.req.URL.EscapedPath(), query.Encode(), rel))
	}
	if number > 1 && last > 0 {
		add(min(number-1, last), "prev")
	}
	if number < last {
		add(number+1, "next")
		add(last, "last")
	}
	if number > 1 && last > 0 {
		add(1, "first")
	}
	return strings.Join(out, ", ")
}
