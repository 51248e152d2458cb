package neonapi

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

func TestErrorKeepsWhatNeonSaid(t *testing.T) {
	inBubble(t, refuse(422, "BRANCHES_LIMIT_EXCEEDED", "branches limit exceeded"), Config{}, func(t *testing.T, w *world) {
		_, err := w.RenameBranch(t.Context(), testProject, "br-a", "x")
		e := asError(err)
		if e == nil {
			t.Fatal(err)
		}
		if e.Method != "PATCH" || e.Status != 422 || e.Code != "BRANCHES_LIMIT_EXCEEDED" || e.Message != "branches limit exceeded" || e.RequestID != "0190-req" || e.Attempts != 1 {
			t.Errorf("%+v", e)
		}
		const want = `renaming the branch br-a to "x": PATCH http://localhost/api/v2/projects/shiny-wind-028834/branches/br-a: 422 BRANCHES_LIMIT_EXCEEDED branches limit exceeded (request id 0190-req)`
		if err.Error() != want {
			t.Errorf("\n%s\n%s", err, want)
		}
		if !json.Valid([]byte(e.Body)) {
			t.Errorf("body = %s", e.Body)
		}
	})
}

func TestErrorLeavesTheQueryOut(t *testing.T) {
	inBubble(t, refuse(400, "", "no"), Config{}, func(t *testing.T, w *world) {
		_, _, err := w.BranchByName(t.Context(), testProject, "a-name")
		if e := asError(err); e == nil || e.URL != "http://localhost/api/v2/projects/"+testProject+"/branches" {
			t.Errorf("%+v", e)
		}
	})
}

func TestAPageInPlaceOfJSONIsKept(t *testing.T) {
	for _, status := range []int{200, 502} {
		inBubble(t, answer(status, "<!doctype html>\n<TITLE> Log in </TITLE>"), Config{Budget: -1}, func(t *testing.T, w *world) {
			_, err := w.Project(t.Context(), testProject)
			if e := asError(err); e == nil || !strings.HasSuffix(e.Message, "an HTML page instead of JSON: Log in") || e.Body != "<!doctype html> <TITLE> Log in </TITLE>" {
				t.Errorf("%d: %+v", status, e)
			}
		})
	}
}

