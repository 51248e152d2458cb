package githublocal

// Endpoint is one line of the table of routes, for the tests.
type Endpoint struct{ Method, Path, Docs string }

// Endpoints are the served endpoints.
func Endpoints() []Endpoint {
	var out []Endpoint
	for _, r := range routes() {
		out = append(out, Endpoint{r.method, r.path, docsBase + r.docs})
	}
	return out
}