func TestEveryKnownAnswerHasWords(t *testing.T) {
	tests := map[string]struct {
		step     http.HandlerFunc
		why, do  string
		usage    bool
		patience bool // asked again before
	}{
		"bad key":              {step: refuse(401, "", "authorization failed"), why: "does not know the API key", do: "API keys", usage: true},
		"forbidden":            {step: refuse(403, "", "no"), why: "may not do this", do: "key of the account", usage: true},
		"project":              {step: refuse(404, "PROJECT_NOT_FOUND", ""), why: "no such project", do: "Project ID", usage: true},
		"project, words":       {step: refuse(404, "", "project not found"), why: "no such project", usage: true},
		"branch":               {step: refuse(404, "BRANCH_NOT_FOUND", ""), why: "no such branch", do: "branches list", usage: true},
		"endpoint":             {step: refuse(404, "ENDPOINT_NOT_FOUND", ""), why: "no compute", do: "add-compute"},
		"role":                 {step: refuse(404, "", "role not found"), why: "no such role", usage: true},
		"database":             {step: refuse(404, "", "database not found"), why: "no such database", usage: true},
		"route":                {step: refuse(404, "", "this route does not exist"), why: "no such address", usage: true},
		"anything else":        {step: refuse(404, "RESOURCE_NOT_FOUND", ""), why: "may not see it", usage: true},
		"exists":               {step: refuse(409, "BRANCH_ALREADY_EXISTS", "x"), why: "name is taken"},
		"conflict":             {step: refuse(409, "", "x"), why: "contradicts"},
		"passwords":            {step: refuse(412, "", "Storing passwords is disabled"), why: "does not store role passwords", do: "password storage"},
		"plan":                 {step: refuse(412, "", "compute too large"), why: "plan", do: "compute size"},
		"branches":             {step: refuse(422, "BRANCHES_LIMIT_EXCEEDED", ""), why: "as many branches", do: "branches delete"},
		"branches, no code":    {step: refuse(422, "", "branches limit exceeded"), why: "as many branches"},
		"roots":                {step: refuse(422, "ROOT_BRANCHES_LIMIT_EXCEEDED", ""), why: "root branches", do: "schema-only"},
		"protected limit":      {step: refuse(422, "BRANCHES_PROTECTED_LIMIT_EXCEEDED", ""), why: "protected branches as its plan"},
		"active":               {step: refuse(422, "ACTIVE_ENDPOINTS_LIMIT_EXCEEDED", ""), why: "active at once", do: "concurrency group"},
		"active, words":        {step: refuse(422, "", "You have exceeded the limit of concurrently active endpoints"), why: "active at once"},
		"roles":                {step: refuse(422, "ROLES_LIMIT_EXCEEDED", ""), why: "limit of the plan"},
		"branch size":          {step: refuse(422, "BRANCH_SIZE_LIMIT_EXCEEDED_THRESHOLD", ""), why: "more data"},
		"compute time":         {step: refuse(403, "COMPUTE_TIME_EXCEEDED", ""), why: "quota", do: "Billing"},
		"compute time, branch": {step: refuse(422, "NON_PRIMARY_BRANCH_COMPUTE_TIME_EXCEEDED", ""), why: "quota"},
		"transfer":             {step: refuse(422, "DATA_TRANSFER_LIMIT_EXCEEDED", ""), why: "quota"},
		"a quota":              {step: refuse(422, "ACTIVE_TIME_QUOTA_EXCEEDED", ""), why: "quota"},
		"protected":            {step: refuse(422, "", "cannot delete protected branch"), why: "is protected", do: "unprotect"},
		"protected reset":      {step: refuse(422, "", "cannot reset protected branch"), why: "is protected"},
		"default":              {step: refuse(422, "", "cannot delete the default branch"), why: "default branch"},
		"children":             {step: refuse(422, "", "branch has children"), why: "made from this branch"},
		"expiring parent":      {step: refuse(422, "", "cannot create a branch from an expiring branch"), why: "expires", do: "parent"},
		"organization":         {step: refuse(400, "", "org_id is required"), why: "organization"},
		"allow list":           {step: refuse(403, "", "IP address 203.0.113.9 is not allowed"), why: "allow list", do: "runner"},
		"other":                {step: refuse(422, "", "x"), why: "for the reason it gives"},
		"odd":                  {step: refuse(418, "", "x"), why: "for the reason it gives"},
		"locked":               {step: refuse(423, "", "project already has running conflicting operations"), why: "kept it busy", do: "concurrency group", patience: true},
		"rate":                 {step: refuse(429, "RATE_LIMIT_EXCEEDED", ""), why: "More requests", do: "later", patience: true},
		"unavailable":          {step: refuse(503, "", ""), why: "not available", patience: true},
		"not ready":            {step: refuse(422, "", "branch not ready yet"), why: "still preparing", patience: true},
		"500":                  {step: refuse(500, "", ""), why: "in part"},
		"gateway":              {step: answer(524, "<html><title>A timeout occurred</title>"), why: "gateway"},
		"redirect":             {step: answer(307, "", "Location: /api/v2/projects"), why: "redirects", do: "project id", usage: true},
		"proxy":                {step: answer(407, "<html>"), why: "proxy", do: "HTTPS_PROXY"},
		"page":                 {step: answer(200, "<!DOCTYPE html><html><title>Log in</title>"), why: "not Neon's API", do: "proxy settings"},
		"page, 404":            {step: answer(404, "<html><title>Not found</title>"), why: "not Neon's API"},
		"empty":                {step: answer(200, ""), why: "not Neon's API"},
		"silent":               {step: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, why: "did not answer within 1m0s. The request may have been carried out"},
		"dropped":              {step: drop, why: "broke off. The request may have been carried out", do: "network"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, tt.step, Config{}, func(t *testing.T, w *world) {
				_, err := w.RenameBranch(t.Context(), testProject, "br-a", "x")
				x, ok := fault.Explain(err)
				if !ok || !strings.Contains(x.Why, tt.why) || !strings.Contains(x.Do, tt.do) || x.Do == "" || x.Usage != tt.usage {
					t.Errorf("%v\n%+v", err, x)
				}
				if e := asError(err); e == nil || (e.Attempts > 1) != tt.patience {
					t.Errorf("%d requests", len(w.lines()))
				}
			})
		})
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	inBubble(t, answer(307, "", "Location: https://u:hunter2@elsewhere.test/x"), Config{}, func(t *testing.T, w *world) {
		_, err := w.Project(t.Context(), testProject)
		if len(w.lines()) != 1 || err == nil || !strings.Contains(err.Error(), "redirected to https://u:xxxxx@elsewhere.test/x") {
			t.Errorf("%v after %v", err, w.lines())
		}
	})
}

func TestSecretsAreNotInErrors(t *testing.T) {
	const address = "postgresql://anna:hunter2@ep-one/shop"
	echo := encode(map[string]string{"code": testKey, "message": "bad " + testKey + " for " + address, "request_id": testKey})
	bodies := map[string]http.HandlerFunc{
		"echo": answer(422, echo), "text": answer(422, "key="+testKey+" uri="+address), "page": answer(422, "<title>"+testKey+"</title>"+address),
		"escaped": answer(422, `{"message":5,"x":"postgresql:\/\/anna:hunter2@ep-one\/shop"}`),
		"broken":  answer(200, `{"uri":"`+address+`","password":"hunter2`),
		"header":  answer(422, "", "X-Request-Id: "+testKey), "redirect": answer(302, "", "Location: /"+testKey),
	}
	for name, step := range bodies {
		t.Run(name, func(t *testing.T) {
			inBubble(t, step, Config{}, func(t *testing.T, w *world) {
				_, err := w.ConnectionURI(t.Context(), testProject, ConnectionQuery{"br-a", "shop", "anna"})
				e := asError(err)
				if e == nil {
					t.Fatal(err)
				}
				all := err.Error() + encode(e) + w.noted()
				if strings.Contains(all, testKey) || strings.Contains(all, "hunter2") {
					t.Errorf("a secret is shown: %s", all)
				}
			})
		})
	}
}

func TestNoticesAreClean(t *testing.T) {
	steps := script(refuse(412, "", "no\n::set-output name=x::"+testKey), newFake("main").ServeHTTP)
	inBubble(t, steps, Config{}, func(t *testing.T, w *world) {
		if _, _, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "x", MinCU: ptr(1.0)}); err != nil {
			t.Fatal(err)
		}
		if s := w.notices[0]; strings.ContainsAny(s, "\r\n") || strings.Contains(s, testKey) {
			t.Errorf("notice = %q", s)
		}
	})
}

// TestOverRealSockets holds the parts that a network in memory does not have.
func TestOverRealSockets(t *testing.T) {
	ok := httptest.NewTLSServer(newFake("main"))
	defer ok.Close()
	closed := httptest.NewServer(nil)
	closed.Close()
	trusting := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: x509.NewCertPool()}}
	trusting.TLSClientConfig.RootCAs.AddCert(ok.Certificate())
	unknown := transportFunc(func(r *http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: r.URL.Hostname(), IsNotFound: true}}
	})
	tests := map[string]struct {
		url, why string
		via      http.RoundTripper
	}{
		"works":       {url: ok.URL, via: trusting},
		"certificate": {url: ok.URL, why: "certificate"},
		"refused":     {url: closed.URL, why: "failed or broke off"},
		"name":        {url: "https://console.neon.invalid", why: "console.neon.invalid cannot be resolved", via: unknown},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := New(Config{Key: testKey, BaseURL: tt.url + "/api/v2", Budget: -1, HTTP: tt.via})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Project(t.Context(), testProject)
			x, _ := fault.Explain(err)
			if (err == nil) != (tt.why == "") || !strings.Contains(x.Why, tt.why) {
				t.Errorf("%v, %+v", err, x)
			}
			if err != nil && strings.Count(err.Error(), "/projects/") != 1 {
				t.Errorf("the request is told twice: %v", err)
			}
		})
	}
}

func TestFailuresThatStayAreNotRepeated(t *testing.T) {
	lasting := map[string]error{
		"no such name": &net.DNSError{Name: "x", IsNotFound: true}, "authority": &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}},
		"host": x509.HostnameError{Certificate: &x509.Certificate{}}, "expired": x509.CertificateInvalidError{}, "too long": errTooLong,
	}
	for name, err := range lasting {
		if passing(err) {
			t.Errorf("%s is repeated", name)
		}
	}
	for name, err := range map[string]error{"name server": &net.DNSError{IsTemporary: true}, "reset": errors.New("connection reset by peer"), "late": noAnswerError{1}} {
		if !passing(err) {
			t.Errorf("%s is not repeated", name)
		}
	}
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func FuzzErrorBody(f *testing.F) {
	for _, seed := range []string{
		`{"request_id":"r","code":"BRANCH_NOT_FOUND","message":"branch not found"}`, `{"code":5}`, `[]`, `null`, ``, `<html><TITLE>x</TITLE>`, `<title>İ</title>`,
		"postgres://u:p@h/d", `POSTGRES:\/\/u`, testKey, "\xff\x00\n", strings.Repeat("é", maxBody),
	} {
		f.Add(422, []byte(seed))
	}
	c, err := New(Config{Key: testKey})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		req := httptest.NewRequest("GET", "https://localhost/api/v2/projects/x?y", nil)
		resp := &http.Response{StatusCode: status, Header: http.Header{}, Request: req}
		made := c.newTries(request{})
		for _, err := range []error{c.answerError(resp, body, made), c.undecodable(resp, body, made)} {
			e := asError(err)
			all := []string{err.Error(), e.Code, e.Message, e.RequestID, e.Body}
			for _, s := range all {
				if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || strings.Contains(s, testKey) {
					t.Fatalf("not clean: %q", s)
				}
			}
			if len(e.Message) > maxMessage || len(e.Code) > maxMessage || len(e.Body) > maxBody {
				t.Fatalf("not bounded: %d, %d, %d", len(e.Message), len(e.Code), len(e.Body))
			}
			if x := e.Explain(); x.Why == "" || x.Do == "" {
				t.Fatalf("without words: %v", err)
			}
		}
	})
}
